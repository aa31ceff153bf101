import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { test as base, expect, launch, type RunningHost } from './fixtures';
import { findRepository, openHostingProviders, startClone } from './steps';

const fresh = 'ghp_0000000000000000000000000000000000Fresh';
const passphrase = 'nine correct horses';
const day = 86_400_000;

interface Expired {
  server: Awaited<ReturnType<typeof startGitHub>>;
  host: RunningHost;
  accountId: string;
  /** From now on the server takes this token. */
  grant(): void;
}

/** An account that was last looked at two days ago, and whose token ended since; Polyforge starts again. */
const test = base.extend<{ expired: Expired }>({
  // The page is asked for so that it is closed first.
  expired: async ({ page }, use) => {
    const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'polyforge-e2e-')));
    const server = await startGitHub();
    const before = await launch(directory);
    await before.host.core.preferences.chooseSecretStore({ choice: 'passphrase', passphrase });
    const { account } = await before.host.core.accounts.save({
      draft: {
        kind: 'github-enterprise',
        authenticationType: 'personal',
        alias: 'Work',
        url: server.url,
        token: githubTokens.first,
      },
    });
    await before.stop();
    const settings = path.join(before.host.dataDirectory, 'config.json');
    const kept = JSON.parse(await readFile(settings, 'utf8')) as { accounts: { lastChecked: number }[] };
    for (const one of kept.accounts) one.lastChecked = Date.now() - 2 * day;
    await writeFile(settings, JSON.stringify(kept));
    for (const token of server.tokens) token.refused = true;
    server.seen.splice(0);

    const launched = await launch(directory);
    const { host } = launched;
    await page.goto(host.url);
    await use({
      server,
      host,
      accountId: account?.id ?? '',
      grant: () => server.tokens.push({ secret: fresh, login: 'mira', scopes: ['repo', 'read:org'] }),
    });
    await launched.stop();
    await server.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  },
});

const notice = (page: Page) => page.getByRole('note', { name: 'Account Work' });
const question = (page: Page) => page.getByRole('dialog').filter({ hasText: 'Save for this repository' });

/** The store opens as a user opens it: nothing but the daily check uses the token then. */
async function unlock(page: Page): Promise<void> {
  await openHostingProviders(page);
  const dialog = page.getByRole('dialog', { name: 'Preferences' });
  await dialog.getByRole('tab', { name: 'Secrets' }).click();
  await dialog.getByRole('button', { name: /Unlock/ }).click();
  const asked = page.getByRole('dialog', { name: 'Unlock your tokens' });
  await asked.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await asked.getByRole('button', { name: 'Unlock' }).click();
  await expect(asked).toBeHidden();
  await dialog.getByRole('button', { name: /close/i }).first().click();
  await expect(dialog).toBeHidden();
}

/** Starts the clone of a private repository by its address, from the welcome screen. */
async function beginClone(page: Page, expired: Expired, repository: string, name: string): Promise<string> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Open or clone' }).click();
  await page.getByRole('menuitem', { name: /^Clone…/ }).click();
  await page
    .getByRole('dialog', { name: 'Clone a repository' })
    .getByLabel('Address')
    .fill(`${expired.server.url}/${repository}.git`);
  return startClone(page, expired.host.clones, name);
}

async function replaceIn(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Replace the token of “Work”' });
  await dialog.getByLabel('Token', { exact: false }).first().fill(fresh);
  await dialog.getByRole('button', { name: 'Replace', exact: true }).click();
  await expect(dialog).toBeHidden();
}

test('the daily check finds an expired token, the notice tells, and the clone that waited goes on with the new one (row 0.16)', async ({
  page,
  expired,
}) => {
  const { host, server } = expired;
  // Locked: nothing can be told, and nobody is asked.
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  expect(server.seen).toEqual([]);
  await unlock(page);
  await expect(notice(page)).toContainText('refused the token');
  expect(await host.core.prompts.open()).toEqual([]);

  const directory = await beginClone(page, expired, 'northwind/warehouse', 'warehouse');
  await expect(question(page)).toContainText('The account “Work” was refused');
  await expect(question(page)).toContainText('It goes on by itself');

  // A new token on the existing account, over the question; closing it leaves the clone waiting.
  await question(page).getByRole('button', { name: 'Replace the token of “Work”…' }).click();
  await page.getByRole('dialog', { name: 'Replace the token of “Work”' }).press('Escape');
  await expect(question(page)).toBeVisible();
  await question(page).getByRole('button', { name: 'Replace the token of “Work”…' }).click();
  expired.grant();
  await replaceIn(page);

  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(notice(page)).toBeHidden();
  const log = execFileSync('git', ['-C', directory, 'log', '-1', '--format=%s'], { encoding: 'utf8' });
  expect(log).toBe('Describe how it is released\n');
  const [account] = await host.core.accounts.list();
  expect(account).toMatchObject({ id: expired.accountId, alias: 'Work', state: { status: 'working' } });
});

test('a token replaced in one window lets the clone of another go on, and both questions go', async ({
  page,
  expired,
  context,
}) => {
  const { host } = expired;
  await unlock(page);
  await expect(notice(page)).toBeVisible();
  await beginClone(page, expired, 'northwind/warehouse', 'one');
  await expect(question(page)).toBeVisible();

  const other = await context.newPage();
  await other.goto(host.url);
  // The question is asked of the user, not of a window.
  await expect(question(other)).toBeVisible();
  await question(other).getByRole('button', { name: 'Replace the token of “Work”…' }).click();
  expired.grant();
  await replaceIn(other);
  await expect(question(other)).toBeHidden();
  await expect(question(page)).toBeHidden();
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  await other.close();
});

test('API-044: a list that failed is asked for again when its account works, without one question', async ({
  page,
  expired,
}) => {
  const { host } = expired;
  await unlock(page);
  await expect(notice(page)).toBeVisible();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Pull requests' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'refused the token' })).toBeVisible();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Browse hosted' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'refused the token' })).toBeVisible();
  expect(await host.core.prompts.open()).toEqual([]);
  expect(await host.core.accounts.notices()).toHaveLength(1);

  await notice(page).getByRole('button', { name: 'Replace token' }).click();
  expired.grant();
  await replaceIn(page);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await findRepository(page, 'northwind/warehouse');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Pull requests' }).click();
  await expect(page.getByRole('option').first()).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a dismissed notice stays away over a restart, and the board still shows the account', async ({
  page,
  expired,
}) => {
  await unlock(page);
  await notice(page).getByRole('button', { name: 'Dismiss: Work' }).click();
  await expect(notice(page)).toBeHidden();
  await page.reload();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  expect(await expired.host.core.accounts.notices()).toEqual([]);
  const preferences = await openHostingProviders(page);
  await preferences.getByText('Expiry', { exact: true }).click();
  const row = preferences.getByRole('row').filter({ hasText: 'Work' });
  await expect(row).toContainText('Refused');
  await expect(row).toContainText('The server says');
  await row.getByRole('button', { name: 'Replace token of Work' }).click();
  expired.grant();
  await replaceIn(page);
  await expect(row).toContainText('Working');
});
