import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RPCHandler } from '@orpc/server/message-port';
import { type Browser, chromium, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserServer, serve } from '../../electron/browser/server';
import { builtPage } from '../../electron/browser/static';
import { ensureBuilt, root } from '../../electron/build.mjs';
import { type Core, compose } from '../../electron/compose';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { chromiumArgs, findChromium } from '../tools/chromium.mjs';

const executablePath = findChromium();
if (!executablePath) console.log('The preload is not run in a page: no Chromium found.');

/**
 * The preload as it ships runs in a real page before the page's own scripts,
 * with stand-ins for contextBridge and ipcRenderer. The page as it ships then
 * reaches the real core through the port the preload hands it, and has no token
 * for any other way.
 */
describe.skipIf(!executablePath)('the preload as it ships', () => {
  let core: Core;
  let server: BrowserServer;
  let browser: Browser;
  let page: Page;
  const closing: (() => void)[] = [];

  beforeAll(async () => {
    expect(await ensureBuilt()).toBe(true);
    core = await compose(fakePlatform(temporaryDirectory(), { shell: 'desktop' }));
    const log = () => undefined;
    server = await serve({
      router: core.router,
      page: builtPage(path.join(root, 'dist/renderer')),
      token: 'nobody-has-this',
      port: 0,
      log,
    });
    browser = await chromium.launch({ executablePath: executablePath ?? undefined, args: chromiumArgs });
    page = await browser.newPage();

    // Stands for the main process: what it hears of the port goes to the core, and back.
    let hear: ((message?: { data: unknown }) => void) | undefined;
    await page.exposeFunction('mainHears', (data: unknown) => hear?.({ data }));
    let connections = 0;
    await page.exposeFunction('mainConnects', () => {
      // A port ends with its page.
      for (const close of closing.splice(0)) close();
      hear = undefined;
      const number = (connections += 1);
      new RPCHandler(core.router).upgrade(
        {
          on(event: string, callback: (message?: { data: unknown }) => void) {
            if (event === 'message') hear = callback;
            if (event === 'close') closing.push(() => callback());
          },
          postMessage: (data: unknown) => {
            if (number !== connections) return;
            // What is posted to a page that is being left goes nowhere; one that hears nothing fails the tests.
            page
              .evaluate((text) => Reflect.get(window, 'mainSays')?.(text), data as string)
              .catch(() => undefined);
          },
        },
        { context: { log } },
      );
    });
    const preload = readFileSync(path.join(root, 'dist/preload/preload.cjs'), 'utf8');
    await page.addInitScript(`{
      const exposed = {}, sent = [], listeners = {};
      Object.assign(window, { exposed, sent });
      const electron = {
        contextBridge: {
          exposeInMainWorld(name, api) {
            exposed[name] = Object.keys(api);
            Object.defineProperty(window, name, { value: Object.freeze({ ...api }) });
          },
        },
        ipcRenderer: {
          on(channel, listener) { listeners[channel] = listener; },
          async send(channel, ...values) {
            sent.push([channel, ...values]);
            await mainConnects();
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = (event) => mainHears(event.data);
            window.mainSays = (data) => port1.postMessage(data);
            listeners['polyforge:port']({ ports: [port2] }, null);
          },
        },
      };
      const module = { exports: {} };
      (function (require, module, exports) {${preload}
      })((name) => {
        if (name !== 'electron') throw new Error('A sandboxed preload may not require ' + name);
        return electron;
      }, module, module.exports);
    }`);
    await page.goto(server.address);
  });

  afterAll(async () => {
    for (const close of closing) close();
    await browser?.close();
    await server?.close();
    await core?.close();
  });

  it('gives the page one function and nothing else', async () => {
    expect(await page.evaluate('exposed')).toEqual({ polyforge: ['connect'] });
    expect(await page.evaluate('Object.getOwnPropertyNames(window.polyforge)')).toEqual(['connect']);
    expect(await page.evaluate('typeof require + typeof process + typeof module')).toBe(
      'undefinedundefinedundefined',
    );
  });

  it('asks on one channel, and passes nothing along that the page said', async () => {
    expect(await page.evaluate('sent')).toEqual([['polyforge:connect']]);
    await page.evaluate('window.polyforge.connect("fs.read", "/etc/passwd")');
    expect(await page.evaluate('sent')).toEqual([['polyforge:connect'], ['polyforge:connect']]);
  });

  it('connects the page to the core without any token', async () => {
    await page.reload();
    await page.getByRole('navigation').first().waitFor();
    await page.getByText(/is lost/).waitFor({ state: 'detached' });
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    core.emit({ type: 'command', command: 'preferences' });
    await page.getByText('Hosting Providers').first().waitFor();
  });
});
