import path from 'node:path';
import { fail } from '../../../shared/errors';
import { pathToBytes } from '../path-bytes';
import { readIfFile } from './disk-path';
import { takeLock } from './lock';
import { appendReflog, noOid } from './reflog';
import type { RefFiles } from './refs-files';
import type { RefLogging } from './refs-transaction';

export interface NewRef {
  name: string;
  to: string;
  /** What an annotated tag names in the end. */
  peeled: string | null;
}

/** As long as git waits: core.packedRefsTimeout. */
const packedWait = 1000;

/**
 * Makes many refs at once, all or none, by a line each in packed-refs: a file
 * and a lock for each would take minutes for tens of thousands. Rejects
 * `already-exists` where one is there, or is a folder of others.
 */
export function packNewRefs(refs: RefFiles, created: readonly NewRef[], logging: RefLogging): void {
  const { gitdir } = refs;
  const file = path.join(gitdir, 'packed-refs');
  const lock = takeLock(file, { wait: packedWait });
  try {
    const packed = refs.packed();
    requireRoom([...packed.keys(), ...refs.list('refs/').map(({ name }) => name)], created);
    const rows = [
      ...[...packed].map(([name, { oid, peeled }]) => ({ name, oid, peeled })),
      ...created.map(({ name, to, peeled }) => ({ name, oid: to, peeled })),
    ]
      .map((row) => ({ ...row, bytes: Buffer.from(pathToBytes(row.name)) }))
      .sort((a, b) => a.bytes.compare(b.bytes));
    const first = readIfFile(file)?.toString('latin1', 0, 200);
    // What the first line promises of the others must be true of all.
    const header =
      first === undefined
        ? '# pack-refs with: peeled fully-peeled sorted \n'
        : (/^#[^\n]*\n/.exec(first)?.[0] ?? '');
    for (const { name, to } of created)
      appendReflog(gitdir, name, { from: noOid, to, by: logging.by, message: logging.message }, logging.log);
    const lines = rows.flatMap(({ bytes, oid, peeled }) => [
      Buffer.from(`${oid} `),
      bytes,
      Buffer.from(peeled === null ? '\n' : `\n^${peeled}\n`),
    ]);
    lock.write(Buffer.concat([Buffer.from(header), ...lines]));
    lock.commit();
  } finally {
    lock.rollback();
  }
}

/** `a` and `a/b` are never both refs. */
function requireRoom(existing: readonly string[], created: readonly NewRef[]): void {
  const names = new Set(existing);
  const folders = new Set(existing.flatMap(foldersOf));
  for (const { name } of created) {
    const taken = [name, ...foldersOf(name)].find((one) => names.has(one));
    if (taken !== undefined || folders.has(name))
      fail({ kind: 'already-exists', name: (taken ?? name).replace(/^refs\/(?:heads|tags|remotes)\//, '') });
    names.add(name);
    for (const folder of foldersOf(name)) folders.add(folder);
  }
}

function foldersOf(name: string): string[] {
  const found: string[] = [];
  for (let slash = name.lastIndexOf('/'); slash > 4; slash = name.lastIndexOf('/', slash - 1))
    found.push(name.slice(0, slash));
  return found;
}
