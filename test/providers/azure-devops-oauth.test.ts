import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { azureDevOps } from '../../electron/providers/azure-devops/index';
import { endsAt, type OAuthStep, readSecret, renewAt } from '../../electron/providers/oauth';
import { type AzureStandIn, startAzureDevOps } from '../fakes/hosting/azure-devops';
import { settlesWithin } from '../fakes/own-time';
import { type Bench, bench, failureOf, oauthDraft } from './oauth-bench';

let server: AzureStandIn;
let at: Bench;

beforeAll(async () => {
  server = await startAzureDevOps();
});
afterAll(() => server.close());
beforeEach(() => {
  server.desk.clients.clear();
  server.desk.interval = 0.05;
  server.desk.visitor = 'mira.keller@harbour-vans.example';
  server.desk.register('11111111-2222-4333-8444-555555555555');
  at = bench(
    azureDevOps,
    oauthDraft('azure-devops-services', server.origin, { organization: server.organization }),
  );
});
const clientId = '11111111-2222-4333-8444-555555555555';
const tenant = 'organizations';

/** The person in the browser: opens the page, presses its button. */
async function visit(url: string, change: (form: URLSearchParams) => void = () => undefined) {
  const page = await (await fetch(url)).text();
  const action = /action="([^"]+)"/.exec(page)?.[1];
  if (!action) throw new Error(page);
  const form = new URLSearchParams(
    [...page.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  change(form);
  // `localhost` as a browser would take it; this process asks the loopback directly.
  const answer = await fetch(action.replace('localhost', '127.0.0.1'), { method: 'POST', body: form });
  return { status: answer.status, text: await answer.text(), action, form };
}

async function works(secret: string): Promise<string> {
  const { signal } = new AbortController();
  const session = {
    account: at.account,
    fetch: at.http.bind(at.account, azureDevOps.authorizer(at.account, secret), signal),
    signal,
  };
  const { accessToken } = readSecret(secret);
  expect(await azureDevOps.gitCredential(session, secret)).toEqual({
    kind: 'header',
    header: `Bearer ${accessToken}`,
  });
  return (await azureDevOps.signIn(session)).user.login;
}

describe('Microsoft Entra in the browser', () => {
  it('opens Microsoft’s page with PKCE and a state, takes the answer once, and is signed in', async () => {
    let opened = '';
    const steps: OAuthStep[] = [];
    const secret = await at.signIn({
      clientId,
      tenant,
      flow: 'browser',
      onStep: (step) => steps.push(step),
      openExternal: async (url) => {
        opened = url;
        const first = await visit(url);
        expect(first.status).toBe(200);
      },
    });
    expect(steps).toEqual([{ kind: 'browser', url: opened }]);
    const asked = new URL(opened).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('state')?.length).toBeGreaterThanOrEqual(43);
    expect(asked.get('redirect_uri')).toMatch(/^http:\/\/localhost:\d+$/);
    expect(asked.get('scope')).toContain('499b84ac-1321-427f-aa17-267ca6975798/.default');
    expect(opened).not.toContain('code_verifier');
    expect(await works(secret)).not.toBe('');
    // Nothing listens any more.
    await expect(fetch(asked.get('redirect_uri')?.replace('localhost', '127.0.0.1') ?? '')).rejects.toThrow();
  });

  it('an answer with another state changes nothing, and the right one still counts', async () => {
    const secret = await at.signIn({
      clientId,
      tenant,
      flow: 'browser',
      openExternal: async (url) => {
        const forged = await visit(url, (form) => form.set('state', 'A'.repeat(43)));
        expect(forged.status).toBe(400);
        const doubled = await visit(url, (form) => form.append('state', 'again'));
        expect(doubled.status).toBe(400);
        expect((await visit(url)).status).toBe(200);
      },
    });
    expect(await works(secret)).not.toBe('');
  });

  it('an answer is taken once', async () => {
    let second: Promise<unknown> = Promise.resolve();
    await at.signIn({
      clientId,
      tenant,
      flow: 'browser',
      openExternal: async (url) => {
        const [one, two] = await Promise.all([visit(url), visit(url)]);
        second = Promise.resolve([one.status, two.status].sort((a, b) => a - b));
      },
    });
    expect(await second).toEqual([200, 410]);
  });

  it('says that the person declined', async () => {
    server.desk.visitor = null;
    const work = at.signIn({
      clientId,
      tenant,
      flow: 'browser',
      openExternal: async (url) => void (await visit(url)),
    });
    expect(await failureOf(work)).toMatchObject({ kind: 'sign-in-failed', reason: 'denied' });
  });

  it('a code of somebody else does not pass without the verifier', async () => {
    let stolen = '';
    await at.signIn({
      clientId,
      tenant,
      flow: 'browser',
      openExternal: async (url) => void (await visit(url)),
    });
    // Another program's code for the same client, pushed into ours with our state.
    const other = bench(
      azureDevOps,
      oauthDraft('azure-devops-services', server.origin, { organization: server.organization }),
    );
    const leave = new AbortController();
    const theirs = other.signIn({
      clientId,
      tenant,
      flow: 'browser',
      signal: leave.signal,
      openExternal: async (url) => {
        const page = await (await fetch(url)).text();
        stolen = /name="code" value="([^"]+)"/.exec(page)?.[1] ?? '';
      },
    });
    await expect.poll(() => stolen).not.toBe('');
    const work = at.signIn({
      clientId,
      tenant,
      flow: 'browser',
      openExternal: async (url) => void (await visit(url, (form) => form.set('code', stolen))),
    });
    expect(await failureOf(work)).toMatchObject({ kind: 'sign-in-failed' });
    leave.abort();
    expect(await failureOf(theirs)).toEqual({ kind: 'cancelled' });
  });

  it('closes its door within a second when it is cancelled', async () => {
    const leave = new AbortController();
    let redirect = '';
    const work = at.signIn({
      clientId,
      tenant,
      flow: 'browser',
      signal: leave.signal,
      onStep(step) {
        redirect =
          new URL(step.url).searchParams.get('redirect_uri')?.replace('localhost', '127.0.0.1') ?? '';
        leave.abort();
      },
    });
    await Promise.race([once(leave.signal, 'abort'), work]);
    expect(await settlesWithin(1000, work)).toBe(true);
    expect(await failureOf(work)).toEqual({ kind: 'cancelled' });
    await expect(fetch(redirect)).rejects.toThrow();
  });

  it('goes on when no browser opens: the address is shown', async () => {
    let url = '';
    const work = at.signIn({
      clientId,
      tenant,
      flow: 'browser',
      onStep: (step) => {
        url = step.url;
      },
      openExternal: () => Promise.reject(new Error('no browser')),
    });
    await expect.poll(() => url).not.toBe('');
    await visit(url);
    expect(readSecret(await work).cache).not.toBeNull();
  });
});

describe('Microsoft Entra with a code', () => {
  const agree = (step: OAuthStep) => {
    if (step.kind === 'code') server.desk.decide(step.userCode, { login: 'mira' });
  };

  it('shows the code and Microsoft’s page, and is signed in', async () => {
    const steps: OAuthStep[] = [];
    const secret = await at.signIn({
      clientId,
      tenant,
      onStep(step) {
        steps.push(step);
        agree(step);
      },
    });
    expect(steps).toEqual([
      {
        kind: 'code',
        userCode: expect.any(String),
        url: `${server.origin}/devicelogin`,
        expiresAt: expect.any(Number),
      },
    ]);
    expect(await works(secret)).not.toBe('');
    const kept = readSecret(secret);
    expect(renewAt(secret)).toBe((kept.expiresAt ?? 0) - 5 * 60_000);
    expect(endsAt(secret)).toBeNull();
  });

  it('renews silently out of its own cache, and keeps renewing from what came back', async () => {
    const first = await at.signIn({ clientId, tenant, onStep: agree });
    const second = await at.renew(first);
    const third = await at.renew(second);
    expect(new Set([first, second, third].map((secret) => readSecret(secret).accessToken)).size).toBe(3);
    expect(await works(third)).not.toBe('');
  });

  it('asks nobody but the account’s servers and the sign-in’s', async () => {
    const secret = await at.signIn({ clientId, tenant, onStep: agree });
    await at.renew(secret);
    expect(new Set(at.sent.map(({ url }) => new URL(url).origin))).toEqual(new Set([server.origin]));
  });

  it('signs in at login.microsoftonline.com for dev.azure.com, and nowhere else', () => {
    const real = bench(azureDevOps, oauthDraft('azure-devops-services', '', { organization: 'fabrikam' }));
    expect(real.account.origins.signIn).toEqual(['https://login.microsoftonline.com']);
  });

  it('a revoked sign-in is told apart from a server in trouble', async () => {
    const secret = await at.signIn({ clientId, tenant, onStep: agree });
    const stop = server.inject({
      path: /oauth2\/v2.0\/token/,
      as: 'reply',
      reply: { status: 503, body: 'busy' },
    });
    expect(await failureOf(at.renew(secret))).toMatchObject({ kind: 'server-error' });
    stop();
    server.desk.revokeAll();
    expect(await failureOf(at.renew(secret))).toMatchObject({ kind: 'token-refused' });
  });

  it.each([
    ['denied', 'deny' as const],
    ['expired', 'outlast' as const],
  ])('says that it was %s', async (reason, how) => {
    const work = at.signIn({
      clientId,
      tenant,
      onStep(step) {
        if (step.kind !== 'code') return;
        if (how === 'deny') server.desk.decide(step.userCode, 'deny');
        else server.desk.outlast(step.userCode);
      },
    });
    expect(await failureOf(work)).toMatchObject({ kind: 'sign-in-failed', reason });
  });

  it.each([
    ['unknown-client', 'not-registered', 'organizations'],
    ['unknown-client', 'confidential', 'organizations'],
    ['unknown-tenant', clientId, 'nobody.example'],
  ])('says what is wrong with the registration: %s', async (reason, id, directory) => {
    server.desk.register('confidential', { confidential: true });
    const work = at.signIn({ clientId: id, tenant: directory, onStep: agree });
    const error = await failureOf(work);
    expect(error).toMatchObject({ kind: 'sign-in-failed', reason });
    // Microsoft's trace numbers help nobody here.
    expect(JSON.stringify(error)).not.toContain('Trace ID');
  });

  it('never shows a page of somebody else as the place for the code', async () => {
    const steps: OAuthStep[] = [];
    const stop = server.inject({
      path: /devicecode/,
      as: 'reply',
      reply: {
        status: 200,
        body: {
          user_code: 'AAAABBBB',
          device_code: 'x',
          verification_uri: 'https://microsoft.com.example/devicelogin',
          expires_in: 900,
          interval: 5,
          message: '',
        },
      },
    });
    expect((await failureOf(at.signIn({ clientId, tenant, onStep: (step) => steps.push(step) }))).kind).toBe(
      'unexpected-answer',
    );
    stop();
    expect(steps).toEqual([]);
  });

  it('ends within a second when it is cancelled while it waits', async () => {
    server.desk.interval = 30;
    const leave = new AbortController();
    const work = at.signIn({
      clientId,
      tenant,
      signal: leave.signal,
      onStep: () => leave.abort(),
    });
    await Promise.race([once(leave.signal, 'abort'), work]);
    expect(await settlesWithin(1000, work)).toBe(true);
    expect(await failureOf(work)).toEqual({ kind: 'cancelled' });
  });
});
