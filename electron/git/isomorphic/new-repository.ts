import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToBytes } from '../path-bytes';
import type { Cone } from './sparse-cone';

/** A value of .git/config as git writes it: git-config(1), Syntax. */
function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}

export interface NewRepository {
  url: string;
  branch: string;
  /** The branch follows the server's. */
  tracked: boolean;
  /** Of `remote.origin.fetch`; null: none. */
  refspec: string | null;
  /** What is left on the server, git-rev-list(1), `--filter`; null: nothing. */
  filter: string | null;
  /** Null: all folders are checked out. */
  cone: Cone | null;
}

/**
 * What `git init` and `git remote add` make, in a folder nobody else knows of
 * yet. isomorphic-git's own init declares every file system one without modes,
 * links and case, and git then shows a clean clone as changed.
 */
export function initRepository(directory: string, options: NewRepository): void {
  const { url, branch, tracked, refspec, filter, cone } = options;
  const gitdir = path.join(directory, '.git');
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info', 'hooks'])
    mkdirSync(path.join(gitdir, folder), { recursive: true });
  writeFileSync(path.join(gitdir, 'HEAD'), pathToBytes(`ref: refs/heads/${branch}\n`));
  const probe = path.join(gitdir, 'info/Case');
  writeFileSync(probe, '');
  const folds = statSync(path.join(gitdir, 'info/cASE'), { throwIfNoEntry: false }) !== undefined;
  rmSync(probe);
  // Older programs must not take what is missing for damage.
  const version = filter === null ? 0 : 1;
  const lines = [
    '[core]',
    `\trepositoryformatversion = ${version}`,
    `\tfilemode = ${process.platform !== 'win32'}`,
    '\tbare = false',
    '\tlogallrefupdates = true',
    ...(folds ? ['\tignorecase = true'] : []),
    ...(process.platform === 'darwin' ? ['\tprecomposeunicode = true'] : []),
    ...(process.platform === 'win32' ? ['\tsymlinks = false'] : []),
    '[remote "origin"]',
    `\turl = ${quoted(url)}`,
    ...(refspec === null ? [] : [`\tfetch = ${quoted(refspec)}`]),
    ...(filter === null ? [] : ['\tpromisor = true', `\tpartialclonefilter = ${filter}`]),
    ...(tracked
      ? [`[branch ${quoted(branch)}]`, '\tremote = origin', `\tmerge = ${quoted(`refs/heads/${branch}`)}`]
      : []),
    ...(cone === null ? [] : ['[extensions]', '\tworktreeConfig = true']),
  ];
  writeFileSync(path.join(gitdir, 'config'), pathToBytes(`${lines.join('\n')}\n`));
  if (cone === null) return;
  writeFileSync(
    path.join(gitdir, 'config.worktree'),
    '[core]\n\tsparseCheckout = true\n\tsparseCheckoutCone = true\n',
  );
  writeFileSync(path.join(gitdir, 'info/sparse-checkout'), pathToBytes(cone.text));
}
