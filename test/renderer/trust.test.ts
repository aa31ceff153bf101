import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectFitAndAccessible } from './fit-and-accessible';
import { type Harness, startHarness } from './harness/page';
import { onPage } from './on-page';
import { type ReadingPage, startReadingPage } from './reading/page';
import type { Scene } from './reading/port';

let harness: Harness;
let reading: ReadingPage;
let page: Page;
beforeAll(async () => {
  harness = await startHarness();
  reading = await startReadingPage();
});
afterAll(async () => {
  await harness.close();
  await reading.close();
});
afterEach(() => page.context().close());

const banner = () => page.getByRole('region', { name: /^This (repository|folder)/ });

describe('a repository that is not trusted', () => {
  async function open(scene: Partial<Scene>) {
    page = await reading.open(scene, { reducedMotion: 'reduce' });
    await page
      .getByRole('main')
      .getByRole('button', { name: /web-shop/ })
      .first()
      .click();
    await page.getByRole('navigation', { name: 'Branches' }).waitFor();
  }
  const calls = () =>
    page.evaluate(() => window.calls.filter(({ path }) => path === 'trust.grant').map(({ input }) => input));

  it('names what was found, where, and what it would do, with everything hidden made visible', async () => {
    await open({ trust: 'untrusted' });
    const found = banner().getByRole('list', { name: 'What was found' }).getByRole('listitem');
    await onPage(found).toHaveCount(3);
    await onPage(found.first()).toContainText('core.fsmonitor');
    await onPage(found.first()).toContainText('.git/config, line 12');
    await onPage(found.first()).toContainText('Runs a program whenever Git looks for changed files.');
    await onPage(found.first()).toContainText('./tools/⟨U+202E⟩watch --quiet');
    const more = banner().getByRole('button', { name: 'and 21 more' });
    await onPage(more).toHaveAttribute('aria-expanded', 'false');
    await more.press('Enter');
    await onPage(found).toHaveCount(24);
    const fewer = banner().getByRole('button', { name: 'Show fewer' });
    await onPage(fewer).toHaveAttribute('aria-expanded', 'true');
    await fewer.press('Enter');
    await onPage(found).toHaveCount(3);
  });

  it('and leaves eight commits in the lowest window, whatever else there is to say', async () => {
    await open({ trust: 'untrusted' });
    await page.getByRole('region', { name: 'What was not cloned' }).waitFor();
    await page.setViewportSize({ width: 900, height: 600 });
    await onPage(banner().getByRole('button', { name: 'Trust this repository' })).toBeInViewport();
    const commits = page.getByRole('listbox', { name: 'Commits, newest first' });
    const seen = await commits.boundingBox();
    const [line] = await commits.getByRole('option').all();
    const height = (await line?.boundingBox())?.height ?? 0;
    expect(height).toBeGreaterThan(0);
    expect(seen && Math.min(seen.y + seen.height, 600) - seen.y).toBeGreaterThanOrEqual(8 * height);
    await banner().getByRole('button', { name: 'and 21 more' }).press('Enter');
    expect((await commits.boundingBox())?.height).toBeGreaterThanOrEqual(8 * height);
  });

  it('stays off with one line left, which brings the question back', async () => {
    await open({ trust: 'untrusted' });
    await banner().getByRole('button', { name: 'Keep it off' }).press('Enter');
    await onPage(banner()).toHaveCount(0);
    const line = page.getByRole('note', { name: 'Trust of this repository' });
    await onPage(line).toContainText('kept off');
    await onPage(line.getByRole('button', { name: 'Look again' })).toBeFocused();
    await page.keyboard.press('Enter');
    await onPage(banner().getByRole('button', { name: 'Keep it off' })).toBeFocused();
    expect(await calls()).toEqual([]);
  });

  it('is trusted by one press', async () => {
    await open({ trust: 'untrusted' });
    await banner().getByRole('button', { name: 'Trust this repository' }).press('Enter');
    await onPage(banner()).toHaveCount(0);
    expect(await calls()).toEqual([{ repositoryId: 'r0' }]);
    await onPage(page.getByRole('main')).toBeFocused();
  });

  it('is another user’s: that is said first', async () => {
    await open({ trust: 'foreign' });
    await onPage(
      banner().getByRole('heading', { name: 'This folder belongs to another user: mallory' }),
    ).toBeVisible();
    await onPage(banner()).toContainText('Trust it only if you know who can write to this folder.');
  });

  it('is not asked about where there is nothing to trust', async () => {
    await open({ trust: 'plain' });
    await page.getByRole('option').first().waitFor();
    await page.waitForFunction(() => window.calls.some(({ path }) => path === 'trust.state'));
    await onPage(banner()).toHaveCount(0);
  });
});

describe('the list of trusted repositories', () => {
  const list = () => page.getByRole('region', { name: 'Trusted repositories' });
  async function gitPane(trustedFolders: { folder: string; trustedAt: number; stands: boolean }[]) {
    page = await harness.open({ trustedFolders }, { reducedMotion: 'reduce' });
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.keyboard.press('Control+,');
    await page.getByRole('tab', { name: 'Git', exact: true }).click();
    await onPage(list()).toBeVisible();
  }

  it('says when it is empty', async () => {
    await gitPane([]);
    await onPage(list()).toContainText('You have not trusted any repository');
  });

  it('takes a yes back', async () => {
    const work = '/home/jane/src/contoso/retail/a-folder-with-a-rather-long-name/and-another-one/web-shop';
    await gitPane([
      { folder: work, trustedAt: Date.now() - 3_600_000, stands: true },
      { folder: '/home/jane/gone', trustedAt: Date.now() - 86_400_000, stands: false },
    ]);
    await onPage(list().getByRole('listitem')).toHaveCount(2);
    await onPage(list().getByRole('listitem').last()).toContainText('Not there any more');
    await list().scrollIntoViewIfNeeded();
    await expectFitAndAccessible(page, 'trusted folders');
    await list()
      .getByRole('button', { name: `Stop trusting ${work}` })
      .press('Enter');
    await onPage(list().getByRole('listitem')).toHaveCount(1);
    expect(await page.evaluate(() => window.standIn.state.calls)).toContainEqual({
      name: 'trust.revoke',
      input: { folder: work },
    });
  });
});
