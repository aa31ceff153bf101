import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base } from '@playwright/test';
import { connectCore, type Core } from '../demo/core';

const root = path.resolve(import.meta.dirname, '../..');

/** Polyforge as a user starts it, with data and home directories of its own. */
export interface RunningHost {
  /** With the token. */
  url: string;
  /** Everything below is in it, temporary files as well. */
  directory: string;
  dataDirectory: string;
  home: string;
  /** Where stories clone to. */
  clones: string;
  process: ChildProcess;
  /** Everything it has written to its output and error output. */
  output(): string;
  /** The services, for what a story only needs to be there. */
  core: Core;
}

/**
 * Starts Polyforge in a directory; a second start there finds what the first
 * left. `programs`: a folder whose programs are found before the machine's.
 */
export async function launch(
  directory: string,
  programs?: string,
): Promise<{ host: RunningHost; stop(): Promise<void> }> {
  const dataDirectory = path.join(directory, 'data');
  const home = path.join(directory, 'home');
  const clones = path.join(directory, 'clones');
  const temporary = path.join(directory, 'tmp');
  for (const made of [home, clones, temporary]) await mkdir(made, { recursive: true });
  const searched = [...(programs === undefined ? [] : [programs]), process.env['PATH'] ?? ''];
  const child = spawn(
    process.execPath,
    ['electron/start.mjs', '--browser', '--no-open', '--port', '0', '--data', dataDirectory],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // No keyring and nobody's git configuration: every machine gives the same story.
      env: { PATH: searched.join(path.delimiter), HOME: home, LANG: 'C.UTF-8', TMPDIR: temporary, CI: '1' },
    },
  );
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const take = (data: Buffer) => {
      output += data.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/.exec(output)?.[0];
      if (found) resolve(found);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    void ended.then(() => reject(new Error(`Polyforge ended at once: ${output}`)));
  });
  const connection = await connectCore(url);
  return {
    host: {
      url,
      directory,
      dataDirectory,
      home,
      clones,
      process: child,
      output: () => output,
      core: connection.core,
    },
    async stop() {
      connection.close();
      child.kill('SIGINT');
      const patience = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(patience);
    },
  };
}

export const test = base.extend<{ host: RunningHost; closing: { close(): Promise<void> }[] }>({
  /** Servers a story started: push them here and they are closed. */
  // oxlint-disable-next-line no-empty-pattern
  closing: async ({}, use) => {
    const closing: { close(): Promise<void> }[] = [];
    await use(closing);
    await Promise.all(closing.map((one) => one.close()));
  },
  // The page is asked for so that it is closed first.
  host: async ({ page }, use, info) => {
    const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'polyforge-e2e-')));
    const launched = await launch(directory);
    const { host } = launched;
    await page.goto(host.url);
    await use(host);
    if (info.status !== info.expectedStatus)
      await info.attach('output of Polyforge', { body: host.output(), contentType: 'text/plain' });
    await launched.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  },
});

export { expect } from '@playwright/test';
