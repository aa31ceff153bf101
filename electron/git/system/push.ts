import type { PushResult } from '../../../shared/contract/remotes';
import { type AppError, AppFailure, fail } from '../../../shared/errors';
import { hostWithPort, type RemoteUrl } from '../../../shared/remote-url';
import type { OperationCredentials } from '../../credentials/broker';
import type { Running } from '../engine';
import { pushRefusal } from '../operations/push-refusal';
import type { PushRequest } from '../operations/transfer';
import { branchRef } from '../ref-name';
import { configure } from './configuration';
import { neutralDirectory } from './environment';
import { masked } from './errors';
import { placeOf } from './local';
import { hasLfs } from './large-files';
import { type NamedRemote, namedRemote } from './named-remote';
import { needs } from './needs';
import { progressReader, pushPhases } from './progress';
import { type RemoteParts, runRemote } from './remote';
import { refTarget } from './revision';
import type { Outcome } from './run';

/** git prints them once it has told the server which branch it sends (send-pack.c, pack_objects). */
const isSending = /^(?:Enumerating|Counting|Compressing|Writing) objects|^Total \d/;

/** The line of one branch of `git push --porcelain`: flag, tab, `from:to`, tab, summary and reason. */
interface Told {
  flag: string;
  summary: string;
  reason: string;
}

function toldOf({ stdout }: Outcome, to: string): Told | null {
  for (const line of stdout.toString('utf8').split('\n')) {
    const [flag = '', refs = '', rest = ''] = line.split('\t');
    if (!refs.endsWith(`:${to}`)) continue;
    const [, summary = '', reason = ''] = /^(\[[^\]]*\]|\S+)(?: \((.*)\))?$/.exec(rest) ?? [];
    return { flag, summary, reason };
  }
  return null;
}

/** git's or the server's no, as against a line that only says that nothing is known. */
function isRefusal(told: Told | null): told is Told {
  return told?.flag === '!' && told.summary !== '[remote failure]';
}

/** The server's own lines; git puts blanks behind them to wipe out progress. */
function wordsOf(stderr: string): string {
  const lines = stderr.split('\n').flatMap((line) => /^remote: ?(.*?)\s*$/.exec(line)?.[1] ?? []);
  return masked(lines.join('\n').trim()).slice(0, 4000);
}

function resultOf(told: Told, outcome: Outcome, oid: string, lease: boolean): PushResult {
  if (told.flag === '=') return { result: 'up-to-date' };
  if (told.flag !== '!') {
    const from = /^([0-9a-f]{40,64})\.\.\.?[0-9a-f]+$/.exec(told.summary)?.[1] ?? null;
    return { result: 'pushed', from, to: oid };
  }
  const words = wordsOf(outcome.stderr);
  const reason = pushRefusal({ reason: told.reason, words, lease });
  return { result: 'rejected', reason, detail: words || masked(told.reason) };
}

/** Failures after which the server cannot have taken the branch, however much was sent. */
function isNo(error: AppError): boolean {
  const settled: AppError['kind'][] = [
    'authentication-failed',
    'missing-permission',
    'repository-not-found',
    'rate-limited',
    'moved',
  ];
  return settled.includes(error.kind) || (error.kind === 'server-error' && error.status < 500);
}

/**
 * Sends large files before the commits that name them, as git-lfs' own
 * pre-push hook does, which runs in trusted folders only. Nothing where there is
 * no git-lfs: then there are no large files either, pointers alone.
 */
async function sendLargeFiles(
  parts: RemoteParts,
  request: PushRequest,
  running: Running,
  { alias, configuration }: NamedRemote,
  oid: string,
): Promise<void> {
  const { directory, url, branch } = request;
  if (!(await needs(parts, directory)).lfs || !(await hasLfs(parts))) return;
  running.progress?.({ phase: 'Sending large files' });
  const theirs = await refTarget(parts, directory, `refs/remotes/${request.remote}/${request.to}`);
  const input = `refs/heads/${branch} ${oid} refs/heads/${request.to} ${theirs ?? '0'.repeat(oid.length)}\n`;
  await runRemote(parts, {
    command: 'lfs',
    args: ['lfs', 'pre-push', alias, url.href],
    cwd: directory,
    url,
    credentials: request.credentials,
    running,
    directory,
    branch,
    configuration,
    more: await placeOf(parts, directory),
    input,
    maximumOutput: 1024 * 1024,
  });
}

async function sendBranch(
  parts: RemoteParts,
  request: PushRequest,
  running: Running,
  { alias, configuration }: NamedRemote,
  oid: string,
): Promise<PushResult> {
  const { directory, url, lease, branch } = request;
  const to = `refs/heads/${request.to}`;
  const onProgress = running.progress && progressReader(running.progress, undefined, pushPhases);
  let isSent = false;
  try {
    const outcome = await runRemote(parts, {
      command: 'push',
      args: [
        'push',
        '--porcelain',
        '--progress',
        '--no-follow-tags',
        '--no-signed',
        '--recurse-submodules=no',
        ...(lease === null ? [] : [`--force-with-lease=${to}:${lease}`]),
        '--end-of-options',
        alias,
        `${oid}:${to}`,
      ],
      cwd: directory,
      url,
      credentials: request.credentials,
      running,
      directory,
      branch,
      // Whole ids in what git prints; options of the repository's own are not sent.
      configuration: [...configuration, ['core.abbrev', 'no'], ['push.pushOption', '']],
      more: await placeOf(parts, directory),
      onLine(line) {
        isSent ||= isSending.test(line);
        onProgress?.(line);
      },
      maximumOutput: 1024 * 1024,
      answers: (found) => isRefusal(toldOf(found, to)),
    });
    const told = toldOf(outcome, to);
    if (told) return resultOf(told, outcome, oid, lease !== null);
    return fail({
      kind: 'unexpected-answer',
      host: hostWithPort(url),
      detail: 'The server said nothing of it.',
    });
  } catch (error) {
    if (!(error instanceof AppFailure)) throw error;
    if (error.error.kind === 'missing-permission')
      return { result: 'rejected', reason: 'no-permission', detail: error.error.detail ?? '' };
    if (!isSent || isNo(error.error)) throw error;
    return fail({ kind: 'push-unknown', host: hostWithPort(url), branch: request.to }, error);
  }
}

/**
 * `git push` of one branch, to the caller's address alone (`namedRemote`). What
 * is pushed is the commit the branch points at now. Overwriting is done with a
 * lease or not at all. Ended after git began to send, by a cut or by the user,
 * the outcome is not known.
 */
export async function push(parts: RemoteParts, request: PushRequest, running: Running): Promise<PushResult> {
  const { directory, branch, remote, lease } = request;
  const here = branchRef(branch, 'branch');
  branchRef(request.to, 'to');
  if (lease !== null && !/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(lease))
    fail({ kind: 'invalid-input', field: 'lease', reason: 'It is no id of a commit.' });
  const oid = (await refTarget(parts, directory, here)) ?? fail({ kind: 'branch-not-found', branch });
  const named = await namedRemote(parts, directory, request);
  await sendLargeFiles(parts, request, running, named, oid);
  const result = await sendBranch(parts, request, running, named, oid);
  if (request.setUpstream && result.result !== 'rejected')
    await configure(
      parts,
      directory,
      [
        [`branch.${branch}.remote`, remote],
        [`branch.${branch}.merge`, `refs/heads/${request.to}`],
      ],
      () => undefined,
    );
  running.progress?.({ phase: 'Sending objects', fraction: 1 });
  return result;
}

/** `git ls-remote` of one branch. */
export async function remoteRef(
  parts: RemoteParts,
  { url, branch, credentials }: { url: RemoteUrl; branch: string; credentials: OperationCredentials },
  running: Running,
): Promise<string | null> {
  const name = `refs/heads/${branch}`;
  const outcome = await runRemote(parts, {
    command: 'ls-remote',
    args: ['ls-remote', '--end-of-options', url.href, name],
    cwd: neutralDirectory(),
    url,
    credentials,
    running,
    directory: neutralDirectory(),
    branch,
    maximumOutput: 1024 * 1024,
  });
  // The pattern matches the end of longer names too.
  const lines = outcome.stdout.toString('utf8').split('\n');
  return lines.map((line) => line.split('\t')).find(([, found]) => found === name)?.[0] ?? null;
}
