import path from 'node:path';
import * as git from 'isomorphic-git';
import { fail } from '../../../shared/errors';
import type { GitFs } from './fs';
import type { RemoteRefs } from './remote-branches';

/**
 * The refs of a fresh clone: one packed-refs file, as git writes it, instead
 * of a file for each; and where the remote's HEAD points.
 */
export async function writeRefs(fs: GitFs, gitdir: string, remote: RemoteRefs): Promise<void> {
  const rows = remote.refs
    .map(({ ref, oid, peeled }) => ({
      name: Buffer.from(ref.replace(/^refs\/heads\//, 'refs/remotes/origin/')),
      oid,
      peeled,
    }))
    .sort((a, b) => a.name.compare(b.name));
  const names = new Set(rows.map(({ name }) => name.toString()));
  for (const name of names)
    for (let at = name.indexOf('/', 5); at !== -1; at = name.indexOf('/', at + 1))
      if (names.has(name.slice(0, at)))
        fail({
          kind: 'git-failed',
          command: 'clone',
          exitCode: null,
          detail: `The server has both a ref and a folder of refs named ${name.slice(0, at)}.`,
        });
  const lines = rows.map(
    ({ name, oid, peeled }) => `${oid} ${name.toString()}\n${peeled ? `^${peeled}\n` : ''}`,
  );
  await fs.promises.writeFile(
    path.join(gitdir, 'packed-refs'),
    `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`,
  );
  const { branch } = remote.head;
  if (branch === null || !remote.branches.has(branch)) return;
  await git.writeRef({
    fs,
    gitdir,
    ref: 'refs/remotes/origin/HEAD',
    value: `refs/remotes/origin/${branch}`,
    symbolic: true,
    force: true,
  });
}
