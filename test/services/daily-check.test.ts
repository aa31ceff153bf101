import { createRouterClient } from '@orpc/server';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { assemble, type Core } from '../../electron/compose';
import type { MachineNotification, Platform } from '../../electron/platform';
import { github } from '../../electron/providers/github/index';
import { createHttp } from '../../electron/providers/http';
import type { AccountDraftInput } from '../../shared/contract/accounts';
import { type HandClock, handClock } from '../fakes/clock';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { fakeProvider, signInResult } from '../fakes/provider';
import { noGit, startCore } from './core';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

let directory: string;
let fake: ReturnType<typeof fakeProvider>;
let clock: HandClock;
let cores: Core[];

const draft = (more: Partial<AccountDraftInput> = {}): AccountDraftInput => ({
  kind: 'github-enterprise',
  alias: 'Work',
  authenticationType: 'personal',
  url: 'https://git.example.test',
  token: 'good-token',
  ...more,
});

beforeEach(() => {
  directory = temporaryDirectory();
  fake = fakeProvider();
  fake.state.tokens.set('good-token', 'anna');
  clock = handClock(Date.now());
  cores = [];
});
afterEach(async () => {
  await Promise.all(cores.map((core) => core.close()));
  rmSync(directory, { recursive: true, force: true });
});

const start = async (platform?: Platform & { opened: string[]; logged: string[] }) => {
  const started = await startCore(directory, [fake.provider], platform, clock);
  cores.push(started.core);
  return started;
};
/** Counts the sign-ins the provider sees. */
const countSignIns = () => {
  const signIn = vi.spyOn(fake.provider, 'signIn');
  return () => signIn.mock.calls.length;
};

describe('the daily check (row 0.16)', () => {
  it('leaves accounts alone that were checked within the day, and looks when the day is over', async () => {
    const { client } = await start();
    await client.accounts.save({ draft: draft() });
    const signIns = countSignIns();
    await clock.pass(hour);
    expect(signIns()).toBe(0);
    await clock.pass(22 * hour);
    expect(signIns()).toBe(0);
    await clock.pass(1.5 * hour);
    expect(signIns()).toBe(1);
    await clock.pass(day);
    expect(signIns()).toBe(2);
    expect((await client.accounts.list())[0]?.lastChecked).toBeGreaterThan(clock.now() - day);
  });

  it('looks soon after a start when the last check is older than a day, but not before the page had its time', async () => {
    const first = await start();
    await first.client.accounts.save({ draft: draft() });
    await first.core.close();
    clock.set(clock.now() + 3 * day);
    const signIns = countSignIns();
    await start();
    await clock.pass(1_000);
    expect(signIns()).toBe(0);
    await clock.pass(9_000);
    expect(signIns()).toBe(1);
  });

  it('marks a token the server refuses meanwhile, tells the page, and asks nobody', async () => {
    const { client } = await start();
    await client.accounts.save({ draft: draft() });
    fake.state.tokens.clear();
    const ending = new AbortController();
    const events = await client.application.events(undefined, { signal: ending.signal });
    const told: string[] = [];
    const following = (async () => {
      for await (const event of events) told.push(event.type);
    })().catch(() => undefined);
    await clock.pass(25 * hour);
    expect((await client.accounts.list())[0]?.state.status).toBe('refused');
    expect(await client.accounts.notices()).toMatchObject([{ stage: 'refused' }]);
    expect(await client.prompts.open()).toEqual([]);
    ending.abort();
    await following;
    expect(told).toContain('accounts.changed');
    expect(told).toContain('account-notices.changed');
    expect(told).not.toContain('prompts.asked');
  });

  it('learns a date the provider has changed', async () => {
    const { client } = await start();
    await client.accounts.save({ draft: draft() });
    fake.provider.signIn = () =>
      Promise.resolve(signInResult('anna', { expiresOn: '2027-03-01T09:00:00.000Z' }));
    await clock.pass(25 * hour);
    expect((await client.accounts.list())[0]).toMatchObject({
      expiresOn: '2027-03-01T09:00:00.000Z',
      expirySource: 'provider',
    });
  });

  it('never takes a server that cannot be reached for a refusal, nor forgets one', async () => {
    const { client } = await start();
    await client.accounts.save({ draft: draft() });
    const away = { kind: 'host-unreachable', host: 'git.example.test', cause: 'dns' } as const;
    fake.state.failures.set('Work', away);
    await clock.pass(25 * hour);
    expect((await client.accounts.list())[0]?.state).toEqual({ status: 'unreachable', error: away });
    expect(await client.accounts.notices()).toEqual([]);
    // Back again: it is tried before the next day.
    fake.state.failures.clear();
    await clock.pass(hour);
    expect((await client.accounts.list())[0]?.state.status).toBe('working');

    fake.state.tokens.clear();
    await clock.pass(25 * hour);
    expect((await client.accounts.list())[0]?.state.status).toBe('refused');
    fake.state.failures.set('Work', away);
    await clock.pass(26 * hour);
    expect((await client.accounts.list())[0]?.state.status).toBe('refused');
  });

  it('asks a server that cannot be reached less and less often', async () => {
    const { client } = await start();
    await client.accounts.save({ draft: draft() });
    fake.state.failures.set('Work', { kind: 'host-unreachable', host: 'git.example.test', cause: 'dns' });
    await clock.pass(day);
    const signIns = countSignIns();
    await clock.pass(day);
    expect(signIns()).toBeGreaterThan(3);
    expect(signIns()).toBeLessThan(12);
  });

  it('waits as long as a server asks it to, and leaves the account as it was', async () => {
    const { client } = await start();
    await client.accounts.save({ draft: draft() });
    clock.set(clock.now() + day);
    const retryAt = clock.now() + 3 * hour;
    fake.state.failures.set('Work', { kind: 'rate-limited', host: 'git.example.test', retryAt });
    await clock.pass(30 * minute);
    const signIns = countSignIns();
    expect((await client.accounts.list())[0]?.state.status).toBe('working');
    await clock.pass(2 * hour);
    expect(signIns()).toBe(0);
    fake.state.failures.clear();
    await clock.pass(hour);
    expect(signIns()).toBe(1);
  });

  it('bounds the time of each account, and goes on with the next', async () => {
    const { client } = await start();
    await client.accounts.save({ draft: draft() });
    await client.accounts.save({ draft: draft({ alias: 'Private' }) });
    const signIn = fake.provider.signIn.bind(fake.provider);
    fake.provider.signIn = (session) =>
      session.account.alias === 'Work'
        ? new Promise((_resolve, reject) => {
            session.signal.addEventListener('abort', () => reject(new Error('ended')));
          })
        : signIn(session);
    fake.state.tokens.clear();
    await clock.pass(25 * hour);
    const [work, own] = await client.accounts.list();
    expect(work?.state).toMatchObject({ status: 'unreachable', error: { cause: 'timeout' } });
    expect(own?.state.status).toBe('refused');
  });

  it('says nothing while the secret store is locked, and looks when it is opened', async () => {
    const none = { systemSealer: () => Promise.resolve({ sealer: null, why: 'none here' }) };
    const first = await start(fakePlatform(directory, none));
    await first.client.preferences.chooseSecretStore({ choice: 'passphrase', passphrase: 'correct horse' });
    await first.client.accounts.save({ draft: draft() });
    await first.core.close();
    clock.set(clock.now() + 2 * day);
    fake.state.tokens.clear();
    const { client } = await start(fakePlatform(directory, none));
    await clock.pass(5 * hour);
    expect((await client.accounts.list())[0]?.state.status).toBe('working');
    expect(await client.prompts.open()).toEqual([]);
    await client.preferences.unlockSecretStore({ passphrase: 'correct horse' });
    await clock.pass(2_000);
    expect((await client.accounts.list())[0]?.state.status).toBe('refused');
  });

  it('does not write over what the user did while the server took its time', async () => {
    const { client } = await start();
    const { account } = await client.accounts.save({ draft: draft() });
    const accountId = account?.id ?? '';
    fake.state.tokens.set('new-token', 'anna');
    const signIn = fake.provider.signIn.bind(fake.provider);
    let answer = () => undefined as void;
    fake.provider.signIn = (session) =>
      new Promise((resolve, reject) => {
        answer = () => void signIn(session).then(resolve, reject);
      });
    await clock.pass(25 * hour);
    fake.provider.signIn = signIn;
    await client.accounts.replaceToken({ accountId, token: 'new-token' });
    fake.state.tokens.delete('good-token');
    answer();
    await clock.pass(1_000);
    expect((await client.accounts.list())[0]?.state.status).toBe('working');
  });

  it('stops with the core', async () => {
    const { client, core } = await start();
    await client.accounts.save({ draft: draft() });
    let aborted = false;
    fake.provider.signIn = (session) =>
      new Promise((_resolve, reject) => {
        session.signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('ended'));
        });
      });
    clock.set(clock.now() + day + minute);
    await clock.pass(10_000);
    await core.close();
    expect(aborted).toBe(true);
    const signIns = countSignIns();
    await clock.pass(3 * day);
    expect(signIns()).toBe(0);
    expect((await client.accounts.list())[0]?.state.status).toBe('working');
  });

  it('a real adapter finds the day on which its server begins to answer 401', async () => {
    const server = await startGitHub();
    try {
      const core = await assemble(fakePlatform(directory), {
        providers: [github],
        clock,
        http: (network) => createHttp({ network }),
        git: () => Promise.resolve(noGit),
      });
      cores.push(core);
      const client = createRouterClient(core.router, { context: { log: () => undefined } });
      const saved = await client.accounts.save({
        draft: draft({ url: server.url, token: githubTokens.first }),
      });
      const end = Date.parse('2027-10-12T09:00:00Z');
      expect(saved.account).toMatchObject({
        expiresOn: new Date(end).toISOString(),
        expirySource: 'provider',
      });
      clock.set(end - 20 * hour);
      await clock.pass(hour);
      expect(await client.accounts.notices()).toMatchObject([{ stage: 'in-1' }]);
      for (const token of server.tokens) token.refused = true;
      clock.set(end + 20 * hour);
      await clock.pass(hour);
      await vi.waitFor(
        async () =>
          expect((await client.accounts.list())[0]?.state).toMatchObject({
            status: 'refused',
            error: { kind: 'token-refused' },
          }),
        20_000,
      );
    } finally {
      await server.close();
    }
  });
});

describe('notices of accounts', () => {
  const inDays = (days: number) => new Date(clock.now() + days * day).toISOString().slice(0, 10);
  const withDate = async (days: number) => {
    const told: MachineNotification[] = [];
    const platform = fakePlatform(directory, { notify: (one) => void told.push(one) });
    const started = await start(platform);
    const { account } = await started.client.accounts.save({ draft: draft({ expiresOn: inDays(days) }) });
    return { ...started, accountId: account?.id ?? '', told };
  };

  it('come 30, 14, 7 and 1 days ahead and on the end, one an account', async () => {
    const { client } = await withDate(40);
    const seen: string[] = [];
    for (let passed = 0; passed <= 42; passed += 1) {
      const [notice] = await client.accounts.notices();
      if (notice && seen.at(-1) !== notice.stage) seen.push(notice.stage);
      clock.set(clock.now() + day);
    }
    expect(seen).toEqual(['in-30', 'in-14', 'in-7', 'in-1', 'expired']);
  });

  it('stay dismissed, over a restart, until the next threshold or another date', async () => {
    const { client, core, accountId } = await withDate(20);
    expect(await client.accounts.notices()).toMatchObject([{ stage: 'in-30' }]);
    await client.accounts.dismissNotices({ accountIds: [accountId] });
    expect(await client.accounts.notices()).toEqual([]);
    await core.close();
    const again = (await start()).client;
    clock.set(clock.now() + 5 * day);
    expect(await again.accounts.notices()).toEqual([]);
    clock.set(clock.now() + 3 * day);
    expect(await again.accounts.notices()).toMatchObject([{ stage: 'in-14' }]);
    await again.accounts.dismissNotices({ accountIds: [accountId] });
    expect(await again.accounts.notices()).toEqual([]);
    await again.accounts.setExpiry({ accountId, expiresOn: inDays(10) });
    expect(await again.accounts.notices()).toMatchObject([{ stage: 'in-14' }]);
  });

  it('of a refusal come again when the account worked in between', async () => {
    const { client, accountId } = await withDate(300);
    fake.state.tokens.clear();
    await client.accounts.check({ accountId });
    await client.accounts.dismissNotices({ accountIds: [accountId] });
    expect(await client.accounts.notices()).toEqual([]);
    await client.accounts.check({ accountId });
    expect(await client.accounts.notices()).toEqual([]);
    fake.state.tokens.set('good-token', 'anna');
    await client.accounts.check({ accountId });
    expect(await client.accounts.notices()).toEqual([]);
    fake.state.tokens.clear();
    await client.accounts.check({ accountId });
    expect(await client.accounts.notices()).toMatchObject([{ stage: 'refused' }]);
  });

  it('are told outside the page once each, several accounts together', async () => {
    const { client, core, told } = await withDate(14);
    await client.accounts.save({ draft: draft({ alias: 'Private', expiresOn: inDays(7) }) });
    await clock.pass(hour);
    expect(told.map(({ title, text }) => [title, text])).toEqual([
      ['2 accounts need you', '“Private”: expires in 7 days. “Work”: expires in 14 days.'],
    ]);
    await clock.pass(5 * hour);
    expect(told).toHaveLength(1);
    await core.close();
    const later: MachineNotification[] = [];
    await start(fakePlatform(directory, { notify: (one) => void later.push(one) }));
    await clock.pass(hour);
    expect(later).toEqual([]);
    await clock.pass(7 * day);
    expect(later.length).toBeGreaterThan(0);
    expect(later.every(({ text }) => !text.includes('good-token'))).toBe(true);
  });

  it('put what is worst first and go with their account', async () => {
    const { client, accountId } = await withDate(5);
    await client.accounts.save({ draft: draft({ alias: 'Gone', expiresOn: inDays(-2) }) });
    const refused = await client.accounts.save({
      draft: draft({ alias: 'Refused', token: 'bad' }),
      acceptFailure: true,
    });
    expect((await client.accounts.notices()).map(({ stage }) => stage)).toEqual([
      'refused',
      'expired',
      'in-7',
    ]);
    await client.accounts.remove({ accountId: refused.account?.id ?? '' });
    expect((await client.accounts.notices()).map(({ stage }) => stage)).toEqual(['expired', 'in-7']);
    await client.accounts.dismissNotices({ accountIds: [accountId, 'nobody'] });
    expect((await client.accounts.notices()).map(({ stage }) => stage)).toEqual(['expired']);
  });
});
