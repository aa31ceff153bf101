import { builtinModules } from 'node:module';
import path from 'node:path';
import { build } from 'vite';
import { builtOnce } from './built-once';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Bundles the embedded engine's worker from the source, as the build does, and
 * resolves with its file. A thread starts from a file, so the suites cannot
 * import it.
 */
export async function buildGitWorker(): Promise<{ file: string; remove(): Promise<void> }> {
  const directory = await builtOnce('git-worker', (outDir) =>
    build({
      configFile: false,
      root,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: path.join(root, 'electron/git/isomorphic/worker.ts'),
        outDir,
        target: 'node20',
        minify: false,
        rolldownOptions: {
          platform: 'node',
          external: builtinModules.flatMap((name) => [name, `node:${name}`]),
          output: { format: 'es', entryFileNames: 'git-worker.mjs', codeSplitting: false },
        },
      },
    }),
  );
  // The end of the run removes it.
  return { file: path.join(directory, 'git-worker.mjs'), remove: () => Promise.resolve() };
}
