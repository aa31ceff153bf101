import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import type { CloneRequest, Running } from '../engine';
import { neutralDirectory } from './environment';
import { progressReader } from './progress';
import { type RemoteParts, runRemote } from './remote';

/** `git clone`; git itself removes what it wrote when it fails or is ended, and what it missed is removed here. */
export async function clone(parts: RemoteParts, request: CloneRequest, running: Running): Promise<void> {
  const { directory, url, branch } = request;
  if (branch?.startsWith('-')) fail({ kind: 'branch-not-found', branch });
  const existed = await readdir(directory).then(
    (entries) => (entries.length === 0 ? true : fail({ kind: 'directory-not-empty', path: directory })),
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return false;
    },
  );
  const clear = async () => {
    for (const entry of await readdir(directory).catch(() => []))
      await rm(path.join(directory, entry), { recursive: true, force: true, maxRetries: 5 });
    if (!existed) await rm(directory, { recursive: true, force: true });
    else await mkdir(directory, { recursive: true });
  };
  try {
    await runRemote(parts, {
      command: 'clone',
      args: [
        'clone',
        '--progress',
        '--no-recurse-submodules',
        '--template=',
        '--origin=origin',
        ...(branch === null ? [] : [`--branch=${branch}`]),
        '--end-of-options',
        url.href,
        directory,
      ],
      cwd: neutralDirectory(),
      url,
      credentials: request.credentials,
      running,
      directory,
      branch,
      ...(running.progress ? { onLine: progressReader(running.progress) } : {}),
      maximumOutput: 1024 * 1024,
      again: clear,
    });
  } catch (error) {
    await clear().catch(() => undefined);
    throw error;
  }
  running.progress?.({ phase: 'Checking out files', fraction: 1 });
}
