import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from '@playwright/test';
import { alternate, type Figure } from './figure';
import type { RunningHost } from './host';

const emptyPage = '<!doctype html><html lang="en"><title>empty</title><main><h1>Empty</h1></main>';

/** Milliseconds from the start of the navigation to the first frame after `selector` is there. */
async function readyAfter(browser: Browser, url: string, selector: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    // Counted in the page by its own clock: the test's protocol adds its delays to neither side.
    await page.addInitScript((wanted) => {
      const look = () => {
        if (document.querySelector(wanted))
          requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.addEventListener('message', () => {
              Object.assign(window, { readyAt: performance.now() });
            });
            channel.port1.start();
            channel.port2.postMessage(null);
          });
        else requestAnimationFrame(look);
      };
      look();
    }, selector);
    await page.goto(url);
    const handle = await page.waitForFunction(() => (window as { readyAt?: number }).readyAt);
    return (await handle.jsonValue()) ?? Number.NaN;
  } finally {
    await context.close();
  }
}

/** The start view, usable, against a page that holds one heading, in the same Chromium. */
export async function benchPage(host: RunningHost, browser: Browser): Promise<Figure> {
  const server = http.createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(emptyPage),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const empty = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    const { ours, ratio } = await alternate(
      9,
      () => readyAfter(browser, host.url, 'main h1'),
      () => readyAfter(browser, empty, 'main h1'),
    );
    return { name: 'page ready', value: ours, unit: 'ms', ratio, goal: 'ratio <= 2.5 of an empty page' };
  } finally {
    server.close();
  }
}
