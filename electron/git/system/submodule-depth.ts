import type { LocalGit } from './repository-environment';

/**
 * To look for changes inside a submodule git runs in it, by its own
 * configuration, which is another than the one looked at here. Only where the
 * user trusts the folder; otherwise the commit it is at is compared alone.
 */
export async function submoduleDepth(git: LocalGit, directory: string): Promise<string> {
  const trust = await git.trust?.(directory);
  return `--ignore-submodules=${trust?.state === 'trusted' ? 'none' : 'dirty'}`;
}
