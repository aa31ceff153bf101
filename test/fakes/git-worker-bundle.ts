import { builtinModules } from 'node:module';
import path from 'node:path';
import { build } from 'vite';

const root = path.resolve(import.meta.dirname, '../..');

/** Bundles the embedded engine's worker from the source, as the build does, and resolves with its file. */
export async function bundleGitWorker(outDir: string): Promise<string> {
  await build({
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
  });
  return path.join(outDir, 'git-worker.mjs');
}
