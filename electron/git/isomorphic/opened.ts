import { statSync } from 'node:fs';
import path from 'node:path';
import { readIndex } from './index-file';
import { type ObjectStore, openObjectStore } from './objects/store';
import { openRefFiles, type RefFiles } from './refs-files';
import { readRepositoryConfig, type RepositoryConfig } from './repository-config';
import { openRepository } from './repository';
import { type SharedIndex, sharedIndex } from './status/scan';

/** A repository open for reading, with what the thread keeps of it between jobs. */
export interface Opened {
  directory: string;
  gitdir: string;
  /** Null: a bare repository. */
  worktree: string | null;
  store: ObjectStore;
  refs: RefFiles;
  /** As it stands now. */
  config: RepositoryConfig;
  /** As it stands now; kept while the file is the same. */
  index(): SharedIndex;
  /** Kept between jobs, by whoever puts it there under a key of its own. */
  kept: Map<string, unknown>;
}

/** Each holds windows into packs and unpacked objects. */
const most = 2;
const known = new Map<string, { stamp: string; opened: Opened }>();

/** For threads that are kept: what is known of a repository is used again while it is the same one. */
export async function openForReading(directory: string): Promise<Opened> {
  const { gitdir, bare } = await openRepository(directory);
  const found = statSync(gitdir, { bigint: true });
  const stamp = `${found.dev} ${found.ino}`;
  const before = known.get(gitdir);
  known.delete(gitdir);
  if (before && before.stamp !== stamp) before.opened.store.close();
  const opened = before?.stamp === stamp ? before.opened : open(directory, gitdir, bare);
  opened.config = readRepositoryConfig(gitdir);
  known.set(gitdir, { stamp, opened });
  for (const [key, row] of known) {
    if (known.size <= most) break;
    row.opened.store.close();
    known.delete(key);
  }
  return opened;
}

function open(directory: string, gitdir: string, bare: boolean): Opened {
  let held: { stamp: string; index: SharedIndex } | null = null;
  return {
    directory: path.resolve(directory),
    gitdir,
    worktree: bare ? null : path.resolve(directory),
    store: openObjectStore(gitdir),
    refs: openRefFiles(gitdir),
    config: readRepositoryConfig(gitdir),
    index() {
      const there = statSync(path.join(gitdir, 'index'), { bigint: true, throwIfNoEntry: false });
      const stamp = there ? `${there.ino} ${there.size} ${there.mtimeNs} ${there.ctimeNs}` : '';
      if (held?.stamp !== stamp) held = { stamp, index: sharedIndex(readIndex(gitdir)) };
      return held.index;
    },
    kept: new Map(),
  };
}
