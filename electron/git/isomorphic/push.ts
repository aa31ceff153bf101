import type { PushResult } from '../../../shared/contract/remotes';
import { type AppError, AppFailure, fail } from '../../../shared/errors';
import { pushRefusal } from '../operations/push-refusal';
import { type History, openHistory } from './commit-links';
import { remoteSetup, requireRemote } from './fetch-map';
import { editConfig, setting } from './config-edit';
import { type Ask, createGitHttp } from './http';
import type { Jobs } from './messages';
import { commitsBeyond, objectsOf, packOf } from './new-objects';
import { type ObjectStore, openObjectStore } from './objects/store';
import type { ProgressReport } from './progress';
import type { PushReport } from './protocol/push-answer';
import { openReceivePack, type ReceivePack } from './protocol/receive-pack';
import { branchRef } from '../ref-name';
import { openRefFiles, type RefFiles } from './refs-files';
import { changeRefs } from './refs-transaction';
import { destinationOf, localName, parseRefspec } from './refspec';
import { openRepository } from './repository';
import { readRepositoryConfig, refLogging, type RepositoryConfig } from './repository-config';
import { readShallow } from './shallow-file';

/** What is looked into of a server's refs for what it has already. */
const mostKnown = 2000;

/** What `git push <remote> <branch>:<to>` does, to one address. */
export async function push(
  input: Jobs['push']['in'],
  ask: Ask,
  progress: ProgressReport,
  sent: () => void,
): Promise<Jobs['push']['out']> {
  const { gitdir, bare } = await openRepository(input.directory);
  const config = readRepositoryConfig(gitdir);
  requireRemote(config, input.remote);
  const refs = openRefFiles(gitdir);
  const store = openObjectStore(gitdir);
  const http = createGitHttp({ url: input.url, route: input.route, ask });
  try {
    const here = branchRef(input.branch, 'branch');
    const name = branchRef(input.to, 'to');
    if (input.lease !== null && !/^[0-9a-f]{40}$/.test(input.lease))
      fail({ kind: 'invalid-input', field: 'lease', reason: 'It is no id of a commit.' });
    const oid = refs.resolve(here).oid ?? fail({ kind: 'branch-not-found', branch: input.branch });
    progress('Connecting');
    const server = await openReceivePack(http);
    const shallow = readShallow(gitdir);
    const history = openHistory(store, shallow);
    const result = await send(input, {
      server,
      store,
      history,
      config,
      shallow,
      name,
      oid,
      host: http.host,
      progress,
      sent,
    });
    if (result.result !== 'rejected') {
      const to = result.result === 'pushed' ? result.to : oid;
      follow(refs, config, input.remote, name, to, bare);
      if (input.setUpstream)
        editConfig(gitdir, [
          setting('branch', input.branch, 'remote', input.remote),
          setting('branch', input.branch, 'merge', name),
        ]);
    }
    return result;
  } catch (error) {
    if (error instanceof AppFailure && error.error.kind === 'missing-permission')
      return { result: 'rejected', reason: 'no-permission', detail: error.error.detail ?? '' };
    throw error;
  } finally {
    store.close();
    await http.close();
  }
}

interface Sending {
  server: ReceivePack;
  store: ObjectStore;
  history: History;
  config: RepositoryConfig;
  shallow: ReadonlySet<string>;
  name: string;
  oid: string;
  host: string;
  progress: ProgressReport;
  /** Told when the last of it is on its way. */
  sent: () => void;
}

async function send(input: Jobs['push']['in'], sending: Sending): Promise<PushResult> {
  const { server, store, history, config, shallow, name, oid, progress } = sending;
  const theirs = server.refs.get(name) ?? null;
  if (theirs === oid) return { result: 'up-to-date' };
  if (input.lease !== null && theirs !== input.lease)
    return { result: 'rejected', reason: 'stale-lease', detail: 'stale info' };
  if (input.lease === null && theirs !== null) {
    if (!store.has(theirs)) return { result: 'rejected', reason: 'behind', detail: 'fetch first' };
    if (!history.isAncestor(theirs, oid))
      return { result: 'rejected', reason: 'behind', detail: 'non-fast-forward' };
  }
  progress('Counting objects');
  const advertised = [
    ...new Set([...(theirs === null ? [] : [theirs]), ...server.refs.values(), ...server.haves]),
  ];
  const known = advertised.slice(0, mostKnown).flatMap((one) => history.commitOf(one) ?? []);
  const promised = config.flag(['remote', input.remote, 'promisor']) === true;
  const objects = objectsOf(store, history, commitsBeyond(history, oid, known), promised);
  let isSent = false;
  let passed = 0;
  async function* pack(): AsyncGenerator<Buffer> {
    isSent = false;
    for await (const part of packOf(store, objects)) {
      passed += part.length;
      progress('Sending objects', passed / (passed + 10 * 1024 ** 2));
      yield part;
    }
    isSent = true;
    sending.sent();
  }
  let report: PushReport;
  try {
    report = await server.push({ name, from: theirs, to: oid, shallow: [...shallow] }, pack);
  } catch (error) {
    if (isSent && error instanceof AppFailure && isUnknown(error.error))
      throw new AppFailure({ kind: 'push-unknown', host: sending.host, branch: input.to }, { cause: error });
    throw error;
  }
  if (report.result === 'refused') {
    const words = report.words.join('\n');
    const reason = pushRefusal({ reason: report.reason, words, lease: input.lease !== null });
    return { result: 'rejected', reason, detail: words || report.reason };
  }
  return { result: 'pushed', from: theirs, to: report.oid ?? oid };
}

/** Whether a failure leaves open what the server did: it neither refused nor answered. */
function isUnknown(error: AppError): boolean {
  switch (error.kind) {
    case 'transfer-incomplete':
    case 'unexpected-answer':
    case 'server-error':
      return true;
    case 'host-unreachable':
      return error.cause !== 'dns' && error.cause !== 'refused' && error.cause !== 'proxy';
    default:
      return false;
  }
}

/** Our ref that follows the server's moves with it, as git does; where it cannot, the next fetch moves it. */
function follow(
  refs: RefFiles,
  config: RepositoryConfig,
  remote: string,
  name: string,
  oid: string,
  bare: boolean,
): void {
  const { refspecs } = remoteSetup(config, remote, parseRefspec);
  for (const spec of refspecs) {
    if (spec.negative || spec.destination === null) continue;
    const to = spec.pattern
      ? destinationOf(spec, name)
      : spec.source === name
        ? localName(spec.destination)
        : null;
    if (to === null || refs.resolve(to).oid === oid) continue;
    try {
      changeRefs(refs, [{ name: to, to: oid }], refLogging(config, 'update by push', bare));
    } catch (error) {
      if (!(error instanceof AppFailure)) throw error;
    }
    return;
  }
}
