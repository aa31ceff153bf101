import { builtinModules } from 'node:module';
import path from 'node:path';
import { build } from 'vite';

const root = path.resolve(import.meta.dirname, '../..');

/** Bundles the embedded engine's worker from the source, as the build does, and resolves with its file. */
export function bundleGitWorker(outDir: string): Promise<string> {
  return bundleProgram('electron/git/isomorphic/worker.ts', path.join(outDir, 'git-worker.mjs'));
}

/** Bundles what a thread or a process of its own starts from: it cannot be imported. Resolves with `file`. */
export async function bundleProgram(source: string, file: string): Promise<string> {
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: path.join(root, source),
      outDir: path.dirname(file),
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        platform: 'node',
        external: builtinModules.flatMap((name) => [name, `node:${name}`]),
        output: { format: 'es', entryFileNames: path.basename(file), codeSplitting: false },
      },
    },
  });
  return file;
}
