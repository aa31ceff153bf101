import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { Running } from '../engine';
import type { DiffRequest, FileDiff, Sides } from '../operations/comparison';
import { pathToBytes } from '../path-bytes';
import { requirePaths } from '../repository-path';
import { read } from './local';
import { contentOf, patchReader, type ReadFile } from './patch-reading';
import { groupsOf, type PathGroup } from './path-groups';
import type { LocalGit } from './repository-environment';
import { emptyTree, headCommit, refTarget, requireCommit } from './revision';
import { submoduleDepth } from './submodule-depth';

/** Of the user's own settings, those that change how a patch is written. */
const readable: [string, string][] = [
  ['core.quotePath', 'true'],
  ['diff.suppressBlankEmpty', 'false'],
  ['diff.orderFile', '/dev/null'],
];

async function revisionsOf(git: LocalGit, directory: string, sides: Sides): Promise<string[]> {
  switch (sides.kind) {
    case 'working-tree':
      // Of a conflict: ours against the file as it stands.
      return ['--ours'];
    case 'index':
      return ['--cached'];
    case 'head':
      return [(await headCommit(git, directory)) ?? (await emptyTree(git, directory))];
    case 'commits':
      return Promise.all([sides.from, sides.to].map((name) => requireCommit(git, directory, name)));
    case 'commit': {
      const oid = await requireCommit(git, directory, sides.oid);
      const parent = await refTarget(git, directory, `${oid}^1`);
      return [parent ?? (await emptyTree(git, directory)), oid];
    }
    default:
      return sides satisfies never;
  }
}

/** `git diff`, read while it is written. */
export async function diff(git: LocalGit, request: DiffRequest, running: Running): Promise<void> {
  const { directory, paths } = request;
  if (paths !== null) requirePaths(paths);
  const revisions = await revisionsOf(git, directory, request.sides);
  const args = [
    'diff',
    '--raw',
    '-z',
    '--patch',
    '--no-abbrev',
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--src-prefix=a/',
    '--dst-prefix=b/',
    '--submodule=short',
    '--inter-hunk-context=0',
    await submoduleDepth(git, directory),
    request.renames ? '--find-renames' : '--no-renames',
    `--unified=${request.context}`,
    ...revisions,
    '--',
  ];
  for (const group of paths === null ? [null] : groupsOf(paths))
    await part(git, request, args, group, running);
}

async function part(
  git: LocalGit,
  request: DiffRequest,
  args: string[],
  group: PathGroup | null,
  running: Running,
): Promise<void> {
  let found: ReadFile[] = [];
  const reader = patchReader((file) => {
    if (group === null || group.holds(file.entry.file.from) || group.holds(file.entry.file.to))
      found.push(file);
  }, request.maximumBytes);
  const hand = async () => {
    const ready = found;
    found = [];
    const sizes = await sizesOf(git, request.directory, ready);
    for (const file of ready) request.file(fileDiff(file, sizes));
  };
  await read(git, request.directory, [...args, ...(group?.pathspecs ?? [])], {
    configuration: readable,
    signal: running.signal,
    ...(group ? { env: group.env } : {}),
    onOutput: (piece) => {
      reader.add(piece);
      return found.length > 0 ? hand() : undefined;
    },
  });
  reader.end();
  await hand();
}

interface Sizes {
  /** Of an object; absent: it is not here. */
  objects: Map<string, number>;
  /** Of a path in the working tree. */
  files: Map<string, number>;
}

/** Bytes of binary files: git's patches do not tell them. */
async function sizesOf(git: LocalGit, directory: string, files: readonly ReadFile[]): Promise<Sizes> {
  const sizes: Sizes = { objects: new Map(), files: new Map() };
  const oids = new Set<string>();
  for (const { entry, binary } of files) {
    if (!binary) continue;
    for (const oid of [entry.fromOid, entry.toOid]) if (oid !== null) oids.add(oid);
    if (entry.toOid !== null || entry.file.to === null) continue;
    const at = Buffer.concat([Buffer.from(`${directory}${path.sep}`), pathToBytes(entry.file.to)]);
    const stats = await lstat(at).catch(() => null);
    if (stats) sizes.files.set(entry.file.to, stats.size);
  }
  if (oids.size === 0) return sizes;
  const outcome = await read(git, directory, ['cat-file', '--batch-check=%(objectname) %(objectsize)'], {
    input: `${[...oids].join('\n')}\n`,
  });
  for (const line of outcome.stdout.toString('latin1').split('\n')) {
    const [oid = '', size = ''] = line.split(' ');
    if (/^\d+$/.test(size)) sizes.objects.set(oid, Number(size));
  }
  return sizes;
}

function fileDiff(found: ReadFile, sizes: Sizes): FileDiff {
  const { file, fromOid, toOid } = found.entry;
  const content = contentOf(found);
  if (content !== 'binary') return { ...file, content };
  const inTree = file.to === null ? null : (sizes.files.get(file.to) ?? null);
  return {
    ...file,
    content: {
      kind: 'binary',
      fromBytes: fromOid === null ? null : (sizes.objects.get(fromOid) ?? null),
      toBytes: toOid === null ? inTree : (sizes.objects.get(toOid) ?? null),
    },
  };
}
