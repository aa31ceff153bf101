import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gitlab } from '../../electron/providers/gitlab/index';
import { endsAt, type OAuthStep, readSecret, renewAt, writeSecret } from '../../electron/providers/oauth';
import { type GitLabStandIn, startGitLab } from '../fakes/hosting/gitlab';
import { signedIn } from '../fakes/hosting/seeds';
import { settlesWithin } from '../fakes/own-time';
import { type Bench, bench, failureOf, oauthDraft } from './oauth-bench';

const prefix = '/gitlab';
let server: GitLabStandIn;
let at: Bench;

beforeAll(async () => {
  server = await startGitLab({ prefix });
});
afterAll(() => server.close());
beforeEach(() => {
  server.desk.clients.clear();
  server.desk.interval = 0.05;
  server.desk.hasDeviceGrant = true;
  server.desk.revokes = 'at-once';
  server.desk.register('app-1');
  at = bench(gitlab, oauthDraft('gitlab-self-managed', server.url));
});

const agree = (step: OAuthStep) => {
  if (step.kind === 'code') server.desk.decide(step.userCode, { login: signedIn });
};

describe('the device grant of GitLab', () => {
  it('shows a code and its page below the path GitLab is installed under, and ends signed in', async () => {
    const steps: OAuthStep[] = [];
    const secret = await at.signIn({
      clientId: 'app-1',
      onStep(step) {
        steps.push(step);
        agree(step);
      },
    });
    expect(steps).toEqual([
      {
        kind: 'code',
        userCode: expect.any(String),
        url: expect.stringContaining(`${server.url}/oauth/device?user_code=`),
        expiresAt: expect.any(Number),
      },
    ]);
    const { signal } = new AbortController();
    const session = {
      account: at.account,
      fetch: at.http.bind(at.account, gitlab.authorizer(at.account, secret), signal),
      signal,
    };
    const signed = await gitlab.signIn(session);
    expect(signed.user.login).toBe(signedIn);
    expect(signed).toMatchObject({ scopes: ['api'], missingScopes: [], expiresOn: null });
    expect(await gitlab.gitCredential(session, secret)).toEqual({
      kind: 'password',
      username: 'oauth2',
      password: readSecret(secret).accessToken,
      expiresAt: readSecret(secret).expiresAt,
    });
  });

  it('names the page by the account’s own address when GitLab’s own is set up wrongly', async () => {
    const steps: OAuthStep[] = [];
    const stop = server.inject({
      path: /authorize_device/,
      as: 'reply',
      reply: {
        status: 200,
        body: {
          device_code: 'x',
          user_code: 'AAAA-BBBB',
          verification_uri: 'https://phish.example/oauth/device',
          expires_in: 900,
          interval: 1,
        },
      },
    });
    await failureOf(at.signIn({ clientId: 'app-1', onStep: (step) => steps.push(step) }));
    stop();
    expect(steps).toMatchObject([{ url: `${server.url}/oauth/device` }]);
  });

  it('asks only the server the account is for', async () => {
    await at.signIn({ clientId: 'app-1', onStep: agree });
    expect(new Set(at.sent.map(({ url }) => new URL(url).origin))).toEqual(new Set([server.origin]));
  });

  it('trades the refresh token for a new pair, and is refused with the old one', async () => {
    const secret = await at.signIn({ clientId: 'app-1', onStep: agree });
    const before = readSecret(secret);
    expect(before.expiresAt).toBe(before.receivedAt + 7_200_000);
    expect(renewAt(secret)).toBe((before.expiresAt ?? 0) - 5 * 60_000);
    // Two hours are the token's, not the account's.
    expect(endsAt(secret)).toBeNull();
    const after = readSecret(await at.renew(secret));
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(await failureOf(at.renew(secret))).toMatchObject({ kind: 'token-refused' });
  });

  it('takes an end beyond all dates for none', async () => {
    const secret = readSecret(await at.signIn({ clientId: 'app-1', onStep: agree }));
    expect(endsAt(writeSecret({ ...secret, refreshToken: null, expiresAt: 1e30 }))).toBeNull();
    expect(endsAt(writeSecret({ ...secret, refreshExpiresAt: 1e30 }))).toBeNull();
  });

  it('renewing is refused in one kind for a client that is gone', async () => {
    const secret = await at.signIn({ clientId: 'app-1', onStep: agree });
    server.desk.clients.clear();
    expect(await failureOf(at.renew(secret))).toMatchObject({ kind: 'token-refused' });
  });

  it('renewing tells a server in trouble from a refusal', async () => {
    const secret = await at.signIn({ clientId: 'app-1', onStep: agree });
    const stop = server.inject({ path: /oauth\/token/, as: 'reply', reply: { status: 502, body: 'bad' } });
    expect(await failureOf(at.renew(secret))).toMatchObject({ kind: 'server-error', status: 502 });
    stop();
  });

  it('waits longer from then on when the server says so', async () => {
    const polls: { at: number; found: unknown }[] = [];
    const poll = server.desk.poll.bind(server.desk);
    let code = '';
    server.desk.poll = (client, deviceCode) => {
      const [grant] = server.desk.grants;
      // The second poll comes too early for the server, however late it is; it asks for five seconds more.
      if (grant) grant.interval = polls.length === 1 ? 3600 : 0.2;
      const found = poll(client, deviceCode);
      if (grant) grant.interval = 0.2;
      polls.push({ at: Date.now(), found });
      if (found === 'slow_down') server.desk.decide(code, { login: signedIn });
      return found;
    };
    await at.signIn({
      clientId: 'app-1',
      onStep(step) {
        if (step.kind === 'code') code = step.userCode;
      },
    });
    server.desk.poll = poll;
    expect(polls.map(({ found }) => found)).toEqual([
      'authorization_pending',
      'slow_down',
      { login: signedIn },
    ]);
    expect((polls[2]?.at ?? 0) - (polls[1]?.at ?? 0)).toBeGreaterThan(4900);
  });

  it('says that the code is over', async () => {
    const work = at.signIn({
      clientId: 'app-1',
      onStep: (step) => step.kind === 'code' && server.desk.outlast(step.userCode),
    });
    expect(await failureOf(work)).toMatchObject({ kind: 'sign-in-failed', reason: 'expired' });
  });

  it('says that the person declined', async () => {
    const work = at.signIn({
      clientId: 'app-1',
      onStep: (step) => step.kind === 'code' && server.desk.decide(step.userCode, 'deny'),
    });
    expect(await failureOf(work)).toMatchObject({ kind: 'sign-in-failed', reason: 'denied' });
  });

  it.each([
    ['an unknown client id', 'nobody', {}],
    ['an application that keeps a secret', 'secretive', { confidential: true }],
  ])('says that %s does not work', async (_what, id, more) => {
    if (id !== 'nobody') server.desk.register(id, more);
    expect(await failureOf(at.signIn({ clientId: id }))).toMatchObject({
      kind: 'sign-in-failed',
      reason: 'unknown-client',
    });
  });

  it('says that the application lacks the scope', async () => {
    server.desk.register('narrow', { scopes: ['read_user'] });
    expect(await failureOf(at.signIn({ clientId: 'narrow' }))).toMatchObject({
      kind: 'sign-in-failed',
      reason: 'scope',
    });
  });

  it('says that the server is too old for it', async () => {
    server.desk.hasDeviceGrant = false;
    expect(await failureOf(at.signIn({ clientId: 'app-1' }))).toMatchObject({
      kind: 'sign-in-failed',
      reason: 'unsupported',
    });
  });

  it('a network that is away for a moment while the person is on the page ends nothing', async () => {
    server.inject({ path: /oauth\/token/, times: 3, as: 'reply', reply: { status: 503, body: 'busy' } });
    const secret = await at.signIn({ clientId: 'app-1', onStep: agree });
    expect(readSecret(secret).refreshToken).not.toBeNull();
  });

  it('ends within a second when it is cancelled while it waits', async () => {
    server.desk.interval = 30;
    const leave = new AbortController();
    const work = at.signIn({
      clientId: 'app-1',
      signal: leave.signal,
      onStep: () => leave.abort(),
    });
    await Promise.race([once(leave.signal, 'abort'), work]);
    expect(await settlesWithin(1000, work)).toBe(true);
    expect(await failureOf(work)).toEqual({ kind: 'cancelled' });
  });

  it('an answer with a token and an unknown shape is refused without its words', async () => {
    const stop = server.inject({
      path: /oauth\/token/,
      as: 'reply',
      reply: { status: 200, body: { access_token: 'leaky-secret-token', token_type: 17 } },
    });
    const error = await at.signIn({ clientId: 'app-1', onStep: agree }).catch((reason: unknown) => reason);
    stop();
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify([error, (error as Error).cause, (error as Error).stack])).not.toContain('leaky');
  });
});
