import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UserGit } from '../../electron/git/engine';
import { createUserGit } from '../../electron/git/system/configuration';
import { overview } from '../../electron/git/system/overview';
import { findGit } from '../../electron/git/system/program';
import { httpPathStates, revertHttpPath, setHttpPath } from '../../electron/services/http-path';
import { terminalGitService, type TerminalGitParts } from '../../electron/services/terminal-git';
import { createStorage } from '../../electron/storage/create';
import type { AppEvent } from '../../shared/contract/application';
import type { TerminalScope, TerminalScopeState } from '../../shared/contract/terminal-git';
import { anAccount } from '../fakes/account';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { fakePlatform } from '../fakes/platform';
import { makeBareRepository, makeRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import { failureOf } from './core';

const program = (await findGit(process.env['PATH'] ?? '')) ?? '';
const run = promisify(execFile);
const all: TerminalScope = { kind: 'all' };

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: GitHttpServer;
let home: string;
let data: string;
let launcher: string;
let global: string;
let record: string;
let events: AppEvent[];
let storage: ReturnType<typeof createStorage>;
let client: ReturnType<typeof serve>;
let userGit: UserGit | null;

function serve(more: Partial<TerminalGitParts> = {}) {
  const parts: TerminalGitParts = {
    storage,
    events: { emit: (event) => events.push(event) },
    engines: {
      userGit: () => userGit,
      forReading: async () =>
        ({ overview: (directory: string) => overview({ program }, directory) }) as Awaited<
          ReturnType<TerminalGitParts['engines']['forReading']>
        >,
    },
    dataDirectory: data,
    launcher,
    ...more,
  };
  return createRouterClient(terminalGitService(parts), { context: { log: () => undefined } });
}

/** A program that writes down what it was asked, and answers by the first name of the path. */
function writeRecorder(file: string, log: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(
    file,
    `#!/bin/sh
request=$(cat)
printf '%s\\n%s\\n\\n' "$1" "$request" >> '${log}'
test "$1" = get || exit 0
owner=$(printf '%s\\n' "$request" | sed -n 's,^path=\\([^/]*\\)/.*,\\1,p')
printf 'username=%s\\npassword=token-of-%s\\n' "$owner" "$owner"
`,
    { mode: 0o755 },
  );
}

beforeEach(async () => {
  temporary = await temporaryDirectory();
  home = path.join(temporary.path, 'home');
  data = path.join(temporary.path, 'own data');
  mkdirSync(home);
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_CONFIG_HOME', path.join(home, '.config'));
  vi.stubEnv('GIT_CONFIG_GLOBAL', undefined);
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
  global = path.join(home, '.gitconfig');
  record = path.join(temporary.path, 'asked');
  launcher = path.join(data, 'bin', 'git-credential-polyforge');
  writeRecorder(launcher, record);
  server = await startGitHttpServer();
  storage = createStorage(fakePlatform(data));
  userGit = createUserGit(program);
  events = [];
  const origins = { api: [server.origin], git: [server.origin] };
  storage.accounts.put(anAccount({ id: 'first', url: server.origin, origins }));
  storage.accounts.put(anAccount({ id: 'second', url: server.origin, origins }));
  client = serve();
});
afterEach(async () => {
  await server.close();
  vi.unstubAllEnvs();
  await temporary.remove();
});

/** git as a person starts it in a terminal. */
const terminal = (directory: string, ...args: string[]) =>
  run(program, args, {
    cwd: directory,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      XDG_CONFIG_HOME: path.join(home, '.config'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C',
    },
  });
/** What git asked and told. Since git 2.46 it also says what it understands. */
const asked = () =>
  existsSync(record) ? readFileSync(record, 'utf8').replaceAll(/^capability\[\]=.*\n/gm, '') : '';

/** A private repository that only its owner's token opens. */
async function served(owner: string, name: string): Promise<string> {
  const directory = await makeBareRepository(
    path.join(temporary.path, 'served', owner, `${name}.git`),
    smallHistory,
  );
  return server.serve(`${owner}/${name}`, {
    directory,
    accepts: [{ kind: 'basic', username: owner, password: `token-of-${owner}` }],
  });
}

async function turnOn(scope: TerminalScope): Promise<TerminalScopeState> {
  const { enable } = await client.scope({ scope });
  if (!enable) throw new Error('there is nothing to write');
  return client.enable({ scope, changes: enable });
}

async function opened(name: string, url: string | null = null) {
  const directory = await makeRepository(path.join(temporary.path, 'code', name), smallHistory);
  if (url !== null) await terminal(directory, 'remote', 'add', 'origin', url);
  storage.repositories.put({
    id: name,
    name,
    path: directory,
    accountId: null,
    lastOpened: 0,
    hostedKey: null,
  });
  return { directory, config: path.join(directory, '.git', 'config') };
}

const mine = '[user]\n\tname = Ada ; me\n[credential]\n\thelper = store\n# the end';

describe('git in a terminal, for all repositories', () => {
  it('shows the lines, writes them, clones two repositories of two accounts on one host, and is taken back to the byte', async () => {
    writeFileSync(global, mine);
    const one = await served('mira', 'shop');
    const other = await served('acme', 'tools');
    const before = await client.scope({ scope: all });
    expect(before).toMatchObject({ state: 'off', disable: null, obstacle: null });
    expect(before.hosts).toEqual([
      {
        origin: server.origin,
        accountIds: ['first', 'second'],
        helpers: [{ name: 'store', value: 'store', source: global }],
        winner: 'other',
        after: 'polyforge',
      },
    ]);
    expect(before.enable).toEqual([
      {
        file: global,
        lines: [
          `[credential "${server.origin}"]`,
          '\thelper =',
          `\thelper = !'${launcher}'`,
          '\tuseHttpPath = true',
        ],
        removed: [],
      },
    ]);
    expect(readFileSync(global, 'utf8')).toBe(mine);

    const on = await turnOn(all);
    expect(on).toMatchObject({ state: 'on', enable: null });
    expect(on.hosts[0]).toMatchObject({ winner: 'polyforge', after: 'polyforge' });
    expect(events).toEqual([{ type: 'terminal-git.changed' }]);
    expect(readFileSync(global, 'utf8').startsWith(`${mine}\n`)).toBe(true);
    await terminal(temporary.path, 'clone', '-q', one, 'one');
    await terminal(temporary.path, 'clone', '-q', other, 'other');
    await terminal(path.join(temporary.path, 'other'), 'fetch', '-q');
    const host = new URL(server.origin).host;
    expect(asked()).toContain(`get\nprotocol=http\nhost=${host}\npath=mira/shop`);
    expect(asked()).toContain(`get\nprotocol=http\nhost=${host}\npath=acme/tools`);
    expect(asked()).toContain(`path=acme/tools.git\nusername=acme\npassword=token-of-acme\n`);
    // No helper of the user's is told what came from here.
    expect(existsSync(path.join(home, '.git-credentials'))).toBe(false);
    // Every other host stays as it was.
    expect(await userGit?.asksWithPath('https://elsewhere.test/a/b')).toBe(false);

    expect(on.disable).toEqual([{ ...before.enable?.[0], lines: [], removed: before.enable?.[0]?.lines }]);
    const off = await client.disable({ scope: all });
    expect(off).toMatchObject({ state: 'off', disable: null });
    expect(readFileSync(global, 'utf8')).toBe(mine);
    expect(storage.writtenConfiguration.list()).toEqual([]);
  });

  it('makes and removes the file where there is none', async () => {
    await turnOn(all);
    expect(existsSync(global)).toBe(true);
    await client.disable({ scope: all });
    expect(existsSync(global)).toBe(false);
  });

  it('writes nothing that was not shown as it is now', async () => {
    writeFileSync(global, mine);
    const { enable } = await client.scope({ scope: all });
    storage.accounts.put(
      anAccount({ id: 'third', origins: { api: [], git: ['https://third.example.test:8443'] } }),
    );
    expect(await failureOf(client.enable({ scope: all, changes: enable ?? [] }))).toMatchObject({
      kind: 'invalid-input',
      field: 'change',
    });
    expect(readFileSync(global, 'utf8')).toBe(mine);
    expect(storage.writtenConfiguration.list()).toEqual([]);
  });

  it('keeps what somebody writes in the moment before it writes itself', async () => {
    writeFileSync(global, mine);
    const { enable } = await client.scope({ scope: all });
    const theirs = `${mine}\n[alias]\n\tst = status\n`;
    if (userGit === null) throw new Error('there is no git');
    const planSections = userGit.planSections.bind(userGit);
    userGit.planSections = async (...planned) => {
      const plan = await planSections(...planned);
      writeFileSync(global, theirs);
      return plan;
    };
    expect(await failureOf(client.enable({ scope: all, changes: enable ?? [] }))).toMatchObject({
      kind: 'invalid-input',
      field: 'change',
    });
    expect(readFileSync(global, 'utf8')).toBe(theirs);
    expect(storage.writtenConfiguration.list()).toEqual([]);
    expect(readdirSync(home)).toEqual(['.gitconfig']);
  });

  it('is brought up to date when accounts come and go, and is taken back whole all the same', async () => {
    writeFileSync(global, mine);
    await turnOn(all);
    await terminal(home, 'config', '--global', 'user.email', 'ada@home.test');
    const others = readFileSync(global, 'utf8');
    const third = 'https://third.example.test:8443';
    storage.accounts.put(anAccount({ id: 'third', origins: { api: [third], git: [third] } }));
    const partly = await client.scope({ scope: all });
    expect(partly.state).toBe('partly');
    expect(partly.hosts.map(({ winner, after }) => [winner, after])).toEqual([
      ['polyforge', 'polyforge'],
      ['other', 'polyforge'],
    ]);
    expect(partly.enable?.[0]?.removed).toEqual([]);
    expect(partly.enable?.[0]?.lines).toContain(`[credential "${third}"]`);
    expect(partly.enable?.[0]?.lines).toHaveLength(4);
    expect((await turnOn(all)).state).toBe('on');
    storage.accounts.remove('third');
    expect((await client.scope({ scope: all })).enable?.[0]?.lines).toEqual([]);
    expect((await turnOn(all)).state).toBe('on');
    expect(readFileSync(global, 'utf8')).toBe(others);
    storage.accounts.remove('first');
    storage.accounts.remove('second');
    expect(await client.scope({ scope: all })).toMatchObject({
      state: 'partly',
      obstacle: 'no-accounts',
      enable: null,
    });
    await client.disable({ scope: all });
    expect(readFileSync(global, 'utf8')).toBe(
      mine.replace('Ada ; me\n', 'Ada ; me\n\temail = ada@home.test\n').replace(/$/, ''),
    );
  });

  it('leaves lines alone that somebody else changed, and starts anew when they are gone', async () => {
    writeFileSync(global, mine);
    await turnOn(all);
    await terminal(home, 'config', '--global', `credential.${server.origin}.useHttpPath`, 'false');
    const edited = readFileSync(global, 'utf8');
    const changed = await client.scope({ scope: all });
    expect(changed).toMatchObject({ state: 'changed', enable: null, disable: null });
    expect(changed.written[0]?.removed).toContain(`\thelper = !'${launcher}'`);
    expect(await failureOf(client.disable({ scope: all }))).toMatchObject({ kind: 'invalid-input' });
    expect(readFileSync(global, 'utf8')).toBe(edited);
    writeFileSync(global, mine);
    expect((await client.scope({ scope: all })).state).toBe('off');
    expect((await turnOn(all)).state).toBe('on');
    await client.disable({ scope: all });
    expect(readFileSync(global, 'utf8')).toBe(mine);
  });

  it('leaves what the user wrote into its sections in force, when accounts come and when it is taken back', async () => {
    writeFileSync(global, mine);
    await turnOn(all);
    const name = `credential.${server.origin}.username`;
    await terminal(home, 'config', '--global', name, 'ada');
    const users = async () => (await terminal(home, 'config', '--get-regexp', 'username')).stdout;
    expect(await users()).toBe(`${name} ada\n`);
    expect(await client.scope({ scope: all })).toMatchObject({ state: 'on', enable: null });

    const third = 'https://third.example.test';
    storage.accounts.put(anAccount({ id: 'third', origins: { api: [third], git: [third] } }));
    expect(await turnOn(all)).toMatchObject({ state: 'on', hosts: [{ winner: 'polyforge' }, {}] });
    expect(await users()).toBe(`${name} ada\n`);
    storage.accounts.remove('third');
    await turnOn(all);
    await client.disable({ scope: all });
    const left = `[credential "${server.origin}"]\n\tusername = ada\n`;
    expect(readFileSync(global, 'utf8')).toBe(`${mine}\n${left}`);

    writeFileSync(global, mine);
    await turnOn(all);
    await terminal(home, 'config', '--global', name, 'ada');
    const { disable } = await client.scope({ scope: all });
    expect(disable?.[0]?.removed).toEqual([
      '\thelper =',
      `\thelper = !'${launcher}'`,
      '\tuseHttpPath = true',
    ]);
    await client.disable({ scope: all });
    expect(readFileSync(global, 'utf8')).toBe(`${mine}\n${left}`);
  });

  it('is put first again, behind what another program wrote since', async () => {
    writeFileSync(global, mine);
    await turnOn(all);
    const written = readFileSync(global, 'utf8');
    const secret = '[http "https://x.test"]\n\textraHeader = Authorization: Basic canary-5';
    const others = `[credential]\n\thelper =\n\thelper = manager\n[core]\n\tpager = less\n${secret}`;
    writeFileSync(global, `${written}${others}`);
    const beaten = await client.scope({ scope: all });
    expect(beaten).toMatchObject({ state: 'on', hosts: [{ winner: 'other', after: 'polyforge' }] });
    // Only its own lines move; what they move past is the user's, and perhaps a secret.
    expect(beaten.enable?.[0]?.lines).toEqual(beaten.disable?.[0]?.removed);
    expect(beaten.enable?.[0]?.removed).toEqual(beaten.disable?.[0]?.removed);
    expect(JSON.stringify(beaten)).not.toContain('canary');
    const first = await turnOn(all);
    expect(first).toMatchObject({ state: 'on', enable: null, hosts: [{ winner: 'polyforge' }] });
    expect(readFileSync(global, 'utf8')).toBe(`${mine}\n${others}\n${written.slice(mine.length + 1)}`);
    await client.disable({ scope: all });
    expect(readFileSync(global, 'utf8')).toBe(`${mine}\n${others}`);
  });

  it('says what stands in the way', async () => {
    rmSync(launcher);
    expect(await client.scope({ scope: all })).toMatchObject({ obstacle: 'no-helper', enable: null });
    vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
    writeRecorder(launcher, record);
    expect(await client.scope({ scope: all })).toMatchObject({ obstacle: 'no-file', enable: null });
    vi.stubEnv('GIT_CONFIG_GLOBAL', undefined);
    await turnOn(all);
    userGit = null;
    expect(await client.scope({ scope: all })).toMatchObject({ obstacle: 'no-git', hosts: [], enable: null });
    // What was written is taken back without git, too.
    await client.disable({ scope: all });
    expect(existsSync(global)).toBe(false);
  });

  it('is as before, or as after, wherever it was killed', async () => {
    writeFileSync(global, mine);
    await turnOn(all);
    const written = readFileSync(global, 'utf8');
    const [made] = storage.writtenConfiguration.list();
    // Written down, and nothing in the file yet.
    writeFileSync(global, mine);
    expect((await client.scope({ scope: all })).state).toBe('off');
    // Brought up to date: both are written down, the file is one of them.
    writeFileSync(global, written);
    storage.accounts.put(anAccount({ id: 'third' }));
    await turnOn(all);
    const [next] = storage.writtenConfiguration.list();
    if (!made || !next) throw new Error('nothing was written down');
    storage.writtenConfiguration.put({ ...next, edits: [...next.edits, ...made.edits] });
    for (const [text, state] of [
      [written, 'partly'],
      [readFileSync(global, 'utf8'), 'on'],
    ] as const) {
      writeFileSync(global, text);
      expect((await client.scope({ scope: all })).state).toBe(state);
    }
    await client.disable({ scope: all });
    expect(readFileSync(global, 'utf8')).toBe(mine);
  });
});

describe('git in a terminal, beside asking with the path', () => {
  const parts = () => ({ storage, engines: { userGit: () => userGit } });
  const key = () => `credential.${server.origin}.useHttpPath`;
  const askingWithPath = async () => {
    const [state] = await httpPathStates(parts());
    if (!state) throw new Error('the host has several accounts');
    return state;
  };

  it.each(['before', 'after'])(
    'each has its own lines, and is taken back by itself: asking with the path %s',
    async (first) => {
      const section = `[credential "${server.origin}"]\n\tusername = mira\n${mine}`;
      writeFileSync(global, section);
      const { change } = await askingWithPath();
      await setHttpPath(parts(), server.origin, change?.lines ?? []);
      const withPath = readFileSync(global, 'utf8');
      const on = await turnOn(all);
      expect(on.state).toBe('on');
      expect(await askingWithPath()).toMatchObject({
        effective: true,
        asked: true,
        change: null,
        revertible: true,
      });
      if (first === 'before') {
        await revertHttpPath(parts(), server.origin);
        expect((await client.scope({ scope: all })).state).toBe('on');
        expect((await askingWithPath()).effective).toBe(true);
        await client.disable({ scope: all });
      } else {
        await client.disable({ scope: all });
        expect(readFileSync(global, 'utf8')).toBe(withPath);
        await revertHttpPath(parts(), server.origin);
      }
      expect(readFileSync(global, 'utf8')).toBe(section);
    },
  );

  it('does not let the one rewrite the line of the other', async () => {
    await turnOn(all);
    writeFileSync(global, `${readFileSync(global, 'utf8')}[credential]\n\tuseHttpPath = false\n`);
    const written = readFileSync(global, 'utf8');
    expect(await askingWithPath()).toMatchObject({ effective: true, change: null, obstacle: 'overridden' });
    await expect(setHttpPath(parts(), server.origin, [`\t${key()} = true`])).rejects.toMatchObject({
      error: { kind: 'invalid-input' },
    });
    expect(readFileSync(global, 'utf8')).toBe(written);
  });
});

describe('git in a terminal, for a folder', () => {
  it.each([
    'work',
    'w o r k',
    'glob[x]*?{a}',
    String.raw`back\slash`,
    'quo"te\'d $HOME `x` ;#%(prefix)',
    '~',
    'Ünï コード',
    '-dash!',
  ])('answers below %s and nowhere else, also while git clones into it', async (name) => {
    writeFileSync(global, mine);
    const url = await served('mira', 'shop');
    const folder = path.join(temporary.path, 'places', name);
    const beside = path.join(temporary.path, 'places', `${name}x`);
    mkdirSync(path.join(folder, 'deep'), { recursive: true });
    mkdirSync(beside, { recursive: true });
    const scope: TerminalScope = { kind: 'folder', folder: `${folder}/` };
    const on = await turnOn(scope);
    expect(on).toMatchObject({ state: 'on', name: folder, scope: { folder } });
    expect(on.hosts[0]?.winner).toBe('polyforge');
    expect(on.disable?.map(({ file }) => path.dirname(file))).toEqual([
      path.join(data, 'terminal-git'),
      home,
    ]);
    await terminal(path.join(folder, 'deep'), 'clone', '-q', url, 'one');
    await terminal(path.join(folder, 'deep', 'one'), 'fetch', '-q');
    expect(asked()).toContain('path=mira/shop');
    await expect(terminal(beside, 'clone', '-q', url, 'one')).rejects.toThrow(/could not read Username/);
    expect((await client.scopes()).map((state) => [state.scope.kind, state.state])).toEqual([
      ['all', 'off'],
      ['folder', 'on'],
    ]);
    await client.disable({ scope });
    expect(readFileSync(global, 'utf8')).toBe(mine);
    expect(readdirSync(path.join(data, 'terminal-git'))).toEqual([]);
    expect((await client.scopes()).map((state) => state.scope.kind)).toEqual(['all']);
  });

  it('means the same folder through a link, and does not match one whose name fits as a pattern', async () => {
    const url = await served('mira', 'shop');
    const real = path.join(temporary.path, 'real[a]');
    const alike = path.join(temporary.path, 'reala');
    mkdirSync(real);
    mkdirSync(alike);
    const link = path.join(temporary.path, 'link');
    symlinkSync(real, link);
    await turnOn({ kind: 'folder', folder: link });
    await terminal(link, 'clone', '-q', url, 'one');
    await terminal(real, 'clone', '-q', url, 'two');
    await expect(terminal(alike, 'clone', '-q', url, 'one')).rejects.toThrow(/could not read Username/);
  });

  it('answers for submodules, with the account of each', async () => {
    const sub = await served('acme', 'tools');
    const url = await served('mira', 'shop');
    const folder = path.join(temporary.path, 'work');
    mkdirSync(folder);
    await turnOn({ kind: 'folder', folder });
    await terminal(folder, 'clone', '-q', url, 'shop');
    const shop = path.join(folder, 'shop');
    await terminal(shop, 'submodule', '--quiet', 'add', sub, 'tools');
    expect(existsSync(path.join(shop, 'tools', 'README.md'))).toBe(true);
    expect(asked()).toContain('path=acme/tools');
  });

  it('says when the folder is missing or cannot be named, and is taken back without it', async () => {
    const folder = path.join(temporary.path, 'work');
    mkdirSync(folder);
    writeFileSync(global, mine);
    const scope: TerminalScope = { kind: 'folder', folder };
    await turnOn(scope);
    rmSync(folder, { recursive: true });
    expect(await client.scope({ scope })).toMatchObject({ obstacle: 'folder-missing', enable: null });
    await client.disable({ scope });
    expect(readFileSync(global, 'utf8')).toBe(mine);
    for (const bad of ['relative', '/line\nbreak'])
      expect(await failureOf(client.scope({ scope: { kind: 'folder', folder: bad } }))).toMatchObject({
        kind: 'invalid-input',
        field: 'folder',
      });
  });

  it('puts back the half that is missing, and takes back the half that stands', async () => {
    const folder = path.join(temporary.path, 'work');
    mkdirSync(folder);
    writeFileSync(global, mine);
    const scope: TerminalScope = { kind: 'folder', folder };
    await turnOn(scope);
    writeFileSync(global, mine);
    const half = await client.scope({ scope });
    expect(half.state).toBe('partly');
    expect(half.enable?.map(({ file }) => file)).toEqual([global]);
    expect((await turnOn(scope)).state).toBe('on');
    rmSync(path.join(data, 'terminal-git'), { recursive: true });
    expect((await client.scope({ scope })).state).toBe('partly');
    await client.disable({ scope });
    expect(readFileSync(global, 'utf8')).toBe(mine);
  });
});

describe('git in a terminal, for one repository', () => {
  it('answers there and in its working trees, and nowhere else', async () => {
    const url = await served('mira', 'shop');
    const { directory, config } = await opened('shop', url);
    const beside = await opened('beside', url);
    const original = readFileSync(config, 'utf8');
    const scope: TerminalScope = { kind: 'repository', repositoryId: 'shop' };
    const on = await turnOn(scope);
    expect(on).toMatchObject({ state: 'on', name: 'shop' });
    expect(on.disable?.[0]?.file).toBe(config);
    await terminal(directory, 'fetch', '-q');
    const tree = path.join(temporary.path, 'tree');
    await terminal(directory, 'worktree', 'add', '-q', '-b', 'side', tree);
    await terminal(tree, 'fetch', '-q');
    await expect(terminal(beside.directory, 'fetch', '-q')).rejects.toThrow(/could not read Username/);
    storage.repositories.put({
      id: 'tree',
      name: 'tree',
      path: tree,
      accountId: null,
      lastOpened: 0,
      hostedKey: null,
    });
    expect(
      (await client.scope({ scope: { kind: 'repository', repositoryId: 'tree' } })).hosts[0]?.winner,
    ).toBe('polyforge');
    await client.disable({ scope });
    expect(readFileSync(config, 'utf8')).toBe(original);
  });

  it('writes into the configuration of a submodule itself', async () => {
    const url = await served('acme', 'tools');
    await turnOn(all);
    const { directory } = await opened('outer');
    await terminal(directory, 'submodule', '--quiet', 'add', url, 'tools');
    await client.disable({ scope: all });
    storage.repositories.put({
      id: 'inner',
      name: 'tools',
      path: path.join(directory, 'tools'),
      accountId: null,
      lastOpened: 0,
      hostedKey: null,
    });
    const on = await turnOn({ kind: 'repository', repositoryId: 'inner' });
    expect(on.disable?.[0]?.file).toBe(
      realpathSync(path.join(directory, '.git', 'modules', 'tools', 'config')),
    );
    await terminal(path.join(directory, 'tools'), 'fetch', '-q');
  });

  it('shows a helper of the repository that comes before ours, and one that comes after', async () => {
    const url = await served('mira', 'shop');
    const { directory, config } = await opened('shop', url);
    await turnOn(all);
    await terminal(directory, 'config', 'credential.helper', '');
    await terminal(directory, 'config', '--add', 'credential.helper', 'cache --timeout 5');
    const here = await client.scope({ scope: { kind: 'repository', repositoryId: 'shop' } });
    expect(here.hosts[0]).toMatchObject({
      helpers: [{ name: 'cache', value: 'cache --timeout 5', source: config }],
      winner: 'other',
      after: 'polyforge',
    });
  });

  it('is taken back from a repository the list has lost, and forgotten with its files', async () => {
    const { directory, config } = await opened('shop');
    const original = readFileSync(config, 'utf8');
    const scope: TerminalScope = { kind: 'repository', repositoryId: 'shop' };
    await turnOn(scope);
    storage.repositories.remove('shop');
    expect((await client.scopes()).at(-1)).toMatchObject({ name: directory, state: 'on' });
    await client.disable({ scope });
    expect(readFileSync(config, 'utf8')).toBe(original);
    expect(await failureOf(client.scope({ scope }))).toMatchObject({ kind: 'gone' });

    await opened('other');
    await turnOn({ kind: 'repository', repositoryId: 'other' });
    rmSync(path.join(temporary.path, 'code', 'other'), { recursive: true });
    expect((await client.scopes()).map((state) => state.scope.kind)).toEqual(['all']);
  });
});
