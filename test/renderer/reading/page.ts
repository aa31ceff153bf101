import path from 'node:path';
import type { BrowserContextOptions, Page } from '@playwright/test';
import { keepStill } from '../at-rest';
import { startBuiltPage } from '../built-page';
import type { Scene } from './port';

export interface ReadingPage {
  /** The application over the scene, in a context of its own. */
  open(scene?: Partial<Scene>, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** The real page with answers from plain data. */
export async function startReadingPage(): Promise<ReadingPage> {
  const { browser, origin, close } = await startBuiltPage(
    'reading-page',
    path.join(import.meta.dirname, 'port.ts'),
  );
  return {
    async open(scene = {}, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      await keepStill(context);
      const page = await context.newPage();
      await page.addInitScript((given) => {
        window.scene = given;
      }, scene);
      await page.goto(origin);
      await page.getByRole('navigation', { name: 'Main' }).waitFor();
      return page;
    },
    close,
  };
}
