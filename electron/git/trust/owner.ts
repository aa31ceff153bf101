import { readFile, stat } from 'node:fs/promises';
import type { GitDirectories } from './git-directory';
import type { Finding } from './scan';

/** Enough for the users of a machine; a directory service's are not in there anyway. */
const longest = 1024 * 1024;

/** Name of a user by number, as this machine's own list has it. */
async function nameOf(uid: number): Promise<string> {
  const found = await stat('/etc/passwd').catch(() => null);
  const text = found && found.size < longest ? await readFile('/etc/passwd', 'utf8').catch(() => '') : '';
  const line = text.split('\n').find((one) => one.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? `user ${uid}`;
}

/**
 * Whose the repository is, where it is not ours: git's own rule (setup.c,
 * ensure_valid_ownership). Started by sudo, what belongs to the user behind it
 * is ours too. Windows has its own way, and git asks there.
 */
export async function foreignOwner(directories: GitDirectories): Promise<Finding | null> {
  const uid = process.geteuid?.();
  if (uid === undefined) return null;
  const behindSudo = uid === 0 ? Number.parseInt(process.env['SUDO_UID'] ?? '', 10) : Number.NaN;
  const { worktree, gitFile, gitDirectory } = directories;
  for (const file of [worktree, gitFile, gitDirectory]) {
    if (file === null) continue;
    const found = await stat(file).catch(() => null);
    if (found === null || found.uid === uid || found.uid === behindSudo) continue;
    return {
      kind: 'owner',
      key: 'owner',
      file,
      line: null,
      value: await nameOf(found.uid),
      does: 'Belongs to another user of this computer, who can change what Git runs here.',
      off: [],
    };
  }
  return null;
}
