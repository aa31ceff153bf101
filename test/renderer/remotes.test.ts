import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectFitAndAccessible } from './fit-and-accessible';
import { onPage } from './on-page';
import { type ReadingPage, startReadingPage } from './reading/page';
import type { RemoteScene } from './reading/remotes';

let reading: ReadingPage;
beforeAll(async () => {
  reading = await startReadingPage();
});
afterAll(() => reading.close());

async function opened(remotes: Partial<RemoteScene>, work: (page: Page) => Promise<void>): Promise<void> {
  const page = await reading.open({ remotes });
  try {
    await page
      .getByRole('main')
      .getByRole('button', { name: /web-shop/ })
      .first()
      .click();
    await page.getByRole('group', { name: 'Remotes' }).waitFor();
    await work(page);
  } finally {
    await page.context().close();
  }
}

const bar = (page: Page) => page.getByRole('group', { name: 'Remotes' });
const calls = (page: Page, name: string) =>
  page.evaluate((path) => window.calls.filter((call) => call.path === path).map((call) => call.input), name);
const push = async (page: Page) => {
  await bar(page).getByRole('button', { name: /Push/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Push', exact: true }).click();
  return dialog;
};
const behind = {
  result: 'rejected',
  reason: 'behind',
  detail: '! [rejected] main -> main (fetch first)',
} as const;

describe('fetching', () => {
  it('says what came, and who could not be asked', () =>
    opened(
      {
        fetch: {
          updated: [{ name: 'origin/main', kind: 'branch', from: '1', to: '2', forced: false }],
          failures: [
            { remote: 'fork', error: { kind: 'host-unreachable', host: 'example.com', cause: 'timeout' } },
          ],
        },
      },
      async (page) => {
        await bar(page).getByRole('button', { name: 'Fetch', exact: true }).click();
        await bar(page).getByText('Fetched: 1 branch updated.').waitFor();
        await bar(page).getByText(/fork/).waitFor();
        expect(await calls(page, 'remotes.fetch')).toEqual([
          { repositoryId: 'r0', remote: null, prune: false },
        ]);
        await expectFitAndAccessible(page, 'repository fetched');
      },
    ));

  it('shows how far it is and ends with Cancel', () =>
    opened({ fetch: 'runs' }, async (page) => {
      await bar(page).getByRole('button', { name: 'Fetch', exact: true }).click();
      await bar(page).getByText('Receiving objects 40 %').waitFor();
      await expectFitAndAccessible(page, 'repository fetching');
      await bar(page).getByRole('button', { name: 'Cancel' }).click();
      await bar(page).getByText('main follows origin/main').waitFor();
      await onPage(bar(page).getByRole('button', { name: 'Fetch', exact: true })).toBeEnabled();
    }));

  it('of one remote, and with what is gone forgotten, is one choice away', () =>
    opened({}, async (page) => {
      await bar(page).getByRole('button', { name: 'Other ways to fetch' }).click();
      await page.getByRole('menuitem', { name: 'fork' }).click();
      await bar(page).getByText('Fetched: 1 new branch, 1 branch updated, 1 tag.').waitFor();
      await bar(page).getByRole('button', { name: 'Other ways to fetch' }).click();
      await page.getByRole('menuitem', { name: /forget branches/ }).click();
      await onPage.poll(async () => (await calls(page, 'remotes.fetch')).length).toBe(2);
      expect(await calls(page, 'remotes.fetch')).toEqual([
        { repositoryId: 'r0', remote: 'fork', prune: false },
        { repositoryId: 'r0', remote: null, prune: true },
      ]);
    }));
});

describe('pulling', () => {
  it('offers to merge where the branches went apart', () =>
    opened({ pull: { kind: 'not-fast-forward' } }, async (page) => {
      await bar(page).getByRole('button', { name: /^Pull/ }).click();
      await bar(page).getByText('The branches went apart').waitFor();
      await bar(page).getByRole('button', { name: 'Merge' }).click();
      await onPage
        .poll(() => calls(page, 'remotes.pull'))
        .toEqual([
          { repositoryId: 'r0', how: 'fast-forward' },
          { repositoryId: 'r0', how: 'merge' },
        ]);
    }));

  it('leads to the files where a merge stopped', () =>
    opened(
      { pull: { updated: [], outcome: { kind: 'conflicts', paths: ['a.txt', 'b.txt'] } }, underWay: 'merge' },
      async (page) => {
        await bar(page).getByRole('button', { name: 'Other ways to pull' }).click();
        await page.getByRole('menuitem', { name: 'Pull and merge' }).click();
        await bar(page)
          .getByText(/stopped at conflicts in a.txt, b.txt/)
          .waitFor();
        await bar(page).getByRole('button', { name: 'Show the files' }).click();
        await page.getByText('A merge is under way.').waitFor();
      },
    ));

  it('is off, and says why, where the branch has no upstream', () =>
    opened({ state: { upstream: null } }, async (page) => {
      await onPage(bar(page).getByRole('button', { name: 'Pull', exact: true })).toBeDisabled();
      await bar(page).getByText('main has no upstream yet').waitFor();
    }));
});

describe('pushing', () => {
  it('shows where it goes and what there is to push, and says that it arrived', () =>
    opened({}, async (page) => {
      await bar(page).getByRole('button', { name: /Push/ }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText(/The server has 3 commits that are not here/).waitFor();
      await expectFitAndAccessible(page, 'push form');
      await dialog.getByRole('button', { name: 'Push', exact: true }).click();
      await dialog.getByText('Pushed to origin/main.').waitFor();
      expect(await calls(page, 'remotes.push')).toEqual([
        {
          repositoryId: 'r0',
          branch: 'main',
          remote: 'origin',
          to: 'main',
          setUpstream: false,
          overwrite: null,
        },
      ]);
      await dialog.getByRole('button', { name: 'Close' }).last().click();
      await onPage(dialog).toBeHidden();
    }));

  it('needs no pointer: each step has the focus where it goes on', () =>
    opened({ pushes: [behind, { result: 'pushed', from: '1', to: '2' }] }, async (page) => {
      await bar(page).getByRole('button', { name: /Push/ }).press('Enter');
      const dialog = page.getByRole('dialog');
      const branch = dialog.getByLabel('Branch on the server');
      await onPage(branch).toBeFocused();
      await branch.press('Enter');
      await onPage(dialog.getByRole('button', { name: 'Pull and merge' })).toBeFocused();
      await dialog.getByRole('button', { name: 'Overwrite…' }).press('Enter');
      await onPage(dialog.getByRole('button', { name: 'Back' })).toBeFocused();
      await dialog.getByRole('button', { name: 'Look at the server’s branch' }).press('Enter');
      await dialog.getByRole('button', { name: /^Overwrite origin/ }).waitFor();
      await onPage(dialog.getByRole('button', { name: 'Back' })).toBeFocused();
      await page.keyboard.press('Enter');
      await dialog.getByRole('button', { name: 'Push to another branch…' }).press('Enter');
      await onPage(branch).toBeFocused();
      await branch.press('Enter');
      await onPage(dialog.getByRole('button', { name: 'Close' }).last()).toBeFocused();
      await page.keyboard.press('Enter');
      await onPage(dialog).toBeHidden();
    }));

  it('explains a rejection with three ways on: pulling', () =>
    opened({ pushes: [behind] }, async (page) => {
      const dialog = await push(page);
      await dialog.getByText('The server has commits you do not have.').waitFor();
      await expectFitAndAccessible(page, 'push rejected');
      await dialog.getByRole('button', { name: 'Pull and merge' }).click();
      await onPage.poll(() => calls(page, 'remotes.pull')).toEqual([{ repositoryId: 'r0', how: 'merge' }]);
    }));

  it('… another branch', () =>
    opened({ pushes: [behind, { result: 'pushed', from: null, to: '2' }] }, async (page) => {
      const dialog = await push(page);
      await dialog.getByRole('button', { name: 'Push to another branch…' }).click();
      await dialog.getByLabel('Branch on the server').fill('mine');
      await dialog.getByText('the server has no branch of this name yet').waitFor();
      await dialog.getByRole('button', { name: 'Push', exact: true }).click();
      await dialog.getByText('Pushed: origin/mine is new there.').waitFor();
    }));

  it('… and overwriting exactly what was looked at, never more', () =>
    opened({ pushes: [behind, { result: 'pushed', from: '2', to: '3' }] }, async (page) => {
      const dialog = await push(page);
      await dialog.getByRole('button', { name: 'Overwrite…' }).click();
      await onPage(dialog.getByRole('button', { name: /^Overwrite origin/ })).toBeHidden();
      await dialog.getByRole('button', { name: 'Look at the server’s branch' }).click();
      await dialog.getByText('3 commits of origin/main would be gone from there.').waitFor();
      await expectFitAndAccessible(page, 'push overwriting');
      await dialog.getByRole('button', { name: 'Overwrite origin/main' }).click();
      await dialog.getByText('Pushed to origin/main.').waitFor();
      expect(await calls(page, 'remotes.push')).toMatchObject([
        { overwrite: null },
        { overwrite: '2'.repeat(40) },
      ]);
    }));

  it('shows the server’s own words as text, and does not offer to overwrite what a rule protects', () =>
    opened(
      { pushes: [{ result: 'rejected', reason: 'protected', detail: '<b>GH006</b>: \u001b[31mProtected' }] },
      async (page) => {
        const dialog = await push(page);
        await dialog.getByText('The server protects this branch.').waitFor();
        await dialog.getByText('<b>GH006</b>').waitFor();
        await onPage(dialog.getByRole('button', { name: 'Overwrite…' })).toBeHidden();
      },
    ));

  it('is not repeated while its outcome is unknown: the server is asked first', () =>
    opened(
      { pushes: [{ kind: 'push-unknown', host: 'example.com', branch: 'main' }], arrived: false },
      async (page) => {
        const dialog = await push(page);
        await dialog.getByText('It is not known whether the push arrived').waitFor();
        await onPage(dialog.getByRole('button', { name: 'Push again…' })).toBeHidden();
        await dialog.getByRole('button', { name: 'Check now' }).click();
        await dialog.getByText('It did not arrive').waitFor();
        await onPage(dialog.getByRole('button', { name: 'Push again…' })).toBeVisible();
        expect(await calls(page, 'remotes.push')).toHaveLength(1);
      },
    ));
});

describe('the changes of the working tree', () => {
  const changes = (page: Page) =>
    page.getByRole('navigation', { name: /branches/ }).getByRole('button', { name: 'Changes' });

  it('stand in groups, conflicts first', () =>
    opened({ underWay: 'merge' }, async (page) => {
      await changes(page).click();
      const list = page.getByRole('listbox', { name: 'Changed files' });
      await list.getByText('src/total.ts → src/cart-total.ts').waitFor();
      expect(await list.getByText(/^(Conflicts|Staged|Changed|Untracked) /).allTextContents()).toEqual([
        'Conflicts 1',
        'Staged 2',
        'Changed 4',
        'Untracked 1',
      ]);
      await list.getByText(String.raw`notes-\xff.txt`).waitFor();
      await expectFitAndAccessible(page, 'changes');
    }));

  it('of a hundred thousand files scroll', () =>
    opened({ changes: 100_000 }, async (page) => {
      await changes(page).click();
      await page.getByText('100,000 changed files').waitFor();
      const list = page.getByRole('listbox', { name: 'Changed files' });
      await list.focus();
      await list.press('End');
      await list.getByText('notes-').waitFor();
    }));

  it('that are none are said to be none', () =>
    opened({ changes: 0 }, async (page) => {
      await changes(page).click();
      await page.getByText('Nothing has changed').waitFor();
      await expectFitAndAccessible(page, 'no changes');
    }));
});
