import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { keepStill } from '../at-rest';
import { startBuiltPage } from '../built-page';
import type { CoreState } from './core';

export interface Harness {
  browser: Browser;
  /** A fresh page of the application over a stand-in core in this state. */
  open(state?: Partial<CoreState>, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** The real page with the stand-in core in place of the connection. */
export async function startHarness(): Promise<Harness> {
  const { browser, origin, close } = await startBuiltPage('page', path.join(import.meta.dirname, 'port.ts'));
  return {
    browser,
    async open(state = {}, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      await keepStill(context);
      const page = await context.newPage();
      await page.addInitScript((given) => {
        window.standInState = given;
      }, state);
      await page.goto(origin);
      return page;
    },
    close,
  };
}
