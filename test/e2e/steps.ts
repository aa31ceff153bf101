import path from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import type { AccountDraftInput } from '../../shared/contract/accounts';

const menu = (page: Page) => page.getByRole('navigation', { name: 'Main' });

export async function openHostingProviders(page: Page): Promise<Locator> {
  const dialog = page.getByRole('dialog', { name: 'Preferences' });
  if (!(await dialog.isVisible())) await menu(page).getByRole('button', { name: 'Preferences' }).click();
  await dialog.getByRole('tab', { name: 'Hosting Providers' }).click();
  return dialog;
}

/** Opens the Add Hosting Provider dialog of a kind and fills it in as a person would. */
export async function fillAccount(page: Page, label: string, draft: AccountDraftInput): Promise<Locator> {
  const preferences = await openHostingProviders(page);
  await expect(
    preferences.getByRole('table').or(preferences.getByText('No hosting provider yet')),
  ).toBeVisible();
  if (await preferences.getByRole('table').isVisible()) {
    await preferences.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('menuitem', { name: label, exact: true }).click();
  } else {
    await preferences.getByRole('button', { name: label, exact: true }).click();
  }
  const dialog = page.getByRole('dialog', { name: `Add Hosting Provider: ${label}` });
  await expect(dialog).toBeVisible();
  if (draft.authenticationType === 'app') {
    await dialog.getByRole('combobox', { name: 'Authentication Type' }).click();
    await page.getByRole('option', { name: 'GitHub Application' }).click();
    const key = dialog.getByRole('textbox', { name: 'Private key' });
    await key.fill(draft.privateKey ?? '');
    await key.blur();
  }
  const fields = [
    'alias',
    'url',
    'organization',
    'collection',
    'email',
    'username',
    'token',
    'expiresOn',
    'appId',
  ] as const;
  for (const field of fields) {
    const value = draft[field];
    if (value) await dialog.locator(`[name="account-${field}"]`).fill(value);
  }
  return dialog;
}

const chooseStore = (page: Page) => page.getByRole('dialog', { name: 'Keep your tokens safe' });

/**
 * The first secret makes Polyforge ask where secrets are kept. `unless`: the
 * dialog that closes instead where the system has a key store.
 */
export async function keepForThisSession(page: Page, unless?: Locator): Promise<void> {
  const dialog = chooseStore(page);
  if (unless)
    await expect(async () =>
      expect((await dialog.isVisible()) || !(await unless.isVisible())).toBe(true),
    ).toPass();
  if (unless && !(await dialog.isVisible())) return;
  await dialog.getByRole('radio', { name: /In memory only/ }).check();
  await dialog.getByRole('button', { name: 'Use this' }).click();
}

/** The other answer: secrets are written to the disk, sealed. */
export async function keepBehindPassphrase(page: Page, passphrase: string): Promise<void> {
  const dialog = chooseStore(page);
  await dialog.getByRole('radio', { name: /opened with a passphrase/ }).check();
  await dialog.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await dialog.getByLabel('The same again').fill(passphrase);
  await dialog.getByRole('button', { name: 'Use this' }).click();
}

export async function closePreferences(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Preferences' });
  await dialog.getByRole('button', { name: /close/i }).first().click();
  await expect(dialog).toBeHidden();
}

/** Searches the repository browser; resolves the row of the repository. */
export async function findRepository(page: Page, fullName: string): Promise<Locator> {
  const name = fullName.split('/').at(-1) ?? fullName;
  await menu(page).getByRole('button', { name: 'Browse hosted' }).click();
  await page.getByRole('searchbox', { name: 'Search repositories' }).fill(fullName.replaceAll('/', ' '));
  const row = page
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name: `Add ${name} to favourites`, exact: true }) });
  await expect(row).toHaveCount(1);
  return row;
}

/** Opens the clone dialog for an address. */
export async function pasteAddress(page: Page, url: string): Promise<void> {
  await menu(page).getByRole('button', { name: 'Open or clone a repository' }).click();
  await page.getByRole('menuitem', { name: /^Clone…/ }).click();
  await page.getByRole('dialog', { name: 'Clone a repository' }).getByLabel('Address').fill(url);
}

/** Fills the clone dialog that is open and starts. Resolves the directory. */
export async function startClone(page: Page, parent: string, name?: string): Promise<string> {
  const dialog = page.getByRole('dialog', { name: /^Clone / });
  await dialog.getByLabel('Parent directory').fill(parent);
  const folder = dialog.getByLabel('Folder name');
  // The suggestion would come between what is selected and what is typed over it.
  await expect(folder).not.toHaveValue('');
  if (name !== undefined) await folder.fill(name);
  const directory = path.join(parent, await folder.inputValue());
  const start = dialog.getByRole('button', { name: 'Clone', exact: true });
  await expect(start).toBeEnabled();
  // The list of completions may lie over the button.
  await start.press('Enter');
  return directory;
}

export async function openPullRequests(page: Page): Promise<void> {
  await menu(page).getByRole('button', { name: 'Pull requests' }).click();
}

/** Chooses a pull request in the list; resolves its pane. */
export async function choosePullRequest(page: Page, title: string): Promise<Locator> {
  await page.getByRole('option').filter({ hasText: title }).first().click();
  const pane = page.getByRole('region', { name: 'Detail' });
  await expect(pane.getByRole('heading', { level: 2 })).toContainText(title);
  return pane;
}
