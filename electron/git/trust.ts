import { stat } from 'node:fs/promises';
import { fail } from '../../shared/errors';
import { gitDirectoriesOf, realFolder } from './trust/git-directory';
import { type Finding, scan } from './trust/scan';

export { gitDirectoriesOf, realFolder } from './trust/git-directory';
export type { Finding } from './trust/scan';
export { shownKey, shownValue } from './trust/shown';

/**
 * What may run in a folder. `plain`: nothing was found that names a program.
 * `untrusted`: something was, and the user has not said yes. `trusted`: the
 * user has, for exactly this folder.
 */
export interface TrustState {
  state: 'plain' | 'untrusted' | 'trusted';
  findings: readonly Finding[];
}

/** `directory`: top folder of a repository, or itself where it is bare. */
export type TrustOf = (directory: string) => Promise<TrustState>;

/** The user's yes to one folder, as the storage keeps it. */
interface TrustedFolder {
  id: string;
  mark: string;
  trustedAt: number;
}

/** Where the yeses are kept. */
export interface TrustedFolders {
  list(): TrustedFolder[];
  find(id: string): TrustedFolder | undefined;
  put(folder: TrustedFolder): void;
  remove(id: string): void;
}

export interface Trust {
  of: TrustOf;
  /** Says yes to one folder, whatever is in it now and later. Rejects `not-a-repository`. */
  grant(directory: string): Promise<void>;
  revoke(folder: string): void;
  list(): TrustedFolder[];
  /** Whether the repository that was trusted still lies there. */
  stands(folder: TrustedFolder): Promise<boolean>;
}

function stateOf(findings: Finding[]): TrustState {
  return { state: findings.length === 0 ? 'plain' : 'untrusted', findings };
}

/** Where nobody has said yes to anything. */
export const trustNothing: TrustOf = async (directory) => stateOf(await scan(directory));

/**
 * Number and birth of the git directory: a folder put in the place of a trusted
 * one is another. Not the device's number, which changes as drives are plugged in.
 */
async function markOf(directory: string): Promise<string | null> {
  const directories = await gitDirectoriesOf(directory);
  const found = directories && (await stat(directories.gitDirectory, { bigint: true }).catch(() => null));
  return found ? `${found.ino}:${found.birthtimeMs}` : null;
}

/**
 * Which folders the user trusts, and what is in the others. `helper`: the value
 * of credential.helper that makes git ask us; written by us it is no finding.
 */
export function createTrust(folders: TrustedFolders, helper: string): Trust {
  const ours = Buffer.from(helper, 'utf8').toString('latin1');
  const isOurs = ({ key, value }: Finding) => /^credential\..*\.helper$/s.test(key) && value === ours;
  return {
    async of(directory) {
      const state = stateOf((await scan(directory)).filter((finding) => !isOurs(finding)));
      if (state.state === 'plain') return state;
      const folder = folders.find(await realFolder(directory));
      const isTrusted = folder !== undefined && folder.mark === (await markOf(directory));
      return isTrusted ? { ...state, state: 'trusted' } : state;
    },
    async grant(directory) {
      const mark = await markOf(directory);
      if (mark === null) fail({ kind: 'not-a-repository', path: directory });
      folders.put({ id: await realFolder(directory), mark, trustedAt: Date.now() });
    },
    revoke: (folder) => folders.remove(folder),
    list: () => folders.list(),
    stands: async ({ id, mark }) => (await markOf(id)) === mark,
  };
}
