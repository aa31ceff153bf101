import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { azureDevOps } from '../../../electron/providers/azure-devops/index';
import { bitbucket } from '../../../electron/providers/bitbucket/index';
import { github } from '../../../electron/providers/github/index';
import { gitlab } from '../../../electron/providers/gitlab/index';
import { createHttp } from '../../../electron/providers/http';
import type { HostingProvider, Session } from '../../../electron/providers/provider';
import { type Account, type AccountDraftInput, accountDraftSchema } from '../../../shared/contract/accounts';
import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import type { PullRequest } from '../../../shared/contract/pull-requests';
import { azureTokens, startAzureDevOps } from './azure-devops';
import { bitbucketCloudTokens, startBitbucketCloud } from './bitbucket-cloud';
import { dataCenterTokens, startBitbucketDataCenter } from './bitbucket-data-center';
import { githubTokens, startGitHub } from './github';
import { gitlabTokens, startGitLab } from './gitlab';
import type { HostingServer } from './server';

interface Case {
  name: string;
  provider: HostingProvider;
  start: () => Promise<{ server: HostingServer; draft: AccountDraftInput; secret: string }>;
  user: string;
  repository: string;
  /** Null: the account is nobody. */
  waiting: number[] | null;
  number: number;
  open: number[];
  file: string;
  /** Line and side of every thread at a line; `~` marks an outdated one where the provider tells. */
  places: string[];
}

const draft = (
  kind: AccountDraftInput['kind'],
  server: HostingServer,
  more: Partial<AccountDraftInput> = {},
) => ({
  kind,
  alias: 'a',
  authenticationType: 'personal' as const,
  url: server.url,
  ...more,
});

const cases: Case[] = [
  {
    name: 'GitHub Enterprise with a token',
    provider: github,
    start: async () => {
      const server = await startGitHub();
      return { server, secret: githubTokens.first, draft: draft('github-enterprise', server) };
    },
    user: 'Mira Keller',
    repository: 'northwind/storefront',
    waiting: [42, 43],
    number: 42,
    open: [42, 44, 43],
    file: 'src/payments/client.ts',
    places: ['~new 15', 'new 13', 'old 16'],
  },
  {
    name: 'GitHub Enterprise with an application',
    provider: github,
    start: async () => {
      const server = await startGitHub();
      const app = {
        authenticationType: 'app' as const,
        appId: String(server.app.id),
        privateKey: server.app.privateKey,
      };
      return { server, secret: server.app.privateKey, draft: draft('github-enterprise', server, app) };
    },
    user: 'Polyforge demo',
    repository: 'northwind/storefront',
    waiting: null,
    number: 42,
    open: [42, 44, 43],
    file: 'src/payments/client.ts',
    places: ['~new 15', 'new 13', 'old 16'],
  },
  {
    name: 'GitLab below a path',
    provider: gitlab,
    start: async () => {
      const server = await startGitLab({ prefix: '/gitlab' });
      return { server, secret: gitlabTokens.first, draft: draft('gitlab-self-managed', server) };
    },
    user: 'Mira Keller',
    repository: 'platform/tideline',
    waiting: [21, 19],
    number: 21,
    open: [21, 23, 19],
    file: 'internal/ship/ship.go',
    places: ['~new 25', 'new 24', 'old 11'],
  },
  {
    name: 'Bitbucket Cloud with an API token',
    provider: bitbucket,
    start: async () => {
      const server = await startBitbucketCloud();
      return {
        server,
        secret: bitbucketCloudTokens.first,
        draft: draft('bitbucket-cloud', server, { email: 'mira.keller@northwind.example' }),
      };
    },
    user: 'Mira Keller',
    repository: 'harbour/invoices',
    waiting: [15, 14],
    number: 15,
    open: [15, 16, 14],
    file: 'pyproject.toml',
    places: ['~new 15', 'new 10', 'old 3'],
  },
  {
    name: 'Bitbucket Cloud with a workspace access token',
    provider: bitbucket,
    start: async () => {
      const server = await startBitbucketCloud();
      const access = { authenticationType: 'access-token' as const, organization: 'harbour' };
      return { server, secret: bitbucketCloudTokens.access, draft: draft('bitbucket-cloud', server, access) };
    },
    user: 'harbour',
    repository: 'harbour/invoices',
    waiting: null,
    number: 15,
    open: [15, 16, 14],
    file: 'pyproject.toml',
    places: ['~new 15', 'new 10', 'old 3'],
  },
  {
    name: 'Bitbucket Data Center below a path',
    provider: bitbucket,
    start: async () => {
      const server = await startBitbucketDataCenter({ prefix: '/bitbucket' });
      return { server, secret: dataCenterTokens.first, draft: draft('bitbucket-data-center', server) };
    },
    user: 'Mira Keller',
    repository: 'FIN/invoices',
    waiting: [15, 14],
    number: 15,
    open: [15, 16, 14],
    file: 'pyproject.toml',
    places: ['~new 15', 'new 10', 'old 3'],
  },
  {
    name: 'Azure DevOps Services with Code alone',
    provider: azureDevOps,
    start: async () => {
      const server = await startAzureDevOps();
      return {
        server,
        secret: azureTokens.first,
        draft: draft('azure-devops-services', server, { organization: server.organization }),
      };
    },
    user: 'Mira Keller',
    repository: 'Fleet/Fleet',
    waiting: [427, 425],
    number: 427,
    open: [427, 431, 425],
    file: 'src/Fleet.Api/Controllers/VansController.cs',
    places: ['new 27', 'new 26', 'old 26'],
  },
  {
    name: 'Azure DevOps Server that believes to be localhost',
    provider: azureDevOps,
    start: async () => {
      const server = await startAzureDevOps({
        edition: 'server',
        prefix: '/tfs',
        publicUrl: 'http://localhost:8080/tfs',
      });
      for (const token of server.tokens) token.scopes = ['vso.code', 'vso.project'];
      return {
        server,
        secret: azureTokens.first,
        draft: draft('azure-devops-server', server, { collection: server.organization }),
      };
    },
    user: 'Mira Keller',
    repository: 'Fleet/Fleet',
    waiting: [427, 425],
    number: 427,
    open: [427, 431, 425],
    file: 'src/Fleet.Api/Controllers/VansController.cs',
    places: ['new 27', 'new 26', 'old 26'],
  },
];

describe.each(cases)('$name: the adapter and its stand-in understand each other', (one) => {
  const http = createHttp();
  let server: HostingServer;
  let session: Session;

  beforeAll(async () => {
    const started = await one.start();
    ({ server } = started);
    const parsed = accountDraftSchema.parse(started.draft);
    const account = {
      ...parsed,
      ...one.provider.address(parsed),
      id: 'account',
      provider: one.provider.id,
      installation: null,
      expiresOn: null,
      expirySource: 'none',
      scopes: null,
      user: null,
      state: { status: 'unchecked' },
      lastChecked: null,
    } satisfies Account;
    const open = (known: Account): Session => ({
      account: known,
      signal: new AbortController().signal,
      fetch: http.bind(known, one.provider.authorizer(known, started.secret), new AbortController().signal),
    });
    const signedIn = await one.provider.signIn(open(account));
    session = open({ ...account, user: signedIn.user, installation: signedIn.installation });
  });
  afterAll(async () => {
    await http.close();
    await server.close();
  });

  const repositories = async () => {
    const found: HostedRepository[] = [];
    for await (const page of one.provider.listRepositories(session)) found.push(...page);
    return found;
  };
  const pulls = async (filter: { state: 'open' | 'merged' | 'closed'; scope: 'all' | 'mine' | 'review' }) => {
    const found: PullRequest[] = [];
    for await (const page of one.provider.listPullRequests(session, filter)) found.push(...page.items);
    return found;
  };
  const ascending = (all: number[]) => all.toSorted((a, b) => a - b);
  const numbers = (found: PullRequest[]) => ascending(found.map((pull) => pull.number));

  it('signs in', () => {
    expect(session.account.user?.name).toBe(one.user);
  });

  it('lists the repositories of the account, all pages of them', async () => {
    const found = await repositories();
    expect(found.map((repository) => repository.fullName)).toContain(one.repository);
    expect(new Set(found.map((repository) => repository.key)).size).toBe(found.length);
    expect(found.some((repository) => /keller/i.test(repository.fullName))).toBe(false);
    for (const repository of found) expect(repository.httpsUrl).toContain(`${server.origin}/`);
  });

  it('lists pull requests: open, merged, closed, mine and waiting', async () => {
    expect(numbers(await pulls({ state: 'open', scope: 'all' }))).toEqual(ascending(one.open));
    expect(await pulls({ state: 'merged', scope: 'all' })).toHaveLength(1);
    expect(await pulls({ state: 'closed', scope: 'all' })).toHaveLength(1);
    if (one.waiting) {
      expect(numbers(await pulls({ state: 'open', scope: 'review' }))).toEqual(ascending(one.waiting));
      const own = await pulls({ state: 'open', scope: 'mine' });
      expect(own.map((pull) => [pull.mine, pull.draft])).toEqual([[true, true]]);
    }
  });

  it('reads one: description, reviewers, checks, commits, files, a diff and threads at their lines', async () => {
    const pull = (await pulls({ state: 'open', scope: 'all' })).find((found) => found.number === one.number);
    const reference = pull?.repository ?? { id: '', fullName: '' };
    const detail = await one.provider.pullRequest(session, reference, one.number);
    expect(detail.failures).toEqual([]);
    expect(detail.description).toContain('| ');
    expect(detail.commits.length).toBeGreaterThan(1);
    expect(detail.reviewers.map((reviewer) => reviewer.vote)).toContain('approved');
    expect(detail.checks.map((check) => check.state)).toEqual(
      expect.arrayContaining(['passed', 'failed', 'pending']),
    );
    const { files } = await one.provider.changedFiles(session, reference, one.number);
    expect(files.map((file) => file.path)).toContain(one.file);
    const diff = await one.provider.fileDiff(session, reference, one.number, {
      path: one.file,
      previousPath: null,
    });
    expect(JSON.stringify(diff)).toMatch(/VansController|version = |retry|batchSize/);
    const threads = await one.provider.threads(session, reference, one.number);
    const places = threads.flatMap(({ position }) =>
      position
        ? [
            `${position.outdated ? '~' : ''}${position.side}${position.line === null ? '' : ` ${position.line}`}`,
          ]
        : [],
    );
    expect(places.sort()).toEqual([...one.places].sort());
    expect(threads.some((thread) => thread.position === null)).toBe(true);
  });

  it('sends nothing but what the provider answers', () => {
    expect(server.seen.filter((call) => call.kind === 'api' && call.status >= 400)).toEqual([]);
  });
});
