import { createServer as createHttpServer, type Server } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from '@playwright/test';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { keepStill } from '../at-rest';
import { chromiumArgs, ensureChromium } from '../../tools/chromium.mjs';
import type { CoreState } from './core';

const root = path.resolve(import.meta.dirname, '../../..');
const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' };

export interface Harness {
  browser: Browser;
  /** A fresh page of the application over a stand-in core in this state. */
  open(state?: Partial<CoreState>, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Builds the real page with the stand-in core in place of the connection, serves it, starts Chromium. */
export async function startHarness(): Promise<Harness> {
  const out = await mkdtemp(path.join(tmpdir(), 'polyforge-page-'));
  await build({
    configFile: false,
    root: path.join(root, 'renderer'),
    logLevel: 'error',
    plugins: [
      react(),
      {
        name: 'stand-in-port',
        enforce: 'pre',
        resolveId(source, importer) {
          const isPort = source.endsWith('/port') && importer?.includes('/renderer/');
          return isPort ? path.join(import.meta.dirname, 'port.ts') : null;
        },
      },
    ],
    build: { outDir: out, minify: false, emptyOutDir: true, chunkSizeWarningLimit: 10_000 },
  });
  const server: Server = createHttpServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = path.join(out, name === '/' ? 'index.html' : path.normalize(name));
    readFile(file).then(
      (content) => {
        response.setHeader('content-type', types[path.extname(file)] ?? 'application/octet-stream');
        response.end(content);
      },
      () => {
        response.statusCode = 404;
        response.end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumArgs });
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
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
      await rm(out, { recursive: true, force: true });
    },
  };
}
