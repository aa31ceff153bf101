import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bitbucket } from '../../electron/providers/bitbucket';
import { createHttp } from '../../electron/providers/http';
import { accountDraftSchema } from '../../shared/contract/accounts';
import { ApiDescription } from './api-description';
import { accountOf, collect, failureOf, providerSuite, remoteUrl, sessionOf } from './provider.suite';
import { manifestAnswers, type RecordedAnswer, startRecordingServer } from './recording-server';

const directory = path.join(import.meta.dirname, 'recorded/stash');
const body = (name: string) => path.join(directory, 'bodies', name);
const read = (name: string) => JSON.parse(readFileSync(body(name), 'utf8')) as never;
const description = new ApiDescription(path.join(import.meta.dirname, 'api/bitbucket-dc.json'));
const secret = `MDM0MjM5NDc2MDxx${'c4n4ry'.repeat(5)}`;

const pulls = '/api/1.0/projects/PRJ/repos/my-repo/pull-requests';
const none = { values: [], isLastPage: true };
const states = ['OPEN', 'MERGED', 'DECLINED'];

/** The recorded page says that others follow, which were not recorded. */
const repositories = { ...(read('repos.json') as object), isLastPage: true };

const answers: RecordedAnswer[] = [
  { path: '/api/1.0/application-properties', json: { version: '9.4.1', displayName: 'Bitbucket' } },
  { path: '/api/1.0/repos', json: repositories, headers: { 'x-ausername': 'jcitizen' } },
  { path: pulls, query: { state: 'OPEN' }, file: body('prs.json') },
  { path: pulls, query: { state: 'MERGED' }, json: none },
  { path: pulls, query: { state: 'DECLINED' }, json: none },
  { path: `${pulls}/1/activities`, file: body('pr_comments.json') },
  { path: `${pulls}/1/merge`, json: { canMerge: true, conflicted: false, vetoes: [] } },
  ...states.flatMap((state) => [
    { path: '/api/1.0/projects/PRJ/repos/quux/pull-requests', query: { state }, json: none },
    { path: '/api/1.0/dashboard/pull-requests', query: { state }, json: none },
  ]),
  {
    path: '/build-status/1.0/commits/131cb13f4aed12e725177bc4b7c28db67839bf9f',
    json: {
      ...none,
      values: [
        {
          state: 'SUCCESSFUL',
          key: 'ci',
          name: 'CI #7',
          url: 'https://ci.example.com/7',
          description: 'Passed',
        },
        { state: 'INPROGRESS', key: 'deploy', url: 'https://ci.example.com/8' },
      ],
    },
  },
  ...manifestAnswers(directory, { basePath: '/rest' }).filter(({ file }) => !/pr_iso_dates/.test(file ?? '')),
];

const serve = (more: RecordedAnswer[] = []) =>
  startRecordingServer({
    description,
    basePath: '/rest',
    undocumented: [/^\/plugins\/servlet\/applinks\/whoami$/, /^\/users\/[^/]+\/avatar\.png$/],
    rewrite: ['http://example.com:7990'],
    answers: [...more, ...answers],
  });

const draft = (origin: string) => ({
  kind: 'bitbucket-data-center' as const,
  alias: 'x',
  authenticationType: 'personal' as const,
  url: origin,
});

providerSuite({
  name: 'Bitbucket Data Center with an HTTP access token',
  provider: bitbucket,
  directory,
  serve: () => serve(),
  draft,
  secret,
  user: { id: '1', login: 'jcitizen', name: 'Jane Citizen' },
  repository: { id: 'PRJ/my-repo', fullName: 'PRJ/my-repo' },
  number: 1,
  file: { path: 'main.go', previousPath: null },
});

async function withServer(
  more: RecordedAnswer[],
  work: (session: ReturnType<typeof sessionOf>, server: Awaited<ReturnType<typeof serve>>) => Promise<void>,
): Promise<void> {
  const server = await serve(more);
  const http = createHttp();
  try {
    const account = accountOf(bitbucket, draft(server.origin));
    await work(sessionOf(http, bitbucket, account, secret), server);
  } finally {
    await http.close();
    await server.close();
  }
}

const ref = { id: 'PRJ/my-repo', fullName: 'PRJ/my-repo' };

describe('Bitbucket Data Center', () => {
  it('reads what was recorded as go-scm does', async () => {
    await withServer([], async (session, server) => {
      const local = (address: string) => address.replace('http://example.com:7990', server.origin);
      const [golden] = read('prs.json.golden') as {
        Number: number;
        Title: string;
        Body: string;
        Source: string;
        Target: string;
        Link: string;
        Created: string;
        Author: { Login: string; Name: string };
      }[];
      const { pullRequest, description: text } = await bitbucket.pullRequest(session, ref, 1);
      expect({ ...pullRequest, text }).toMatchObject({
        number: golden?.Number,
        title: golden?.Title,
        text: golden?.Body,
        source: { branch: golden?.Source, repository: null },
        target: { branch: golden?.Target },
        webUrl: local(golden?.Link ?? ''),

        author: { login: golden?.Author.Login, name: golden?.Author.Name },
      });

      // The golden file holds whole seconds.
      expect(Math.floor(pullRequest.createdAt / 1000)).toBe(Date.parse(golden?.Created ?? '') / 1000);

      const golds = read('repos.json.golden') as {
        Namespace: string;
        Name: string;
        Clone: string;
        CloneSSH: string;
      }[];
      const found = (await collect(bitbucket.listRepositories(session))).flat();
      expect(found).toMatchObject(
        golds.map((one) => ({
          id: `${one.Namespace}/${one.Name}`,
          httpsUrl: local(one.Clone).replace(/\/\/[^@/]*@/, '//'),
          sshUrl: one.CloneSSH,
        })),
      );

      const changes = read('pr_change.json.golden') as {
        Path: string;
        Added: boolean;
        Renamed: boolean;
        Deleted: boolean;
      }[];
      const { files } = await bitbucket.changedFiles(session, ref, 1);
      expect(files).toMatchObject(
        changes.map((one) => ({
          path: one.Path,
          status: one.Added ? 'added' : one.Renamed ? 'renamed' : one.Deleted ? 'deleted' : 'modified',
        })),
      );
      expect(server.violations).toEqual([]);
    });
  });

  it('reads moments as numbers and as text alike', async () => {
    let expected: unknown;
    await withServer([], async (session) => {
      expected = (await bitbucket.pullRequest(session, ref, 1)).pullRequest.createdAt;
    });
    await withServer([{ path: `${pulls}/1`, file: body('pr_iso_dates.json') }], async (session) => {
      const { pullRequest } = await bitbucket.pullRequest(session, ref, 1);
      expect(pullRequest.createdAt).toBe(Math.floor(Number(expected) / 1000) * 1000);
    });
  });

  it('goes from page to page by nextPageStart', async () => {
    const [first, second] = (repositories as unknown as { values: object[] }).values;
    await withServer(
      [
        {
          path: '/api/1.0/repos',
          query: { start: '0' },
          json: { values: [first], isLastPage: false, nextPageStart: 1 },
        },
        { path: '/api/1.0/repos', query: { start: '1' }, json: { values: [second], isLastPage: true } },
      ],
      async (session) => {
        const pages = await collect(bitbucket.listRepositories(session));
        expect(pages.map((page) => page.map(({ id }) => id))).toEqual([['PRJ/my-repo'], ['PRJ/quux']]);
      },
    );
  });

  it('ends when the pages lead in a circle', async () => {
    await withServer(
      [{ path: '/api/1.0/repos', json: { values: [], isLastPage: false, nextPageStart: 0 } }],
      async (session) => {
        expect(await failureOf(collect(bitbucket.listRepositories(session)))).toMatchObject({
          kind: 'unexpected-answer',
        });
      },
    );
  });

  it('keeps the context path in every request and address', async () => {
    const server = await startRecordingServer({ description, basePath: '/bitbucket/rest', answers });
    const http = createHttp();
    try {
      const account = accountOf(bitbucket, draft(`${server.origin}/bitbucket/projects/PRJ`));
      expect(account.url).toBe(`${server.origin}/bitbucket`);
      const [first] = (
        await collect(bitbucket.listRepositories(sessionOf(http, bitbucket, account, secret)))
      ).flat();
      expect(first?.httpsUrl).toBe(`${server.origin}/bitbucket/scm/prj/my-repo.git`);
      expect(bitbucket.locate(account, remoteUrl(first?.httpsUrl ?? ''))?.id).toBe('PRJ/my-repo');
      expect(bitbucket.matches(account, remoteUrl(`${server.origin}/scm/prj/my-repo.git`))).toBeNull();
      expect(server.violations).toEqual([]);
    } finally {
      await http.close();
      await server.close();
    }
  });

  it('gives git the owner’s name with the token, and Bearer where the server names none', async () => {
    await withServer(
      [
        {
          path: '/plugins/servlet/applinks/whoami',
          text: 'jcitizen',
          headers: { 'content-type': 'text/plain' },
        },
      ],
      async (session) => {
        expect(await bitbucket.gitCredential(session, secret)).toEqual({
          kind: 'password',
          username: 'jcitizen',
          password: secret,
        });
        const own = { ...session.account, username: 'jane' };
        expect(await bitbucket.gitCredential({ ...session, account: own }, secret)).toMatchObject({
          username: 'jane',
        });
      },
    );
    await withServer(
      [{ path: '/plugins/servlet/applinks/whoami', text: '', headers: { 'content-type': 'text/plain' } }],
      async (session) => {
        expect(await bitbucket.gitCredential(session, secret)).toEqual({
          kind: 'header',
          header: `Bearer ${secret}`,
        });
      },
    );
  });

  it('tells a page that is no Bitbucket from a refused token', async () => {
    await withServer(
      [{ path: '/api/1.0/application-properties', status: 404, json: {} }],
      async (session) => {
        expect(await failureOf(bitbucket.signIn(session))).toMatchObject({ kind: 'wrong-provider' });
      },
    );
  });

  it('makes one thread of a comment and its answers, and sentences of votes', async () => {
    const jane = { id: 1, name: 'jane', displayName: 'Jane' };
    const comment = {
      id: 5,
      text: 'Why?',
      author: jane,
      createdDate: 1000,
      threadResolved: true,
      comments: [{ id: 6, text: 'Because.', author: jane, createdDate: 2000, comments: [] }],
    };
    const anchor = { path: 'main.go', line: 7, lineType: 'REMOVED', fileType: 'FROM', orphaned: true };
    await withServer(
      [
        {
          path: `${pulls}/1/activities`,
          json: {
            isLastPage: true,
            values: [
              { id: 3, action: 'APPROVED', user: jane, createdDate: 3000 },
              {
                id: 2,
                action: 'COMMENTED',
                commentAction: 'REPLIED',
                user: jane,
                createdDate: 2000,
                comment,
              },
              {
                id: 1,
                action: 'COMMENTED',
                commentAction: 'ADDED',
                user: jane,
                createdDate: 1000,
                comment,
                commentAnchor: anchor,
              },
            ],
          },
        },
      ],
      async (session) => {
        const threads = await bitbucket.threads(session, ref, 1);
        expect(threads).toMatchObject([
          {
            id: '5',
            position: { path: 'main.go', line: 7, side: 'old', outdated: true },
            resolved: true,
            comments: [{ body: 'Why?' }, { body: 'Because.' }],
          },
          { comments: [{ body: 'Jane approved this pull request.', system: true }] },
        ]);
      },
    );
  });

  it('shows an added, a binary and a cut file for what they are', async () => {
    const told = async (answer: object) => {
      let diff: unknown;
      await withServer([{ path: `${pulls}/1/diff/main.go`, json: answer }], async (session) => {
        diff = await bitbucket.fileDiff(session, ref, 1, { path: 'main.go', previousPath: null });
      });
      return diff;
    };
    const hunk = {
      sourceLine: 0,
      sourceSpan: 0,
      destinationLine: 1,
      destinationSpan: 1,
      segments: [{ type: 'ADDED', lines: [{ line: 'x' }] }],
    };
    const destination = { toString: 'main.go' };
    expect(await told({ diffs: [{ source: null, destination, hunks: [hunk] }] })).toEqual({
      kind: 'patch',
      patch: '--- /dev/null\n+++ b/main.go\n@@ -0,0 +1,1 @@\n+x\n',
    });
    expect(await told({ diffs: [{ source: null, destination, binary: true }] })).toEqual({ kind: 'binary' });
    expect(
      await told({ diffs: [{ source: null, destination, hunks: [{ ...hunk, truncated: true }] }] }),
    ).toMatchObject({ kind: 'too-large' });
  });

  it('reduces the pages people paste to the server', () => {
    const url = (typed: string) => bitbucket.address(accountDraftSchema.parse({ ...draft(typed) })).url;
    expect(url('https://git.example.com/projects/PRJ/repos/x/browse?at=main')).toBe(
      'https://git.example.com',
    );
    expect(url('git.example.com:7990/stash/')).toBe('https://git.example.com:7990/stash');
    expect(bitbucket.tokenPage(accountDraftSchema.parse(draft('git.example.com/stash')))).toBe(
      'https://git.example.com/stash/plugins/servlet/access-tokens/manage',
    );
  });
});
