import { everyValue } from './configuration-value';
import type { Configuration } from './environment';
import type { LocalGit } from './repository-environment';

/** Keys that name a program to sign with, git-config(1). */
const programs = /^gpg\.(?:(?:openpgp|x509|ssh)\.)?program$|^gpg\.ssh\.defaultkeycommand$/;

/**
 * Settings for a command that may sign: the user's own programs, whatever the
 * repository names in their place. Nothing where the repository is trusted.
 */
export async function ownSigning(git: LocalGit, directory: string): Promise<Configuration> {
  if ((await git.trust?.(directory))?.state === 'trusted') return [];
  const values = await everyValue(git, directory);
  return values
    .filter(({ key, scope }) => programs.test(key) && (scope === 'system' || scope === 'global'))
    .map(({ key, value }) => [key, value]);
}
