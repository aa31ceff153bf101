import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium } from '@playwright/test';
import { chromiumArgs, ensureChromium } from '../tools/chromium.mjs';
import { alternate, type Figure } from './figure';
import type { RunningHost } from './host';

const emptyPage = '<!doctype html><html lang="en"><title>empty</title><main><h1>Empty</h1></main>';

/** Milliseconds from the start of the navigation to the first frame after `selector` is there. */
async function readyAfter(context: BrowserContext, url: string, selector: string): Promise<number> {
  const page = await context.newPage();
  try {
    // Counted in the page by its own clock. Asked for without a script of the test's protocol, which
    // takes longer to compile than an empty page to draw: it would come before the end of ours only.
    await page.addInitScript((wanted) => {
      const readyAt = new Promise<number>((resolve) => {
        const look = () => {
          if (document.querySelector(wanted))
            requestAnimationFrame(() => {
              const channel = new MessageChannel();
              channel.port1.addEventListener('message', () => resolve(performance.now()));
              channel.port1.start();
              channel.port2.postMessage(null);
            });
          else requestAnimationFrame(look);
        };
        look();
      });
      Object.assign(window, { readyAt });
    }, selector);
    const session = await context.newCDPSession(page);
    await page.goto(url);
    const { result } = await session.send('Runtime.evaluate', {
      expression: 'readyAt',
      awaitPromise: true,
      returnByValue: true,
    });
    return typeof result.value === 'number' ? result.value : Number.NaN;
  } finally {
    await page.close();
  }
}

/**
 * The start view, usable, against a page that holds one heading, in the same
 * Chromium. Both are opened in new tabs of one profile, as a user's daily start
 * is: what the browser keeps of a page from the time before, it keeps for both.
 */
export async function benchPage(host: RunningHost): Promise<Figure> {
  const server = http.createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(emptyPage),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const empty = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  // A profile on disk, as a user has one: only there the browser keeps compiled scripts.
  const profile = mkdtempSync(path.join(os.tmpdir(), 'polyforge-bench-profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: ensureChromium(),
    args: chromiumArgs,
    viewport: { width: 1280, height: 800 },
  });
  try {
    for (let before = 0; before < 3; before += 1) await readyAfter(context, host.url, 'main h1');
    const { ours, ratio } = await alternate(
      15,
      () => readyAfter(context, host.url, 'main h1'),
      () => readyAfter(context, empty, 'main h1'),
    );
    return { name: 'page ready', value: ours, unit: 'ms', ratio, goal: 'ratio <= 2.5 of an empty page' };
  } finally {
    await context.close();
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
