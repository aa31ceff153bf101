import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { expect, test } from './fixtures';
import { pasteAddress, startClone } from './steps';

test('without an account Polyforge asks for a password, and once it is saved never again (rows 2.11, 3.13)', async ({
  page,
  host,
  closing,
}) => {
  const server = await startGitHub();
  closing.push(server);
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  const url = `${server.url}/northwind/warehouse.git`;
  const paste = async (name: string) => {
    await pasteAddress(page, url);
    await startClone(page, host.clones, name);
  };

  await paste('first');
  const prompt = page.getByRole('dialog').filter({ hasText: 'Save for this repository' });
  await expect(prompt).toContainText('northwind/warehouse');
  await expect(prompt).toContainText(new URL(server.url).host);
  await expect(prompt).toContainText('No account fits');
  await prompt.getByLabel('User name').fill('mira');
  await prompt.getByLabel('Password or token', { exact: true }).fill('not this one');
  await prompt.getByRole('button', { name: 'Sign in' }).click();

  // Refused: it says so and asks once more.
  await expect(prompt).toContainText('refused');
  await prompt.getByLabel('User name').fill('mira');
  await prompt.getByLabel('Password or token', { exact: true }).fill(githubTokens.first);
  await prompt.getByRole('checkbox', { name: /Save for this repository/ }).check();
  await prompt.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await paste('second');
  await expect(
    page
      .getByRole('heading', { name: 'second' })
      .or(page.getByText('second', { exact: true }))
      .first(),
  ).toBeVisible();
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await host.core.prompts.open()).toEqual([]);
});

test('a question that is dismissed ends the clone, and nothing is left', async ({ page, host, closing }) => {
  const server = await startGitHub();
  closing.push(server);
  await pasteAddress(page, `${server.url}/northwind/warehouse.git`);
  await startClone(page, host.clones, 'never');
  const prompt = page.getByRole('dialog').filter({ hasText: 'Save for this repository' });
  await prompt.getByRole('button', { name: 'Cancel' }).click();
  await expect(prompt).toBeHidden();
  await expect(page.getByRole('dialog', { name: 'Clone a repository' })).toContainText(
    'Nothing was left behind.',
  );
});
