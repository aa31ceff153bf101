import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Status } from '../../../shared/contract/working-tree';
import { read } from './local';
import type { LocalGit } from './repository-environment';

/** The `.git` folder of this working tree, absolute. */
export async function gitDirectory(git: LocalGit, directory: string): Promise<string> {
  const found = await read(git, directory, ['rev-parse', '--absolute-git-dir']);
  return found.stdout.toString('utf8').replace(/\r?\n$/, '');
}

type UnderWay = NonNullable<Status['underWay']>;

/** As git's wt-status.c (wt_status_get_state) looks for them, in its order. */
const marks: readonly (readonly [file: string, UnderWay])[] = [
  ['MERGE_HEAD', 'merge'],
  ['rebase-apply/applying', 'am'],
  ['rebase-apply', 'rebase'],
  ['rebase-merge', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
];

/** What waits for the user in a `.git` folder. */
export async function underWay(gitDirectoryPath: string): Promise<UnderWay | null> {
  const there = await Promise.all(
    marks.map(([file]) =>
      stat(path.join(gitDirectoryPath, file)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return marks[there.indexOf(true)]?.[1] ?? null;
}
