import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Status, StatusEntry } from '../../../shared/contract/working-tree';
import { fail } from '../../../shared/errors';
import type { IndexFile } from './index-table';
import type { Jobs } from './messages';
import { type Opened, openForReading } from './opened';
import { createIgnoreRules } from './patterns/ignore';
import { fromLatin1 } from './patterns/pattern-file';
import { type RenameCandidate, renamePairs } from './rename-pairs';
import { fileSettings } from './settings';
import { stagedChanges, type StagedChange } from './status/head-changes';
import { scan } from './status/scan';
import { trackingCounts, upstreams } from './tracking';
import { treeOf } from './history';
import { untrackedFiles } from './status/untracked';
import { fileChanges } from './status/file-changes';
import { workingContent } from './working-content';
import { currentHead, headAsShown } from './workplace';

type Change = StatusEntry['index'];
/** So many entries a part. */
const batch = 4096;

const plain = {
  from: null,
  index: 'unmodified',
  workingTree: 'unmodified',
  conflict: null,
  submodule: false,
} as const;

/** By the stages that are there: 1 the base's, 2 ours, 4 theirs. */
const conflicts: Record<number, NonNullable<StatusEntry['conflict']>> = {
  1: 'both-deleted',
  2: 'added-by-us',
  3: 'deleted-by-them',
  4: 'added-by-them',
  5: 'deleted-by-us',
  6: 'both-added',
  7: 'both-modified',
};

/** git-status(1). Reads the index and never writes it. */
export async function status(
  input: Jobs['status']['in'],
  part: (entries: StatusEntry[]) => void,
): Promise<Status> {
  const opened = await openForReading(input.directory);
  const { worktree, store, refs, gitdir, config } = opened;
  if (worktree === null)
    return fail({
      kind: 'unsupported',
      what: 'the status',
      reason: 'The repository is bare: it has no files.',
    });
  const settings = fileSettings(config);
  const shared = opened.index();
  const { index } = shared;
  const head = headAsShown(currentHead(opened));
  const tree = head.state === 'unborn' ? null : treeOf(opened, head.oid);
  const content = workingContent({ worktree, gitdir, store }, index, settings);

  const found = scan(shared, { worktree, ...settings, indexTime: index.mtime });
  const rows = new Map<string, StatusEntry>();
  const row = (file: string): StatusEntry => {
    const known = rows.get(file);
    if (known) return known;
    const made: StatusEntry = { ...plain, path: fromLatin1(file), kind: 'tracked' };
    rows.set(file, made);
    return made;
  };

  const staged = stagedChanges(store, index, shared.tree, tree);
  for (const { from, to, file } of withRenames(staged, store)) {
    const made = row(file);
    made.index =
      from === null
        ? 'added'
        : to === null
          ? 'deleted'
          : from.path !== file
            ? 'renamed'
            : kindOf(from.mode, to.mode);
    if (made.index === 'renamed' && from) made.from = fromLatin1(from.path);
    made.submodule = [from?.mode, to?.mode].includes(0o160000);
  }
  for (const [entry, change] of fileChanges(index, found.results, content, worktree)) {
    const made = row(index.pathBytes(entry).toString('latin1'));
    made.workingTree = change;
    made.submodule ||= index.mode(entry) === 0o160000;
  }
  const out = [...rows].sort(byBytes).map(([, entry]) => entry);
  out.push(...conflictsOf(index));
  if (input.untracked !== 'no') {
    const rules = createIgnoreRules({
      worktree,
      gitdir,
      ...settings,
      notCheckedOut: (file) => {
        const { start, end } = index.range(Buffer.from(file, 'latin1'));
        return start < end && index.skipWorktree(start) ? (store.find(index.oid(start))?.data ?? null) : null;
      },
    });
    const paths: string[] = [];
    const below = untrackedFiles(worktree, rules, input.untracked);
    for (const { folder, name, kind } of found.unknown) {
      const file = (shared.folders.names[folder] ?? '') + name;
      if (kind === 'file') {
        if (!rules.isIgnored(file, false)) paths.push(file);
      } else
        for (const one of below.inFolderOf(`${file}/`))
          if (one !== `${file}/` || !has(index, file)) paths.push(one);
    }
    for (const file of paths.sort(compare)) out.push({ ...plain, path: fromLatin1(file), kind: 'untracked' });
  }
  for (let at = 0; at < out.length; at += batch) part(out.slice(at, at + batch));
  const upstream = head.state === 'detached' ? null : upstreams(config)(head.branch);
  return {
    head,
    upstream: upstream && {
      name: upstream.short,
      ...trackingCounts(opened, head.state === 'branch' ? head.oid : null, refs.resolve(upstream.ref).oid),
    },
    underWay: underWay(gitdir),
    stashes: stashes(gitdir),
  };
}

/** A folder in the place of a file is not shown as a whole: git takes it for that file. */
function has(index: IndexFile, file: string): boolean {
  const { start, end } = index.range(Buffer.from(file, 'latin1'));
  return start < end;
}

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other));
const byBytes = (one: [string, unknown], other: [string, unknown]) => compare(one[0], other[0]);

function kindOf(from: number, to: number): Change {
  return (from & 0o170000) === (to & 0o170000) ? 'modified' : 'type-changed';
}

/** Staged changes with a deleted and an added file joined where they are one that moved. */
function withRenames(
  staged: readonly StagedChange[],
  store: Opened['store'],
): {
  file: string;
  from: (NonNullable<StagedChange['from']> & { path: string }) | null;
  to: StagedChange['to'];
}[] {
  const candidate = (path: string, leaf: NonNullable<StagedChange['from']>): RenameCandidate => ({
    path,
    ...leaf,
    size: () => store.header(leaf.oid)?.size ?? 0,
    content: () => store.find(leaf.oid)?.data ?? null,
  });
  const gone = staged.flatMap(({ path, from, to }) => (from && !to ? [candidate(path, from)] : []));
  const added = staged.flatMap(({ path, from, to }) => (to && !from ? [candidate(path, to)] : []));
  const moved = new Map(renamePairs(gone, added).map(({ from, to }) => [to.path, from]));
  const sources = new Set([...moved.values()].map(({ path }) => path));
  return staged
    .filter(({ path, to }) => to !== null || !sources.has(path))
    .map(({ path, from, to }) => {
      const source = moved.get(path);
      return { file: path, from: source ?? (from && { ...from, path }), to };
    });
}

function* conflictsOf(index: IndexFile): Generator<StatusEntry> {
  for (let entry = 0; entry < index.length; ) {
    if (index.stage(entry) === 0) {
      entry += 1;
      continue;
    }
    const name = index.pathBytes(entry);
    let stages = 0;
    let submodule = false;
    for (; entry < index.length && index.pathBytes(entry).equals(name); entry += 1) {
      stages |= 1 << (index.stage(entry) - 1);
      submodule ||= index.mode(entry) === 0o160000;
    }
    yield {
      ...plain,
      path: fromLatin1(name.toString('latin1')),
      kind: 'conflict',
      conflict: conflicts[stages] ?? 'both-modified',
      submodule,
    };
  }
}

/** As git looks for them and in its order: wt-status.c, wt_status_get_state(). */
const marks: readonly (readonly [file: string, NonNullable<Status['underWay']>])[] = [
  ['MERGE_HEAD', 'merge'],
  ['rebase-apply/applying', 'am'],
  ['rebase-apply', 'rebase'],
  ['rebase-merge', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
];

function underWay(gitdir: string): Status['underWay'] {
  return marks.find(([file]) => existsSync(path.join(gitdir, file)))?.[1] ?? null;
}

/** A line each in the reflog of refs/stash. */
function stashes(gitdir: string): number {
  if (!existsSync(path.join(gitdir, 'refs/stash'))) return 0;
  try {
    return readFileSync(path.join(gitdir, 'logs/refs/stash'), 'latin1').split('\n').length - 1;
  } catch {
    return 0;
  }
}
