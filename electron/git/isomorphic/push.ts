import type { PushResult } from '../../../shared/contract/remotes';
import { type AppError, AppFailure, fail } from '../../../shared/errors';
import { type History, openHistory } from './commit-links';
import { remoteSetup, requireRemote } from './fetch-map';
import { type Ask, createGitHttp } from './http';
import type { Jobs } from './messages';
import { commitsBeyond, objectsOf, packOf } from './new-objects';
import { type ObjectStore, openObjectStore } from './objects/store';
import type { ProgressReport } from './progress';
import type { PushReport } from './protocol/push-answer';
import { openReceivePack, type ReceivePack } from './protocol/receive-pack';
import { pushRefusal } from '../operations/push-refusal';
import { branchRef } from '../ref-name';
import { openRefFiles, type RefFiles } from './refs-files';
import { changeRefs } from './refs-transaction';
import { destinationOf, localName, parseRefspec } from './refspec';
import { replaceValues } from './replace-values';
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
): Promise<Jobs['push']['out']> {
  const { gitdir, bare } = await openRepository(input.directory);
  const config = readRepositoryConfig(gitdir);
  requireRemote(config, input.remote);
  const refs = openRefFiles(gitdir);
  const store = openObjectStore(gitdir);
  const http = createGitHttp({ url: input.url, route: input.route, ask });
  try {
    const name = branchRef(input.to, 'to');
    const oid =
      refs.resolve(branchRef(input.branch, 'branch')).oid ??
      fail({ kind: 'branch-not-found', branch: input.branch });
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
    });
    if (result.result !== 'rejected') {
      const to = result.result === 'pushed' ? result.to : oid;
      follow(refs, config, input.remote, name, to, bare);
      if (input.setUpstream)
        await replaceValues(gitdir, [
          [['branch', input.branch, 'remote'], input.remote],
          [['branch', input.branch, 'merge'], name],
        ]);
    }
    return result;
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
  let sent = false;
  let passed = 0;
  async function* pack(): AsyncGenerator<Buffer> {
    sent = false;
    for await (const part of packOf(store, objects)) {
      passed += part.length;
      progress('Receiving objects', passed / (passed + 10 * 1024 ** 2));
      yield part;
    }
    sent = true;
  }
  let report: PushReport;
  try {
    report = await server.push({ name, from: theirs, to: oid, shallow: [...shallow] }, pack);
  } catch (error) {
    if (sent && error instanceof AppFailure && isUnknown(error.error))
      throw new AppFailure({ kind: 'push-unknown', host: sending.host, branch: input.to }, { cause: error });
    throw error;
  }
  if (report.result === 'refused') {
    const words = report.words.join('\n');
    const lease = input.lease !== null;
    const detail = [...report.words, report.reason].filter((text) => text !== '').join('\n');
    return { result: 'rejected', reason: pushRefusal({ reason: report.reason, words, lease }), detail };
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
