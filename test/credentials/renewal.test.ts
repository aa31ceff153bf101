import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { accountOfDraft } from '../../electron/credentials/account-draft';
import { createRenewals, type Renewals } from '../../electron/credentials/renewal';
import { createSessions, secretName, type Sessions } from '../../electron/credentials/sessions';
import { createVault, type Vault } from '../../electron/credentials/vault';
import { createHttp, type Http } from '../../electron/providers/http';
import { gitlab } from '../../electron/providers/gitlab/index';
import { readSecret, writeSecret } from '../../electron/providers/oauth';
import { createRegistry } from '../../electron/providers/registry';
import { createStorage } from '../../electron/storage/create';
import type { Storage } from '../../electron/storage/storage';
import type { Account } from '../../shared/contract/accounts';
import type { AppEvent } from '../../shared/contract/application';
import { AppFailure } from '../../shared/errors';
import { type GitLabStandIn, startGitLab } from '../fakes/hosting/gitlab';
import { signedIn } from '../fakes/hosting/seeds';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { failureOf, oauthDraft } from '../providers/oauth-bench';

const root = path.resolve(import.meta.dirname, '../..');
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const never = new AbortController().signal;

let server: GitLabStandIn;
let directory: string;
let http: Http;
let storage: Storage;
let vault: Vault;
let renewals: Renewals;
let sessions: Sessions;
let account: Account;
let events: AppEvent[];
/** Names and secrets in the order they were stored. */
let stored: string[];
let beforeStoring: () => Promise<void>;

/** The parts over the data directory, as a start of the program makes them. */
function start(): void {
  const platform = fakePlatform(directory);
  storage = createStorage(platform);
  vault = createVault(path.join(directory, 'vault.json'), platform);
  http = createHttp({ retryDelay: 1 });
  const registry = createRegistry([gitlab]);
  const watched: Pick<Vault, 'get' | 'set' | 'delete'> = {
    get: (name) => vault.get(name),
    delete: (name) => vault.delete(name),
    async set(name, secret) {
      await beforeStoring();
      await vault.set(name, secret);
      stored.push(readSecret(secret).accessToken);
    },
  };
  renewals = createRenewals({
    registry,
    http,
    vault: watched,
    storage,
    events: { emit: (event) => void events.push(event) },
  });
  sessions = createSessions(
    registry,
    http,
    { read: async (name) => (await vault.get(name)) ?? '' },
    renewals,
  );
}

/** A pair of tokens as GitLab gives them, received `age` ago. */
function pair(age: number, life = 2 * hour): string {
  const client = server.desk.clients.get('app-1') ?? server.desk.register('app-1');
  const made = server.desk.grant(client, signedIn, '', '', null);
  const receivedAt = Date.now() - age;
  return writeSecret({
    clientId: 'app-1',
    tenant: '',
    accessToken: made.access,
    refreshToken: made.refresh,
    receivedAt,
    expiresAt: receivedAt + life,
    refreshExpiresAt: null,
    cache: null,
  });
}

async function keep(secret: string): Promise<string> {
  await vault.set(secretName(account), secret);
  return readSecret(secret).accessToken;
}

const open = (interactive = false, signal = never) => sessions.open(account, { interactive, signal });
const inUse = async () => readSecret((await vault.get(secretName(account))) ?? '').accessToken;

beforeAll(async () => {
  server = await startGitLab();
});
afterAll(() => server.close());
beforeEach(() => {
  directory = temporaryDirectory();
  events = [];
  stored = [];
  beforeStoring = () => Promise.resolve();
  server.desk.issued.length = 0;
  server.desk.clients.clear();
  server.desk.renewals = 0;
  server.desk.revokes = 'at-once';
  server.desk.tokenLife = null;
  server.desk.onRenewed = () => undefined;
  account = accountOfDraft(oauthDraft('gitlab-self-managed', server.url), gitlab, undefined);
  start();
  storage.accounts.put(account);
});
afterEach(async () => {
  vi.useRealTimers();
  await http.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('renewing', () => {
  it('is not done before it is due', async () => {
    const token = await keep(pair(hour));
    expect(readSecret((await open()).secret).accessToken).toBe(token);
    expect(server.desk.renewals).toBe(0);
  });

  it('is done five minutes ahead, and the new token is in the vault before anything uses it', async () => {
    const old = await keep(pair(2 * hour - 4 * minute));
    let usedBeforeStored = false;
    const used = server.desk.used.bind(server.desk);
    server.desk.used = (authorization) => {
      const token = authorization?.replace(/^Bearer /, '');
      if (token && !stored.includes(token)) usedBeforeStored = true;
      used(authorization);
    };
    const { provider, session } = await open();
    expect((await provider.signIn(session)).user.login).toBe(signedIn);
    server.desk.used = used;
    expect(usedBeforeStored).toBe(false);
    expect(server.desk.renewals).toBe(1);
    expect(await inUse()).not.toBe(old);
    expect(stored).toEqual([await inUse()]);
  });

  it('API-045 is done once for everybody who asks at the same time', async () => {
    await keep(pair(2 * hour));
    const opened = await Promise.all(Array.from({ length: 20 }, (_, n) => open(n % 2 === 0)));
    expect(new Set(opened.map(({ secret }) => secret)).size).toBe(1);
    expect(server.desk.renewals).toBe(1);
    await open();
    expect(server.desk.renewals).toBe(1);
  });

  it('goes on for the others, and is stored, when one of them leaves', async () => {
    await keep(pair(2 * hour));
    const leave = new AbortController();
    server.desk.onRenewed = () => leave.abort();
    const left = open(true, leave.signal);
    const stays = open();
    expect(await failureOf(left)).toEqual({ kind: 'cancelled' });
    expect(readSecret((await stays).secret).accessToken).toBe(await inUse());
    expect(server.desk.renewals).toBe(1);
  });

  it('is stored when the only one who wanted it leaves, and when the program ends meanwhile', async () => {
    const old = await keep(pair(2 * hour));
    const leave = new AbortController();
    server.desk.onRenewed = () => leave.abort();
    expect(await failureOf(open(true, leave.signal))).toEqual({ kind: 'cancelled' });
    await renewals.settle(5000);
    expect(await inUse()).not.toBe(old);
  });

  it('keeps the old token while it is good and the network is not, and does not ask every time', async () => {
    const old = await keep(pair(2 * hour - 2 * minute));
    const asked = server.seen.length;
    const stop = server.inject({ path: /oauth\/token/, as: 'reply', reply: { status: 503, body: 'busy' } });
    for (let turn = 0; turn < 3; turn += 1) expect(readSecret((await open()).secret).accessToken).toBe(old);
    stop();
    expect(server.seen.slice(asked).filter(({ kind }) => kind === 'sign-in')).toHaveLength(1);
    expect(storage.accounts.find(account.id)?.state.status).toBe('unchecked');
  });

  it('says what is wrong with the network once the old token is over, and recovers', async () => {
    await keep(pair(3 * hour));
    const stop = server.inject({ path: /oauth\/token/, as: 'reply', reply: { status: 503, body: 'busy' } });
    expect(await failureOf(open())).toMatchObject({ kind: 'server-error', status: 503 });
    stop();
    expect(readSecret((await open()).secret).accessToken).toBe(await inUse());
  });

  it('marks the account when the provider refuses, keeps the secret, and asks again only for a person', async () => {
    const old = await keep(pair(2 * hour));
    server.desk.revokeAll();
    expect(await failureOf(open())).toMatchObject({ kind: 'token-refused' });
    expect(storage.accounts.find(account.id)?.state).toMatchObject({
      status: 'refused',
      error: { kind: 'token-refused' },
    });
    expect(events).toEqual([{ type: 'accounts.changed' }]);
    expect(await inUse()).toBe(old);
    expect(await failureOf(open())).toMatchObject({ kind: 'token-refused' });
    expect(server.desk.renewals).toBe(1);
    expect(await failureOf(open(true))).toMatchObject({ kind: 'token-refused' });
    expect(server.desk.renewals).toBe(2);
  });

  it('loses no received token to a full disk, and uses none that is not stored', async () => {
    const old = await keep(pair(2 * hour));
    let full = true;
    beforeStoring = () =>
      full ? Promise.reject(new AppFailure({ kind: 'disk-full', path: directory })) : Promise.resolve();
    expect(await failureOf(open())).toMatchObject({ kind: 'disk-full' });
    expect(await inUse()).toBe(old);
    full = false;
    const { provider, session } = await open();
    expect(server.desk.renewals).toBe(1);
    expect((await provider.signIn(session)).user.login).toBe(signedIn);
  });

  it('does not write over a sign-in made meanwhile', async () => {
    await keep(pair(2 * hour));
    const again = pair(0);
    beforeStoring = () => Promise.resolve();
    server.desk.onRenewed = () => void vault.set(secretName(account), again);
    expect((await open()).secret).toBe(again);
    expect(await vault.get(secretName(account))).toBe(again);
  });

  it('does not bring back the secret of an account removed meanwhile', async () => {
    await keep(pair(2 * hour));
    server.desk.onRenewed = () => {
      storage.accounts.remove(account.id);
      void vault.delete(secretName(account));
    };
    expect(await failureOf(open())).toEqual({ kind: 'gone', what: 'account' });
    expect(await vault.get(secretName(account))).toBeUndefined();
  });

  it('leaves no secret behind of an account removed while the new one is being stored', async () => {
    await keep(pair(2 * hour));
    beforeStoring = async () => {
      await vault.delete(secretName(account));
      storage.accounts.remove(account.id);
    };
    expect(await failureOf(open())).toEqual({ kind: 'gone', what: 'account' });
    expect(await vault.get(secretName(account))).toBeUndefined();
  });
});

describe('S14 a secret kept for another way of signing in', () => {
  it('is never sent as a token, which would take the refresh token along', async () => {
    // What a kill leaves between the secret of the new way and the account's own record.
    await keep(pair(0));
    account = { ...account, authenticationType: 'personal' };
    storage.accounts.put(account);
    expect(await failureOf(open())).toMatchObject({ kind: 'secret-unavailable', reason: 'damaged' });
  });
});

describe('a token refused though our clock holds it for good', () => {
  it('is renewed once and the request repeated', async () => {
    const token = await keep(pair(0));
    const { provider, session } = await open();
    // Only the access token ends, as when the clock of one side is wrong.
    for (const one of server.tokens) if (one.secret === token) one.refused = 'expired';
    expect((await provider.signIn(session)).user.login).toBe(signedIn);
    expect(server.desk.renewals).toBe(1);
  });

  it('is not renewed again when the new one is refused as well', async () => {
    await keep(pair(0));
    const { provider, session } = await open();
    const stop = server.inject({
      path: /\/api\/v4\//,
      as: 'reply',
      reply: { status: 401, body: { error: 'invalid_token' } },
    });
    expect(await failureOf(provider.signIn(session))).toMatchObject({ kind: 'token-refused' });
    const next = await open();
    expect(await failureOf(next.provider.signIn(next.session))).toMatchObject({ kind: 'token-refused' });
    stop();
    expect(server.desk.renewals).toBe(1);
  });

  it('takes what somebody else renewed meanwhile instead of renewing', async () => {
    await keep(pair(0));
    const mine = await open();
    for (const one of server.tokens) one.refused = one.oauth ? 'expired' : one.refused;
    const theirs = pair(0);
    await keep(theirs);
    expect((await mine.provider.signIn(mine.session)).user.login).toBe(signedIn);
    expect(server.desk.renewals).toBe(0);
  });
});

describe('R19 a wrong clock', () => {
  const setClock = (time: number) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(time);
  };

  it.each([
    ['ten minutes behind', -10 * minute],
    ['ten minutes ahead', 10 * minute],
    ['a day behind', -day],
    ['a day ahead', day],
  ])('that is %s makes no circle: ends count from the receipt', async (_what, skew) => {
    setClock(Date.now() + skew);
    await keep(pair(2 * hour));
    for (let turn = 0; turn < 5; turn += 1) await open();
    expect(server.desk.renewals).toBe(1);
    vi.setSystemTime(Date.now() + 2 * hour - 4 * minute);
    for (let turn = 0; turn < 5; turn += 1) await open();
    expect(server.desk.renewals).toBe(2);
  });

  it.each([
    ['back ten minutes', -10 * minute],
    ['back a day', -day],
    ['ahead a day', day],
  ])('that is set %s costs one renewal', async (_what, jump) => {
    await keep(pair(0));
    setClock(Date.now() + jump);
    for (let turn = 0; turn < 5; turn += 1) await open();
    expect(server.desk.renewals).toBe(1);
  });
});

describe('killed between receiving the new tokens and storing them', () => {
  let program: string;

  beforeAll(async () => {
    program = temporaryDirectory();
    await build({
      configFile: false,
      root,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: path.join(import.meta.dirname, 'renewing-process.ts'),
        outDir: program,
        target: 'node20',
        minify: false,
        rolldownOptions: {
          platform: 'node',
          external: builtinModules.flatMap((name) => [name, `node:${name}`]),
          output: { format: 'es', entryFileNames: 'renewing.mjs', codeSplitting: false },
        },
      },
    });
  });
  afterAll(() => rmSync(program, { recursive: true, force: true }));

  async function killed(): Promise<void> {
    const child = spawn(process.execPath, [path.join(program, 'renewing.mjs'), directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('received');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(server.desk.renewals).toBe(1);
    start();
  }

  it('loses nothing where the old refresh token is good until the new token is first used', async () => {
    server.desk.revokes = 'on-first-use';
    const old = await keep(pair(2 * hour));
    await killed();
    expect(await inUse()).toBe(old);
    const { provider, session } = await open();
    expect((await provider.signIn(session)).user.login).toBe(signedIn);
    expect(storage.accounts.find(account.id)?.state.status).not.toBe('refused');
  });

  it('says "sign in again" where the old one ends at once, and the account and its secret stay', async () => {
    const old = await keep(pair(2 * hour));
    await killed();
    expect(await failureOf(open())).toMatchObject({ kind: 'token-refused' });
    expect(storage.accounts.find(account.id)?.state.status).toBe('refused');
    expect(await inUse()).toBe(old);
  });
});
