import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';
import { root } from '../../electron/build.mjs';
import { electronBinary, noWindowReason } from '../../electron/electron-binary.mjs';
import { stories, tellMainStory } from './main-story';

const binary = electronBinary();
const reason = binary === null ? 'the Electron binary is not installed' : noWindowReason();
if (reason !== null) console.log(`The desktop app is not run: ${reason}.`);

/** Starts the app in a directory of its own and ends it, whatever happens. */
async function withApp(
  tell: (app: ElectronApplication, page: Page, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'polyforge-desktop-')));
  const app = await _electron.launch({
    executablePath: binary ?? '',
    args: [root, '--data', path.join(directory, 'data')],
  });
  try {
    await tell(app, await app.firstWindow(), directory);
  } finally {
    await app.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

test.describe('the desktop app', () => {
  test.skip(reason !== null, reason ?? '');

  const [story] = stories;
  if (story)
    test(`${story.label}: from account to pull request, as in the browser`, () =>
      withApp(async (_app, page, directory) => {
        const server = await story.start();
        try {
          const clones = path.join(directory, 'clones');
          await mkdir(clones);
          await tellMainStory(page, story, server, clones);
        } finally {
          await server.close();
        }
      }));

  test('shows its page, reaches the core, and opens preferences from its menu', () =>
    withApp(async (app, page) => {
      await expect(page.getByRole('navigation').first()).toBeVisible();
      expect(page.url()).toBe('app://polyforge/');
      expect(await page.evaluate('typeof require + typeof process')).toBe('undefinedundefined');
      await expect(page.getByText(/is lost/)).toHaveCount(0);

      await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('preferences')?.click());
      await expect(page.getByText('Hosting Providers').first()).toBeVisible();

      // Nothing leads away from the page.
      const windows = app.windows().length;
      await page.evaluate(() => {
        window.open('about:blank');
        location.href = 'data:text/html,elsewhere';
      });
      await expect(page.getByRole('navigation').first()).toBeVisible();
      expect(page.url()).toBe('app://polyforge/');
      expect(app.windows()).toHaveLength(windows);
    }));
});
