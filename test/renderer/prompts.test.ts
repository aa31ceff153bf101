import type { Locator, Page } from '@playwright/test';
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

const credentials: Kinds['credentials'] = {
  kind: 'credentials',
  id: 'q1',
  operation: 'fetch',
  host: 'git.example.com',
  path: 'team/private',
  protocol: 'https',
  accountId: null,
  accountAlias: null,
  reason: 'no-account',
  username: 'jane',
};
const otherHost: Kinds['other-host'] = {
  kind: 'other-host',
  id: 'other',
  operation: 'fetch',
  host: 'git.example.com',
  path: 'team/private',
  otherHost: 'lfs.example.net:8443',
  otherPath: 'team/private/info/lfs',
  accountAlias: 'Work',
};
const program: Kinds['program-question'] = {
  kind: 'program-question',
  id: 'program',
  operation: 'push',
  host: 'git.example.com',
  text: 'Please type your GitHub token to continue: ',
  wants: 'entry',
};
const keep: Kinds['save-credential'] = {
  kind: 'save-credential',
  id: 'keep',
  host: 'git.example.com',
  path: 'team/private',
  username: 'jane',
};

const dialog = (name: string | RegExp) => page.getByRole('dialog', { name });
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const answers = () => page.evaluate(() => window.standIn.state.answers);
const ask = (question: Question) => page.evaluate((each) => window.standIn.ask(each), question);

async function open(questions: Question[] = []) {
  page = await harness.open({ questions }, { reducedMotion: 'reduce' });
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** From here on the page's time moves only when it is told to. */
async function stopTime() {
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
}

/** Lets as little time go by as the page needs to show it. */
async function appearing(shown: Locator) {
  for (let step = 0; step < 100 && !(await shown.isVisible()); step += 1) await page.clock.runFor(1);
  await shown.waitFor();
}

/** An answer, and what follows from it, needs a little of the page's time. */
async function disappeared() {
  const shown = page.getByRole('dialog');
  for (let step = 0; step < 100 && (await shown.isVisible()); step += 1) await page.clock.runFor(1);
  await onPage(shown).toBeHidden();
}

describe('a question that appears', () => {
  it('takes no key and no click before it could be seen', async () => {
    await open();
    await stopTime();
    await ask(otherHost);
    await appearing(dialog('Sign in to another host?'));
    await page.clock.runFor(300);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await button('Always for this repository').click({ force: true });
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await answers()).toEqual([]);
    await page.clock.runFor(200);
    await page.keyboard.press('Escape');
    await disappeared();
    expect(await answers()).toEqual([{ id: 'other', answer: { kind: 'dismiss' } }]);
  });

  it('begins to be seen when its page is looked at', async () => {
    await open();
    await page.evaluate(() =>
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'hidden' }),
    );
    await stopTime();
    await ask(otherHost);
    await appearing(dialog('Sign in to another host?'));
    await page.clock.runFor(10_000);
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'visible' });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.clock.runFor(300);
    await page.keyboard.press('Escape');
    expect(await answers()).toEqual([]);
    await page.clock.runFor(200);
    await page.keyboard.press('Escape');
    await disappeared();
    expect((await answers()).length).toBe(1);
  });

  it('waits while somebody types elsewhere, and says so', async () => {
    await open();
    await page.keyboard.press('Control+o');
    const folder = page.getByRole('combobox', { name: 'Folder' });
    await folder.fill('');
    await stopTime();
    await folder.pressSequentially('/home/ja');
    await ask(credentials);
    await appearing(page.getByRole('status').getByText('It opens when you stop typing'));
    await page.clock.runFor(800);
    await page.keyboard.press('n');
    await page.clock.runFor(900);
    await page.keyboard.press('e');
    await onPage(folder).toHaveValue('/home/jane');
    await onPage(dialog('Sign in')).toBeHidden();
    await page.clock.runFor(1500);
    await dialog('Sign in').waitFor();
    await page.clock.runFor(100);
    await onPage(page.getByLabel('Password or token')).toBeFocused();
    expect(await answers()).toEqual([]);
  });

  it('has the keyboard after the one before was answered, but not its double click', async () => {
    await open([credentials, { ...credentials, id: 'q2', path: 'team/second' }]);
    await stopTime();
    await page.clock.runFor(500);
    await page.getByLabel('Password or token').fill('secret');
    await button('Sign in').dblclick();
    await page.clock.runFor(100);
    await onPage(dialog('Sign in')).toContainText('team/second');
    await onPage(page.getByLabel('Password or token')).toBeFocused();
    expect((await answers()).map(({ id }) => id)).toEqual(['q1']);
  });
});

describe('questions that wait', () => {
  it('are counted in the title of the page, and mark its icon', async () => {
    await open();
    const icon = () => page.locator('link[rel=icon]').getAttribute('href');
    const plain = await icon();
    await onPage(page).toHaveTitle('Polyforge');
    await ask(credentials);
    await ask({ ...credentials, id: 'q2' });
    await onPage(page).toHaveTitle('(2) Git asks – Polyforge');
    expect(await icon()).not.toBe(plain);
    await page.evaluate(() => {
      window.standIn.withdraw('q1');
      window.standIn.withdraw('q2');
    });
    await onPage(page).toHaveTitle('Polyforge');
    expect(await icon()).toBe(plain);
    await onPage(page.getByRole('dialog')).toBeHidden();
  });

  it('let those that somebody waits for go first', async () => {
    await open([keep, credentials]);
    await dialog('Sign in (1 of 2)').waitFor();
    await page.evaluate(() => window.standIn.withdraw('q1'));
    await dialog('Keep this password?').waitFor();
  });
});

describe('the page of a question', () => {
  it('names operation, path, host, account, the last refusal, and the folder a terminal asks in', async () => {
    const folder = '/home/jane/work/with a folder \u202egnp.exe';
    await open([
      {
        ...credentials,
        operation: 'git in with a folder',
        folder,
        reason: 'account-refused',
        accountId: 'a',
        accountAlias: 'Work',
      },
      { ...credentials, id: 'q2', path: '', reason: 'answer-refused', folder },
    ]);
    const first = dialog('Sign in (1 of 2)');
    await onPage(first).toContainText('Git in a terminal works with team/private on git.example.com');
    await onPage(first).toContainText('“Work” was refused');
    await onPage(first).toContainText(
      'Folder in the terminal: /home/jane/work/with a folder ⟨U+202E⟩gnp.exe',
    );
    await page.evaluate(() => window.standIn.withdraw('q1'));
    const second = dialog('Sign in');
    await onPage(second).toContainText('Fetching a repository on git.example.com');
    await onPage(second).toContainText('git.example.com refused the user name or password it was given last');
    await second.getByLabel('Save for this host').waitFor();
  });

  it('starts at the first account that was not tried last, and marks the one that was', async () => {
    const candidate = { provider: 'github', user: 'jane', organization: '', refused: false } as const;
    await open([
      {
        kind: 'account',
        id: 'q1',
        operation: 'git in work',
        host: 'git.example.com',
        path: 'team/private',
        candidates: [
          { ...candidate, accountId: 'a', alias: 'Home', tried: true },
          { ...candidate, accountId: 'b', alias: 'Work' },
        ],
        remember: ['repository', 'once'],
        organization: null,
      },
    ]);
    const shown = dialog('Which account?');
    await onPage(shown.getByRole('radio', { name: /^Home.*Tried last time/s })).not.toBeChecked();
    await onPage(shown.getByRole('radio', { name: /^Work/ })).toBeFocused();
    await onPage(shown.locator('[data-unsettled]')).toHaveCount(0);
    await page.keyboard.press('Enter');
    await expect
      .poll(answers)
      .toEqual([{ id: 'q1', answer: { kind: 'account', accountId: 'b', remember: 'repository' } }]);
  });

  it('names both hosts and who would answer, and says no unless a yes is chosen', async () => {
    await open([otherHost, { ...otherHost, id: 'o2' }, { ...otherHost, id: 'o3', accountAlias: null }]);
    const shown = dialog(/Sign in to another host/);
    await onPage(shown).toContainText('team/private on git.example.com');
    await onPage(shown).toContainText('lfs.example.net:8443');
    await onPage(shown).toContainText('your account “Work”');
    await onPage(button('Do not sign in')).toBeFocused();
    await button('Only this time').click();
    await onPage(shown).toHaveAccessibleName('Sign in to another host? (1 of 2)');
    await button('Always for this repository').click();
    await onPage(shown).toHaveAccessibleName('Sign in to another host?');
    await onPage(shown).toContainText('your account of that host');
    await button('Do not sign in').click();
    await onPage(shown).toBeHidden();
    expect((await answers()).map(({ answer }) => answer)).toEqual([
      { kind: 'other-host', allow: 'once' },
      { kind: 'other-host', allow: 'always' },
      { kind: 'other-host', allow: 'no' },
    ]);
  });

  it('offers to keep what was typed in a terminal', async () => {
    await open([keep, { ...keep, id: 'k2', path: '' }]);
    await onPage(dialog(/Keep this password/)).toContainText('team/private');
    await button('Keep').click();
    await onPage(dialog('Keep this password?')).toContainText('every one of this host');
    await button('Do not keep').click();
    await onPage(page.getByRole('dialog')).toBeHidden();
    expect((await answers()).map(({ answer }) => answer)).toEqual([
      { kind: 'save-credential', save: true },
      { kind: 'save-credential', save: false },
    ]);
  });
});

describe('the words of a program', () => {
  const words = () => page.getByRole('group', { name: /^A program that git started asks/ });

  it('are shown as text with all they hide, the host of the operation above them', async () => {
    await open([
      {
        ...program,
        text: "<b>x</b>\u001b[2K\rPassword for 'https://\u202egood.example': \u001b]8;;https://evil.example\u0007go",
      },
    ]);
    await onPage(dialog('A program asks')).toContainText('Pushing a repository on git.example.com');
    await onPage(words()).toHaveText(
      "<b>x</b>⟨U+001B⟩[2K⟨U+000D⟩Password for 'https://⟨U+202E⟩good.example': ⟨U+001B⟩]8;;https://evil.example⟨U+0007⟩go",
    );
    expect(await answers()).toEqual([]);
    await page.getByLabel('Your answer').fill('typed by me');
    await button('Answer').click();
    await onPage(dialog('A program asks')).toBeHidden();
    expect(await answers()).toEqual([
      { id: 'program', answer: { kind: 'program-question', text: 'typed by me' } },
    ]);
  });

  it('are cut, with the rest one click away, and never push the answer out of the window', async () => {
    await open([{ ...program, text: 'x'.repeat(100_000) }]);
    await page.setViewportSize({ width: 900, height: 600 });
    await onPage(words()).toHaveText(`${'x'.repeat(400)}…`);
    await button('Show the rest (19,600 characters)').click();
    await onPage(words()).toHaveText(`${'x'.repeat(20_000)}… (cut here)`);
    await onPage(button('Answer')).toBeInViewport();
    await button('Show less').click();
    await onPage(words()).toHaveText(`${'x'.repeat(400)}…`);
  });

  it('get a yes only from a press of Yes', async () => {
    await open([
      { ...program, wants: 'confirm' },
      { ...program, id: 'p2', wants: 'confirm' },
    ]);
    await dialog('A program asks (1 of 2)').waitFor();
    await onPage(button('No')).toBeFocused();
    await button('Yes').click();
    await dialog('A program asks').waitFor();
    await onPage(button('No')).toBeFocused();
    await button('No').click();
    await onPage(page.getByRole('dialog')).toBeHidden();
    expect(await answers()).toEqual([
      { id: 'program', answer: { kind: 'program-question', text: 'yes' } },
      { id: 'p2', answer: { kind: 'dismiss' } },
    ]);
  });
});
