import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseRemoteUrl, type RemoteUrl } from '../../../shared/remote-url';
import { attributesUseLfs, readGitmodules } from '../operations/gitmodules';
import type { RepositoryNeeds } from '../operations/transfer';
import { onDisk } from './disk-path';
import { readIndex } from './index-file';
import { type ObjectStore, openObjectStore } from './objects/store';
import { openRepository } from './repository';
import { readRepositoryConfig } from './repository-config';

/** Bytes of a `.gitmodules` or `.gitattributes`; more is not read. */
const mostBytes = 1024 * 1024;
/** Files of attributes looked into. */
const mostAttributes = 100;

/** Null: too large, or, in a partial clone, not here. */
function contentOf(store: ObjectStore, oid: string): string | null {
  const head = store.header(oid);
  if (head === null || head.size > mostBytes) return null;
  return store.read(oid).data.toString('utf8');
}

/** Where relative addresses of submodules start: the remote of the current branch, else `origin` (git-submodule(1), add). */
function ownUrl(gitdir: string): RemoteUrl | null {
  const config = readRepositoryConfig(gitdir);
  const branch = /^ref: refs\/heads\/(.+?)\n?$/.exec(readFileSync(path.join(gitdir, 'HEAD'), 'utf8'))?.[1];
  const remote = branch === undefined ? null : config.get(['branch', branch, 'remote']);
  const parsed = parseRemoteUrl(config.get(['remote', remote ?? 'origin', 'url']) ?? '');
  return parsed.ok ? parsed.url : null;
}

function isRepository(folder: string | Buffer): boolean {
  const inside =
    typeof folder === 'string' ? path.join(folder, '.git') : Buffer.concat([folder, Buffer.from('/.git')]);
  try {
    return lstatSync(inside, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

const isFile = (mode: number) => mode === 0o100644 || mode === 0o100755;

/** See `RemoteTransfer.needs`. Reads the index, so that what is not checked out (a sparse checkout) counts too. */
export async function needs({ directory }: { directory: string }): Promise<RepositoryNeeds> {
  const { gitdir } = await openRepository(directory);
  const index = readIndex(gitdir);
  const store = openObjectStore(gitdir);
  try {
    let lfs = false;
    const name = Buffer.from('.gitattributes');
    for (let at = 0, seen = 0; at < index.length && seen < mostAttributes && !lfs; at += 1) {
      const bytes = index.pathBytes(at);
      const isNamed = bytes.length === name.length || bytes[bytes.length - name.length - 1] === 0x2f;
      if (!isNamed || !bytes.subarray(-name.length).equals(name)) continue;
      if (index.stage(at) !== 0 || !isFile(index.mode(at))) continue;
      seen += 1;
      lfs = attributesUseLfs(contentOf(store, index.oid(at)) ?? '');
    }
    const modules = index.find('.gitmodules').find(({ stage, mode }) => stage === 0 && isFile(mode));
    if (!modules) return { submodules: [], unreadable: false, lfs };
    const text = contentOf(store, modules.oid);
    const named = text === null ? null : readGitmodules(text, ownUrl(gitdir));
    if (named === null) return { submodules: [], unreadable: true, lfs };
    const submodules = named
      // What the commit has no submodule for was one once.
      .filter(
        (need) =>
          need.refused !== null ||
          index.find(need.path).some(({ stage, mode }) => stage === 0 && mode === 0o160000),
      )
      .map((need) => ({
        ...need,
        fetched: need.refused === null && isRepository(onDisk(directory, need.path)),
      }));
    return { submodules, unreadable: false, lfs };
  } finally {
    store.close();
  }
}
