import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../shared/contract/prompts';
import { createHostDecisions } from '../../electron/credentials/host-decisions';
import { anAccount } from '../fakes/account';
import { type BrokerUnderTest, brokerUnderTest } from '../fakes/broker';

const answers = (...given: (boolean | Error)[]) => {
  let asked = 0;
  return {
    ask: async () => {
      const answer = given[asked];
      asked += 1;
      if (answer === undefined) throw new Error('asked once too often');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    get asked() {
      return asked;
    },
  };
};

describe('what was said about a second host', () => {
  it('holds a minute after a yes, longer while it is used, and ten seconds after a no', async () => {
    let now = 0;
    const decisions = createHostDecisions(() => now);
    const user = answers(true, false, true);
    expect(await decisions.decide('one', user.ask)).toBe(true);
    now += 50_000;
    expect(await decisions.decide('one', user.ask)).toBe(true);
    now += 50_000;
    expect(await decisions.decide('one', user.ask)).toBe(true);
    expect(user.asked).toBe(1);
    now += 60_001;
    expect(await decisions.decide('one', user.ask)).toBe(false);
    now += 9_000;
    expect(await decisions.decide('one', user.ask)).toBe(false);
    now += 10_001;
    expect(await decisions.decide('one', user.ask)).toBe(true);
    expect(user.asked).toBe(3);
  });

  it('is asked once for all who want to know at the same time, and again when nobody answered', async () => {
    const decisions = createHostDecisions();
    const user = answers(new Error('closed'), true);
    const all = [1, 2, 3].map(() => decisions.decide('one', user.ask));
    await expect(all[0]).rejects.toThrow('closed');
    expect(await Promise.all(all.slice(1))).toEqual([true, true]);
    const other = answers(false);
    expect(await decisions.decide('two', other.ask)).toBe(false);
  });
});

describe('git in a terminal and a second host', () => {
  const own = { origin: 'https://git.example.test', path: 'team/private.git' };
  const other = { origin: 'https://other.example.test', path: 'libs/sub.git' };
  const no: Answer = { kind: 'other-host', allow: 'no' };
  let here: BrokerUnderTest;

  beforeEach(() => {
    here = brokerUnderTest();
    for (const { origin } of [own, other])
      here.addAccount(
        anAccount({ id: origin, alias: origin, origins: { api: [origin], git: [origin] }, url: origin }),
      );
  });
  afterEach(() => here.close());

  it('asks once for git and its second try, and anew in another folder', async () => {
    const inFolder = (directory: string) => here.begin({ asker: 'terminal', directory }).fill(other);
    const first = inFolder('/work/one');
    await here.answer(no);
    expect(await first).toBeNull();
    expect(await inFolder('/work/one')).toBeNull();
    expect(here.asked).toHaveLength(1);
    const second = inFolder('/work/two');
    await here.answer(no);
    expect(await second).toBeNull();
    expect(here.asked).toHaveLength(2);
  });
});
