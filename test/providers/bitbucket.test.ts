import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bitbucket } from '../../electron/providers/bitbucket';
import { createHttp } from '../../electron/providers/http';
import { accountDraftSchema } from '../../shared/contract/accounts';
import { ApiDescription } from './api-description';
import { accountOf, collect, failureOf, providerSuite, remoteUrl, sessionOf } from './provider.suite';
import { manifestAnswers, type RecordedAnswer, startRecordingServer } from './recording-server';

const directory = path.join(import.meta.dirname, 'recorded/bitbucket');
const body = (name: string) => path.join(directory, 'bodies', name);
const read = (name: string) => JSON.parse(readFileSync(body(name), 'utf8')) as never;
const description = new ApiDescription(path.join(import.meta.dirname, 'api/bitbucket-cloud.json'));
const secret = `ATATT3xFfGF0${'c4n4ry'.repeat(6)}`;

const atlaskit = '/repositories/atlassian/atlaskit';
const pull = `${atlaskit}/pullrequests/4982`;
const none = { values: [] };

/** A recorded page without the address of a next one, which was not recorded. */
function lastPage(name: string): RecordedAnswer['json'] {
  const { next: _, ...page } = read(name) as Record<string, unknown>;
  return page;
}

/** go-scm recorded each call with another pull request; here they belong to one. */
const answers: RecordedAnswer[] = [
  { path: `${atlaskit}/pullrequests`, query: { state: 'MERGED' }, json: none },
  { path: `${atlaskit}/pullrequests`, query: { state: 'DECLINED' }, json: none },
  { path: `${pull}/commits`, json: lastPage('commits.json') },
  { path: `${pull}/statuses`, json: lastPage('statuses.json') },
  { path: `${pull}/diffstat`, file: body('pr_diffstat.json') },
  {
    path: `${pull}/diff`,
    file: body('pr_file_diff.text'),
    headers: { 'content-type': 'text/plain' },
  },
  { path: `${pull}/comments`, file: body('prcomments.json') },
  { path: '/repositories/my-workspace', file: body('repos-2.json') },
  { path: '/repositories/team-workspace', json: none },
  ...['OPEN', 'MERGED', 'DECLINED'].flatMap((state) => [
    { path: '/repositories/atlassian/stash-example-plugin/pullrequests', query: { state }, json: none },
    { path: '/workspaces/my-workspace/pullrequests/1', query: { state }, json: none },
    { path: '/workspaces/team-workspace/pullrequests/1', query: { state }, json: none },
  ]),
  { path: '/repositories/atlassian/stash-example-plugin/pullrequests', query: {}, json: none },
  ...manifestAnswers(directory, { basePath: '/2.0' }),
];

const serve = (more: RecordedAnswer[] = []) =>
  startRecordingServer({
    description,
    basePath: '/2.0',
    undocumented: [/^\/account\/[^/]+\/avatar\//],
    rewrite: ['https://api.bitbucket.org', 'https://bitbucket.org'],
    answers: [...more, ...answers],
  });

const draft = (origin: string) => ({
  kind: 'bitbucket-cloud' as const,
  alias: 'x',
  authenticationType: 'personal' as const,
  url: origin,
  email: 'brad@example.com',
});

providerSuite({
  name: 'Bitbucket Cloud with an API token',
  provider: bitbucket,
  directory,
  serve: () => serve(),
  draft,
  secret,
  user: { id: '{87bb15eb-47c1-49b3-9f16-ca824a2979a4}', login: 'brydzewski', name: 'Brad Rydzewski' },
  repository: { id: 'atlassian/atlaskit', fullName: 'atlassian/atlaskit' },
  number: 4982,
  file: { path: 'CONTRIBUTING.md', previousPath: null },
});

describe('Bitbucket Cloud', () => {
  const cloud = (more = {}) => accountDraftSchema.parse({ ...draft('https://bitbucket.org'), ...more });

  it('reads what was recorded as go-scm does', async () => {
    const server = await serve();
    const http = createHttp();
    try {
      const account = accountOf(bitbucket, draft(server.origin));
      const session = sessionOf(http, bitbucket, account, secret);
      const ref = { id: 'atlassian/atlaskit', fullName: 'atlassian/atlaskit' };
      const local = (address: string) => address.replace('https://bitbucket.org', server.origin);

      const [golden] = read('prs.json.golden') as {
        Number: number;
        Title: string;
        Body: string;
        Source: string;
        Target: string;
        Fork: string;
        Link: string;
        Created: string;
        Updated: string;
        Author: { Name: string };
      }[];
      const { pullRequest, description: text } = await bitbucket.pullRequest(session, ref, 4982);
      expect({ ...pullRequest, text }).toMatchObject({
        number: golden?.Number,
        title: golden?.Title,
        text: golden?.Body,
        source: { branch: golden?.Source, repository: golden?.Fork },
        target: { branch: golden?.Target },
        webUrl: local(golden?.Link ?? ''),
        createdAt: Date.parse(golden?.Created ?? ''),
        updatedAt: Date.parse(golden?.Updated ?? ''),
        author: { name: golden?.Author.Name },
      });

      const [repository] = read('repos.json.golden') as {
        Namespace: string;
        Name: string;
        Private: boolean;
        Branch: string;
        Clone: string;
        Link: string;
        CloneSSH: string;
        Updated: string;
      }[];
      const [found] = (await collect(bitbucket.listRepositories(session))).flat();
      expect(found).toMatchObject({
        namespace: repository?.Namespace,
        name: repository?.Name,
        visibility: repository?.Private ? 'private' : 'public',
        defaultBranch: repository?.Branch,
        webUrl: local(repository?.Link ?? ''),
        // Its clone address names a user; ours does not.
        httpsUrl: local((repository?.Clone ?? '').replace(/\/\/[^@/]*@/, '//')),
        sshUrl: repository?.CloneSSH,
      });

      const comments = read('prcomments.json.golden') as { ID: number; Body: string; Created: string }[];
      const threads = await bitbucket.threads(session, ref, 4982);
      expect(threads.map((thread) => thread.comments[0])).toMatchObject(
        comments.map((one) => ({
          id: String(one.ID),
          body: one.Body,
          createdAt: Date.parse(one.Created),
        })),
      );

      const changes = read('pr_diffstat.json.golden') as {
        Path: string;
        Added: boolean;
        Renamed: boolean;
        Deleted: boolean;
      }[];
      const { files } = await bitbucket.changedFiles(session, ref, 4982);
      expect(files).toMatchObject(
        changes.map((one) => ({
          path: one.Path,
          status: one.Added ? 'added' : one.Renamed ? 'renamed' : one.Deleted ? 'deleted' : 'modified',
        })),
      );
      expect(server.violations).toEqual([]);
    } finally {
      await http.close();
      await server.close();
    }
  });

  it('sends the API token with the e-mail address, and an access token as Bearer', async () => {
    const server = await serve([{ path: '/repositories/atlassian', file: body('repos-2.json') }]);
    const http = createHttp();
    try {
      const person = accountOf(bitbucket, draft(server.origin));
      await bitbucket.signIn(sessionOf(http, bitbucket, person, secret));
      expect(server.requests[0]?.headers.authorization).toBe(
        `Basic ${Buffer.from(`brad@example.com:${secret}`).toString('base64')}`,
      );
      const bot = accountOf(bitbucket, {
        ...draft(server.origin),
        authenticationType: 'access-token',
        organization: 'atlassian',
      });
      const result = await bitbucket.signIn(sessionOf(http, bitbucket, bot, secret));
      expect(result.user).toEqual({ id: '', login: 'x-token-auth', name: 'atlassian' });
      expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${secret}`);
      const listed = await collect(bitbucket.listRepositories(sessionOf(http, bitbucket, bot, secret)));
      expect(listed.flat().map(({ id }) => id)).toEqual(['atlassian/stash-example-plugin']);
      expect(server.requests.at(-1)?.query.has('role')).toBe(false);
      expect(server.violations).toEqual([]);
    } finally {
      await http.close();
      await server.close();
    }
  });

  it('gives git the name each kind of token needs (row 1.16)', async () => {
    const account = accountOf(bitbucket, draft('https://bitbucket.org'), { tokenName: '' });
    const session = sessionOf(createHttp(), bitbucket, account, secret);
    const given = async (more: Partial<typeof account>) =>
      await bitbucket.gitCredential({ ...session, account: { ...account, ...more } }, secret);
    expect(await given({})).toMatchObject({ username: 'x-bitbucket-api-token-auth', password: secret });
    expect(await given({ authenticationType: 'access-token' })).toMatchObject({ username: 'x-token-auth' });
    expect(await given({ tokenName: 'brydzewski' })).toMatchObject({ username: 'brydzewski' });
    expect(await given({ tokenName: 'brad@example.com' })).toMatchObject({
      username: 'x-bitbucket-api-token-auth',
    });
    expect(await given({ headerAuthentication: 'bearer' })).toEqual({
      kind: 'header',
      header: `Bearer ${secret}`,
    });
  });

  it('names the missing scope where it can, and works without knowing the user', async () => {
    const server = await serve([
      {
        path: '/user',
        status: 403,
        json: {
          type: 'error',
          error: { message: 'Your credentials lack one or more required privilege scopes.' },
        },
      },
    ]);
    const http = createHttp();
    try {
      const account = accountOf(bitbucket, draft(server.origin));
      const result = await bitbucket.signIn(sessionOf(http, bitbucket, account, secret));
      expect(result.missingScopes).toEqual(['read:user:bitbucket']);
      expect(result.user.login).toBe('brad@example.com');
    } finally {
      await http.close();
      await server.close();
    }
  });

  it('tells another server at that address', async () => {
    const server = await serve([{ path: '/user', status: 404, json: {} }]);
    const http = createHttp();
    try {
      const session = sessionOf(http, bitbucket, accountOf(bitbucket, draft(server.origin)), secret);
      expect(await failureOf(bitbucket.signIn(session))).toMatchObject({ kind: 'wrong-provider' });
    } finally {
      await http.close();
      await server.close();
    }
  });

  it('follows the next page on its own origin only', async () => {
    const server = await serve([
      {
        path: '/repositories/my-workspace',
        json: { ...(read('repos-2.json') as object), next: 'https://evil.example/2.0/repositories/x' },
      },
    ]);
    const http = createHttp();
    try {
      const account = accountOf(bitbucket, draft(server.origin));
      const session = sessionOf(http, bitbucket, account, secret);
      expect(await failureOf(collect(bitbucket.listRepositories(session)))).toMatchObject({
        kind: 'moved',
        to: 'https://evil.example',
      });
    } finally {
      await http.close();
      await server.close();
    }
  });

  it('lists the other workspaces before it says that one is shut', async () => {
    const server = await serve([{ path: '/repositories/team-workspace', status: 403, json: {} }]);
    const http = createHttp();
    try {
      const session = sessionOf(http, bitbucket, accountOf(bitbucket, draft(server.origin)), secret);
      const seen: string[] = [];
      const failed = await failureOf(
        (async () => {
          for await (const page of bitbucket.listRepositories(session))
            seen.push(...page.map(({ id }) => id));
        })(),
      );
      expect(seen).toEqual(['atlassian/stash-example-plugin']);
      expect(failed.kind).toBe('missing-permission');
    } finally {
      await http.close();
      await server.close();
    }
  });

  it('tells an app password, another provider’s token and a missing e-mail before anything is sent (rows 1.12, D)', async () => {
    const refused = async (given: string, more = {}) =>
      await failureOf((async () => bitbucket.normalizeSecret(cloud(more), given))());
    expect(await refused('ATBBxyz123')).toMatchObject({ kind: 'token-form', looksLike: 'app-password' });
    expect(await refused('ghp_abcdefghij')).toMatchObject({ kind: 'token-form', looksLike: 'github' });
    expect(await refused(secret, { email: '' })).toMatchObject({ kind: 'invalid-input', field: 'email' });
    expect(await refused(secret, { email: 'brad' })).toMatchObject({ kind: 'invalid-input', field: 'email' });
    expect(bitbucket.normalizeSecret(cloud(), ` "Bearer ${secret}"\n`)).toBe(secret);
  });

  it('knows one Cloud under the names people paste', () => {
    for (const url of ['', 'bitbucket.org', 'https://bitbucket.org/acme/website', 'http://www.bitbucket.org'])
      expect(bitbucket.address(cloud({ url }))).toMatchObject({
        url: 'https://bitbucket.org',
        origins: { api: ['https://api.bitbucket.org'], git: ['https://bitbucket.org'] },
      });
    expect(bitbucket.tokenPage(cloud())).toBe('https://id.atlassian.com/manage-profile/security/api-tokens');
  });

  it('keeps an access token to its workspace or repository', () => {
    const bound = (organization: string) =>
      accountOf(bitbucket, {
        ...draft('https://bitbucket.org'),
        authenticationType: 'access-token',
        organization,
      });
    const url = remoteUrl('https://bitbucket.org/acme/website.git');
    expect(bitbucket.matches(bound('acme'), url)).toBeGreaterThan(0);
    expect(bitbucket.matches(bound('acme/website'), url)).toBeGreaterThan(
      bitbucket.matches(bound('acme'), url) ?? 0,
    );
    expect(bitbucket.matches(bound('other'), url)).toBeNull();
    expect(bitbucket.matches(bound('acme/web'), url)).toBeNull();
    expect(bitbucket.locate(bound('acme'), url)).toEqual({ id: 'acme/website', fullName: 'acme/website' });
    expect(bitbucket.locate(bound('acme'), remoteUrl('https://bitbucket.org/acme'))).toBeNull();
  });

  it('finds what the ssh address names', () => {
    const account = accountOf(bitbucket, draft('https://bitbucket.org'));
    const url = {
      ...remoteUrl('https://bitbucket.org/acme/website.git'),
      protocol: 'ssh' as const,
      user: 'git',
    };
    expect(bitbucket.locate(account, url)?.id).toBe('acme/website');
    expect(bitbucket.locate(account, { ...url, host: 'bitbucket.example.com' })).toBeNull();
  });
});
