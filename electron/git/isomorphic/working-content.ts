import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { pathToBytes } from '../path-bytes';
import type { IndexFile } from './index-table';
import { largestRead, tooLarge } from './objects/limits';
import type { ObjectStore } from './objects/store';
import { createAttributes } from './patterns/attributes';
import { type Conversion, conversionOf, toFile, toObject } from './patterns/conversion';
import { fromLatin1, inFolder } from './patterns/pattern-file';
import type { FileSettings } from './settings';

/** Files of the working tree as the objects they would be, git-hash-object(1), without filters. Paths are one character a byte. */
export interface WorkingContent {
  /** Null: it is neither file nor link, or gone. */
  oid(file: string): string | null;
  read(file: string): Buffer | null;
  /** For content that is read already: of an object to a file, or back. */
  toObject(file: string, content: Buffer): Buffer;
  toFile(file: string, content: Buffer, oid: string): Buffer;
  attributes(file: string): ReturnType<ReturnType<typeof createAttributes>['of']>;
}

/** What is hashed piece by piece needs no more memory than this. */
const piece = 1024 ** 2;

export function workingContent(
  place: { worktree: string; gitdir: string; store: ObjectStore },
  index: IndexFile,
  settings: FileSettings,
): WorkingContent {
  const { worktree, gitdir, store } = place;
  const indexed = (file: string): Buffer | null => {
    const { start, end } = index.range(Buffer.from(file, 'latin1'));
    // Of a conflict git looks at ours.
    for (let entry = start; entry < end; entry += 1)
      if (index.stage(entry) === 0 || index.stage(entry) === 2)
        return index.mode(entry) === 0o160000 ? null : (store.find(index.oid(entry))?.data ?? null);
    return null;
  };
  const { attributesFile, ignoreCase } = settings;
  const attributes = createAttributes({ worktree, gitdir, attributesFile, ignoreCase, indexed });
  const conversion = (file: string): Conversion => conversionOf(attributes.of(file), settings);
  const isPlain = (how: Conversion) => how.lines === 'as-they-are' && !how.ident && how.encoding === null;

  function raw(file: string): { content: Buffer; isLink: boolean } | null {
    const at = inFolder(worktree, file, '');
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink()) return { content: readlinkSync(at, { encoding: 'buffer' }), isLink: true };
    if (!stats?.isFile()) return null;
    if (stats.size > largestRead) tooLarge(largestRead);
    return { content: readFileSync(at), isLink: false };
  }

  const convert = (file: string, content: Buffer) => toObject(content, conversion(file), () => indexed(file));

  return {
    read(file) {
      const found = raw(file);
      return found && (found.isLink ? found.content : convert(file, found.content));
    },
    oid(file) {
      const at = inFolder(worktree, file, '');
      const stats = lstatSync(at, { throwIfNoEntry: false });
      if (stats?.isFile() && stats.size > piece && isPlain(conversion(file)))
        return hashInPieces(at, stats.size);
      const content = this.read(file);
      return content && blobId(content);
    },
    toObject: convert,
    toFile: (file, content, oid) => toFile(content, conversion(file), oid),
    attributes: (file) => attributes.of(file),
  };
}

export function blobId(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

function hashInPieces(file: string | Buffer, size: number): string | null {
  const hash = createHash('sha1').update(`blob ${size}\0`);
  const buffer = Buffer.allocUnsafe(piece);
  const descriptor = openSync(file, 'r');
  try {
    let left = size;
    while (left > 0) {
      const read = readSync(descriptor, buffer, 0, Math.min(piece, left), null);
      // It became shorter while it was read: it is not what the index has.
      if (read === 0) return null;
      hash.update(buffer.subarray(0, read));
      left -= read;
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

/** The form the rest of the application has paths in. */
export const shownPath = fromLatin1;
export const latin1Path = (path: string) => Buffer.from(pathToBytes(path)).toString('latin1');
