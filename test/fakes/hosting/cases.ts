import { azureDevOps } from '../../../electron/providers/azure-devops/index';
import { bitbucket } from '../../../electron/providers/bitbucket/index';
import { github } from '../../../electron/providers/github/index';
import { gitlab } from '../../../electron/providers/gitlab/index';
import type { HostingProvider } from '../../../electron/providers/provider';
import type { AccountDraftInput } from '../../../shared/contract/accounts';
import { azureTokens, startAzureDevOps } from './azure-devops';
import { bitbucketCloudTokens, startBitbucketCloud } from './bitbucket-cloud';
import { dataCenterTokens, startBitbucketDataCenter } from './bitbucket-data-center';
import { githubTokens, startGitHub } from './github';
import { gitlabTokens, startGitLab } from './gitlab';
import type { HostingServer } from './server';

/** One way of one provider to be connected to, with what its stand-in holds. */
export interface HostingCase {
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

export const hostingCases: HostingCase[] = [
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
