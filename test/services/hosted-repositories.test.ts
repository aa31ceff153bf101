import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RepositoryListPart } from '../../shared/contract/hosted-repositories';
import { temporaryDirectory } from '../fakes/platform';
import { aHostedRepository, fakeProvider } from '../fakes/provider';
import { startCore } from './core';

let directory: string;
let fake: ReturnType<typeof fakeProvider>;

beforeEach(() => {
  directory = temporaryDirectory();
  fake = fakeProvider();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function start(...aliases: string[]) {
  const { client } = await startCore(directory, [fake.provider]);
  const accounts = [];
  for (const alias of aliases) {
    fake.state.tokens.set(`token-${alias}`, alias);
    const { account } = await client.accounts.save({
      draft: {
        kind: 'github-enterprise',
        alias,
        authenticationType: 'personal',
        url: 'https://git.example.test',
        token: `token-${alias}`,
      },
    });
    if (account) accounts.push(account);
  }
  for (const account of accounts)
    for (let n = 0; n < 1200; n += 1)
      fake.state.repositories.push(aHostedRepository(account, `${account.alias}-${n}`));
  const list = async (refresh = false) => {
    const parts: RepositoryListPart[] = [];
    for await (const part of await client.hostedRepositories.list({ refresh })) parts.push(part);
    return parts;
  };
  return { client, accounts, list };
}

const count = (parts: RepositoryListPart[], source: 'cache' | 'provider') =>
  parts.reduce(
    (sum, part) => sum + (part.kind === 'items' && part.source === source ? part.items.length : 0),
    0,
  );

describe('hosted repositories service', () => {
  it('lists every account in parts of at most 500, and shows them from the cache next time', async () => {
    const { list } = await start('anna', 'berta');
    const first = await list();
    expect(count(first, 'provider')).toBe(2400);
    expect(Math.max(...first.map((part) => (part.kind === 'items' ? part.items.length : 0)))).toBe(500);
    expect(first.filter((part) => part.kind === 'done')).toHaveLength(2);
    expect(fake.state.listings).toBe(2);

    const second = await list();
    expect(count(second, 'cache')).toBe(2400);
    expect(fake.state.listings).toBe(2);

    const refreshed = await list(true);
    expect(count(refreshed, 'cache')).toBe(2400);
    expect(count(refreshed, 'provider')).toBe(2400);
    expect(refreshed.findIndex((part) => part.kind === 'items' && part.source === 'cache')).toBe(0);
  });

  it('keeps the rows of the others, and its own cached rows, when one account fails', async () => {
    const { list, client, accounts } = await start('anna', 'berta');
    await list();
    fake.state.failures.set('anna', { kind: 'token-refused', host: 'git.example.test' });
    const parts = await list(true);
    expect(parts.filter((part) => part.kind === 'failed')).toEqual([
      {
        kind: 'failed',
        accountId: accounts[0]?.id,
        error: { kind: 'token-refused', host: 'git.example.test' },
      },
    ]);
    expect(count(parts, 'cache')).toBe(2400);
    expect(count(parts, 'provider')).toBe(1200);
    const states = (await client.accounts.list()).map((account) => account.state.status);
    expect(states).toEqual(['refused', 'working']);
  });

  it('tells the page that an account has no repository any more', async () => {
    const { list } = await start('anna');
    await list();
    fake.state.repositories = [];
    const parts = await list(true);
    expect(parts).toContainEqual(expect.objectContaining({ kind: 'items', source: 'provider', items: [] }));
    expect(parts.at(-1)).toMatchObject({ kind: 'done', count: 0 });
  });

  it('does not write a failing answer into the cache', async () => {
    const { list } = await start('anna');
    await list();
    fake.state.failures.set('anna', { kind: 'unexpected-answer', host: 'git.example.test', detail: 'cut' });
    await list(true);
    fake.state.failures.clear();
    expect(count(await list(), 'cache')).toBe(1200);
  });

  it('shows the other accounts when an adapter has a defect', async () => {
    const { list, accounts } = await start('anna', 'berta');
    const sound = { ...fake.provider };
    fake.provider.listRepositories = (session) => {
      if (session.account.alias === 'anna') throw new TypeError('a defect');
      return sound.listRepositories(session);
    };
    const parts = await list();
    expect(count(parts, 'provider')).toBe(1200);
    expect(parts.filter((part) => part.kind === 'failed')).toEqual([
      {
        kind: 'failed',
        accountId: accounts[0]?.id,
        error: { kind: 'internal', reference: expect.any(String) },
      },
    ]);
  });

  it('takes a page of any length', async () => {
    const { list, accounts } = await start('anna');
    const [account] = accounts;
    if (!account) throw new Error('no account');
    fake.state.repositories = Array.from({ length: 200_000 }, (_, n) => aHostedRepository(account, `${n}`));
    expect(count(await list(), 'provider')).toBe(200_000);
  });

  it('ends a list that does not end, and shows the others', async () => {
    const { list, accounts } = await start('anna', 'berta');
    const sound = { ...fake.provider };
    fake.provider.listRepositories = (session) => {
      if (session.account.alias !== 'anna') return sound.listRepositories(session);
      const page = Array.from({ length: 50_000 }, (_, n) => aHostedRepository(session.account, `${n}`));
      return (async function* () {
        for (;;) {
          await Promise.resolve();
          yield page;
        }
      })();
    };
    const parts = await list();
    expect(parts.filter((part) => part.kind === 'failed')).toMatchObject([
      { accountId: accounts[0]?.id, error: { kind: 'unexpected-answer' } },
    ]);
    expect(parts.filter((part) => part.kind === 'done')).toMatchObject([{ accountId: accounts[1]?.id }]);
  });

  it('leaves no list of an account on the disk that was removed while it was read', async () => {
    const { client, accounts } = await start('anna');
    const cache = path.join(directory, 'cache', 'repositories');
    let removed = false;
    for await (const part of await client.hostedRepositories.list({})) {
      if (part.kind !== 'items' || removed) continue;
      removed = true;
      await client.accounts.remove({ accountId: accounts[0]?.id ?? '' });
    }
    expect(removed).toBe(true);
    expect(existsSync(cache) ? readdirSync(cache) : []).toEqual([]);
  });

  it('stops asking when the page leaves', async () => {
    const { client } = await start('anna');
    const stream = await client.hostedRepositories.list({});
    for await (const part of stream) {
      expect(part.kind).toBe('items');
      break;
    }
    expect((await stream.next()).done).toBe(true);
  });

  it('remembers favourites', async () => {
    const { client } = await start();
    await client.hostedRepositories.setFavourite({ key: 'a:1', favourite: true });
    await client.hostedRepositories.setFavourite({ key: 'a:2', favourite: true });
    await client.hostedRepositories.setFavourite({ key: 'a:1', favourite: false });
    expect(await client.hostedRepositories.favourites()).toEqual(['a:2']);
  });
});
