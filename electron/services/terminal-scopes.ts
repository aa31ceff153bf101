import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Account } from '../../shared/contract/accounts';
import type { TerminalHost, TerminalScope, TerminalScopeState } from '../../shared/contract/terminal-git';
import { AppFailure, fail } from '../../shared/errors';
import type { Engines } from '../git/choose';
import type { GitPlace, HelperEntry, PlannedText, UserGit } from '../git/engine';
import type { Storage } from '../storage/storage';
import { remoteUrls } from './identity';
import {
  accountHosts,
  changeOf,
  helperValue,
  recordName,
  type Standing,
  standings,
  takenBack,
  wantedFor,
} from './terminal-lines';

export interface TerminalScopeParts {
  storage: Pick<Storage, 'accounts' | 'repositories' | 'writtenConfiguration'>;
  engines: Pick<Engines, 'userGit' | 'forReading'>;
  dataDirectory: string;
  /** Absolute path of the program git starts. */
  launcher: string;
}

/** A scope's state, and what it rests on. */
export interface ScopeReading {
  state: TerminalScopeState;
  plans: PlannedText[];
  standing: Standing[];
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
const isFolder = (folder: string) =>
  stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** An address of the kind the account's repositories have on the host: settings may be made for one organization. */
function sampleOf(account: Account, origin: string): string {
  const base = new URL(account.url).origin === origin ? account.url.replace(/\/+$/, '') : origin;
  const name = account.organization || account.collection;
  return `${name === '' ? base : `${base}/${encodeURIComponent(name)}`}/project/repository`;
}

/** The repository's own addresses; none where it cannot be read. */
async function addressesIn({ engines }: TerminalScopeParts, directory: string): Promise<string[]> {
  const { remotes } = await (await engines.forReading(directory)).overview(directory);
  return remoteUrls(remotes).flatMap((url) => (url.protocol === 'ssh' ? [] : [url.href]));
}

type Winner = TerminalHost['winner'];

/** Asks git about each host, as things are and as they would be with our lines. */
async function hostsAt(
  git: UserGit,
  place: GitPlace,
  subject: {
    hosts: ReturnType<typeof accountHosts>;
    addresses: readonly string[];
    launcher: string;
    /** Lines of ours are to be written. */
    isPlanned: boolean;
  },
): Promise<TerminalHost[]> {
  const entries = await git.helpers(place);
  const ours = place.kind === 'repository' ? 'local' : 'global';
  const order: HelperEntry['scope'][] = ['system', 'global', 'local', 'worktree'];
  const upTo = entries.findLastIndex(({ scope }) => order.indexOf(scope) <= order.indexOf(ours)) + 1;
  const winnerOf = (asked: readonly HelperEntry[]): Winner => {
    const [first] = asked;
    if (!first) return 'nobody';
    return git.shownHelper(first.value).name === 'polyforge' ? 'polyforge' : 'other';
  };
  return Promise.all(
    subject.hosts.map(async ({ origin, accounts }): Promise<TerminalHost> => {
      const own = subject.addresses.filter((address) => new URL(address).origin === origin);
      const urls = own.length > 0 ? own : [...new Set(accounts.map((account) => sampleOf(account, origin)))];
      const key = `credential.${origin}.helper`;
      const line = (value: string): HelperEntry => ({ key, value, file: '', scope: ours });
      const then = [
        ...entries.slice(0, upTo),
        line(''),
        line(helperValue(subject.launcher)),
        ...entries.slice(upTo),
      ];
      const [now, later] = await Promise.all(
        (subject.isPlanned ? [entries, then] : [entries]).map((list) =>
          Promise.all(urls.map((url) => git.asked(list, url))),
        ),
      );
      // Where the addresses differ, the one that Polyforge does not answer for is what there is to know.
      const worst = (all: HelperEntry[][] | undefined) =>
        all?.find((asked) => winnerOf(asked) !== 'polyforge') ?? all?.[0] ?? [];
      return {
        origin,
        accountIds: accounts.map(({ id }) => id),
        helpers: worst(now).map(({ value, file }) => ({ ...git.shownHelper(value), source: file })),
        winner: winnerOf(worst(now)),
        after: winnerOf(worst(subject.isPlanned ? later : now)),
      };
    }),
  );
}

/** Where a repository is that the list does not know any more: by the file that was written. */
function nameOf(scope: TerminalScope, parts: TerminalScopeParts, standing: readonly Standing[]): string {
  if (scope.kind === 'all') return '';
  if (scope.kind === 'folder') return scope.folder;
  const file = standing[0]?.edit.file ?? '';
  return (
    parts.storage.repositories.find(scope.repositoryId)?.name ?? path.dirname(file).replace(/[\\/]\.git$/, '')
  );
}

async function obstacleTo(
  scope: TerminalScope,
  parts: TerminalScopeParts,
  git: UserGit | null,
): Promise<TerminalScopeState['obstacle']> {
  if (!git) return 'no-git';
  if (accountHosts(parts.storage.accounts.list()).length === 0) return 'no-accounts';
  if (scope.kind === 'folder' && !(await isFolder(scope.folder))) return 'folder-missing';
  return (await isThere(parts.launcher)) ? null : 'no-helper';
}

function stateOf(standing: readonly Standing[], isUpToDate: boolean): TerminalScopeState['state'] {
  if (standing.some(({ state }) => state === 'changed')) return 'changed';
  if (standing.every(({ state }) => state === 'absent')) return 'off';
  return isUpToDate && standing.every(({ state }) => state === 'stands') ? 'on' : 'partly';
}

/** Plans what is missing; `no-file`: there is no file to write. */
async function plansFor(
  scope: TerminalScope,
  parts: TerminalScopeParts,
  subject: { git: UserGit; origins: string[]; directory: string | null; standing: readonly Standing[] },
  isLast = false,
): Promise<PlannedText[] | 'no-file'> {
  const wanted = await wantedFor(scope, { ...parts, ...subject });
  const plans: PlannedText[] = [];
  for (const [index, { target, sections }] of wanted.entries()) {
    const stood = subject.standing[index];
    const earlier = stood?.state === 'stands' ? stood.edit : null;
    // Where they were written once they stay: the usual file may have become another one since.
    const place = earlier ? { kind: 'file' as const, file: earlier.file } : target;
    const plan = await subject.git.planSections(place, sections, earlier, isLast);
    if (plan === 'no-file') return plan;
    if (plan !== 'nothing') plans.push(plan);
  }
  return plans;
}

/** Reads a scope: what stands, who answers, and what could be written. Rejects `gone`, and what reading the repository rejects. */
export async function readScope(scope: TerminalScope, parts: TerminalScopeParts): Promise<ScopeReading> {
  const { storage, engines, launcher } = parts;
  const record = storage.writtenConfiguration.find(recordName(scope));
  const standing = await standings(record?.edits ?? []);
  const stored = scope.kind === 'repository' ? storage.repositories.find(scope.repositoryId) : undefined;
  if (scope.kind === 'repository' && !stored && !record) fail({ kind: 'gone', what: 'repository' });
  const directory = stored?.path ?? null;
  const git = engines.userGit();
  const hosts = accountHosts(storage.accounts.list());
  const origins = hosts.map(({ origin }) => origin);
  const left = standing.filter(({ state }) => state === 'stands');
  let obstacle = await obstacleTo(scope, parts, git);
  const isChanged = standing.some(({ state }) => state === 'changed');
  const isLost = scope.kind === 'repository' && directory === null;
  let plans: PlannedText[] = [];
  if (git && origins.length > 0 && !isChanged && !isLost) {
    const planned = await plansFor(scope, parts, { git, origins, directory, standing });
    if (planned === 'no-file') obstacle ??= 'no-file';
    else plans = planned;
  }
  const isUpToDate = plans.length === 0 && origins.length > 0;
  const place: GitPlace =
    directory !== null
      ? { kind: 'repository', directory }
      : scope.kind === 'folder'
        ? { kind: 'below', folder: scope.folder }
        : { kind: 'apart' };
  const addresses = directory === null ? [] : await addressesIn(parts, directory);
  const state = standing.length === 0 ? 'off' : stateOf(standing, isUpToDate);
  const askedWith = async (isPlanned: boolean) =>
    git && !isLost ? hostsAt(git, place, { hosts, addresses, launcher, isPlanned }) : [];
  let shown = await askedWith(plans.length > 0);
  if (git && state === 'on' && shown.some(({ winner }) => winner !== 'polyforge')) {
    // Something was written behind ours since: ours go behind it, where that helps.
    const later = await askedWith(true);
    const moved = await plansFor(scope, parts, { git, origins, directory, standing }, true);
    if (moved !== 'no-file' && moved.length > 0 && later.every(({ after }) => after === 'polyforge')) {
      plans = moved;
      shown = later;
    }
  }
  return {
    plans,
    standing,
    state: {
      scope,
      name: nameOf(scope, parts, standing),
      state,
      hosts: shown,
      enable: obstacle === null && plans.length > 0 ? plans.map((plan) => changeOf(plan, standing)) : null,
      disable: isChanged || left.length === 0 ? null : left.map(takenBack),
      written: isChanged ? standing.map(takenBack) : [],
      obstacle,
    },
  };
}

/** The same where a repository that cannot be read must not be in the way. Null: nothing is known of it. */
export async function listedScope(
  scope: TerminalScope,
  parts: TerminalScopeParts,
): Promise<TerminalScopeState | null> {
  try {
    return (await readScope(scope, parts)).state;
  } catch (error) {
    if (!(error instanceof AppFailure) || scope.kind !== 'repository') throw error;
    const edits = parts.storage.writtenConfiguration.find(recordName(scope))?.edits ?? [];
    const standing = await standings(edits);
    const left = standing.filter(({ state }) => state === 'stands');
    if (left.length === 0) return null;
    return { ...offState(scope, parts, standing), state: 'on', disable: left.map(takenBack) };
  }
}

/** Nothing of ours stands, and nothing is looked at. */
export function offState(
  scope: TerminalScope,
  parts: TerminalScopeParts,
  standing: readonly Standing[] = [],
): TerminalScopeState {
  return {
    scope,
    name: nameOf(scope, parts, standing),
    state: 'off',
    hosts: [],
    enable: null,
    disable: null,
    written: [],
    obstacle: null,
  };
}
