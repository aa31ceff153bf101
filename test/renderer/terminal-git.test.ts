import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectFitAndAccessible } from './fit-and-accessible';
import type { CoreState } from './harness/core';
import { type Harness, startHarness } from './harness/page';
import { scopeState, turnedOn } from './harness/terminal-git';
import { onPage } from './on-page';

let harness: Harness;
let page: Page;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => page.context().close());

async function gitPane(state: Partial<CoreState> = {}) {
  page = await harness.open(state, { reducedMotion: 'reduce' });
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'Git', exact: true }).click();
  await onPage(section()).toBeVisible();
}
const section = () => page.getByRole('region', { name: 'Use Polyforge accounts in terminal Git' });
const everywhere = () => section().getByRole('switch', { name: 'Use Polyforge: All repositories' });
const dialog = (name: string | RegExp) => page.getByRole('dialog', { name });
const calls = (name: string) =>
  page.evaluate((name) => window.standIn.state.calls.filter((call) => call.name === name), name);

describe('git in a terminal', () => {
  it('shows lines and hosts before it writes exactly them, and takes them back', async () => {
    await gitPane();
    await onPage(everywhere()).not.toBeChecked();
    await everywhere().press(' ');
    const shown = dialog('Use Polyforge in every repository');
    await onPage(
      shown.getByText('Now: Git Credential Manager (from /etc/gitconfig). After: Polyforge.'),
    ).toBeVisible();
    await onPage(shown.getByText('Now: nobody, Git asks you. After: Polyforge.')).toBeVisible();
    await onPage(shown.getByLabel('Lines in /home/jane/.gitconfig')).toContainText(
      '+ [credential "https://github.com"]',
    );
    // The switch shows what is, not what was asked for.
    expect(await calls('terminalGit.enable')).toEqual([]);
    await shown.getByRole('button', { name: 'Write these lines' }).click();
    await onPage(shown.getByText('Git in a terminal asks Polyforge here.')).toBeVisible();
    expect(await calls('terminalGit.enable')).toMatchObject([{ input: { changes: scopeState().enable } }]);
    await onPage(shown.getByRole('button', { name: 'Close' }).last()).toBeFocused();
    await page.keyboard.press('Enter');
    await onPage(everywhere()).toBeChecked();
    await onPage(everywhere()).toBeFocused();
    await onPage(section().getByText('For github.com, gitlab.example.test:8443.')).toBeVisible();

    await everywhere().press(' ');
    await onPage(shown.getByLabel('Lines in /home/jane/.gitconfig')).toContainText(
      '- [credential "https://github.com"]',
    );
    await shown.getByRole('button', { name: 'Take back' }).click();
    await onPage(shown.getByRole('button', { name: 'Write these lines' })).toBeVisible();
    await onPage(shown.getByRole('button', { name: 'Close' }).last()).toBeFocused();
    await page.keyboard.press('Escape');
    await onPage(everywhere()).not.toBeChecked();
  });

  it('is accessible in every state, and the switch answers the mouse', async () => {
    const on = turnedOn(scopeState());
    await gitPane({
      terminalScopes: [
        scopeState(),
        { ...on, scope: { kind: 'folder', folder: '/home/jane/work' }, name: '/home/jane/work' },
        {
          ...on,
          scope: { kind: 'folder', folder: '/home/jane/edited' },
          name: '/home/jane/edited',
          state: 'changed',
          written: on.disable ?? [],
        },
      ],
    });
    await section().getByRole('button', { name: 'Add folder…' }).scrollIntoViewIfNeeded();
    await expectFitAndAccessible(page, 'terminal git');
    // A person hits what is drawn of the switch.
    await everywhere().click({ force: true });
    await onPage(dialog('Use Polyforge in every repository')).toBeVisible();
    await expectFitAndAccessible(page, 'terminal git lines');
    await page.keyboard.press('Escape');
    await section().getByRole('button', { name: 'Show: /home/jane/edited' }).click();
    await onPage(dialog('Use Polyforge in a folder')).toBeVisible();
    await expectFitAndAccessible(page, 'terminal git changed');
  });

  it('adds a folder: refuses one that is not there, then shows its lines', async () => {
    await gitPane();
    await section().getByRole('button', { name: 'Add folder…' }).click();
    const asking = dialog('Use Polyforge in a folder');
    const field = asking.getByLabel('Folder', { exact: true });
    await field.fill('work');
    await field.press('Enter');
    await onPage(asking.getByText('Enter the complete path of a folder.')).toBeVisible();
    await field.fill('/home/jane/missing');
    await field.press('Enter');
    await onPage(asking.getByText('There is no such folder.')).toBeVisible();
    await field.fill('/home/jane/Projects');
    await field.press('Enter');
    await asking.getByRole('button', { name: 'Write these lines' }).click();
    await onPage(asking.getByText('Git in a terminal asks Polyforge here.')).toBeVisible();
    await asking.getByRole('button', { name: 'Close' }).last().click();
    await onPage(section().getByRole('switch', { name: 'Use Polyforge: /home/jane/Projects' })).toBeChecked();
  });

  it('adds one of the known repositories, and says that submodules are not included', async () => {
    await gitPane({
      repositories: [
        {
          id: 'r1',
          name: 'shop',
          path: '/home/jane/code/shop',
          accountId: null,
          lastOpened: 1,
          present: true,
        },
      ],
    });
    await section().getByRole('button', { name: 'Add repository…' }).click();
    const asking = dialog('Use Polyforge in one repository');
    await asking.getByRole('combobox', { name: 'Repository' }).click();
    await page.getByRole('option', { name: 'shop, /home/jane/code/shop' }).click();
    await asking.getByRole('button', { name: 'Show the lines' }).click();
    await onPage(asking.getByText('Submodules have a configuration of their own')).toBeVisible();
  });

  it('says what to do when accounts changed, when somebody edited the lines, and when another goes first', async () => {
    const on = turnedOn(scopeState());
    await gitPane({
      terminalScopes: [
        { ...scopeState(), state: 'partly', disable: on.disable },
        {
          ...on,
          scope: { kind: 'folder', folder: '/home/jane/edited' },
          name: '/home/jane/edited',
          state: 'changed',
          disable: null,
          written: on.disable ?? [],
        },
        {
          ...on,
          scope: { kind: 'repository', repositoryId: 'r1' },
          name: 'shop',
          hosts: scopeState().hosts.slice(0, 1),
        },
      ],
    });
    await section().getByRole('button', { name: 'Bring up to date: All repositories' }).click();
    await onPage(dialog(/every repository/).getByRole('button', { name: 'Write these lines' })).toBeVisible();
    await onPage(dialog(/every repository/).getByRole('button', { name: 'Take back' })).toBeVisible();
    await page.keyboard.press('Escape');
    await section().getByRole('button', { name: 'Show: /home/jane/edited' }).click();
    await onPage(dialog(/in a folder/).getByText('Delete what is left of them')).toBeVisible();
    await onPage(dialog(/in a folder/).getByRole('button', { name: 'Take back' })).toHaveCount(0);
    await dialog(/in a folder/)
      .getByRole('button', { name: 'Look again' })
      .click();
    await page.keyboard.press('Escape');
    await onPage(section().getByText('github.com: Git Credential Manager goes first.')).toBeVisible();
  });

  it('says what is missing: accounts, git, the program', async () => {
    await gitPane({ terminalScopes: [scopeState({ obstacle: 'no-accounts', hosts: [], enable: null })] });
    await onPage(everywhere()).toBeDisabled();
    await section().getByRole('button', { name: 'Go to accounts' }).click();
    await onPage(page.getByRole('tab', { name: 'Hosting Providers' })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await page.context().close();
    await gitPane({ terminalScopes: [scopeState({ obstacle: 'no-git', hosts: [], enable: null })] });
    await onPage(section().getByText('No installed Git was found.')).toBeVisible();
    await onPage(section().getByRole('button')).toHaveCount(0);
  });

  it('shows why nothing was written, and the lines as they are now', async () => {
    await gitPane({
      terminalFails: { kind: 'directory-not-writable', path: '/home/jane/.gitconfig' },
    });
    await everywhere().press(' ');
    const shown = dialog('Use Polyforge in every repository');
    await shown.getByRole('button', { name: 'Write these lines' }).click();
    await onPage(shown.getByRole('alert')).toContainText('/home/jane/.gitconfig');
    await onPage(shown.getByRole('button', { name: 'Write these lines' })).toBeVisible();
  });

  it('keeps passwords typed in a terminal as the user says', async () => {
    await gitPane();
    await page.getByRole('radio', { name: 'Do not keep them' }).click();
    await expect
      .poll(() => page.evaluate(() => window.standIn.state.preferences.saveFromTerminal))
      .toBe('never');
  });
});
