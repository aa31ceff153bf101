import { fail } from '../../../shared/errors';
import { bytesOf } from '../configuration';
import { branchRef } from '../ref-name';
import { type ConfigStep, editConfig, setting } from './config-edit';
import { withoutSection, withoutValues, withSectionRenamed } from './config-text';
import { isAncestor, openHistory } from './merge-bases';
import type { WorkJobs } from './work-messages';
import { renameRef } from './ref-rename';
import { changeRefs, setHead } from './refs-transaction';
import type { RepositoryConfig } from './repository-config';
import { commitNamed, refNamed } from './revision';
import { currentHead, inRepository, type Workplace } from './workplace';

type Input<Name extends keyof WorkJobs> = WorkJobs[Name]['in'];

const heads = 'refs/heads/';

export function createBranch({ directory, ...branch }: Input<'createBranch'>): Promise<void> {
  return inRepository(directory, (place) => {
    makeBranch(place, branch);
  });
}

/** Returns its commit. */
export function makeBranch(
  place: Workplace,
  { name, start, track }: { name: string; start: string; track: boolean },
): string {
  const { refs } = place;
  const ref = branchRef(name);
  if (refs.read(ref) !== null) fail({ kind: 'already-exists', name });
  const to = commitNamed(place, start);
  const followed = track
    ? (trackable(place, start) ?? fail({ kind: 'branch-not-found', branch: start }))
    : null;
  changeRefs(refs, [{ name: ref, to, from: null }], place.logging(`branch: Created from ${start}`));
  if (followed) editConfig(place.gitdir, upstreamSteps(name, followed));
  return to;
}

/** What a branch can have as its upstream: where its commits come from. */
interface Upstream {
  remote: string;
  merge: string;
}

/** Null: the name is no branch's, here or of a remote. */
function trackable({ refs, config }: Workplace, name: string): Upstream | null {
  const named = name === 'HEAD' || name === '@' ? refs.resolve('HEAD').name : refNamed(refs, name);
  const ref = named?.endsWith('/HEAD') ? refs.resolve(named).name : named;
  if (!ref) return null;
  if (ref.startsWith(heads)) return { remote: '.', merge: ref };
  return ref.startsWith('refs/remotes/') ? fetchedAs(config, ref) : null;
}

/** The remote whose fetches write this ref, and the name it has there. */
export function fetchedAs(config: RepositoryConfig, ref: string): Upstream | null {
  for (const { section, subsection, key, value } of config.entries) {
    if (section !== 'remote' || subsection === null || key !== 'fetch' || value === null) continue;
    const remote = Buffer.from(subsection, 'latin1').toString('utf8');
    const [from = '', to = ''] = value.replace(/^\+/, '').split(':');
    if (to === ref) return { remote, merge: from };
    const [before = '', after] = to.split('*');
    if (after === undefined || !ref.startsWith(before) || !ref.endsWith(after)) continue;
    return { remote, merge: from.replace('*', () => ref.slice(before.length, ref.length - after.length)) };
  }
  return null;
}

function upstreamSteps(branch: string, { remote, merge }: Upstream): ConfigStep[] {
  return [setting('branch', branch, 'remote', remote), setting('branch', branch, 'merge', merge)];
}

export function renameBranch({ directory, from, to }: Input<'renameBranch'>): Promise<void> {
  return inRepository(directory, (place) => {
    const { refs, gitdir } = place;
    const target = branchRef(to, 'to');
    const source = heads + from;
    const head = currentHead(place);
    const isUnborn = head.ref === source && head.oid === null;
    if (from.startsWith('-') || (!isUnborn && refs.read(source) === null))
      fail({ kind: 'branch-not-found', branch: from });
    if (from === to) return;
    if (refs.read(target) !== null) fail({ kind: 'already-exists', name: to });
    const logging = place.logging(`Branch: renamed ${source} to ${target}`);
    if (isUnborn) setHead(refs, { kind: 'branch', ref: target, to: null }, logging);
    else renameRef(refs, source, target, head.ref === source, logging);
    editConfig(gitdir, [
      (text, parsed) => withSectionRenamed(text, parsed, 'branch', bytesOf(from), bytesOf(to)),
    ]);
  });
}

/** Below it stands, by its own id, what would be lost otherwise: no branch shows it, and git keeps it. */
const kept = 'refs/polyforge/kept/';

export function keepCommit({ refs, logging }: Workplace, oid: string): void {
  if (refs.read(kept + oid) === null)
    changeRefs(refs, [{ name: kept + oid, to: oid }], logging('kept by Polyforge'));
}

export function deleteBranch({ directory, name, force }: Input<'deleteBranch'>): Promise<{ oid: string }> {
  return inRepository(directory, (place) => {
    const { refs, store, gitdir } = place;
    const ref = heads + name;
    const oid = name.startsWith('-') ? null : refs.resolve(ref).oid;
    if (oid === null) return fail({ kind: 'branch-not-found', branch: name });
    const head = currentHead(place);
    if (head.ref === ref)
      fail({
        kind: 'unsupported',
        what: 'Deleting this branch',
        reason: 'It is checked out. Switch to another branch first.',
      });
    const other = upstreamOid(place, name) ?? head.oid;
    if (other === null || !isAncestor(openHistory(store, gitdir), oid, other)) {
      if (!force) fail({ kind: 'not-merged', branch: name });
      keepCommit(place, oid);
    }
    changeRefs(refs, [{ name: ref, to: null, from: oid, itself: true }], place.logging(''));
    editConfig(gitdir, [(text, parsed) => withoutSection(text, parsed, 'branch', bytesOf(name))]);
    return { oid };
  });
}

/** Null: it has none, or it is not here. */
function upstreamOid({ refs, config }: Workplace, branch: string): string | null {
  const remote = config.get(['branch', branch, 'remote']);
  const merge = config.get(['branch', branch, 'merge']);
  if (remote === null || merge === null) return null;
  const ref = remote === '.' ? merge : storedAs(config, remote, merge);
  return ref === null ? null : refs.resolve(ref).oid;
}

/** Where fetches from a remote write one of its refs. */
function storedAs(config: RepositoryConfig, remote: string, ref: string): string | null {
  for (const refspec of config.all(['remote', remote, 'fetch'])) {
    const [from = '', to = ''] = refspec.replace(/^\+/, '').split(':');
    if (from === ref) return to;
    const [before = '', after] = from.split('*');
    if (after !== undefined && ref.startsWith(before) && ref.endsWith(after))
      return to.replace('*', () => ref.slice(before.length, ref.length - after.length));
  }
  return null;
}

export function setUpstream({ directory, name, upstream }: Input<'setUpstream'>): Promise<void> {
  return inRepository(directory, (place) => {
    const head = currentHead(place);
    if (name.startsWith('-') || (place.refs.read(heads + name) === null && head.ref !== heads + name))
      fail({ kind: 'branch-not-found', branch: name });
    if (upstream === null) {
      const subsection = bytesOf(name);
      editConfig(place.gitdir, [
        (text, parsed) =>
          withoutValues(
            text,
            parsed,
            (entry) =>
              entry.section === 'branch' &&
              entry.subsection === subsection &&
              (entry.key === 'remote' || entry.key === 'merge'),
          ),
      ]);
      return;
    }
    const ref = [`refs/remotes/${upstream}`, heads + upstream].find((one) => place.refs.read(one) !== null);
    const followed = ref === undefined || upstream.startsWith('-') ? null : trackable(place, ref);
    if (!followed) fail({ kind: 'branch-not-found', branch: upstream });
    editConfig(place.gitdir, upstreamSteps(name, followed));
  });
}
