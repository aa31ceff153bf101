import { createSign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, temporaryDirectory } from '../repositories';
import { type GitHubStandIn, githubTokens, startGitHub } from './github';

describe('the GitHub stand-in', () => {
  let hub: GitHubStandIn;
  beforeAll(async () => {
    hub = await startGitHub();
  });
  afterAll(() => hub.close());

  const ask = (
    path: string,
    token: string | null = githubTokens.first,
    headers: Record<string, string> = {},
  ) =>
    fetch(`${hub.url}/api/v3${path}`, {
      headers: {
        'user-agent': 'test',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
    });

  it('refuses a missing and a wrong token in GitHub’s words', async () => {
    const none = await ask('/user', null);
    expect([none.status, (await none.json()).message]).toEqual([401, 'Requires authentication']);
    const wrong = await ask('/user', 'ghp_wrong');
    expect([wrong.status, (await wrong.json()).message]).toEqual([401, 'Bad credentials']);
  });

  it('tells scopes and expiry with every answer', async () => {
    const answer = await ask('/user');
    expect((await answer.json()).login).toBe('mira');
    expect(answer.headers.get('x-oauth-scopes')).toBe('repo, read:org');
    expect(answer.headers.get('github-authentication-token-expiration')).toBe('2027-10-12 09:00:00 UTC');
    expect(answer.headers.get('x-ratelimit-remaining')).toMatch(/^\d+$/);
  });

  it('shows each account its own private repositories, page by page', async () => {
    const first = await ask('/user/repos?per_page=5');
    expect(first.headers.get('link')).toContain('page=2>; rel="next"');
    const names = (await (await ask('/user/repos?per_page=100')).json()).map(
      (one: { full_name: string }) => one.full_name,
    );
    expect(names).toContain('northwind/storefront');
    expect(names).not.toContain('keller-consulting/clients');
    const others = await (await ask('/user/repos', githubTokens.second)).json();
    expect(others.map((one: { full_name: string }) => one.full_name).sort()).toEqual([
      'keller-consulting/clients',
      'keller-consulting/tax-returns',
    ]);
    expect((await ask('/repos/keller-consulting/clients')).status).toBe(404);
  });

  it('has real commits, files and lines behind a pull request', async () => {
    const pull = await (await ask('/repos/northwind/storefront/pulls/42')).json();
    const files = await (await ask('/repos/northwind/storefront/pulls/42/files')).json();
    expect(
      files.map((file: { filename: string; status: string }) => `${file.status} ${file.filename}`),
    ).toEqual([
      'renamed docs/payments/index.md',
      'modified public/logo.png',
      'modified src/payments/client.ts',
      'added src/payments/retry.test.ts',
      'added src/payments/retry.ts',
    ]);
    expect(pull.commits).toBe(3);
    const comments = await (await ask('/repos/northwind/storefront/pulls/42/comments')).json();
    expect(comments.map((one: { line: number | null }) => one.line)).toEqual([null, null, 13, 13, 16]);
    expect(comments.at(-1).diff_hunk).toMatch(/-.*gateway\.post\('\/payments', \{$/);
    const runs = await (await ask(`/repos/northwind/storefront/commits/${pull.head.sha}/check-runs`)).json();
    expect(runs.check_runs.map((run: { conclusion: string | null }) => run.conclusion)).toEqual([
      'success',
      'success',
      'failure',
      null,
    ]);
  });

  it('finds what waits for a review', async () => {
    const found = await (await ask('/search/issues?q=is:pr+is:open+review-requested:@me')).json();
    expect(found.items.map((one: { number: number }) => one.number)).toEqual([42, 43]);
    expect((await ask('/search/issues')).status).toBe(422);
  });

  it('serves a private repository through git only to a token that may read it', async () => {
    const directory = await temporaryDirectory();
    const url = `${hub.url}/northwind/storefront.git`;
    const asked = (token: string) => url.replace('http://', `http://x-access-token:${token}@`);
    await expect(git(directory.path, 'ls-remote', url)).rejects.toThrow(/could not read Username/);
    await expect(git(directory.path, 'ls-remote', asked(githubTokens.second))).rejects.toThrow(/not found/i);
    await git(directory.path, 'clone', '--quiet', asked(githubTokens.first), 'copy');
    const head = await git(`${directory.path}/copy`, 'rev-parse', 'HEAD');
    const { branches } = await hub.world.materialize(hub.world.repository('northwind/storefront'));
    expect(head).toBe(branches.get('main'));
    await directory.remove();
  });

  it('gives an installation token only for a web token signed with the app’s key', async () => {
    const token = (claims: object, key = hub.app.privateKey) => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
      return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
    };
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: String(hub.app.id), iat: now - 60, exp: now + 500 };
    expect((await ask('/app', token({ ...claims, exp: now + 4000 }))).status).toBe(401);
    expect((await ask('/app', `${token(claims).slice(0, -8)}AAAAAAAA`)).status).toBe(401);
    expect((await ask('/app', githubTokens.first)).status).toBe(401);
    expect((await ask('/app', token(claims))).status).toBe(200);
    const [installation] = await (await ask('/app/installations', token(claims))).json();
    const made = await fetch(installation.access_tokens_url, {
      method: 'POST',
      headers: { 'user-agent': 'test', authorization: `Bearer ${token(claims)}` },
    });
    expect(made.status).toBe(201);
    const minted = (await made.json()).token;
    const list = await (await ask('/installation/repositories?per_page=100', minted)).json();
    expect(
      list.repositories.every((one: { owner: { login: string } }) => one.owner.login === 'northwind'),
    ).toBe(true);
    expect((await ask('/user', minted)).status).toBe(403);
  });

  it('goes wrong on request, and as often as asked', async () => {
    hub.inject({ path: /\/user$/, as: 'html', times: 1 });
    expect((await ask('/user')).headers.get('content-type')).toContain('text/html');
    const undo = hub.inject({
      as: 'reply',
      reply: { status: 429, headers: { 'retry-after': '1' }, body: {} },
    });
    expect((await ask('/user')).status).toBe(429);
    undo();
    hub.inject({ as: 'cut', times: 1 });
    await expect(ask('/user').then((answer) => answer.text())).rejects.toThrow();
    expect((await ask('/user')).status).toBe(200);
    expect(hub.seen.at(-1)).toMatchObject({
      kind: 'api',
      method: 'GET',
      path: '/api/v3/user',
      authorized: true,
    });
  });
});
