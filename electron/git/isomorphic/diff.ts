import { lstatSync } from 'node:fs';
import { fail } from '../../../shared/errors';
import type { DiffRequest, FileDiff } from '../operations/comparison';
import { requirePaths } from '../repository-path';
import { largestText, textContent } from './diff/file-hunks';
import { historyOf } from './history';
import type { Jobs } from './messages';
import { largestRead } from './objects/limits';
import { openForReading } from './opened';
import { openRefFiles } from './refs-files';
import { fromLatin1, inFolder } from './patterns/pattern-file';
import { renamePairs } from './rename-pairs';
import { commitNamed } from './revision';
import { fileSettings } from './settings';
import { fileChanges } from './status/file-changes';
import { type Leaf, stagedChanges } from './status/head-changes';
import { scan } from './status/scan';
import { gitDirectoryIn } from './status/untracked';
import { isBinary } from './text-lines';
import { treeChanges } from './tree-walk';
import { latin1Path, workingContent } from './working-content';
import { currentHead } from './workplace';

interface Side extends Leaf {
  /** One character a byte. */
  path: string;
  /** Known without reading it; null: the object is not here. */
  size: () => number | null;
  /** Of a submodule: the words git has for it. */
  read: () => Buffer;
}

interface Pair {
  path: string;
  from: Side | null;
  to: Side | null;
  conflict: boolean;
  similarity: number | null;
}

type Input = Jobs['diff']['in'];

/** git-diff(1): each file as it is compared. */
export async function diff(input: Input, part: (file: FileDiff) => void): Promise<null> {
  const wanted = pathFilter(input.paths);
  const opened = await openForReading(input.directory);
  const { store } = opened;
  const blob = (path: string, leaf: Leaf | null): Side | null =>
    leaf &&
    (isSubmodule(leaf)
      ? submodule(path, leaf.oid)
      : {
          ...leaf,
          path,
          size: () => store.header(leaf.oid)?.size ?? null,
          read: () => (store.find(leaf.oid) ?? fail({ kind: 'contents-missing', oid: leaf.oid })).data,
        });
  const pairs = pairsOf(opened, input.sides, blob).filter(({ path }) => wanted(path));
  const isText = attributesOf(opened);
  for (const pair of (input.renames ? withRenames(pairs) : pairs).sort((one, other) =>
    one.path < other.path ? -1 : 1,
  ))
    part(fileDiff(pair, input, isText));
  return null;
}

function pairsOf(
  opened: Awaited<ReturnType<typeof openForReading>>,
  sides: DiffRequest['sides'],
  blob: (path: string, leaf: Leaf | null) => Side | null,
): Pair[] {
  const { store } = opened;
  const pair = (path: string, from: Side | null, to: Side | null): Pair => ({
    path,
    from,
    to,
    conflict: false,
    similarity: null,
  });
  const history = historyOf(opened);
  const trees = (from: string | null, to: string) =>
    [...treeChanges(store, from, to).values()].map((change) => {
      const path = latin1Path(change.path);
      return pair(path, blob(path, change.from), blob(path, change.to));
    });
  if (sides.kind === 'commits') {
    const from = commitNamed(opened, sides.from);
    return trees(history.node(from).tree, history.node(commitNamed(opened, sides.to)).tree);
  }
  if (sides.kind === 'commit') {
    const { parents, tree } = history.node(commitNamed(opened, sides.oid));
    const [first] = parents;
    return trees(first === undefined ? null : history.node(first).tree, tree);
  }
  const shared = opened.index();
  const { index } = shared;
  const { worktree, gitdir } = opened;
  const conflicts = new Map<string, Pair>();
  for (let entry = 0; entry < index.length; entry += 1) {
    if (index.stage(entry) === 0) continue;
    const path = index.pathBytes(entry).toString('latin1');
    const row = conflicts.get(path) ?? { ...pair(path, null, null), conflict: true };
    if (index.stage(entry) === 2) row.from = blob(path, { mode: index.mode(entry), oid: index.oid(entry) });
    conflicts.set(path, row);
  }
  const found = new Map<string, Pair>();
  if (sides.kind !== 'working-tree') {
    const head = currentHead(opened).oid;
    const tree = head === null ? null : history.node(head).tree;
    for (const { path, from, to } of stagedChanges(store, index, shared.tree, tree))
      found.set(path, pair(path, blob(path, from), blob(path, to)));
  }
  if (sides.kind !== 'index') {
    if (worktree === null)
      return fail({ kind: 'unsupported', what: 'this', reason: 'The repository is bare: it has no files.' });
    const settings = fileSettings(opened.config);
    const content = workingContent({ worktree, gitdir, store }, index, settings);
    const onDisk = (path: string, before: number | null): Side | null => {
      const stats = lstatSync(inFolder(worktree, path, ''), { throwIfNoEntry: false });
      if (!stats) return null;
      if (stats.isDirectory()) {
        const inner = gitDirectoryIn(worktree, `${path}/`);
        const oid = typeof inner === 'string' ? openRefFiles(inner).resolve('HEAD').oid : null;
        return oid === null ? null : submodule(path, oid);
      }
      const executable = settings.fileMode ? (stats.mode & 0o100) !== 0 : before === 0o100755;
      const mode = stats.isSymbolicLink() ? 0o120000 : executable ? 0o100755 : 0o100644;
      return {
        path,
        mode,
        oid: content.oid(path) ?? '',
        size: () => stats.size,
        read: () => content.read(path) ?? Buffer.alloc(0),
      };
    };
    const scanned = scan(shared, { worktree, ...settings, indexTime: index.mtime });
    for (const [entry] of fileChanges(index, scanned.results, content, worktree)) {
      const path = index.pathBytes(entry).toString('latin1');
      const leaf = index.intentToAdd(entry) ? null : { mode: index.mode(entry), oid: index.oid(entry) };
      const staged = found.get(path);
      const row = pair(path, staged ? staged.from : blob(path, leaf), onDisk(path, index.mode(entry)));
      if (
        (row.from === null && row.to === null) ||
        (row.from?.oid === row.to?.oid && row.from?.mode === row.to?.mode)
      )
        found.delete(path);
      else found.set(path, row);
    }
    for (const [path, row] of conflicts) row.to = onDisk(path, row.from?.mode ?? null);
  }
  return [...found.values(), ...conflicts.values()];
}

function withRenames(pairs: readonly Pair[]): Pair[] {
  const candidate = (pair: Pair, side: Side) => ({
    ...side,
    pair,
    size: () => side.size() ?? 0,
    content: () => ((side.size() ?? Infinity) > largestText ? null : side.read()),
  });
  const open = pairs.filter(({ conflict }) => !conflict);
  const gone = open.flatMap((pair) => (pair.from && !pair.to ? [candidate(pair, pair.from)] : []));
  const added = open.flatMap((pair) => (pair.to && !pair.from ? [candidate(pair, pair.to)] : []));
  const left = new Set(pairs);
  for (const { from, to, score } of renamePairs(gone, added)) {
    left.delete(from.pair);
    left.delete(to.pair);
    left.add({ ...to.pair, from: from.pair.from, similarity: Math.floor((score * 100) / 60_000) });
  }
  return [...left];
}

/** Whether attributes say a path is text or not; null: its content tells. */
function attributesOf(opened: Awaited<ReturnType<typeof openForReading>>): (path: string) => boolean | null {
  const { worktree, gitdir, store } = opened;
  if (worktree === null) return () => null;
  const content = workingContent(
    { worktree, gitdir, store },
    opened.index().index,
    fileSettings(opened.config),
  );
  return (path) => {
    const said = content.attributes(path).get('diff');
    return typeof said === 'boolean' ? said : null;
  };
}

const octal = (side: Side | null) => side?.mode.toString(8).padStart(6, '0') ?? null;
const kindOf = (mode: number) => mode & 0o170000;
const isSubmodule = ({ mode }: Leaf) => mode === 0o160000;

function submodule(path: string, oid: string): Side {
  const text = Buffer.from(`Subproject commit ${oid}\n`);
  return { path, mode: 0o160000, oid, size: () => text.length, read: () => text };
}

function fileDiff(pair: Pair, input: Input, isText: (path: string) => boolean | null): FileDiff {
  const { from, to, conflict, similarity } = pair;
  const status = conflict
    ? 'conflict'
    : from === null
      ? 'added'
      : to === null
        ? 'deleted'
        : similarity !== null
          ? 'renamed'
          : kindOf(from.mode) === kindOf(to.mode)
            ? 'modified'
            : 'type-changed';
  return {
    from: from || conflict ? fromLatin1(from?.path ?? pair.path) : null,
    to: to || conflict ? fromLatin1(to?.path ?? pair.path) : null,
    status,
    fromMode: octal(from),
    toMode: octal(to),
    similarity,
    content: contentOf(pair, input, isText),
  };
}

function contentOf(
  { from, to, conflict, path }: Pair,
  input: Input,
  isText: (path: string) => boolean | null,
): FileDiff['content'] {
  const sides = [from, to].filter((side) => side !== null);
  if (sides.length > 0 && sides.every(isSubmodule))
    return { kind: 'submodule', fromOid: from?.oid ?? null, toOid: to?.oid ?? null };
  if (conflict && (from === null || to === null)) return { kind: 'text', hunks: [] };
  if (from?.oid === to?.oid) return { kind: 'text', hunks: [] };
  const said = isText(path);
  const binary = (): FileDiff['content'] => ({
    kind: 'binary',
    fromBytes: from && from.size(),
    toBytes: to && to.size(),
  });
  // git takes what is this large for binary as well: core.bigFileThreshold.
  if (said === false || sides.some((side) => (side.size() ?? 0) > largestRead)) return binary();
  const read = (side: Side | null) => {
    const data = side?.read() ?? Buffer.alloc(0);
    return { isBinary: said === null && isBinary(data), data: data.length > largestText ? null : data };
  };
  const { data: before, isBinary: wasBinary } = read(from);
  const { data: after, isBinary: isNow } = wasBinary ? { data: null, isBinary: true } : read(to);
  if (wasBinary || isNow) return binary();
  if (before === null || after === null) return { kind: 'too-large' };
  if (from && to && kindOf(from.mode) !== kindOf(to.mode)) {
    // Another kind of file is another file: git shows one removed and one added.
    const none = Buffer.alloc(0);
    const parts = [textContent(before, none, input), textContent(none, after, input)];
    const hunks = parts.flatMap((one) => (one.kind === 'text' ? one.hunks : []));
    return parts.every(({ kind }) => kind === 'text') ? { kind: 'text', hunks } : { kind: 'too-large' };
  }
  return textContent(before, after, input);
}

/** Literal paths, each with all below it. */
function pathFilter(paths: readonly string[] | null): (path: string) => boolean {
  if (paths === null) return () => true;
  requirePaths(paths);
  const wanted = new Set(paths.map((path) => latin1Path(path).replace(/\/$/, '')));
  return (path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
      if (wanted.has(path.slice(0, end))) return true;
    return false;
  };
}
