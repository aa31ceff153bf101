import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { account, everyState, working } from './harness/accounts';
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

async function preferences(state: Partial<CoreState> = {}) {
  page = await harness.open(state, { reducedMotion: 'reduce' });
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.keyboard.press('Control+,');
  await page.getByRole('dialog', { name: 'Preferences' }).waitFor();
}

const calls = (name: string) =>
  page.evaluate((name) => window.standIn.state.calls.filter((call) => call.name === name), name);
const dialog = (name: string | RegExp) => page.getByRole('dialog', { name });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const field = (name: string) => page.locator(`[name=account-${name}]`);
const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIB\nAAAA\n-----END RSA PRIVATE KEY-----\n';

async function paste(target: ReturnType<typeof field>, text: string) {
  await target.focus();
  await target.evaluate((element, text) => {
    const data = new DataTransfer();
    data.setData('text', text);
    element.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, text);
}

describe('adding an account', () => {
  it('tests and saves with the pasted token cleaned, and lists the account', async () => {
    await preferences({ signIn: { ok: true, result: working } });
    await button('GitHub').click();
    await onPage(field('alias')).toBeFocused();
    await field('alias').fill('Work');
    await paste(field('token'), '"Bearer ghp_abc"\r\n');
    await onPage(field('token')).toHaveValue('ghp_abc');
    await button('Test connection').click();
    await onPage(page.getByText('Signed in as')).toBeVisible();
    await onPage(page.getByText('repo, read:org')).toBeVisible();
    expect((await calls('accounts.test'))[0]?.input).toMatchObject({ token: 'ghp_abc', tokenName: 'oauth2' });
    await button('Add').last().click();
    await onPage(dialog(/Add Hosting Provider/)).toBeHidden();
    await onPage(page.getByRole('cell').getByText('Work', { exact: true })).toBeVisible();
    await onPage(page.getByText('Working')).toBeVisible();
  });

  it('keeps the form when sign-in fails, says why, and saves only after an explicit choice', async () => {
    await preferences();
    await button('GitHub').click();
    await field('token').fill('ghp_wrong');
    await button('Add').last().click();
    await onPage(page.getByRole('alert')).toContainText('github.com refused the token');
    await onPage(field('token')).toHaveValue('ghp_wrong');
    expect((await calls('accounts.save'))[0]?.input).toMatchObject({ acceptFailure: false });
    await button('Save anyway').click();
    await onPage(dialog(/Add Hosting Provider/)).toBeHidden();
    await onPage(page.getByText('Refused', { exact: true })).toBeVisible();
    expect((await calls('accounts.save'))[1]?.input).toMatchObject({ acceptFailure: true });
  });

  it('stops a running test when it is cancelled', async () => {
    await preferences({ signIn: 'hang' });
    await button('GitHub').click();
    await field('token').fill('ghp_slow');
    await button('Test connection').click();
    await button('Cancel test').click();
    await onPage(button('Test connection')).toBeEnabled();
    await onPage(page.getByRole('alert')).toHaveCount(0);
    await onPage.poll(() => page.evaluate(() => window.standIn.state.cancelled)).toBe(1);
  });

  it('goes to the first field that is wrong and asks nobody', async () => {
    await preferences();
    await button('Azure DevOps Server').click();
    await button('Test connection').click();
    await onPage(field('url')).toBeFocused();
    await onPage(page.getByText('Collection is needed.')).toBeVisible();
    expect(await calls('accounts.test')).toEqual([]);
  });

  it('ignores the token name with header-based authentication (rows 0.10, 0.11)', async () => {
    await preferences({ signIn: { ok: true, result: working } });
    await button('Azure DevOps Server').click();
    await onPage(field('tokenName')).toBeDisabled();
    await onPage(page.getByRole('radio', { name: 'Basic' })).toBeChecked();
    await page.getByRole('switch', { name: 'Use header-based authentication' }).click();
    await onPage(field('tokenName')).toBeEnabled();
    await page.getByRole('switch', { name: 'Use header-based authentication' }).click();
    await page.getByRole('radio', { name: 'Bearer' }).check();
    await field('url').fill('https://azure.example.com');
    await field('collection').fill('DefaultCollection');
    await field('token').fill('x');
    await button('Test connection').click();
    await onPage(page.getByText('Signed in as')).toBeVisible();
    expect((await calls('accounts.test'))[0]?.input).toMatchObject({
      tokenName: '',
      headerAuthentication: 'bearer',
      useForRepositories: true,
    });
  });

  it('shows of a private key only that it is there (rows 1.7, 1.18)', async () => {
    await preferences({ signIn: { ok: true, result: working } });
    await button('GitHub').click();
    await page.getByRole('combobox', { name: 'Authentication Type' }).click();
    await page.getByRole('option', { name: 'GitHub Application' }).click();
    await field('appId').fill('12345');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'key.pem', mimeType: 'application/x-pem-file', buffer: Buffer.from(pem) });
    await onPage(page.getByText('Private key, 4 lines')).toBeVisible();
    expect(await page.content()).not.toContain('MIIB');
    await button('Clear').click();
    await paste(page.getByRole('textbox', { name: 'Private key' }), pem);
    await onPage(page.getByText('Private key, 4 lines')).toBeVisible();
    expect(await page.content()).not.toContain('MIIB');
    await button('Test connection').click();
    await onPage(page.getByText('Signed in as')).toBeVisible();
    expect((await calls('accounts.test'))[0]?.input).toMatchObject({
      privateKey: pem,
      appId: '12345',
      token: '',
    });
  });

  const asApp = async (state: Partial<CoreState>) => {
    await preferences({ signIn: { ok: true, result: working }, ...state });
    await button('GitHub').click();
    await page.getByRole('combobox', { name: 'Authentication Type' }).click();
    await page.getByRole('option', { name: 'GitHub Application' }).click();
  };
  const fillApp = async () => {
    await field('appId').fill('12345');
    await paste(page.getByRole('textbox', { name: 'Private key' }), pem);
  };
  const option = (name: string | RegExp) => page.getByRole('option', { name });

  it('offers the installations of an app by name, page by page, and takes a number as well (row 1.8)', async () => {
    const named = (id: string, name: string, suspended = false) =>
      ({ id, name, owner: 'organization', suspended }) as const;
    await asApp({
      installations: [
        [named('5550001', 'northwind'), named('5550002', 'sleepy', true)],
        [named('5550003', 'an-organization-with-a-name-that-is-much-longer-than-the-field-is-wide')],
      ],
    });
    await field('installation').click();
    await onPage(page.getByText('Fill in the App ID and the private key first.')).toBeVisible();
    await fillApp();
    await field('installation').click();
    await onPage(option(/northwind/)).toBeVisible();
    await onPage(option(/sleepy/)).toContainText('suspended');
    await onPage(option(/sleepy/)).toHaveAttribute('data-combobox-disabled', 'true');
    await option('Load more').click();
    await onPage(option(/much-longer/)).toBeVisible();
    await onPage(option('Load more')).toHaveCount(0);
    await field('installation').fill('north');
    await onPage(option(/much-longer/)).toHaveCount(0);
    await field('installation').press('ArrowDown');
    await field('installation').press('ArrowDown');
    await field('installation').press('Enter');
    await onPage(field('installation')).toHaveValue('5550001');
    await onPage(page.getByText('Installed on northwind.')).toBeVisible();
    // The list closes with Escape, and the dialog stays.
    await field('installation').click();
    await field('installation').press('Escape');
    await onPage(option(/northwind/)).toHaveCount(0);
    await onPage(field('installation')).toBeVisible();
    await field('installation').fill('https://github.com/settings/installations/77');
    await button('Test connection').click();
    await onPage(page.getByText('Signed in as')).toBeVisible();
    expect((await calls('accounts.test'))[0]?.input).toMatchObject({
      installation: 'https://github.com/settings/installations/77',
    });
    expect(
      (await calls('accounts.installations')).map(({ input }) => (input as { page: number }).page),
    ).toEqual([1, 2]);
  });

  it('leaves the choice to the first installation found (row 1.9)', async () => {
    await asApp({
      installations: [[{ id: '5550001', name: 'northwind', owner: 'organization', suspended: false }]],
    });
    await fillApp();
    await field('installation').click();
    await option(/northwind/).click();
    await field('installation').click();
    await option('The first one found').click();
    await onPage(field('installation')).toHaveValue('');
  });

  it('says why the installations of an app cannot be listed, and asks again for another app (row 1.8)', async () => {
    await asApp({
      installations: {
        kind: 'token-refused',
        host: 'github.com',
        detail: 'The private key is not one of it.',
      },
    });
    await fillApp();
    await field('installation').click();
    await onPage(page.getByRole('alert')).toContainText('github.com');
    await field('appId').fill('678');
    await field('installation').click();
    await onPage.poll(() => calls('accounts.installations')).toHaveLength(2);
  });

  it('says when an app is installed nowhere (row 1.8)', async () => {
    await asApp({ installations: [[]] });
    await fillApp();
    await field('installation').click();
    await onPage(page.getByText('This app is not installed anywhere yet.')).toBeVisible();
  });

  it('opens the token page of the typed address in the system’s browser', async () => {
    await preferences();
    await button('GitHub').click();
    await field('url').fill('https://ghe.example.com');
    await button('Open token page').click();
    await onPage
      .poll(() => calls('application.openExternal'))
      .toEqual([
        { name: 'application.openExternal', input: { url: 'https://ghe.example.com/settings/tokens' } },
      ]);
  });

  it('asks before what was typed is thrown away, and Escape closes the topmost dialog only', async () => {
    await preferences();
    await button('GitHub').click();
    await field('alias').fill('Work');
    await page.keyboard.press('Escape');
    await onPage(dialog('Discard what you typed?')).toBeVisible();
    await page.keyboard.press('Escape');
    await onPage(dialog('Discard what you typed?')).toBeHidden();
    await onPage(field('alias')).toHaveValue('Work');
    await page.keyboard.press('Escape');
    await button('Discard').click();
    await onPage(dialog(/Add Hosting Provider/)).toBeHidden();
    await onPage(dialog('Preferences')).toBeVisible();
    await onPage(button('GitHub')).toBeFocused();
    await page.keyboard.press('Escape');
    await onPage(dialog('Preferences')).toBeHidden();
  });

  it('lets the user decide where secrets are kept before the first one is saved', async () => {
    await preferences({
      signIn: { ok: true, result: working },
      secretStore: {
        backend: 'undecided',
        locked: false,
        choices: ['passphrase', 'session'],
        why: 'No key store.',
      },
    });
    await button('GitHub').click();
    await field('token').fill('ghp_x');
    await button('Add').last().click();
    await onPage(dialog('Keep your tokens safe')).toContainText('No key store.');
    await page.getByLabel('Passphrase', { exact: true }).fill('short');
    await button('Use this').click();
    await onPage(page.getByText('At least 8 characters.')).toBeVisible();
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery');
    await page.getByLabel('The same again').fill('correct horse');
    await onPage(page.getByText('The two are not the same.')).toBeVisible();
    expect(await calls('accounts.save')).toEqual([]);
    await page.getByLabel('The same again').fill('correct horse battery');
    await button('Use this').click();
    await onPage(dialog(/Add Hosting Provider/)).toBeHidden();
    expect(await page.evaluate(() => window.standIn.state.passphrase)).toBe('correct horse battery');
    expect(await calls('accounts.save')).toHaveLength(1);
  });

  it('saves nothing when the user does not want to decide or unlock', async () => {
    await preferences({
      secretStore: { backend: 'passphrase', locked: true, choices: ['passphrase'], why: null },
      passphrase: 'right',
    });
    await button('GitHub').click();
    await field('token').fill('ghp_x');
    await button('Add').last().click();
    await onPage(dialog('Unlock your tokens')).toBeVisible();
    await page.getByLabel('Passphrase', { exact: true }).fill('wrong');
    await button('Unlock').click();
    await onPage(page.getByText('This does not open the file.')).toBeVisible();
    await page.keyboard.press('Escape');
    await onPage(dialog(/Add Hosting Provider/)).toBeVisible();
    expect(await calls('accounts.save')).toEqual([]);
  });
});

describe('an account that is there', () => {
  it('gets a new token in one field, from its own failure line', async () => {
    await preferences({ accounts: everyState, signIn: { ok: true, result: working } });
    await button('Replace token').click();
    const replace = dialog('Replace the token of “Bitbucket”');
    await replace.getByRole('button', { name: 'Replace', exact: true }).click();
    await onPage(replace).toContainText('Token is needed.');
    await page.locator('input[type=password]').fill('Bearer new');
    await replace.getByRole('button', { name: 'Replace', exact: true }).click();
    await onPage(replace).toBeHidden();
    expect((await calls('accounts.replaceToken'))[0]?.input).toMatchObject({
      accountId: 'three',
      token: 'new',
    });
    await onPage(page.getByText('refused the token')).toHaveCount(0);
  });

  it('is edited without its secret, which stays when its field is left blank', async () => {
    await preferences({
      accounts: [account('one', { alias: 'Personal' })],
      signIn: { ok: true, result: working },
    });
    await page.getByRole('button', { name: 'More for Personal' }).click();
    await page.getByRole('menuitem', { name: 'Edit…' }).click();
    await onPage(field('token')).toHaveValue('');
    await field('alias').fill('Private');
    await button('Save').click();
    await onPage(dialog('Edit Personal')).toBeHidden();
    await onPage(page.getByRole('button', { name: 'More for Private' })).toBeFocused();
    expect((await calls('accounts.save'))[0]?.input).toMatchObject({
      draft: { accountId: 'one', alias: 'Private', token: '' },
    });
    await onPage(page.getByRole('cell').getByText('Private', { exact: true })).toBeVisible();
  });

  it('is removed only after its consequences were shown', async () => {
    await preferences({
      accounts: [account('one', { alias: 'Personal' })],
      removalImpact: [{ id: 'r', name: 'website', path: '/home/jane/website' }],
    });
    await page.getByRole('button', { name: 'More for Personal' }).click();
    await page.getByRole('menuitem', { name: 'Remove…' }).click();
    await onPage(dialog('Remove “Personal”?')).toContainText('website');
    await onPage(dialog('Remove “Personal”?').getByRole('button', { name: 'Cancel' })).toBeFocused();
    await button('Remove account').click();
    await onPage(page.getByText('No hosting provider yet')).toBeVisible();
  });
});

describe('questions of the core', () => {
  const question = {
    kind: 'credentials',
    id: 'q1',
    operation: 'clone',
    host: 'git.example.com',
    path: 'team/private',
    protocol: 'https',
    accountId: null,
    accountAlias: null,
    reason: 'no-account',
    username: '',
  } as const;

  it('queue, are answered one by one, and disappear with their operation', async () => {
    page = await harness.open({ questions: [question] }, { reducedMotion: 'reduce' });
    await onPage(dialog('Sign in')).toContainText('team/private');
    await page.evaluate((second) => window.standIn.ask(second), { ...question, id: 'q2', path: 'other/one' });
    await onPage(dialog('Sign in (1 of 2)')).toBeVisible();
    await page.getByLabel('User name').fill('jane');
    await page.getByLabel('Password or token').fill('secret');
    await page.getByText('Save for this repository').click();
    await button('Sign in').click();
    await onPage(dialog('Sign in')).toContainText('other/one');
    await onPage(page.getByLabel('Password or token')).toHaveValue('');
    expect(await page.evaluate(() => window.standIn.state.answers)).toEqual([
      {
        id: 'q1',
        answer: { kind: 'credentials', username: 'jane', password: 'secret', save: 'repository' },
      },
    ]);
    await page.evaluate(() => window.standIn.withdraw('q2'));
    await onPage(dialog(/Sign in/)).toBeHidden();
  });

  it('Escape answers with a dismissal', async () => {
    page = await harness.open({ questions: [question] }, { reducedMotion: 'reduce' });
    await onPage(button('Cancel')).toBeEnabled();
    await page.keyboard.press('Escape');
    await onPage(dialog('Sign in')).toBeHidden();
    expect(await page.evaluate(() => window.standIn.state.answers)).toEqual([
      { id: 'q1', answer: { kind: 'dismiss' } },
    ]);
  });
});
