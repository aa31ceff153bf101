import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { github } from '../../electron/providers/github/index';
import { endsAt, type OAuthStep, readSecret, renewAt } from '../../electron/providers/oauth';
import { type GitHubStandIn, startGitHub } from '../fakes/hosting/github';
import { signedIn } from '../fakes/hosting/seeds';
import { settlesWithin } from '../fakes/own-time';
import { type Bench, bench, failureOf, oauthDraft } from './oauth-bench';

let server: GitHubStandIn;
let at: Bench;

beforeAll(async () => {
  server = await startGitHub();
});
afterAll(() => server.close());
beforeEach(() => {
  server.desk.clients.clear();
  server.desk.interval = 0.05;
  server.desk.register('Ov23liWork');
  at = bench(github, oauthDraft('github-enterprise', server.origin));
});

const agree = (step: OAuthStep) => {
  if (step.kind === 'code') server.desk.decide(step.userCode, { login: signedIn });
};

describe('the device flow of GitHub', () => {
  it('shows a code and its page, and ends with a token the API takes', async () => {
    const steps: OAuthStep[] = [];
    const secret = await at.signIn({
      clientId: 'Ov23liWork',
      onStep(step) {
        steps.push(step);
        agree(step);
      },
    });
    expect(steps).toEqual([
      {
        kind: 'code',
        userCode: expect.stringMatching(/^[0-9A-F]{4}-[0-9A-F]{4}$/),
        url: `${server.origin}/login/device`,
        expiresAt: expect.any(Number),
      },
    ]);
    const session = {
      account: at.account,
      fetch: at.http.bind(at.account, github.authorizer(at.account, secret), new AbortController().signal),
      signal: new AbortController().signal,
    };
    const signed = await github.signIn(session);
    expect(signed.user.login).toBe(signedIn);
    expect(signed.missingScopes).toEqual([]);
    const credential = await github.gitCredential(session, secret);
    expect(credential).toMatchObject({ kind: 'password', password: readSecret(secret).accessToken });
  });

  it('asks only the server the account is for', async () => {
    await at.signIn({ clientId: 'Ov23liWork', onStep: agree });
    expect(new Set(at.sent.map(({ url }) => new URL(url).origin))).toEqual(new Set([server.origin]));
  });

  it('goes on while the person has not agreed yet, and waits longer from then on when told so', async () => {
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
    const secret = await at.signIn({
      clientId: 'Ov23liWork',
      onStep(step) {
        if (step.kind === 'code') code = step.userCode;
      },
    });
    server.desk.poll = poll;
    expect(readSecret(secret).accessToken).toMatch(/^gho_/);
    expect(polls.map(({ found }) => found)).toEqual([
      'authorization_pending',
      'slow_down',
      { login: signedIn },
    ]);
    expect((polls[2]?.at ?? 0) - (polls[1]?.at ?? 0)).toBeGreaterThan(5000);
  });

  it('keeps the refresh token of a GitHub App, counts its ends from the receipt and renews it', async () => {
    server.desk.register('Iv23liApp', { expiring: true });
    const before = Date.now();
    const secret = await at.signIn({ clientId: 'Iv23liApp', onStep: agree });
    const kept = readSecret(secret);
    expect(kept.refreshToken).toMatch(/^ghr_/);
    expect(kept.expiresAt ?? 0).toBeGreaterThanOrEqual(before + 28_800_000);
    expect(renewAt(secret)).toBe((kept.expiresAt ?? 0) - 5 * 60_000);
    expect(endsAt(secret)).toBe(kept.receivedAt + 15_811_200_000);
    const renewed = readSecret(await at.renew(secret));
    expect(renewed.accessToken).not.toBe(kept.accessToken);
    expect(renewed.refreshToken).not.toBe(kept.refreshToken);
    expect(at.sent.at(-1)?.body).not.toContain('client_secret');
    // GitHub ends the old pair at once.
    expect(await failureOf(at.renew(secret))).toMatchObject({
      kind: 'token-refused',
      detail: 'The refresh token passed is incorrect or expired.',
    });
  });

  it('a token that never ends is never renewed and has no end', async () => {
    const secret = await at.signIn({ clientId: 'Ov23liWork', onStep: agree });
    expect(renewAt(secret)).toBeNull();
    expect(endsAt(secret)).toBeNull();
    expect(await failureOf(at.renew(secret))).toMatchObject({ kind: 'token-refused' });
  });

  it('says that the person declined', async () => {
    const work = at.signIn({
      clientId: 'Ov23liWork',
      onStep: (step) => step.kind === 'code' && server.desk.decide(step.userCode, 'deny'),
    });
    expect(await failureOf(work)).toMatchObject({ kind: 'sign-in-failed', reason: 'denied' });
  });

  it('says that the code is over', async () => {
    const work = at.signIn({
      clientId: 'Ov23liWork',
      onStep: (step) => step.kind === 'code' && server.desk.outlast(step.userCode),
    });
    expect(await failureOf(work)).toMatchObject({ kind: 'sign-in-failed', reason: 'expired' });
  });

  it('says that the client id is unknown', async () => {
    expect(await failureOf(at.signIn({ clientId: 'nobody' }))).toMatchObject({
      kind: 'sign-in-failed',
      reason: 'unknown-client',
    });
  });

  it('says that the app does not allow the device flow, with GitHub’s words', async () => {
    server.desk.register('Ov23liOff', { deviceFlow: false });
    expect(await failureOf(at.signIn({ clientId: 'Ov23liOff' }))).toMatchObject({
      kind: 'sign-in-failed',
      reason: 'not-enabled',
      detail: 'Device Flow must be explicitly enabled for this App',
    });
  });

  it('a server that fails for a moment while the person is on the page ends nothing', async () => {
    server.inject({
      path: /access_token/,
      times: 2,
      as: 'reply',
      reply: { status: 503, body: 'busy' },
    });
    const secret = await at.signIn({ clientId: 'Ov23liWork', onStep: agree });
    expect(readSecret(secret).accessToken).toMatch(/^gho_/);
  });

  it('a server that stays away is named', async () => {
    const stop = server.inject({ path: /access_token/, as: 'reply', reply: { status: 503, body: 'busy' } });
    expect(await failureOf(at.signIn({ clientId: 'Ov23liWork', onStep: agree }))).toMatchObject({
      kind: 'server-error',
      status: 503,
    });
    stop();
  });

  it('ends within a second when it is cancelled while it waits', async () => {
    server.desk.interval = 30;
    const leave = new AbortController();
    const work = at.signIn({
      clientId: 'Ov23liWork',
      signal: leave.signal,
      onStep: () => leave.abort(),
    });
    await Promise.race([once(leave.signal, 'abort'), work]);
    expect(await settlesWithin(1000, work)).toBe(true);
    expect(await failureOf(work)).toEqual({ kind: 'cancelled' });
  });

  it('an answer that is no JSON is not taken for a refusal of the client', async () => {
    const stop = server.inject({ path: /device\/code/, as: 'html' });
    expect((await failureOf(at.signIn({ clientId: 'Ov23liWork' }))).kind).toBe('unexpected-answer');
    stop();
  });
});
