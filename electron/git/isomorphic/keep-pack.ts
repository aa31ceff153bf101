import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import * as git from 'isomorphic-git';
import type { GitFs } from './fs';
import { checkObjectSizes } from './pack-sizes';

/** A pack on its way into a repository. */
export interface ArrivingPack {
  write(data: Buffer): void;
  /** Completes it, indexes it and puts it in its place. Returns what takes it away again. */
  keep(checksum: string): Promise<() => void>;
  /** Nothing where it was kept. */
  discard(): void;
}

/** Begins a pack under a name git removes when it is left over. */
export function beginPack(into: {
  fs: GitFs;
  directory: string;
  gitdir: string;
  promised: boolean;
}): ArrivingPack {
  const folder = path.join(into.gitdir, 'objects/pack');
  const temporary = path.join(folder, `tmp_pack_${randomBytes(6).toString('hex')}`);
  let file: number | null = openSync(temporary, 'wx', 0o444);
  const close = () => {
    if (file !== null) closeSync(file);
    file = null;
  };
  return {
    write(data) {
      if (file === null) throw new Error('The pack is closed.');
      for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
    },
    async keep(checksum) {
      if (file !== null) fsyncSync(file);
      close();
      const pack = readFileSync(temporary);
      if (pack.readUInt32BE(8) === 0) {
        rmSync(temporary, { force: true });
        return () => undefined;
      }
      checkObjectSizes(pack);
      const base = path.join(folder, `pack-${checksum}`);
      if (into.promised) closeSync(openSync(`${base}.promisor`, 'w'));
      renameSync(temporary, `${base}.pack`);
      const filepath = path.relative(into.directory, `${base}.pack`);
      await git.indexPack({ fs: into.fs, dir: into.directory, gitdir: into.gitdir, filepath });
      return () => {
        for (const ending of ['.idx', '.pack', '.promisor']) rmSync(`${base}${ending}`, { force: true });
      };
    },
    discard() {
      close();
      rmSync(temporary, { force: true });
    },
  };
}
