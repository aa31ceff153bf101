import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startGitHttpServer } from '../fakes/git-http-server';
import { startProxy } from '../fakes/proxy';
import { makeBareRepository, smallHistory } from '../fakes/repositories';
import { expect, test } from './fixtures';
import { pasteAddress, startClone } from './steps';

test('a proxy that wants a password is named, gets it once, and lets the clone go on (row 4.9)', async ({
  page,
  host,
  closing,
}) => {
  const user = { username: 'corp\\mira', password: 'proxy-canary-77e0' };
  const directory = await makeBareRepository(path.join(host.directory, 'small.git'), smallHistory);
  const server = await startGitHttpServer();
  // Nobody but the proxy knows this name.
  const proxy = await startProxy({ credential: user, names: { 'git.corp.test:80': server.port } });
  closing.push(server, proxy);
  server.serve('team/small', { directory });
  await host.core.preferences.chooseSecretStore({ choice: 'session' });

  // Set by hand, with the user name alone.
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Preferences' }).click();
  const preferences = page.getByRole('dialog', { name: 'Preferences' });
  await preferences.getByRole('tab', { name: 'Network' }).click();
  await preferences.getByText('By hand', { exact: true }).click();
  await preferences.getByRole('textbox', { name: 'Address' }).fill('ftp://nowhere');
  const save = preferences.getByRole('button', { name: 'Save the proxy settings' });
  await save.click();
  await expect(preferences.getByText('This is not the address of a proxy.')).toBeVisible();
  await preferences.getByRole('textbox', { name: 'Address' }).fill(proxy.url);
  await preferences.getByRole('textbox', { name: 'User name' }).fill(user.username);
  await save.click();
  await expect(save).toBeDisabled();
  const close = preferences.getByRole('button', { name: /close/i }).first();
  await close.click();

  await pasteAddress(page, 'http://git.corp.test/team/small.git');
  await startClone(page, host.clones, 'small');
  const dialog = page.getByRole('dialog', { name: /^Clone / });
  const failure = dialog.getByRole('alert').filter({ hasText: 'proxy' }).first();
  await expect(failure).toContainText('git.corp.test');
  expect(server.requests).toEqual([]);

  await failure.getByRole('button', { name: 'Sign in to the proxy' }).click();
  const password = preferences.getByLabel('Password', { exact: true });
  await expect(password).toBeFocused();
  await password.fill(user.password);
  await password.press('Enter');
  await expect(preferences.getByText('Kept', { exact: true })).toBeVisible();
  await close.click();

  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  const kept = await Promise.all(
    [path.join(host.clones, 'small/.git/config'), path.join(host.dataDirectory, 'config.json')].map((file) =>
      readFile(file, 'utf8'),
    ),
  );
  expect([...kept, host.output(), await page.content()].join('\n')).not.toContain(user.password);
  expect(JSON.stringify(server.requests)).not.toMatch(/proxy-authorization/i);
});
