import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect } from 'vitest';
import { atRest, violationsAtRest } from './at-rest';

const pictures = process.env['SCREENSHOTS'];
if (pictures) mkdirSync(pictures, { recursive: true });

/** No rule of accessibility is broken, and nothing is wider than a small window. Leaves the small window. */
export async function expectFitAndAccessible(page: Page, name: string): Promise<void> {
  const picture = async (suffix: string) => {
    if (pictures) await page.screenshot({ path: path.join(pictures, `${name}${suffix}.png`) });
  };
  const violations = await violationsAtRest(page);
  await picture('');
  await page.setViewportSize({ width: 900, height: 600 });
  await atRest(page);
  await picture(' small');
  expect(violations).toEqual([]);
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0);
}
