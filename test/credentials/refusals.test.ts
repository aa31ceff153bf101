import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { type BrokerUnderTest, brokerUnderTest, ownUrl } from '../fakes/broker';
import { handClock } from '../fakes/clock';

const own = { origin: ownUrl.origin, path: ownUrl.path };

describe('after git’s server refused an account', () => {
  let here: BrokerUnderTest;
  let clock: ReturnType<typeof handClock>;

  beforeEach(() => {
    clock = handClock();
    here = brokerUnderTest({}, clock);
    here.addAccount(anAccount({ state: { status: 'working' }, lastChecked: 1 }));
  });
  afterEach(() => here.close());

  const state = () => here.storage.accounts.find('a1')?.state;
  const refuseOnce = async (more: Parameters<BrokerUnderTest['begin']>[0] = {}) => {
    const operation = here.begin({ interactive: false, ...more });
    const given = await operation.fill(own);
    if (given) await operation.reject(given);
    return { operation, given };
  };

  it('the account is checked, and what the provider says of it stands in the account', async () => {
    const host = 'git.example.test';
    here.checks.set('a1', () =>
      Promise.reject(new AppFailure({ kind: 'authorization-required', host, url: 'https://sso.test' })),
    );
    await refuseOnce();
    expect(state()).toEqual({ status: 'refused', error: { kind: 'token-refused', host } });
    await here.settle();
    expect(state()).toMatchObject({ status: 'refused', error: { kind: 'authorization-required' } });
    expect(here.checked).toEqual(['a1']);
  });

  it('one repository it may not see does not take the account away from all the others', async () => {
    await refuseOnce();
    await here.settle();
    expect(state()).toEqual({ status: 'working' });
    const url = requireRemoteUrl('https://git.example.test/team/mine.git');
    expect(await here.begin({ url, interactive: false }).fill({ ...own, path: url.path })).not.toBeNull();
    // The same token is not run against the same wall again while nobody looks.
    expect((await refuseOnce()).given).toBeNull();
    expect(here.asked).toEqual([]);
  });

  it('it stays refused where the check cannot tell', async () => {
    for (const error of [
      { kind: 'host-unreachable', host: 'x', cause: 'dns' },
      { kind: 'rate-limited', host: 'x', retryAt: 1 },
      { kind: 'secret-unavailable', reason: 'locked' },
    ] as const) {
      here.checks.set('a1', () => Promise.reject(new AppFailure(error)));
      here.addAccount(anAccount({ state: { status: 'working' }, lastChecked: 1 }));
      await refuseOnce();
      await here.settle();
      expect(state()).toMatchObject({ status: 'refused', error: { kind: 'token-refused' } });
      await clock.pass(120_000);
    }
    expect(here.checked).toHaveLength(3);
  });

  it('many refusals at once are one check, and those that follow within a minute are none', async () => {
    await Promise.all(Array.from({ length: 25 }, () => refuseOnce({ interactive: true })));
    await here.settle();
    await refuseOnce({ interactive: true });
    await here.settle();
    expect(here.checked).toEqual(['a1']);
    expect(state()).toEqual({ status: 'working' });
    await clock.pass(120_000);
    await refuseOnce({ interactive: true });
    await here.settle();
    expect(here.checked).toEqual(['a1', 'a1']);
  });

  it('a token that was replaced while the check ran keeps its own state', async () => {
    let finish = () => undefined as void;
    here.checks.set(
      'a1',
      () =>
        new Promise((_, reject) => {
          finish = () => reject(new AppFailure({ kind: 'token-refused', host: 'git.example.test' }));
        }),
    );
    await refuseOnce();
    await here.settle();
    here.addAccount(anAccount({ state: { status: 'working' }, lastChecked: 99 }));
    finish();
    await here.settle();
    expect(state()).toEqual({ status: 'working' });
  });

  it('an account removed while the check runs does not come back', async () => {
    await refuseOnce();
    here.storage.accounts.remove('a1');
    await here.settle();
    expect(here.storage.accounts.list()).toEqual([]);
  });

  it('the question stays open although the check finds the token working, and the token is not tried again', async () => {
    const operation = here.begin();
    await operation.reject((await operation.fill(own)) ?? undefined);
    const filled = operation.fill(own);
    await here.question();
    await here.settle();
    expect(state()).toEqual({ status: 'working' });
    expect(here.prompts.open()).toMatchObject([{ kind: 'credentials', reason: 'account-refused' }]);
    await here.answer({ kind: 'credentials', username: 'ada', password: 'right', save: 'no' });
    expect(await filled).toMatchObject({ password: 'right' });
    expect(here.asked).toHaveLength(1);
  });

  it('it is tried again in the background once the user has checked it, or it was accepted', async () => {
    await refuseOnce();
    await here.settle();
    expect((await refuseOnce()).given).toBeNull();
    here.addAccount(anAccount({ state: { status: 'working' }, lastChecked: 777 }));
    const operation = here.begin({ interactive: false });
    expect(await operation.fill(own)).not.toBeNull();
    await operation.approve();
    expect(await here.begin({ interactive: false }).fill(own)).not.toBeNull();
  });
});
