import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { github } from '../../electron/providers/github';
import { createHttp, type Http } from '../../electron/providers/http';
import type { Account, AccountDraftInput } from '../../shared/contract/accounts';
import { anAccount } from '../fakes/account';
import { handClock } from '../fakes/clock';
import { type GitHubStandIn, startGitHub } from '../fakes/hosting/github';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { startCore } from '../services/core';
import { collect, failureOf, sessionOf } from './provider.suite';

let server: GitHubStandIn;
let http: Http;

beforeEach(async () => {
  server = await startGitHub();
  http = createHttp({ retryDelay: 1 });
});
afterEach(async () => {
  github.forget?.(account());
  await http.close();
  await server.close();
});

const account = (more: Partial<Account> = {}) =>
  anAccount({
    url: server.origin,
    origins: { api: [server.origin], git: [server.origin] },
    authenticationType: 'app',
    appId: String(server.app.id),
    ...more,
  });
const session = (more: Partial<Account> = {}) =>
  sessionOf(http, github, account(more), server.app.privateKey);
const asked = (method: string, end: string) =>
  server.seen.filter((one) => one.method === method && one.path.endsWith(end)).length;
const northwind = { installation: { id: '5550001', name: 'northwind' } };

describe('the installations of a GitHub App', () => {
  const page = (number: number) =>
    github.installations?.(session(), number) ?? Promise.reject(new Error('GitHub has no installations'));

  it('are listed with the name of their owner, and suspended ones are marked (row 1.8)', async () => {
    server.app.installations.push({ id: 7, login: 'sleepy', suspended: true });
    expect(await page(1)).toEqual({
      items: [
        { id: '5550001', name: 'northwind', owner: 'organization', suspended: false },
        { id: '5550002', name: 'aurora-labs', owner: 'organization', suspended: false },
        { id: '7', name: 'sleepy', owner: 'organization', suspended: true },
      ],
      next: null,
    });
  });

  it('come a hundred at a time (row 1.8)', async () => {
    for (let id = 1; id <= 150; id += 1) server.app.installations.push({ id, login: `org-${id}` });
    const first = await page(1);
    expect(first.items).toHaveLength(100);
    expect(first.next).toBe(2);
    const second = await page(2);
    expect(second.items).toHaveLength(52);
    expect(second.next).toBeNull();
  });

  it('the first that can be used is taken, not a suspended one before it (row 1.9)', async () => {
    server.app.installations.unshift({ id: 7, login: 'sleepy', suspended: true });
    expect(await github.signIn(session())).toMatchObject({
      installation: { id: '5550001', name: 'northwind' },
    });
    const [repositories] = await collect(github.listRepositories(session()));
    expect(repositories?.[0]?.namespace).toBe('northwind');
  });

  it('one far down the list is found by its number (row 1.8)', async () => {
    for (let id = 1; id <= 150; id += 1) server.app.installations.unshift({ id, login: `org-${id}` });
    expect(await github.signIn(session(northwind))).toMatchObject({
      installation: { id: '5550001', name: 'northwind' },
    });
    expect(asked('GET', '/app/installations')).toBe(0);
  });

  it('a suspended one is told as such (row 1.8)', async () => {
    server.app.installations[0] = { id: 5_550_001, login: 'northwind', suspended: true };
    expect(await failureOf(github.signIn(session(northwind)))).toMatchObject({
      kind: 'missing-permission',
      detail: 'The installation on northwind is suspended.',
    });
    expect(await failureOf(github.gitCredential(session(northwind), server.app.privateKey))).toMatchObject({
      kind: 'missing-permission',
      detail: 'This installation has been suspended',
    });
  });
});

describe('a computer whose clock is wrong', () => {
  it.each([
    ['an hour behind', 3600, /clock is 60 minutes behind/],
    ['an hour ahead', -3600, /clock is 60 minutes ahead/],
  ])('%s signs by GitHub’s clock after one refusal, and says so', async (_name, ahead, words) => {
    server.app.clockAhead = ahead;
    const result = await github.signIn(session());
    expect(result.notes.join(' ')).toMatch(words);
    expect(asked('GET', '/app')).toBe(2);
    await collect(github.listRepositories(session(northwind)));
    const credential = await github.gitCredential(session(northwind), server.app.privateKey);
    expect(credential).toMatchObject({ username: 'x-access-token' });
    // What was learned once is used by every request that follows.
    expect(asked('POST', '/access_tokens')).toBe(3);
  });

  it('is corrected by the first request of a clone as well', async () => {
    server.app.clockAhead = 7200;
    const fresh = account({ ...northwind, url: server.origin });
    const credential = await github.gitCredential(
      sessionOf(http, github, fresh, server.app.privateKey),
      server.app.privateKey,
    );
    expect(credential).toMatchObject({ kind: 'password', username: 'x-access-token' });
    expect(asked('POST', '/access_tokens')).toBe(2);
  });

  it('is right again when it was set', async () => {
    server.app.clockAhead = 3600;
    await github.signIn(session());
    server.app.clockAhead = 0;
    expect((await github.signIn(session())).notes.join(' ')).not.toContain('clock');
  });
});

describe('what is kept of a GitHub App in memory', () => {
  const minting = () => asked('POST', '/access_tokens');

  it('one token serves many sessions, until the account is forgotten', async () => {
    await collect(github.listRepositories(session(northwind)));
    await collect(github.listRepositories(session(northwind)));
    expect(minting()).toBe(1);
    github.forget?.(account(northwind));
    await collect(github.listRepositories(session(northwind)));
    expect(minting()).toBe(2);
  });

  it('a token on its way when the account is forgotten is not kept', async () => {
    server.inject({
      path: /access_tokens/,
      times: 1,
      as: 'change',
      change: (reply) => {
        github.forget?.(account(northwind));
        return reply;
      },
    });
    await collect(github.listRepositories(session(northwind)));
    await collect(github.listRepositories(session(northwind)));
    expect(minting()).toBe(2);
  });

  it('a check asks for a new token: the old one may be of before a change on GitHub', async () => {
    await collect(github.listRepositories(session(northwind)));
    for (const token of server.tokens) if (token.login === null) token.refused = true;
    expect(await failureOf(collect(github.listRepositories(session(northwind))))).toMatchObject({
      kind: 'token-refused',
    });
    await github.signIn(session(northwind));
    expect(await collect(github.listRepositories(session(northwind)))).not.toEqual([]);
  });

  it('removing the account or replacing its key forgets it, and the picker answers a draft (row 1.10)', async () => {
    const directory = temporaryDirectory();
    const { client, core } = await startCore(
      directory,
      [github],
      fakePlatform(directory),
      handClock(),
      createHttp({ retryDelay: 1 }),
    );
    try {
      const draft: AccountDraftInput = {
        kind: 'github-enterprise',
        alias: 'App',
        authenticationType: 'app',
        url: server.origin,
        appId: String(server.app.id),
        privateKey: server.app.privateKey,
        installation: '5550001',
      };
      expect((await client.accounts.installations({ draft })).items.map(({ name }) => name)).toEqual([
        'northwind',
        'aurora-labs',
      ]);
      const { account: saved } = await client.accounts.save({ draft });
      expect(saved?.installation).toEqual({ id: '5550001', name: 'northwind' });
      const list = () => collect(github.listRepositories(session(northwind)));
      await list();
      const before = minting();
      await list();
      expect(minting()).toBe(before);
      await client.accounts.replaceToken({ accountId: saved?.id ?? '', token: server.app.privateKey });
      const replaced = minting();
      await list();
      expect(minting()).toBe(replaced + 1);
      // While editing, a blank key means the stored one.
      const edited = { ...draft, accountId: saved?.id ?? '', privateKey: '' };
      expect((await client.accounts.installations({ draft: edited })).items).toHaveLength(2);
      await client.accounts.remove({ accountId: saved?.id ?? '' });
      await list();
      expect(minting()).toBe(replaced + 2);
    } finally {
      await core.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
