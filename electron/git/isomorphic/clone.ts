import path from 'node:path';
import * as git from 'isomorphic-git';
import { fail } from '../../../shared/errors';
import { hostWithPort } from '../../../shared/remote-url';
import { checkConnectivity } from './connectivity';
import { fetchPack } from './fetch-pack';
import { createGitFs } from './fs';
import { type Ask, createGitHttp } from './http';
import type { Jobs } from './messages';
import { initRepository } from './new-repository';
import { type ProgressReport, serverProgress, transferred } from './progress';
import { openUploadPack } from './protocol/upload-pack';
import { listRemote, type RemoteRefs } from './remote-branches';
import { writeRefs } from './write-refs';

/** What HEAD of the new clone will be. */
type Start =
  | { kind: 'branch'; branch: string; oid: string }
  | { kind: 'detached'; oid: string }
  | { kind: 'unborn'; branch: string };

function startOf(refs: RemoteRefs, wanted: string | null): Start {
  if (wanted !== null) {
    const oid = refs.branches.get(wanted) ?? fail({ kind: 'branch-not-found', branch: wanted });
    return { kind: 'branch', branch: wanted, oid };
  }
  const { head } = refs;
  if (head.branch !== null) {
    const oid = refs.branches.get(head.branch);
    return oid === undefined
      ? { kind: 'unborn', branch: head.branch }
      : { kind: 'branch', branch: head.branch, oid };
  }
  if (head.oid === null) return { kind: 'unborn', branch: 'main' };
  return { kind: 'detached', oid: head.oid };
}

/** Clones into an empty folder only this operation knows; cloneGuarded moves it to its place. */
export async function clone(input: Jobs['clone']['in'], ask: Ask, progress: ProgressReport): Promise<null> {
  const { url, directory } = input;
  const fs = createGitFs(directory);
  const gitdir = path.join(directory, '.git');
  const cache = {};
  const started = Date.now();
  const http = createGitHttp({ url, route: input.route, ask });
  // How long the pack is nobody says; half of the phase is reached after 10 MiB.
  const received = (bytes: number) => {
    const part = bytes / (bytes + 10 * 1024 ** 2);
    progress('Receiving objects', part, transferred(bytes, Date.now() - started));
  };
  try {
    progress('Connecting');
    const server = await openUploadPack(http);
    const refs = await listRemote(server);
    const start = startOf(refs, input.branch);
    const branch = start.kind === 'detached' ? 'main' : start.branch;
    await initRepository(fs, directory, {
      url: url.href,
      branch,
      tracked: start.kind !== 'detached' && refs.refs.length > 0,
    });
    if (refs.refs.length === 0) return null;

    const oids = refs.refs.map((one) => one.oid);
    const tip = start.kind === 'unborn' ? null : start.oid;
    const wants = tip === null ? oids : [tip, ...oids];
    const message = (line: string) => serverProgress(line, progress);
    await fetchPack({ server, wants, received, message }, { fs, directory, gitdir, cache }, progress);
    progress('Checking connectivity');
    await checkConnectivity({ fs, gitdir, cache, host: hostWithPort(url) }, wants, tip, (part) =>
      progress('Checking connectivity', part),
    );
    await writeRefs(fs, gitdir, refs);
    if (start.kind !== 'unborn') await checkOut(start, { fs, directory, gitdir, cache, progress });
    return null;
  } finally {
    await http.close();
  }
}

interface Checkout {
  fs: ReturnType<typeof createGitFs>;
  directory: string;
  gitdir: string;
  cache: object;
  progress: ProgressReport;
}

async function checkOut(start: Exclude<Start, { kind: 'unborn' }>, into: Checkout): Promise<void> {
  const { fs, gitdir, cache, progress } = into;
  const detached = start.kind === 'detached';
  if (detached) await fs.promises.writeFile(path.join(gitdir, 'HEAD'), `${start.oid}\n`);
  else await git.writeRef({ fs, gitdir, ref: `refs/heads/${start.branch}`, value: start.oid });
  const head = await git.resolveRef({ fs, gitdir, ref: 'HEAD' });
  if (head !== start.oid)
    fail({ kind: 'git-failed', command: 'clone', exitCode: null, detail: 'HEAD does not resolve.' });
  progress('Checking out files');
  // The index it writes has the nanoseconds of every file (see fs.ts), so git does not read the files again.
  await git.checkout({
    fs,
    dir: into.directory,
    cache,
    ref: detached ? start.oid : start.branch,
    noUpdateHead: true,
    track: false,
    onProgress: ({ phase, loaded, total }) => {
      if (phase === 'Updating workdir') progress('Checking out files', total ? loaded / total : undefined);
    },
  });
}
