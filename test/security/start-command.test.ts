import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuilt, root } from '../../electron/build.mjs';

let directory: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  expect(await ensureBuilt()).toBe(true);
});
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'polyforge-start-'));
  chmodSync(directory, 0o777);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

interface Run {
  child: ChildProcess;
  /** Everything said so far. */
  output: () => string;
  address: Promise<string>;
  ended: Promise<number | null>;
}

/** `npm start -- …` as `npm` runs it. The desktop app is never started as root, so that user is left behind. */
function start(args: string[], environment: Record<string, string> = {}, asOrdinaryUser = false): Run {
  const isRoot = process.getuid?.() === 0;
  const child = spawn(process.execPath, [path.join(root, 'electron/start.mjs'), ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: directory, CI: '1', INIT_CWD: directory, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(isRoot && asOrdinaryUser ? { uid: 65534, gid: 65534 } : {}),
  });
  children.push(child);
  let output = '';
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  const address = new Promise<string>((resolve, reject) => {
    const hear = (data: Buffer) => {
      output += data.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}/.exec(output)?.[0];
      if (found) resolve(found);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    void ended.then(() => reject(new Error(output)));
  });
  address.catch(() => undefined);
  return { child, output: () => output, address, ended };
}

/** An executable in the place of Electron's; it writes down its arguments and ends with `code`. */
function standIn(code: number): Record<string, string> {
  const file = path.join(directory, 'electron');
  writeFileSync(
    file,
    `#!${process.execPath}\nrequire('node:fs').writeFileSync(${JSON.stringify(path.join(directory, 'arguments'))}, JSON.stringify(process.argv.slice(2)));\nprocess.exit(${code});\n`,
  );
  chmodSync(file, 0o755);
  return { ELECTRON_OVERRIDE_DIST_PATH: directory, DISPLAY: ':0' };
}

/** Root cannot start the desktop app; as another user it can, if that user may read the project. */
const isDesktopStartable =
  process.getuid?.() !== 0 ||
  spawnSync(process.execPath, [path.join(root, 'electron/start.mjs'), '--help'], {
    uid: 65534,
    gid: 65534,
  }).status === 0;
if (!isDesktopStartable)
  console.log('Starting the desktop app is not tested: root cannot, and no other user may read this folder.');

describe('the start command', () => {
  it.runIf(isDesktopStartable)(
    'starts the desktop app where its binary is, with the data directory as the user meant it',
    async () => {
      const run = start(['--data', 'mine'], standIn(0), true);
      expect(await run.ended).toBe(0);
      expect(JSON.parse(readFileSync(path.join(directory, 'arguments'), 'utf8'))).toEqual([
        root,
        '--data',
        path.join(directory, 'mine'),
      ]);
      expect(run.output()).not.toContain('http');
    },
  );

  it.runIf(isDesktopStartable)('shows the browser when the desktop app cannot start', async () => {
    const run = start(['--data', 'mine', '--port', '0'], standIn(1), true);
    await run.address;
    expect(run.output()).toContain('could not start');
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
  });

  it.runIf(process.platform === 'linux')('shows the browser where there is no display', async () => {
    const run = start(['--data', 'mine', '--port', '0'], { ELECTRON_OVERRIDE_DIST_PATH: directory });
    await run.address;
    expect(run.output()).toContain('no display');
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
  });

  it('keeps the address to its user: the file that tells a second start is private, and gone at the end', async () => {
    const run = start(['--browser', '--data', 'mine', '--port', '0']);
    const address = await run.address;
    const file = path.join(directory, 'mine/instance.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ url: address, pid: run.child.pid });
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(() => statSync(file)).toThrow('ENOENT');
  });

  it.runIf(process.platform === 'linux')(
    'starts the browser with an address that tells others nothing, also for a second start',
    async () => {
      const seen = path.join(directory, 'opened');
      writeFileSync(path.join(directory, 'xdg-open'), `#!/bin/sh\necho "$*" >> '${seen}'\n`);
      chmodSync(path.join(directory, 'xdg-open'), 0o755);
      const environment = { CI: '', PATH: `${directory}:${process.env['PATH'] ?? ''}` };
      const options = ['--browser', '--data', 'mine', '--port', '0'];
      const first = start(options, environment);
      const address = new URL(await first.address);
      const opened = () => (existsSync(seen) ? readFileSync(seen, 'utf8').trim().split('\n') : []);
      await expect.poll(opened, { timeout: 20_000 }).toHaveLength(1);
      const second = start(options, environment);
      expect(await second.ended).toBe(0);
      await expect.poll(opened, { timeout: 20_000 }).toHaveLength(2);
      const token = address.hash.slice('#token='.length);
      for (const line of opened()) {
        expect(line).not.toContain(token);
        const word = /^http:\/\/127\.0\.0\.1:\d+\/#open=([\w-]{43})$/.exec(line)?.[1];
        const redeem = () =>
          fetch(new URL('/opening', address), { headers: { authorization: `Word ${word}` } });
        expect(await (await redeem()).text()).toBe(token);
        expect((await redeem()).status).toBe(401);
      }
    },
  );

  it('says so when the app already runs with this data directory', async () => {
    mkdirSync(path.join(directory, 'mine'));
    writeFileSync(
      path.join(directory, 'mine/instance.json'),
      JSON.stringify({ pid: process.pid, started: null, shell: 'desktop', url: null }),
    );
    const run = start(['--browser', '--data', 'mine']);
    expect(await run.ended).toBe(1);
    expect(run.output()).toMatch(/app already runs .* Use its window/);
  });

  it('takes over from a start that was killed', async () => {
    const first = start(['--browser', '--data', 'mine', '--port', '0']);
    const firstAddress = await first.address;
    first.child.kill('SIGKILL');
    await first.ended;
    const second = start(['--browser', '--data', 'mine', '--port', '0']);
    expect(await second.address).not.toBe(firstAddress);
  });

  it('says in one sentence what is wrong with its options or its surroundings', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => {
      taken.listen(0, '127.0.0.1', resolve);
    });
    const bound = taken.address();
    const port = String(typeof bound === 'object' ? bound?.port : 0);
    writeFileSync(path.join(directory, 'file'), '');
    for (const [args, code, sentence] of [
      [['--bowser'], 2, /Unknown option '--bowser'/],
      [['--port', 'http'], 2, /--port takes a number/],
      [['--port', '70000'], 2, /--port takes a number/],
      [['--data', ''], 2, /--data takes a directory/],
      [['--browser', '--data', 'mine', '--port', port], 1, /taken by another program/],
      [['--browser', '--data', 'file'], 1, /cannot use the data directory .*file/],
      [['--help'], 0, /Usage: npm start/],
    ] as [string[], number, RegExp][]) {
      const run = start(args);
      expect(await run.ended).toBe(code);
      expect(run.output()).toMatch(sentence);
      expect(run.output()).not.toMatch(/^\s+at /m);
    }
    await new Promise((resolve) => {
      taken.close(resolve);
    });
  });
});
