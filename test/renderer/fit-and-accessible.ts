import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect } from 'vitest';
import { atRest, violationsAtRest } from './at-rest';

const pictures = process.env['SCREENSHOTS'];
if (pictures) mkdirSync(pictures, { recursive: true });

/** Light or dark, as the system of the user wants it. */
async function wear(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
}

/** No rule of accessibility is broken, light and dark, and nothing is wider than a small window. Leaves that window. */
export async function expectFitAndAccessible(page: Page, name: string): Promise<void> {
  const picture = async (suffix: string) => {
    if (!pictures) return;
    await atRest(page);
    await page.screenshot({ path: path.join(pictures, `${name} ${suffix}.png`) });
  };
  await page.setViewportSize({ width: 1280, height: 800 });
  await wear(page, 'light');
  expect(await violationsAtRest(page), `${name}, light`).toEqual([]);
  await picture('light');
  await wear(page, 'dark');
  // Between the two only colours differ.
  expect(await violationsAtRest(page, ['color-contrast']), `${name}, dark`).toEqual([]);
  await picture('dark');
  await page.setViewportSize({ width: 900, height: 600 });
  await picture('dark small');
  await wear(page, 'light');
  await picture('light small');
  await atRest(page);
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0);
}
