import { mkdtemp, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { build } from 'vite';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Bundles the embedded engine's worker from the source, as the build does. A
 * thread starts from a file, so the suites cannot import it.
 *
 */
export async function buildGitWorker(): Promise<{ file: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'polyforge-worker-'));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: path.join(root, 'electron/git/isomorphic/worker.ts'),
      outDir: directory,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        platform: 'node',
        external: builtinModules.flatMap((name) => [name, `node:${name}`]),
        output: { format: 'es', entryFileNames: 'git-worker.mjs', codeSplitting: false },
      },
    },
  });
  return {
    file: path.join(directory, 'git-worker.mjs'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
