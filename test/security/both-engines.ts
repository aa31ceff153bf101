import { createCredentialChannel } from '../../electron/credentials/channel';
import type { GitEngine } from '../../electron/git/engine';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import type { RemoteTransfer } from '../../electron/git/operations/transfer';
import type { WorkingTree } from '../../electron/git/operations/working-tree';
import { createSystemEngine } from '../../electron/git/system/engine';
import { AppFailure, type AppError } from '../../shared/errors';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import { temporaryDirectory } from '../fakes/repositories';
import { builtHelper } from '../git/operation';
import { gitPrograms } from '../git/programs';

export type AnyEngine = GitEngine &
  Pick<RemoteTransfer, 'fetch' | 'needs'> &
  Pick<WorkingTree, 'status'> &
  Partial<WorkingTree>;

/** One engine for the tests of a file. */
export async function engineFor(
  id: GitEngine['id'],
): Promise<{ engine: AnyEngine; close: () => Promise<void> }> {
  if (id === 'isomorphic') {
    const worker = await buildGitWorker();
    return { engine: createIsomorphicEngine(worker.file, fixedNetwork()), close: () => worker.remove() };
  }
  const [program] = await gitPrograms();
  const channel = await createCredentialChannel();
  const scratch = await temporaryDirectory();
  return {
    engine: createSystemEngine({
      program: program?.path ?? '',
      version: program?.version ?? '',
      channel,
      network: fixedNetwork(),
      helper: await builtHelper(scratch.path),
    }),
    async close() {
      await channel.close();
      await scratch.remove();
    },
  };
}

export type Ended = AppError | 'done';

/** A failure that is none of ours is a defect, and thrown. */
export async function ended(work: Promise<unknown>): Promise<Ended> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof AppFailure) return error.error;
    throw error;
  }
}
