import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accountDraftSchema } from '../../shared/contract/accounts';
import type { MovePlan } from '../../shared/contract/organization-move';
import { account, working } from './harness/accounts';
import type { CoreState } from './harness/core';
import { type Harness, startHarness } from './harness/page';
import { onPage } from './on-page';

let harness: Harness;
let page: Page;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => page.context().close());

const everything = account('all', {
  kind: 'azure-devops-server',
  provider: 'azure-devops',
  alias: 'Everything',
  url: 'https://dev.azure.com',
  organization: '',
});

const entry = (organization: string, repositories: string[]) => ({
  organization,
  account: null,
  repositories: repositories.map((name) => ({ id: name, name, path: `/home/jane/${name}` })),
  draft: accountDraftSchema.parse({
    kind: 'azure-devops-server',
    alias: '',
    authenticationType: 'personal',
    url: 'https://dev.azure.com',
    organization,
  }),
  tokenPage: `https://dev.azure.com/${organization}/_usersSettings/tokens`,
});

const plan = (more: Partial<MovePlan> = {}): MovePlan => ({
  accountId: 'all',
  until: '2099-12-01',
  listFailure: null,
  others: [],
  entries: [
    entry('fabrikam', ['web', 'api']),
    entry('a-very-long-name-of-an-organization-that-does-not-fit-into-one-line-of-any-dialog', []),
  ],
  ...more,
});

async function preferences(state: Partial<CoreState>) {
  page = await harness.open(state, { reducedMotion: 'reduce' });
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.keyboard.press('Control+,');
  await page.getByRole('dialog', { name: 'Preferences' }).waitFor();
}
const calls = (name: string) =>
  page.evaluate((name) => window.standIn.state.calls.filter((call) => call.name === name), name);
const dialog = () => page.getByRole('dialog', { name: 'Move “Everything” to one token per organization' });
const section = (name: string) => dialog().getByRole('region', { name });

describe('moving to one token per organization', () => {
  it('rows 2.10 3.6: leads from the notice through every organization, by keyboard alone', async () => {
    await preferences({ accounts: [everything], moves: [plan()], signIn: { ok: true, result: working } });
    await onPage(page.getByText(/refused from December 1, 2099 on\./)).toBeVisible();
    await page.getByRole('button', { name: 'Move Everything' }).focus();
    await page.keyboard.press('Enter');
    const token = dialog().getByRole('textbox', { name: /of fabrikam/ });
    await onPage(token).toBeFocused();
    await page.keyboard.press('Enter');
    await onPage(dialog().getByText('is needed.')).toBeVisible();
    await token.fill('fabrikam-token');
    await page.keyboard.press('Enter');
    await onPage(section('fabrikam').getByLabel('Done')).toBeVisible();
    expect((await calls('accounts.save'))[0]?.input).toMatchObject({
      draft: { organization: 'fabrikam', token: 'fabrikam-token' },
    });
    expect((await calls('organizationMove.rebind'))[0]?.input).toMatchObject({
      accountId: 'all',
      organization: 'fabrikam',
    });
    // The next one is open, ready to be typed into; nobody's repository waits for it.
    await onPage(dialog().getByRole('textbox', { name: /of a-very-long/ })).toBeFocused();
    await onPage(dialog().getByRole('button', { name: 'Remove old account…' })).toBeEnabled();
    await page.keyboard.press('Escape');
    await onPage(dialog()).toBeHidden();
    await onPage(page.getByRole('button', { name: 'Move Everything' })).toBeFocused();
  });

  it('stops a test that is cancelled and stores nothing', async () => {
    await preferences({ accounts: [everything], moves: [plan()], signIn: 'hang' });
    await page.getByRole('button', { name: 'Move Everything' }).click();
    await dialog()
      .getByRole('textbox', { name: /of fabrikam/ })
      .fill('slow');
    await dialog().getByRole('button', { name: 'Test and save' }).click();
    await dialog().getByRole('button', { name: 'Cancel test' }).click();
    await onPage(dialog().getByRole('button', { name: 'Test and save' })).toBeEnabled();
    expect(await calls('organizationMove.rebind')).toEqual([]);
    expect(await page.evaluate(() => window.standIn.state.accounts.length)).toBe(1);
    await onPage(dialog().getByRole('button', { name: 'Remove old account…' })).toBeDisabled();
  });

  it('goes on where it was left: an organization that has its account takes its repositories over', async () => {
    const own = { ...everything, id: 'own', alias: 'Fabrikam', organization: 'fabrikam' };
    await preferences({ accounts: [everything, own], moves: [plan()] });
    await page.getByRole('button', { name: 'Move Everything' }).click();
    await section('fabrikam').getByRole('button', { name: 'Use it for 2 repositories' }).click();
    await onPage(section('fabrikam').getByLabel('Done')).toBeVisible();
    expect((await calls('organizationMove.rebind'))[0]?.input).toMatchObject({ to: 'own' });
  });

  it('says why the token tells nothing, and takes organizations by name', async () => {
    await preferences({
      accounts: [everything],
      moves: [plan({ listFailure: { kind: 'token-refused', host: 'dev.azure.com' }, until: '2020-12-01' })],
    });
    await onPage(page.getByText(/refused since December 1, 2020/)).toBeVisible();
    await page.getByRole('button', { name: 'Move Everything' }).click();
    await onPage(dialog().getByText(/does not tell its organizations: .*refused the token/)).toBeVisible();
    const name = dialog().getByLabel('Another organization');
    await name.fill('two words');
    await onPage(dialog().getByRole('button', { name: 'Add' })).toBeDisabled();
    await name.fill('https://dev.azure.com/northwind/');
    await page.keyboard.press('Enter');
    await onPage(section('northwind')).toBeVisible();
    await onPage(dialog().getByRole('textbox', { name: /of northwind/ })).toBeFocused();
  });

  it('leads there also who would replace the old token by another', async () => {
    await preferences({ accounts: [everything], moves: [plan()] });
    await page.getByRole('button', { name: 'More for Everything' }).click();
    await page.getByRole('menuitem', { name: 'Replace token…' }).click();
    await onPage(dialog()).toBeVisible();
  });

  it('asks before the old account goes', async () => {
    const own = { ...everything, id: 'own', alias: 'Fabrikam', organization: 'fabrikam' };
    await preferences({
      accounts: [everything, own],
      moves: [plan({ entries: [entry('fabrikam', [])] })],
    });
    await page.getByRole('button', { name: 'Move Everything' }).click();
    await onPage(dialog().getByText('Every organization has its own account.')).toBeVisible();
    await dialog().getByRole('button', { name: 'Remove old account…' }).click();
    await page.getByRole('button', { name: 'Remove account' }).click();
    await onPage(dialog()).toBeHidden();
    await onPage(page.getByText('Everything', { exact: true })).toHaveCount(0);
  });
});
