import path from 'node:path';
import { fail } from '../../../shared/errors';
import { pathToBytes } from '../path-bytes';
import type { IndexFile } from './index-table';
import { createAttributes } from './patterns/attributes';
import { conversionOf, toFile, toObject } from './patterns/conversion';
import { createIgnoreRules } from './patterns/ignore';
import { toLatin1 } from './patterns/pattern-file';
import { fileSettings } from './settings';
import type { Workplace } from './workplace';

/** How contents change between objects and files, and what git does not look at. Paths as path-bytes.ts has them. */
export interface WorkingRules {
  /** A file's content as its object has it. Rejects `unsupported` where a filter would make it. */
  toObject(file: string, content: Buffer): Buffer;
  /** An object's content as its file has it. */
  toFile(file: string, content: Buffer, oid: string): Buffer;
  isIgnored(file: string, isFolder: boolean): boolean;
  /** An attribute says how versions of the file are merged, gitattributes(5) `merge`. */
  mergesDifferently(file: string): boolean;
  /** A program makes its content: the file alone does not tell whether it changed. */
  isFiltered(file: string): boolean;
  fileMode: boolean;
}

export function workingRules(
  { directory, gitdir, config, store }: Workplace,
  index: IndexFile,
): WorkingRules {
  const settings = fileSettings(config);
  const indexed = (file: string): Buffer | null => {
    const { start, end } = index.range(Buffer.from(file, 'latin1'));
    for (let entry = start; entry < end; entry += 1)
      if ((index.stage(entry) === 0 || index.stage(entry) === 2) && index.mode(entry) !== 0o160000)
        return store.find(index.oid(entry))?.data ?? null;
    return null;
  };
  const places = { worktree: directory, gitdir, ignoreCase: settings.ignoreCase };
  const attributes = createAttributes({ ...places, attributesFile: settings.attributesFile, indexed });
  const ignore = createIgnoreRules({
    ...places,
    excludesFile: settings.excludesFile,
    notCheckedOut: indexed,
  });
  const named = (file: string) => toLatin1(pathToBytes(file));
  const filterOf = (file: string) => {
    const name = attributes.of(named(file)).get('filter');
    if (typeof name !== 'string') return null;
    const programs = ['clean', 'process'].map((key) => config.get(['filter', name, key]));
    // Large files have theirs in the user's own configuration.
    return name === 'lfs' || programs.some((program) => program !== null) ? name : null;
  };
  return {
    toObject(file, content) {
      const filter = filterOf(file);
      if (filter !== null)
        fail({
          kind: 'unsupported',
          what: 'This file',
          reason: `${path.basename(file)} goes through the program “${filter}”, which the built-in engine does not run. Install git.`,
        });
      const name = named(file);
      return toObject(content, conversionOf(attributes.of(name), settings), () => indexed(name));
    },
    toFile: (file, content, oid) => toFile(content, conversionOf(attributes.of(named(file)), settings), oid),
    isIgnored: (file, isFolder) => ignore.isIgnored(named(file), isFolder),
    mergesDifferently(file) {
      const said = attributes.of(named(file)).get('merge');
      return said !== undefined && said !== null && said !== true && said !== 'text';
    },
    isFiltered: (file) => filterOf(file) !== null,
    fileMode: settings.fileMode,
  };
}
