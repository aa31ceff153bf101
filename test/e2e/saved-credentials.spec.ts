import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { expect, test } from './fixtures';
import { closePreferences, pasteAddress, startClone } from './steps';

test('a saved password that is refused is put right in the preferences, and serves again without a question', async ({
  page,
  host,
  closing,
}) => {
  const server = await startGitHub();
  closing.push(server);
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  const address = `${server.url}/northwind/warehouse.git`;
  const clone = async (name: string) => {
    await pasteAddress(page, `${server.url}/northwind/warehouse.git`);
    await startClone(page, host.clones, name);
  };
  const question = page.getByRole('dialog', { name: 'Sign in' });
  const commits = page.getByRole('region', { name: 'Commits' });
  const preferences = page.getByRole('dialog', { name: 'Preferences' });
  const entry = preferences.getByRole('row').filter({ hasText: server.url });
  const openList = async () => {
    await page.keyboard.press('Control+,');
    await preferences.getByRole('tab', { name: 'Saved Credentials' }).click();
  };
  const edit = async (password: string) => {
    await preferences.getByRole('button', { name: `Edit ${address}, mira` }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit saved credential' });
    await dialog.getByLabel('New password or token', { exact: true }).fill(password);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
  };

  await clone('first');
  await question.getByLabel('User name').fill('mira');
  await question.getByLabel('Password or token', { exact: true }).fill(githubTokens.first);
  await question.getByRole('checkbox', { name: /Save for this repository/ }).check();
  await question.getByRole('button', { name: 'Sign in' }).click();
  await expect(commits).toBeVisible();

  await openList();
  await expect(entry).toContainText('Working');
  await edit('no longer good');
  await expect(entry).toContainText('Not used yet');
  await closePreferences(page);

  // The refusal is told, and nothing is deleted.
  await clone('second');
  await expect(question).toContainText('refused the user name or password it was given last');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await page
    .getByRole('dialog', { name: 'Clone a repository' })
    .getByRole('button', { name: 'Close' })
    .first()
    .click();
  await openList();
  await expect(entry).toContainText('Refused');
  await expect(preferences.getByText('Enter a new password, or remove this entry.')).toBeVisible();
  await edit(githubTokens.first);
  await closePreferences(page);

  await clone('third');
  await expect(page.getByText('third', { exact: true }).first()).toBeVisible();
  await expect(commits).toBeVisible();
  await openList();
  await expect(entry).toContainText('Working');

  await preferences.getByRole('button', { name: `Remove ${address}, mira` }).click();
  await page
    .getByRole('dialog', { name: 'Remove this saved password?' })
    .getByRole('button', { name: 'Remove' })
    .click();
  await expect(preferences.getByText('Nothing saved yet')).toBeVisible();
  expect(await host.core.savedCredentials.list()).toEqual([]);
});
