import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type ReadingPage, startReadingPage } from './reading/page';
import type { Scene } from './reading/port';
import { onPage } from './on-page';

let reading: ReadingPage;
beforeAll(async () => {
  reading = await startReadingPage();
});
afterAll(() => reading.close());

async function browsing(scene: Partial<Scene>): Promise<Page> {
  const page = await reading.open(scene, { reducedMotion: 'reduce' });
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('button', { name: /Browse|Hosted/ })
    .first()
    .click();
  await page.getByRole('heading', { name: 'Hosted repositories' }).waitFor();
  return page;
}

describe('the list of hosted repositories', () => {
  it('without an account offers to add one first (row 1.20)', async () => {
    const page = await browsing({ accounts: 0 });
    await onPage(page.getByText('No hosting account yet')).toBeVisible();
    await page.getByRole('button', { name: 'Add an account…' }).click();
    await onPage(page.getByRole('dialog', { name: 'Preferences' })).toBeVisible();
    await page.context().close();
  });

  it('leads to the page where an account is given more (row 4.2)', async () => {
    const page = await browsing({ repositories: 20 });
    await page.getByRole('button', { name: 'Missing a repository?' }).click();
    await onPage(page.getByText('Grant access to more repositories, then refresh')).toBeVisible();
    const entries = page.getByRole('menuitem');
    await onPage(entries).toHaveCount(4);
    await page.keyboard.press('ArrowDown');
    await onPage(page.locator('[role=menuitem]:focus')).toHaveCount(1);
    await page.keyboard.press('Escape');
    await onPage(entries).toHaveCount(0);
    await page.context().close();
  });
});

describe('the clone dialog', () => {
  it('takes an address, a branch and one of the accounts (rows 0.15, 1.1)', async () => {
    const page = await reading.open({}, { reducedMotion: 'reduce' });
    await page.getByRole('main').getByRole('button', { name: 'Clone…' }).click();
    await page.getByLabel('Address').fill('https://github.com/acme/web-shop.git');
    await onPage(page.getByRole('combobox', { name: 'Branch' })).toBeVisible();
    const account = page.getByRole('combobox', { name: 'Account' });
    await account.click();
    await onPage(page.getByRole('option', { name: 'No account: ask me' })).toBeVisible();
    const offered = page.getByRole('option');
    await onPage.poll(() => offered.count()).toBeGreaterThan(1);
    await page.getByRole('option', { name: 'No account: ask me' }).click();
    await onPage(account).toHaveValue('No account: ask me');
    await page.context().close();
  });
});
