import { startAzureDevOps } from '../fakes/hosting/azure-devops';
import { startBitbucketCloud } from '../fakes/hosting/bitbucket-cloud';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { startGitLab } from '../fakes/hosting/gitlab';
import type { HostingServer } from '../fakes/hosting/server';
import type { AccountDraftInput } from '../../shared/contract/accounts';
import { expect, test } from './fixtures';
import { fillAccount, keepForThisSession, openHostingProviders } from './steps';

const personal = { authenticationType: 'personal' as const, alias: 'Work' };

const stories: { label: string; start: () => Promise<HostingServer>; draft: AccountDraftInput }[] = [
  {
    label: 'GitHub Enterprise Server',
    start: () => startGitHub(),
    draft: { ...personal, kind: 'github-enterprise', token: 'ghp_0000000000000000000000000000000000Wrong' },
  },
  {
    label: 'GitLab Self-Managed',
    start: () => startGitLab(),
    draft: { ...personal, kind: 'gitlab-self-managed', token: 'glpat-00000000000000wrong' },
  },
  {
    label: 'Bitbucket Cloud',
    start: () => startBitbucketCloud(),
    draft: {
      ...personal,
      kind: 'bitbucket-cloud',
      email: 'mira.keller@northwind.example',
      token: 'ATATT3xwrong',
    },
  },
  {
    // Answers a wrong token with a page that looks like success.
    label: 'Azure DevOps Services',
    start: () => startAzureDevOps(),
    draft: {
      ...personal,
      kind: 'azure-devops-services',
      organization: 'harbour-vans',
      token: 'x'.repeat(52),
    },
  },
];

for (const { label, start, draft } of stories)
  test(`${label}: a refused token is one sentence, and what was typed stays`, async ({
    page,
    host,
    closing,
  }) => {
    const server = await start();
    closing.push(server);
    const dialog = await fillAccount(page, label, { ...draft, url: server.url });
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await keepForThisSession(page);
    await expect(dialog.getByRole('alert')).toContainText(/token/i);
    await expect(dialog.getByRole('button', { name: 'Save anyway' })).toBeVisible();
    await expect(dialog.locator('[name="account-url"]')).toHaveValue(server.url);
    await expect(dialog.locator('[name="account-token"]')).toHaveValue(draft.token ?? '');
    expect(await host.core.accounts.list()).toEqual([]);
  });

test('a token that is revoked later marks its account, and a new one puts it right', async ({
  page,
  host,
  closing,
}) => {
  const server = await startGitHub();
  closing.push(server);
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  await host.core.accounts.save({
    draft: { ...personal, kind: 'github-enterprise', url: server.url, token: githubTokens.first },
  });
  const preferences = await openHostingProviders(page);
  const row = preferences.getByRole('row').filter({ hasText: 'Mira Keller' });
  await expect(row).toBeVisible();

  for (const token of server.tokens) token.refused = true;
  await row.getByRole('button', { name: 'Test Work' }).click();
  await expect(row).toContainText(/refused/i);

  server.tokens.push({
    secret: 'ghp_0000000000000000000000000000000000Fresh',
    login: 'mira',
    scopes: ['repo', 'read:org'],
  });
  await row.getByRole('button', { name: 'More for Work' }).click();
  await page.getByRole('menuitem', { name: /^Replace token/ }).click();
  const dialog = page.getByRole('dialog', { name: /Replace/ });
  await dialog.locator('input').first().fill('ghp_0000000000000000000000000000000000Fresh');
  await dialog.getByRole('button', { name: /^Replace/ }).click();
  await expect(dialog).toBeHidden();
  await expect(row).toContainText(/working/i);
});
