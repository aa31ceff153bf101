import { change } from './local';
import type { LocalGit } from './repository-environment';

/** Below it stands, by its own id, what would be lost otherwise: no branch shows it, and git keeps it. */
const kept = 'refs/polyforge/kept/';

export async function keepCommit(git: LocalGit, directory: string, oid: string): Promise<void> {
  await change(git, directory, ['update-ref', '--end-of-options', `${kept}${oid}`, oid]);
}
