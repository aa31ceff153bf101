import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { azureDevOps } from '../../electron/providers/azure-devops';
import { bitbucket } from '../../electron/providers/bitbucket';
import { createHttp, type Http } from '../../electron/providers/http';
import type { HostingProvider, Session } from '../../electron/providers/provider';
import type { AccountDraftInput } from '../../shared/contract/accounts';
import type { PullRequest } from '../../shared/contract/pull-requests';
import { azureTokens, startAzureDevOps } from '../fakes/hosting/azure-devops';
import { bitbucketCloudTokens, startBitbucketCloud } from '../fakes/hosting/bitbucket-cloud';
import { dataCenterTokens, startBitbucketDataCenter } from '../fakes/hosting/bitbucket-data-center';
import { accountOf, collect, failureOf, remoteUrl, sessionOf } from './provider.suite';

interface Tour {
  name: string;
  provider: HostingProvider;
  start: () => Promise<{ url: string; close(): Promise<void> }>;
  draft: (url: string) => AccountDraftInput;
  secret: string;
}

const personal = { alias: 'x', authenticationType: 'personal' as const };

const tours: Tour[] = [
  {
    name: 'Bitbucket Cloud',
    provider: bitbucket,
    start: () => startBitbucketCloud(),
    draft: (url) => ({ ...personal, kind: 'bitbucket-cloud', url, email: 'mira.keller@northwind.example' }),
    secret: bitbucketCloudTokens.first,
  },
  {
    name: 'Bitbucket Data Center',
    provider: bitbucket,
    start: () => startBitbucketDataCenter(),
    draft: (url) => ({ ...personal, kind: 'bitbucket-data-center', url }),
    secret: dataCenterTokens.first,
  },
  {
    name: 'Azure DevOps Services',
    provider: azureDevOps,
    start: () => startAzureDevOps(),
    draft: (url) => ({ ...personal, kind: 'azure-devops-services', url, organization: 'harbour-vans' }),
    secret: azureTokens.first,
  },
  {
    name: 'Azure DevOps Server',
    provider: azureDevOps,
    start: () => startAzureDevOps({ edition: 'server' }),
    draft: (url) => ({ ...personal, kind: 'azure-devops-server', url, collection: 'DefaultCollection' }),
    secret: azureTokens.first,
  },
];

describe.each(tours)('a tour of $name', ({ provider, start, draft, secret }) => {
  let server: { url: string; close(): Promise<void> };
  let http: Http;
  let session: Session;

  beforeAll(async () => {
    server = await start();
    http = createHttp();
    const account = accountOf(provider, draft(server.url));
    const { user } = await provider.signIn(sessionOf(http, provider, account, secret));
    expect(user.avatar).toMatch(/^data:image\/png;base64,/);
    session = sessionOf(http, provider, { ...account, user }, secret);
  });
  afterAll(async () => {
    await http.close();
    await server.close();
  });

  const listed = async (scope: 'all' | 'mine' | 'review', state: 'open' | 'merged' | 'closed' = 'open') => {
    const pages = await collect(provider.listPullRequests(session, { state, scope }));
    return pages.flatMap(({ items }) => items).sort((a, b) => a.key.localeCompare(b.key));
  };

  it('finds every repository again by its clone addresses', async () => {
    const repositories = (await collect(provider.listRepositories(session))).flat();
    expect(repositories.length).toBeGreaterThan(3);
    for (const one of repositories)
      expect(provider.locate(session.account, remoteUrl(one.httpsUrl))?.id, one.httpsUrl).toBe(one.id);
  });

  it('splits all pull requests into mine and waiting for me as the marks say', async () => {
    const all = await listed('all');
    expect(all.length).toBeGreaterThan(2);
    const keys = (items: PullRequest[]) => items.map(({ key }) => key);
    expect(keys(await listed('mine'))).toEqual(keys(all.filter(({ mine }) => mine)));
    // The provider counts reviews already given; those without a vote are marked.
    expect(keys(await listed('review'))).toEqual(
      expect.arrayContaining(keys(all.filter(({ awaitsMyReview }) => awaitsMyReview))),
    );
    expect((await listed('all', 'merged')).every(({ state }) => state === 'merged')).toBe(true);
    expect((await listed('all', 'merged')).length).toBeGreaterThan(0);
    expect((await listed('all', 'closed')).length).toBeGreaterThan(0);
  });

  it('shows every pull request whole: detail, files, diffs, threads', async () => {
    const seen = {
      threads: 0,
      placed: 0,
      votes: new Set<string>(),
      checks: new Set<string>(),
      diffs: new Set<string>(),
    };
    for (const { repository, number, key } of [
      ...(await listed('all')),
      ...(await listed('all', 'merged')),
    ]) {
      const detail = await provider.pullRequest(session, repository, number);
      expect(detail.failures, key).toEqual([]);
      expect(detail.pullRequest.key).toBe(key);
      expect(detail.commits.length).toBeGreaterThan(0);
      for (const { vote } of detail.reviewers) seen.votes.add(vote);
      for (const { state } of detail.checks) seen.checks.add(state);
      const { files } = await provider.changedFiles(session, repository, number);
      expect(files.length, key).toBeGreaterThan(0);
      for (const file of files) {
        const diff = await provider.fileDiff(session, repository, number, file);
        seen.diffs.add(diff.kind);
        if (diff.kind === 'patch') expect(diff.patch).toMatch(/^--- .+\n\+\+\+ .+\n@@ /m);
        if (diff.kind === 'contents') expect(diff.before).not.toBe(diff.after);
      }
      const threads = await provider.threads(session, repository, number);
      seen.threads += threads.length;
      for (const { position, comments } of threads) {
        expect(comments.length).toBeGreaterThan(0);
        if (position?.line) seen.placed += 1;
      }
    }
    expect(seen.threads).toBeGreaterThan(0);
    expect(seen.placed).toBeGreaterThan(0);
    expect([...seen.votes]).toContain('approved');
    expect([...seen.checks]).toContain('passed');
    expect([...seen.diffs]).toEqual([provider === azureDevOps ? 'contents' : 'patch']);
  });
});

describe('accounts that are not a person’s on a well-kept server', () => {
  it('a workspace’s access token lists what it can see and has nothing of its own', async () => {
    const server = await startBitbucketCloud();
    const http = createHttp();
    try {
      const account = accountOf(bitbucket, {
        alias: 'x',
        kind: 'bitbucket-cloud',
        authenticationType: 'access-token',
        url: server.url,
        organization: 'harbour',
      });
      const { user } = await bitbucket.signIn(
        sessionOf(http, bitbucket, account, bitbucketCloudTokens.access),
      );
      const session = sessionOf(http, bitbucket, { ...account, user }, bitbucketCloudTokens.access);
      expect((await collect(bitbucket.listRepositories(session))).flat().length).toBeGreaterThan(0);
      const all = await collect(bitbucket.listPullRequests(session, { state: 'open', scope: 'all' }));
      expect(all.flatMap(({ items }) => items).length).toBeGreaterThan(0);
      const [mine] = await collect(bitbucket.listPullRequests(session, { state: 'open', scope: 'mine' }));
      expect(mine).toMatchObject({ items: [], partial: expect.stringContaining('does not tell') });
    } finally {
      await http.close();
      await server.close();
    }
  });

  it('a server that is too old, and one that calls itself localhost, say so', async () => {
    const http = createHttp();
    const signIn = async (options: Parameters<typeof startAzureDevOps>[0]) => {
      const server = await startAzureDevOps({ edition: 'server', ...options });
      try {
        const account = accountOf(azureDevOps, {
          ...personal,
          kind: 'azure-devops-server',
          url: server.url,
          collection: 'DefaultCollection',
        });
        return await azureDevOps.signIn(sessionOf(http, azureDevOps, account, azureTokens.first));
      } finally {
        await server.close();
      }
    };
    try {
      expect(await failureOf(signIn({ newest: '5.1' }))).toMatchObject({ kind: 'server-too-old' });
      const { warnings } = await signIn({ publicUrl: 'http://localhost:8080/tfs' });
      expect(warnings).toMatchObject([{ kind: 'server-public-url' }]);
      expect((await signIn({})).warnings).toEqual([]);
    } finally {
      await http.close();
    }
  });
});
