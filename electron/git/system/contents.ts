import type { Running } from '../engine';
import type { ContentsRequest, WantedContents } from '../operations/transfer';
import { pathFromBytes } from '../path-bytes';
import { packFolder, withoutLeftovers } from './fetch';
import { placeOf, read } from './local';
import { namedRemote } from './named-remote';
import { progressReader } from './progress';
import { type RemoteParts, runRemote } from './remote';
import type { LocalGit } from './repository-environment';

interface Change {
  /** Of both sides, without those that are none. */
  oids: string[];
  path: string;
}

/** Raw lines of git-diff-tree(1) with `-z`: `:mode mode oid oid status`, NUL, path, NUL; two paths for a rename. */
function changesOf(output: Buffer): Change[] {
  const parts = output.toString('latin1').split('\0');
  const changes: Change[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const [, fromMode, toMode, from = '', to = '', status = ''] =
      /^\n?:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])/.exec(parts[at] ?? '') ?? [];
    if (status === '') continue;
    at += status === 'R' || status === 'C' ? 2 : 1;
    const path = pathFromBytes(Buffer.from(parts[at] ?? '', 'latin1'));
    // A submodule's commit is none of ours.
    const isOurs = (mode: string | undefined) => mode !== '160000' && mode !== '000000';
    changes.push({ oids: [...(isOurs(fromMode) ? [from] : []), ...(isOurs(toMode) ? [to] : [])], path });
  }
  return changes;
}

/** What git wrote in quotes (quote.c), as the path it stands for. */
function unquoted(line: string): string {
  if (!line.startsWith('"')) return pathFromBytes(Buffer.from(line, 'latin1'));
  const letters: Record<string, string> = {
    a: '\u0007',
    b: '\b',
    t: '\t',
    n: '\n',
    v: '\v',
    f: '\f',
    r: '\r',
  };
  const text = line
    .slice(1, -1)
    .replaceAll(/\\([0-7]{3}|.)/g, (_whole, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (letters[code] ?? code),
    );
  return pathFromBytes(Buffer.from(text, 'latin1'));
}

/** Whether a sparse checkout in cone mode holds a path; every path where there is none. */
async function sparseFolders(git: LocalGit, directory: string): Promise<(path: string) => boolean> {
  const isSparse = await read(git, directory, ['config', '--type=bool', '--get', 'core.sparseCheckoutCone'], {
    allowed: [1],
  });
  if (isSparse.stdout.toString('utf8').trim() !== 'true') return () => true;
  const listed = await read(git, directory, ['sparse-checkout', 'list'], { allowed: [0, 128] });
  if (listed.exitCode !== 0) return () => true;
  const folders = listed.stdout.toString('latin1').split('\n').filter(Boolean).map(unquoted);
  /** Their files are there, not their other folders. */
  const parents = new Set([
    '',
    ...folders.flatMap((folder) => folder.split('/').map((_part, at, all) => all.slice(0, at).join('/'))),
  ]);
  return (path) =>
    parents.has(path.slice(0, Math.max(0, path.lastIndexOf('/')))) ||
    folders.some((folder) => path.startsWith(`${folder}/`));
}

async function differences(
  git: LocalGit,
  directory: string,
  sides: string[],
  paths: readonly string[] | null,
): Promise<Change[]> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', '--no-commit-id', '--root'];
  const outcome = await read(git, directory, [...args, '--end-of-options', ...sides, '--']);
  const changes = changesOf(outcome.stdout);
  if (paths === null) return changes;
  return changes.filter(({ path }) => paths.some((one) => path === one || path.startsWith(`${one}/`)));
}

async function commitOf(git: LocalGit, directory: string, ref: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  return (await read(git, directory, args, { allowed: [1] })).stdout.toString('utf8').trim();
}

async function forCheckout(git: LocalGit, directory: string, ref: string): Promise<Change[]> {
  const now = await commitOf(git, directory, 'HEAD');
  const then = await commitOf(git, directory, ref);
  if (now === '' || then === '') return [];
  const isHeld = await sparseFolders(git, directory);
  return (await differences(git, directory, [now, then], null)).filter(({ path }) => isHeld(path));
}

async function forHistory(git: LocalGit, directory: string, ref: string, path: string): Promise<Change[]> {
  // Renames that changed the file as well would need its contents to be seen.
  const format = ['--format=', '--raw', '-z', '--no-abbrev', '--follow', '-M100%', '-m'];
  const outcome = await read(git, directory, ['log', ...format, '--end-of-options', ref, '--', path]);
  return changesOf(outcome.stdout);
}

/** Ids that may be needed; whether they are here is looked at afterwards. */
async function wantedOf(git: LocalGit, directory: string, wanted: WantedContents): Promise<string[]> {
  const oidsOf = (changes: Change[]) => changes.flatMap(({ oids }) => oids);
  if (wanted.kind === 'objects')
    return wanted.oids.filter((oid) => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(oid));
  if (wanted.kind === 'checkout') return oidsOf(await forCheckout(git, directory, wanted.ref));
  if (wanted.kind === 'history') return oidsOf(await forHistory(git, directory, wanted.ref, wanted.path));
  const { from, to, paths } = wanted;
  return oidsOf(await differences(git, directory, from === null ? [to] : [from, to], paths));
}

/** Those that are not here. The only reading of git that looks for an object without fetching it in every version. */
async function missingOf(git: LocalGit, directory: string, oids: readonly string[]): Promise<string[]> {
  const wanted = new Set(oids);
  if (wanted.size === 0) return [];
  const asked = ['--objects', '--no-object-names', '--missing=print', '--ignore-missing'];
  const outcome = await read(git, directory, ['rev-list', ...asked, '--no-walk', '--stdin'], {
    input: `${[...wanted].join('\n')}\n`,
  });
  // What is not here is left out, or stands behind a question mark.
  for (const line of outcome.stdout.toString('utf8').split('\n')) wanted.delete(line);
  return [...wanted];
}

/** See `RemoteTransfer.fetchContents`. The same fetch git runs by itself (promisor-remote.c), from the caller's address. */
export async function fetchContents(
  parts: RemoteParts,
  request: ContentsRequest,
  running: Running,
): Promise<{ objects: number }> {
  const { directory, remote, url } = request;
  const { alias, configuration } = await namedRemote(parts, directory, { remote, url, refspecs: [] });
  if (!configuration.some(([key]) => key === `remote.${alias}.promisor`)) return { objects: 0 };
  const missing = await missingOf(parts, directory, await wantedOf(parts, directory, request.wanted));
  if (missing.length === 0) return { objects: 0 };
  await withoutLeftovers(await packFolder(parts, directory), async () =>
    runRemote(parts, {
      command: 'fetch',
      args: [
        'fetch',
        '--progress',
        '--no-tags',
        '--no-recurse-submodules',
        '--no-auto-gc',
        '--no-write-fetch-head',
        '--stdin',
        '--end-of-options',
        alias,
      ],
      cwd: directory,
      url,
      credentials: request.credentials,
      running,
      directory,
      branch: null,
      configuration: [...configuration, ['fetch.negotiationAlgorithm', 'noop'], ['fetch.bundleURI', '']],
      more: await placeOf(parts, directory),
      input: `${missing.join('\n')}\n`,
      ...(running.progress ? { onLine: progressReader(running.progress) } : {}),
      maximumOutput: 1024 * 1024,
    }),
  );
  return { objects: missing.length };
}
