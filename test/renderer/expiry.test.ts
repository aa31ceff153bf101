import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expiryRows } from '../../renderer/features/hosting-providers/expiry-rows';
import { recoveredSince } from '../../renderer/rpc/recovered';
import type { Account } from '../../shared/contract/accounts';
import type { Question } from '../../shared/contract/prompts';
import { account, everyState, manyEnds, working } from './harness/accounts';
import type { CoreState } from './harness/core';
import { kinds } from './harness/kinds';
import { type Harness, startHarness } from './harness/page';
import { onPage } from './on-page';

describe('the order of the expiry board (row 0.16)', () => {
  const now = Date.UTC(2026, 10, 21, 12);
  const error = { kind: 'token-refused', host: 'github.com' } as const;
  const rows = (accounts: Account[]) => expiryRows(accounts, kinds, now).map(({ account: { id } }) => id);

  it('is refused, then by what ends first, then what nobody knows, then what does not end', () => {
    expect(
      rows([
        account('app', { authenticationType: 'app' }),
        account('unknown', { kind: 'bitbucket-cloud' }),
        account('late', { expiresOn: '2027-06-01', expirySource: 'provider' }),
        account('over', { expiresOn: '2026-11-01', expirySource: 'user' }),
        account('soon', { expiresOn: '2026-11-25T08:00:00.000Z', expirySource: 'provider' }),
        account('refused', { expiresOn: '2027-01-01', state: { status: 'refused', error } }),
      ]),
    ).toEqual(['refused', 'over', 'soon', 'late', 'unknown', 'app']);
  });

  it('takes the earlier of the entered end and the one for all tokens of the kind (row 2.10)', () => {
    const [row] = expiryRows(
      [account('global', { expiresOn: '2027-06-30', expirySource: 'user', endsAtLatest: '2026-12-01' })],
      kinds,
      now,
    );
    expect(row).toMatchObject({ distance: 'in 10 days', source: 'Retired by the provider then' });
    expect(row?.date).toContain('2026');
  });

  it('says who told, and that a date may be entered where nobody does (row 3.5)', () => {
    const of = (rest: Partial<Account>) => expiryRows([account('a', rest)], kinds, now)[0];
    expect(of({ expiresOn: '2027-01-01', expirySource: 'user' })?.source).toBe('You entered');
    expect(of({ expiresOn: '2027-01-01', expirySource: 'provider' })?.source).toMatch(/ says$/);
    expect(of({ kind: 'bitbucket-cloud' })).toMatchObject({ isUnknown: true, date: '' });
    expect(of({ authenticationType: 'oauth' })).toMatchObject({ isUnknown: false, date: '' });
  });
});

describe('accounts that work again', () => {
  const error = { kind: 'token-refused', host: 'github.com' } as const;
  const refused = account('a', { state: { status: 'refused', error }, lastChecked: 1 });
  const fine = account('a', { lastChecked: 1 });

  it('are those that did not work, or were found working anew', () => {
    expect(recoveredSince([refused], [account('a', { lastChecked: 2 })])).toEqual(['a']);
    expect(recoveredSince([fine], [account('a', { lastChecked: 2 })])).toEqual(['a']);
    expect(recoveredSince([fine], [account('a', { lastChecked: 1, alias: 'Renamed' })])).toEqual([]);
    expect(recoveredSince([fine], [refused])).toEqual([]);
    expect(recoveredSince([], [fine])).toEqual([]);
    expect(recoveredSince(undefined, [fine])).toEqual([]);
  });
});

describe('in the page', () => {
  let harness: Harness;
  let page: Page;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness.close());
  afterEach(() => page.context().close());

  async function open(state: Partial<CoreState>) {
    page = await harness.open(state, { reducedMotion: 'reduce' });
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
  }
  const calls = (name: string) =>
    page.evaluate((name) => window.standIn.state.calls.filter((call) => call.name === name), name);
  const dialog = (name: string | RegExp) => page.getByRole('dialog', { name });
  const bitbucket = everyState.filter(({ id }) => id === 'three');
  const question: Question = {
    kind: 'credentials',
    id: 'q1',
    operation: 'clone',
    host: 'bitbucket.org',
    path: 'team/private',
    protocol: 'https',
    accountId: 'three',
    accountAlias: 'Bitbucket',
    reason: 'account-refused',
    username: '',
    waiting: 1,
  };

  it('a notice of one account leads to one field, and goes when the account works (row 0.16)', async () => {
    await open({ accounts: bitbucket, signIn: { ok: true, result: working } });
    const notice = page.getByRole('note', { name: 'Account Bitbucket' });
    await onPage(notice).toContainText('bitbucket.org refused the token');
    await notice.getByRole('button', { name: 'Replace token' }).click();
    await onPage(dialog('Preferences')).toHaveCount(0);
    await dialog(/^Replace the token/)
      .locator('input[type=password]')
      .fill('new');
    await dialog(/^Replace the token/)
      .getByRole('button', { name: 'Replace', exact: true })
      .click();
    await onPage(dialog(/^Replace the token/)).toBeHidden();
    await onPage(notice).toBeHidden();
    expect((await calls('accounts.replaceToken'))[0]?.input).toMatchObject({ accountId: 'three' });
  });

  it('a notice that is dismissed is gone, and the account still counts in the rail', async () => {
    await open({ accounts: bitbucket });
    await page.getByRole('button', { name: 'Dismiss: Bitbucket' }).click();
    await onPage(page.getByRole('note')).toHaveCount(0);
    await onPage(page.getByTitle('Accounts that need your attention')).toBeVisible();
  });

  it('several accounts are one bar, worst first, that leads to the board', async () => {
    await open({ accounts: everyState });
    const notice = page.getByRole('note', { name: 'Accounts that need you' });
    await onPage(notice).toContainText(/3 accounts need you Bitbucket.*refused.*Old.*Work/);
    await notice.getByRole('button', { name: 'Show accounts' }).click();
    await onPage(dialog('Preferences').getByRole('columnheader', { name: 'Expires' })).toBeVisible();
    await onPage(dialog('Preferences').getByRole('row').nth(1)).toContainText('Bitbucket');
  });

  it('a date nobody knows is entered on the board, by keyboard alone, without a new token (row 2.10)', async () => {
    await open({ accounts: manyEnds() });
    await page.keyboard.press('Control+,');
    await dialog('Preferences').getByText('Expiry', { exact: true }).click();
    await onPage(dialog('Preferences').getByRole('row')).toHaveCount(13);
    const enter = page.getByRole('button', { name: 'Enter the expiry date of Bitbucket (client project)' });
    await enter.focus();
    await page.keyboard.press('Enter');
    const field = dialog(/^Expiry date of/).getByLabel('Expires on');
    await onPage(field).toBeFocused();
    await field.fill('2099-05-31');
    await page.keyboard.press('Enter');
    await onPage(dialog(/^Expiry date of/)).toBeHidden();
    expect((await calls('accounts.setExpiry'))[0]?.input).toEqual({
      accountId: 'end-2',
      expiresOn: '2099-05-31',
    });
    const row = dialog('Preferences').getByRole('row').filter({ hasText: 'client project' });
    await onPage(row).toContainText('2099');
    await onPage(row).toContainText('You entered');
    expect(await calls('accounts.replaceToken')).toEqual([]);
  });

  it('a date the provider tells cannot be entered over', async () => {
    await open({ accounts: manyEnds() });
    await page.keyboard.press('Control+,');
    await dialog('Preferences').getByText('Expiry', { exact: true }).click();
    await page.getByRole('button', { name: 'More for Account 4' }).click();
    await onPage(page.getByRole('menuitem', { name: 'Enter expiry date…' })).toBeDisabled();
  });

  it('the question of a waiting operation offers the new token first, over itself, and Escape closes one at a time', async () => {
    await open({ accounts: bitbucket, questions: [question], signIn: { ok: true, result: working } });
    const replace = page.getByRole('button', { name: 'Replace the token of “Bitbucket”…' });
    await onPage(replace).toBeFocused();
    // It takes a key once it could be seen.
    await onPage(replace).toBeEnabled();
    await onPage(dialog('Sign in')).toContainText('so does one more that waits');
    await page.keyboard.press('Enter');
    await onPage(dialog(/^Replace the token/).locator('input[type=password]')).toBeFocused();
    await page.keyboard.press('Escape');
    await onPage(dialog(/^Replace the token/)).toBeHidden();
    await onPage(dialog('Sign in')).toBeVisible();
    expect(await page.evaluate(() => window.standIn.state.answers)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel all 2' }).click();
    await onPage(dialog('Sign in')).toBeHidden();
    expect(await page.evaluate(() => window.standIn.state.answers)).toEqual([
      { id: 'q1', answer: { kind: 'dismiss' } },
    ]);
  });

  it('other credentials for the one repository stay possible', async () => {
    await open({ accounts: bitbucket, questions: [question] });
    await page.getByLabel('User name').fill('jane');
    await page.getByLabel('Password or token').fill('another');
    await page.keyboard.press('Enter');
    await onPage(dialog('Sign in')).toBeHidden();
    expect(await page.evaluate(() => window.standIn.state.answers)).toMatchObject([
      { id: 'q1', answer: { kind: 'credentials', username: 'jane', password: 'another', save: 'no' } },
    ]);
  });
});
