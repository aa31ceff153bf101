import type { Page, Request } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostileEntries, hostileText } from '../security/hostile-inputs';
import { type ReadingPage, startReadingPage } from './reading/page';

let reading: ReadingPage;
beforeAll(async () => {
  reading = await startReadingPage();
});
afterAll(() => reading.close());

/** Opens a pull request whose description and nothing else is the given text; tells what the page asked of others. */
async function show(description: string): Promise<{ page: Page; foreign: string[] }> {
  const page = await reading.open({ accounts: 1, pullRequests: 1, description });
  const own = new URL(page.url()).origin;
  const foreign: string[] = [];
  page.on('request', (request: Request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== own && protocol !== 'data:' && protocol !== 'blob:') foreign.push(request.url());
  });
  page.on('dialog', (dialog) => {
    foreign.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Pull requests' }).click();
  await page.getByRole('option').first().click();
  const text = page.getByRole('region', { name: 'Description' });
  await text.waitFor();
  await text.getByLabel('Loading').waitFor({ state: 'detached' });
  return { page, foreign };
}

describe('a hostile description', () => {
  for (const { id, input } of hostileEntries('pr-body'))
    it(`${id} runs nothing, loads nothing, navigates nowhere`, async () => {
      const { page, foreign } = await show(hostileText(input));
      try {
        const region = page.getByRole('region', { name: 'Description' });
        const before = page.url();
        for (const link of await region.locator('a, summary, input:enabled').all())
          await link.click({ noWaitAfter: true, force: true });
        const found = await page.evaluate(() => {
          const root = document.querySelector('section[aria-label="Description"]');
          const elements = [...(root?.querySelectorAll('*') ?? [])];
          return {
            ran: '__xss' in window,
            forbidden: elements
              .filter((element) =>
                /^(script|style|iframe|object|embed|base|form|link|meta|img|video|audio|source)$/.test(
                  element.localName,
                ),
              )
              .map((element) => element.localName),
            handlers: elements.flatMap((element) =>
              [...element.attributes]
                .filter(
                  ({ name, value }) =>
                    name.startsWith('on') ||
                    name === 'id' ||
                    name === 'name' ||
                    (name === 'href' && !value.startsWith('https://')),
                )
                .map(({ name, value }) => `${name}=${value}`),
            ),
          };
        });
        expect(found).toEqual({ ran: false, forbidden: [], handlers: [] });
        expect(page.url()).toBe(before);
        expect(foreign).toEqual([]);
        const opened = await page.evaluate(() =>
          window.calls.filter((call) => call.path === 'application.openExternal').map((call) => call.input),
        );
        for (const input of opened)
          expect(input).toMatchObject({ url: expect.stringMatching(/^https:\/\//) });
        // The rest of the screen is still there, in front, and answers.
        await page.getByRole('tab', { name: /Commits/ }).click();
        await page.getByText('Keep the cart').waitFor();
      } finally {
        await page.context().close();
      }
    });

  it('shows characters that reorder text', async () => {
    const { page } = await show('\u202etxet neddih');
    expect(await page.getByRole('region', { name: 'Description' }).innerText()).toContain('⟨U+202E⟩');
    await page.context().close();
  });

  it('cuts two megabytes and offers the rest', async () => {
    const { page } = await show('A'.repeat(2_000_000));
    await page.getByRole('button', { name: /^Show all/ }).click();
    await page.getByRole('button', { name: /^Show all/ }).waitFor({ state: 'detached' });
    await page.context().close();
  });
});
