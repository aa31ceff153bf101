import type { Running } from '../engine';
import { change } from './local';
import type { LocalGit } from './repository-environment';

/**
 * git-commit-graph(1): a layer on top of those that are there, with what refs
 * reach and no layer has. Replaced graphs stay valid until the new list of
 * layers is in place.
 */
export async function writeCommitGraph(git: LocalGit, directory: string, running: Running): Promise<void> {
  await change(git, directory, ['commit-graph', 'write', '--reachable', '--split', '--no-progress'], {
    running: { signal: running.signal },
  });
}
