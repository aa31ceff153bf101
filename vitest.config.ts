import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // The package starts a download when required without its binary; the stand-in is named as such.
    alias: { electron: path.resolve(import.meta.dirname, 'test/fakes/electron.ts') },
  },
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['test/e2e/**', 'node_modules/**'],
    globalSetup: ['test/tools/builds.ts'],
    // Far beyond what any takes: on a busy machine a slow test is no failure.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    // One is the default on two processors; the files that drive a browser mostly wait for it.
    maxWorkers: 2,
    server: { deps: { inline: ['electron-store'] } },
  },
});
