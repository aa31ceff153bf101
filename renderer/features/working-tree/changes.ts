import type { Status, StatusEntry } from '../../../shared/contract/working-tree';

/** A line of the list: the title of a group, or one side of a file that changed. */
export type ChangeLine =
  | { key: string; kind: 'title'; text: string; count: number }
  | {
      key: string;
      kind: 'file';
      path: string;
      from: string | null;
      /** As git's short status has it. */
      mark: string;
      words: string;
      tone: 'good' | 'warn' | 'bad' | 'info';
    };

type Change = StatusEntry['index'];

const changes: Record<
  Exclude<Change, 'unmodified'>,
  { mark: string; words: string; tone: 'good' | 'warn' | 'bad' | 'info' }
> = {
  added: { mark: 'A', words: 'added', tone: 'good' },
  modified: { mark: 'M', words: 'modified', tone: 'info' },
  deleted: { mark: 'D', words: 'deleted', tone: 'bad' },
  renamed: { mark: 'R', words: 'renamed', tone: 'info' },
  copied: { mark: 'C', words: 'copied', tone: 'good' },
  'type-changed': { mark: 'T', words: 'another kind of file', tone: 'info' },
};

const conflicts: Record<NonNullable<StatusEntry['conflict']>, string> = {
  'both-modified': 'changed on both sides',
  'both-added': 'added on both sides',
  'both-deleted': 'deleted on both sides',
  'added-by-us': 'added here only',
  'added-by-them': 'added there only',
  'deleted-by-us': 'deleted here, changed there',
  'deleted-by-them': 'changed here, deleted there',
};

export const underWayWords: Record<NonNullable<Status['underWay']>, string> = {
  merge: 'A merge is under way. Resolve the conflicts and commit, or take it back.',
  rebase: 'A rebase is under way. Finish it in a terminal.',
  'cherry-pick': 'A cherry-pick is under way. Resolve the conflicts and commit, or take it back.',
  revert: 'A revert is under way. Resolve the conflicts and commit, or take it back.',
  bisect: 'A bisect is under way.',
  am: 'Patches are being applied. Finish it in a terminal.',
};

function side(group: string, entry: StatusEntry, change: Change): ChangeLine | null {
  if (change === 'unmodified') return null;
  const isMoved = change === 'renamed' || change === 'copied';
  return {
    key: `${group} ${entry.path}`,
    kind: 'file',
    path: entry.path,
    from: isMoved ? entry.from : null,
    ...changes[change],
    ...(entry.submodule && change === 'modified' ? { words: 'submodule changed' } : {}),
  };
}

/** The entries in their groups; a file with staged and other changes stands in both. */
export function linesOf(entries: readonly StatusEntry[]): ChangeLine[] {
  const groups: { key: string; text: string; lines: (ChangeLine | null)[] }[] = [
    {
      key: 'conflict',
      text: 'Conflicts',
      lines: entries.map((entry) =>
        entry.conflict === null
          ? null
          : {
              key: `conflict ${entry.path}`,
              kind: 'file' as const,
              path: entry.path,
              from: null,
              mark: 'U',
              words: conflicts[entry.conflict],
              tone: 'bad' as const,
            },
      ),
    },
    {
      key: 'staged',
      text: 'Staged',
      lines: entries.map((entry) => (entry.kind === 'tracked' ? side('staged', entry, entry.index) : null)),
    },
    {
      key: 'changed',
      text: 'Changed',
      lines: entries.map((entry) =>
        entry.kind === 'tracked' ? side('changed', entry, entry.workingTree) : null,
      ),
    },
    {
      key: 'untracked',
      text: 'Untracked',
      lines: entries.map((entry) =>
        entry.kind === 'untracked'
          ? {
              key: `untracked ${entry.path}`,
              kind: 'file' as const,
              path: entry.path,
              from: null,
              mark: '?',
              words: entry.path.endsWith('/') ? 'new folder' : 'new',
              tone: 'warn' as const,
            }
          : null,
      ),
    },
  ];
  return groups.flatMap(({ key, text, lines }) => {
    const shown = lines.filter((line) => line !== null);
    return shown.length === 0
      ? []
      : [{ key: `title ${key}`, kind: 'title' as const, text, count: shown.length }, ...shown];
  });
}
