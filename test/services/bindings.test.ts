import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { compose, type Core } from '../../electron/compose';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { applyIdentity, identityState } from '../../electron/services/identity';
import { createStorage } from '../../electron/storage/create';
import type { AppEvent } from '../../shared/contract/application';
import type { AccountRule, CommitIdentity } from '../../shared/contract/bindings';
import { buildGitWorker } from '../fakes/git-worker';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { fixedNetwork } from '../fakes/network';
import { fakePlatform } from '../fakes/platform';
import { git, makeRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import { builtHelper } from '../git/operation';
import { failureOf } from './core';

const ada: CommitIdentity = { name: 'Mira Keller', email: 'mira@work.test', signingKey: '' };

describe('accounts and identities of repositories', () => {
  let server: Awaited<ReturnType<typeof startGitHub>>;
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let helper: Awaited<ReturnType<typeof builtHelper>>;
  let core: Core;
  let client: ReturnType<typeof clientOf>;
  let home: string;
  let first: string;
  let second: string;

  const clientOf = (of: Core) => createRouterClient(of.router, { context: { log: () => undefined } });

  beforeAll(async () => {
    server = await startGitHub();
    temporary = await temporaryDirectory();
    helper = await builtHelper(path.join(temporary.path, 'helper'));
  });
  afterAll(async () => {
    await server.close();
    await temporary.remove();
  });

  let count = 0;
  beforeEach(async () => {
    count += 1;
    server.seen.length = 0;
    home = path.join(temporary.path, `home-${count}`);
    mkdirSync(home);
    vi.stubEnv('HOME', home);
    vi.stubEnv('XDG_CONFIG_HOME', undefined);
    vi.stubEnv('GIT_CONFIG_GLOBAL', undefined);
    vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
    core = await compose(fakePlatform(path.join(home, 'data'), { credentialHelper: helper }));
    client = clientOf(core);
    const add = async (alias: string, token: string) => {
      const { account } = await client.accounts.save({
        draft: { kind: 'github-enterprise', authenticationType: 'personal', alias, url: server.url, token },
      });
      if (!account) throw new Error('the account was not added');
      return account.id;
    };
    first = await add('Northwind', githubTokens.first);
    second = await add('Consulting', githubTokens.second);
  });
  afterEach(async () => {
    await core.close();
    vi.unstubAllEnvs();
  });

  const rule = (accountId: string, scope: AccountRule['scope'], identity: CommitIdentity | null = null) =>
    client.bindings.putRule({ id: null, accountId, scope, identity });
  /** A repository on this machine with the remote, known to the services. */
  const opened = async (name: string, remote: string | null = `${server.url}/northwind/${name}.git`) => {
    const directory = await makeRepository(path.join(home, 'code', name), smallHistory);
    if (remote !== null) await git(directory, 'remote', 'add', 'origin', remote);
    const { id } = await client.repositories.open({ path: directory });
    return { id, directory, config: path.join(directory, '.git', 'config') };
  };
  const configured = (directory: string, key: string) =>
    git(directory, 'config', '--local', '--get', key).catch(() => '');

  it('row 0.5: asks again for a clone that failed with the account chosen for it, and binds the one that works', async () => {
    const clone = async (accountId: string) => {
      const asked = vi.waitFor(async () => {
        const [question] = await client.prompts.open();
        if (!question) throw new Error('nothing is asked');
        return question;
      }, 20_000);
      const cloned = (async () => {
        const progress = await client.repositories.clone({
          url: `${server.url}/northwind/warehouse.git`,
          parent: home,
          name: 'warehouse',
          accountId: null,
          branch: null,
          hostedKey: null,
        });
        for await (const step of progress) void step;
      })();
      const ended = cloned.then(
        () => null,
        (error: unknown) => error,
      );
      const { id } = await asked;
      await client.prompts.answer({ id, answer: { kind: 'account', accountId, remember: 'repository' } });
      return ended;
    };
    expect(await clone(second)).not.toBeNull();
    expect(await clone(first)).toBeNull();
    expect(await client.repositories.list()).toMatchObject([{ name: 'warehouse', accountId: first }]);
    expect(await client.bindings.rules()).toEqual([]);
  });

  it('rows 0.5, 3.8: two accounts on one host clone five repositories by rule, without one question', async () => {
    const asked: AppEvent[] = [];
    const stop = new AbortController();
    const events = await client.application.events(undefined, { signal: stop.signal });
    const listening = (async () => {
      for await (const event of events) if (event.type === 'prompts.asked') asked.push(event);
    })().catch(() => undefined);

    await rule(first, { kind: 'host', origin: server.origin });
    await rule(second, { kind: 'path', origin: server.origin, path: 'Keller-Consulting' }, ada);
    await rule(second, { kind: 'folder', folder: path.join(home, 'mine') });
    const wanted = [
      ['northwind/warehouse', 'work', githubTokens.first],
      ['mira/dotfiles', 'work', githubTokens.first],
      ['keller-consulting/clients', 'work', githubTokens.second],
      ['keller-consulting/tax-returns', 'work', githubTokens.second],
      ['mira/sourdough', 'mine', githubTokens.second],
    ] as const;
    await Promise.all(
      wanted.map(async ([fullName, folder]) => {
        const progress = await client.repositories.clone({
          url: `${server.url}/${fullName}.git`,
          parent: path.join(home, folder),
          name: path.basename(fullName),
          accountId: null,
          branch: null,
          hostedKey: null,
        });
        for await (const step of progress) void step;
      }),
    );
    for (const [fullName, folder, token] of wanted) {
      expect(existsSync(path.join(home, folder, path.basename(fullName), '.git'))).toBe(true);
      const given = server.seen
        .filter((call) => call.kind === 'git' && call.path.includes(fullName) && call.authorization)
        .map(
          (call) =>
            Buffer.from(call.authorization?.split(' ')[1] ?? '', 'base64')
              .toString()
              .split(':')[1],
        );
      // A public repository is cloned without anybody's token.
      expect([...new Set(given)]).toEqual(fullName === 'mira/sourdough' ? [] : [token]);
    }
    // The rule's identity is in the new repositories' own configuration, and only there.
    expect(await configured(path.join(home, 'work', 'clients'), 'user.email')).toBe(ada.email);
    expect(await configured(path.join(home, 'work', 'warehouse'), 'user.email')).toBe('');
    stop.abort();
    await listening;
    expect(asked).toEqual([]);
  });

  it('row 0.5: keeps rules in order, replaces one of the same scope, and refuses what cannot work', async () => {
    await rule(first, { kind: 'host', origin: server.origin });
    await rule(second, { kind: 'path', origin: `${server.origin}/`, path: '/acme/Platform.git' });
    await rule(first, { kind: 'path', origin: server.origin, path: 'ACME/platform' });
    await rule(second, { kind: 'folder', folder: `${home}/a/../code/` });
    const rules = await client.bindings.rules();
    expect(rules.map(({ scope, accountId, problem }) => [scope, accountId === first, problem])).toEqual([
      [{ kind: 'folder', folder: path.join(home, 'code') }, false, 'folder-missing'],
      [{ kind: 'path', origin: server.origin, path: 'ACME/platform' }, true, null],
      [{ kind: 'host', origin: server.origin }, true, null],
    ]);
    const refused = async (scope: AccountRule['scope'], accountId = first) => {
      const error = await failureOf(rule(accountId, scope));
      return error.kind === 'invalid-input' ? error.field : error.kind;
    };
    expect(await refused({ kind: 'host', origin: 'https://github.com' })).toBe('origin');
    expect(await refused({ kind: 'host', origin: `${server.origin}.evil.test` })).toBe('origin');
    expect(await refused({ kind: 'path', origin: server.origin, path: 'a?b' })).toBe('path');
    expect(await refused({ kind: 'path', origin: server.origin, path: '/' })).toBe('path');
    expect(await refused({ kind: 'folder', folder: 'relative' })).toBe('folder');
    expect(await refused({ kind: 'host', origin: server.origin }, 'nobody')).toBe('gone');
    expect(await client.bindings.rules()).toHaveLength(3);
    await client.bindings.removeRule({ id: rules[0]?.id ?? '' });
    expect(await client.bindings.rules()).toHaveLength(2);
  });

  it('shows the rules of an account that was removed as broken, and repairs one with another account', async () => {
    await rule(second, { kind: 'path', origin: server.origin, path: 'acme' }, ada);
    await client.accounts.remove({ accountId: second });
    const [broken] = await client.bindings.rules();
    expect(broken).toMatchObject({ problem: 'account-gone', identity: ada });
    const repository = await opened('warehouse', `${server.url}/acme/x.git`);
    expect(await client.bindings.choice({ repositoryId: repository.id })).toMatchObject({
      accountId: first,
      source: 'only',
      identity: null,
    });
    if (!broken) throw new Error('no rule');
    const [repaired] = await client.bindings.putRule({ ...broken, accountId: first });
    expect(repaired).toMatchObject({ id: broken.id, problem: null });
    expect(await client.bindings.choice({ repositoryId: repository.id })).toMatchObject({ source: 'path' });
  });

  it('rows 0.15, 1.19: tells a repository which account answers, why, and what does not fit', async () => {
    const repository = await opened('warehouse');
    const choice = () => client.bindings.choice({ repositoryId: repository.id });
    expect(await choice()).toMatchObject({
      accountId: null,
      candidates: [first, second],
      place: { origin: server.origin, path: 'northwind/warehouse.git', organization: 'northwind' },
      folder: repository.directory,
    });
    await rule(first, { kind: 'folder', folder: path.join(home, 'code') });
    expect(await choice()).toMatchObject({ accountId: first, source: 'folder', rule: { accountId: first } });
    await client.bindings.bindRepository({ repositoryId: repository.id, accountId: second, identity: ada });
    expect(await choice()).toMatchObject({
      accountId: second,
      source: 'bound',
      identity: ada,
      bound: { accountId: second, identity: ada },
      warnings: [],
    });
    await git(
      repository.directory,
      'remote',
      'set-url',
      'origin',
      'https://elsewhere.test/northwind/warehouse',
    );
    expect(await choice()).toMatchObject({
      accountId: null,
      warnings: [{ kind: 'other-host', remoteHost: 'elsewhere.test' }],
    });
    // A second remote of the bound account: it is used there, and there only.
    await git(repository.directory, 'remote', 'add', 'mirror', `${server.url}/northwind/warehouse.git`);
    expect(await choice()).toMatchObject({ accountId: second, source: 'bound', warnings: [] });
    expect(
      await failureOf(
        client.bindings.bindRepository({ repositoryId: repository.id, accountId: 'x', identity: null }),
      ),
    ).toEqual({
      kind: 'gone',
      what: 'account',
    });
  });

  it('row 0.15: says for an address and a folder which account a clone would take', async () => {
    const url = `${server.url}/keller-consulting/clients.git`;
    const choiceFor = (directory: string | null) => client.bindings.choiceFor({ url, directory });
    expect(await choiceFor(null)).toMatchObject({ accountId: null, candidates: [first, second] });
    await rule(second, { kind: 'folder', folder: path.join(home, 'consulting') }, ada);
    expect(await choiceFor(path.join(home, 'consulting', 'new'))).toMatchObject({
      accountId: second,
      identity: ada,
    });
    // Once the lists are there, they tell.
    for (const accountId of [first, second])
      for await (const part of await client.hostedRepositories.list({ refresh: true, accountId })) void part;
    expect(await choiceFor(null)).toMatchObject({ accountId: second, source: 'listed' });
  });

  it('row 1.19: warns of another identity before a commit, writes the wanted one, and puts back what was there', async () => {
    writeFileSync(path.join(home, '.gitconfig'), '[user]\n\tname = Mira\n\temail = mira@home.test\n');
    const repository = await opened('warehouse');
    const before = readFileSync(repository.config);
    const identity = () => client.bindings.identity({ repositoryId: repository.id });
    expect(await identity()).toEqual({
      effective: { name: 'Mira', email: 'mira@home.test', signingKey: '' },
      source: 'global',
      wanted: null,
      mismatch: false,
      complete: true,
      written: 'no',
    });
    expect(await failureOf(client.bindings.applyIdentity({ repositoryId: repository.id }))).toMatchObject({
      kind: 'invalid-input',
      field: 'identity',
    });
    await rule(first, { kind: 'host', origin: server.origin }, ada);
    expect(await identity()).toMatchObject({ wanted: ada, mismatch: true });
    expect(await client.bindings.applyIdentity({ repositoryId: repository.id })).toMatchObject({
      effective: ada,
      source: 'local',
      mismatch: false,
      written: 'yes',
    });
    // Another identity over it: what comes back is what was there before the first.
    await rule(
      first,
      { kind: 'host', origin: server.origin },
      { ...ada, email: 'mira@other.test', signingKey: 'ABC' },
    );
    expect(await identity()).toMatchObject({ mismatch: true });
    await client.bindings.applyIdentity({ repositoryId: repository.id });
    expect(await configured(repository.directory, 'user.signingkey')).toBe('ABC');
    expect(await client.bindings.restoreIdentity({ repositoryId: repository.id })).toMatchObject({
      effective: { email: 'mira@home.test' },
      written: 'no',
    });
    expect(readFileSync(repository.config).equals(before)).toBe(true);
  });

  it('keeps the binding of a repository whose folder was moved', async () => {
    const repository = await opened('warehouse');
    await client.bindings.bindRepository({ repositoryId: repository.id, accountId: second, identity: ada });
    const moved = path.join(home, 'moved');
    renameSync(repository.directory, moved);
    const { id } = await client.repositories.open({ path: moved, insteadOf: repository.id });
    await client.repositories.forget({ repositoryId: repository.id });
    expect(await client.bindings.choice({ repositoryId: id })).toMatchObject({
      accountId: second,
      bound: { accountId: second, identity: ada },
      folder: moved,
    });
  });

  it('takes no identity back that the user changed since', async () => {
    const repository = await opened('warehouse');
    await rule(first, { kind: 'host', origin: server.origin }, ada);
    await client.bindings.applyIdentity({ repositoryId: repository.id });
    await git(repository.directory, 'config', 'user.email', 'own@x.test');
    expect(await client.bindings.identity({ repositoryId: repository.id })).toMatchObject({
      written: 'changed',
      mismatch: true,
    });
    expect(await failureOf(client.bindings.restoreIdentity({ repositoryId: repository.id }))).toMatchObject({
      field: 'identity',
    });
    expect(await configured(repository.directory, 'user.email')).toBe('own@x.test');
  });

  it('knows who commits in a repository without a remote, by its folder', async () => {
    const repository = await opened('notes', null);
    await rule(first, { kind: 'folder', folder: path.join(home, 'code') }, ada);
    expect(await client.bindings.choice({ repositoryId: repository.id })).toMatchObject({
      place: null,
      identity: ada,
    });
    expect(await client.bindings.identity({ repositoryId: repository.id })).toMatchObject({ mismatch: true });
  });

  it('row 3.9: shows the change for a host with two accounts, makes it, tries git, and takes it back', async () => {
    const file = path.join(home, '.gitconfig');
    const original = '[user]\n\tname = Mira\n';
    writeFileSync(file, original);
    const [state] = await client.bindings.httpPaths();
    expect(state).toMatchObject({
      origin: server.origin,
      accountIds: [first, second],
      effective: false,
      asked: false,
      setIn: null,
      change: { file, lines: [`[credential "${server.origin}"]`, '\tuseHttpPath = true'], removed: [] },
      revertible: false,
      obstacle: null,
    });
    const lines = state?.change?.lines ?? [];
    expect(
      await failureOf(client.bindings.setHttpPath({ origin: server.origin, lines: ['other'] })),
    ).toMatchObject({
      field: 'change',
    });
    expect(
      await failureOf(client.bindings.setHttpPath({ origin: 'https://github.com', lines })),
    ).toMatchObject({
      field: 'change',
    });
    expect(readFileSync(file, 'utf8')).toBe(original);
    expect(await client.bindings.setHttpPath({ origin: server.origin, lines })).toMatchObject([
      { effective: true, asked: true, setIn: file, change: null, revertible: true },
    ]);
    writeFileSync(file, `${readFileSync(file, 'utf8')}[alias]\n\tst = status\n`);
    expect(await client.bindings.revertHttpPath({ origin: server.origin })).toMatchObject([
      { effective: false, revertible: false },
    ]);
    expect(readFileSync(file, 'utf8')).toBe(`${original}[alias]\n\tst = status\n`);
  });

  it('row 3.9: leaves a setting alone that was changed since, and names one that wins', async () => {
    const file = path.join(home, '.gitconfig');
    const [state] = await client.bindings.httpPaths();
    const lines = state?.change?.lines ?? [];
    await client.bindings.setHttpPath({ origin: server.origin, lines });
    writeFileSync(file, readFileSync(file, 'utf8').replace('true', 'yes'));
    expect(await client.bindings.httpPaths()).toMatchObject([
      { effective: true, revertible: false, changedSince: true },
    ]);
    expect(await failureOf(client.bindings.revertHttpPath({ origin: server.origin }))).toMatchObject({
      field: 'change',
    });
    expect(readFileSync(file, 'utf8')).toContain('yes');
    const other = path.join(home, 'other.gitconfig');
    writeFileSync(other, `[credential "${server.origin}"]\n\tuseHttpPath = false\n`);
    writeFileSync(
      file,
      `[credential "${server.origin}"]\n\tuseHttpPath = true\n[include]\n\tpath = ${other}\n`,
    );
    expect(await client.bindings.httpPaths()).toMatchObject([
      { effective: false, change: null, obstacle: 'overridden', setIn: other },
    ]);
  });

  it('row 3.9: explains a machine without a working git', async () => {
    await client.preferences.set({ gitPath: path.join(home, 'no-git-here') });
    expect(await client.bindings.httpPaths()).toMatchObject([
      { effective: null, change: null, obstacle: 'no-git' },
    ]);
  });
});

describe('R04 an identity that could not be written', () => {
  it('leaves the configuration as it was, and nothing to take back', async () => {
    const temporary = await temporaryDirectory();
    const worker = await buildGitWorker();
    try {
      const directory = await makeRepository(path.join(temporary.path, 'notes'), smallHistory);
      const file = path.join(directory, '.git', 'config');
      const before = readFileSync(file);
      const storage = createStorage(fakePlatform(path.join(temporary.path, 'data')));
      storage.repositories.put({
        id: 'r1',
        name: 'notes',
        path: directory,
        accountId: null,
        lastOpened: 0,
        hostedKey: null,
        identity: ada,
      });
      const engine = createIsomorphicEngine(worker.file, fixedNetwork());
      const parts = {
        storage: {
          ...storage,
          writtenConfiguration: {
            ...storage.writtenConfiguration,
            put(record: Parameters<typeof storage.writtenConfiguration.put>[0]) {
              storage.writtenConfiguration.put(record);
              // From here on the new text cannot be moved into place.
              rmSync(`${file}.lock`);
            },
          },
        },
        engines: { forReading: async () => engine, forWriting: async () => engine },
        choices: {
          choose: () => Promise.reject(new Error('there is no remote')),
          identityIn: () => Promise.resolve(null),
          organizationOf: () => null,
        },
      };
      await expect(applyIdentity(parts, 'r1')).rejects.toMatchObject({
        error: { kind: 'directory-not-writable' },
      });
      expect(readFileSync(file).equals(before)).toBe(true);
      expect(storage.writtenConfiguration.list()).toEqual([]);
      expect(await identityState(parts, 'r1')).toMatchObject({ mismatch: true, written: 'no' });
    } finally {
      await worker.remove();
      await temporary.remove();
    }
  });
});
