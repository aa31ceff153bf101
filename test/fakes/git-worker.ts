import path from 'node:path';
import { builtOnce } from './built-once';
import { bundleGitWorker } from './git-worker-bundle';

/**
 * The embedded engine's worker, bundled once for all suites. A thread starts
 * from a file, so the suites cannot import it.
 */
export async function buildGitWorker(): Promise<{ file: string; remove(): Promise<void> }> {
  const directory = await builtOnce('git-worker', bundleGitWorker);
  // The end of the run removes it.
  return { file: path.join(directory, 'git-worker.mjs'), remove: () => Promise.resolve() };
}
