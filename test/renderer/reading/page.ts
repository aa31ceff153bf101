import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContextOptions, chromium, type Page } from '@playwright/test';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { keepStill } from '../at-rest';
import { chromiumArgs, ensureChromium } from '../../tools/chromium.mjs';
import type { Scene } from './port';

const root = path.resolve(import.meta.dirname, '../../..');
const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' };

export interface ReadingPage {
  /** The application over the scene, in a context of its own. */
  open(scene?: Partial<Scene>, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Builds the real page with answers from plain data, serves it and starts Chromium. */
export async function startReadingPage(): Promise<ReadingPage> {
  const out = await mkdtemp(path.join(tmpdir(), 'polyforge-reading-'));
  await build({
    configFile: false,
    root: path.join(root, 'renderer'),
    logLevel: 'error',
    worker: { format: 'es' },
    plugins: [
      react(),
      {
        name: 'stand-in-port',
        enforce: 'pre',
        resolveId: (source, importer) =>
          source.endsWith('/port') && importer?.includes('/renderer/')
            ? path.join(import.meta.dirname, 'port.ts')
            : null,
      },
    ],
    build: { outDir: out, minify: false, emptyOutDir: true, chunkSizeWarningLimit: 10_000 },
  });
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = path.join(out, name === '/' ? 'index.html' : path.normalize(name));
    readFile(file).then(
      (content) => {
        response.setHeader('content-type', types[path.extname(file)] ?? 'application/octet-stream');
        response.end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumArgs });
  return {
    async open(scene = {}, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      await keepStill(context);
      const page = await context.newPage();
      await page.addInitScript((given) => {
        window.scene = given;
      }, scene);
      await page.goto(origin);
      await page.getByRole('navigation', { name: 'Main' }).waitFor();
      return page;
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
      await rm(out, { recursive: true, force: true });
    },
  };
}
