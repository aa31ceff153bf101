import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { azureDevOps } from '../../electron/providers/azure-devops';
import { createHttp } from '../../electron/providers/http';
import type { Session } from '../../electron/providers/provider';
import { type AccountDraftInput, accountDraftSchema } from '../../shared/contract/accounts';
import { ApiDescription } from './api-description';
import { accountOf, collect, failureOf, providerSuite, remoteUrl, sessionOf } from './provider.suite';
import {
  type RecordedAnswer,
  type RecordingServer,
  type RecordingServerOptions,
  startRecordingServer,
} from './recording-server';
import { hostileEntries } from '../security/hostile-inputs';

const directory = path.join(import.meta.dirname, 'recorded/azure-examples');
const api = (name: string) =>
  new ApiDescription(path.join(import.meta.dirname, 'api', name), { ignoreCase: true });
const services = api('azure-devops-7.1.json');
const onPremises = api('azure-devops-server-7.1.json');
const secret = `${'c4n4ry'.repeat(12)}xxxxAZDO1234`;
const me = 'd6245f20-2af8-44f4-9451-8107cb2767db';

/** The answer of one of Microsoft's examples. */
function example(name: string): { value: unknown[] } & Record<string, unknown> {
  const text = readFileSync(path.join(directory, 'bodies', name), 'utf8');
  return (JSON.parse(text) as { responses: { '200': { body: never } } }).responses['200'].body;
}

const none = { count: 0, value: [] };
const connectionData = {
  authenticatedUser: {
    id: me,
    providerDisplayName: 'Normal Paulk',
    properties: { Account: { $type: 'System.String', $value: 'fabrikamfiber16@hotmail.com' } },
  },
  deploymentType: 'hosted',
};
const projectId = 'a7573007-bbb3-4341-b726-0c4148a07853';

/** The examples of one edition under the account's base path. */
function answersOf(base: string, prefix = ''): RecordedAnswer[] {
  const pulls = `${base}/2016_10_31/_apis/git/repositories/2016_10_31/pullRequests`;
  const projects = ['Fabrikam-Fiber-Git', 'TestGit', '2016_10_31'];
  return [
    { path: `${base}/_apis/connectionData`, json: connectionData },
    { path: `${base}/_apis/git/repositories`, json: example(`${prefix}repositories.json`) },
    { path: `${base}/_apis/projects`, json: example(`${prefix}projects.json`) },
    ...projects.map((project) => ({ path: `${base}/${project}/_apis/git/pullRequests`, json: none })),
    {
      path: `${base}/TestGit/_apis/git/pullRequests`,
      query: { 'searchCriteria.status': 'active' },
      json: example(`${prefix}pull-requests-of-project.json`),
    },
    {
      path: pulls,
      query: { 'searchCriteria.status': 'active' },
      json: example(`${prefix}pull-requests.json`),
    },
    { path: pulls, query: { 'searchCriteria.status': 'completed' }, json: example('completed.json') },
    { path: pulls, query: { 'searchCriteria.status': 'abandoned' }, json: none },
    { path: `${pulls}/22`, json: example(`${prefix}pull-request.json`) },
    { path: `${pulls}/22/threads`, json: example('threads.json') },
    { path: `${pulls}/22/statuses`, json: example('statuses.json') },
    {
      path: `${pulls}/22/labels`,
      json: {
        count: 2,
        value: [
          { id: '1', name: 'docs', active: true },
          { id: '2', name: 'old', active: false },
        ],
      },
    },
    {
      path: `${pulls}/22/commits`,
      json: {
        count: 2,
        value: [
          {
            commitId: 'b60280bc6e62e2f880f1b63c1e24987664d3bda3',
            comment: 'Second\n\nmore',
            author: { name: 'Normal Paulk', date: '2016-11-01T16:30:26Z' },
          },
          {
            commitId: '69c69a4ba3e1a46b8ea1a4b8b1f7c4a1d1d1a2b3',
            comment: 'First',
            author: { name: 'Normal Paulk', date: '2016-11-01T16:00:00Z' },
          },
        ],
      },
    },
    { path: `${pulls}/22/iterations`, json: { count: 2, value: [{ id: 1 }, { id: 2 }] } },
    { path: `${pulls}/22/iterations/2/changes`, json: example('changes.json') },
    {
      path: `${base}/2016_10_31/_apis/git/repositories/2016_10_31/blobs/e21e56d119ae81fb4ffebc4fefc6351f5b5ef888`,
      text: '#include "new_feature.h"\n',
      headers: { 'content-type': 'application/octet-stream' },
    },
    {
      path: `${base}/2016_10_31/_apis/policy/evaluations`,
      query: { artifactId: `vstfs:///CodeReview/CodeReviewId/${projectId}/22` },
      json: {
        count: 3,
        value: [
          {
            status: 'approved',
            configuration: {
              isEnabled: true,
              isBlocking: true,
              type: { displayName: 'Minimum number of reviewers' },
              settings: {},
            },
          },
          {
            status: 'rejected',
            configuration: {
              isEnabled: true,
              isBlocking: false,
              type: { displayName: 'Build' },
              settings: { displayName: 'CI' },
            },
          },
          { status: 'queued', configuration: { isEnabled: false, type: { displayName: 'Build' } } },
        ],
      },
    },
  ];
}

const undocumented = [/\/_apis\/connectionData$/, /\/_api\/_common\/identityImage$/];
type Serving = Partial<RecordingServerOptions>;

const serveServices = (more: RecordedAnswer[] = [], options: Serving = {}) =>
  startRecordingServer({
    description: services,
    undocumented,
    rewrite: ['https://dev.azure.com'],
    answers: [...more, ...answersOf('/fabrikam')],
    ...options,
  });

const serveServer = (more: RecordedAnswer[] = [], options: Serving = {}) =>
  startRecordingServer({
    description: onPremises,
    undocumented,
    basePath: '/tfs',
    rewrite: [],
    // The examples name the collection nowhere in their addresses, and connectionData is asked below /tfs.
    answers: [
      ...more,
      { path: '/tfs/fabrikam/_apis/connectionData', json: connectionData },
      ...answersOf('/fabrikam', 'server-'),
    ],
    ...options,
  });

const servicesDraft = (origin: string): AccountDraftInput => ({
  kind: 'azure-devops-services',
  alias: 'x',
  authenticationType: 'personal',
  url: origin,
  organization: 'fabrikam',
});
const serverDraft = (origin: string): AccountDraftInput => ({
  kind: 'azure-devops-server',
  alias: 'x',
  authenticationType: 'personal',
  url: `${origin}/tfs/fabrikam`,
  headerAuthentication: 'basic',
});

const common = {
  provider: azureDevOps,
  secret,
  user: { id: me, login: 'fabrikamfiber16@hotmail.com', name: 'Normal Paulk' },
  account: { user: { id: me, login: 'fabrikamfiber16@hotmail.com', name: 'Normal Paulk' } },
  repository: { id: 'fabrikam/2016_10_31/2016_10_31', fullName: '2016_10_31/2016_10_31' },
  number: 22,
  file: { path: 'new_feature.cpp', previousPath: null },
};

providerSuite({
  ...common,
  name: 'Azure DevOps Services with a personal access token',
  directory: path.join(directory, 'services'),
  serve: () => serveServices(),
  draft: servicesDraft,
});

providerSuite({
  ...common,
  name: 'Azure DevOps Server with a personal access token',
  directory: path.join(directory, 'server'),
  serve: () => serveServer(),
  draft: serverDraft,
});

async function using(
  server: RecordingServer,
  draft: (origin: string) => AccountDraftInput,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const http = createHttp({ retryDelay: 1 });
  try {
    const account = accountOf(azureDevOps, draft(server.origin), common.account);
    await work(sessionOf(http, azureDevOps, account, secret));
  } finally {
    await http.close();
    await server.close();
  }
}

const withServices = async (
  more: RecordedAnswer[],
  work: (session: Session, server: RecordingServer) => Promise<void>,
  draft = servicesDraft,
) => {
  const server = await serveServices(more);
  await using(server, draft, (session) => work(session, server));
};

const withServer = async (
  more: RecordedAnswer[],
  work: (session: Session, server: RecordingServer) => Promise<void>,
) => {
  const server = await serveServer(more);
  await using(server, serverDraft, (session) => work(session, server));
};

describe('Azure DevOps sign-in', () => {
  it('sends the token as the password of an empty name and asks for no redirect', async () => {
    await withServices([], async (session, server) => {
      await azureDevOps.signIn(session);
      for (const request of server.requests) {
        expect(request.headers.authorization).toBe(`Basic ${Buffer.from(`:${secret}`).toString('base64')}`);
        expect(request.headers['x-tfs-fedauthredirect']).toBe('Suppress');
      }
    });
  });

  it('needs no scope but Code: a refusal of /projects is no failure of the account (rows 4.12, E)', async () => {
    await withServer([{ path: '/fabrikam/_apis/projects', status: 401, json: {} }], async (session) => {
      expect((await azureDevOps.signIn(session)).user.id).toBe(me);
    });
  });

  it('tests a token of a server as its administrators do: the list of projects, REST 6.0 (row 4.12)', async () => {
    await withServer([], async (session, server) => {
      await azureDevOps.signIn(session);
      const check = server.requests.find(({ path }) => path.endsWith('/_apis/projects'));
      expect(check).toMatchObject({ method: 'GET', path: '/tfs/fabrikam/_apis/projects' });
      expect(check?.query.get('api-version')).toBe('6.0');
      expect(check?.headers.authorization).toBe(`Basic ${Buffer.from(`:${secret}`).toString('base64')}`);
    });
  });

  it('names the missing scope where the token is good for other things', async () => {
    await withServices(
      [{ path: '/fabrikam/_apis/git/repositories', status: 401, json: {} }],
      async (session) => {
        expect(await failureOf(azureDevOps.signIn(session))).toMatchObject({
          kind: 'missing-permission',
          needed: ['Code (Read)'],
        });
      },
    );
  });

  it('refuses a token that public projects let in as nobody', async () => {
    const nobody = { id: 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa', providerDisplayName: 'Anonymous' };
    await withServices(
      [{ path: '/fabrikam/_apis/connectionData', json: { authenticatedUser: nobody } }],
      async (session) => {
        expect(await failureOf(azureDevOps.signIn(session))).toMatchObject({ kind: 'token-refused' });
      },
    );
  });

  interface HostileAnswer {
    provider: string;
    status: number;
    type?: string;
    location?: string;
    body?: string;
  }
  const hostile = hostileEntries('api-response')
    .map(({ id, input }) => ({
      id,
      ...(input as HostileAnswer),
    }))
    .filter(({ provider }) => provider === 'azure');

  it.each(hostile)(
    'tells $id ($status) for a sign-in page, asking once and sending the token nowhere else',
    async (given) => {
      const { status, body: text = '' } = given;
      const headers: Record<string, string> = given.location
        ? { location: given.location }
        : { 'content-type': given.type ?? '' };
      const all = ['git/repositories', 'connectionData'].map((resource) => ({
        path: `/fabrikam/_apis/${resource}`,
        status,
        headers,
        text,
      }));
      await withServices(all, async (session, server) => {
        expect(await failureOf(azureDevOps.signIn(session))).toMatchObject({ kind: 'sign-in-page' });
        expect(server.requests).toHaveLength(2);
      });
    },
  );

  it.each([
    ['5.1', 'Azure DevOps Server 2019 (REST 5.1)'],
    ['6.0', 'Azure DevOps Server 2020 (REST 6.0)'],
    ['4.1', 'Team Foundation Server 2018 (REST 4.1)'],
    ['2.2', 'Team Foundation Server 2015 (REST 2.2)'],
  ])('row 4.4 row 4.5: says that a server with REST %s is too old', async (newest, found) => {
    const refusal = {
      status: 400,
      json: {
        message: `The requested REST API version of 7.0 is out of range for this server. The latest REST API version this server supports is ${newest}.`,
        typeKey: 'VssVersionOutOfRangeException',
      },
    };
    await withServer([{ path: '/fabrikam/_apis/git/repositories', ...refusal }], async (session) => {
      expect(await failureOf(azureDevOps.signIn(session))).toEqual({
        kind: 'server-too-old',
        host: new URL(session.account.url).host,
        found,
        minimum: 'Azure DevOps Server 2022',
      });
    });
  });

  it('warns of a server that calls itself localhost and still uses the configured address (row 4.13)', async () => {
    const believed = example('server-repositories.json');
    const wrong = JSON.parse(
      JSON.stringify(believed).replaceAll('https://fabrikam:8080', 'http://localhost:8080/tfs/fabrikam'),
    ) as unknown;
    await withServer([{ path: '/fabrikam/_apis/git/repositories', json: wrong }], async (session) => {
      const { warnings } = await azureDevOps.signIn(session);
      expect(warnings).toMatchObject([{ kind: 'server-public-url' }]);
      expect(JSON.stringify(warnings)).toContain('localhost:8080');
      const listed = (await collect(azureDevOps.listRepositories(session))).flat();
      expect(listed.length).toBe(3);
      expect(JSON.stringify(listed)).not.toContain('localhost');
      for (const { httpsUrl } of listed) expect(httpsUrl).toContain(`${session.account.url}/fabrikam/`);
    });
  });

  it('row 4.7: says which collection is not there', async () => {
    const nothing = ['projects', 'connectionData'].map((name) => ({
      path: `/fabrikam/_apis/${name}`,
      status: 404,
      json: {},
    }));
    await withServer(nothing, async (session) => {
      expect(await failureOf(azureDevOps.signIn(session))).toMatchObject({
        kind: 'not-found',
        what: 'the collection "fabrikam"',
      });
    });
  });

  it('row 4.5: knows Server 2019 by the addresses it has no route for', async () => {
    await withServer([{ path: '/fabrikam/_apis/projects', status: 404, text: '' }], async (session) => {
      expect(await failureOf(azureDevOps.signIn(session))).toMatchObject({
        kind: 'server-too-old',
        found: 'Azure DevOps Server 2019 or Team Foundation Server',
      });
    });
  });
});

describe('an Azure DevOps token for all organizations', () => {
  const draft = (origin: string): AccountDraftInput => ({ ...servicesDraft(origin), organization: '' });
  const profile = [
    { path: '/_apis/profile/profiles/me', json: example('profile.json') },
    { path: '/_apis/accounts', json: example('accounts.json') },
  ];
  const [one] = (example('repositories.json').value as object[]).slice(2);
  const each = [
    { path: '/Fabrikam-Fiber-Inc/_apis/git/repositories', json: { value: [one] } },
    { path: '/NormalPaulk/_apis/git/repositories', json: { value: [one] } },
  ];

  it('is accepted, with its end named, and lists every organization (rows 2.10, 3.6, B)', async () => {
    await withServices(
      [...profile, ...each],
      async (session, server) => {
        const result = await azureDevOps.signIn(session);
        expect(result.user).toMatchObject({ name: 'Normal Paulk' });
        expect(result.notes.join(' ')).toContain('2026-12-01');
        const listed = (await collect(azureDevOps.listRepositories(session))).flat();
        expect(listed.map(({ id }) => id)).toEqual([
          'fabrikam-fiber-inc/testgit/testgit',
          'normalpaulk/testgit/testgit',
        ]);
        expect(server.violations).toEqual([]);
      },
      draft,
    );
  });

  it('lists the other organizations before it says that one is shut', async () => {
    await withServices(
      [{ path: '/Fabrikam-Fiber-Inc/_apis/git/repositories', status: 401, json: {} }, ...profile, ...each],
      async (session) => {
        const seen: string[] = [];
        const failure = await failureOf(
          (async () => {
            for await (const page of azureDevOps.listRepositories(session))
              seen.push(...page.map(({ id }) => id));
          })(),
        );
        expect(seen).toEqual(['normalpaulk/testgit/testgit']);
        expect(failure.kind).toBe('token-refused');
      },
      draft,
    );
  });

  it('asks for the organization where the token shows none', async () => {
    await withServices(
      [{ path: '/_apis/profile/profiles/me', status: 401, json: {} }],
      async (session) => {
        expect(await failureOf(azureDevOps.signIn(session))).toMatchObject({
          kind: 'invalid-input',
          field: 'organization',
        });
      },
      draft,
    );
  });
});

describe('Azure DevOps pull requests', () => {
  it('maps Microsoft’s example field by field', async () => {
    await withServices([], async (session) => {
      const raw = example('pull-request.json') as unknown as {
        title: string;
        description: string;
        createdBy: { id: string; displayName: string; uniqueName: string };
        creationDate: string;
      };
      const detail = await azureDevOps.pullRequest(session, common.repository, 22);
      expect(detail).toMatchObject({
        description: raw.description,
        mergeable: true,
        labels: ['docs'],
        reviewers: [{ vote: 'none', required: false }],
        failures: [],
        pullRequest: {
          title: raw.title,
          providerState: 'active',
          author: { id: raw.createdBy.id, name: raw.createdBy.displayName, login: raw.createdBy.uniqueName },
          createdAt: Date.parse(raw.creationDate),
          source: { branch: 'npaulk/my_work', repository: null },
          target: { branch: 'new_feature' },
          mine: true,
          awaitsMyReview: true,
          checks: 'failed',
        },
      });
      expect(detail.commits.map(({ subject }) => subject)).toEqual(['First', 'Second']);
      expect(detail.checks.map(({ name, state }) => [name, state])).toEqual([
        ['Minimum number of reviewers', 'passed'],
        ['CI', 'failed'],
        ['vsts-samples/sample-status-2', 'passed'],
        ['vsts-samples/sample-status-4', 'passed'],
      ]);
    });
  });

  it('knows all votes', async () => {
    const raw = example('pull-request.json') as unknown as { reviewers: object[] };
    const votes = [10, 5, 0, -5, -10];
    const json = {
      ...raw,
      reviewers: votes.map((vote) => ({ ...raw.reviewers[0], vote, isRequired: vote > 5 })),
    };
    const pulls = '/fabrikam/2016_10_31/_apis/git/repositories/2016_10_31/pullRequests/22';
    await withServices([{ path: pulls, json }], async (session) => {
      const { reviewers, pullRequest } = await azureDevOps.pullRequest(session, common.repository, 22);
      expect(reviewers.map(({ vote }) => vote)).toEqual([
        'approved',
        'approved-with-suggestions',
        'none',
        'waiting',
        'changes-requested',
      ]);
      expect(reviewers[0]?.required).toBe(true);
      expect(pullRequest.review).toBe('changes-requested');
    });
  });

  it('shows the rest where checks and labels may not be read', async () => {
    const pulls = '/fabrikam/2016_10_31/_apis/git/repositories/2016_10_31/pullRequests/22';
    await withServices(
      [
        { path: `${pulls}/labels`, status: 403, json: {} },
        { path: `${pulls}/statuses`, status: 403, json: {} },
        {
          path: '/fabrikam/2016_10_31/_apis/policy/evaluations',
          query: { artifactId: `vstfs:///CodeReview/CodeReviewId/${projectId}/22` },
          status: 403,
          json: {},
        },
      ],
      async (session) => {
        const detail = await azureDevOps.pullRequest(session, common.repository, 22);
        expect(detail.failures.map(({ part }) => part).sort()).toEqual(['checks', 'labels']);
        expect(detail.pullRequest.checks).toBe('unknown');
        expect(detail.commits).toHaveLength(2);
      },
    );
  });

  it('asks each project once, and says which did not answer', async () => {
    await withServices(
      [{ path: '/fabrikam/Fabrikam-Fiber-Git/_apis/git/pullRequests', status: 403, json: {} }],
      async (session, server) => {
        const pages = await collect(azureDevOps.listPullRequests(session, { state: 'open', scope: 'all' }));
        expect(pages.flatMap(({ items }) => items).map(({ number }) => number)).toEqual([22, 21, 1]);
        expect(pages.at(-1)?.partial).toBe('One project did not show its pull requests.');
        expect(server.requests.filter((request) => /pullRequests$/i.test(request.path))).toHaveLength(2);
      },
    );
  });

  it('compares renamed, deleted and binary files by their contents', async () => {
    const pulls = '/fabrikam/2016_10_31/_apis/git/repositories/2016_10_31/pullRequests/22';
    const blob = (id: string, text: string): RecordedAnswer => ({
      path: `/fabrikam/2016_10_31/_apis/git/repositories/2016_10_31/blobs/${id}`,
      text,
      headers: { 'content-type': 'application/octet-stream' },
    });
    const changeEntries = [
      {
        changeType: 'edit, rename',
        item: { path: '/b.txt', objectId: 'b2', originalObjectId: 'b1' },
        originalPath: '/a.txt',
      },
      { changeType: 'delete', item: { path: '/gone.txt', originalObjectId: 'g1' } },
      { changeType: 'add', item: { path: '/p.png', objectId: 'p1' } },
      { changeType: 'add', item: { path: '/folder', objectId: 'f1', isFolder: true, gitObjectType: 'tree' } },
    ];
    await withServices(
      [
        { path: `${pulls}/iterations/2/changes`, json: { changeEntries } },
        blob('b1', 'old\n'),
        blob('b2', 'new\n'),
        blob('g1', 'bye\n'),
        blob('p1', 'PNG\0\0'),
      ],
      async (session) => {
        const { files } = await azureDevOps.changedFiles(session, common.repository, 22);
        expect(files.map(({ path, previousPath, status }) => [path, previousPath, status])).toEqual([
          ['b.txt', 'a.txt', 'renamed'],
          ['gone.txt', null, 'deleted'],
          ['p.png', null, 'added'],
        ]);
        const diffs = [];
        for (const file of files)
          diffs.push(await azureDevOps.fileDiff(session, common.repository, 22, file));
        expect(diffs).toEqual([
          { kind: 'contents', before: 'old\n', after: 'new\n' },
          { kind: 'contents', before: 'bye\n', after: null },
          { kind: 'binary' },
        ]);
      },
    );
  });

  it('places a comment at its line and side, and tells open from resolved', async () => {
    const comments = [{ id: 1, content: 'Hm', commentType: 'text', publishedDate: '2020-01-01T00:00:00Z' }];
    const at = (context: object, status: string, id: number) => ({
      id,
      comments,
      status,
      threadContext: { filePath: '/src/a.ts', ...context },
    });
    const pulls = '/fabrikam/2016_10_31/_apis/git/repositories/2016_10_31/pullRequests/22';
    const value = [
      at({ rightFileStart: { line: 3, offset: 1 } }, 'active', 1),
      at({ leftFileStart: { line: 4, offset: 1 } }, 'wontFix', 2),
      at({}, 'pending', 3),
      { ...at({}, 'active', 4), isDeleted: true },
    ];
    await withServices([{ path: `${pulls}/threads`, json: { value } }], async (session) => {
      const threads = await azureDevOps.threads(session, common.repository, 22);
      expect(
        threads.map(({ id, position, resolved }) => [id, position?.line, position?.side, resolved]),
      ).toEqual([
        ['1', 3, 'new', false],
        ['2', 4, 'old', true],
        ['3', null, 'new', false],
      ]);
      expect(threads[0]?.position?.path).toBe('src/a.ts');
    });
  });
});

describe('Azure DevOps addresses', () => {
  const parse = (more: Partial<AccountDraftInput>) =>
    accountDraftSchema.parse({
      kind: 'azure-devops-services',
      alias: '',
      authenticationType: 'personal',
      ...more,
    });
  const split = (url: string, collection = '') => {
    const found = azureDevOps.address(parse({ kind: 'azure-devops-server', url, collection }));
    return [found.url, found.collection];
  };

  it.each([
    ['https://dev.azure.com', 'fabrikam'],
    ['', 'https://dev.azure.com/fabrikam/'],
    ['https://dev.azure.com/fabrikam/Project/_git/Repo', ''],
    ['https://someone@dev.azure.com/fabrikam', ''],
    ['https://fabrikam.visualstudio.com/DefaultCollection/Project/_git/Repo', ''],
    ['', 'https://fabrikam.visualstudio.com'],
  ])('finds the organization in %s and %s', (url, organization) => {
    expect(azureDevOps.address(parse({ url, organization }))).toEqual({
      url: 'https://dev.azure.com',
      organization: 'fabrikam',
      collection: '',
      origins: {
        api: ['https://dev.azure.com'],
        git: ['https://dev.azure.com', 'https://fabrikam.visualstudio.com'],
      },
    });
  });

  it('splits the collection off, wherever it was given (rows 0.8, 4.6, 4.7, A)', () => {
    expect(split('https://azure.example.com', 'Fiber')).toEqual(['https://azure.example.com', 'Fiber']);
    expect(split('https://azure.example.com/Fiber')).toEqual(['https://azure.example.com', 'Fiber']);
    expect(split('https://azure.example.com/Fiber/', 'fiber')).toEqual([
      'https://azure.example.com',
      'fiber',
    ]);
    expect(split('http://azure:8080/tfs/Fiber')).toEqual(['http://azure:8080/tfs', 'Fiber']);
    expect(split('http://azure:8080/tfs', 'Fiber')).toEqual(['http://azure:8080/tfs', 'Fiber']);
    expect(split('http://azure:8080/tfs/Fiber/Project/_git/Repo')).toEqual([
      'http://azure:8080/tfs',
      'Fiber',
    ]);
    expect(split('https://azure/Fiber/Project/_git/Repo?path=/a')).toEqual(['https://azure', 'Fiber']);
    expect(split('https://azure/My%20Fiber/_usersSettings/tokens')).toEqual(['https://azure', 'My Fiber']);
  });

  it.each([
    [{ kind: 'azure-devops-server' as const, url: 'https://azure.example.com' }, 'collection'],
    [{ kind: 'azure-devops-server' as const, url: 'http://azure:8080/tfs' }, 'collection'],
    [{ kind: 'azure-devops-server' as const, url: '' }, 'url'],
    [{ organization: 'no such name' }, 'organization'],
  ])('says what is wrong with %o', async (more, field) => {
    const told = await failureOf((async () => azureDevOps.address(parse(more)))());
    expect(told).toMatchObject({ kind: 'invalid-input', field });
  });

  it('opens the page where the token is made (rows 0.2, 3.5)', () => {
    expect(azureDevOps.tokenPage(parse({ organization: 'fabrikam' }))).toBe(
      'https://dev.azure.com/fabrikam/_usersSettings/tokens',
    );
    expect(azureDevOps.tokenPage(parse({}))).toBe('https://aex.dev.azure.com/me');
    expect(
      azureDevOps.tokenPage(
        parse({ kind: 'azure-devops-server', url: 'https://azure/tfs', collection: 'Fiber' }),
      ),
    ).toBe('https://azure/tfs/Fiber/_usersSettings/tokens');
    expect(azureDevOps.tokenPage(parse({ kind: 'azure-devops-server', url: '' }))).toBeNull();
  });

  const account = accountOf(azureDevOps, parse({ organization: 'Fabrikam' }));
  const ssh = (host: string, path: string, user = 'git') => ({
    ...remoteUrl(`https://${host}/${path}`),
    protocol: 'ssh' as const,
    user,
  });

  it.each([
    ['https://dev.azure.com/fabrikam/My%20Project/_git/My%20Repo', 'fabrikam/my%20project/my%20repo'],
    ['https://dev.azure.com/fabrikam/_git/Repo', 'fabrikam/repo/repo'],
    ['https://dev.azure.com/FABRIKAM/P/_git/_optimized/Repo', 'fabrikam/p/repo'],
    ['https://fabrikam.visualstudio.com/P/_git/Repo', 'fabrikam/p/repo'],
    ['https://fabrikam.visualstudio.com/DefaultCollection/P/_git/Repo', 'fabrikam/p/repo'],
    ['https://fabrikam.visualstudio.com/DefaultCollection/_git/Repo', 'fabrikam/repo/repo'],
  ])('recognises %s', (text, id) => {
    expect(azureDevOps.locate(account, remoteUrl(text))?.id).toBe(id);
  });

  it('recognises the ssh addresses', () => {
    expect(azureDevOps.locate(account, ssh('ssh.dev.azure.com', 'v3/fabrikam/P/Repo'))?.id).toBe(
      'fabrikam/p/repo',
    );
    expect(
      azureDevOps.locate(account, ssh('vs-ssh.visualstudio.com', 'DefaultCollection/P/_ssh/Repo', 'fabrikam'))
        ?.id,
    ).toBe('fabrikam/p/repo');
  });

  it.each([
    'https://dev.azure.com/other/P/_git/Repo',
    'https://dev.azure.com/fabrikam-2/P/_git/Repo',
    'https://other.visualstudio.com/P/_git/Repo',
    'https://dev.azure.com.evil.example/fabrikam/P/_git/Repo',
    'https://fabrikam.visualstudio.com.evil.example/P/_git/Repo',
    'http://dev.azure.com/fabrikam/P/_git/Repo',
    'https://dev.azure.com:8443/fabrikam/P/_git/Repo',
  ])('leaves %s to others', (text) => {
    expect(azureDevOps.matches(account, remoteUrl(text))).toBeNull();
    expect(azureDevOps.locate(account, remoteUrl(text))).toBeNull();
  });

  it('matches an account of the organization more closely than one of all organizations', () => {
    const all = accountOf(azureDevOps, parse({}));
    const url = remoteUrl('https://dev.azure.com/fabrikam/P/_git/Repo');
    expect(azureDevOps.matches(account, url)).toBeGreaterThan(azureDevOps.matches(all, url) ?? 0);
    expect(azureDevOps.locate(all, url)?.id).toBe('fabrikam/p/repo');
  });
});

describe('Azure DevOps tokens', () => {
  const draft = accountDraftSchema.parse(serverDraft('https://azure.example.com'));

  it('are of any shape but another provider’s', async () => {
    expect(azureDevOps.normalizeSecret(draft, ` ${secret}\n`)).toBe(secret);
    expect(azureDevOps.normalizeSecret(draft, 'a'.repeat(52))).toBe('a'.repeat(52));
    expect(
      await failureOf((async () => azureDevOps.normalizeSecret(draft, 'glpat-abcdefghij'))()),
    ).toMatchObject({
      kind: 'token-form',
      looksLike: 'gitlab',
    });
  });

  it('go to git as a header on a server and as a password elsewhere (rows 0.1, 0.12, F)', async () => {
    const session = (more: object): Session => ({
      account: accountOf(azureDevOps, { ...draft, ...more }, { tokenName: 'ignored' }),
      fetch: () => Promise.reject(new Error('nothing is asked for this')),
      signal: new AbortController().signal,
    });
    expect(await azureDevOps.gitCredential(session({}), secret)).toEqual({
      kind: 'header',
      header: `Basic ${Buffer.from(`:${secret}`).toString('base64')}`,
    });
    expect(await azureDevOps.gitCredential(session({ headerAuthentication: 'off' }), secret)).toEqual({
      kind: 'password',
      username: 'ignored',
      password: secret,
    });
  });
});
