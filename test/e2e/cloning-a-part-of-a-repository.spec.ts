import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { git } from '../fakes/repositories';
import { expect, test } from './fixtures';
import { findRepository } from './steps';

test('a part of a repository is cloned, and all of its history later', async ({ page, host, closing }) => {
  const server = await startGitHub();
  closing.push(server);
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  await host.core.accounts.save({
    draft: {
      kind: 'github-enterprise',
      authenticationType: 'personal',
      alias: 'Work',
      url: server.url,
      token: githubTokens.first,
    },
  });
  const row = await findRepository(page, 'northwind/storefront');
  await row.getByRole('button', { name: 'Clone…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Clone storefront' });
  await dialog.getByRole('combobox', { name: 'Parent directory' }).fill(host.clones);

  // What there is comes from the provider, before anything is cloned.
  await expect(dialog.getByText(/^About \d+ kB/)).toBeVisible();
  await dialog.getByRole('button', { name: /^Options/ }).click();
  await expect(dialog.getByText('It has none.')).toBeVisible();
  await dialog.getByRole('combobox', { name: 'History' }).click();
  await page.getByRole('option', { name: 'Only the last commits' }).click();
  await dialog.getByRole('textbox', { name: 'Commits' }).fill('2');
  await dialog.getByRole('combobox', { name: 'Contents' }).click();
  await page.getByRole('option', { name: 'Old contents when they are needed' }).click();
  await dialog.getByRole('combobox', { name: 'Folders' }).click();
  await page.getByRole('option', { name: 'Choose folders' }).click();
  await dialog.getByRole('button', { name: 'Open src' }).click();
  await dialog.getByRole('checkbox', { name: 'src/payments' }).check();
  await expect(dialog.getByText(/^Less than \d+ kB/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Clone', exact: true }).click();

  const missing = page.getByRole('region', { name: 'What was not cloned' });
  await expect(missing).toContainText('older commits; other branches; old contents');
  const directory = path.join(host.clones, 'storefront');
  expect(await git(directory, 'rev-list', '--count', 'HEAD')).toBe('2');
  expect(existsSync(path.join(directory, 'src', 'payments'))).toBe(true);
  const folders = readdirSync(path.join(directory, 'src'), { withFileTypes: true });
  expect(folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)).toEqual(['payments']);

  await missing.getByRole('button', { name: 'All history' }).click();
  await expect(missing).toContainText('Not here: other branches;');
  await missing.getByRole('button', { name: 'All branches' }).click();
  await expect(missing).toContainText('Not here: old contents');
  expect(existsSync(path.join(directory, '.git', 'shallow'))).toBe(false);
  await expect(
    page.getByRole('navigation', { name: 'Branches' }).getByText('feature/retry-payments'),
  ).toBeVisible();
});
