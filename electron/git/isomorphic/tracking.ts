import { historyOf } from './history';
import { commitsApart } from './commit-walk';
import type { Opened } from './opened';
import { type RepositoryConfig, textOf } from './repository-config';

/** The branch another one follows, git-branch(1) `--set-upstream-to`. */
export interface Upstream {
  /** In full: `refs/remotes/origin/main`. */
  ref: string;
  /** `origin/main` */
  short: string;
}

/** What each branch follows; null: nothing, or nothing that is kept here. The configuration is gone through once. */
export function upstreams(config: RepositoryConfig): (branch: string) => Upstream | null {
  const rows = new Map<string, { remote?: string; merge?: string }>();
  const refspecs = new Map<string, string[]>();
  for (const { section, subsection, key, value } of config.entries) {
    if (subsection === null || value === null) continue;
    const name = textOf(subsection);
    if (section === 'branch' && (key === 'remote' || key === 'merge'))
      rows.set(name, { ...rows.get(name), [key]: textOf(value) });
    else if (section === 'remote' && key === 'fetch')
      refspecs.set(name, [...(refspecs.get(name) ?? []), textOf(value)]);
  }
  return (branch) => {
    const { remote, merge } = rows.get(branch) ?? {};
    if (remote === undefined || merge === undefined) return null;
    return remote === '.' ? named(merge) : tracked(refspecs.get(remote) ?? [], merge);
  };
}

/** Where a branch of a remote is kept. */
function tracked(refspecs: readonly string[], merge: string): Upstream | null {
  for (const refspec of refspecs) {
    const [from = '', to = ''] = refspec.replace(/^\+/, '').split(':');
    if (to === '' || from.startsWith('^')) continue;
    const star = from.indexOf('*');
    if (star < 0) {
      if (from === merge) return named(to);
      continue;
    }
    const head = from.slice(0, star);
    const tail = from.slice(star + 1);
    if (merge.length >= head.length + tail.length && merge.startsWith(head) && merge.endsWith(tail))
      return named(to.replace('*', () => merge.slice(head.length, merge.length - tail.length)));
  }
  return null;
}

const named = (ref: string): Upstream => ({ ref, short: ref.replace(/^refs\/(?:heads|remotes)\//, '') });

/** Null each where one of the two is not there. */
export function trackingCounts(
  opened: Opened,
  oid: string | null,
  upstream: string | null,
): { ahead: number | null; behind: number | null } {
  if (oid !== null && oid === upstream) return { ahead: 0, behind: 0 };
  if (oid === null || upstream === null) return { ahead: null, behind: null };
  try {
    const { one, two } = commitsApart(historyOf(opened), oid, upstream);
    return { ahead: one, behind: two };
  } catch {
    // A history that cannot be read to its end is counted by nobody.
    return { ahead: null, behind: null };
  }
}
