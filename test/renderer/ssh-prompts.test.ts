import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Question } from '../../shared/contract/prompts';
import { type Harness, startHarness } from './harness/page';
import { onPage } from './on-page';

let harness: Harness;
let page: Page;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => page.context().close());

type Kinds = { [Each in Question as Each['kind']]: Each };

const hostKey: Kinds['ssh-host-key'] = {
  kind: 'ssh-host-key',
  id: 'host-key',
  operation: 'clone',
  host: 'github.com',
  address: '140.82.121.3',
  repositoryHost: null,
  keyType: 'ED25519',
  fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
  otherTypesKnown: false,
  otherNames: [],
  published: { by: 'GitHub', url: 'https://docs.github.com/', matches: true },
};
const passphrase: Kinds['ssh-passphrase'] = {
  kind: 'ssh-passphrase',
  id: 'passphrase',
  operation: 'fetch',
  host: 'git.example.com',
  path: 'team/private.git',
  keyPath: '/home/jane/.ssh/id_ed25519',
  reason: 'needed',
  canSave: true,
};

const dialog = (name: string) => page.getByRole('dialog', { name });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const answers = () => page.evaluate(() => window.standIn.state.answers);

async function open(question: Question) {
  page = await harness.open({ questions: [question] }, { reducedMotion: 'reduce' });
  await page.getByRole('dialog').waitFor();
  // A question takes no answer before it could be seen.
  await onPage(page.locator('[data-unsettled]')).toHaveCount(0);
}

describe('questions of ssh', () => {
  it('show the fingerprint of an unknown server and what the provider publishes, and a known one is a key press away', async () => {
    await open(hostKey);
    await onPage(dialog('Unknown SSH server')).toContainText(hostKey.fingerprint);
    await onPage(dialog('Unknown SSH server')).toContainText(
      'This is a key that GitHub publishes for github.com.',
    );
    await onPage(button('Trust this server')).toBeFocused();
    await page.keyboard.press('Enter');
    await onPage(page.getByRole('dialog')).toBeHidden();
    expect(await answers()).toEqual([{ id: 'host-key', answer: { kind: 'ssh-host-key', accept: true } }]);
  });

  it('make stopping the answer at hand where the provider publishes other keys', async () => {
    await open({
      ...hostKey,
      published: { by: 'GitHub', url: 'https://docs.github.com/', matches: false },
    });
    await onPage(dialog('Unknown SSH server')).toContainText(
      'GitHub does not publish this key for github.com.',
    );
    await onPage(button('Do not connect')).toBeFocused();
    await onPage(button('Connect anyway')).toBeDisabled();
    await page.keyboard.press('Enter');
    await onPage(page.getByRole('dialog')).toBeHidden();
    expect(await answers()).toEqual([{ id: 'host-key', answer: { kind: 'ssh-host-key', accept: false } }]);
  });

  it('name a server that ssh’s settings lead over as what it is, with nothing known about it', async () => {
    await open({
      ...hostKey,
      host: 'jump.example.com:2222',
      repositoryHost: 'git.example.com',
      otherTypesKnown: true,
      otherNames: ['~/.ssh/known_hosts:32: [hashed name]'],
      published: null,
    });
    await onPage(dialog('Unknown SSH server')).toContainText('This is not the repository’s own server');
    await onPage(dialog('Unknown SSH server')).toContainText('~/.ssh/known_hosts:32: [hashed name]');
    await onPage(dialog('Unknown SSH server')).toContainText('No published key is known to Polyforge');
    await onPage(button('Do not connect')).toBeFocused();
    await page.keyboard.press('Escape');
    await onPage(page.getByRole('dialog')).toBeHidden();
    expect(await answers()).toEqual([{ id: 'host-key', answer: { kind: 'dismiss' } }]);
  });

  it('ask for the passphrase of exactly one key, and keep it only where that is chosen', async () => {
    await open({ ...passphrase, reason: 'wrong' });
    await onPage(dialog('Passphrase of an SSH key')).toContainText('/home/jane/.ssh/id_ed25519');
    const field = page.getByLabel('Passphrase of this key');
    await onPage(field).toBeFocused();
    await onPage(dialog('Passphrase of an SSH key')).toContainText('This did not open the key.');
    await field.fill('open sesame');
    await page.getByLabel('Keep it for this key').check();
    await button('Unlock key').click();
    await onPage(page.getByRole('dialog')).toBeHidden();
    expect(await answers()).toEqual([
      { id: 'passphrase', answer: { kind: 'ssh-passphrase', passphrase: 'open sesame', save: true } },
    ]);
  });

  it('go on without a key on request, and offer to keep nothing where it cannot be kept', async () => {
    await open({ ...passphrase, canSave: false });
    await onPage(page.getByLabel('Keep it for this key')).toHaveCount(0);
    await button('Without this key').click();
    await onPage(page.getByRole('dialog')).toBeHidden();
    expect(await answers()).toEqual([
      { id: 'passphrase', answer: { kind: 'ssh-passphrase', passphrase: '', save: false } },
    ]);
  });

  it('warn before a password is typed for the user every git server shares', async () => {
    await open({
      kind: 'ssh-password',
      id: 'password',
      operation: 'clone',
      user: 'git',
      host: 'git.example.com',
      reason: 'needed',
    });
    await onPage(dialog('Password over SSH')).toContainText('Servers for git have no password for “git”.');
    await page.getByLabel('Password', { exact: true }).fill('typed');
    await page.keyboard.press('Enter');
    await onPage(page.getByRole('dialog')).toBeHidden();
    expect(await answers()).toEqual([
      { id: 'password', answer: { kind: 'ssh-password', password: 'typed' } },
    ]);
  });

  it('tell to touch a security key, with nothing to type', async () => {
    await open({
      kind: 'ssh-touch',
      id: 'touch',
      operation: 'fetch',
      host: 'git.example.com',
      text: 'Confirm user presence for key ED25519-SK SHA256:abc\u001b[2K',
    });
    await onPage(dialog('Touch your security key').getByRole('textbox')).toHaveCount(0);
    await onPage(dialog('Touch your security key')).toContainText('⟨U+001B⟩');
    await onPage(button('Hide')).toBeFocused();
  });
});
