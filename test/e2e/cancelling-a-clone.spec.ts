import { existsSync, readdirSync } from 'node:fs';
import { startGitLab, gitlabTokens } from '../fakes/hosting/gitlab';
import { expect, test } from './fixtures';
import { findRepository, startClone } from './steps';

test('a clone that is cancelled leaves nothing behind', async ({ page, host, closing }) => {
  const server = await startGitLab();
  closing.push(server);
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  await host.core.accounts.save({
    draft: {
      kind: 'gitlab-self-managed',
      authenticationType: 'personal',
      alias: 'Work',
      url: server.url,
      token: gitlabTokens.first,
    },
  });
  // The server sends the beginning and then nothing more.
  server.git.fault = { stage: 'fetch', stallAfter: 300 };
  const row = await findRepository(page, 'platform/tideline');
  await row.getByRole('button', { name: 'Clone…' }).click();
  const directory = await startClone(page, host.clones);
  await server.git.stalled();
  const dialog = page.getByRole('dialog', { name: /^Clone / });
  await expect(dialog.getByRole('progressbar')).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog.getByText('Cancelled, nothing was left behind.')).toBeVisible();
  expect(existsSync(directory)).toBe(false);
  await expect.poll(() => readdirSync(host.clones)).toEqual([]);

  // And it can be tried again from there.
  server.git.fault = null;
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  expect(readdirSync(host.clones)).toEqual(['tideline']);
});
