import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { expect, launch, test } from './fixtures';
import { openHostingProviders } from './steps';

test('a settings file cut in half between two starts loses no account, and is told of once', async ({
  page,
  closing,
}) => {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'polyforge-e2e-')));
  closing.push({ close: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }) });
  const server = await startGitHub();
  closing.push(server);

  const first = await launch(directory);
  try {
    await first.host.core.preferences.chooseSecretStore({
      choice: 'passphrase',
      passphrase: 'correct horse battery',
    });
    for (const [alias, token] of [
      ['Northwind', githubTokens.first],
      ['Consulting', githubTokens.second],
    ] as const)
      await first.host.core.accounts.save({
        draft: { kind: 'github-enterprise', authenticationType: 'personal', alias, url: server.url, token },
      });
  } finally {
    await first.stop();
  }

  const settings = path.join(first.host.dataDirectory, 'config.json');
  const whole = readFileSync(settings);
  writeFileSync(settings, whole.subarray(0, Math.floor(whole.length / 2)));

  const second = await launch(directory);
  try {
    await page.goto(second.host.url);
    const notice = page.getByRole('note', { name: 'config.json was damaged' });
    await expect(notice).toContainText('The last good copy is in use.');
    const preferences = await openHostingProviders(page);
    for (const alias of ['Northwind', 'Consulting'])
      await expect(preferences.getByRole('button', { name: `Test ${alias}` })).toBeVisible();
    // The secrets are there as well: the passphrase opens them.
    await second.host.core.preferences.unlockSecretStore({ passphrase: 'correct horse battery' });
    await preferences.getByRole('button', { name: 'Test Consulting' }).click();
    await expect(
      preferences.getByRole('row').filter({ has: page.getByRole('button', { name: 'Test Consulting' }) }),
    ).toContainText(/working|expires/i);
    await page.keyboard.press('Escape');
    await notice.getByRole('button', { name: /^Dismiss/ }).click();
    await expect(notice).toBeHidden();
    // What was left of the file is kept for the user.
    expect(readdirSync(second.host.dataDirectory).filter((name) => name.includes('damaged'))).toHaveLength(1);
  } finally {
    await second.stop();
  }

  const third = await launch(directory);
  try {
    expect(await third.host.core.application.notices()).toEqual([]);
    expect(await third.host.core.accounts.list()).toHaveLength(2);
  } finally {
    await third.stop();
  }
});
