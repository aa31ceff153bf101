import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { builtOnce } from '../fakes/built-once';
import { chromiumArgs, ensureChromium } from '../tools/chromium.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' };

/** The real page, served on loopback, and a Chromium. */
export interface BuiltPage {
  origin: string;
  browser: Browser;
  close(this: void): Promise<void>;
}

/** Builds the real page with `port` (absolute) in place of its connection to the core. `name`: of this build. */
export async function startBuiltPage(name: string, port: string): Promise<BuiltPage> {
  const out = await builtOnce(name, (outDir) =>
    build({
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
            source.endsWith('/port') && importer?.includes('/renderer/') ? port : null,
        },
      ],
      build: { outDir, minify: false, emptyOutDir: true, chunkSizeWarningLimit: 10_000 },
    }),
  );
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = path.join(out, asked === '/' ? 'index.html' : path.normalize(asked));
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
    origin,
    browser,
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
