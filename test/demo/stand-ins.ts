import type { AccountDraftInput } from '../../shared/contract/accounts';
import { azureTokens, startAzureDevOps } from '../fakes/hosting/azure-devops';
import { bitbucketCloudTokens, startBitbucketCloud } from '../fakes/hosting/bitbucket-cloud';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { gitlabTokens, startGitLab } from '../fakes/hosting/gitlab';
import type { HostingServer } from '../fakes/hosting/server';
import type { World } from '../fakes/hosting/world';

/** One provider of the demo: its server, the account to add, and what the headless run does with it. */
export interface DemoProvider {
  label: string;
  server: HostingServer & { world: World };
  draft: AccountDraftInput;
  /** A second account with other repositories, for whoever wants to add one by hand. */
  second: { token: string; user: string };
  /** Full name, as Polyforge lists it, of the repository that is cloned. */
  repository: string;
  /** Number of the pull request that is read. */
  pullRequest: number;
}

/** Preferred so that a data directory that is kept finds its servers again. */
const usualPorts = { github: 47_801, gitlab: 47_802, bitbucket: 47_803, azure: 47_804 };

async function onUsual<T>(port: number, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return start(0);
  }
}

/** Starts a stand-in of every provider. `load`: so many more repositories on the first. */
export async function startStandIns(
  load = 0,
): Promise<{ providers: DemoProvider[]; close(): Promise<void> }> {
  const [github, gitlab, bitbucket, azure] = await Promise.all([
    onUsual(usualPorts.github, (port) => startGitHub({ port })),
    onUsual(usualPorts.gitlab, (port) => startGitLab({ port })),
    onUsual(usualPorts.bitbucket, (port) => startBitbucketCloud({ port })),
    onUsual(usualPorts.azure, (port) => startAzureDevOps({ port })),
  ]);
  const { world } = github;
  if (load > 0) world.inflate(load, 'northwind', ['mira'], world.repository('northwind/warehouse').story);
  const providers: DemoProvider[] = [
    {
      label: 'GitHub Enterprise Server',
      server: github,
      draft: {
        kind: 'github-enterprise',
        alias: 'Northwind',
        authenticationType: 'personal',
        url: github.url,
        tokenName: 'x-access-token',
        token: githubTokens.first,
      },
      second: { token: githubTokens.second, user: 'mira-work' },
      repository: 'northwind/storefront',
      pullRequest: 42,
    },
    {
      label: 'GitLab',
      server: gitlab,
      draft: {
        kind: 'gitlab-self-managed',
        alias: 'Platform team',
        authenticationType: 'personal',
        url: gitlab.url,
        tokenName: 'oauth2',
        token: gitlabTokens.first,
      },
      second: { token: gitlabTokens.second, user: 'mira-work' },
      repository: 'platform/tideline',
      pullRequest: 21,
    },
    {
      label: 'Bitbucket Cloud',
      server: bitbucket,
      draft: {
        kind: 'bitbucket-cloud',
        alias: 'Harbour',
        authenticationType: 'personal',
        url: bitbucket.url,
        email: 'mira.keller@northwind.example',
        tokenName: 'x-bitbucket-api-token-auth',
        token: bitbucketCloudTokens.first,
        expiresOn: new Date(Date.now() + 12 * 86_400_000).toISOString().slice(0, 10),
      },
      second: { token: bitbucketCloudTokens.second, user: 'mira@keller-consulting.example' },
      repository: 'harbour/invoices',
      pullRequest: 15,
    },
    {
      label: 'Azure DevOps Services',
      server: azure,
      draft: {
        kind: 'azure-devops-services',
        alias: 'Harbour Vans',
        authenticationType: 'personal',
        url: azure.url,
        organization: azure.organization,
        tokenName: 'oauth2',
        token: azureTokens.first,
        expiresOn: new Date(Date.now() + 200 * 86_400_000).toISOString().slice(0, 10),
      },
      second: { token: azureTokens.second, user: 'any name' },
      repository: 'Fleet/Fleet',
      pullRequest: 427,
    },
  ];
  return {
    providers,
    async close() {
      await Promise.all(providers.map((provider) => provider.server.close()));
    },
  };
}
