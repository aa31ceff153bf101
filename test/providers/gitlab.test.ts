import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endedOn } from '../../electron/providers/diagnosis';
import { gitlab } from '../../electron/providers/gitlab';
import { lastDay } from '../../electron/providers/gitlab/sign-in';
import { createHttp, type Http } from '../../electron/providers/http';
import { type AccountDraftInput, accountDraftSchema } from '../../shared/contract/accounts';
import { AppFailure } from '../../shared/errors';
import { ApiDescription } from './api-description';
import { accountOf, collect, failureOf, providerSuite, remoteUrl, sessionOf } from './provider.suite';
import {
  manifestAnswers,
  type RecordedAnswer,
  type RecordingServer,
  startRecordingServer,
} from './recording-server';

const directory = path.join(import.meta.dirname, 'recorded/gitlab');
const body = (name: string) => path.join(directory, 'bodies', name);
const description = new ApiDescription(path.join(import.meta.dirname, 'api/gitlab.json'));
const project = '/api/v4/projects/diaspora%2Fdiaspora';
const request = `${project}/merge_requests/1347`;
const sha = '12d65c8dd2b2676fa3ac47d955accc085a37a9c1';

/** Requests go-scm makes no recordings of; the bodies follow GitLab's description and documentation. */
const ours: RecordedAnswer[] = [
  {
    path: '/api/v4/personal_access_tokens/self',
    json: { id: 4, name: 'x', scopes: ['read_api'], expires_at: '2027-03-01', active: true },
  },
  { path: '/api/v4/metadata', json: { version: '18.2.0-ee', revision: 'abc' } },
  { path: '/api/v4/merge_requests', file: body('merges.json') },
  { path: '/api/v4/projects/178504/merge_requests', file: body('merges.json') },
  {
    path: `${request}/approvals`,
    json: { approved: true, approved_by: [{ user: { id: 2, username: 'hubot', name: 'Hubot' } }] },
  },
  {
    path: `${request}/reviewers`,
    json: [
      { user: { id: 2, username: 'hubot', name: 'Hubot' }, state: 'unreviewed' },
      { user: { id: 3, username: 'critic', name: 'Critic' }, state: 'requested_changes' },
    ],
  },
  { path: `${project}/repository/commits/${sha}/statuses`, file: body('statuses.json') },
  {
    path: `${request}/discussions`,
    json: [
      {
        id: 'd1',
        notes: [
          {
            id: 1,
            body: 'Please rename',
            author: { id: 3, username: 'critic', name: 'Critic' },
            created_at: '2015-12-18T18:30:00Z',
            system: false,
            resolvable: true,
            resolved: false,
            position: {
              position_type: 'text',
              head_sha: 'old',
              old_path: 'VERSION',
              new_path: 'VERSION',
              old_line: null,
              new_line: 1,
            },
          },
          {
            id: 2,
            body: 'Done',
            author: { id: 1, username: 'root' },
            created_at: '2015-12-18T18:31:00Z',
            resolvable: true,
            resolved: true,
          },
        ],
      },
      {
        id: 'd2',
        notes: [
          {
            id: 3,
            body: 'changed the description',
            author: { id: 1, username: 'root' },
            system: true,
            created_at: '2015-12-18T18:32:00Z',
          },
        ],
      },
    ],
  },
];

const serve = () =>
  startRecordingServer({
    description,
    rewrite: ['https://gitlab.com'],
    undocumented: [/^\/avatar\//],
    answers: [...ours, ...manifestAnswers(directory).filter((answer) => !/page2/.test(answer.file ?? ''))],
  });

providerSuite({
  name: 'GitLab Self-Managed with a personal token',
  provider: gitlab,
  directory,
  serve,
  draft: (origin) => ({
    kind: 'gitlab-self-managed',
    alias: 'x',
    authenticationType: 'personal',
    url: origin,
  }),
  secret: `glpat-${'c4n4ry'.repeat(4)}`,
  user: { id: '1', login: 'john_smith', name: 'John Smith' },
  repository: { id: 'diaspora/diaspora', fullName: 'diaspora/diaspora' },
  number: 1347,
  recordedNumber: 1,
  file: { path: 'VERSION', previousPath: null },
});

const draftOf = (more: Partial<AccountDraftInput>) =>
  accountDraftSchema.parse({
    kind: 'gitlab-self-managed',
    alias: 'x',
    authenticationType: 'personal',
    ...more,
  });
const thrown = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return error instanceof AppFailure ? error.error : error;
  }
};

describe('the address of a GitLab account', () => {
  it.each([
    ['gitlab', '', 'https://gitlab.com', 'https://gitlab.com'],
    ['gitlab', 'www.gitlab.com/some/group', 'https://gitlab.com', 'https://gitlab.com'],
    ['gitlab-self-managed', 'https://git.corp', 'https://git.corp', 'https://git.corp'],
    [
      'gitlab-self-managed',
      'http://git.corp:8080/gitlab/',
      'http://git.corp:8080/gitlab',
      'http://git.corp:8080',
    ],
    ['gitlab-self-managed', 'https://git.corp/gitlab/api/v4', 'https://git.corp/gitlab', 'https://git.corp'],
    ['gitlab-self-managed', 'https://git.corp/users/sign_in', 'https://git.corp', 'https://git.corp'],
    ['gitlab-self-managed', 'https://git.corp/-/profile', 'https://git.corp', 'https://git.corp'],
    [
      'gitlab-self-managed',
      'https://git.corp/group/sub/project/-/merge_requests/21',
      'https://git.corp',
      'https://git.corp',
    ],
    ['gitlab-self-managed', 'https://git.corp/groups/g/-/issues', 'https://git.corp', 'https://git.corp'],
    [
      'gitlab-self-managed',
      'https://git.corp/gitlab/group/project/-/tree/main',
      'https://git.corp/gitlab',
      'https://git.corp',
    ],
    ['gitlab-self-managed', 'https://git.corp/code/-/profile', 'https://git.corp/code', 'https://git.corp'],
  ] as const)('%s %j is %s', (kind, url, web, origin) => {
    expect(gitlab.address(draftOf({ kind, url }))).toMatchObject({
      url: web,
      origins: { api: [origin], git: [origin] },
    });
  });

  it('of another host is refused for gitlab.com', () => {
    expect(
      thrown(() => gitlab.address(draftOf({ kind: 'gitlab', url: 'gitlab.com.evil.example' }))),
    ).toMatchObject({
      kind: 'invalid-input',
      field: 'url',
    });
  });

  it('leads to the token page with name and scopes filled in', () => {
    expect(gitlab.tokenPage(draftOf({ url: 'https://git.corp/gitlab' }))).toBe(
      'https://git.corp/gitlab/-/user_settings/personal_access_tokens?name=Polyforge&scopes=api',
    );
  });

  it('a token of another provider is recognised', () => {
    expect(
      thrown(() => gitlab.normalizeSecret(draftOf({ url: 'https://git.corp' }), `ghp_${'a'.repeat(36)}`)),
    ).toEqual({
      kind: 'token-form',
      host: 'git.corp',
      looksLike: 'github',
    });
  });
});

describe('whose project a URL names', () => {
  const account = accountOf(gitlab, draftOf({ url: 'https://git.corp/gitlab' }), {
    user: { id: '1', login: 'ada', name: 'Ada' },
  });
  it.each([
    ['https://git.corp/gitlab/group/sub/deep/project.git', 'group/sub/deep/project'],
    ['https://git.corp/gitlab/ada/project', 'ada/project'],
    ['https://git.corp/group/project', null],
    ['https://git.corp/gitlabber/group/project', null],
    ['https://git.corp/gitlab/project', null],
    ['https://git.corp/gitlab/group/project/-/merge_requests', null],
    ['https://git.corp.evil/gitlab/group/project', null],
  ])('%s: %j', (url, fullName) => {
    expect(gitlab.locate(account, remoteUrl(url))?.fullName ?? null).toBe(fullName);
    expect(gitlab.matches(account, remoteUrl(url)) === null).toBe(fullName === null);
  });
  it('a longer prefix and one’s own namespace match better', () => {
    const root = accountOf(gitlab, draftOf({ url: 'https://git.corp' }));
    const url = remoteUrl('https://git.corp/gitlab/ada/project');
    expect(gitlab.matches(account, url)).toBeGreaterThan(gitlab.matches(root, url) ?? 0);
  });
});

describe('signing in to GitLab', () => {
  let http: Http;
  let server: RecordingServer;
  const answers: RecordedAnswer[] = [];
  beforeEach(async () => {
    http = createHttp({ retryDelay: 1 });
    server = await startRecordingServer({ description, answers });
  });
  afterEach(async () => {
    answers.length = 0;
    await http.close();
    await server.close();
  });
  const session = () =>
    sessionOf(http, gitlab, accountOf(gitlab, draftOf({ url: server.origin })), 'glpat-x');
  const user = { path: '/api/v4/user', json: { id: 1, username: 'ada', name: 'Ada', avatar_url: null } };

  it('tells the last usable day, scopes and what is missing', async () => {
    answers.push(user, ...ours);
    expect(await gitlab.signIn(session())).toMatchObject({
      user: { login: 'ada' },
      expiresOn: '2027-02-28',
      scopes: ['read_api'],
      missingScopes: ['read_repository'],
      serverVersion: '18.2.0-ee',
    });
  });

  it('works without anything but /user', async () => {
    answers.push(user);
    expect(await gitlab.signIn(session())).toMatchObject({
      scopes: null,
      expiresOn: null,
      serverVersion: null,
    });
    expect(server.violations).toEqual([]);
  });

  it('a token without the scope is told its names', async () => {
    answers.push({
      path: '/api/v4/user',
      status: 403,
      json: {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges',
        scope: 'api read_user read_api',
      },
    });
    expect(await failureOf(gitlab.signIn(session()))).toMatchObject({
      kind: 'missing-permission',
      needed: ['api', 'read_user', 'read_api'],
    });
  });

  it('an address with a group in it is told', async () => {
    expect(await failureOf(gitlab.signIn(session()))).toMatchObject({
      kind: 'wrong-provider',
      expected: 'GitLab',
    });
  });

  it('pages by number, whatever address a proxy writes into the links', async () => {
    const project = (id: number) => ({
      id,
      path: `p${id}`,
      path_with_namespace: `g/p${id}`,
      visibility: 'private',
    });
    const link = '<http://internal:8080/api/v4/projects?page=2>; rel="next"';
    answers.push(
      { path: '/api/v4/projects', json: [project(2)], headers: { 'x-next-page': '2', link } },
      { path: '/api/v4/projects', query: { page: '2' }, json: [project(1)], headers: { 'x-next-page': '' } },
    );
    const pages = await collect(gitlab.listRepositories(session()));
    expect(pages.flat().map(({ fullName }) => fullName)).toEqual(['g/p2', 'g/p1']);
    expect(server.violations).toEqual([]);
  });

  it('the day before the date is the last', () => {
    expect(lastDay('2027-01-01')).toBe('2026-12-31');
    expect(lastDay('2028-03-01')).toBe('2028-02-29');
    expect(lastDay(null)).toBeNull();
  });

  it('a token is good until midnight UTC of its date and not a moment longer (row 0.16)', () => {
    const expiresOn = lastDay('2027-01-01');
    const account = accountOf(
      gitlab,
      { kind: 'gitlab', alias: 'x', authenticationType: 'personal' },
      { expiresOn, expirySource: 'provider' },
    );
    expect(endedOn(account, Date.parse('2026-12-31T23:59:59.000Z'))).toBeNull();
    expect(endedOn(account, Date.parse('2027-01-01T00:00:00.000Z'))).toBe('2026-12-31');
  });

  it.each([
    ['@@ -1 +1 @@\n-a\n+b', { kind: 'patch', patch: '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n' }, {}],
    ['', { kind: 'too-large' }, { too_large: true }],
    ['', { kind: 'too-large' }, { collapsed: true }],
    ['Binary files a/x and b/x differ\n', { kind: 'binary' }, {}],
    [
      '@@ -0,0 +1 @@\n+b\n',
      { kind: 'patch', patch: '--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+b\n' },
      { new_file: true },
    ],
  ])('a diff %j is shown as what it is', async (diff, expected, more) => {
    answers.push({
      path: '/api/v4/projects/g%2Fp/merge_requests/1/diffs',
      json: [{ old_path: 'x', new_path: 'x', diff, ...more }],
    });
    const repository = { id: 'g/p', fullName: 'g/p' };
    expect(await gitlab.fileDiff(session(), repository, 1, { path: 'x', previousPath: null })).toMatchObject(
      expected,
    );
  });
});
