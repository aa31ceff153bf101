import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { startGitHub } from '../fakes/hosting/github';
import { expect, test } from './fixtures';
import {
  closePreferences,
  fillAccount,
  findRepository,
  keepForThisSession,
  openPullRequests,
  startClone,
} from './steps';

test('a GitHub App is added by choosing its installation, lists, clones and says what it is not (rows 1.3, 1.8, 1.10)', async ({
  page,
  host,
  closing,
}) => {
  const server = await startGitHub();
  closing.push(server);
  server.app.installations.push({ id: 5_550_009, login: 'sleepy', suspended: true });
  const dialog = await fillAccount(page, 'GitHub Enterprise Server', {
    kind: 'github-enterprise',
    alias: 'Robot',
    authenticationType: 'app',
    url: server.url,
    appId: String(server.app.id),
    privateKey: server.app.privateKey,
  });
  await dialog.locator('[name="account-installation"]').click();
  await expect(page.getByRole('option', { name: /sleepy/ })).toContainText('suspended');
  await page.getByRole('option', { name: /aurora-labs/ }).click();
  await expect(dialog.getByText('Installed on aurora-labs.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await keepForThisSession(page, dialog);
  await expect(dialog).toBeHidden();
  await closePreferences(page);

  // A public one would be cloned without any credential.
  const name =
    server.world.repositories.find(
      ({ namespace, visibility }) => namespace === 'aurora-labs' && visibility !== 'public',
    )?.slug ?? 'no private repository in this world';
  const row = await findRepository(page, `aurora-labs/${name}`);
  await row.getByRole('button', { name: /^Clone/ }).click();
  const directory = await startClone(page, host.clones, name);
  await expect(page.getByRole('heading', { level: 1, name: path.basename(directory) })).toBeVisible();
  const config = execFileSync('git', ['-C', directory, 'config', '--list', '--local'], { encoding: 'utf8' });
  expect(config).not.toContain('ghs_');
  const names = server.seen
    .filter((call) => call.kind === 'git' && call.authorization)
    .map((call) => Buffer.from(call.authorization?.split(' ')[1] ?? '', 'base64').toString());
  expect(names.length).toBeGreaterThan(0);
  for (const given of names) expect(given).toMatch(/^x-access-token:ghs_/);

  await openPullRequests(page);
  await page.getByText('Waiting for my review').first().click();
  await expect(page.getByText(/GitHub App is not a person/).first()).toBeVisible();
});
