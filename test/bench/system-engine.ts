import path from 'node:path';
import { createCredentialChannel } from '../../electron/credentials/channel';
import type { GitEngine } from '../../electron/git/engine';
import { createSystemEngine } from '../../electron/git/system/engine';
import { fixedNetwork } from '../fakes/network';
import { builtHelper } from '../git/operation';
import { gitPrograms } from '../git/programs';

/** The engine that runs the git of this machine. `work`: a folder for what it needs. */
export async function openSystemEngine(work: string): Promise<{ engine: GitEngine; close(): Promise<void> }> {
  const [program] = await gitPrograms();
  if (!program) throw new Error('there is no git');
  const channel = await createCredentialChannel();
  const engine = createSystemEngine({
    program: program.path,
    version: program.version,
    channel,
    network: fixedNetwork(),
    helper: await builtHelper(path.join(work, 'helper')),
  });
  return { engine, close: () => channel.close() };
}
