import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { pathToBytes } from '../path-bytes';
import { onDisk } from './disk-path';
import type { Start } from './clone-refs';
import type { RemoteRefs } from './remote-branches';

/**
 * The refs of a fresh clone nobody else knows of yet: one packed-refs file, as
 * git writes it, instead of a file for each; where the remote's HEAD points;
 * and what is checked out.
 */
export function writeRefs(
  gitdir: string,
  refs: RemoteRefs['refs'],
  remote: RemoteRefs['head'],
  start: Start,
): void {
  const rows = refs
    .map(({ ref, oid, peeled }) => {
      const name = ref.replace(/^refs\/heads\//, 'refs/remotes/origin/');
      return { name, bytes: pathToBytes(name), oid, peeled };
    })
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const names = new Set(rows.map(({ name }) => name));
  for (const name of names)
    for (let at = name.indexOf('/', 5); at !== -1; at = name.indexOf('/', at + 1))
      if (names.has(name.slice(0, at)))
        fail({
          kind: 'git-failed',
          command: 'clone',
          exitCode: null,
          detail: `The server has both a ref and a folder of refs named ${name.slice(0, at)}.`,
        });
  const lines = rows.flatMap(({ bytes, oid, peeled }) => [
    Buffer.from(`${oid} `),
    bytes,
    Buffer.from(peeled === null ? '\n' : `\n^${peeled}\n`),
  ]);
  writeFileSync(
    path.join(gitdir, 'packed-refs'),
    Buffer.concat([Buffer.from('# pack-refs with: peeled fully-peeled sorted \n'), ...lines]),
  );
  const { branch } = remote;
  if (branch !== null && names.has(`refs/remotes/origin/${branch}`))
    write(gitdir, 'refs/remotes/origin/HEAD', `ref: refs/remotes/origin/${branch}\n`);
  if (start.kind === 'detached') write(gitdir, 'HEAD', `${start.oid}\n`);
  if (start.kind === 'branch') write(gitdir, `refs/heads/${start.branch}`, `${start.oid}\n`);
}

function write(gitdir: string, ref: string, text: string): void {
  mkdirSync(onDisk(gitdir, path.posix.dirname(ref)), { recursive: true });
  writeFileSync(onDisk(gitdir, ref), pathToBytes(text));
}
