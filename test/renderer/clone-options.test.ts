import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  choiceOf,
  foundLines,
  type Levels,
  toggled,
  treeLines,
} from '../../renderer/features/clone/folder-tree';
import {
  estimateWords,
  planWords,
  sizeWords,
  suggestionWords,
  timeWords,
} from '../../renderer/features/clone/plan-words';
import { draftFor, inputOf, isReady, withAddress } from '../../renderer/features/clone/draft';
import { wholeClone } from '../../shared/clone-plan';
import type { CloneSurvey } from '../../shared/contract/clone-plan';
import { expectFitAndAccessible } from './fit-and-accessible';
import { account } from './harness/accounts';
import type { CloneState } from './harness/clone';
import type { CoreState } from './harness/core';
import { type Harness, startHarness } from './harness/page';
import { onPage } from './on-page';

const survey: CloneSurvey = {
  asked: true,
  sizeBytes: 310_000_000,
  bytesPerSecond: 2_000_000,
  largeFiles: true,
  submodules: [
    { origin: 'https://github.com', paths: ['web/theme'] },
    { origin: 'https://elsewhere.example:8443', paths: ['lib/one', 'lib/two'] },
    { origin: null, paths: ['odd'] },
  ],
  top: { path: '', id: 'top' },
  error: null,
};

describe('words for a plan', () => {
  it('say sizes and times as people do', () => {
    expect([0, 999, 1000, 310_400_000, 4_120_000_000, 40_000_000_000, 999_700_000].map(sizeWords)).toEqual([
      '0 bytes',
      '999 bytes',
      '1 kB',
      '310 MB',
      '4.1 GB',
      '40 GB',
      '1.0 GB',
    ]);
    expect([3, 60, 200, 1500, 4000, 90_000].map(timeWords)).toEqual([
      'some seconds',
      'about a minute',
      'some minutes',
      'about 30 minutes',
      'about an hour',
      'hours',
    ]);
  });

  it('claim no more than is known', () => {
    const plan = { ...wholeClone, depth: 10 };
    expect(estimateWords(survey, wholeClone, null)).toBe('About 310 MB, some minutes.');
    expect(estimateWords(survey, plan, null)).toBe('Less than 310 MB, at most some minutes.');
    expect(estimateWords({ ...survey, bytesPerSecond: null }, wholeClone, null)).toBe('About 310 MB.');
    expect(estimateWords(undefined, wholeClone, 5000)).toBe('About 5 kB.');
    expect(estimateWords({ ...survey, sizeBytes: null }, wholeClone, null)).toContain('cannot be told');
    expect(estimateWords({ ...survey, asked: false, sizeBytes: null }, wholeClone, null)).toContain(
      'account',
    );
    // Chosen folders alone make no smaller transfer.
    expect(estimateWords(survey, { ...wholeClone, sparse: ['src'] }, null)).toContain('About');
  });

  it('suggest to leave something out only where there is a lot, and say what was chosen', () => {
    expect(suggestionWords(survey, wholeClone, null)).toBeNull();
    expect(suggestionWords({ ...survey, sizeBytes: 4e9 }, wholeClone, null)).toContain('4.0 GB');
    expect(suggestionWords({ ...survey, sizeBytes: 4e9 }, { ...wholeClone, depth: 1 }, null)).toBeNull();
    expect(planWords(wholeClone)).toBe('Everything');
    expect(planWords({ ...wholeClone, depth: 100, singleBranch: true, sparse: ['a'], lfs: true })).toBe(
      'The last 100 commits, 1 folder, large files',
    );
  });

  it('another address forgets folders and submodules of the one before', () => {
    const draft = draftFor({ url: 'https://a.example/x.git' }, { cloneParent: '/', cloneProtocol: 'https' });
    const chosen = {
      ...draft,
      plan: { ...wholeClone, depth: 5, sparse: ['src'], submodules: ['https://a.example'] },
    };
    expect(withAddress(chosen, 'https://b.example/y.git').plan).toEqual({ ...wholeClone, depth: 5 });
    expect(isReady({ ...wholeClone, sparse: [] })).toBe(false);
    expect(inputOf(chosen, '', undefined).plan).toEqual(chosen.plan);
  });
});

describe('the tree of folders', () => {
  const level = (...paths: string[]) => ({
    folders: paths.map((path) => ({ path, id: path })),
    state: 'loaded' as const,
    cut: false,
    error: null,
  });
  const levels: Levels = new Map([
    ['', level('src', '__proto__', 'docs')],
    ['src', level('src/web', 'src/core/deep')],
    ['docs', level()],
  ]);
  const shown = (lines: ReturnType<typeof treeLines>) =>
    lines.map((line) => `${' '.repeat(line.depth)}${line.kind === 'folder' ? line.name : line.kind}`);

  it('shows the levels that are open, in order, and what is not there as such', () => {
    expect(shown(treeLines(levels, new Set(['src', 'docs'])))).toEqual([
      '__proto__',
      'docs',
      ' none',
      'src',
      ' core/deep',
      ' web',
    ]);
  });

  it('finds every word in what was read, and takes a path that was typed', () => {
    expect(shown(foundLines(levels, 'SRC deep'))).toEqual(['src/core/deep']);
    expect(shown(foundLines(levels, '/other/place/'))).toEqual(['typed']);
    expect(shown(foundLines(levels, '../up'))).toEqual([]);
    expect(shown(foundLines(levels, 'src'))).not.toContain('typed');
  });

  it('a folder brings what is in it along', () => {
    const chosen = toggled(toggled(['src/web', 'docs'], 'src'), 'src/web');
    expect(chosen).toEqual(['docs', 'src']);
    expect(choiceOf(chosen, 'src/web')).toBe('within');
    expect(choiceOf(['src/web'], 'src')).toBe('partly');
    expect(choiceOf(['src'], 'src2')).toBe('none');
    expect(toggled(chosen, 'src')).toEqual(['docs']);
  });
});

describe('the options of a clone', () => {
  let harness: Harness;
  let page: Page;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness.close());
  afterEach(() => page.context().close());

  const long = `a-folder-with-a-name-${'that-goes-on-and-on-'.repeat(8)}until-it-ends`;
  const button = (name: string | RegExp) =>
    page.getByRole('dialog').getByRole('button', { name, exact: typeof name === 'string' });
  const calls = (name: string) =>
    page.evaluate((wanted) => window.standIn.state.calls.filter((call) => call.name === wanted), name);

  async function dialog(clone: Partial<CloneState> = {}, state: Partial<CoreState> = {}) {
    page = await harness.open(
      {
        accounts: [account('work')],
        clone: {
          accountIds: ['work'],
          survey,
          folders: {
            '': ['docs', 'src', long],
            src: ['src/core', 'src/web'],
            docs: { kind: 'rate-limited', host: 'github.com', retryAt: 0 },
          },
          engine: 'system',
          ...clone,
        },
        ...state,
      },
      { reducedMotion: 'reduce' },
    );
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.keyboard.press('Control+Shift+O');
    await page.getByLabel('Address').fill('https://github.com/team/app.git');
    await page.getByRole('combobox', { name: 'Account' }).click();
    await page.getByRole('option', { name: /Account work/ }).click();
  }

  it('stay one line until they are opened, which says what a clone brings', async () => {
    await dialog();
    await onPage(page.getByText('About 310 MB, some minutes.')).toBeVisible();
    expect(await page.getByLabel('History').count()).toBe(0);
    await onPage(button('Clone')).toBeEnabled();
    await button('Clone').click();
    await onPage.poll(() => calls('repositories.clone')).toHaveLength(1);
    expect((await calls('repositories.clone'))[0]?.input).toMatchObject({ plan: wholeClone });
  });

  it('choose commits, contents, folders, submodules and large files by keyboard', async () => {
    await dialog();
    await button(/^Options/).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'History' }).click();
    await page.getByRole('option', { name: 'Only the last commits' }).click();
    await page.getByRole('textbox', { name: 'Commits' }).fill('25');
    await page.getByRole('combobox', { name: 'Contents' }).click();
    await page.getByRole('option', { name: 'Large old files' }).click();
    await page.getByRole('combobox', { name: 'Folders' }).click();
    await page.getByRole('option', { name: 'Choose folders' }).click();
    await onPage(button('Clone')).toBeDisabled();

    await page.getByRole('treegrid', { name: 'Folders' }).focus();
    // docs cannot be read the first time; `src` is opened and `src/web` chosen.
    await onPage(page.getByRole('row', { name: /docs/ })).toBeVisible();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await onPage(button('Try again')).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
    await onPage(page.getByText('No folders in it')).toBeVisible();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    await onPage(page.getByRole('checkbox', { name: 'src/web' })).toBeVisible();
    await page.keyboard.press('End');
    await page.keyboard.press(' ');
    await onPage(page.getByRole('checkbox', { name: 'src/web' })).toBeChecked();
    await page.getByLabel('Find or name a folder').fill('tools/build');
    await page.keyboard.press('Enter');
    await onPage(
      page.getByText('2 chosen, with the files beside and above: src/web, tools/build.'),
    ).toBeVisible();

    await page.keyboard.press('Escape');
    await onPage(page.getByRole('checkbox', { name: 'src/web' })).toBeVisible();

    await page.getByRole('checkbox', { name: 'From https://elsewhere.example:8443' }).check();
    const largeFiles = page.getByRole('switch', { name: 'Fetch large files (Git LFS)' });
    await onPage(largeFiles).toBeChecked();
    await largeFiles.click();
    await onPage(largeFiles).not.toBeChecked();
    await onPage(button('Clone')).toBeEnabled();
    await expectFitAndAccessible(page, 'clone options');
    await button('Clone').click();
    await onPage.poll(() => calls('repositories.clone')).toHaveLength(1);
    expect((await calls('repositories.clone'))[0]?.input).toMatchObject({
      plan: {
        depth: 25,
        singleBranch: true,
        filter: { kind: 'larger', bytes: 1_000_000 },
        sparse: ['src/web', 'tools/build'],
        submodules: ['https://elsewhere.example:8443'],
        lfs: false,
      },
    });
  });

  it('do not begin what the engine cannot reach: an address of ssh with the built-in one', async () => {
    await dialog({ engine: 'isomorphic' });
    await page.getByRole('combobox', { name: 'Parent directory' }).fill('/home/ada/src');
    await onPage(button('Clone')).toBeEnabled();
    await page.getByRole('textbox', { name: 'Address' }).fill('git@github.com:team/app.git');
    await page.getByText('The built-in engine connects by https only.').waitFor();
    await onPage(button('Clone')).toBeDisabled();
  });

  it('say why something cannot be chosen, and ask about a large repository', async () => {
    await dialog({ engine: 'isomorphic', survey: { ...survey, sizeBytes: 4_100_000_000 } });
    await button(/^Options/).click();
    await onPage(page.getByText(/About 4.1 GB/)).toBeVisible();
    await onPage(page.getByText(/Submodules are fetched by Git/)).toBeVisible();
    await onPage(page.getByLabel('Fetch large files (Git LFS)')).toBeDisabled();
    await onPage(page.getByRole('link', { name: /Get Git/ })).toBeVisible();
    await expectFitAndAccessible(page, 'clone options of the built-in engine');
    await page.context().close();

    const none = { ...survey, asked: false, sizeBytes: null, submodules: null, largeFiles: null, top: null };
    const programs = { git: null, ssh: null, lfs: null, shell: null };
    await dialog({ survey: none }, { programs });
    await button(/^Options/).click();
    await onPage(page.getByText('Folders can be chosen with an account for this address.')).toBeVisible();
    await onPage(page.getByText(/Git LFS was not found/)).toBeVisible();
    await page.context().close();

    await dialog({ survey: { ...survey, sizeBytes: 4_100_000_000 } });
    await button('Without old contents').click();
    await onPage(page.getByText('Old contents when needed')).toBeVisible();
    await onPage(button('Without old contents')).toHaveCount(0);
  });
});
