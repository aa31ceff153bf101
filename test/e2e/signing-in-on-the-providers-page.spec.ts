import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startAzureDevOps } from '../fakes/hosting/azure-devops';
import { startGitLab } from '../fakes/hosting/gitlab';
import { signedIn } from '../fakes/hosting/seeds';
import { atRest, keepStill, violationsAtRest } from '../renderer/at-rest';
import { expect, test } from './fixtures';
import { findRepository, openHostingProviders, startClone } from './steps';

const shots = process.env['POLYFORGE_SCREENSHOTS'];

test('a client id, a code on the provider’s page, a clone, and signing in again when it was withdrawn', async ({
  page,
  host,
  closing,
}) => {
  const server = await startGitLab({ prefix: '/gitlab' });
  closing.push(server);
  server.desk.register('0f1e2d3c');
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  await keepStill(page.context());
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  /** The rules of accessibility, light and dark, in the smallest window. */
  const look = async (name: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
      await atRest(page);
      if (shots) await page.screenshot({ path: path.join(shots, `${name}-${colorScheme}.png`) });
      expect.soft(await violationsAtRest(page), `${name}, ${colorScheme}`).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  };
  await page.setViewportSize({ width: 900, height: 600 });

  // The form says how to set it up, and leads there.
  const preferences = await openHostingProviders(page);
  await preferences.getByRole('button', { name: 'GitLab Self-Managed', exact: true }).click();
  const form = page.getByRole('dialog', { name: /Add Hosting Provider/ });
  await form.getByLabel('URL').fill(server.url);
  await look('1-hint');
  await form.getByRole('button', { name: 'Add client ID…' }).click();
  const apps = page.getByRole('dialog', { name: 'Sign-in apps' });
  await expect(apps.getByLabel('URL')).toHaveValue(server.url);
  await apps.getByLabel('Client ID').fill('0f1e2d3c');
  await look('2-client-id');
  await apps.getByRole('button', { name: 'Save' }).click();

  await form.getByRole('combobox', { name: 'Authentication Type' }).click();
  await page.getByRole('option', { name: 'Sign in in the browser' }).click();
  await look('3-form');
  await form.getByRole('button', { name: 'Sign in', exact: true }).click();
  const code = form.getByRole('status', { name: /^Code:/ });
  await expect(code).toBeVisible();
  await expect(form.getByRole('timer')).toContainText('The code is good for');
  await look('4-code');
  server.desk.decide((await code.textContent()) ?? '', { login: signedIn });
  await expect(form).toBeHidden();
  await expect(page.getByText('was added')).toBeVisible();
  await preferences.getByRole('button', { name: 'Sign-in apps…' }).click();
  await expect(apps.getByRole('list', { name: 'Client IDs' })).toBeVisible();
  await look('5-apps');
  await apps.getByRole('button', { name: 'Close', exact: true }).last().click();
  const [account] = await host.core.accounts.list();
  expect(account).toMatchObject({
    authenticationType: 'oauth',
    state: { status: 'working' },
    expiresOn: null,
  });

  // git gets the token as the password of `oauth2`.
  await page.keyboard.press('Escape');
  const row = await findRepository(page, 'platform/tideline');
  await row.getByRole('button', { name: 'Clone…' }).click();
  const directory = await startClone(page, host.clones);
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  expect(execFileSync('git', ['-C', directory, 'remote', '-v'], { encoding: 'utf8' })).not.toContain(
    'oauth2',
  );

  // Withdrawn on the server: renewing is refused, the account says so and is signed in again as it is.
  const before = server.desk.issued.at(-1)?.access ?? '';
  server.desk.revokeAll();
  await host.core.accounts.check({ accountId: account?.id ?? '' });
  const refused = await openHostingProviders(page);
  await refused.getByRole('button', { name: 'Sign in again' }).click();
  const again = page.getByRole('dialog', { name: /Sign in again/ });
  await expect(again).toBeVisible();
  await look('6-again');
  await again.getByRole('button', { name: 'Sign in', exact: true }).click();
  const nextCode = again.getByRole('status', { name: /^Code:/ });
  await expect(nextCode).toBeVisible();
  server.desk.decide((await nextCode.textContent()) ?? '', { login: signedIn });
  await expect(again).toBeHidden();
  const [now] = await host.core.accounts.list();
  expect(now).toMatchObject({ id: account?.id, state: { status: 'working' } });
  const [repository] = await host.core.repositories.list();
  expect(repository?.accountId).toBe(account?.id);

  // No token is anywhere but in memory and on its way to the server.
  const tokens = server.desk.issued.flatMap(({ access, refresh }) => [access, refresh ?? access]);
  const kept = await readFile(path.join(host.dataDirectory, 'config.json'), 'utf8');
  const shown = await page.content();
  for (const token of [before, ...tokens]) {
    expect(kept).not.toContain(token);
    expect(host.output()).not.toContain(token);
    expect(shown).not.toContain(token);
  }
});

test('Microsoft Entra in a real browser, and what stands there about the retired sign-in', async ({
  page,
  host,
  closing,
  context,
}) => {
  const server = await startAzureDevOps();
  closing.push(server);
  server.desk.register('11111111-2222-4333-8444-555555555555');
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  await host.core.signInApps.put({
    id: null,
    kind: 'azure-devops-services',
    url: server.url,
    clientId: '11111111-2222-4333-8444-555555555555',
  });
  const preferences = await openHostingProviders(page);
  await preferences.getByRole('button', { name: 'Azure DevOps Services', exact: true }).click();
  const form = page.getByRole('dialog', { name: /Add Hosting Provider/ });
  await form.getByLabel('URL').fill(server.url);
  await form.getByRole('combobox', { name: 'Authentication Type' }).click();
  await page.getByRole('option', { name: /Microsoft Entra/ }).click();
  await form.getByLabel('Organization').fill(server.organization);
  await expect(form.getByText(/The older Azure DevOps OAuth.* is retired/)).toBeVisible();
  if (shots) await page.screenshot({ path: path.join(shots, '7-entra.png') });

  // The stand-in has no https, so the page cannot be opened by Polyforge; its address is shown and stays usable.
  let url = '';
  const steps = await host.core.accounts.signIn({
    of: {
      draft: {
        kind: 'azure-devops-services',
        authenticationType: 'oauth',
        alias: 'Vans',
        url: server.url,
        organization: server.organization,
        headerAuthentication: 'bearer',
      },
    },
    flow: 'browser',
  });
  const first = await steps.next();
  if (first.done !== true && first.value.kind === 'browser') url = first.value.url;
  const visitor = await context.newPage();
  await visitor.goto(url);
  await visitor.getByRole('button', { name: 'Continue' }).click();
  await expect(visitor.getByText('Go back to Polyforge')).toBeVisible();
  await visitor.close();
  for (let next = await steps.next(); next.done !== true; ) next = await steps.next();

  await form.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(form.getByText('Waiting for the page in your browser')).toBeVisible();
  if (shots) await page.screenshot({ path: path.join(shots, '8-entra-waiting.png') });
  await form.getByRole('button', { name: 'Stop' }).click();
  await expect(form.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
  await form.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.keyboard.press('Escape');

  const row = await findRepository(page, 'Fleet/Fleet');
  await row.getByRole('button', { name: 'Clone…' }).click();
  await startClone(page, host.clones);
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  const authorization = server.seen.find(({ kind }) => kind === 'git')?.authorization;
  expect(authorization).toMatch(/^Bearer eyJ0\./);
});
