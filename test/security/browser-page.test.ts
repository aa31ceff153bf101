import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BrowserServer, serve } from '../../electron/browser/server';
import { builtPage } from '../../electron/browser/static';
import { ensureBuilt, root } from '../../electron/build.mjs';
import { type Core, compose } from '../../electron/compose';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { chromiumArgs, findChromium } from '../tools/chromium.mjs';

const executablePath = findChromium();
if (!executablePath) console.log('The page is not shown to a real browser: no Chromium found.');

const token = 'T0ken-of_this-start';

/** The page as it ships, in a browser where other pages want in. */
describe.skipIf(!executablePath)('the page in a browser', () => {
  let core: Core;
  let server: BrowserServer;
  let evil: Server;
  let evilPort: number;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  const start = (port: number) =>
    serve({
      router: core.router,
      page: builtPage(path.join(root, 'dist/renderer')),
      token,
      port,
      log: () => undefined,
    });
  const address = () => `${server.address}#token=${token}`;
  /** The page hears of an event of the core and follows it; of both, so that the view before does not matter. */
  const hearsTheCore = async () => {
    for (const command of ['repositories', 'pull-requests'] as const)
      await expect
        .poll(
          () => {
            core.emit({ type: 'command', command });
            return page.locator('nav [aria-current=page], nav [aria-current=true]').textContent();
          },
          { timeout: 20_000 },
        )
        .toMatch(command === 'repositories' ? /Repositories/ : /Pull requests/);
  };

  beforeAll(async () => {
    expect(await ensureBuilt()).toBe(true);
    core = await compose(fakePlatform(temporaryDirectory()));
    evil = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>evil</title>');
    });
    await new Promise<void>((resolve) => {
      evil.listen(0, '127.0.0.1', resolve);
    });
    const bound = evil.address();
    evilPort = typeof bound === 'object' && bound ? bound.port : 0;
    browser = await chromium.launch({
      executablePath: executablePath ?? undefined,
      args: [...chromiumArgs, '--host-resolver-rules=MAP evil.test 127.0.0.1'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await new Promise((resolve) => {
      evil.close(resolve);
    });
    await core?.close();
  });
  beforeEach(async () => {
    server = await start(0);
    context = await browser.newContext();
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    await server.close();
  });

  it('keeps its token for this tab alone: not in the address, the history, a cookie or a request', async () => {
    const seen: string[] = [];
    page.on('request', (request) => seen.push(`${request.url()} ${JSON.stringify(request.headers())}`));
    await page.goto(address());
    await hearsTheCore();
    expect(page.url()).toBe(server.address);
    expect(
      await page.evaluate(() => document.cookie + JSON.stringify(Object.entries(localStorage))),
    ).not.toContain(token);
    await page.reload();
    await hearsTheCore();
    expect(seen.length).toBeGreaterThan(2);
    // The fragment is never sent; Playwright shows it for the first navigation.
    expect(seen.slice(1).join('\n')).not.toContain(token);
    expect(await context.cookies()).toEqual([]);
  });

  it('opens with a word that works once, and keeps nothing of it', async () => {
    const issue = async () =>
      (await fetch(`${server.address}opening`, { headers: { authorization: `Bearer ${token}` } })).text();
    const word = await issue();
    await page.goto(`${server.address}#open=${word}`);
    await hearsTheCore();
    expect(page.url()).toBe(server.address);
    const other = await context.newPage();
    await other.goto(`${server.address}#open=${word}`);
    await expect.poll(() => other.evaluate(() => sessionStorage.length)).toBe(0);
    expect(other.url()).toBe(server.address);
  });

  it('runs nothing and reaches nothing that a text could smuggle in', async () => {
    await page.goto(address());
    await hearsTheCore();
    const violated = await page.evaluate(async (evilAddress) => {
      const found: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => found.push(event.effectiveDirective));
      const holder = document.createElement('div');
      holder.innerHTML = `<img src="x" onerror="window.__xss = 1"><img src="${evilAddress}i.png">
        <iframe src="${evilAddress}"></iframe><object data="${evilAddress}"></object>
        <form action="${evilAddress}"><button id="send"></button></form>`;
      document.body.append(holder);
      const script = document.createElement('script');
      script.textContent = 'window.__xss = 2';
      document.body.append(script);
      const style = document.createElement('link');
      style.rel = 'stylesheet';
      style.href = `${evilAddress}s.css`;
      document.head.append(style);
      document.getElementById('send')?.click();
      await fetch(evilAddress).catch(() => undefined);
      try {
        const socket = new WebSocket(evilAddress.replace('http', 'ws'));
        socket.addEventListener('error', () => undefined);
      } catch {
        // Refused at once in some engines.
      }
      const wanted = 9;
      for (let time = 0; time < 600 && found.length < wanted; time += 1)
        await new Promise((resolve) => requestAnimationFrame(resolve));
      return { found: [...new Set(found)].sort(), xss: Reflect.get(window, '__xss') as unknown };
    }, `http://evil.test:${evilPort}/`);
    expect(violated.xss).toBeUndefined();
    expect(violated.found).toEqual(
      expect.arrayContaining(['connect-src', 'form-action', 'frame-src', 'img-src', 'object-src']),
    );
    expect(violated.found).toEqual(expect.arrayContaining(['script-src-attr', 'script-src-elem']));
    expect(page.url()).toBe(server.address);
  });

  it('cannot be reached, framed or used by a page of another site, or under another name', async () => {
    const rebound = await page.goto(`http://evil.test:${server.door.port}/`);
    expect(rebound?.status()).toBe(421);

    await page.goto(`http://evil.test:${evilPort}/`);
    const outcome = await page.evaluate(
      async ([own, secret]) => {
        const socket = (protocols: string[]) =>
          new Promise<string>((resolve) => {
            const opened = new WebSocket(`${own.replace('http', 'ws')}ws`, protocols);
            opened.addEventListener('open', () => resolve('open'));
            opened.addEventListener('error', () => resolve('refused'));
          });
        const load = (name: 'script' | 'img' | 'iframe') =>
          new Promise<string>((resolve) => {
            const element = document.createElement(name);
            element.addEventListener('load', () => resolve('loaded'));
            element.addEventListener('error', () => resolve('refused'));
            element.setAttribute('src', own);
            document.body.append(element);
          });
        const answer = await fetch(`${own}session`, { headers: { authorization: `Bearer ${secret}` } }).then(
          () => 'read',
          () => 'refused',
        );
        const frame = await load('iframe');
        const shown = document.querySelector('iframe')?.contentDocument?.getElementById('root') ?? null;
        return [
          await socket(['polyforge', `token.${secret}`]),
          answer,
          await load('script'),
          await load('img'),
          frame === 'loaded' && shown === null ? 'refused' : frame,
        ];
      },
      // Even knowing the token helps no other page.
      [server.address, token] as const,
    );
    expect(outcome).toEqual(['refused', 'refused', 'refused', 'refused', 'refused']);
    expect(page.frames().filter((frame) => frame.url() === server.address)).toEqual([]);
  });

  it('says so without a token, and comes to life when the printed address is pasted into the tab', async () => {
    await page.goto(server.address);
    await page.getByText('This tab has no key to Polyforge').waitFor();
    await page.goto(`${server.address}#token=${token.toLowerCase()}`);
    await page.getByText('This tab has no key to Polyforge').waitFor();
    await page.evaluate((fragment) => {
      location.hash = fragment;
    }, `token=${token}`);
    await hearsTheCore();
    expect(page.url()).toBe(server.address);
  });

  it('says when the connection is lost, and connects again by itself', async () => {
    await page.goto(address());
    await hearsTheCore();
    // The view's own part of the page is fetched when it is first shown.
    await page.getByRole('heading', { name: 'Pull requests' }).waitFor();
    const { port } = server.door;
    await server.close();
    await page.getByText('is lost').first().waitFor();
    server = await start(port);
    await page.getByText('is lost').waitFor({ state: 'detached' });
    await hearsTheCore();
  });
});
