import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AccountChoices, createAccountChoices } from '../../electron/credentials/account-choice';
import { createPromptBroker, type PromptBroker } from '../../electron/prompts/broker';
import { azureDevOps } from '../../electron/providers/azure-devops/index';
import { bitbucket } from '../../electron/providers/bitbucket/index';
import { github } from '../../electron/providers/github/index';
import { gitlab } from '../../electron/providers/gitlab/index';
import { createRegistry } from '../../electron/providers/registry';
import type { Collection, StoredRepository } from '../../electron/storage/storage';
import type { Account } from '../../shared/contract/accounts';
import type { AppEvent } from '../../shared/contract/application';
import type { AccountRule, RuleScope } from '../../shared/contract/bindings';
import type { HostedRepository } from '../../shared/contract/hosted-repositories';
import type { Answer, Question, Remember } from '../../shared/contract/prompts';
import { requireRemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { memoryCollection } from '../fakes/choices';
import { temporaryDirectory } from '../fakes/platform';

const registry = createRegistry([github, gitlab, bitbucket, azureDevOps]);
const gitHub = 'https://github.com';

/** Normalized as the dialog would, so that origins are the providers' own. */
function account(id: string, draft: Partial<Account>, login = ''): Account {
  const base = anAccount({ id, alias: id, ...draft });
  const provider = registry.of(base.kind);
  const address = provider.address({
    ...base,
    accountId: undefined,
    token: '',
    privateKey: '',
    installation: '',
    expiresOn: '',
  });
  return {
    ...base,
    ...address,
    provider: provider.id,
    user: login === '' ? null : { id: login, login, name: login },
  };
}

const everyAccount = [
  account('private', { kind: 'github', url: '' }, 'ada'),
  account('work', { kind: 'github', url: '' }, 'ada-work'),
  account('tideline', { kind: 'gitlab-self-managed', url: 'https://git.tideline.test/gitlab' }, 'ada'),
  account('workspace', { kind: 'bitbucket-cloud', url: '', organization: 'harbour' }, 'ada'),
  account('center', { kind: 'bitbucket-data-center', url: 'https://bb.tideline.test/stash' }, 'ada'),
  account('contoso', { kind: 'azure-devops-services', url: '', organization: 'Contoso' }, 'ada'),
  account('fabrikam', { kind: 'azure-devops-services', url: '', organization: 'fabrikam' }, 'ada'),
];

const folder = (folder: string): RuleScope => ({ kind: 'folder', folder });
const below = (origin: string, path: string): RuleScope => ({ kind: 'path', origin, path });
const onHost = (origin: string): RuleScope => ({ kind: 'host', origin });

describe('which account answers', () => {
  let accounts: Collection<Account>;
  let rules: Collection<AccountRule>;
  let repositories: Collection<StoredRepository>;
  let lists: Map<string, HostedRepository[]>;
  let prompts: PromptBroker;
  let events: AppEvent[];
  let choices: AccountChoices;

  beforeEach(() => {
    accounts = memoryCollection();
    rules = memoryCollection();
    repositories = memoryCollection();
    lists = new Map();
    events = [];
    for (const one of everyAccount) accounts.put(one);
    const sink = { emit: (event: AppEvent) => void events.push(event) };
    prompts = createPromptBroker(sink);
    choices = createAccountChoices({
      storage: {
        accounts,
        rules,
        repositories,
        repositoryCache: {
          async read(id) {
            const items = lists.get(id);
            return items ? { fetchedAt: 0, items } : null;
          },
          write: async () => undefined,
          remove: async () => undefined,
        },
      },
      registry,
      prompts,
      events: sink,
    });
  });

  const rule = (accountId: string, scope: RuleScope, email?: string): void =>
    rules.put({
      id: `${rules.list().length}`,
      scope,
      accountId,
      identity: email === undefined ? null : { name: 'Ada', email, signingKey: '' },
    });
  const clone = (id: string, directory: string, accountId: string | null = null): StoredRepository => {
    const stored = { id, name: id, path: directory, accountId, lastOpened: 0, hostedKey: null };
    repositories.put(stored);
    return stored;
  };
  const chosen = async (url: string, repositoryId: string | null = null, directory: string | null = null) => {
    const { account, source, candidates } = await choices.choose({
      url: requireRemoteUrl(url),
      repositoryId,
      directory,
    });
    return account
      ? `${account.id} ${source}`
      : candidates
          .map(({ id }) => id)
          .sort()
          .join(' or ') || 'none';
  };

  describe('rows 0.5, 1.13, 3.8: rules from most to least specific', () => {
    const url = `${gitHub}/acme/platform/`.replace(/\/$/, '');
    const steps: [string, () => void, string][] = [
      ['several fit: nobody is guessed', () => undefined, 'private or work'],
      ['the host', () => rule('work', onHost(gitHub)), 'work host'],
      ['the organization', () => rule('private', below(gitHub, 'Acme')), 'private path'],
      ['the longer path', () => rule('work', below(gitHub, 'acme/PLATFORM')), 'work path'],
      ['the folder', () => rule('private', folder('/srv/code')), 'private folder'],
      ['the deeper folder', () => rule('work', folder('/srv/code/acme')), 'work folder'],
      ['the repository', () => clone('r', '/srv/code/acme/platform', 'private'), 'private bound'],
    ];
    it.each(steps.map((step, index) => [step[0], index] as const))('%s', async (_name, index) => {
      clone('r', '/srv/code/acme/platform');
      // In any order of making: only how specific they are counts.
      for (const [, make] of steps.slice(0, index + 1).reverse()) make();
      expect(await chosen(url, 'r')).toBe(steps[index]?.[2]);
    });
  });

  it.each<[string, RuleScope, string, string]>([
    ['a whole name only', below(gitHub, 'acme'), `${gitHub}/acme-labs/x`, 'private or work'],
    ['any case', below(gitHub, 'ACME'), `${gitHub}/acme/x.git`, 'work path'],
    ['a repository, with or without .git', below(gitHub, 'acme/x'), `${gitHub}/acme/x.git`, 'work path'],
    ['ssh addresses of the host', below(gitHub, 'acme'), 'git@github.com:acme/x.git', 'work path'],
    ['ssh on the https port', onHost(gitHub), 'ssh://git@ssh.github.com:443/acme/x.git', 'work host'],
    ['not another port', onHost(gitHub), 'https://github.com:8443/acme/x', 'none'],
    ['not another scheme', onHost(gitHub), 'http://github.com/acme/x', 'none'],
    ['not a longer name of the host', onHost(gitHub), 'https://github.com.evil.test/acme/x', 'none'],
  ])('row 0.5: a rule takes %s', async (_name, scope, url, expected) => {
    rule('work', scope);
    expect(await chosen(url)).toBe(expected);
  });

  it('rows 3.8, 3.9: tells Azure DevOps organizations of one host apart, by namespace and by rule', async () => {
    expect(await chosen('https://dev.azure.com/contoso/Shop/_git/web')).toBe('contoso only');
    expect(await chosen('https://fabrikam.visualstudio.com/Shop/_git/web')).toBe('fabrikam only');
    expect(await chosen('git@ssh.dev.azure.com:v3/fabrikam/Shop/web')).toBe('fabrikam only');
    accounts.put(account('second', { kind: 'azure-devops-services', url: '', organization: 'contoso' }));
    expect(await chosen('https://dev.azure.com/contoso/Shop/_git/web')).toBe('contoso or second');
    rule('second', below('https://dev.azure.com', 'contoso/My Shop'));
    expect(await chosen('https://dev.azure.com/contoso/My%20Shop/_git/web')).toBe('second path');
    expect(await chosen('git@ssh.dev.azure.com:v3/contoso/My%20Shop/web')).toBe('second path');
    expect(await chosen('https://contoso.visualstudio.com/DefaultCollection/My%20Shop/_git/web')).toBe(
      'second path',
    );
    // A token of one organization is worth nothing in another, whatever a rule says.
    rule('fabrikam', onHost('https://dev.azure.com'));
    expect(await chosen('https://dev.azure.com/contoso/Other/_git/web')).toBe('contoso or second');
  });

  it('row 0.5: takes paths below a server path as the provider names them', async () => {
    accounts.put(
      account('other', { kind: 'gitlab-self-managed', url: 'https://git.tideline.test/gitlab' }, 'bob'),
    );
    accounts.put(
      account('center2', { kind: 'bitbucket-data-center', url: 'https://bb.tideline.test/stash' }, 'bob'),
    );
    rule('other', below('https://git.tideline.test', 'platform/api'));
    rule('center2', below('https://bb.tideline.test', 'SHOP'));
    expect(await chosen('https://git.tideline.test/gitlab/platform/api/gateway.git')).toBe('other path');
    expect(await chosen('https://git.tideline.test/gitlab/platform/web.git')).toBe('other or tideline');
    expect(await chosen('https://bb.tideline.test/stash/scm/shop/web.git')).toBe('center2 path');
    expect(await chosen('ssh://git@bb.tideline.test:7999/shop/web.git')).toBe('center2 path');
  });

  it('knows the owner by its name, and the repository by the lists that were fetched', async () => {
    expect(await chosen(`${gitHub}/ada/notes`)).toBe('private namespace');
    expect(await chosen(`${gitHub}/acme/x`)).toBe('private or work');
    lists.set('private', []);
    lists.set('work', [{ id: 'Acme/X', httpsUrl: `${gitHub}/Acme/X.git`, sshUrl: null } as HostedRepository]);
    expect(await chosen(`${gitHub}/acme/x.git`)).toBe('work listed');
    lists.set('private', lists.get('work') ?? []);
    expect(await chosen(`${gitHub}/acme/x.git`)).toBe('private or work');
  });

  it('counts a folder below a link as the folder it leads to, also of a clone that is not there yet', async () => {
    const top = temporaryDirectory();
    mkdirSync(path.join(top, 'real'));
    symlinkSync(path.join(top, 'real'), path.join(top, 'link'));
    rule('work', folder(path.join(top, 'real')));
    expect(await chosen(`${gitHub}/acme/x`, null, path.join(top, 'link', 'new', 'x'))).toBe('work folder');
    expect(await chosen(`${gitHub}/acme/x`, null, path.join(top, 'really', 'x'))).toBe('private or work');
  });

  it('row 1.19: warns when the bound account is of another host or namespace, and never uses its token elsewhere', async () => {
    clone('r', '/srv/x', 'tideline');
    rule('work', onHost(gitHub));
    const elsewhere = await choices.choose({ url: requireRemoteUrl(`${gitHub}/acme/x`), repositoryId: 'r' });
    expect(elsewhere.account?.id).toBe('work');
    expect(elsewhere.warnings).toEqual([
      { kind: 'other-host', accountHost: 'git.tideline.test', remoteHost: 'github.com' },
    ]);
    clone('s', '/srv/y', 'workspace');
    const other = await choices.choose({
      url: requireRemoteUrl('https://bitbucket.org/lighthouse/x.git'),
      repositoryId: 's',
    });
    // The user bound it: the exact origin is right, and only the server can say more.
    expect(other.account?.id).toBe('workspace');
    expect(other.warnings).toEqual([
      { kind: 'other-namespace', accountNamespace: 'harbour', remoteNamespace: 'lighthouse' },
    ]);
    clone('t', '/srv/z', 'removed');
    const gone = await choices.choose({ url: requireRemoteUrl(`${gitHub}/acme/x`), repositoryId: 't' });
    expect([gone.account?.id, gone.warnings]).toEqual(['work', [{ kind: 'account-gone' }]]);
  });

  it('keeps the binding of a repository that was renamed or given to another owner', async () => {
    clone('r', '/srv/x', 'work');
    for (const name of ['acme/x', 'acme/renamed', 'ada/mine'])
      expect(await chosen(`${gitHub}/${name}`, 'r')).toBe('work bound');
  });

  it('gives way to accounts that may be used for repositories when git asks', async () => {
    accounts.put({ ...account('private', { kind: 'github', url: '' }, 'ada'), useForRepositories: false });
    const url = requireRemoteUrl(`${gitHub}/acme/x`);
    expect((await choices.choose({ url, repositoryId: null }, { forGit: true })).account?.id).toBe('work');
    expect((await choices.choose({ url, repositoryId: null })).account).toBeNull();
  });

  it('carries the identity of the binding, else of the most specific rule of the account that answers', async () => {
    rule('work', onHost(gitHub), 'ada@host.test');
    rule('work', below(gitHub, 'acme'));
    rule('private', folder('/srv/mine'), 'ada@home.test');
    const url = requireRemoteUrl(`${gitHub}/acme/x`);
    clone('r', '/srv/work/x');
    const email = async () => (await choices.choose({ url, repositoryId: 'r' })).identity?.email;
    expect(await email()).toBe('ada@host.test');
    clone('r', '/srv/mine/x');
    expect(await email()).toBe('ada@home.test');
    // Bound to another account, the folder's identity is somebody else's.
    repositories.put({ ...clone('r', '/srv/mine/x', 'work') });
    expect(await email()).toBe('ada@host.test');
    repositories.put({
      ...clone('r', '/srv/mine/x', 'work'),
      identity: { name: 'A', email: 'own@x.test', signingKey: '' },
    });
    expect(await email()).toBe('own@x.test');
    expect(await choices.identityIn('/srv/mine/without-remote')).toMatchObject({ email: 'ada@home.test' });
    expect(await choices.identityIn('/srv/elsewhere')).toBeNull();
  });

  it('row 0.5: never chooses an account of another origin, whatever is bound, ruled or listed', async () => {
    const hosts = [
      'https://github.com',
      'http://github.com',
      'https://github.com:444',
      'https://github.com.evil.test',
      'https://git.tideline.test',
      'https://bb.tideline.test',
      'https://bitbucket.org',
      'https://dev.azure.com',
      'https://contoso.visualstudio.com',
      'https://evil.test',
    ];
    const names = ['acme', 'ada', 'contoso', 'gitlab', 'stash', 'scm', 'harbour', '_git', 'x'];
    const ids = [...everyAccount.map(({ id }) => id), 'removed'];
    const anyScope = fc.oneof(
      fc.constantFrom('/srv', '/srv/a', '/srv/a/b').map(folder),
      fc.constantFrom(...hosts).map(onHost),
      fc
        .tuple(fc.constantFrom(...hosts), fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }))
        .map(([host, path]) => below(host, path.join('/'))),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ accountId: fc.constantFrom(...ids), scope: anyScope }), { maxLength: 6 }),
        fc.constantFrom(...hosts),
        fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
        fc.option(fc.constantFrom(...ids)),
        async (made, host, path, bound) => {
          for (const old of rules.list()) rules.remove(old.id);
          for (const each of made) rule(each.accountId, each.scope);
          clone('r', '/srv/a/b/r', bound);
          const url = requireRemoteUrl(`${host}/${path.join('/')}`);
          const { account, candidates } = await choices.choose({ url, repositoryId: 'r' });
          for (const one of account ? [account] : candidates) expect(one.origins.git).toContain(url.origin);
        },
      ),
      { numRuns: 300 },
    );
  });

  describe('where several fit', () => {
    const never = new AbortController().signal;
    const resolve = (url: string, repositoryId: string | null = null, interactive = true, signal = never) =>
      choices.resolve(
        { url: requireRemoteUrl(url), repositoryId },
        { operation: 'clone', interactive, signal },
      );
    const question = async (): Promise<Extract<Question, { kind: 'account' }>> => {
      for (;;) {
        const open = prompts.open()[0];
        if (open?.kind === 'account') return open;
        await new Promise((done) => setImmediate(done));
      }
    };
    const answer = async (accountId: string | null, remember: Remember) => {
      const open = await question();
      const given: Answer = { kind: 'account', accountId, remember };
      expect(prompts.answer(open.id, given)).toBe(true);
      return open;
    };
    const asked = () => events.filter((event) => event.type === 'prompts.asked').length;

    it('asks with everything needed to choose', async () => {
      const choice = resolve(`${gitHub}/acme/x`);
      expect(await answer('work', 'once')).toMatchObject({
        operation: 'clone',
        host: 'github.com',
        path: 'acme/x',
        organization: 'acme',
        remember: ['repository', 'organization', 'host', 'once'],
        candidates: [
          { accountId: 'private', alias: 'private', provider: 'github', user: 'ada' },
          { accountId: 'work', alias: 'work', provider: 'github', user: 'ada-work' },
        ],
      });
      expect((await choice).account?.id).toBe('work');
    });

    it.each<[Remember, string[]]>([
      ['once', []],
      ['repository', ['acme/x']],
      ['organization', ['acme/x', 'acme/y']],
      ['host', ['acme/x', 'acme/y', 'other/z']],
    ])('row 0.5: asked once and remembered for the %s', async (remember, silent) => {
      clone('acme/x', '/srv/x');
      clone('acme/y', '/srv/y');
      clone('other/z', '/srv/z');
      const first = resolve(`${gitHub}/acme/x`, 'acme/x');
      await answer('work', remember);
      expect((await first).account?.id).toBe('work');
      for (const name of ['acme/x', 'acme/y', 'other/z'])
        expect(await chosen(`${gitHub}/${name}`, name)).toMatch(silent.includes(name) ? /^work / : / or /);
      if (remember !== 'once') expect(events).toContainEqual({ type: 'bindings.changed' });
    });

    it('row 0.5: remembers for a repository that is not there yet, until it is bound', async () => {
      const first = resolve(`${gitHub}/acme/x.git`);
      await answer('work', 'repository');
      await first;
      expect(await chosen(`${gitHub}/acme/x`)).toBe('work bound');
      expect(choices.takeChosenFor(requireRemoteUrl(`${gitHub}/acme/x`))).toBe('work');
      expect(await chosen(`${gitHub}/acme/x`)).toBe('private or work');
    });

    it('row 0.5: forgets it when it did not get in, and not when it did', async () => {
      const url = requireRemoteUrl(`${gitHub}/acme/x.git`);
      for (const isProven of [false, true]) {
        const choice = resolve(url.href);
        await answer('work', 'repository');
        await choice;
        if (isProven) choices.proven(url, 'work', false);
        expect(choices.doubt(url)).toBe(isProven ? null : 'work');
        expect(await chosen(url.href)).toBe(isProven ? 'work bound' : 'private or work');
      }
      expect(choices.takeChosenFor(url)).toBe('work');
    });

    it('never asks in the background: it takes none and says so', async () => {
      await expect(resolve(`${gitHub}/acme/x`, null, false)).rejects.toMatchObject({
        error: { kind: 'several-accounts', host: 'github.com', accountIds: ['private', 'work'] },
      });
      expect(asked()).toBe(0);
      expect((await resolve('https://unknown.test/x/y', null, false)).account).toBeNull();
    });

    it('shares one question over operations that wait, and asks no more once it is answered for all of them', async () => {
      const waiting = ['acme/x', 'acme/x', 'acme/y', 'acme/z'].map((name) => resolve(`${gitHub}/${name}`));
      await answer('work', 'organization');
      for (const one of waiting) expect((await one).account?.id).toBe('work');
      expect(asked()).toBe(1);
      expect(prompts.open()).toEqual([]);
    });

    it('asks one after the other when each answer is for one repository', async () => {
      const waiting = ['acme/x', 'acme/y'].map((name) => resolve(`${gitHub}/${name}`));
      expect((await answer('work', 'repository')).path).toBe('acme/x');
      expect((await answer('private', 'repository')).path).toBe('acme/y');
      expect((await Promise.all(waiting)).map(({ account }) => account?.id)).toEqual(['work', 'private']);
    });

    it('withdraws the question with the last operation that waits', async () => {
      const controllers = [new AbortController(), new AbortController()];
      const all = controllers.map(({ signal }) => resolve(`${gitHub}/acme/x`, null, true, signal));
      const settled = Promise.allSettled(all);
      await question();
      controllers[0]?.abort();
      await expect(all[0]).rejects.toMatchObject({ error: { kind: 'cancelled' } });
      expect(prompts.open()).toHaveLength(1);
      controllers[1]?.abort();
      await settled;
      expect(prompts.open()).toEqual([]);
    });

    it('takes none when the user says so, fails when the question is closed, and trusts no other account', async () => {
      const none = resolve(`${gitHub}/acme/x`);
      await answer(null, 'once');
      expect((await none).account).toBeNull();
      const closed = resolve(`${gitHub}/acme/x`);
      prompts.answer((await question()).id, { kind: 'dismiss' });
      await expect(closed).rejects.toMatchObject({ error: { kind: 'several-accounts' } });
      const forged = resolve(`${gitHub}/acme/x`);
      await answer('tideline', 'host');
      await expect(forged).rejects.toMatchObject({ error: { kind: 'several-accounts' } });
      expect(rules.list()).toEqual([]);
    });
  });
});
