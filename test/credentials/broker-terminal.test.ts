import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../shared/contract/prompts';
import { parseRemoteUrl, type RemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { type BrokerUnderTest, brokerUnderTest, ownUrl } from '../fakes/broker';
import { handClock } from '../fakes/clock';

const own = { origin: ownUrl.origin, path: ownUrl.path };
const typed = (password: string, save: 'no' | 'repository' = 'repository'): Answer => ({
  kind: 'credentials',
  username: 'ada',
  password,
  save,
});
/** What git asks without a path. */
const hostOnly = (origin: string): RemoteUrl => {
  const parsed = parseRemoteUrl(`${origin}/x`);
  if (!parsed.ok) throw new Error(origin);
  return { ...parsed.url, path: '', href: `${origin}/` };
};

describe('git in a terminal asks the broker', () => {
  let here: BrokerUnderTest;
  let clock: ReturnType<typeof handClock>;
  const begin = (more: Parameters<BrokerUnderTest['begin']>[0] = {}) =>
    here.begin({ asker: 'terminal', operation: 'git in work', directory: '/home/ada/work', ...more });

  beforeEach(() => {
    clock = handClock();
    here = brokerUnderTest({}, clock);
  });
  afterEach(() => here.close());

  it('about a host nobody here knows: an empty answer at once, whoever could be asked', async () => {
    here.addAccount(anAccount());
    for (const text of ['https://unknown.example.test/x.git', 'http://git.example.test/team/private.git']) {
      const parsed = parseRemoteUrl(text);
      if (!parsed.ok) throw new Error(text);
      const { origin, path } = parsed.url;
      expect(await begin({ url: parsed.url }).fill({ origin, path })).toBeNull();
    }
    expect(here.asked).toEqual([]);
  });

  it('without a path: the only account of the host, or the user chooses', async () => {
    here.addAccount(anAccount());
    const url = hostOnly(own.origin);
    expect(await begin({ url, interactive: false }).fill({ ...own, path: '' })).toMatchObject({
      password: 'token of a1',
    });
    here.addAccount(anAccount({ id: 'a2', alias: 'Home' }));
    await expect(begin({ url, interactive: false }).fill({ ...own, path: '' })).rejects.toMatchObject({
      error: { kind: 'several-accounts' },
    });
    const filled = begin({ url }).fill({ ...own, path: '' });
    const question = await here.answer({ kind: 'account', accountId: 'a2', remember: 'once' });
    expect(question).toMatchObject({ kind: 'account', folder: '/home/ada/work', operation: 'git in work' });
    expect(await filled).toMatchObject({ password: 'token of a2' });
  });

  it('and the question shows folder, host, path, account and the last refusal; the answer is kept as the terminal’s', async () => {
    here.addAccount(anAccount());
    const operation = begin();
    await operation.reject((await operation.fill(own)) ?? undefined);
    const filled = operation.fill(own);
    expect(await here.answer(typed('right'))).toMatchObject({
      kind: 'credentials',
      operation: 'git in work',
      folder: '/home/ada/work',
      host: 'git.example.test',
      path: 'team/private.git',
      accountAlias: 'Work',
      reason: 'account-refused',
    });
    const given = await filled;
    expect(here.storage.savedCredentials.list()).toEqual([]);
    await operation.approve(given ?? undefined);
    expect(here.storage.savedCredentials.list()).toMatchObject([{ ...own, source: 'terminal' }]);
  });

  it('in the next command too: what was refused is not tried again, and the reason is still known', async () => {
    here.addAccount(anAccount());
    const first = begin();
    await first.reject((await first.fill(own)) ?? undefined);
    await here.settle();
    const second = begin().fill(own);
    expect(await here.answer({ kind: 'dismiss' })).toMatchObject({ reason: 'account-refused' });
    expect(await second).toBeNull();
    // The application's user retries on purpose.
    expect(await here.begin().fill(own)).toMatchObject({ password: 'token of a1' });
    await clock.pass(6 * 60_000);
    expect(await begin().fill(own)).toMatchObject({ password: 'token of a1' });
  });

  it('after a saved password was refused: asked with its user and why, and the right one replaces it', async () => {
    await here.saved.keep(own, { username: 'ada', password: 'wrong', source: 'terminal' });
    const first = begin();
    await first.reject((await first.fill(own)) ?? undefined);
    expect(here.storage.savedCredentials.list()).toMatchObject([{ state: 'refused' }]);
    const second = begin();
    const filled = second.fill(own);
    expect(await here.answer(typed('right'))).toMatchObject({ reason: 'answer-refused', username: 'ada' });
    await second.approve((await filled) ?? undefined);
    expect(here.storage.savedCredentials.list()).toMatchObject([{ state: 'working', username: 'ada' }]);
    expect(await begin().fill(own)).toMatchObject({ password: 'right' });
    expect(here.asked).toHaveLength(1);
  });

  it('and gets back with a saved password when it ends and what renews it', async () => {
    const expiresAt = Date.now() + 3_600_000;
    await here.saved.keep(own, {
      username: 'ada',
      password: 'short-lived',
      source: 'terminal',
      expiresAt,
      refreshToken: 'renews',
    });
    expect(await begin().fill(own)).toEqual({
      kind: 'password',
      username: 'ada',
      password: 'short-lived',
      expiresAt,
      refreshToken: 'renews',
    });
    expect(await here.begin().fill(own)).not.toHaveProperty('refreshToken');
  });
});

describe('a locked secret store', () => {
  let here: BrokerUnderTest;

  beforeEach(async () => {
    here = brokerUnderTest({ systemSealer: () => Promise.resolve({ sealer: null, why: 'none' }) });
    await here.vault.choose({ choice: 'passphrase', passphrase: 'correct horse' });
    await here.saved.keep(own, { username: 'ada', password: 'kept', source: 'application' });
    here.lock();
  });
  afterEach(() => here.close());

  it('is never asked to be opened by work in the background, here or in a terminal', async () => {
    expect(await here.begin({ interactive: false }).fill(own)).toBeNull();
    expect(await here.begin({ interactive: false, asker: 'terminal' }).fill(own)).toBeNull();
    expect(here.asked).toEqual([]);
    expect(here.storage.savedCredentials.list()).toMatchObject([{ state: 'working' }]);
  });

  it('is opened once for all operations that need it, and their saved passwords are given', async () => {
    const fills = Array.from({ length: 8 }, () => here.begin().fill(own));
    await here.answer({ kind: 'passphrase', passphrase: 'correct horse' });
    for (const given of await Promise.all(fills)) expect(given).toMatchObject({ password: 'kept' });
    expect(here.asked.map(({ kind }) => kind)).toEqual(['passphrase']);
  });

  it('that stays locked leaves the question for a password, and says why', async () => {
    const filled = here.begin().fill(own);
    await here.answer({ kind: 'dismiss' });
    expect(await here.answer({ kind: 'dismiss' })).toMatchObject({
      kind: 'credentials',
      reason: 'secret-unavailable',
      username: 'ada',
    });
    expect(await filled).toBeNull();
  });
});
