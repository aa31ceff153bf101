import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import * as git from 'isomorphic-git';
import type { GitFs } from './fs';
import type { GitHttp } from './http';
import { checkObjectSizes } from './pack-sizes';
import type { ProgressReport } from './progress';

/** Servers that know protocol v2 or side-bands know all of these; Azure DevOps wants multi_ack_detailed. */
const capabilities = 'multi_ack_detailed side-band-64k ofs-delta agent=git/isomorphic-git';

function packet(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
}

/**
 * Fetches all objects of `wants` into one pack and indexes it. The pack goes
 * to the disk while it arrives. Not isomorphic-git's fetch: that takes a cut
 * answer for a whole one, holds the pack twice in memory, and gives up when
 * the server's HEAD leads nowhere. Protocol: gitprotocol-pack(5), stateless.
 */
export async function fetchPack(
  from: { http: GitHttp; url: string; wants: string[] },
  into: { fs: GitFs; directory: string; gitdir: string; cache: object },
  progress: ProgressReport,
): Promise<void> {
  const wants = [...new Set(from.wants)];
  const lines = wants.map((oid, index) => packet(`want ${oid}${index === 0 ? ` ${capabilities}` : ''}\n`));
  const folder = path.join(into.gitdir, 'objects/pack');
  const temporary = path.join(folder, 'tmp_pack_clone');
  const file = openSync(temporary, 'wx', 0o444);
  let checksum: string;
  try {
    const body = Buffer.from(`${lines.join('')}0000${packet('done\n')}`);
    checksum = await from.http.fetchPack(`${from.url}/git-upload-pack`, body, (data) => {
      for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
    });
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
