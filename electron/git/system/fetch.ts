import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RefUpdate } from '../../../shared/contract/remotes';
import { AppFailure, fail } from '../../../shared/errors';
import type { Running } from '../engine';
import type { FetchRequest } from '../operations/transfer';
import { configure } from './configuration';
import { placeOf, read } from './local';
import { allBranches, namedRemote } from './named-remote';
import { progressReader } from './progress';
import { destinations, snapshot, updatesBetween } from './ref-updates';
import { type RemoteCall, type RemoteParts, runRemote } from './remote';
import type { LocalGit } from './repository-environment';
import type { Outcome } from './run';

/** Files git's index-pack writes before a pack is whole; ended early it leaves them (index-pack.c, open_pack_file). */
const unfinished = /^(?:tmp_(?:pack|idx|rev)_|\.tmp-)/;

export async function packFolder(git: LocalGit, directory: string): Promise<string> {
  const found = await read(git, directory, ['rev-parse', '--git-path', 'objects/pack']);
  return path.resolve(directory, found.stdout.toString('utf8').replace(/\n$/, ''));
}

/**
 * Runs a transfer and removes the unfinished packs it leaves when it fails:
 * those that were not there before and that nobody has written to since.
 */
export async function withoutLeftovers<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = new Set(await readdir(folder).catch(() => []));
  try {
    return await work();
  } catch (error) {
    const end = Date.now();
    for (const name of await readdir(folder).catch(() => [])) {
      if (!unfinished.test(name) || before.has(name)) continue;
      const file = path.join(folder, name);
      const written = (await stat(file).catch(() => null))?.mtimeMs ?? Number.POSITIVE_INFINITY;
      if (written <= end) await rm(file, { force: true }).catch(() => undefined);
    }
    throw error;
  }
}

/** A branch or tag the server moved where the refspec allows no force: the others arrived. */
function onlyRejected({ exitCode, stderr }: Outcome): boolean {
  return exitCode === 1 && /^ ! \[rejected\]/m.test(stderr) && !/^(?:error|fatal):/m.test(stderr);
}

/** A branch that is gone on the server has the name of a folder of one that is new there. */
const inTheWay = /cannot lock ref '[^\n]*' exists; cannot create/;

const collision = {
  kind: 'git-failed',
  detail:
    'A new branch of the server has the name of one that is gone there. Fetch again, and forget the branches that are gone.',
} as const;

const isShallow = async (git: LocalGit, directory: string): Promise<boolean> => {
  const found = await read(git, directory, ['rev-parse', '--is-shallow-repository']);
  return found.stdout.toString('utf8').trim() === 'true';
};

async function reachOf(git: LocalGit, { directory, reach }: FetchRequest): Promise<string[]> {
  if (reach === null || reach.kind === 'all-branches') return [];
  if (reach.kind === 'unshallow') return (await isShallow(git, directory)) ? ['--unshallow'] : [];
  if (!Number.isSafeInteger(reach.by) || reach.by < 1)
    fail({ kind: 'invalid-input', field: 'by', reason: 'The number of commits is at least 1.' });
  // Of a whole repository, git would make a shallow one.
  return (await isShallow(git, directory)) ? [`--deepen=${reach.by}`] : [];
}

/**
 * `git fetch` of one remote, from the caller's address alone (`namedRemote`).
 * Objects come first, then the refs; what is gone on the server is forgotten by
 * a second run, after the first one succeeded, and only where there is
 * something to forget. What changed is read from the refs themselves.
 */
export async function fetch(
  parts: RemoteParts,
  request: FetchRequest,
  running: Running,
): Promise<{ updated: RefUpdate[] }> {
  const { directory, remote, url, reach } = request;
  const widens = reach?.kind === 'all-branches';
  const place = await placeOf(parts, directory);
  const { alias, configuration, refspecs } = await namedRemote(parts, directory, {
    remote,
    url,
    ...(widens ? { refspecs: [allBranches(remote)] } : {}),
  });
  const depth = await reachOf(parts, request);
  const prefixes = destinations(refspecs);
  const before = await snapshot(parts, directory, prefixes);
  /** Refs that have a counterpart on the server, as the lines of `--verbose` name them. */
  const seen = new Set<string>();
  let collides = false;
  const onProgress = running.progress && progressReader(running.progress);
  const call = (args: string[]): RemoteCall => ({
    command: 'fetch',
    args: [
      'fetch',
      '--verbose',
      '--progress',
      '--no-recurse-submodules',
      '--no-auto-gc',
      '--no-write-fetch-head',
      '--no-prune-tags',
      ...args,
      '--end-of-options',
      alias,
    ],
    cwd: directory,
    url,
    credentials: request.credentials,
    running,
    directory,
    branch: null,
    configuration: [...configuration, ['fetch.bundleURI', ''], ['fetch.output', 'full']],
    more: place,
    onLine(line) {
      onProgress?.(line);
      const name = / -> (\S+)/.exec(line)?.[1];
      if (name !== undefined) seen.add(name);
    },
    maximumOutput: 1024 * 1024,
    answers(outcome) {
      collides = inTheWay.test(outcome.stderr);
      return onlyRejected(outcome);
    },
  });
  const forget = () => runRemote(parts, call(['--prune']));
  await withoutLeftovers(await packFolder(parts, directory), async () => {
    try {
      await runRemote(parts, call(['--no-prune', ...depth]));
    } catch (error) {
      if (!collides || !(error instanceof AppFailure)) throw error;
      // Nothing else than forgetting makes room, and the objects have arrived.
      if (!request.prune) fail({ ...collision, command: 'fetch', exitCode: 1 }, error);
      await forget();
      return;
    }
    const isSeen = (name: string) => seen.has(name.replace(/^refs\/(?:remotes|heads)\//, ''));
    const isGone = [...before.keys()].some((name) => !name.startsWith('refs/tags/') && !isSeen(name));
    if (request.prune && isGone) await forget();
  });
  if (widens)
    await configure(
      parts,
      directory,
      refspecs.map((refspec) => [`remote.${remote}.fetch`, refspec]),
      () => undefined,
    );
  running.progress?.({ phase: 'Receiving objects', fraction: 1 });
  const after = await snapshot(parts, directory, prefixes);
  return { updated: await updatesBetween(parts, directory, before, after) };
}
