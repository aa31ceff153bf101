import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { azureTokens, startAzureDevOps } from '../fakes/hosting/azure-devops';
import { bitbucketCloudTokens, startBitbucketCloud } from '../fakes/hosting/bitbucket-cloud';
import { dataCenterTokens, startBitbucketDataCenter } from '../fakes/hosting/bitbucket-data-center';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { gitlabTokens, startGitLab } from '../fakes/hosting/gitlab';
import type { HostingServer } from '../fakes/hosting/server';
import type { World } from '../fakes/hosting/world';
import type { AccountDraftInput } from '../../shared/contract/accounts';
import {
  choosePullRequest,
  closePreferences,
  fillAccount,
  findRepository,
  keepForThisSession,
  openPullRequests,
  startClone,
} from './steps';

export interface Story {
  label: string;
  start: () => Promise<HostingServer & { world: World }>;
  draft: (server: HostingServer) => AccountDraftInput;
  repository: string;
  pullRequest: { title: string; said: string; cell: string; file: string; line: string; comment: string };
}

const invoices = {
  title: 'Read credit notes',
  said: 'Works with all of last year',
  cell: 'VAT',
  file: 'credit.py',
  line: 'line.net = -line.net',
  comment: 'This changes the lines the caller may still hold',
};
const vans = {
  title: 'List vans in pages',
  said: 'Could we keep the old answer for the reports?',
  cell: '610 ms',
  file: 'VansController.cs',
  line: 'Math.Clamp(size, 1, 200)',
  comment: 'Say so in docs/paging.md?',
};
const personal = { authenticationType: 'personal' as const, alias: 'Work' };

export const stories: Story[] = [
  {
    label: 'GitHub Enterprise Server',
    start: () => startGitHub(),
    draft: (server) => ({
      ...personal,
      kind: 'github-enterprise',
      url: server.url,
      token: githubTokens.first,
    }),
    repository: 'northwind/storefront',
    pullRequest: {
      title: 'Retry payments the gateway did not answer',
      said: 'Yesterday 41 payments failed',
      cell: 'card refused',
      file: 'retry.ts',
      line: 'if (attempt === options.attempts) throw error;',
      comment: 'A refused card must not be tried again',
    },
  },
  {
    label: 'GitLab Self-Managed',
    start: () => startGitLab({ prefix: '/gitlab' }),
    draft: (server) => ({
      ...personal,
      kind: 'gitlab-self-managed',
      url: server.url,
      token: gitlabTokens.first,
    }),
    repository: 'platform/tideline',
    pullRequest: {
      title: 'Keep batches on disk until they have arrived',
      said: 'What happens when the disk is full?',
      cell: '200 MB',
      file: 'spool.go',
      line: 's.seq++',
      comment: 'After a restart this begins at 1 again',
    },
  },
  {
    label: 'Bitbucket Cloud',
    start: () => startBitbucketCloud(),
    draft: (server) => ({
      ...personal,
      kind: 'bitbucket-cloud',
      url: server.url,
      email: 'mira.keller@northwind.example',
      token: bitbucketCloudTokens.first,
      expiresOn: '2031-05-01',
    }),
    repository: 'harbour/invoices',
    pullRequest: invoices,
  },
  {
    label: 'Bitbucket Data Center',
    start: () => startBitbucketDataCenter({ prefix: '/bitbucket' }),
    draft: (server) => ({
      ...personal,
      kind: 'bitbucket-data-center',
      url: server.url,
      token: dataCenterTokens.first,
    }),
    repository: 'FIN/invoices',
    pullRequest: invoices,
  },
  {
    label: 'Azure DevOps Services',
    start: () => startAzureDevOps(),
    draft: (server) => ({
      ...personal,
      kind: 'azure-devops-services',
      url: server.url,
      organization: 'harbour-vans',
      token: azureTokens.first,
    }),
    repository: 'Fleet/Fleet',
    pullRequest: vans,
  },
  {
    label: 'Azure DevOps Server',
    start: () => startAzureDevOps({ edition: 'server', prefix: '/tfs' }),
    // As a person pastes it: server and collection in one address.
    draft: (server) => ({
      ...personal,
      kind: 'azure-devops-server',
      url: `${server.url}/DefaultCollection`,
      token: azureTokens.first,
    }),
    repository: 'Fleet/Fleet',
    pullRequest: vans,
  },
];

/** The whole story, in whatever shows the page. `clones`: a directory to clone to. */
export async function tellMainStory(
  page: Page,
  story: Story,
  server: HostingServer & { world: World },
  clones: string,
): Promise<void> {
  const draft = story.draft(server);

  const dialog = await fillAccount(page, story.label, draft);
  await dialog.getByRole('button', { name: 'Test connection' }).click();
  await expect(dialog.getByText('Signed in as Mira Keller')).toBeVisible();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await keepForThisSession(page, dialog);
  await expect(dialog).toBeHidden();
  const preferences = page.getByRole('dialog', { name: 'Preferences' });
  const row = preferences.getByRole('row').filter({ hasText: 'Work' });
  await expect(row).toContainText('Mira Keller');
  await expect(row).toContainText(/working|expires/i);
  await closePreferences(page);

  const repository = await findRepository(page, story.repository);
  await repository.getByRole('button', { name: 'Clone…' }).click();
  const directory = await startClone(page, clones);
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Commits' }).getByText(/^Start /)).toBeVisible();
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8' }).trim();
  const served = server.world.repository(story.repository);
  expect(git('rev-parse', 'HEAD')).toBe((await server.world.materialize(served)).branches.get('main'));
  expect(git('status', '--porcelain')).toBe('');
  expect(readFileSync(path.join(directory, '.git/config'), 'utf8')).not.toContain(draft.token);
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await openPullRequests(page);
  const { pullRequest } = story;
  const pane = await choosePullRequest(page, pullRequest.title);
  const description = pane.getByRole('region', { name: 'Description' });
  await expect(description.getByRole('cell', { name: pullRequest.cell }).first()).toBeVisible();
  await expect(description.getByRole('checkbox').first()).toBeVisible();
  await expect(pane.getByText(pullRequest.said)).toBeVisible();
  await expect(pane.getByRole('complementary', { name: 'Reviewers and labels' })).toContainText('Approved');

  await pane.getByRole('tab', { name: /^Files/ }).click();
  await pane
    .getByRole('listbox', { name: 'Changed files' })
    .getByRole('option')
    .filter({ hasText: pullRequest.file })
    .first()
    .click();
  await expect(pane.getByText(pullRequest.line).first()).toBeVisible();
  await expect(pane.getByText(pullRequest.comment).first()).toBeVisible();
  await pane.getByRole('tab', { name: /^Commits/ }).click();
  await expect(pane.getByRole('tabpanel').getByRole('listitem').first()).toBeVisible();
  await pane.getByRole('tab', { name: /^Checks/ }).click();
  await expect(pane.getByRole('tabpanel').getByText('Failed').first()).toBeVisible();
}
