import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from '@playwright/test';
import { expect } from 'vitest';

declare global {
  interface Window {
    /** Calls of the page that have no answer yet; kept by the stand-in ports. */
    callsUnderWay?: number;
  }
}

/** No page of this context moves: what is measured is a state somebody chose, not one on its way. */
export async function keepStill(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      '*, *::before, *::after { transition: none !important; animation: none !important; caret-color: transparent !important; }',
    );
    document.adoptedStyleSheets.push(sheet);
  });
}

/**
 * Resolves when nothing is on its way any more: every call is answered, nothing
 * fades or loads, and the document stayed the same for three frames.
 */
export async function atRest(page: Page): Promise<void> {
  // Nothing lies under the pointer by chance.
  const size = page.viewportSize();
  if (size) await page.mouse.move(size.width - 1, size.height - 1);
  await page.evaluate(async () => {
    const isOpaque = (element: Element) => {
      for (let each: Element | null = element; each; each = each.parentElement)
        if (getComputedStyle(each).opacity !== '1') return false;
      return true;
    };
    const isStill = () =>
      (window.callsUnderWay ?? 0) === 0 &&
      document.fonts.status === 'loaded' &&
      document.getAnimations().every((each) => each.playState !== 'running') &&
      // A question takes no answer yet.
      document.querySelector('[data-loading="true"], [data-unsettled]') === null &&
      [...document.querySelectorAll('[role=dialog], [role=menu], [role=listbox]')]
        .filter((each) => each.checkVisibility())
        .every(isOpaque);
    let before = '';
    for (let frames = 0; frames < 3; ) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = document.documentElement.outerHTML;
      frames = isStill() && now === before ? frames + 1 : 0;
      before = now;
    }
  });
}

const pictures = process.env['SCREENSHOTS'];
if (pictures) mkdirSync(pictures, { recursive: true });

/** No rule of accessibility is broken, and nothing is wider than a small window. Leaves the small window. */
export async function expectFitAndAccessible(page: Page, name: string): Promise<void> {
  const picture = async (suffix: string) => {
    if (pictures) await page.screenshot({ path: path.join(pictures, `${name}${suffix}.png`) });
  };
  await atRest(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  await picture('');
  await page.setViewportSize({ width: 900, height: 600 });
  await atRest(page);
  await picture(' small');
  expect(
    violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 300)}\n${node.failureSummary ?? ''}`),
    ),
  ).toEqual([]);
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0);
}
