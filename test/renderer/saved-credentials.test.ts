import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { filtered, inOrder, stateOf } from '../../renderer/features/saved-credentials/entries';
import type { CoreState } from './harness/core';
import { type Harness, startHarness } from './harness/page';
import { allowedHosts, everyCredential, savedCredential } from './harness/saved-credentials';
import { onPage } from './on-page';

describe('a saved password', () => {
  const now = Date.now();

  it('says what helps where something is wrong, and only there', () => {
    const label = (rest: Parameters<typeof savedCredential>[1]) => stateOf(savedCredential('x', rest), now);
    expect(label({})).toMatchObject({ label: 'Working', remedy: null });
    expect(label({ state: 'unchecked' })).toMatchObject({ label: 'Not used yet', remedy: null });
    expect(label({ expiresAt: now + 1 })).toMatchObject({ label: 'Working', remedy: null });
    expect(label({ expiresAt: now }).remedy).toContain('Enter a new password');
    expect(label({ state: 'refused', expiresAt: now }).label).toBe('Refused');
    expect(label({ state: 'refused' }).remedy).toContain('Enter a new password, or remove');
    expect(label({ missing: true, state: 'refused' }).label).toBe('No password');
  });

  it('stands above the others while it needs the user', () => {
    expect(inOrder(everyCredential, now).map(({ id }) => id)).toEqual([
      'ended',
      'lost',
      'long',
      'api',
      'website',
      'whole',
      'plain',
    ]);
  });

  it('is found by words of its address and user, in any order', () => {
    const found = (typed: string) => filtered(everyCredential, typed).map(({ id }) => id);
    expect(found('')).toHaveLength(everyCredential.length);
    expect(found('WEBSITE example')).toEqual(['website']);
    expect(found('jane.wil gitlab')).toEqual(['long']);
    expect(found('http://')).toEqual(['plain']);
    expect(found('nothing of it')).toEqual([]);
  });
});

describe('the list of saved credentials', () => {
  let harness: Harness;
  let page: Page;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness.close());
  afterEach(() => page.context().close());

  const dialog = (name: string | RegExp) => page.getByRole('dialog', { name });
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const rows = () => page.getByRole('row').filter({ has: page.getByRole('button') });
  const replaced = () =>
    page.evaluate(() =>
      window.standIn.state.calls
        .filter(({ name }) => name === 'savedCredentials.replace')
        .map(({ input }) => input),
    );

  async function open(state: Partial<CoreState>) {
    page = await harness.open(state, { reducedMotion: 'reduce' });
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.keyboard.press('Control+,');
    await page.getByRole('tab', { name: 'Saved Credentials' }).click();
  }

  it('shows address, user, state, last use and source, those to put right first', async () => {
    await open({ savedCredentials: everyCredential });
    await onPage(rows()).toHaveCount(7);
    await onPage(rows().nth(0)).toContainText('Expired');
    await onPage(rows().nth(2)).toContainText('Refused');
    await onPage(rows().nth(3)).toContainText(
      /git\.example\.com.*team\/api.*jane.*typed in Polyforge.*Working.*used 3 hours ago/,
    );
    await onPage(rows().nth(5)).toContainText(/every repository.*none.*from a terminal.*used/);
    await onPage(rows().nth(6)).toContainText('not encrypted');
    await onPage(page.getByText('The server did not accept it')).toBeVisible();
    // No password is in the page, so nothing offers to show one.
    await onPage(button(/show|reveal/i)).toHaveCount(0);
    await onPage(page.getByText('Passwords stay in the store; enter a new one to change it.')).toBeVisible();
  });

  it('follows what happens elsewhere', async () => {
    await open({ savedCredentials: [] });
    await page.getByText('Nothing saved yet').waitFor();
    await page.evaluate((entry) => {
      window.standIn.state.savedCredentials = [entry];
      window.standIn.emit({ type: 'saved-credentials.changed' });
    }, savedCredential('api'));
    await onPage(rows()).toHaveCount(1);
  });

  it('changes the user name alone, or puts in a new password, by keyboard', async () => {
    await open({ savedCredentials: everyCredential });
    const edit = button('Edit git.example.com/team/api, jane');
    await edit.focus();
    await page.keyboard.press('Enter');
    const user = dialog('Edit saved credential').getByLabel('User name');
    await onPage(user).toBeFocused();
    await onPage(user).toHaveValue('jane');
    await onPage(page.getByLabel('New password or token')).toHaveValue('');
    await onPage(button('Save')).toBeDisabled();
    await user.fill('build-bot');
    await page.keyboard.press('Enter');
    await onPage(dialog('Edit saved credential')).toBeHidden();
    await onPage(button('Edit git.example.com/team/api, build-bot')).toBeFocused();

    await button(/^Edit gitlab/).click();
    const password = page.getByLabel('New password or token');
    await onPage(password).toBeFocused();
    await password.fill('s3cret');
    await button('Save').click();
    await onPage(dialog('Edit saved credential')).toBeHidden();
    await onPage(page.getByText('Refused')).toHaveCount(0);
    expect(await replaced()).toEqual([
      { id: 'api', username: 'build-bot', password: null },
      { id: 'long', username: everyCredential.at(-1)?.username, password: 's3cret' },
    ]);
    expect(await page.content()).not.toContain('s3cret');
  });

  it('says where an entry went that was removed meanwhile', async () => {
    await open({ savedCredentials: everyCredential });
    await button(/^Edit gitlab/).click();
    await page.getByLabel('New password or token').fill('s3cret');
    await page.evaluate(() => {
      window.standIn.state.savedCredentials = [];
    });
    await button('Save').click();
    await onPage(dialog('Edit saved credential').getByRole('alert')).toBeVisible();
    await page.keyboard.press('Escape');
    await onPage(dialog('Edit saved credential')).toBeHidden();
  });

  it('removes one after saying what git gets then', async () => {
    await open({ savedCredentials: everyCredential.slice(0, 2) });
    await button('Remove git.example.com/team/api, jane').click();
    const ask = dialog('Remove this saved password?');
    await onPage(ask).toContainText('jane on git.example.com/team/api');
    await onPage(ask).toContainText('without one you are asked');
    await onPage(ask.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await ask.getByRole('button', { name: 'Remove' }).click();
    await onPage(ask).toBeHidden();
    await onPage(rows()).toHaveCount(1);
    // The next key still reaches the preferences.
    await page.keyboard.press('Escape');
    await onPage(dialog('Preferences')).toBeHidden();
  });

  it('is filtered once it is long, and says when nothing fits', async () => {
    const many = Array.from({ length: 60 }, (_, index) => savedCredential(`repository-${index}`));
    await open({ savedCredentials: many });
    await onPage(rows()).toHaveCount(60);
    const filter = page.getByRole('searchbox', { name: 'Filter by host, path or user' });
    await filter.fill('repository-5');
    await onPage(rows()).toHaveCount(11);
    await filter.fill('elsewhere');
    await onPage(page.getByText('None of 60 is for “elsewhere”.')).toBeVisible();
  });

  it('tells of a failure, and looks again', async () => {
    await open({ listFails: { kind: 'internal', reference: 'a1b2c3' } });
    await page.getByText('a1b2c3').waitFor();
    await page.evaluate(() => {
      window.standIn.state.listFails = null;
    });
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Nothing saved yet').waitFor();
  });

  it('lists hosts allowed for good, and takes one back', async () => {
    await open({ allowedHosts });
    await page.getByText('Allowed hosts', { exact: true }).click();
    await onPage(rows()).toHaveCount(2);
    await onPage(rows().nth(1)).toContainText(/git\.example\.com.*team\/api.*modules\.example\.net.*minute/);
    await button(/^Take back modules\.example\.net for git\.example\.com\/team\/api/).click();
    await onPage(rows()).toHaveCount(1);
    expect(await page.evaluate(() => window.standIn.state.allowedHosts.map(({ id }) => id))).toEqual(['lfs']);
    await button(/^Take back/).click();
    await page.getByText('No host allowed for good').waitFor();
  });
});
