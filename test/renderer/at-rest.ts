import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from '@playwright/test';

declare global {
  interface Window {
    /** The whole document as text, with what stands in shadow trees. Set by keepStill. */
    documentText(): string;
    /** Calls of the page that have no answer yet; kept by the stand-in ports. */
    callsUnderWay?: number;
  }
}

function stopMoving(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    '*, *::before, *::after { transition: none !important; animation: none !important; caret-color: transparent !important; }',
  );
  document.adoptedStyleSheets.push(sheet);
  window.documentText = () =>
    [
      document.documentElement.outerHTML,
      ...[...document.querySelectorAll('*')].map((each) => each.shadowRoot?.innerHTML ?? ''),
    ].join('');
}

/** No page of this context moves, and each can be asked for its whole text: what is measured is a state somebody chose, not one on its way. */
export async function keepStill(context: BrowserContext): Promise<void> {
  await context.addInitScript(stopMoving);
  for (const page of context.pages()) await page.evaluate(stopMoving);
}

/**
 * Resolves when nothing is on its way any more: every call is answered, nothing
 * fades or loads, and the document stayed the same for three frames. A page that
 * never rests is a failure that says what goes on in it.
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
    const end = performance.now() + 60_000;
    for (let frames = 0; frames < 3; ) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = window.documentText();
      if (performance.now() > end)
        throw new Error(
          `The page never rests: ${JSON.stringify({
            calls: window.callsUnderWay ?? 0,
            fonts: document.fonts.status,
            animations: document.getAnimations().length,
            loading: document
              .querySelector('[data-loading="true"], [data-unsettled]')
              ?.outerHTML.slice(0, 300),
            changes: now !== before,
          })}`,
        );
      frames = isStill() && now === before ? frames + 1 : 0;
      before = now;
    }
  });
}

/**
 * What breaks a rule of accessibility on the page at rest. Rules look one after
 * the other: what they find counts once the page stayed the same meanwhile.
 */
export async function violationsAtRest(page: Page, rules?: readonly string[]): Promise<string[]> {
  const content = () => page.evaluate(() => window.documentText());
  for (let left = 5; ; left -= 1) {
    await atRest(page);
    const before = await content();
    const axe = new AxeBuilder({ page });
    const { violations } = await (rules ? axe.withRules([...rules]) : axe).analyze();
    if (violations.length > 0 && left > 1 && (await content()) !== before) continue;
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 300)}\n${node.failureSummary ?? ''}`),
    );
  }
}
