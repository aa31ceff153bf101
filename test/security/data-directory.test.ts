import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettings } from '../../electron/browser/settings';
import { defaultDataDirectory, prepareDataDirectory } from '../../electron/data/directory';
import { type Holder, takeLock } from '../../electron/data/lock';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'polyforge-data-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const file = () => path.join(directory, 'instance.json');

function holder(more: Partial<Holder>): Holder {
  return { pid: process.pid, started: null, shell: 'browser', url: null, ...more };
}

describe('the data directory', () => {
  it('is where each system keeps an application’s data', () => {
    expect(defaultDataDirectory('linux', {}, '/home/ada')).toBe('/home/ada/.local/share/polyforge');
    expect(defaultDataDirectory('linux', { XDG_DATA_HOME: '/data' }, '/home/ada')).toBe('/data/polyforge');
    expect(defaultDataDirectory('linux', { XDG_DATA_HOME: 'relative' }, '/home/ada')).toBe(
      '/home/ada/.local/share/polyforge',
    );
    expect(defaultDataDirectory('darwin', {}, '/Users/ada')).toBe(
      '/Users/ada/Library/Application Support/Polyforge',
    );
    expect(defaultDataDirectory('win32', { APPDATA: '/roaming' }, '/ada')).toContain('Polyforge');
  });

  it('is entered by its owner alone, also when it was there with wider rights', () => {
    const existing = path.join(directory, 'existing');
    mkdirSync(existing, { mode: 0o755 });
    for (const name of ['new/nested', 'existing']) {
      const prepared = prepareDataDirectory(path.join(directory, name));
      expect(statSync(prepared).mode & 0o777).toBe(0o700);
    }
  });

  it('leaves a folder of the user’s own with other things in it as open as it was', () => {
    const own = path.join(directory, 'own');
    mkdirSync(own);
    chmodSync(own, 0o755);
    writeFileSync(path.join(own, 'letter.txt'), '');
    expect(statSync(prepareDataDirectory(own)).mode & 0o777).toBe(0o755);
  });

  it('says in one sentence why it cannot be used', () => {
    writeFileSync(path.join(directory, 'file'), '');
    expect(() => prepareDataDirectory(path.join(directory, 'file'))).toThrow(
      /there is a file in its place\./,
    );
    expect(() => prepareDataDirectory(path.join(directory, 'file/below'))).toThrow(/--data DIR/);
  });

  it('holds settings that only their owner can read', () => {
    const settings = openSettings({ directory });
    settings.set('accounts', [{ host: 'git.example.com' }]);
    settings.set('a.b', 1);
    expect(settings.path).toBe(path.join(directory, 'config.json'));
    expect(statSync(settings.path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(settings.path, 'utf8'))).toEqual({
      accounts: [{ host: 'git.example.com' }],
      'a.b': 1,
    });
    expect(openSettings({ directory }).get('a.b')).toBe(1);
  });
});

describe('the lock of the data directory', () => {
  it('is held once, and names its holder', () => {
    const first = takeLock(directory, 'browser');
    expect(first.held).toBe(true);
    if (!first.held) return;
    first.lock.publish('http://127.0.0.1:1/#token=x');
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    if (process.platform === 'linux')
      expect(takeLock(directory, 'desktop')).toMatchObject({
        held: false,
        by: { pid: process.pid, shell: 'browser', url: 'http://127.0.0.1:1/#token=x' },
      });
    first.lock.release();
    expect(readdirSync(directory)).toEqual([]);
    const next = takeLock(directory, 'desktop');
    expect(next.held).toBe(true);
    if (next.held) next.lock.release();
  });

  it('is taken over from a process that is gone, and from a damaged file', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => {
      child.once('close', resolve);
    });
    for (const content of [JSON.stringify(holder({ pid: child.pid ?? 0 })), '{"pid":', '', '[]']) {
      writeFileSync(file(), content);
      const taken = takeLock(directory, 'browser');
      expect(taken.held).toBe(true);
      if (taken.held) taken.lock.release();
      expect(readdirSync(directory)).toEqual([]);
    }
  });

  it('is not fooled by a process id that was given away again', () => {
    if (process.platform !== 'linux') return;
    writeFileSync(file(), JSON.stringify(holder({ pid: 1, started: 'another boot/12345' })));
    const taken = takeLock(directory, 'browser');
    expect(taken.held).toBe(true);
    if (taken.held) taken.lock.release();
  });

  it('is respected while its process runs', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const pid = child.pid ?? 0;
    try {
      const other = holder({ pid });
      writeFileSync(file(), JSON.stringify(other));
      expect(takeLock(directory, 'browser')).toEqual({ held: false, by: other });
      // Its caller found out that this process is another program by now.
      expect(takeLock(directory, 'browser', other).held).toBe(true);
    } finally {
      child.kill();
    }
  });

  it('goes to exactly one of many that start at once over a dead lock', async () => {
    writeFileSync(file(), JSON.stringify(holder({ pid: 999_999_999 })));
    const source = path.resolve(import.meta.dirname, '../../electron/data/lock.ts');
    const { build } = await import('vite');
    const bundle = path.join(directory, 'bundle');
    await build({
      configFile: false,
      logLevel: 'silent',
      build: { ssr: source, outDir: bundle, rolldownOptions: { output: { entryFileNames: 'lock.mjs' } } },
      ssr: { noExternal: true },
    });
    const script = `
      const { takeLock } = await import(${JSON.stringify(path.join(bundle, 'lock.mjs'))});
      const taken = takeLock(${JSON.stringify(directory)}, 'browser');
      process.stdout.write(taken.held ? 'held' : 'other');
      process.stdin.resume();
      process.stdin.on('end', () => process.exit(0));
    `;
    const children = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const answers = await Promise.all(
      children.map(
        (child) =>
          new Promise<string>((resolve) => {
            child.stdout.once('data', (data: Buffer) => resolve(data.toString()));
          }),
      ),
    );
    for (const child of children) child.stdin.end();
    await Promise.all(
      children.map(
        (child) =>
          new Promise((resolve) => {
            child.once('close', resolve);
          }),
      ),
    );
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(['bundle']);
  });
});
