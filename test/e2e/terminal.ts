import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import type { RunningHost } from './fixtures';

/** How a command in the terminal ended. */
export interface Ended {
  /** Null: a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** A terminal of the story's user: the same home directory as Polyforge's, and nothing else in common with it. */
export interface Terminal {
  /** git's own configuration file of this user. */
  readonly configuration: string;
  /** Starts git and does not wait for it. */
  start(args: string[], options?: TerminalOptions): { process: ChildProcess; ended: Promise<Ended> };
  git(args: string[], options?: TerminalOptions): Promise<Ended>;
}

export interface TerminalOptions {
  /** Default: where stories clone to. */
  cwd?: string;
  env?: Record<string, string>;
}

export function openTerminal(
  host: Pick<RunningHost, 'home' | 'clones' | 'directory'>,
  env: Record<string, string> = {},
): Terminal {
  const configuration = path.join(host.home, '.gitconfig');
  const start: Terminal['start'] = (args, options = {}) => {
    const child = spawn('git', args, {
      cwd: options.cwd ?? host.clones,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: host.home,
        TMPDIR: path.join(host.directory, 'tmp'),
        LC_ALL: 'C',
        GIT_CONFIG_GLOBAL: configuration,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        GIT_AUTHOR_NAME: 'Mira Keller',
        GIT_AUTHOR_EMAIL: 'mira@northwind.example',
        GIT_COMMITTER_NAME: 'Mira Keller',
        GIT_COMMITTER_EMAIL: 'mira@northwind.example',
        ...env,
        ...options.env,
      },
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (data: Buffer) => {
        output[name] += data.toString('utf8');
      });
    const ended = once(child, 'close').then(([exitCode]: (number | null)[]) => ({
      exitCode: exitCode ?? null,
      ...output,
    }));
    return { process: child, ended };
  };
  return { configuration, start, git: (args, options) => start(args, options).ended };
}

/** Like `git`, for what has to work. */
export async function mustWork(ending: Promise<Ended>): Promise<string> {
  const { exitCode, stdout, stderr } = await ending;
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

async function openGitPane(page: Page): Promise<Locator> {
  const preferences = page.getByRole('dialog', { name: 'Preferences' });
  if (!(await preferences.isVisible()))
    await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Preferences' }).click();
  await preferences.getByRole('tab', { name: 'Git', exact: true }).click();
  return preferences;
}

async function openScope(page: Page): Promise<Locator> {
  const preferences = await openGitPane(page);
  const all = preferences.getByRole('switch', { name: 'Use Polyforge: All repositories' });
  // The switch itself lies under its track, which is what a person clicks.
  await all.press('Space');
  const dialog = page.getByRole('dialog', { name: 'Use Polyforge in every repository' });
  await expect(dialog).toBeVisible();
  return dialog;
}

async function leave(page: Page, dialog: Locator): Promise<void> {
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await expect(dialog).toBeHidden();
  const preferences = page.getByRole('dialog', { name: 'Preferences' });
  await preferences.getByRole('button', { name: /close/i }).first().click();
  await expect(preferences).toBeHidden();
}

/** Preferences -> Git: lets Polyforge answer git everywhere. Resolves the lines that were shown before. */
export async function answerInTerminals(page: Page, file: string): Promise<string[]> {
  const before = existing(file);
  const dialog = await openScope(page);
  const lines = dialog.getByLabel(`Lines in ${file}`);
  await expect(lines).toContainText('+ [credential');
  const shown = (await lines.innerText()).split('\n');
  expect(existing(file)).toBe(before);
  await dialog.getByRole('button', { name: 'Write these lines' }).click();
  await expect(dialog.getByText('Git in a terminal asks Polyforge here.')).toBeVisible();
  await leave(page, dialog);
  return shown;
}

/** The same for stories about something else. Every account has to be there by now: the lines name their hosts. */
export async function answerInTerminalsFor(core: RunningHost['core']): Promise<void> {
  const scope = { kind: 'all' as const };
  const { enable } = await core.terminalGit.scope({ scope });
  const { state } = await core.terminalGit.enable({ scope, changes: enable ?? [] });
  expect(state).toBe('on');
}

/** The way back. */
export async function leaveTerminalsAlone(page: Page): Promise<void> {
  const dialog = await openScope(page);
  await dialog.getByRole('button', { name: 'Take back' }).click();
  await expect(dialog.getByRole('button', { name: 'Write these lines' })).toBeVisible();
  await leave(page, dialog);
}

function existing(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Process id of the core that works in the data directory; null: none. */
export function coreOf(dataDirectory: string): number | null {
  const text = existing(path.join(dataDirectory, 'instance.json'));
  if (text === null) return null;
  const { pid } = JSON.parse(text) as { pid: number };
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return null;
  }
}

/** Ends the core without a window that git's helper has started. */
export async function endCore(dataDirectory: string): Promise<void> {
  const pid = coreOf(dataDirectory);
  if (pid === null) return;
  process.kill(pid, 'SIGTERM');
  await expect.poll(() => coreOf(dataDirectory)).toBeNull();
}
