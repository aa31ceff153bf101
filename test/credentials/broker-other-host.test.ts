import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../shared/contract/prompts';
import { requireRemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { type BrokerUnderTest, brokerUnderTest, ownUrl } from '../fakes/broker';

const own = { origin: ownUrl.origin, path: ownUrl.path };
const other = { origin: 'https://other.example.test', path: 'libs/sub.git' };
const account = (id: string, origin: string) =>
  anAccount({ id, alias: id, origins: { api: [origin], git: [origin] }, url: origin });
const allow = (answer: 'no' | 'once' | 'always'): Answer => ({ kind: 'other-host', allow: answer });
const typed = (password: string): Answer => ({
  kind: 'credentials',
  username: 'ada',
  password,
  save: 'repository',
});

describe('a second host within one operation', () => {
  let here: BrokerUnderTest;

  beforeEach(() => {
    here = brokerUnderTest();
    here.addAccount(account('own', own.origin));
    here.addAccount(account('other', other.origin));
  });
  afterEach(() => here.close());

  it('gets nothing without a yes, and the question names both repositories and the account', async () => {
    const operation = here.begin();
    expect(await operation.fill(own)).toMatchObject({ password: 'token of own' });
    const filled = operation.fill(other);
    expect(await here.answer(allow('no'))).toMatchObject({
      kind: 'other-host',
      operation: 'clone',
      host: 'git.example.test',
      path: 'team/private.git',
      otherHost: 'other.example.test',
      otherPath: 'libs/sub.git',
      accountAlias: 'other',
    });
    expect(await filled).toBeNull();
    // One no is enough for the operation, whatever else of that host it wants.
    expect(await operation.fill({ ...other, path: 'libs/more.git' })).toBeNull();
    expect(here.asked).toHaveLength(1);
    expect(operation.refused).toBe(false);
  });

  it('gets its own account after a yes for once, and the next operation asks again', async () => {
    const operation = here.begin();
    const filled = operation.fill(other);
    await here.answer(allow('once'));
    expect(await filled).toMatchObject({ password: 'token of other' });
    expect(await operation.fill({ ...other, path: 'libs/more.git' })).toMatchObject({
      password: 'token of other',
    });
    expect(await operation.fill(own)).toMatchObject({ password: 'token of own' });
    expect(here.asked).toHaveLength(1);
    expect(here.storage.allowedHosts.list()).toEqual([]);
    const next = here.begin().fill(other);
    await here.answer(allow('no'));
    expect(await next).toBeNull();
  });

  it('is allowed for always for this repository and that host only, and can be taken back', async () => {
    const filled = here.begin().fill(other);
    await here.answer(allow('always'));
    await filled;
    expect(here.storage.allowedHosts.list()).toMatchObject([{ ...own, otherOrigin: other.origin }]);
    expect(await here.begin().fill(other)).toMatchObject({ password: 'token of other' });
    // A standing yes is no question: work in the background has it, too.
    expect(await here.begin({ interactive: false }).fill(other)).toMatchObject({
      password: 'token of other',
    });
    expect(here.asked).toHaveLength(1);
    const elsewhere = here.begin({ url: requireRemoteUrl('https://git.example.test/team/else.git') });
    const asked = elsewhere.fill(other);
    await here.answer(allow('no'));
    expect(await asked).toBeNull();
    for (const origin of ['http://other.example.test', 'https://other.example.test:8443'])
      expect(await here.begin().fill({ ...other, origin })).toBeNull();
    const [kept] = here.storage.allowedHosts.list();
    here.storage.allowedHosts.remove(kept?.id ?? '');
    const again = here.begin().fill(other);
    expect(await here.answer(allow('no'))).toMatchObject({ kind: 'other-host' });
    expect(await again).toBeNull();
  });

  it('is answered at once with nothing where nobody is known, in the background, and ahead of the first request', async () => {
    expect(await here.begin().fill({ ...other, origin: 'https://unknown.example.test' })).toBeNull();
    expect(await here.begin({ interactive: false }).fill(other)).toBeNull();
    expect(await here.begin().fill({ ...other, preemptive: true })).toBeNull();
    expect(await here.begin({ withoutAccount: true }).fill(other)).toBeNull();
    here.addAccount({ ...account('other', other.origin), useForRepositories: false });
    expect(await here.begin().fill(other)).toBeNull();
    expect(here.asked).toEqual([]);
  });

  it('never gets the header that is set ahead for the own host', async () => {
    here.credentials.set('own', { kind: 'header', header: 'Bearer own' });
    const operation = here.begin();
    expect(await operation.fill({ ...own, preemptive: true })).toMatchObject({ header: 'Bearer own' });
    const filled = operation.fill(other);
    await here.answer(allow('once'));
    expect(await filled).toMatchObject({ kind: 'password', password: 'token of other' });
  });

  it('is told apart from look-alikes to the character', async () => {
    for (const origin of [
      'https://OTHER.example.test',
      'https://other.example.test.',
      'https://other.example.test/',
      'https://other.example.test:443',
      'https://own@other.example.test',
      'https://other.example.test.evil.test',
      'https://xother.example.test',
      'ssh://other.example.test',
      'https://other.example.test\n',
      '',
    ])
      expect([origin, await here.begin().fill({ ...other, origin })]).toEqual([origin, null]);
    expect(here.asked).toEqual([]);
  });

  it('has refusals and acceptances of its own, in whatever order git reports them', async () => {
    const operation = here.begin();
    const mine = await operation.fill(own);
    const filled = operation.fill(other);
    await here.answer(allow('once'));
    const theirs = await filled;
    // The submodule's host refuses; the repository's own accepted it a moment before.
    await operation.reject(theirs ?? undefined);
    await operation.approve(mine ?? undefined);
    await operation.approve(theirs ?? undefined);
    expect(operation.refused).toBe(true);
    expect(here.storage.accounts.find('own')?.state.status).toBe('unchecked');
    expect(await operation.fill(own)).toMatchObject({ password: 'token of own' });
    const again = operation.fill(other);
    expect(await here.answer(typed('right'))).toMatchObject({
      kind: 'credentials',
      host: 'other.example.test',
      path: 'libs/sub.git',
      reason: 'account-refused',
      accountAlias: 'other',
    });
    const second = await again;
    expect(second).toMatchObject({ password: 'right' });
    await operation.approve(second ?? undefined);
    expect(operation.refused).toBe(false);
    // Kept for the submodule's address, not for the repository's.
    expect(here.storage.savedCredentials.list()).toMatchObject([{ ...other, username: 'ada' }]);
    expect(here.storage.savedCredentials.list()).toHaveLength(1);
  });

  it('takes what is saved for exactly that address, once the user agreed', async () => {
    here.storage.accounts.remove('other');
    await here.saved.keep(other, { username: 'ada', password: 'saved', source: 'application' });
    const filled = here.begin().fill(other);
    expect(await here.answer(allow('once'))).toMatchObject({ accountAlias: null });
    expect(await filled).toMatchObject({ username: 'ada', password: 'saved' });
  });

  it('with several submodules is typed in for once, and asked about no more once the user closed the question', async () => {
    here.storage.accounts.remove('other');
    await here.saved.keep({ ...other, path: 'x' }, { username: 'x', password: 'x', source: 'application' });
    const operation = here.begin();
    const first = operation.fill(other);
    await here.answer(allow('once'));
    await here.answer(typed('right'));
    const given = await first;
    await operation.approve(given ?? undefined);
    expect(await operation.fill({ ...other, path: `${other.path}/info/lfs` })).toBe(given);
    expect(await operation.fill({ ...other, path: 'libs/second.git' })).toBe(given);
    expect(here.asked).toHaveLength(2);

    const closing = here.begin();
    const closed = closing.fill({ ...other, path: 'libs/third.git' });
    await here.answer(allow('once'));
    await here.answer({ kind: 'dismiss' });
    expect(await closed).toBeNull();
    for (const name of ['fourth', 'fifth'])
      expect(await closing.fill({ ...other, path: `libs/${name}.git` })).toBeNull();
    expect(here.asked).toHaveLength(4);
  });

  it('does not end work in the background where nobody can say whose account it is', async () => {
    here.addAccount(account('another', other.origin));
    here.storage.allowedHosts.put({ id: 'a', ...own, otherOrigin: other.origin, addedAt: 1 });
    expect(await here.begin({ interactive: false }).fill(other)).toBeNull();
    const filled = here.begin().fill(other);
    await here.answer({ kind: 'account', accountId: 'another', remember: 'once' });
    expect(await filled).toMatchObject({ password: 'token of another' });
  });

  it('loses its account in another window while the question is open: nothing of it is given', async () => {
    const filled = here.begin().fill(other);
    const question = await here.question();
    here.storage.accounts.remove('other');
    here.prompts.answer(question.id, allow('once'));
    expect(await here.answer({ kind: 'dismiss' })).toMatchObject({ kind: 'credentials', accountId: null });
    expect(await filled).toBeNull();
  });

  it('is asked about once for all operations of one repository that wait, and each keeps its own account', async () => {
    const operations = Array.from({ length: 20 }, (_, index) => here.begin({ operation: `fetch ${index}` }));
    const fills = operations.map((operation, index) =>
      operation.fill({ ...other, path: `libs/${index}.git` }),
    );
    await here.question();
    await here.settle();
    expect(here.prompts.open()).toHaveLength(1);
    await here.answer(allow('once'));
    expect((await Promise.all(fills)).every((one) => one !== null)).toBe(true);
    expect(here.asked.filter(({ kind }) => kind === 'other-host').map(({ id }) => id)).toEqual(
      Array.from({ length: here.asked.length }, () => here.asked[0]?.id),
    );
  });

  it('withdraws its question with the operation that is ended while it is open', async () => {
    const ending = new AbortController();
    const filled = here.begin({ signal: ending.signal }).fill(other);
    await here.question();
    ending.abort();
    await expect(filled).rejects.toMatchObject({ error: { kind: 'cancelled' } });
    expect(here.prompts.open()).toEqual([]);
    expect(here.storage.allowedHosts.list()).toEqual([]);
  });

  it('needs no question for the web address of the very host ssh goes to, and has the account of the operation', async () => {
    here.addAccount(account('own2', own.origin));
    const url = requireRemoteUrl('git@git.example.test:team/private.git');
    expect(await here.begin({ url, accountId: 'own2' }).fill(own)).toMatchObject({
      password: 'token of own2',
    });
    here.storage.accounts.remove('own2');
    const operation = here.begin({ url: requireRemoteUrl('git@git.example.test:team/private.git') });
    expect(await operation.fill({ ...own, path: 'team/private.git/info/lfs' })).toMatchObject({
      password: 'token of own',
    });
    const foreign = operation.fill(other);
    await here.answer(allow('no'));
    expect(await foreign).toBeNull();
  });

  it('shows the folder where git in a terminal asks, and an address without encryption as such', async () => {
    const origin = 'http://plain.example.test';
    here.addAccount(account('plain', origin));
    const operation = here.begin({
      asker: 'terminal',
      directory: '/home/ada/work',
      operation: 'git in work',
    });
    const filled = operation.fill({ origin, path: 'x.git' });
    expect(await here.answer(allow('no'))).toMatchObject({
      operation: 'git in work',
      folder: '/home/ada/work',
      otherHost: 'http://plain.example.test',
    });
    expect(await filled).toBeNull();
  });
});

describe('another repository of the same host within one operation', () => {
  let here: BrokerUnderTest;
  const beside = { ...own, path: 'libs/sub.git' };

  beforeEach(() => {
    here = brokerUnderTest();
  });
  afterEach(() => here.close());

  it('gets what is saved for exactly it, and else the account of the operation', async () => {
    here.addAccount(account('one', own.origin));
    here.addAccount(account('two', own.origin));
    const operation = here.begin({ accountId: 'one' });
    expect(await operation.fill(own)).toMatchObject({ password: 'token of one' });
    expect(await operation.fill(beside)).toMatchObject({ password: 'token of one' });
    await here.saved.keep(beside, { username: 'ada', password: 'saved', source: 'application' });
    expect(await operation.fill(beside)).toMatchObject({ password: 'saved' });
    expect(here.asked).toEqual([]);
  });

  it('gets the account that is its own by rule', async () => {
    here.addAccount(account('one', own.origin));
    here.addAccount(account('two', own.origin));
    here.storage.rules.put({
      id: 'r',
      scope: { kind: 'host', origin: own.origin },
      accountId: 'two',
      identity: null,
    });
    const operation = here.begin({ accountId: 'one' });
    expect(await operation.fill(own)).toMatchObject({ password: 'token of one' });
    expect(await operation.fill({ ...own, path: `${own.path}/info/lfs` })).toMatchObject({
      password: 'token of one',
    });
    expect(await operation.fill(beside)).toMatchObject({ password: 'token of two' });
  });

  it('is asked about by its own name where nothing is known of either', async () => {
    const operation = here.begin();
    const filled = operation.fill(beside);
    expect(await here.answer(typed('right'))).toMatchObject({ path: 'libs/sub.git', reason: 'no-account' });
    await filled;
    await operation.approve();
    expect(here.storage.savedCredentials.list()).toMatchObject([beside]);
  });
});
