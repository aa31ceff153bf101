import type { AppError } from '../../shared/errors';
import { shownPath } from '../../shared/git-path';
import type { Described, ErrorPlace } from './describe';

const kinds = [
  'revision-not-found',
  'already-exists',
  'not-merged',
  'identity-missing',
  'repository-busy',
  'would-overwrite',
  'unfinished',
  'nothing-to-do',
  'not-fast-forward',
  'repository-damaged',
  'push-unknown',
  'contents-missing',
] as const;
/** Failures of work in a repository: commits, branches, merges, pushes. */
export type WorkError = Extract<AppError, { kind: (typeof kinds)[number] }>;

const unfinished = {
  merge: 'A merge',
  rebase: 'A rebase',
  'cherry-pick': 'A cherry-pick',
  revert: 'A revert',
  am: 'Applying patches',
  conflicts: 'A conflict',
} as const;

function named(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).map(shownPath).join(', ');
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}

function isWorkError(error: AppError): error is WorkError {
  return (kinds as readonly string[]).includes(error.kind);
}

export function describeWork(error: AppError, place: ErrorPlace): Described | null {
  if (!isWorkError(error)) return null;
  const retry = place.retry ? ({ kind: 'retry', label: 'Try again' } as const) : undefined;
  switch (error.kind) {
    case 'revision-not-found':
      return {
        title: `“${error.name}” is not in this repository`,
        text: 'No branch, tag or commit has this name. Fetch first if it should be on the server.',
      };
    case 'already-exists':
      return { title: `“${error.name}” is there already`, text: 'Choose another name.', field: 'name' };
    case 'not-merged':
      return {
        title: `${error.branch} has commits that are nowhere else`,
        text: 'Merge or push them first, or delete the branch all the same.',
      };
    case 'identity-missing':
      return {
        title: 'Git does not know who commits',
        text: 'Set the name and e-mail address for this repository, then commit again.',
      };
    case 'contents-missing':
      return {
        title: 'Some contents are still on the server',
        text: 'This clone left contents on the server until they are needed. Connect to the network and try again to fetch them.',
        action: retry,
      };
    case 'repository-busy':
      return {
        title: 'Another program is working in this repository',
        text: `Wait until it is done, then try again. If none is running, one was interrupted and left ${shownPath(error.path)} behind.`,
        action: retry,
      };
    case 'would-overwrite':
      return {
        title: 'Unsaved changes are in the way',
        text: `${named(error.paths)} would be overwritten. Commit or stash your changes first; nothing was changed.`,
      };
    case 'unfinished':
      return {
        title: `${unfinished[error.what]} is not finished`,
        text: 'Finish it or take it back first.',
      };
    case 'nothing-to-do':
      return error.what === 'commit'
        ? { title: 'There is nothing to commit', text: 'Stage a change first.' }
        : { title: 'There is nothing to take back', text: 'No merge or similar is under way.' };
    case 'not-fast-forward':
      return {
        title: 'The branches went apart',
        text: 'Both have commits the other does not have. Merge them instead.',
      };
    case 'repository-damaged':
      return {
        title: 'The repository is damaged',
        text: `${shownPath(error.path)}: ${error.detail} Clone it again, or run “git fsck” in a terminal.`,
      };
    default:
      error.kind satisfies 'push-unknown';
      return {
        title: 'It is not known whether the push arrived',
        text: `The connection to ${error.host} ended before its answer about ${error.branch} came. Check before you push again.`,
      };
  }
}
