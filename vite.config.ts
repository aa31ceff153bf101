import { readFileSync } from 'node:fs';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type EnvironmentOptions, type Plugin } from 'vite';

const root = import.meta.dirname;
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };

/** Left outside the bundles: what the runtime provides, native code, and ws's optional native parts. */
const external = [
  ...builtinModules.flatMap((name) => [name, `node:${name}`]),
  'electron',
  '@napi-rs/keyring',
  'bufferutil',
  'utf-8-validate',
];

/** One bundle that runs in Node or Electron. Everything but `external` goes into it: what ships has no node_modules. */
function privileged(folder: string, file: string, input: string, format: 'es' | 'cjs'): EnvironmentOptions {
  return {
    consumer: 'server',
    keepProcessEnv: true,
    // Vite's module runner cannot inline CommonJS, so in development packages stay outside.
    resolve: {
      conditions: ['node', 'module', 'import', 'default'],
      ...(isBuild ? { noExternal: true } : {}),
      external,
    },
    build: {
      target: 'node20',
      outDir: path.join(root, 'dist', folder),
      emptyOutDir: true,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        platform: 'node',
        input: path.join(root, input),
        external,
        checks: { pluginTimings: false },
        output: { format, entryFileNames: file, codeSplitting: false },
      },
    },
  };
}

/** Serving compresses nothing: every text file of the page gets a .gz beside it once, here. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    applyToEnvironment: (environment) => environment.name === 'client',
    async writeBundle(options) {
      const directory = options.dir ?? path.join(root, 'dist/renderer');
      const files = await readdir(directory, { recursive: true });
      for (const file of files.filter((name) => /\.(js|css|html|svg|json|txt|wasm)$/.test(name))) {
        const content = await readFile(path.join(directory, file));
        if (content.length < 1024) continue;
        await writeFile(path.join(directory, `${file}.gz`), await promisify(gzip)(content, { level: 7 }));
      }
    },
  };
}

/** The helper is also a program of its own: package.json names it. */
function executable(): Plugin {
  return {
    name: 'executable',
    applyToEnvironment: (environment) => environment.name === 'helper',
    async writeBundle(options, bundle) {
      for (const file of Object.keys(bundle).filter((name) => name.endsWith('.cjs')))
        await chmod(path.join(options.dir ?? '', file), 0o755);
    },
  };
}

const isBuild = process.argv.includes('build');

const bundles: Record<string, [folder: string, file: string, input: string, format: 'es' | 'cjs']> = {
  main: ['main', 'main.js', 'electron/desktop/main.ts', 'es'],
  preload: ['preload', 'preload.cjs', 'electron/desktop/preload.ts', 'cjs'],
  browser: ['browser', 'main.js', 'electron/browser/main.ts', 'es'],
  helper: ['helper', 'git-credential-polyforge.cjs', 'electron/credentials/helper.ts', 'cjs'],
  worker: ['worker', 'git-worker.js', 'electron/git/isomorphic/worker.ts', 'es'],
};

export default defineConfig({
  root: path.join(root, 'renderer'),
  base: '/',
  publicDir: 'public',
  define: { __POLYFORGE_VERSION__: JSON.stringify(version) },
  plugins: [react(), compressed(), executable()],
  // Only the page is served in development; nothing of the repository beside it.
  server: { fs: { allow: [root] } },
  environments: {
    client: {
      build: {
        outDir: path.join(root, 'dist/renderer'),
        emptyOutDir: true,
        // The oldest engine that shows the page: the Chromium of Debian stable, Firefox ESR, Safari of two years ago.
        target: ['chrome120', 'firefox128', 'safari17.4'],
        sourcemap: false,
        // The content security policy lets only images come from data: addresses.
        assetsInlineLimit: (file) => (/\.(svg|png|gif|jpe?g|webp)$/.test(file) ? undefined : false),
        rolldownOptions: { checks: { pluginTimings: false } },
        chunkSizeWarningLimit: 4000,
        reportCompressedSize: false,
      },
    },
    ...Object.fromEntries(Object.entries(bundles).map(([name, bundle]) => [name, privileged(...bundle)])),
  },
  worker: { format: 'es' },
  builder: {
    async buildApp(builder) {
      for (const environment of Object.values(builder.environments))
        if (environment.name === 'client' || environment.name in bundles) await builder.build(environment);
    },
  },
});
