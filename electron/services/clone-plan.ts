import { type ClonePlan, type CloneSurvey, type TreeFolder } from '../../shared/contract/clone-plan';
import type { Progress } from '../../shared/contract/procedure';
import { type Ability, abilities } from '../../shared/engine-abilities';
import { AppFailure, fail } from '../../shared/errors';
import { requireRemoteUrl, type RemoteUrl } from '../../shared/remote-url';
import type { Sessions } from '../credentials/sessions';
import type { Engines } from '../git/choose';
import { attributesUseLfs, readGitmodules } from '../git/operations/gitmodules';
import type { TreeEntry } from '../providers/provider';
import type { ProviderRegistry } from '../providers/registry';
import { os } from './procedure';
import type { RemoteWork } from './remote-work';
import { fetchNeeded, needsOf, type NeedsParts } from './repository-needs';
import { bringMore, type ReachParts } from './reach';
import { produce } from './stream';
import { rateOf } from './transfer-rate';

/** Entries of one folder that are looked through: a folder of a hundred thousand files would be a thousand requests. */
const mostEntries = 10_000;
/** Addresses whose submodules are remembered as shown. */
const mostShown = 100;

/** What was shown of submodules, and what a plan may therefore ask for. */
export interface ClonePlans {
  show(url: RemoteUrl, origins: readonly string[]): void;
  /** Rejects `unsupported` where the engine in use cannot do what a plan asks, `invalid-input` where nobody was shown it. */
  check(plan: ClonePlan, url: RemoteUrl): void;
  /** Rejects `invalid-input` for origins nobody was shown for this address. */
  requireShown(origins: readonly string[], url: RemoteUrl): void;
}

/** Which ability each part of a plan needs. */
const needed: readonly (readonly [Ability, (plan: ClonePlan) => boolean])[] = [
  ['shallow', (plan) => plan.depth !== null],
  ['singleBranch', (plan) => plan.singleBranch],
  ['partial', (plan) => plan.filter !== null],
  ['sparse', (plan) => plan.sparse !== null],
  ['submodules', (plan) => plan.submodules !== null],
  ['lfs', (plan) => plan.lfs === true],
];

export function createClonePlans(engines: Pick<Engines, 'describe'>): ClonePlans {
  const shown = new Map<string, Set<string>>();
  const requireShown: ClonePlans['requireShown'] = (origins, url) => {
    if (origins.some((origin) => !shown.get(url.href)?.has(origin)))
      fail({ kind: 'invalid-input', field: 'plan', reason: 'submodules-not-shown' });
  };
  return {
    show(url, origins) {
      const known = shown.get(url.href) ?? new Set();
      for (const origin of origins) known.add(origin);
      shown.delete(url.href);
      shown.set(url.href, known);
      for (const oldest of shown.keys()) if (shown.size > mostShown) shown.delete(oldest);
    },
    check(plan, url) {
      const { engine } = engines.describe();
      for (const [ability, isAsked] of needed) {
        const can: true | string = abilities[ability][engine];
        if (isAsked(plan) && can !== true)
          fail({ kind: 'unsupported', what: abilities[ability].title, reason: can });
      }
      requireShown(plan.submodules ?? [], url);
    },
    requireShown,
  };
}

export interface ClonePlanParts extends ReachParts, NeedsParts {
  registry: Pick<ProviderRegistry, 'of'>;
  sessions: Sessions;
  engines: Pick<Engines, 'forReading' | 'forWriting'>;
  work: Pick<RemoteWork, 'exclusive'>;
}

export function clonePlanService(parts: ClonePlanParts) {
  const { registry, storage, sessions, plans, work } = parts;
  const never = new AbortController().signal;

  /** How the account's provider is asked about this address; null: it is not the account's. */
  const open = async (url: RemoteUrl, accountId: string, signal: AbortSignal) => {
    const account = storage.accounts.find(accountId) ?? fail({ kind: 'gone', what: 'account' });
    const repository = registry.of(account.kind).locate(account, url);
    if (!repository) return null;
    const { provider, session } = await sessions.open(account, { interactive: false, signal });
    return { contents: provider.contents, session, repository };
  };
  type Opened = NonNullable<Awaited<ReturnType<typeof open>>>;

  /** Page by page, until `mostEntries`. */
  async function* entriesOf({ contents, session, repository }: Opened, folder: TreeFolder) {
    let seen = 0;
    for await (const page of contents.folder(session, repository, folder)) {
      yield { page, cut: false };
      seen += page.length;
      if (seen < mostEntries) continue;
      yield { page: [], cut: true };
      return;
    }
  }

  /** The two files at the top that say what else there is to fetch. */
  const lookAtTop = async (opened: Opened, url: RemoteUrl, top: string) => {
    const found = new Map<string, TreeEntry>();
    for await (const { page } of entriesOf(opened, { path: '', id: top }))
      for (const entry of page)
        if (entry.kind === 'file' && (entry.path === '.gitmodules' || entry.path === '.gitattributes'))
          found.set(entry.path, entry);
    const read = async (name: string) => {
      const entry = found.get(name);
      return entry ? await opened.contents.file(opened.session, opened.repository, entry) : '';
    };
    const [attributes, modules] = await Promise.all([read('.gitattributes'), read('.gitmodules')]);
    const byOrigin = new Map<string | null, string[]>();
    for (const { path, url: from } of readGitmodules(modules, url) ?? []) {
      const origin = from?.origin ?? null;
      byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), path]);
    }
    return {
      largeFiles: attributesUseLfs(attributes),
      submodules: [...byOrigin].map(([origin, paths]) => ({ origin, paths })),
    };
  };

  const survey = async (
    url: RemoteUrl,
    accountId: string | null,
    branch: string | null,
    signal: AbortSignal,
  ): Promise<CloneSurvey> => {
    const told: CloneSurvey = {
      asked: false,
      sizeBytes: null,
      bytesPerSecond: rateOf(storage, url),
      largeFiles: null,
      submodules: null,
      top: null,
      error: null,
    };
    if (accountId === null) return told;
    try {
      const opened = await open(url, accountId, signal);
      if (!opened) return told;
      told.asked = true;
      const { sizeBytes, top } = await opened.contents.facts(opened.session, opened.repository, branch);
      told.sizeBytes = sizeBytes;
      if (top === null) return told;
      told.top = { path: '', id: top };
      Object.assign(told, await lookAtTop(opened, url, top));
      plans.show(
        url,
        (told.submodules ?? []).flatMap(({ origin }) => origin ?? []),
      );
    } catch (error) {
      // What is not known does not keep anybody from cloning.
      if (!(error instanceof AppFailure) || error.error.kind === 'cancelled') throw error;
      told.error = error.error;
    }
    return told;
  };

  return os.clonePlan.router({
    survey: os.clonePlan.survey.handler(({ input, signal }) =>
      survey(requireRemoteUrl(input.url), input.accountId, input.branch, signal ?? never),
    ),
    folders: os.clonePlan.folders.handler(async function* ({ input, signal }) {
      const url = requireRemoteUrl(input.url);
      const result = yield* produce<TreeFolder[], { cut: boolean }>(signal, async (emit, stop) => {
        const opened = input.accountId === null ? null : await open(url, input.accountId, stop);
        if (!opened) return fail({ kind: 'gone', what: 'account' });
        let isCut = false;
        for await (const { page, cut } of entriesOf(opened, input.folder)) {
          isCut ||= cut;
          const folders = page.filter(({ kind }) => kind === 'folder');
          if (folders.length > 0) emit(folders.map(({ path, id }) => ({ path, id })));
        }
        return { cut: isCut };
      });
      return result ?? fail({ kind: 'cancelled' });
    }),
    reach: os.clonePlan.reach.handler(async function* ({ input, signal }) {
      yield* produce<Progress>(signal, (emit, stop) =>
        work.exclusive(input.repositoryId, { signal: stop }, ({ signal: ends }) =>
          bringMore(parts, input, emit, ends),
        ),
      );
    }),
    needs: os.clonePlan.needs.handler(({ input }) => needsOf(parts, input.repositoryId)),
    fetchSubmodules: os.clonePlan.fetchSubmodules.handler(async function* ({ input, signal }) {
      yield* produce<Progress>(signal, (emit, stop) =>
        work.exclusive(input.repositoryId, { signal: stop }, ({ signal: ends }) =>
          fetchNeeded(parts, input, emit, ends),
        ),
      );
    }),
  });
}
