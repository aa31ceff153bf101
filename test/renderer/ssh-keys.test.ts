import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { account } from './harness/accounts';
import type { CoreState } from './harness/core';
import { type Harness, startHarness } from './harness/page';
import { manyKeys, savedPassphrases } from './harness/ssh';
import { onPage } from './on-page';

let harness: Harness;
let page: Page;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => page.context().close());

const button = (name: string) => page.getByRole('button', { name, exact: true });
const calls = async (name: string) =>
  (await page.evaluate(() => window.standIn.state.calls)).filter((call) => call.name === name);

async function openDialog(state: Partial<CoreState>) {
  page = await harness.open(
    { accounts: [account('one', { alias: 'Work' })], ...state },
    { reducedMotion: 'reduce' },
  );
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'More for Work' }).click();
  await page.getByRole('menuitem', { name: 'SSH key…' }).click();
  await page.getByRole('dialog', { name: 'SSH key of “Work”' }).waitFor();
}

describe('the SSH key of an account', () => {
  it('is the one that was chosen; another is a click away, and so is none', async () => {
    await openDialog({ ssh: manyKeys });
    await onPage(page.getByRole('radio', { name: /id_rsa/ })).toBeChecked();
    await onPage(button('Save')).toBeDisabled();
    await page.getByRole('radio', { name: /id_ecdsa_sk/ }).check();
    await button('Save').click();
    await onPage(page.getByRole('dialog', { name: 'SSH key of “Work”' })).toBeHidden();
    expect(await calls('ssh.setAccountKey')).toMatchObject([
      { input: { accountId: 'one', path: '/home/jane/.ssh/id_ecdsa_sk' } },
    ]);
    await page.getByRole('button', { name: 'More for Work' }).click();
    await page.getByRole('menuitem', { name: 'SSH key…' }).click();
    await page.getByRole('radio', { name: 'Let ssh choose' }).check();
    await button('Save').click();
    await onPage(page.getByRole('dialog', { name: 'SSH key of “Work”' })).toBeHidden();
    expect((await calls('ssh.setAccountKey'))[1]).toMatchObject({ input: { path: null } });
  });

  it('may be another file, and what is wrong with it stands beside the field', async () => {
    await openDialog({});
    await onPage(page.getByRole('dialog', { name: 'SSH key of “Work”' })).toContainText('No keys were found');
    await page.getByRole('radio', { name: 'Another file' }).check();
    const field = page.getByRole('textbox', { name: 'Path of the private key' });
    await onPage(button('Save')).toBeDisabled();
    await field.fill('/home/jane/keys/none');
    await page.keyboard.press('Enter');
    await onPage(page.getByRole('dialog', { name: 'SSH key of “Work”' })).toContainText(
      'There is no such file.',
    );
    await field.fill('/home/jane/keys/one');
    await onPage(page.getByRole('dialog', { name: 'SSH key of “Work”' })).not.toContainText('no such file');
  });

  it('can be looked for again when the list could not be read', async () => {
    await openDialog({ ssh: manyKeys });
    await page.keyboard.press('Escape');
    await onPage(page.getByRole('dialog', { name: 'SSH key of “Work”' })).toBeHidden();
    await page.evaluate(() => {
      window.standIn.state.listFails = { kind: 'internal', reference: 'a1b2' };
    });
    await page.getByRole('button', { name: 'More for Work' }).click();
    await page.getByRole('menuitem', { name: 'SSH key…' }).click();
    await page.getByRole('alert').waitFor();
    await page.evaluate(() => {
      window.standIn.state.listFails = null;
    });
    await page
      .getByRole('dialog', { name: 'SSH key of “Work”' })
      .getByRole('button', { name: 'Try again' })
      .click();
    await page.getByRole('radio', { name: /id_rsa/ }).waitFor();
  });
});

describe('kept passphrases', () => {
  it('are listed with the keys they are for, and forgotten on request', async () => {
    page = await harness.open({ ssh: savedPassphrases }, { reducedMotion: 'reduce' });
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.keyboard.press('Control+,');
    await page.getByRole('tab', { name: 'Secrets' }).click();
    const list = page.getByRole('region', { name: 'Passphrases of SSH keys' });
    await onPage(list.getByRole('listitem')).toHaveCount(2);
    await onPage(list.getByRole('listitem').nth(1)).toContainText('Wrong');
    await list.getByRole('button', { name: 'Forget the passphrase of /home/jane/.ssh/id_ed25519' }).click();
    await onPage(list.getByRole('listitem')).toHaveCount(1);
    expect(await calls('ssh.forgetPassphrase')).toMatchObject([
      { input: { keyPath: '/home/jane/.ssh/id_ed25519' } },
    ]);
  });
});
