import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { secretName } from '../../electron/credentials/secret-name';
import { azureDevOps } from '../../electron/providers/azure-devops/index';
import { bitbucket } from '../../electron/providers/bitbucket/index';
import { github } from '../../electron/providers/github/index';
import { gitlab } from '../../electron/providers/gitlab/index';
import { createHttp } from '../../electron/providers/http';
import type { AccountDraftInput, SignInFlow, SignInStep } from '../../shared/contract/accounts';
import { anAccount } from '../fakes/account';
import { type AzureStandIn, startAzureDevOps } from '../fakes/hosting/azure-devops';
import { type GitHubStandIn, startGitHub } from '../fakes/hosting/github';
import { type GitLabStandIn, startGitLab } from '../fakes/hosting/gitlab';
import { signedIn } from '../fakes/hosting/seeds';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { settlesWithin } from '../fakes/own-time';
import { failureOf, startCore } from './core';

let hub: GitHubStandIn;
let lab: GitLabStandIn;
let azure: AzureStandIn;
let directory: string;
let platform: ReturnType<typeof fakePlatform>;
let core: Awaited<ReturnType<typeof startCore>>;
/** Everything that came out of the core. */
let outputs: unknown[];

beforeAll(async () => {
  hub = await startGitHub();
  lab = await startGitLab();
  azure = await startAzureDevOps();
});
afterAll(() => Promise.all([hub.close(), lab.close(), azure.close()]));
beforeEach(async () => {
  for (const { desk } of [hub, lab, azure]) {
    desk.clients.clear();
    desk.issued.length = 0;
    desk.interval = 0.05;
    desk.renewals = 0;
    desk.register('the-client');
  }
  directory = temporaryDirectory();
  platform = fakePlatform(directory);
  core = await startCore(
    directory,
    [github, gitlab, bitbucket, azureDevOps],
    platform,
    undefined,
    createHttp({ retryDelay: 1 }),
  );
  outputs = [];
});
afterEach(async () => {
  await core.core.close();
  rmSync(directory, { recursive: true, force: true });
});

const setUp = (kind: 'github-enterprise' | 'gitlab-self-managed' | 'azure-devops-services', url: string) =>
  core.client.signInApps.put({ id: null, kind, url, clientId: 'the-client', tenant: '' });
const draftFor = (
  kind: AccountDraftInput['kind'],
  url: string,
  more: Partial<AccountDraftInput> = {},
): AccountDraftInput => ({ kind, alias: 'Work', authenticationType: 'oauth', url, ...more });

/** Goes through a sign-in as a person would; `act` does what the step asks for. */
async function signIn(
  of: Parameters<typeof core.client.accounts.signIn>[0]['of'],
  act: (step: SignInStep) => unknown,
  flow: SignInFlow = 'device',
) {
  const steps = await core.client.accounts.signIn({ of, flow });
  let next = await steps.next();
  while (next.done !== true) {
    outputs.push(next.value);
    void act(next.value);
    next = await steps.next();
  }
  outputs.push(next.value);
  return next.value;
}
const agreeAt = (server: GitHubStandIn | GitLabStandIn | AzureStandIn) => (step: SignInStep) => {
  if (step.kind === 'code') server.desk.decide(step.userCode, { login: signedIn });
};

describe('client ids', () => {
  it('none ships with the program, and only servers with such a sign-in are offered', async () => {
    expect(await core.client.signInApps.list()).toEqual([]);
    const kinds = await core.client.signInApps.kinds();
    expect(kinds.map(({ kind }) => kind)).toEqual([
      'github',
      'github-enterprise',
      'gitlab',
      'gitlab-self-managed',
      'azure-devops-services',
    ]);
    for (const { steps } of kinds) expect(steps.length).toBeGreaterThan(2);
    expect(kinds.filter(({ hasTenant }) => hasTenant).map(({ kind }) => kind)).toEqual([
      'azure-devops-services',
    ]);
  });

  it('are kept per server under its normalized address, one each', async () => {
    await core.client.signInApps.put({
      id: null,
      kind: 'gitlab-self-managed',
      url: 'https://git.example.com/',
      clientId: ' one ',
    });
    await core.client.signInApps.put({
      id: null,
      kind: 'gitlab-self-managed',
      url: 'git.example.com',
      clientId: 'two',
    });
    const [only, ...more] = await core.client.signInApps.list();
    expect(only).toMatchObject({ url: 'https://git.example.com', clientId: 'two', tenant: '' });
    expect(more).toEqual([]);
    await core.client.signInApps.put({ id: null, kind: 'azure-devops-services', url: '', clientId: 'three' });
    expect((await core.client.signInApps.list()).at(-1)).toMatchObject({
      url: 'https://dev.azure.com',
      tenant: 'organizations',
    });
    expect(
      await core.client.signInApps.of(draftFor('gitlab-self-managed', 'https://git.example.com')),
    ).toMatchObject({ app: { clientId: 'two' } });
    expect(await core.client.signInApps.of(draftFor('gitlab-self-managed', ''))).toEqual({ app: null });
    expect(await core.client.signInApps.remove({ id: only?.id ?? '' })).toHaveLength(1);
  });

  it.each([
    ['url', { kind: 'gitlab-self-managed' as const, url: '', clientId: 'x' }],
    ['clientId', { kind: 'gitlab' as const, url: '', clientId: '  ' }],
    ['clientId', { kind: 'gitlab' as const, url: '', clientId: 'two words' }],
    ['tenant', { kind: 'azure-devops-services' as const, url: '', clientId: 'x', tenant: '../common' }],
    ['kind', { kind: 'bitbucket-cloud' as const, url: '', clientId: 'x' }],
  ])('say which field is wrong: %s', async (field, input) => {
    expect(await failureOf(core.client.signInApps.put({ id: null, ...input }))).toMatchObject({
      kind: 'invalid-input',
      field,
    });
  });

  it('signing in without one says so', async () => {
    const work = signIn({ draft: draftFor('gitlab-self-managed', lab.url) }, () => undefined);
    expect(await failureOf(work)).toEqual({
      kind: 'invalid-input',
      field: 'clientId',
      reason: 'no-client-id',
    });
  });
});

describe('signing in', () => {
  it('tests and stores the account, and tells what happens meanwhile', async () => {
    await setUp('gitlab-self-managed', lab.url);
    const done = await signIn({ draft: draftFor('gitlab-self-managed', lab.url) }, agreeAt(lab));
    expect(done.test.ok).toBe(true);
    expect(outputs).toMatchObject([{ kind: 'code' }, { kind: 'agreed' }, {}]);
    expect(await core.client.accounts.list()).toMatchObject([
      {
        authenticationType: 'oauth',
        state: { status: 'working' },
        user: { login: signedIn },
        expiresOn: null,
        expirySource: 'none',
        origins: { signIn: [lab.origin] },
      },
    ]);
  });

  it('stores nothing when the account does not work, and says why', async () => {
    await setUp('gitlab-self-managed', lab.url);
    const stop = lab.inject({
      path: /\/api\/v4\/user$/,
      as: 'reply',
      reply: { status: 403, body: { message: 'blocked' } },
    });
    const done = await signIn({ draft: draftFor('gitlab-self-managed', lab.url) }, agreeAt(lab));
    stop();
    expect(done).toMatchObject({ account: null, test: { ok: false, error: { kind: 'missing-permission' } } });
    expect(await core.client.accounts.list()).toEqual([]);
  });

  it('ends when the page leaves, and nobody is asked any more', async () => {
    await setUp('github-enterprise', hub.url);
    const steps = await core.client.accounts.signIn({
      of: { draft: draftFor('github-enterprise', hub.url) },
      flow: 'device',
    });
    await steps.next();
    expect(await settlesWithin(1000, Promise.resolve(steps.return?.()))).toBe(true);
    const asked = hub.seen.length;
    // Longer than the polls of the one that was left.
    await setUp('gitlab-self-managed', lab.url);
    await signIn({ draft: draftFor('gitlab-self-managed', lab.url) }, agreeAt(lab));
    expect(hub.seen.length - asked).toBeLessThanOrEqual(1);
    expect((await core.client.accounts.list()).map(({ kind }) => kind)).toEqual(['gitlab-self-managed']);
  });

  it('again keeps the account: its id, its name and its repositories', async () => {
    await setUp('gitlab-self-managed', lab.url);
    const first = await signIn({ draft: draftFor('gitlab-self-managed', lab.url) }, agreeAt(lab));
    const accountId = first.account?.id ?? '';
    await core.client.accounts.rename({ accountId, alias: 'Renamed' });
    lab.desk.revokeAll();
    expect((await core.client.accounts.check({ accountId })).state.status).toBe('refused');
    const again = await signIn({ accountId }, agreeAt(lab));
    expect(again.account).toMatchObject({ id: accountId, alias: 'Renamed', state: { status: 'working' } });
    expect(await core.client.accounts.list()).toHaveLength(1);
    expect((await core.client.accounts.check({ accountId })).state.status).toBe('working');
  });

  it('goes on renewing when the client id is taken out of the preferences', async () => {
    const [app] = await setUp('gitlab-self-managed', lab.url);
    lab.desk.tokenLife = 1;
    const { account } = await signIn({ draft: draftFor('gitlab-self-managed', lab.url) }, agreeAt(lab));
    await core.client.signInApps.remove({ id: app?.id ?? '' });
    await expect
      .poll(async () => {
        await core.client.accounts.check({ accountId: account?.id ?? '' });
        return lab.desk.renewals;
      })
      .toBeGreaterThan(0);
    expect((await core.client.accounts.check({ accountId: account?.id ?? '' })).state.status).toBe('working');
    lab.desk.tokenLife = null;
  });

  it('shows the end of a GitHub App’s sign-in, not of its token of eight hours', async () => {
    hub.desk.register('the-client', { expiring: true });
    await setUp('github-enterprise', hub.url);
    const { account } = await signIn({ draft: draftFor('github-enterprise', hub.url) }, agreeAt(hub));
    const days = (Date.parse(account?.expiresOn ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(182);
    const checked = await core.client.accounts.check({ accountId: account?.id ?? '' });
    expect(checked).toMatchObject({ expiresOn: account?.expiresOn, expirySource: 'provider' });
  });
});

describe('an account signed in on the provider’s page', () => {
  beforeEach(async () => {
    await setUp('gitlab-self-managed', lab.url);
    await signIn({ draft: draftFor('gitlab-self-managed', lab.url) }, agreeAt(lab));
  });

  it('is edited without signing in again while its server stays', async () => {
    const [account] = await core.client.accounts.list();
    const saved = await core.client.accounts.save({
      draft: draftFor('gitlab-self-managed', lab.url, { accountId: account?.id, alias: 'Other name' }),
    });
    expect(saved.account).toMatchObject({ id: account?.id, alias: 'Other name' });
  });

  it.each([
    ['another server', { url: 'https://other.example.com' }, 'authenticationType'],
    ['a personal token that was not given', { authenticationType: 'personal' as const }, 'token'],
  ])('needs more for %s', async (_what, more, field) => {
    const [account] = await core.client.accounts.list();
    const draft = draftFor('gitlab-self-managed', lab.url, { accountId: account?.id, ...more });
    expect(await failureOf(core.client.accounts.save({ draft }))).toMatchObject({
      kind: 'invalid-input',
      field,
    });
  });

  it('takes no pasted token in place of its sign-in', async () => {
    const [account] = await core.client.accounts.list();
    const work = core.client.accounts.replaceToken({
      accountId: account?.id ?? '',
      token: 'glpat-Fir5tDem0T0kenMira1',
      acceptFailure: true,
    });
    expect(await failureOf(work)).toMatchObject({ kind: 'invalid-input', reason: 'sign-in-first' });
    expect((await core.client.accounts.check({ accountId: account?.id ?? '' })).state.status).toBe('working');
  });
});

describe('S24 nothing secret leaves', () => {
  it('in steps, results, lists, the log or the settings: no token, refresh token, device code or verifier', async () => {
    hub.desk.register('the-client', { expiring: true });
    await setUp('github-enterprise', hub.url);
    await setUp('gitlab-self-managed', lab.url);
    await setUp('azure-devops-services', azure.url);
    const codes: string[] = [];
    const noting =
      (server: GitHubStandIn | GitLabStandIn | AzureStandIn) =>
      (step: SignInStep): void => {
        codes.push(...server.desk.grants.map(({ deviceCode }) => deviceCode));
        agreeAt(server)(step);
      };
    await signIn({ draft: draftFor('github-enterprise', hub.url) }, noting(hub));
    await signIn({ draft: draftFor('gitlab-self-managed', lab.url) }, noting(lab));
    const entra = draftFor('azure-devops-services', azure.url, {
      organization: azure.organization,
      headerAuthentication: 'bearer',
    });
    await signIn({ draft: entra }, noting(azure));
    await signIn(
      { draft: entra },
      async (step) => {
        if (step.kind !== 'browser') return;
        const shown = await (await fetch(step.url)).text();
        const action = /action="([^"]+)"/.exec(shown)?.[1]?.replace('localhost', '127.0.0.1') ?? '';
        const form = new URLSearchParams(
          [...shown.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
            name,
            value,
          ]),
        );
        codes.push(form.get('code') ?? '');
        await fetch(action, { method: 'POST', body: form });
      },
      'browser',
    );
    expect(platform.opened).toHaveLength(1);
    for (const account of await core.client.accounts.list()) {
      lab.desk.revokeAll();
      outputs.push(await core.client.accounts.check({ accountId: account.id }));
    }
    outputs.push(await core.client.accounts.list(), await core.client.signInApps.list());
    const settings = readFileSync(path.join(directory, 'config.json'), 'utf8');
    const text = JSON.stringify(outputs) + platform.logged.join('\n') + settings;
    const secrets = [
      ...[hub, lab, azure].flatMap(({ desk }) =>
        desk.issued.flatMap(({ access, refresh }) => [access, refresh]),
      ),
      ...codes,
      ...azure.desk.verifiers,
    ];
    expect(secrets.length).toBeGreaterThan(10);
    for (const secret of secrets) if (secret) expect(text.includes(secret)).toBe(false);
  });

  it('the place of a secret names the sign-in’s origins too, and others keep their place', () => {
    const plain = anAccount();
    expect(secretName(plain)).toBe('account:a1@https://git.example.test');
    expect(
      secretName({ ...plain, origins: { ...plain.origins, signIn: ['https://login.example.test'] } }),
    ).toBe('account:a1@https://git.example.test https://login.example.test');
  });
});
