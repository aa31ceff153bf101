import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, expect, test } from '@playwright/test';
import { root } from '../../electron/build.mjs';
import { electronBinary, noWindowReason } from '../../electron/electron-binary.mjs';

const binary = electronBinary();
const reason = binary === null ? 'the Electron binary is not installed' : noWindowReason();
if (reason !== null) console.log(`The desktop app is not run: ${reason}.`);

test.describe('the desktop app', () => {
  test.skip(reason !== null, reason ?? '');

  test('shows its page, reaches the core, and opens preferences from its menu', async () => {
    const dataDirectory = await mkdtemp(path.join(tmpdir(), 'polyforge-desktop-'));
    const app = await _electron.launch({
      executablePath: binary ?? '',
      args: [root, '--data', dataDirectory],
    });
    try {
      const page = await app.firstWindow();
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
    } finally {
      await app.close();
      await rm(dataDirectory, { recursive: true, force: true });
    }
  });
});
