import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { hostWithPort } from '../../../shared/remote-url';
import type { CloneRequest, Running } from '../engine';
import type { ClonePlan } from '../operations/transfer';
import { pathFromBytes } from '../path-bytes';
import { isRefName } from '../ref-name';
import { neutralDirectory } from './environment';
import { keepFilter, type LargeFiles, largeFiles } from './large-files';
import { needs } from './needs';
import { progressReader } from './progress';
import { type RemoteParts, runRemote } from './remote';
import { checkOutFolders } from './sparse';
import { fetchSubmodules } from './submodules';

/** Of a clone without a plan: the user's own git decides about large files. */
const asConfigured: LargeFiles = { configuration: [], more: {} };

/** git-clone(1). A depth alone would narrow to one branch. */
function planned(plan: ClonePlan): string[] {
  const { depth, singleBranch, filter } = plan;
  if (depth !== null && (!Number.isSafeInteger(depth) || depth < 1))
    fail({ kind: 'invalid-input', field: 'depth', reason: 'The number of commits is at least 1.' });
  if (filter?.kind === 'larger' && (!Number.isSafeInteger(filter.bytes) || filter.bytes < 0))
    fail({ kind: 'invalid-input', field: 'filter', reason: 'The size is a whole number of bytes.' });
  return [
    ...(depth === null ? [] : [`--depth=${depth}`]),
    singleBranch ? '--single-branch' : '--no-single-branch',
    ...(filter === null
      ? []
      : [`--filter=${filter.kind === 'blobs' ? 'blob:none' : `blob:limit=${filter.bytes}`}`]),
    ...(plan.sparse === null ? [] : ['--no-checkout']),
  ];
}

/**
 * `git clone`, and what the plan wants after it; git itself removes what it
 * wrote when it fails or is ended, and what it missed is removed here. Nothing
 * of an interrupted clone is kept: a pack that was cut off cannot be continued
 * over git's protocol (a fetch into its folder begins it anew), and where a
 * server offers bundles to continue from (`transfer.bundleURI`), these would be
 * fetched from addresses nobody has checked.
 */
export async function clone(parts: RemoteParts, request: CloneRequest, running: Running): Promise<void> {
  const { directory, url, branch, plan } = request;
  if (branch !== null && (branch.startsWith('-') || !isRefName(`refs/heads/${branch}`)))
    fail({ kind: 'branch-not-found', branch });
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
  const args = plan ? planned(plan) : [];
  const large = typeof plan?.lfs === 'boolean' ? await largeFiles(parts, plan.lfs) : asConfigured;
  const onLine = running.progress && progressReader(running.progress);
  try {
    await runRemote(parts, {
      command: 'clone',
      args: [
        'clone',
        '--progress',
        '--no-recurse-submodules',
        '--template=',
        '--origin=origin',
        ...args,
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
      configuration: large.configuration,
      // Contents a filter left out are fetched for the checkout, by this very command.
      more: { ...large.more, ...(plan?.filter ? { GIT_NO_LAZY_FETCH: '0' } : {}) },
      ...(onLine ? { onLine } : {}),
      maximumOutput: 1024 * 1024,
      again: clear,
    });
    await requireHead(request);
    if (plan?.sparse)
      await checkOutFolders(parts, { ...request, folders: plan.sparse, large, onLine }, running);
    if (plan?.lfs && (await needs(parts, directory)).lfs) await keepFilter(parts, directory);
    if (plan?.submodules)
      await fetchSubmodules(parts, { ...request, allowed: plan.submodules, large }, running);
  } catch (error) {
    await clear().catch(() => undefined);
    throw error;
  }
  running.progress?.({ phase: 'Checking out files', fraction: 1 });
}

/** Of a repository without commits git takes the server's word for the branch it is on, whatever that says. */
async function requireHead({ directory, url }: CloneRequest): Promise<void> {
  const head = await readFile(path.join(directory, '.git/HEAD')).catch(() => Buffer.alloc(0));
  const target = /^ref: ([^]*?)\n?$/.exec(pathFromBytes(head))?.[1];
  // Where refs are a reftable, that is what stands in the file.
  if (target === undefined || target === 'refs/heads/.invalid' || isRefName(target)) return;
  fail({
    kind: 'unexpected-answer',
    host: hostWithPort(url),
    detail: 'the server names an impossible branch',
  });
}
