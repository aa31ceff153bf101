import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import * as git from 'isomorphic-git';
import type { GitFs } from './fs';
import { checkObjectSizes } from './pack-sizes';
import type { ProgressReport } from './progress';
import type { UploadPack } from './protocol/upload-pack';

/** Node's own limit for one buffer, which isomorphic-git makes of a pack. */
const packLimit = 2 * 1024 ** 3;

/**
 * Fetches all objects of `wants` into one pack and indexes it. The pack goes
 * to the disk while it arrives.
 */
export async function fetchPack(
  from: {
    server: UploadPack;
    wants: string[];
    received: (bytes: number) => void;
    message: (line: string) => void;
  },
  into: { fs: GitFs; directory: string; gitdir: string; cache: object },
  progress: ProgressReport,
): Promise<void> {
  const folder = path.join(into.gitdir, 'objects/pack');
  const temporary = path.join(folder, 'tmp_pack_clone');
  const file = openSync(temporary, 'wx', 0o444);
  let checksum: string | null;
  try {
    let bytes = 0;
    const request = {
      wants: [...new Set(from.wants)],
      haves: [],
      done: true,
      shallow: [],
      deepen: null,
      filter: null,
      includeTag: false,
      thin: false,
      progress: true,
    };
    ({ pack: checksum } = await from.server.fetch(request, {
      limit: packLimit,
      message: from.message,
      data: (data) => {
        for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
        bytes += data.length;
        from.received(bytes);
      },
    }));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  checkObjectSizes(readFileSync(temporary));
  renameSync(temporary, path.join(folder, `pack-${checksum}.pack`));
  await git.indexPack({
    fs: into.fs,
    dir: into.directory,
    gitdir: into.gitdir,
    cache: into.cache,
    filepath: `.git/objects/pack/pack-${checksum}.pack`,
    onProgress: ({ phase, loaded, total }) => {
      const part = total ? loaded / total : undefined;
      if (phase === 'Receiving objects') progress('Reading objects', part);
      if (phase === 'Resolving deltas') progress('Resolving deltas', part);
    },
  });
}
