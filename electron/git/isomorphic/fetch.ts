import { fail } from '../../../shared/errors';
import { bytesOf } from '../configuration';
import { type History, openHistory } from './commit-links';
import { type ConfigStep, editConfig, setting } from './config-edit';
import { type ConfigEntry, withoutValues } from './config-text';
import { type Ground, missingCommit, missingOf } from './connected';
import {
  type FetchedRef,
  followedTags,
  followsTags,
  mapRefs,
  type RemoteSetup,
  remoteSetup,
  requireRemote,
  staleRefs,
} from './fetch-map';
import { pruneRefs, refUpdates, requireNotCurrent, updateRefs } from './fetch-refs';
import { type Ask, createGitHttp } from './http';
import type { Jobs } from './messages';
import { createNegotiator, negotiate } from './negotiation';
import { openIncomingPack, type ResolveBeside } from './objects/incoming-pack';
import { type ObjectStore, openObjectStore } from './objects/store';
import { type ProgressReport, serverProgress, transferred } from './progress';
import { allCommits, type PackRequest } from './protocol/pack-request';
import type { RemoteListing } from './protocol/remote-refs';
import { openUploadPack, packLimit, type UploadPack } from './protocol/upload-pack';
import { openRefFiles, type RefFiles } from './refs-files';
import { parseRefspec, prefixesOf } from './refspec';
import { openRepository } from './repository';
import { readRepositoryConfig, refLogging } from './repository-config';
import { readShallow, writeShallow } from './shallow-file';

/** Of ours that are looked into before a server is asked: the newest ones say it all. */
const mostTips = 2000;

interface Work {
  gitdir: string;
  /** Of what is written before it is proved. */
  id: string;
  refs: RefFiles;
  store: ObjectStore;
  setup: RemoteSetup;
  shallow: ReadonlySet<string>;
  progress: ProgressReport;
  beside: ResolveBeside;
  host: string;
}

interface FetchContext {
  ask: Ask;
  progress: ProgressReport;
  /** Called before refs move. */
  settling: () => void;
  beside: ResolveBeside;
}

/** What `git fetch <remote>` does, from one address. Refs move last, when all they need is proved to be here. */
export async function fetch(
  input: Jobs['fetch']['in'],
  { ask, progress, settling, beside }: FetchContext,
): Promise<Jobs['fetch']['out']> {
  const { gitdir, bare } = await openRepository(input.directory);
  const config = readRepositoryConfig(gitdir);
  requireRemote(config, input.remote);
  requireReach(input.reach);
  const refs = openRefFiles(gitdir);
  const everything = input.reach?.kind === 'all-branches' ? allBranches(input.remote) : null;
  const configured = remoteSetup(config, input.remote, parseRefspec);
  const wider = everything === null ? null : parseRefspec(everything);
  const setup = wider === null ? configured : { ...configured, refspecs: [wider] };
  const store = openObjectStore(gitdir);
  const http = createGitHttp({ url: input.url, route: input.route, ask });
  try {
    progress('Connecting');
    const server = await openUploadPack(http);
    const tagPrefix = setup.tags === 'none' ? [] : ['refs/tags/'];
    const prefixes = [...setup.refspecs.flatMap(prefixesOf), ...tagPrefix];
    const listing = await server.list([...new Set(prefixes)]);
    const mapped = mapRefs(setup, listing);
    requireNotCurrent(refs, bare, mapped);
    const shallow = readShallow(gitdir);
    const work: Work = {
      gitdir,
      id: input.id,
      refs,
      store,
      setup,
      shallow,
      progress,
      beside,
      host: http.host,
    };
    const { fetched, history } = await bring(work, server, listing, mapped, input.reach);
    settling();
    if (everything !== null) editConfig(gitdir, refspecOnly(input.remote, everything));
    const logging = (action: string) => refLogging(config, `fetch ${input.remote}: ${action}`, bare);
    const made = input.prune
      ? pruneRefs(refs, staleRefs(setup, mapped, refs.list('refs/')), logging('prune'))
      : [];
    made.push(...updateRefs(refs, fetched, history, logging));
    return { updated: refUpdates(made) };
  } finally {
    store.close();
    await http.close();
  }
}

function requireReach(reach: Jobs['fetch']['in']['reach']): void {
  if (reach?.kind === 'deepen' && (!Number.isSafeInteger(reach.by) || reach.by < 1))
    fail({ kind: 'invalid-input', field: 'by', reason: 'The number of commits is at least 1.' });
}

/** One refspec in the place of all there are. */
function refspecOnly(remote: string, refspec: string): ConfigStep[] {
  const isOld = (one: ConfigEntry) =>
    one.section === 'remote' && one.subsection === bytesOf(remote) && one.key === 'fetch';
  return [
    // The last one keeps its place.
    (text, parsed) => {
      const last = parsed.entries.findLast(isOld);
      return withoutValues(text, parsed, (one) => isOld(one) && one !== last);
    },
    setting('remote', remote, 'fetch', refspec),
  ];
}

/** As git-remote(1) writes it. */
const allBranches = (remote: string) => `+refs/heads/*:refs/remotes/${remote}/*`;

/** Fetches what is missing, proves it, and moves the cuts of the history. */
async function bring(
  work: Work,
  server: UploadPack,
  listing: RemoteListing,
  mapped: readonly FetchedRef[],
  reach: Jobs['fetch']['in']['reach'],
): Promise<{ fetched: FetchedRef[]; history: History }> {
  const { refs, store, setup, shallow } = work;
  const isTagHere = (name: string) => refs.read(name) !== null;
  const withTags = (refsSoFar: readonly FetchedRef[]): FetchedRef[] =>
    followsTags(setup)
      ? [...refsSoFar, ...followedTags(listing, refsSoFar, isTagHere, (oid) => store.has(oid))]
      : [...refsSoFar];
  let fetched = withTags(mapped);
  const deepen =
    shallow.size === 0 || reach === null || reach.kind === 'all-branches'
      ? null
      : reach.kind === 'unshallow'
        ? { commits: allCommits, relative: false }
        : { commits: reach.by, relative: true };
  let cut = await complete(work, server, fetched, shallow, deepen);
  // Tags of commits that came along and whose own objects did not.
  const again = withTags(fetched);
  if (again.length > fetched.length) {
    fetched = again;
    cut = await complete(work, server, fetched, cut, null);
  }
  return { fetched, history: openHistory(store, cut) };
}

/** Makes everything the refs need be here. Returns the commits whose parents are not. */
async function complete(
  { gitdir, id, refs, store, setup, progress, beside, host }: Work,
  server: UploadPack,
  fetched: readonly FetchedRef[],
  cutBefore: ReadonlySet<string>,
  deepen: PackRequest['deepen'],
): Promise<ReadonlySet<string>> {
  const promised = setup.promised !== null;
  const tips = [...new Set(fetched.map(({ oid }) => oid))];
  const ours = ourTips(refs, openHistory(store, cutBefore), fetched);
  const ground = { store, ours: ours.commits, cutBefore, promised };
  const wants = deepen === null ? wanted({ ...ground, cut: cutBefore }, tips, ours.all) : tips;
  if (wants.length === 0) return cutBefore;

  const filter = server.offers.filter ? (setup.promised?.filter ?? null) : null;
  const pack = openIncomingPack({ gitdir, host, store, beside, id, progress: reading(progress) });
  const started = Date.now();
  let bytes = 0;
  const cut = new Set(cutBefore);
  try {
    const told = new Set(tips);
    const shared = ours.commits.filter((oid) => told.has(oid));
    const negotiator = createNegotiator(openHistory(store, cutBefore), ours.commits, shared);
    let checksum = '';
    await negotiate(negotiator, server.inRounds, async (haves, done) => {
      const request = {
        wants,
        haves,
        done,
        shallow: [...cutBefore],
        deepen,
        filter,
        includeTag: followsTags(setup),
        thin: true,
        progress: true,
      };
      const answer = await server.fetch(request, {
        limit: packLimit,
        message: (line) => serverProgress(line, progress),
        data: (data) => {
          bytes += data.length;
          const part = bytes / (bytes + 10 * 1024 ** 2);
          progress('Receiving objects', part, transferred(bytes, Date.now() - started));
          pack.write(data);
        },
      });
      if (answer.pack !== null) {
        checksum = answer.pack;
        for (const oid of answer.unshallow) cut.delete(oid);
        if (deepen !== null) for (const oid of answer.shallow) cut.add(oid);
      }
      return answer;
    });
    const kept = filter?.startsWith('blob:') ? 'contents' : 'everything';
    await pack.finish({ tips, checksum, shallow: [...cut], promised: promised ? kept : 'nothing' });
  } finally {
    pack.abandon();
  }
  progress('Checking connectivity');
  // What was here before counts only where our refs lead to it.
  const missing = missingCommit({ ...ground, cut }, tips);
  if (missing !== null) fail({ kind: 'transfer-incomplete', host, detail: 'a commit is missing' });
  writeShallow(gitdir, cutBefore, cut);
  return cut;
}

const reading = (progress: ProgressReport) => (phase: 'receiving' | 'resolving', part: number) => {
  if (phase === 'resolving') progress('Resolving deltas', part);
};

/** Those of the tips that are not here with all they need. */
function wanted(ground: Ground, tips: readonly string[], ours: ReadonlySet<string>): string[] {
  const strangers = tips.filter((oid) => !ours.has(oid));
  const here = strangers.filter((oid) => ground.store.has(oid));
  // An object without a ref may lack what it leads to: then the server is asked for it like for the others.
  const whole = here.length > 0 && missingOf(ground, here) === null;
  return whole ? strangers.filter((oid) => !here.includes(oid)) : strangers;
}

/** Commits our refs name, those first that what is fetched replaces. */
function ourTips(
  refs: RefFiles,
  history: History,
  fetched: readonly FetchedRef[],
): { all: ReadonlySet<string>; commits: string[] } {
  const listed = refs.list('refs/');
  const replaced = new Set(fetched.map(({ to }) => to));
  const rank = (name: string) =>
    replaced.has(name) && !name.startsWith('refs/tags/') ? 0 : name.startsWith('refs/tags/') ? 2 : 1;
  const all = new Set(listed.map(({ oid }) => oid));
  const head = refs.resolve('HEAD').oid;
  const ordered = [
    ...(head === null ? [] : [head]),
    ...listed.sort((a, b) => rank(a.name) - rank(b.name)).map(({ oid }) => oid),
  ];
  const commits = [...new Set(ordered)].slice(0, mostTips).flatMap((oid) => history.commitOf(oid) ?? []);
  return { all, commits: [...new Set(commits)] };
}
