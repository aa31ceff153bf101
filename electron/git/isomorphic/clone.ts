import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { hostWithPort } from '../../../shared/remote-url';
import { checkOutTree, listTree } from './checkout-tree';
import { checkPlan } from './clone-plan';
import { keptRefs, refspecOf, type Start, startOf, wantedRefs } from './clone-refs';
import { type Ask, createGitHttp } from './http';
import type { Jobs } from './messages';
import { initRepository } from './new-repository';
import { openIncomingPack, type ResolveBeside } from './objects/incoming-pack';
import { inOrder, type ObjectStore, openObjectStore } from './objects/store';
import { type ProgressReport, serverProgress, transferred } from './progress';
import type { PackRequest } from './protocol/pack-request';
import { openUploadPack, type UploadPack } from './protocol/upload-pack';
import { listRemote } from './remote-branches';
import type { Cone } from './sparse-cone';
import { writeRefs } from './write-refs';

/** More than any server sends at once; what is in it is limited object by object. */
const packLimit = 2 ** 40;

/** Clones into an empty folder only this operation knows; cloneGuarded moves it to its place. */
export async function clone(
  input: Jobs['clone']['in'],
  ask: Ask,
  progress: ProgressReport,
  beside: ResolveBeside,
): Promise<null> {
  const { url, directory } = input;
  const plan = checkPlan(input.plan);
  const { filter, cone } = plan;
  const gitdir = path.join(directory, '.git');
  const http = createGitHttp({ url, route: input.route, ask });
  try {
    progress('Connecting');
    const server = await openUploadPack(http);
    const refs = await listRemote(server);
    const start = startOf(refs, input.branch);
    const isEmpty = refs.refs.length === 0;
    initRepository(directory, {
      url: url.href,
      branch: start.kind === 'detached' ? 'main' : start.branch,
      tracked: start.kind !== 'detached' && !isEmpty,
      refspec: refspecOf(start, plan),
      filter,
      cone,
    });
    if (isEmpty) return null;

    const wanted = wantedRefs(refs, start, plan);
    const tip = start.kind === 'unborn' ? null : start.oid;
    const wants = [...new Set([...(tip === null ? [] : [tip]), ...wanted.map(({ oid }) => oid)])];
    if (wants.length === 0) return null;
    const receiving: Receiving = { server, gitdir, host: hostWithPort(url), beside, progress };
    const shallow = await receive(receiving, {
      wants,
      deepen: plan.depth === null ? null : { commits: plan.depth, relative: false },
      filter,
      includeTag: plan.singleBranch,
    });
    if (shallow.length > 0) writeFileSync(path.join(gitdir, 'shallow'), `${shallow.toSorted().join('\n')}\n`);
    const store = openObjectStore(gitdir, inOrder);
    try {
      writeRefs(gitdir, keptRefs(refs, wanted, store), refs.head, start);
      if (tip !== null)
        await checkOut(receiving, store, { tip, start, directory, cone, isPartial: filter !== null });
    } finally {
      store.close();
    }
    return null;
  } finally {
    await http.close();
  }
}

interface Receiving {
  server: UploadPack;
  gitdir: string;
  host: string;
  beside: ResolveBeside;
  progress: ProgressReport;
}

/** One pack into the repository, proved whole. Returns the commits the history is cut at. */
async function receive(
  { server, gitdir, host, beside, progress }: Receiving,
  asked: Pick<PackRequest, 'wants' | 'deepen' | 'filter' | 'includeTag'> & { isPromised?: boolean },
): Promise<string[]> {
  const { isPromised, ...request } = asked;
  const started = Date.now();
  let bytes = 0;
  const incoming = openIncomingPack({
    gitdir,
    host,
    store: null,
    beside,
    progress: (phase, part) =>
      phase === 'receiving'
        ? progress('Receiving objects', part, transferred(bytes, Date.now() - started))
        : progress('Resolving deltas', part),
  });
  try {
    const answer = await server.fetch(
      { ...request, haves: [], done: true, shallow: [], thin: false, progress: true },
      {
        limit: packLimit,
        message: (line) => serverProgress(line, progress),
        data: (data) => {
          bytes += data.length;
          incoming.write(data);
        },
      },
    );
    await incoming.finish({
      tips: request.wants,
      checksum: answer.pack ?? fail({ kind: 'transfer-incomplete', host }),
      shallow: answer.shallow,
      promised: request.filter !== null ? 'contents' : isPromised ? 'everything' : 'nothing',
    });
    return answer.shallow;
  } finally {
    incoming.abandon();
  }
}

async function checkOut(
  receiving: Receiving,
  store: ObjectStore,
  what: { tip: string; start: Start; directory: string; cone: Cone | null; isPartial: boolean },
): Promise<void> {
  const { gitdir, progress } = receiving;
  if (store.header(what.tip)?.type !== 'commit')
    fail({ kind: 'git-failed', command: 'clone', exitCode: null, detail: 'HEAD does not resolve.' });
  const listing = listTree(store, what.tip, what.cone);
  if (what.isPartial) {
    const missing = listing.files.filter(
      ({ skipped, mode, oid }) => !skipped && mode !== 0o160000 && !store.has(oid),
    );
    const wants = [...new Set(missing.map(({ oid }) => oid))];
    if (wants.length > 0) {
      await receive(receiving, { wants, deepen: null, filter: null, includeTag: false, isPromised: true });
      store.refresh();
    }
  }
  progress('Checking out files');
  await checkOutTree(store, listing, { directory: what.directory, gitdir }, (part) =>
    progress('Checking out files', part),
  );
}
