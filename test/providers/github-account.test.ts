import { createVerify, generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { github } from '../../electron/providers/github';
import { expiry } from '../../electron/providers/github/sign-in';
import { createHttp, type Http } from '../../electron/providers/http';
import { type AccountDraftInput, accountDraftSchema } from '../../shared/contract/accounts';
import { AppFailure } from '../../shared/errors';
import { ApiDescription } from './api-description';
import { accountOf, collect, failureOf, remoteUrl, sessionOf } from './provider.suite';
import { type RecordedAnswer, type RecordingServer, startRecordingServer } from './recording-server';

const description = new ApiDescription(path.join(import.meta.dirname, 'api/github.json'));
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs1 = pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const draftOf = (more: Partial<AccountDraftInput>) =>
  accountDraftSchema.parse({ kind: 'github', alias: 'x', authenticationType: 'personal', ...more });
const appDraft = (more: Partial<AccountDraftInput> = {}) =>
  draftOf({
    kind: 'github-enterprise',
    authenticationType: 'app',
    url: 'https://ghe.example',
    appId: '7',
    ...more,
  });
const thrown = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return error instanceof AppFailure ? error.error : error;
  }
};

describe('the address of a GitHub account', () => {
  it.each([
    ['', 'https://github.com', 'https://api.github.com'],
    ['github.com', 'https://github.com', 'https://api.github.com'],
    ['https://www.github.com/octocat/', 'https://github.com', 'https://api.github.com'],
    ['https://octo.ghe.com', 'https://octo.ghe.com', 'https://api.octo.ghe.com'],
    ['https://api.octo.ghe.com/', 'https://octo.ghe.com', 'https://api.octo.ghe.com'],
  ])('%j is %s with its api at %s', (url, web, api) => {
    expect(github.address(draftOf({ url }))).toMatchObject({ url: web, origins: { api: [api], git: [web] } });
  });

  it('of a server of one’s own keeps scheme and port and drops a pasted page', () => {
    const draft = draftOf({ kind: 'github-enterprise', url: 'http://git.corp:8080/org/repository' });
    expect(github.address(draft)).toMatchObject({
      url: 'http://git.corp:8080',
      origins: { api: ['http://git.corp:8080'], git: ['http://git.corp:8080'] },
    });
  });

  it('of another host is refused for the kind GitHub', () => {
    expect(thrown(() => github.address(draftOf({ url: 'https://github.com.evil.example' })))).toMatchObject({
      kind: 'invalid-input',
      field: 'url',
    });
  });

  it('leads to the token page with the scopes ticked (row 1.4)', () => {
    expect(github.tokenPage(draftOf({}))).toBe(
      'https://github.com/settings/tokens/new?scopes=repo%2Cread%3Aorg&description=Polyforge',
    );
    expect(github.tokenPage(draftOf({ kind: 'github-enterprise', url: '' }))).toBeNull();
  });
});

describe('the page where an account is given more repositories (row 4.2)', () => {
  const page = (more: Partial<AccountDraftInput>, installation?: string) =>
    github.accessPage?.(
      accountOf(
        github,
        draftOf(more),
        installation ? { installation: { id: installation, name: 'acme' } } : {},
      ),
    );
  it('is that of the installation of an app, or of the tokens', () => {
    expect(page({})).toBe('https://github.com/settings/tokens');
    expect(page({ authenticationType: 'app', appId: '7' }, '12345678')).toBe(
      'https://github.com/settings/installations/12345678',
    );
    expect(
      page({ kind: 'github-enterprise', url: 'https://ghe.example.com', authenticationType: 'app' }),
    ).toBe('https://ghe.example.com/settings/installations');
  });
});

describe('whose repository a URL names', () => {
  const account = accountOf(github, draftOf({}), { user: { id: '1', login: 'Octocat', name: 'x' } });
  it('an owner’s own repositories match better than others on the host', () => {
    expect(github.matches(account, remoteUrl('https://github.com/octocat/x.git'))).toBeGreaterThan(1);
    expect(github.matches(account, remoteUrl('https://github.com/else/x'))).toBe(1);
    expect(github.locate(account, remoteUrl('https://github.com/else/x.git'))).toEqual({
      id: 'else/x',
      fullName: 'else/x',
    });
  });
  it.each([
    'https://github.com/only',
    'https://github.com/a/b/c',
    'https://api.github.com/a/b',
    'https://gist.github.com/a/b',
  ])('%s is no repository of the account', (url) => {
    expect(github.matches(account, remoteUrl(url))).toBeNull();
    expect(github.locate(account, remoteUrl(url))).toBeNull();
  });
  it('ssh addresses of the host match too', () => {
    const ssh = {
      ...remoteUrl('https://github.com/a/b.git'),
      protocol: 'ssh' as const,
      origin: 'ssh://github.com',
    };
    expect(github.locate(account, ssh)).toEqual({ id: 'a/b', fullName: 'a/b' });
    expect(github.locate(account, { ...ssh, host: 'gitlab.com' })).toBeNull();
  });
});

describe('the expiry header', () => {
  it.each([
    ['2027-10-12 09:00:00 UTC', '2027-10-12T09:00:00.000Z'],
    ['2027-10-12 09:00:00 +0200', '2027-10-12T07:00:00.000Z'],
    ['2027-10-12T09:00:00Z', '2027-10-12T09:00:00.000Z'],
    ['never', null],
    [null, null],
  ])('%j means %j', (header, expected) => {
    expect(expiry(header)).toBe(expected);
  });
});

describe('signing in with a personal token', () => {
  const user = { id: 1, login: 'octocat', name: null, avatar_url: null };
  const signIn = async (headers: Record<string, string>, status = 200) => {
    const server = await startRecordingServer({
      description,
      basePath: '/api/v3',
      answers: [{ path: '/user', json: user, headers, status }],
    });
    const http = createHttp({ retryDelay: 1 });
    try {
      const account = accountOf(github, draftOf({ kind: 'github-enterprise', url: server.origin }));
      return await github.signIn(sessionOf(http, github, account, 'ghp_x'));
    } finally {
      await http.close();
      await server.close();
    }
  };

  it('tells expiry, scopes and what is missing (rows 0.16, 1.3)', async () => {
    const headers = {
      'x-oauth-scopes': 'gist, admin:org',
      'github-authentication-token-expiration': '2027-10-12 09:00:00 UTC',
      'x-github-enterprise-version': 'enterprise-server@3.17.4',
    };
    expect(await signIn(headers)).toMatchObject({
      user: { id: '1', login: 'octocat', name: 'octocat' },
      scopes: ['gist', 'admin:org'],
      missingScopes: ['repo'],
      expiresOn: '2027-10-12T09:00:00.000Z',
      serverVersion: '3.17.4',
    });
  });

  it('knows a classic token without scopes from a fine-grained one', async () => {
    expect(await signIn({ 'x-oauth-scopes': '' })).toMatchObject({
      scopes: [],
      missingScopes: ['repo', 'read:org'],
    });
    expect(await signIn({})).toMatchObject({ scopes: null, missingScopes: [] });
  });

  it('a server without GitHub’s API is another product', async () => {
    expect(await failureOf(signIn({}, 404))).toMatchObject({ kind: 'wrong-provider', expected: 'GitHub' });
  });
});

describe('the key of a GitHub App', () => {
  const normalize = (key: string, more: Partial<AccountDraftInput> = {}) =>
    thrown(() => github.normalizeSecret(appDraft(more), key));

  it('is accepted in both forms GitHub’s users have, however it was pasted (row 1.7)', () => {
    for (const pasted of [
      pkcs1,
      pkcs8,
      `\n  ${pkcs1}\n`,
      pkcs1.replaceAll('\n', '\r\n'),
      `"${pkcs1.replaceAll('\n', '\\n')}"`,
    ])
      expect(normalize(pasted)).toBe(pkcs8);
  });

  it.each([
    ['no PEM', 'hello'],
    ['a public key', pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    ['without its end', pkcs1.slice(0, 400)],
    ['damaged', pkcs1.replace(/[A-Za-z]{20}/g, 'x')],
    [
      'of another algorithm',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
    [
      'behind a passphrase',
      pair.privateKey
        .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
    ],
  ])('%s is refused with a reason', (_name, key) => {
    expect(normalize(key)).toMatchObject({ kind: 'invalid-input', field: 'privateKey' });
  });

  it('App ID and installation must be numbers, or the installation’s address (rows 1.8, 1.17)', () => {
    expect(normalize(pkcs1, { appId: 'Iv1.abc' })).toMatchObject({ field: 'appId' });
    expect(normalize(pkcs1, { installation: 'abc' })).toMatchObject({ field: 'installation' });
    const address = 'https://github.com/organizations/x/settings/installations/12345678';
    expect(normalize(pkcs1, { installation: address })).toBe(pkcs8);
  });

  it('a token in its place is recognised', () => {
    expect(normalize(`ghp_${'a'.repeat(36)}`)).toMatchObject({ kind: 'token-form', looksLike: 'github' });
  });
});

const saying = (pattern: RegExp) => expect.stringMatching(pattern) as string;

describe('a GitHub App', () => {
  let server: RecordingServer;
  let http: Http;
  const installations = [
    { id: 11, account: { login: 'acme' }, suspended_at: null },
    { id: 12, account: { login: 'other' }, suspended_at: null },
  ];
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  const mint = (id: number): RecordedAnswer => ({
    method: 'POST',
    path: `/app/installations/${id}/access_tokens`,
    status: 201,
    json: {
      token: `ghs_${id}`,
      expires_at: expires,
      permissions: { contents: 'write' },
      repository_selection: 'all',
    },
  });

  beforeEach(async () => {
    http = createHttp({ retryDelay: 1 });
    server = await startRecordingServer({
      description,
      basePath: '/api/v3',
      answers: [
        { path: '/app', json: { id: 7, slug: 'forge', name: 'Forge' } },
        { path: '/app/installations', json: installations },
        mint(11),
        mint(12),
        { path: '/installation/repositories', json: { total_count: 0, repositories: [] } },
      ],
    });
  });
  afterEach(async () => {
    await http.close();
    await server.close();
  });

  const session = (more = {}) => {
    const account = accountOf(github, { ...appDraft(), url: server.origin }, more);
    return sessionOf(http, github, account, pkcs8);
  };

  it('signs with its key, takes the first installation and names it (rows 1.3, 1.9, 1.10)', async () => {
    const result = await github.signIn(session());
    expect(result).toMatchObject({
      user: { login: 'forge[bot]', name: 'Forge' },
      installation: { id: '11', name: 'acme' },
    });
    expect(result.notes.join(' ')).toMatch(/not a person.*2 installations.*acme/s);
    const asApp = server.requests.filter((request) => request.path.startsWith('/api/v3/app'));
    const [header = '', payload = '', signature = ''] =
      asApp[0]?.headers.authorization?.replace('Bearer ', '').split('.') ?? [];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, number>;
    const verified = createVerify('RSA-SHA256')
      .update(`${header}.${payload}`)
      .verify(pair.publicKey, signature, 'base64url');
    expect(verified).toBe(true);
    expect(claims).toMatchObject({ iss: '7' });
    expect(claims['iat']).toBeLessThanOrEqual(Date.now() / 1000 - 59);
    expect((claims['exp'] ?? 0) - (claims['iat'] ?? 0)).toBeLessThanOrEqual(600);
    const listing = server.requests.find((request) => request.path.endsWith('/installation/repositories'));
    expect(listing?.headers.authorization).toBe('token ghs_11');
    expect(server.violations).toEqual([]);
  });

  it('mints one token for many requests, and another for every git operation', async () => {
    const one = session({ installation: { id: '12', name: 'other' } });
    await Promise.all([collect(github.listRepositories(one)), collect(github.listRepositories(one))]);
    await collect(github.listRepositories(session({ installation: { id: '12', name: 'other' } })));
    const mints = () => server.requests.filter((request) => request.method === 'POST').length;
    expect(mints()).toBe(1);
    expect(await github.gitCredential(one, pkcs8)).toEqual({
      kind: 'password',
      username: 'x-access-token',
      password: 'ghs_12',
      expiresAt: Date.parse(expires),
    });
    expect(mints()).toBe(2);
    expect(server.requests.every((request) => !request.body.includes('PRIVATE KEY'))).toBe(true);
  });

  it('of two servers with installations of one number never gets the token of the other', async () => {
    const tokens = ['ghs_of_one', 'ghs_of_two'];
    const servers = await Promise.all(
      tokens.map((token) =>
        startRecordingServer({
          description,
          basePath: '/api/v3',
          answers: [
            { ...mint(11), json: { token, expires_at: expires } },
            { path: '/installation/repositories', json: { total_count: 0, repositories: [] } },
          ],
        }),
      ),
    );
    await Promise.all(
      servers.map(({ origin }) => {
        const account = accountOf(
          github,
          { ...appDraft(), url: origin },
          { installation: { id: '11', name: 'acme' } },
        );
        return collect(github.listRepositories(sessionOf(http, github, account, pkcs8)));
      }),
    );
    for (const [index, one] of servers.entries()) {
      const listing = one.requests.find(({ path }) => path.endsWith('/installation/repositories'));
      expect(listing?.headers.authorization).toBe(`token ${tokens[index]}`);
      await one.close();
    }
  });

  it.each([
    [404, 'Integration not found', { kind: 'invalid-input', field: 'appId', reason: saying(/App.*7/) }],
    [
      401,
      'A JSON web token could not be decoded',
      { kind: 'token-refused', detail: saying(/private key.*App.*7/) },
    ],
    [404, 'Not Found', { kind: 'wrong-provider' }],
  ])('%d %s is told apart from other refusals', async (status, message, expected) => {
    const refusing = await startRecordingServer({
      description,
      basePath: '/api/v3',
      answers: [{ path: '/app', status, json: { message } }],
    });
    const account = accountOf(github, { ...appDraft(), url: refusing.origin });
    const failure = await failureOf(github.signIn(sessionOf(http, github, account, pkcs8)));
    expect(failure).toMatchObject(expected);
    await refusing.close();
  });

  it('an installation that is not the app’s is named', async () => {
    expect(await failureOf(github.signIn(session({ installation: { id: '99', name: '' } })))).toMatchObject({
      kind: 'not-found',
      what: 'installation 99 of the app Forge',
    });
  });

  it('says that an app has no reviews of its own instead of showing an empty list', async () => {
    const pages = await collect(github.listPullRequests(session(), { state: 'open', scope: 'review' }));
    expect(pages).toEqual([{ items: [], partial: expect.stringContaining('not a person') as string }]);
    expect(server.requests).toHaveLength(0);
  });
});

describe('what git gets', () => {
  const credential = (more: Partial<AccountDraftInput>) => {
    const account = accountOf(github, draftOf(more));
    return github.gitCredential(sessionOf(createHttp(), github, account, 't0k3n'), 't0k3n');
  };
  it('follows the account’s choice of header', async () => {
    expect(await credential({ tokenName: 'oauth2' })).toEqual({
      kind: 'password',
      username: 'oauth2',
      password: 't0k3n',
    });
    expect(await credential({ headerAuthentication: 'bearer' })).toEqual({
      kind: 'header',
      header: 'Bearer t0k3n',
    });
    const basic = Buffer.from('x-access-token:t0k3n').toString('base64');
    expect(await credential({ headerAuthentication: 'basic', tokenName: 'ignored' })).toEqual({
      kind: 'header',
      header: `Basic ${basic}`,
    });
  });
});

describe('lists with what GraphQL adds', () => {
  const found = (number: number) => ({
    node_id: `PR_${number}`,
    number,
    title: 'T',
    user: { id: 2, login: 'hubot' },
    state: 'open',
    comments: 0,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    html_url: `http://x/o/r/pull/${number}`,
    repository_url: 'https://api.github.com/repos/o/r',
  });
  const node = (number: number, more: object) => ({
    id: `PR_${number}`,
    headRefName: 'topic',
    baseRefName: 'main',
    isCrossRepository: false,
    headRepository: { nameWithOwner: 'o/r' },
    reviewDecision: null,
    latestOpinionatedReviews: { nodes: [] },
    reviewRequests: { nodes: [] },
    commits: { nodes: [{ commit: { statusCheckRollup: null } }] },
    totalCommentsCount: 5,
    ...more,
  });

  it('one call gives branches, reviews and checks; refused parts stay unknown', async () => {
    const http = createHttp({ retryDelay: 1 });
    const server = await startRecordingServer({
      description,
      basePath: '/api/v3',
      undocumented: [/^\/api\/graphql$/],
      answers: [
        { path: '/search/issues', json: { total_count: 4, items: [1, 2, 3, 4].map(found) } },
        {
          method: 'POST',
          path: '/api/graphql',
          json: {
            errors: [{ message: 'Resource not accessible by personal access token' }],
            data: {
              nodes: [
                node(1, {
                  reviewDecision: 'REVIEW_REQUIRED',
                  reviewRequests: {
                    nodes: [{ requestedReviewer: { login: 'octocat' } }, { requestedReviewer: {} }],
                  },
                  commits: { nodes: [{ commit: { statusCheckRollup: { state: 'FAILURE' } } }] },
                }),
                node(2, {
                  isCrossRepository: true,
                  headRepository: { nameWithOwner: 'fork/r' },
                  latestOpinionatedReviews: { nodes: [{ state: 'APPROVED' }] },
                }),
                node(3, { commits: null }),
                null,
              ],
            },
          },
        },
      ],
    });
    try {
      const account = accountOf(github, draftOf({ kind: 'github-enterprise', url: server.origin }), {
        user: { id: '1', login: 'octocat', name: 'x' },
      });
      const session = sessionOf(http, github, account, 'ghp_x');
      const pages = await collect(github.listPullRequests(session, { state: 'open', scope: 'mine' }));
      expect(pages.flatMap(({ items }) => items)).toMatchObject([
        {
          source: { branch: 'topic', repository: null },
          review: 'pending',
          checks: 'failed',
          awaitsMyReview: true,
          comments: 5,
        },
        { source: { repository: 'fork/r' }, review: 'approved', checks: 'none', awaitsMyReview: false },
        { review: 'none', checks: null },
        { source: { branch: '' }, review: null, checks: null },
      ]);
      expect(server.violations).toEqual([]);
      expect(server.requests).toHaveLength(2);
    } finally {
      await http.close();
      await server.close();
    }
  });
});

describe('lists that go wrong on the way', () => {
  const repository = { id: 'o/r', fullName: 'o/r' };
  const withAnswers = async (
    answers: RecordedAnswer[],
    work: (session: ReturnType<typeof sessionOf>, server: RecordingServer) => Promise<void>,
  ) => {
    const http = createHttp({ retryDelay: 1 });
    const server = await startRecordingServer({
      description,
      basePath: '/api/v3',
      rewrite: ['http://self'],
      answers,
    });
    try {
      const account = accountOf(github, draftOf({ kind: 'github-enterprise', url: server.origin }));
      await work(sessionOf(http, github, account, 'ghp_x'), server);
    } finally {
      await http.close();
      await server.close();
    }
  };
  const wire = (name: string) => ({ name, full_name: `o/${name}`, owner: { login: 'o' }, private: true });

  it('a token revoked between two pages ends the list with the refusal, after what had come', async () => {
    const link = '<http://self/api/v3/user/repos?page=2>; rel="next"';
    const answers = [
      { path: '/user/repos', json: [wire('a')], headers: { link } },
      { path: '/user/repos', query: { page: '2' }, status: 401, json: { message: 'Bad credentials' } },
    ];
    await withAnswers(answers, async (session) => {
      const seen: string[] = [];
      const list = async () => {
        for await (const page of github.listRepositories(session)) seen.push(...page.map(({ name }) => name));
      };
      expect(await failureOf(list())).toMatchObject({ kind: 'token-refused' });
      expect(seen).toEqual(['a']);
    });
  });

  it('API-025: a diff GitHub finds too large is shown as such, and the list of files says so', async () => {
    const answers = [
      {
        path: '/repos/o/r/pulls/1/files',
        status: 422,
        json: { message: 'x', errors: [{ code: 'too_large' }] },
      },
    ];
    await withAnswers(answers, async (session, server) => {
      expect(await github.fileDiff(session, repository, 1, { path: 'x', previousPath: null })).toEqual({
        kind: 'too-large',
        url: `${server.origin}/o/r/pull/1/files`,
      });
      expect(await github.changedFiles(session, repository, 1)).toMatchObject({
        files: [],
        partial: expect.stringContaining('too large') as string,
      });
    });
  });

  it('what is not there or not allowed names the repository, not a path of the API', async () => {
    await withAnswers([], async (session) => {
      expect(await failureOf(github.pullRequest(session, repository, 7))).toMatchObject({
        kind: 'not-found',
        what: 'o/r#7',
      });
    });
  });

  it('parts without the permission are named and the rest is shown', async () => {
    const answers: RecordedAnswer[] = [
      {
        path: '/repos/o/r/pulls/7',
        json: {
          number: 7,
          title: 'T',
          user: null,
          state: 'open',
          html_url: 'http://x/7',
          created_at: '2026-01-01T00:00:00Z',
          updated_at: '2026-01-01T00:00:00Z',
          head: { ref: 'f', sha: 's', repo: null },
          base: { ref: 'main', sha: 'b', repo: { full_name: 'o/r' } },
        },
      },
      { path: '/repos/o/r/pulls/7/reviews', json: [] },
      { path: '/repos/o/r/pulls/7/commits', json: [] },
      {
        path: '/repos/o/r/commits/s/check-runs',
        status: 403,
        json: { message: 'Resource not accessible by personal access token' },
        headers: { 'x-accepted-github-permissions': 'checks=read' },
      },
      { path: '/repos/o/r/commits/s/status', json: { statuses: [] } },
    ];
    await withAnswers(answers, async (session) => {
      const detail = await github.pullRequest(session, repository, 7);
      expect(detail.pullRequest).toMatchObject({ checks: 'unknown', author: { login: 'ghost' } });
      expect(detail.failures).toMatchObject([
        { part: 'checks', error: { kind: 'missing-permission', needed: ['checks=read'] } },
      ]);
    });
  });
});
