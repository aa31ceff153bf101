import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Agent, startAgent } from '../../electron/credentials/agent';
import { helperLauncher, writeLauncher } from '../../electron/credentials/launcher';
import { type AgentFile, readAgentFile, writeAgentFile } from '../../electron/data/agent-file';
import { placeOf } from '../../electron/git/place';
import { helperValue } from '../../electron/services/terminal-lines';
import { anAccount } from '../fakes/account';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import {
  git,
  gitEnvironment,
  makeBareRepository,
  makeRepository,
  smallHistory,
  temporaryDirectory,
} from '../fakes/repositories';
import { terminalOver } from '../fakes/terminal';
import { builtHelper } from '../git/operation';
import { hostileRequests } from './hostile-requests';

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('Another user of this computer is not tried: only root can become one.');
const unused: Agent = { close: async () => undefined };

describe('git-credential-polyforge in a terminal', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let bundle: string;
  let data: string;
  let home: string;
  let at: ReturnType<typeof terminalOver>;
  let agent: Agent;
  let children: ChildProcess[];
  let count = 0;

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    const built = await builtHelper(path.join(temporary.path, 'helper'));
    bundle = built.args[0] ?? '';
  });
  afterAll(() => temporary.remove());

  beforeEach(() => {
    count += 1;
    data = path.join(temporary.path, `data-${count}`);
    home = path.join(temporary.path, `home-${count}`);
    mkdirSync(data, { mode: 0o700 });
    mkdirSync(home);
    at = terminalOver(placeOf);
    at.state.canAsk = false;
    agent = unused;
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await agent.close();
  });

  const listen = async () => {
    agent = await startAgent({
      dataDirectory: data,
      start: { program: process.execPath, args: ['-e', 'process.exit(9)'], env: {} },
      terminal: at.terminal,
      clock: at.clock,
      log: (line) => at.log.push(line),
    });
  };
  const environment = (more: Record<string, string> = {}) => ({
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    POLYFORGE_DATA: data,
    ...more,
  });
  const run = async (
    action: string,
    input: string | Buffer,
    options: { cwd?: string; env?: Record<string, string>; uid?: number; bundle?: string } = {},
  ) => {
    const { stdout, stderr, exitCode } = await execa(
      process.execPath,
      [options.bundle ?? bundle, ...action.split(' ')],
      {
        input,
        cwd: options.cwd ?? home,
        env: environment(options.env),
        extendEnv: false,
        stripFinalNewline: false,
        reject: false,
        ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
      },
    );
    return { stdout, stderr, exitCode };
  };
  const good = 'protocol=https\nhost=good.test\n\n';
  const given = 'username=ada\npassword=canary-77\n';
  const addAccount = () => {
    at.accounts.put(
      anAccount({ origins: { api: ['https://good.test'], git: ['https://good.test'] }, username: 'ada' }),
    );
    at.state.given.set('a1', { kind: 'password', username: 'ada', password: 'canary-77' });
  };

  describe('told what it must not fall for', () => {
    for (const request of hostileRequests) {
      const isOtherUser = request.situation === 'other-user';
      it.runIf(isRoot || !isOtherUser)(`${request.id}: ${request.must}`, async () => {
        addAccount();
        await listen();
        let cwd = home;
        if (request.situation === 'other-remote') {
          cwd = await makeRepository(path.join(home, 'x'), smallHistory);
          await git(cwd, 'remote', 'add', 'origin', 'https://evil.test/x.git');
        }
        if (isOtherUser) {
          await askedByNobody(request.bytes);
          return;
        }
        const { stdout, stderr, exitCode } = await run(request.action, request.bytes, { cwd });
        // Only a repository of another server is worth a word to the user.
        if (request.situation !== 'other-remote') expect(stderr).toBe('');
        expect(exitCode).toBe(0);
        if (request.expects === 'credential') expect(stdout).toBe(given);
        else if (request.expects === 'either') expect(['', given]).toContain(stdout);
        else expect(stdout).toBe('');
        expect(at.accounts.list()).toMatchObject([{ id: 'a1', state: { status: 'unchecked' } }]);
        expect(at.savedCredentials.list()).toEqual([]);
        if (request.expects === 'kept') expect((await run('get', good)).stdout).toBe(given);
      });
    }

    const askedByNobody = async (bytes: Buffer) => {
      const folder = path.join(temporary.path, 'for-everybody');
      mkdirSync(folder, { recursive: true });
      chmodSync(temporary.path, 0o755);
      chmodSync(folder, 0o755);
      const open = path.join(folder, 'helper.cjs');
      copyFileSync(bundle, open);
      chmodSync(open, 0o755);
      const asked = await run('get', bytes, { uid: nobody, cwd: '/', bundle: open });
      expect(asked.stdout).toBe('');
      expect(asked.stderr).toMatch(/^polyforge: Polyforge cannot use the data directory .*\n$/);
      expect(asked.exitCode).toBe(1);
      // One who has got hold of address and token still does not come to the socket.
      const { address, token } = readAgentFile(data) ?? {};
      const direct = spawnSync(
        process.execPath,
        [
          '-e',
          `const socket = require('node:net').connect(${JSON.stringify(address)}, () => socket.write('${token} get\\n'));
           socket.on('error', (error) => console.log(error.code));
           socket.on('data', (text) => console.log(String(text)));`,
        ],
        { uid: nobody, gid: nobody, cwd: '/', encoding: 'utf8' },
      );
      expect(direct.stdout).toBe('EACCES\n');
    };
  });

  it('answers nothing to what is larger than any request', async () => {
    addAccount();
    await listen();
    const { stdout, exitCode } = await run('get', Buffer.alloc(3 * 1024 * 1024, 'a=b\n'));
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
  });

  it('says nothing to an action it does not know, and does not start anything', async () => {
    expect(await run('list', good)).toEqual({ stdout: '', stderr: '', exitCode: 0 });
    expect(existsSync(path.join(data, 'agent.log'))).toBe(false);
  });

  it('asks nobody where that is forbidden', async () => {
    addAccount();
    at.state.canAsk = true;
    at.state.given.set('a1', { kind: 'header', header: 'Bearer x' });
    await listen();
    const never = { POLYFORGE_INTERACTIVE: 'never' };
    expect((await run('get', good, { env: never })).stdout).toBe('');
    expect(at.prompts.open()).toEqual([]);
  });

  it('has no answer for ssh outside of an operation', async () => {
    expect(await run('askpass Password:', '')).toEqual({ stdout: '', stderr: '', exitCode: 1 });
  });

  describe('without an answer', () => {
    /** An account whose token was refused: the next get asks the user. */
    const refused = async () => {
      addAccount();
      at.state.canAsk = true;
      await listen();
      await run('get', good);
      await run('erase', 'protocol=https\nhost=good.test\nusername=ada\npassword=canary-77\n\n');
    };

    it('because Polyforge ended in the middle of its question, stops git with one clear line', async () => {
      await refused();
      const open = run('get', good);
      await at.question();
      await agent.close();
      expect(await open).toEqual({
        stdout: 'quit=1\n',
        stderr: 'polyforge: Polyforge ended before it had answered. Try again.\n',
        exitCode: 1,
      });
    });

    it.runIf(process.platform !== 'win32')(
      'because it was interrupted, takes its question back',
      async () => {
        await refused();
        const child = spawn(process.execPath, [bundle, 'get'], { cwd: home, env: environment() });
        children.push(child);
        child.stdin?.end(good);
        await at.question();
        const ended = new Promise((resolve) => child.once('close', (_code, signal) => resolve(signal)));
        child.kill('SIGINT');
        expect(await ended).toBe('SIGINT');
        await vi.waitFor(() => expect(at.prompts.open()).toEqual([]), 20_000);
      },
    );

    it('because what it starts fails, says so in one line and leaves git its own prompt', async () => {
      const failing: AgentFile = {
        address: null,
        token: null,
        start: {
          program: process.execPath,
          args: ['-e', 'console.error("no disk"); process.exit(3)'],
          env: {},
        },
      };
      writeAgentFile(data, failing);
      const log = path.join(data, 'agent.log');
      expect(await run('get', good)).toEqual({
        stdout: '',
        stderr: `polyforge: Polyforge could not be started. What it said stands in ${log}.\n`,
        exitCode: 1,
      });
      expect(readFileSync(log, 'utf8')).toBe('no disk\n');
      expect(statSync(log).mode & 0o777).toBe(0o600);
    });

    it('because there is nothing to start, says what to do', async () => {
      expect(await run('get', good)).toEqual({
        stdout: '',
        stderr:
          'polyforge: Polyforge does not run and is not found. Start it once; git then knows where it is.\n',
        exitCode: 1,
      });
    });

    it('because the data directory cannot be, says which', async () => {
      const { stdout, stderr, exitCode } = await run('get', good, {
        env: { POLYFORGE_DATA: path.join(bundle, 'x') },
      });
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
      expect(stderr).toContain('there is a file in its place');
    });
  });

  describe('as the launcher in the data directory', () => {
    const launcher = () => helperLauncher(data);
    beforeEach(() => {
      data = path.join(temporary.path, `it's "odd" $data ${count}`);
      mkdirSync(data, { mode: 0o700 });
      writeLauncher(data, { program: process.execPath, args: [bundle], env: {} });
    });
    /** git as it runs in the user's terminal. */
    const terminal = async (cwd: string, ...args: string[]) => {
      const { exitCode, stderr } = await execa(
        'git',
        ['-c', `credential.helper=${helperValue(launcher())}`, ...args],
        {
          cwd,
          env: { ...gitEnvironment, HOME: home, PATH: process.env['PATH'] ?? '' },
          extendEnv: false,
          reject: false,
        },
      );
      return { exitCode, stderr };
    };
    let servers: GitHttpServer[];
    beforeEach(() => {
      servers = [];
    });
    afterEach(async () => {
      for (const server of servers) await server.close();
    });
    /** A server with one private repository, and an account for it. */
    const serve = async (id: string) => {
      const server = await startGitHttpServer();
      servers.push(server);
      const directory = await makeBareRepository(path.join(home, `${id}.git`), smallHistory);
      server.repositories.set('team/private', {
        directory,
        accepts: [{ kind: 'basic', username: 'ada', password: 'right' }],
      });
      const { origin } = server;
      at.accounts.put(anAccount({ id, url: origin, origins: { api: [origin], git: [origin] } }));
      at.state.given.set(id, { kind: 'password', username: 'ada', password: 'right' });
      return { server, origin, url: `${origin}/team/private.git` };
    };

    it('is written for its owner, runs whatever the folder is called, and is kept as it is', async () => {
      expect(statSync(launcher()).mode & 0o777).toBe(0o700);
      addAccount();
      await listen();
      const before = statSync(launcher()).ino;
      writeLauncher(data, { program: process.execPath, args: [bundle], env: {} });
      expect(statSync(launcher()).ino).toBe(before);
      const { stdout } = await execa(launcher(), ['get'], {
        input: good,
        env: { PATH: process.env['PATH'] ?? '' },
        extendEnv: false,
        stripFinalNewline: false,
      });
      expect(stdout).toBe(given);
    });

    it.skipIf(process.platform === 'win32')(
      'says what to do when Polyforge is not where it was',
      async () => {
        for (const start of [
          { program: process.execPath, args: [path.join(temporary.path, "it's gone.cjs")], env: {} },
          { program: path.join(temporary.path, "it's gone.cjs"), args: [bundle], env: {} },
        ]) {
          writeLauncher(data, start);
          const { stdout, stderr, exitCode } = await execa(launcher(), ['get'], {
            input: good,
            reject: false,
          });
          expect({ stdout, stderr, exitCode }).toEqual({
            stdout: '',
            stderr: `polyforge: ${temporary.path}/it's gone.cjs is not there any more. Start Polyforge once, and git finds it again.`,
            exitCode: 1,
          });
        }
      },
    );

    it('keeps a copy of the helper for a program that is only mounted while it runs', async () => {
      addAccount();
      await listen();
      const copied = path.join(temporary.path, `mounted-${count}.cjs`);
      copyFileSync(bundle, copied);
      writeLauncher(data, { program: '/gone', args: [copied], env: {} }, process.execPath);
      rmSync(copied);
      const { stdout } = await execa(launcher(), ['get'], { input: good, stripFinalNewline: false });
      expect(stdout).toBe(given);
    });

    it('lets git clone, also from inside another repository, and tells that the account works', async () => {
      const { url } = await serve('a1');
      await listen();
      const other = await makeRepository(path.join(home, 'other'), smallHistory);
      await git(other, 'remote', 'add', 'origin', 'https://elsewhere.test/x.git');
      expect(await terminal(other, 'clone', '--quiet', url, 'copy')).toMatchObject({ exitCode: 0 });
      expect(existsSync(path.join(other, 'copy/README.md'))).toBe(true);
      expect(await terminal(path.join(other, 'copy'), 'fetch', '--quiet')).toMatchObject({ exitCode: 0 });
      const foreign = await terminal(other, 'ls-remote', url);
      expect(foreign).toMatchObject({ exitCode: 128 });
      expect(foreign.stderr).toContain('polyforge: This repository comes from another server.');
      expect(at.log).toEqual([]);
    });

    it('marks the account refused after a refusal, gives its token no more, and gives the newer one', async () => {
      const { url, server } = await serve('a1');
      await listen();
      at.state.given.set('a1', { kind: 'password', username: 'ada', password: 'wrong' });
      expect(await terminal(home, 'ls-remote', url)).toMatchObject({ exitCode: 128 });
      expect(at.accounts.find('a1')?.state).toMatchObject({ status: 'refused' });
      const before = server.requests.filter(({ basic }) => basic !== null).length;
      expect(await terminal(home, 'ls-remote', url)).toMatchObject({ exitCode: 128 });
      expect(server.requests.filter(({ basic }) => basic !== null)).toHaveLength(before);
      at.state.given.set('a1', { kind: 'password', username: 'ada', password: 'right' });
      at.accounts.put({ ...(at.accounts.find('a1') ?? anAccount()), state: { status: 'working' } });
      expect(await terminal(home, 'ls-remote', url)).toMatchObject({ exitCode: 0 });
    });

    it('gives nothing for a submodule on another server without a yes, and then only once', async () => {
      const outer = await serve('a1');
      const inner = await serve('a2');
      await listen();
      const site = path.join(home, 'site');
      expect(await terminal(home, 'clone', '--quiet', outer.url, site)).toMatchObject({ exitCode: 0 });
      const add = ['submodule', '--quiet', 'add', inner.url, 'library'];
      expect(await terminal(site, ...add)).toMatchObject({ exitCode: 128 });
      expect(inner.server.requests.filter(({ basic }) => basic !== null)).toEqual([]);
      at.state.canAsk = true;
      const adding = terminal(site, ...add);
      const question = await at.answering({ kind: 'other-host', allow: 'once' });
      expect(question).toMatchObject({
        operation: 'git in site',
        host: outer.origin,
        otherHost: inner.origin,
      });
      expect(await adding).toMatchObject({ exitCode: 0 });
      at.state.canAsk = false;
      const inside = path.join(site, 'library');
      expect(await terminal(inside, 'fetch', '--quiet')).toMatchObject({ exitCode: 128 });
      expect(await terminal(site, 'fetch', '--quiet')).toMatchObject({ exitCode: 0 });
    });
  });
});
