import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureBuilt, root } from '../../electron/build.mjs';
import { helperLauncher } from '../../electron/credentials/launcher';
import { readAgentFile } from '../../electron/data/agent-file';
import { temporaryDirectory } from '../fakes/repositories';

const helper = path.join(root, 'dist/helper/git-credential-polyforge.cjs');
const starter = path.join(root, 'electron/start.mjs');
const asked = 'protocol=https\nhost=good.test\n\n';
const typed = 'protocol=https\nhost=good.test\nusername=ada\npassword=typed\n\n';
const slow = { timeout: 60_000 };

describe('git’s helper without a running app', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let data: string;
  let passphrase: string;
  let children: ChildProcess[];

  beforeAll(async () => {
    expect(await ensureBuilt()).toBe(true);
  });
  beforeEach(async () => {
    temporary = await temporaryDirectory();
    data = path.join(temporary.path, 'data');
    passphrase = path.join(temporary.path, 'passphrase');
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(
      path.join(data, 'config.json'),
      JSON.stringify({ preferences: { saveFromTerminal: 'always' } }),
      { mode: 0o600 },
    );
    writeFileSync(passphrase, 'only for this test\n', { mode: 0o600 });
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    const pid = holder();
    if (pid !== null) await endOf(pid, 'SIGTERM');
    await temporary.remove();
  });

  /** Process of whoever has the data directory. */
  const holder = (): number | null => {
    const file = path.join(data, 'instance.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid : null;
  };
  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  const endOf = async (pid: number, signal: NodeJS.Signals) => {
    if (isAlive(pid)) process.kill(pid, signal);
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), slow);
  };
  const environment = (more: Record<string, string> = {}) => ({
    PATH: process.env['PATH'] ?? '',
    HOME: temporary.path,
    POLYFORGE_DATA: data,
    POLYFORGE_PASSPHRASE_FILE: passphrase,
    // No keyring of this machine's user.
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    ...more,
  });
  const run = async (action: string, input: string, env: Record<string, string> = {}) => {
    const { stdout, stderr, exitCode } = await execa(helper, [action], {
      input,
      cwd: temporary.path,
      env: environment(env),
      extendEnv: false,
      stripFinalNewline: false,
      reject: false,
    });
    return { stdout, stderr, exitCode };
  };
  const log = () => readFileSync(path.join(data, 'agent.log'), 'utf8');
  const isAgent = () => readFileSync(path.join(data, 'instance.json'), 'utf8').includes('"agent":true');
  /** `npm start -- --browser`, once it has said its address. */
  const startBrowserHost = async () => {
    const child = spawn(
      process.execPath,
      [starter, '--browser', '--no-open', '--port', '0', '--data', data],
      { env: environment(), cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    children.push(child);
    let output = '';
    const hear = (text: Buffer) => {
      output += text.toString();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    const ended = new Promise((resolve) => child.once('close', resolve));
    await vi.waitFor(() => expect(output).toContain('#token='), slow);
    return { child, ended };
  };
  const good = { stdout: '', stderr: '', exitCode: 0 };

  it('starts one by itself, which keeps what is stored and gives it to the next', async () => {
    expect(await run('get', asked)).toEqual(good);
    expect(isAgent()).toBe(true);
    const pid = holder();
    expect(await run('store', typed)).toEqual(good);
    expect(await run('get', asked)).toEqual({ ...good, stdout: 'username=ada\npassword=typed\n' });
    expect(holder()).toBe(pid);
    expect(readFileSync(path.join(data, 'config.json'), 'utf8')).not.toContain('typed');
    expect(statSync(path.join(data, 'bin')).mode & 0o777).toBe(0o700);
  });

  it('starts one where several ask at the same time', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => run('get', asked)));
    expect(answers).toEqual([good, good, good]);
    expect(isAgent()).toBe(true);
  });

  it('finds again what was stored after that one has ended, also by the launcher alone', async () => {
    await run('store', typed);
    const first = holder() ?? 0;
    await endOf(first, 'SIGTERM');
    expect(existsSync(path.join(data, 'instance.json'))).toBe(false);
    expect(readAgentFile(data)).toMatchObject({ address: null, token: null });
    const { stdout } = await execa(helperLauncher(data), ['get'], {
      input: asked,
      cwd: temporary.path,
      env: { ...environment(), POLYFORGE_DATA: '/elsewhere' },
      extendEnv: false,
      stripFinalNewline: false,
    });
    expect(stdout).toBe('username=ada\npassword=typed\n');
    expect(holder()).not.toBe(first);
  });

  it('takes the place of one that was killed', async () => {
    await run('store', typed);
    await endOf(holder() ?? 0, 'SIGKILL');
    expect(await run('get', asked)).toEqual({ ...good, stdout: 'username=ada\npassword=typed\n' });
  });

  it.runIf(process.platform === 'linux')('hands on nothing of git’s environment', async () => {
    await run('get', asked, {
      GIT_DIR: '/nowhere/.git',
      GIT_CONFIG_COUNT: '0',
      NODE_OPTIONS: '--no-warnings',
      ELECTRON_RUN_AS_NODE: '1',
      SOME_SECRET: 'x',
    });
    const pid = holder() ?? 0;
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .map((entry) => entry.split('=')[0]);
    for (const name of ['GIT_DIR', 'GIT_CONFIG_COUNT', 'NODE_OPTIONS', 'ELECTRON_RUN_AS_NODE', 'SOME_SECRET'])
      expect(variables).not.toContain(name);
    expect(variables).toContain('POLYFORGE_PASSPHRASE_FILE');
  });

  it('gives way to a start with a page, which then answers, and comes again after it', async () => {
    await run('store', typed);
    const agent = holder() ?? 0;
    const { child, ended } = await startBrowserHost();
    expect(isAgent()).toBe(false);
    await vi.waitFor(() => expect(isAlive(agent)).toBe(false), slow);
    expect((await run('get', asked)).stdout).toBe('username=ada\npassword=typed\n');
    expect(holder()).toBe(child.pid);
    child.kill('SIGTERM');
    await ended;
    expect((await run('get', asked)).stdout).toBe('username=ada\npassword=typed\n');
    expect(isAgent()).toBe(true);
  });

  it('leaves a host with a page alone', async () => {
    const { child } = await startBrowserHost();
    const second = spawn(process.execPath, [starter, '--agent', '--data', data], { env: environment() });
    children.push(second);
    expect(await new Promise((resolve) => second.once('close', resolve))).toBe(0);
    expect(holder()).toBe(child.pid);
  });

  it.runIf(process.platform !== 'win32').each([
    ['others may read it', () => chmodSync(passphrase, 0o640), 'other users may read it (chmod 600 it)'],
    ['it is a folder', () => (passphrase = temporary.path), 'it is not a file'],
    ['it is not there', () => (passphrase = path.join(temporary.path, 'gone')), 'it is not there'],
    ['it is short', () => writeFileSync(passphrase, 'x\n'), 'it holds less than 8 characters'],
  ])('does not use a passphrase file when %s, and says so once', async (_why, change, said) => {
    change();
    await run('store', typed);
    expect(log().match(/The passphrase file .*/g)).toEqual([
      `The passphrase file ${passphrase} is not used: ${said}.`,
    ]);
    expect((await run('get', asked)).stdout).toBe('');
    expect(existsSync(path.join(data, 'vault.json'))).toBe(false);
  });

  it('keeps the vault closed with another passphrase, and says so', async () => {
    await run('store', typed);
    await endOf(holder() ?? 0, 'SIGTERM');
    writeFileSync(passphrase, 'another passphrase\n');
    const locked = await run('get', asked);
    expect(locked).toMatchObject({ stdout: '', exitCode: 0 });
    expect(locked.stderr).toMatch(
      /^polyforge: .* are locked, and the file in POLYFORGE_PASSPHRASE_FILE .*\n$/,
    );
    expect(log()).toContain(`The passphrase in ${passphrase} does not open the vault.`);
    expect(log()).not.toContain('another passphrase');
  });

  it('opens the vault for whoever names the file after one that named none', async () => {
    await run('store', typed);
    await endOf(holder() ?? 0, 'SIGTERM');
    const locked = await run('get', asked, { POLYFORGE_PASSPHRASE_FILE: '' });
    expect(locked.stderr).toMatch(/ are locked\. .* or name a file .*\n$/);
    expect(await run('get', asked)).toEqual({ ...good, stdout: 'username=ada\npassword=typed\n' });
  });
});
