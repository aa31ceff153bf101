import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountDraftInput } from '../../shared/contract/accounts';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { fakeProvider, signInResult } from '../fakes/provider';
import { failureOf, startCore } from './core';

let directory: string;
let fake: ReturnType<typeof fakeProvider>;

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
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const start = () => startCore(directory, [fake.provider]);

describe('accounts service', () => {
  it('saves a tested account, and its token nowhere but in the vault', async () => {
    const { client } = await start();
    const saved = await client.accounts.save({ draft: draft() });
    expect(saved.test.ok).toBe(true);
    expect(saved.account).toMatchObject({
      alias: 'Work',
      user: { login: 'anna' },
      state: { status: 'working' },
    });
    expect(JSON.stringify(saved)).not.toContain('good-token');
    expect(readFileSync(path.join(directory, 'config.json'), 'utf8')).not.toContain('good-token');
    expect(await (await start()).client.accounts.list()).toHaveLength(1);
  });

  it('names an account after its user and host when no alias was typed', async () => {
    const { client } = await start();
    const { account } = await client.accounts.save({ draft: draft({ alias: '' }) });
    expect(account?.alias).toBe('anna on git.example.test');
  });

  it('saves a failing account only after an explicit choice', async () => {
    const { client } = await start();
    const refused = await client.accounts.save({ draft: draft({ token: 'bad' }) });
    expect(refused).toMatchObject({ account: null, test: { ok: false, error: { kind: 'token-refused' } } });
    expect(await client.accounts.list()).toEqual([]);
    const kept = await client.accounts.save({ draft: draft({ token: 'bad' }), acceptFailure: true });
    expect(kept.account?.state).toMatchObject({ status: 'refused' });
    expect(await client.accounts.list()).toHaveLength(1);
  });

  it('never keeps a token of another provider, even by choice', async () => {
    const { client } = await start();
    const outcome = await client.accounts.save({ draft: draft({ token: 'glpat-x' }), acceptFailure: true });
    expect(outcome).toMatchObject({ account: null, test: { ok: false, error: { kind: 'token-form' } } });
    expect(await client.accounts.list()).toEqual([]);
  });

  it('keeps the stored token when an edit leaves the field blank', async () => {
    const { client } = await start();
    const { account } = await client.accounts.save({ draft: draft() });
    const edited = await client.accounts.save({
      draft: draft({ accountId: account?.id, token: '', alias: 'Renamed' }),
    });
    expect(edited.account).toMatchObject({ id: account?.id, alias: 'Renamed', state: { status: 'working' } });
    expect(await client.accounts.list()).toHaveLength(1);
  });

  it('asks for the token again when an edit changes the address, so that it never travels there by itself', async () => {
    const { client } = await start();
    const { account } = await client.accounts.save({ draft: draft() });
    const moved = draft({ accountId: account?.id, token: '', url: 'https://evil.example.test' });
    expect(await failureOf(client.accounts.save({ draft: moved, acceptFailure: true }))).toEqual({
      kind: 'invalid-input',
      field: 'token',
      reason: 'address-changed',
    });
    expect(await failureOf(client.accounts.test(moved))).toMatchObject({ kind: 'invalid-input' });
    expect((await client.accounts.list())[0]?.url).toBe('https://git.example.test');
  });

  it('keeps two accounts of one host side by side (rows 2.9, 3.8)', async () => {
    fake.state.tokens.set('second', 'berta');
    const { client } = await start();
    await client.accounts.save({ draft: draft() });
    await client.accounts.save({ draft: draft({ alias: 'Private', token: 'second' }) });
    expect((await client.accounts.list()).map((account) => account.user?.login)).toEqual(['anna', 'berta']);
  });

  it('replaces the token of the account that is there, and keeps the old one when the new one is refused', async () => {
    const { client } = await start();
    const { account } = await client.accounts.save({ draft: draft() });
    const accountId = account?.id ?? '';
    const refused = await client.accounts.replaceToken({ accountId, token: 'bad' });
    expect(refused.test.ok).toBe(false);
    expect((await client.accounts.check({ accountId })).state.status).toBe('working');
    fake.state.tokens.clear();
    fake.state.tokens.set('renewed', 'anna');
    expect((await client.accounts.check({ accountId })).state.status).toBe('refused');
    const replaced = await client.accounts.replaceToken({
      accountId,
      token: 'renewed',
      expiresOn: '2027-01-31',
    });
    expect(replaced.account).toMatchObject({ id: accountId, expiresOn: '2027-01-31', expirySource: 'user' });
    expect((await client.accounts.check({ accountId })).state.status).toBe('working');
  });

  it('keeps the end the user entered without a new token, also over an edit that does not ask for it (row 0.16)', async () => {
    const { client } = await start();
    const { account } = await client.accounts.save({ draft: draft() });
    const accountId = account?.id ?? '';
    const dated = await client.accounts.setExpiry({ accountId, expiresOn: '2027-05-31' });
    expect(dated).toMatchObject({ expiresOn: '2027-05-31', expirySource: 'user' });
    expect((await client.accounts.check({ accountId })).expiresOn).toBe('2027-05-31');
    const edited = await client.accounts.save({ draft: draft({ accountId, token: '', alias: 'Renamed' }) });
    expect(edited.account).toMatchObject({ expiresOn: '2027-05-31', expirySource: 'user' });
    expect(await client.accounts.setExpiry({ accountId, expiresOn: '' })).toMatchObject({
      expiresOn: null,
      expirySource: 'none',
    });
    expect(await failureOf(client.accounts.setExpiry({ accountId, expiresOn: 'soon' }))).toMatchObject({
      kind: 'invalid-input',
      field: 'expiresOn',
    });
  });

  it('forgets an entered end with the token it was about, and takes none where the provider tells it', async () => {
    const { client } = await start();
    const { account } = await client.accounts.save({ draft: draft() });
    const accountId = account?.id ?? '';
    await client.accounts.setExpiry({ accountId, expiresOn: '2027-05-31' });
    fake.provider.signIn = () =>
      Promise.resolve(signInResult('anna', { expiresOn: '2028-01-31', endsAtLatest: '2026-12-01' }));
    const told = await client.accounts.check({ accountId });
    expect(told).toMatchObject({
      expiresOn: '2028-01-31',
      expirySource: 'provider',
      endsAtLatest: '2026-12-01',
    });
    expect(await failureOf(client.accounts.setExpiry({ accountId, expiresOn: '2027-05-31' }))).toMatchObject({
      kind: 'invalid-input',
      reason: 'date-from-provider',
    });
    fake.provider.signIn = () => Promise.resolve(signInResult('anna'));
    const replaced = await client.accounts.replaceToken({ accountId, token: 'good-token' });
    expect(replaced.account).toMatchObject({ expiresOn: null, expirySource: 'none', endsAtLatest: null });
  });

  it('goes on with what waits for the passphrase when the store is opened elsewhere', async () => {
    const none = { systemSealer: () => Promise.resolve({ sealer: null, why: 'none here' }) };
    const first = await startCore(directory, [fake.provider], fakePlatform(directory, none));
    await first.client.preferences.chooseSecretStore({ choice: 'passphrase', passphrase: 'correct horse' });
    const { account } = await first.client.accounts.save({ draft: draft() });
    const { client } = await startCore(directory, [fake.provider], fakePlatform(directory, none));
    const checks = [1, 2].map(() => client.accounts.check({ accountId: account?.id ?? '' }));
    await vi.waitFor(async () => expect(await client.prompts.open()).toHaveLength(1), 20_000);
    await client.preferences.unlockSecretStore({ passphrase: 'correct horse' });
    for (const check of checks) expect((await check).state.status).toBe('working');
    expect(await client.prompts.open()).toEqual([]);
  });

  it('tells an unreachable host from a refused token', async () => {
    const { client } = await start();
    const { account } = await client.accounts.save({ draft: draft() });
    fake.state.failures.set('Work', { kind: 'host-unreachable', host: 'git.example.test', cause: 'dns' });
    const checked = await client.accounts.check({ accountId: account?.id ?? '' });
    expect(checked.state).toMatchObject({ status: 'unreachable', error: { cause: 'dns' } });
    expect(checked.user?.login).toBe('anna');
  });

  it('forgets the token with the account', async () => {
    const { client } = await start();
    const { account } = await client.accounts.save({ draft: draft() });
    const accountId = account?.id ?? '';
    expect(await client.accounts.removalImpact({ accountId })).toEqual({ repositories: [] });
    await client.accounts.remove({ accountId });
    expect(await client.accounts.list()).toEqual([]);
    const vault = JSON.parse(readFileSync(path.join(directory, 'vault.json'), 'utf8')) as { entries: object };
    expect(vault.entries).toEqual({});
    expect(await failureOf(client.accounts.check({ accountId }))).toEqual({ kind: 'gone', what: 'account' });
  });

  it('never sends a token typed for a new address to the old one, even after a kill midway', async () => {
    const killed = path.join(directory, 'killed');
    const sent: [string, string][] = [];
    const { provider } = fake;
    const recording = {
      ...provider,
      authorizer(account: Parameters<typeof provider.authorizer>[0], secret: string) {
        sent.push([account.url, secret]);
        return provider.authorizer(account, secret);
      },
    };
    const plain = fakePlatform(directory);
    let edited = false;
    const platform = fakePlatform(directory, {
      openSettings(options) {
        const file = plain.openSettings(options);
        return {
          ...file,
          set(key, value) {
            // What a kill just before this write would leave.
            if (edited && key === 'accounts' && !existsSync(killed))
              for (const name of ['config.json', 'vault.json'])
                cpSync(path.join(directory, name), path.join(killed, name));
            file.set(key, value);
          },
        };
      },
    });
    fake.state.tokens.set('new-token', 'anna');
    const { client } = await startCore(directory, [recording], platform);
    const { account } = await client.accounts.save({ draft: draft() });
    edited = true;
    const accountId = account?.id ?? '';
    const moved = draft({ accountId, token: 'new-token', url: 'https://moved.example.test' });
    await client.accounts.save({ draft: moved });
    expect((await client.accounts.check({ accountId })).state.status).toBe('working');

    const again = await startCore(killed, [recording]);
    expect((await again.client.accounts.list())[0]?.url).toBe('https://git.example.test');
    expect((await again.client.accounts.check({ accountId })).state.status).toBe('working');
    const atOldAddress = sent.filter(([url]) => url === 'https://git.example.test').map(([, token]) => token);
    expect(new Set(atOldAddress)).toEqual(new Set(['good-token']));
    const vault = readFileSync(path.join(directory, 'vault.json'), 'utf8');
    expect(Object.keys((JSON.parse(vault) as { entries: object }).entries)).toHaveLength(1);
  });

  /** Holds the provider's answers back until `release`. */
  const slowProvider = () => {
    let release = () => undefined as void;
    let reached = () => undefined as void;
    const asked = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let slow = false;
    const provider: typeof fake.provider = {
      ...fake.provider,
      async signIn(session) {
        if (slow) {
          reached();
          await held;
        }
        return fake.provider.signIn(session);
      },
    };
    return { provider, asked, release: () => release(), slowDown: (more = true) => void (slow = more) };
  };

  it('does not bring an account back that was removed while its provider answered', async () => {
    const slow = slowProvider();
    const { client } = await startCore(directory, [slow.provider]);
    const { account } = await client.accounts.save({ draft: draft() });
    const accountId = account?.id ?? '';
    slow.slowDown();
    const replacing = failureOf(client.accounts.replaceToken({ accountId, token: 'good-token' }));
    const saving = failureOf(client.accounts.save({ draft: draft({ accountId }) }));
    await slow.asked;
    await client.accounts.remove({ accountId });
    slow.release();
    expect(await replacing).toEqual({ kind: 'gone', what: 'account' });
    expect(await saving).toEqual({ kind: 'gone', what: 'account' });
    expect(await client.accounts.list()).toEqual([]);
    expect(readFileSync(path.join(directory, 'vault.json'), 'utf8')).not.toContain(accountId);
  });

  it('does not take an edit back that was made while a new token was tried', async () => {
    const slow = slowProvider();
    const { client } = await startCore(directory, [slow.provider]);
    const { account } = await client.accounts.save({ draft: draft() });
    const accountId = account?.id ?? '';
    slow.slowDown();
    const replacing = client.accounts.replaceToken({ accountId, token: 'good-token' });
    await slow.asked;
    await client.accounts.rename({ accountId, alias: 'Renamed' });
    slow.release();
    expect((await replacing).account.alias).toBe('Renamed');
  });

  it.each([
    ['keeps a token put in while an edit that left it alone was tried', 'save'],
    ['keeps the state of a token put in while the old one was checked', 'check'],
  ] as const)('%s', async (_what, work) => {
    const slow = slowProvider();
    const { client } = await startCore(directory, [slow.provider]);
    const { account } = await client.accounts.save({ draft: draft() });
    const accountId = account?.id ?? '';
    slow.slowDown();
    const working =
      work === 'save'
        ? client.accounts.save({ draft: draft({ accountId, token: '', alias: 'Renamed' }) })
        : client.accounts.check({ accountId });
    await slow.asked;
    slow.slowDown(false);
    fake.state.tokens.set('newer-token', 'anna');
    await client.accounts.replaceToken({ accountId, token: 'newer-token' });
    // The provider ended the old one with it, as refreshed sign-ins do.
    if (work === 'check') fake.state.tokens.delete('good-token');
    slow.release();
    await working;
    fake.state.tokens.delete('good-token');
    const [now] = await client.accounts.list();
    expect(now).toMatchObject({ alias: work === 'save' ? 'Renamed' : 'Work', state: { status: 'working' } });
    expect((await client.accounts.check({ accountId })).state).toEqual({ status: 'working' });
  });

  it('keeps an account whose token cannot be removed from the vault', async () => {
    const { client } = await start();
    const { account } = await client.accounts.save({ draft: draft() });
    const accountId = account?.id ?? '';
    const file = path.join(directory, 'vault.json');
    renameSync(file, `${file}.elsewhere`);
    symlinkSync(`${file}.elsewhere`, file);
    await failureOf(client.accounts.remove({ accountId }));
    expect(await client.accounts.list()).toHaveLength(1);
    renameSync(`${file}.elsewhere`, file);
    await client.accounts.remove({ accountId });
    expect(readFileSync(file, 'utf8')).not.toContain(accountId);
  });

  it('says that no secure store exists instead of keeping a token in plain text', async () => {
    const platform = fakePlatform(directory, {
      systemSealer: () => Promise.resolve({ sealer: null, why: 'No key store.' }),
    });
    const { client } = await startCore(directory, [fake.provider], platform);
    expect(await failureOf(client.accounts.save({ draft: draft() }))).toMatchObject({
      kind: 'secret-unavailable',
      reason: 'no-store',
    });
    expect(await client.accounts.list()).toEqual([]);
    await client.preferences.chooseSecretStore({ choice: 'session' });
    expect((await client.accounts.save({ draft: draft() })).account).not.toBeNull();
  });

  it('asks for the passphrase once when several operations need it', async () => {
    const platform = fakePlatform(directory, {
      systemSealer: () => Promise.resolve({ sealer: null, why: null }),
    });
    const first = await startCore(directory, [fake.provider], platform);
    await first.client.preferences.chooseSecretStore({ choice: 'passphrase', passphrase: 'correct horse' });
    const { account } = await first.client.accounts.save({ draft: draft() });
    const accountId = account?.id ?? '';

    const { client } = await startCore(directory, [fake.provider], platform);
    const events = await client.application.events();
    const checks = [client.accounts.check({ accountId }), client.accounts.check({ accountId })];
    for await (const event of events) {
      if (event.type !== 'prompts.asked') continue;
      const passphrase =
        event.question.kind === 'passphrase' && event.question.reason === 'unlock'
          ? 'wrong one'
          : 'correct horse';
      await client.prompts.answer({ id: event.question.id, answer: { kind: 'passphrase', passphrase } });
      if (passphrase === 'correct horse') break;
    }
    for (const checked of await Promise.all(checks)) expect(checked.state.status).toBe('working');
    expect(await client.prompts.open()).toEqual([]);
  });

  it('refuses links that are not https, and opens those that are', async () => {
    const { client, platform } = await start();
    for (const url of [
      'file:///etc/passwd',
      'javascript:alert(1)',
      'http://example.test',
      'https://a:b@example.test',
      '\\\\host\\x',
    ])
      expect(await failureOf(client.application.openExternal({ url })), url).toMatchObject({
        kind: 'address-invalid',
      });
    expect(platform.opened).toEqual([]);
    await client.application.openExternal({ url: 'https://example.test/a' });
    expect(platform.opened).toEqual(['https://example.test/a']);
  });
});
