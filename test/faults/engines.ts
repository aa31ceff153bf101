import path from 'node:path';
import { createCredentialChannel } from '../../electron/credentials/channel';
import type { GitEngine } from '../../electron/git/engine';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { findGit } from '../../electron/git/system/program';
import { createSystemEngine } from '../../electron/git/system/engine';
import { fixedNetwork } from '../fakes/network';
import { programAt } from '../git/programs';
import type { FaultedEngine } from './operations';

export type EngineName = GitEngine['id'];
export const engineNames: EngineName[] = ['system', 'isomorphic'];

/** Makes an engine as the application does. `worker`: the bundle of the embedded engine's threads. */
export async function makeEngine(
  name: EngineName,
  worker: string,
  scratch: string,
): Promise<{ engine: FaultedEngine; close(): Promise<void> }> {
  const network = fixedNetwork({}, path.join(scratch, 'routes'));
  if (name === 'isomorphic')
    return { engine: createIsomorphicEngine(worker, network), close: () => Promise.resolve() };
  const found = await findGit(process.env['PATH'] ?? '');
  if (found === null) throw new Error('git is not installed');
  const git = programAt(found);
  const channel = await createCredentialChannel();
  const engine = createSystemEngine({
    program: git.path,
    version: git.version,
    channel,
    network,
    // No server asks for a password here.
    helper: { program: process.execPath, args: ['--eval', ''], env: {} },
  });
  return { engine, close: () => channel.close() };
}
