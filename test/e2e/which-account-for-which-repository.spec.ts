import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { expect, type RunningHost, test } from './fixtures';
import { closePreferences, openHostingProviders, pasteAddress, startClone } from './steps';

type GitHub = Awaited<ReturnType<typeof startGitHub>>;

async function twoAccounts(host: RunningHost, closing: { close(): Promise<void> }[]) {
  const server = await startGitHub();
  closing.push(server);
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  for (const [alias, token] of [
    ['Northwind', githubTokens.first],
    ['Consulting', githubTokens.second],
  ] as const)
    await host.core.accounts.save({
      draft: { kind: 'github-enterprise', authenticationType: 'personal', alias, url: server.url, token },
    });
  return server;
}

/** Tokens git came with for a repository. */
function tokensFor(server: GitHub, fullName: string): (string | undefined)[] {
  const given = server.seen
    .filter((call) => call.kind === 'git' && call.path.includes(fullName) && call.authorization)
    .map(
      (call) =>
        Buffer.from(call.authorization?.split(' ')[1] ?? '', 'base64')
          .toString()
          .split(':')[1],
    );
  return [...new Set(given)];
}

async function addRule(
  page: Page,
  account: RegExp,
  where: { path?: string; folder?: string; email?: string },
) {
  const preferences = await openHostingProviders(page);
  await preferences.getByRole('tab', { name: 'Account Rules' }).click();
  await preferences.getByRole('button', { name: 'Add rule…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add rule' });
  await dialog.getByRole('combobox', { name: 'Account' }).click();
  await page.getByRole('option', { name: account }).click();
  if (where.folder !== undefined) {
    await dialog.getByText('Folder', { exact: true }).click();
    await dialog.getByLabel('Folder', { exact: true }).last().fill(where.folder);
  } else if (where.path === undefined) await dialog.getByText('Whole host').click();
  else await dialog.getByRole('textbox', { name: 'Organization or path' }).fill(where.path);
  if (where.email !== undefined) {
    await dialog.getByRole('radio', { name: 'As this person' }).check();
    await dialog.getByRole('textbox', { name: 'E-mail' }).fill(where.email);
  }
  await dialog.getByRole('button', { name: 'Add rule' }).press('Enter');
  await expect(dialog).toHaveCount(0);
}

/** Clones an address; resolves the folder once its commits are on the screen. */
async function clone(page: Page, url: string, parent: string): Promise<string> {
  await pasteAddress(page, url);
  const directory = await startClone(page, parent, path.basename(url, '.git'));
  await expect(page.getByRole('heading', { level: 1, name: path.basename(directory) })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  return directory;
}

test('rows 0.5, 0.15, 3.8: two accounts on one host across five repositories, chosen by rule', async ({
  page,
  host,
  closing,
}) => {
  const server = await twoAccounts(host, closing);
  const { port } = new URL(server.url);
  await addRule(page, /^Northwind/, {});
  await addRule(page, /^Consulting/, { path: 'keller-consulting', email: 'mira@keller.example' });
  await addRule(page, /^Consulting/, { folder: path.join(host.clones, 'private') });
  const rows = page.getByRole('dialog', { name: 'Preferences' }).getByRole('row');
  await expect(rows).toContainText([
    'Where',
    'private',
    `127.0.0.1:${port}/keller-consulting`,
    `127.0.0.1:${port}`,
  ]);
  await closePreferences(page);

  const wanted = [
    ['northwind/warehouse', host.clones, githubTokens.first],
    ['mira/dotfiles', host.clones, githubTokens.first],
    ['keller-consulting/clients', host.clones, githubTokens.second],
    ['keller-consulting/tax-returns', path.join(host.clones, 'private'), githubTokens.second],
    ['northwind/storefront', host.clones, githubTokens.first],
  ] as const;
  const asked: string[] = [];
  page.on('dialog', (dialog) => asked.push(dialog.message()));
  for (const [fullName, parent, token] of wanted) {
    const directory = await clone(page, `${server.url}/${fullName}.git`, parent);
    expect(tokensFor(server, fullName)).toEqual([token]);
    const email = execFileSync('git', ['config', '--default', '', '--get', 'user.email'], {
      cwd: directory,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: host.home },
    }).trim();
    expect(email).toBe(fullName.startsWith('keller') ? 'mira@keller.example' : '');
    const name = token === githubTokens.first ? 'Northwind' : 'Consulting';
    await expect(page.getByRole('button', { name: `Account of this repository: ${name}` })).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
  // A later start of git finds them again by itself: the binding is the repository's.
  const repositories = await host.core.repositories.list();
  expect(repositories.every(({ accountId }) => accountId !== null)).toBe(true);
});

test('row 0.5: asks which account once, and not again for the organization', async ({
  page,
  host,
  closing,
}) => {
  const server = await twoAccounts(host, closing);
  await pasteAddress(page, `${server.url}/keller-consulting/clients.git`);
  await startClone(page, host.clones, 'clients');
  const question = page.getByRole('dialog', { name: 'Which account?' });
  await expect(question).toContainText('keller-consulting/clients');
  // By keyboard alone: the second account, for everything of the organization.
  await expect(question.getByRole('radio', { name: /Consulting/ })).toBeFocused();
  await question.getByRole('radio', { name: /Everything below .*keller-consulting/ }).check();
  await question.getByRole('radio', { name: /Consulting/ }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  await clone(page, `${server.url}/keller-consulting/tax-returns.git`, host.clones);
  expect(tokensFor(server, 'keller-consulting/')).toEqual([githubTokens.second]);
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('row 1.19: the title bar says who commits, warns, writes the identity and puts back what was there', async ({
  page,
  host,
  closing,
}) => {
  const server = await twoAccounts(host, closing);
  await writeFile(path.join(host.home, '.gitconfig'), '[user]\n\tname = Mira\n\temail = mira@home.example\n');
  const [first] = await host.core.accounts.list();
  await host.core.bindings.putRule({
    id: null,
    accountId: first?.id ?? '',
    scope: { kind: 'host', origin: server.origin },
    identity: null,
  });
  const directory = await clone(page, `${server.url}/northwind/warehouse.git`, host.clones);
  await expect(page.getByText('Commits as Mira <mira@home.example>')).toBeVisible();
  const config = path.join(directory, '.git', 'config');
  const before = await readFile(config, 'utf8');

  await page.getByRole('button', { name: 'Account of this repository: Northwind' }).click();
  await page.getByRole('menuitem', { name: 'Change account or identity…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Account and identity' });
  await dialog.getByRole('radio', { name: /Everything below .*northwind/ }).check();
  await dialog.getByRole('radio', { name: 'As this person' }).check();
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill('mira@northwind.example');
  await dialog.getByRole('checkbox', { name: /Write it into/ }).uncheck();
  await dialog.getByRole('button', { name: 'Save' }).press('Enter');
  await expect(page.getByText(/Commits here would be by/)).toContainText('mira@northwind.example');
  expect(await readFile(config, 'utf8')).toBe(before);

  await page.getByRole('button', { name: 'Write it into this repository' }).click();
  await expect(page.getByText(/Commits as .*mira@northwind\.example/)).toBeVisible();
  await expect(page.getByText(/Commits here would be by/)).toHaveCount(0);
  expect(await readFile(config, 'utf8')).toContain('email = mira@northwind.example');
  await page.getByRole('button', { name: 'Account of this repository: Northwind' }).click();
  await page.getByRole('menuitem', { name: 'Put back the identity that was there' }).click();
  await expect(page.getByText('Commits as Mira <mira@home.example>')).toBeVisible();
  expect(await readFile(config, 'utf8')).toBe(before);
});

test('row 1.19: an account and an identity chosen in the title bar are this repository’s own', async ({
  page,
  host,
  closing,
}) => {
  const server = await twoAccounts(host, closing);
  const [first] = await host.core.accounts.list();
  await host.core.bindings.putRule({
    id: null,
    accountId: first?.id ?? '',
    scope: { kind: 'host', origin: server.origin },
    identity: null,
  });
  const directory = await clone(page, `${server.url}/northwind/warehouse.git`, host.clones);
  const account = (name: string) =>
    page.getByRole('button', { name: new RegExp(`^Account of this repository: ${name}`) });
  await account('Northwind').click();
  await page.getByRole('menuitem', { name: /^Consulting/ }).click();
  await expect(account('Consulting, bound')).toBeVisible();

  await account('Consulting').click();
  await page.getByRole('menuitem', { name: 'Change account or identity…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Account and identity' });
  await dialog.getByRole('radio', { name: 'As this person' }).check();
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill('mira@keller.example');
  await dialog.getByRole('checkbox', { name: /Write it into/ }).uncheck();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(/Commits here would be by/)).toContainText('mira@keller.example');
  await page.getByRole('button', { name: 'Write it into this repository' }).click();
  await expect(page.getByText(/Commits here would be by/)).toHaveCount(0);
  expect(await readFile(path.join(directory, '.git', 'config'), 'utf8')).toContain('mira@keller.example');

  await account('Consulting').click();
  await page.getByRole('menuitem', { name: 'By rule or address' }).click();
  await expect(account('Northwind')).toBeVisible();
});

test('row 3.9: one button shows the exact change to the user’s git, makes it and takes it back', async ({
  page,
  host,
  closing,
}) => {
  const server = await twoAccounts(host, closing);
  const file = path.join(host.home, '.gitconfig');
  const original = '[user]\n\tname = Mira\n';
  await mkdir(host.home, { recursive: true });
  await writeFile(file, original);
  const preferences = await openHostingProviders(page);
  await preferences.getByRole('tab', { name: 'Git', exact: true }).click();
  await expect(preferences.getByText('Asks for the host only')).toBeVisible();
  await preferences
    .getByRole('button', { name: /^Setting for 127/ })
    .or(preferences.getByRole('button', { name: /^Setting for http/ }))
    .click();
  const dialog = page.getByRole('dialog', { name: /Let Git ask for each repository/ });
  await expect(dialog.getByLabel('The change')).toContainText(`[credential "${server.origin}"]`);
  await expect(dialog).toContainText(file);
  expect(await readFile(file, 'utf8')).toBe(original);
  await dialog.getByRole('button', { name: 'Make this change' }).click();
  await expect(dialog.getByText(/asked with the complete address/)).toBeVisible();
  expect(await readFile(file, 'utf8')).toBe(
    `${original}[credential "${server.origin}"]\n\tuseHttpPath = true\n`,
  );
  await dialog.getByRole('button', { name: 'Take it back' }).click();
  await expect(dialog.getByRole('button', { name: 'Make this change' })).toBeVisible();
  expect(await readFile(file, 'utf8')).toBe(original);
});
