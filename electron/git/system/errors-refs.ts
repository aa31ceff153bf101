import path from 'node:path';
import { type Make, type Row, unsupported } from './error-row';

const taken: Make = (_context, match) => ({ kind: 'already-exists', name: match[1] ?? '' });
const badName: Make = () => ({
  kind: 'invalid-input',
  field: 'name',
  reason: 'Git does not allow this name.',
});
const noBranch: Make = (_context, match) => ({ kind: 'branch-not-found', branch: match[1] ?? '' });
const noRevision: Make = (_context, match) => ({ kind: 'revision-not-found', name: match[1] ?? '' });

/** Of branches, tags, remotes, stashes and other names (refs/, branch.c, builtin/{branch,tag,remote,stash}.c). */
export const refRows: readonly Row[] = [
  // Taken
  [/a branch named '([^\n]+)' already exists/i, taken],
  [/tag '([^\n]+)' already exists/, taken],
  [/remote (\S+) already exists/, taken],
  [/cannot lock ref '[^\n]*': '(?:refs\/(?:heads|tags|remotes)\/)?([^\n]+)' exists; cannot create/, taken],
  [/cannot process '([^\n]*)' and '[^\n]*' at the same time/, taken],
  // Moved by another program in between
  [
    /cannot lock ref '([^\n]+)': (?:is at [0-9a-f]+ but expected|reference already exists|reference is missing but expected|unable to resolve reference)/,
    ({ directory }, match) => ({
      kind: 'repository-busy',
      path: path.join(directory, '.git', `${match[1] ?? ''}.lock`),
    }),
  ],
  // Names
  [/is not a valid (?:branch|tag|remote) name|'[^\n]*' is not a valid ref(?:name)?\b/i, badName],
  [/refusing to (?:create|update) ref with bad name/, badName],
  // Deleting, and where branches are checked out
  [
    /the branch '([^\n]+)' is not fully merged/i,
    (_context, match) => ({
      kind: 'not-merged',
      branch: match[1] ?? '',
    }),
  ],
  [
    /cannot delete branch '[^\n]+' (?:checked out at|used by worktree at)/i,
    unsupported('Deleting this branch', 'It is checked out. Switch to another branch first.'),
  ],
  [
    /'[^\n]+' is already (?:checked out|used by worktree) at '([^\n]+)'/,
    (_context, match) => ({
      kind: 'unsupported',
      what: 'This branch',
      reason: `It is checked out in another folder: ${match[1] ?? ''}`,
    }),
  ],
  // Not there
  [/(?:no branch named|invalid branch name:?|branch) '([^\n]+?)'(?: not found)?\.?$/im, noBranch],
  [/refname refs\/heads\/([^\n]+) not found/, noBranch],
  [/the requested upstream branch '([^\n]+)' does not exist/, noBranch],
  [/cannot set up tracking information; starting point '([^\n]+)' is not a branch/i, noBranch],
  [/starting point '([^\n]+)' is not a branch/i, noBranch],
  [/a branch is expected, got (?:\w+ )?(?:branch )?'([^\n]+)'/i, noBranch],
  [/No such remote:? '?([^'\n]+)'?/i, noRevision],
  [/tag '([^\n]+)' not found/, noRevision],
  [
    /log for '(?:refs\/)?stash' only has \d+ entries|No stash entries found/i,
    () => ({
      kind: 'revision-not-found',
      name: 'stash',
    }),
  ],
  [/(stash@\{\d+\}|\S+) is not a valid reference|'([^\n]+)' is not a stash-like commit/, noRevision],
  [/Failed to resolve '([^\n]+)' as a valid (?:ref|revision|tree|commit)/i, noRevision],
  [/(?:merge: )?(\S+) - not something we can merge/, noRevision],
  [/Could not parse object '([^\n]+)'/, noRevision],
  [/You do not have the initial commit yet/, () => ({ kind: 'revision-not-found', name: 'HEAD' })],
  [/no such commit '?([^'\n]+)'?|(\S+): no such ref/i, noRevision],
];
