import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '../../shared/contract/accounts';
import { anAccount } from '../fakes/account';
import { type BrokerUnderTest, brokerUnderTest, ownUrl } from '../fakes/broker';

const own = { origin: ownUrl.origin, path: ownUrl.path };
const owned = (id: string, login: string, more: Partial<Account> = {}) =>
  anAccount({ id, alias: id, user: { id, login, name: `${login} Example` }, ...more });

describe('a user name git asks with', () => {
  let here: BrokerUnderTest;
  const ask = (username: string | null, more: Parameters<BrokerUnderTest['begin']>[0] = {}) =>
    here.begin({ interactive: false, ...more }).fill({ ...own, username });

  beforeEach(() => {
    here = brokerUnderTest();
  });
  afterEach(() => here.close());

  it('chooses among the accounts of one host, by login, name, e-mail address or typed user name', async () => {
    here.addAccount(owned('a', 'ada', { email: 'ada@example.test' }));
    here.addAccount(owned('g', 'grace', { username: 'grace.hopper', tokenName: '' }));
    for (const [username, id] of [
      ['ada', 'a'],
      ['ADA', 'a'],
      ['ada Example', 'a'],
      ['ada@example.test', 'a'],
      ['grace', 'g'],
      ['grace.hopper', 'g'],
    ])
      expect([username, await ask(username ?? null)]).toEqual([
        username,
        { kind: 'password', username: 'oauth2', password: `token of ${id}`, askedFor: username },
      ]);
  });

  it.each(['someone-else', '--help', 'ad', 'adaa', 'ada ', 'ada\u0000', '*', 'token of a'])(
    'that is nobody’s here gets nothing, and nobody is asked (%j)',
    async (username) => {
      here.addAccount(owned('a', 'ada', { tokenName: '' }));
      expect(await ask(username)).toBeNull();
      expect(await ask(username, { accountId: 'a' })).toBeNull();
      expect(await ask(username, { asker: 'terminal', interactive: true })).toBeNull();
      expect(here.asked).toEqual([]);
    },
  );

  it('absent or empty is any', async () => {
    here.addAccount(owned('a', 'ada'));
    expect(await ask(null)).toMatchObject({ password: 'token of a' });
    expect(await ask('')).toMatchObject({ password: 'token of a' });
  });

  it('may be the one the provider gives every account, where one account is certain', async () => {
    here.addAccount(owned('a', 'ada', { tokenName: '' }));
    here.credentials.set('a', { kind: 'password', username: 'x-access-token', password: 'minted' });
    expect(await ask('x-access-token')).toMatchObject({ password: 'minted' });
    here.credentials.set('a', { kind: 'header', header: 'Bearer minted' });
    expect(await ask('x-access-token')).toBeNull();
    expect(await ask('ada')).toMatchObject({ header: 'Bearer minted' });
  });

  it('of two accounts is asked about, and only one of the two can be the answer', async () => {
    here.addAccount(owned('a1', 'ada'));
    here.addAccount(owned('a2', 'ada'));
    here.addAccount(owned('g', 'grace'));
    const filled = ask('ada', { interactive: true });
    const question = await here.answer({ kind: 'account', accountId: 'a2', remember: 'once' });
    expect(question).toMatchObject({ kind: 'account' });
    expect(await filled).toMatchObject({ password: 'token of a2' });
    await expect(ask('ada')).rejects.toMatchObject({ error: { kind: 'several-accounts' } });
  });

  it('is exact for what is saved, and a typed answer starts from it', async () => {
    for (const username of ['ada', 'grace'])
      await here.saved.keep(own, { username, password: `of ${username}`, source: 'application' });
    expect(await ask('grace')).toMatchObject({ username: 'grace', password: 'of grace' });
    expect(await ask('ada')).toMatchObject({ password: 'of ada' });
    expect(await ask('Ada')).toBeNull();
    const filled = ask('linus', { interactive: true });
    const question = await here.answer({
      kind: 'credentials',
      username: 'linus',
      password: 'typed',
      save: 'no',
    });
    expect(question).toMatchObject({ kind: 'credentials', username: 'linus', reason: 'no-account' });
    expect(await filled).toMatchObject({ password: 'typed' });
  });

  it('has refusals of its own within one operation', async () => {
    for (const username of ['ada', 'grace'])
      await here.saved.keep(own, { username, password: `of ${username}`, source: 'application' });
    const operation = here.begin({ interactive: false });
    const ada = await operation.fill({ ...own, username: 'ada' });
    const grace = await operation.fill({ ...own, username: 'grace' });
    await operation.reject(ada ?? undefined);
    await operation.approve(grace ?? undefined);
    expect(await operation.fill({ ...own, username: 'ada' })).toBeNull();
    expect(await operation.fill({ ...own, username: 'grace' })).toMatchObject({ password: 'of grace' });
    expect(here.saved.kept(own).map(({ username, state }) => [username, state])).toEqual(
      expect.arrayContaining([
        ['ada', 'refused'],
        ['grace', 'working'],
      ]),
    );
  });
});
