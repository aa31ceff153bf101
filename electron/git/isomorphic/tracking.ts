import { historyOf } from './history';
import { commitsApart } from './commit-walk';
import type { Opened } from './opened';
import type { RepositoryConfig } from './repository-config';

/** The branch another one follows, git-branch(1) `--set-upstream-to`. */
export interface Upstream {
  /** In full: `refs/remotes/origin/main`. */
  ref: string;
  /** `origin/main` */
  short: string;
}

/** Null: it follows none, or none that is kept here. */
export function upstreamOf(config: RepositoryConfig, branch: string): Upstream | null {
  const remote = config.get(['branch', branch, 'remote']);
  const merge = config.get(['branch', branch, 'merge']);
  return remote === null || merge === null ? null : trackedRef(config, remote, merge);
}

/** Where a branch of a remote is kept; `.` is this repository itself. */
export function trackedRef(config: RepositoryConfig, remote: string, merge: string): Upstream | null {
  if (remote === '.') return named(merge);
  for (const refspec of config.all(['remote', remote, 'fetch'])) {
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
  if (oid === null || upstream === null) return { ahead: null, behind: null };
  try {
    const { one, two } = commitsApart(historyOf(opened), oid, upstream);
    return { ahead: one, behind: two };
  } catch {
    // A history that cannot be read to its end is counted by nobody.
    return { ahead: null, behind: null };
  }
}
