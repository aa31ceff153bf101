import { makeRepository } from '../fakes/repositories';
import path from 'node:path';
import { addAccount } from '../demo/core';
import { startStandIns } from '../demo/stand-ins';
import { keepStill, violationsAtRest } from '../renderer/at-rest';
import { expect, test } from './fixtures';
import {
  choosePullRequest,
  closePreferences,
  fillAccount,
  findRepository,
  openHostingProviders,
  openPullRequests,
  pasteAddress,
  startClone,
} from './steps';

test('no screen of the demo world violates a rule of accessibility, light or dark', async ({
  page,
  host,
  closing,
}) => {
  test.setTimeout(300_000);
  const standIns = await startStandIns();
  closing.push(standIns);
  await keepStill(page.context());
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const main = page.getByRole('navigation', { name: 'Main' });
  const look = async (screen: string) => {
    // Between the two only colours differ.
    for (const [scheme, rules] of [
      ['light', undefined],
      ['dark', ['color-contrast']],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', scheme);
      expect.soft(await violationsAtRest(page, rules), `${screen}, ${scheme}`).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  };

  await expect(main).toBeVisible();
  await look('welcome without an account');
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  for (const provider of standIns.providers) await addAccount(host.core, provider);
  const opened = await makeRepository(path.join(host.home, 'opened'));
  await host.core.repositories.open({ path: opened });
  await expect(main.getByRole('button', { name: 'opened' })).toBeVisible();
  await look('welcome');

  const preferences = await openHostingProviders(page);
  await expect(preferences.getByRole('row').filter({ hasText: 'Harbour Vans' })).toBeVisible();
  await look('Hosting Providers');
  for (const section of ['Account Rules', 'General', 'Git', 'Network', 'Secrets', 'About']) {
    await preferences.getByRole('tab', { name: section }).click();
    await expect(preferences.getByRole('heading', { name: section, exact: true })).toBeVisible();
    await look(section);
  }
  for (const [label, authenticationType, kind] of [
    ['GitHub Enterprise Server', 'app', 'github-enterprise'],
    ['Azure DevOps Server', 'personal', 'azure-devops-server'],
  ] as const) {
    const dialog = await fillAccount(page, label, { kind, authenticationType, alias: 'Another' });
    await look(`Add ${label}`);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Discard' }).click();
    await expect(dialog).toBeHidden();
  }
  await closePreferences(page);

  await main.getByRole('button', { name: 'Browse hosted' }).click();
  await expect(page.getByRole('row').nth(10)).toBeVisible();
  await look('the repository browser');
  const row = await findRepository(page, 'northwind/storefront');
  await row.getByRole('button', { name: 'Clone…' }).click();
  const clone = page.getByRole('dialog', { name: /^Clone / });
  await expect(clone.getByLabel('Folder name')).not.toHaveValue('');
  await look('the clone dialog');
  await startClone(page, host.clones);
  await expect(page.getByRole('region', { name: 'Commits' }).getByText(/^Start /)).toBeVisible();
  await look('a repository');

  await openPullRequests(page);
  await expect(page.getByRole('option').filter({ hasText: 'List vans in pages' })).toBeVisible();
  await look('the pull requests');
  const pane = await choosePullRequest(page, 'Retry payments the gateway did not answer');
  await expect(pane.getByText('Yesterday 41 payments failed')).toBeVisible();
  await look('a pull request: conversation');
  const show = (tab: string) => pane.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
  await show('Files');
  await pane.getByRole('option').filter({ hasText: 'retry.ts' }).first().click();
  await expect(pane.getByText('A refused card must not be tried again').first()).toBeVisible();
  await look('a pull request: files');
  await show('Commits');
  await expect(pane.getByRole('tabpanel').getByRole('listitem').first()).toBeVisible();
  await look('a pull request: commits');
  await show('Checks');
  await expect(pane.getByRole('tabpanel').getByText('Failed').first()).toBeVisible();
  await look('a pull request: checks');

  const [provider] = standIns.providers;
  for (const account of await host.core.accounts.list())
    await host.core.accounts.remove({ accountId: account.id });
  await pasteAddress(page, `${provider?.server.url}/northwind/warehouse.git`);
  await startClone(page, host.clones, 'asked');
  await expect(page.getByRole('dialog').filter({ hasText: 'Save for this repository' })).toBeVisible();
  await look('a question for a password');
});
