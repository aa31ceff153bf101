import path from 'node:path';
import type { AppError } from '../../../shared/errors';
import { type Make, type Row, unsupported, unsupportedAsTold } from './error-row';
import { pathsInTheWay } from './in-the-way';

type Unfinished = Extract<AppError, { kind: 'unfinished' }>['what'];

const unfinished =
  (what: Unfinished): Make =>
  () => ({ kind: 'unfinished', what });
const nothing =
  (what: 'commit' | 'abort'): Make =>
  () => ({ kind: 'nothing-to-do', what });
const busy: Make = ({ directory }, match) => ({
  kind: 'repository-busy',
  path: path.resolve(directory, match[1] ?? ''),
});
const inTheWay: Make = (_context, match) => ({ kind: 'would-overwrite', paths: pathsInTheWay(match.input) });
const noIdentity: Make = () => ({ kind: 'identity-missing' });
const mainline: Make = (_context, _match, detail) => ({
  kind: 'invalid-input',
  field: 'mainline',
  reason: detail.replace(/^error: /, ''),
});
const noPath: Make = (_context, match) => ({ kind: 'path-not-found', path: match[1] ?? '' });
const notReadable: Make = (_context, match, detail) => ({
  kind: 'directory-not-writable',
  path: match[1] ?? '',
  detail,
});

/** Of the index, the working tree and what is under way (lockfile.c, unpack-trees.c, sequencer.c, builtin/). */
export const workRows: readonly Row[] = [
  // Locks
  [/Unable to create '([^\n]+\.lock)': (?:File exists|The file exists)/i, busy],
  [
    /could not lock config file ([^\n]+): File exists/,
    ({ directory }, match) => ({
      kind: 'repository-busy',
      path: path.resolve(directory, `${match[1] ?? ''}.lock`),
    }),
  ],
  [
    /Another git process seems to be running in this repository/,
    ({ directory }) => ({
      kind: 'repository-busy',
      path: path.join(directory, '.git/index.lock'),
    }),
  ],
  // Files in the way
  // Left on the server by a partial clone, and nothing is fetched unasked (promisor-remote.c).
  [
    /could not fetch ([0-9a-f]{40,64}) from promisor remote/,
    (_context, match) => ({ kind: 'contents-missing', oid: match[1] ?? '' }),
  ],
  [/Your local changes to the following files would be overwritten by/, inTheWay],
  [/The following untracked working tree files would be (?:overwritten|removed) by/, inTheWay],
  [/Updating the following directories would lose untracked files in (?:them|it)/, inTheWay],
  [/Entry '[^\n]+' (?:would be overwritten by merge|not uptodate)\. Cannot merge/, inTheWay],
  [/Untracked working tree file '[^\n]+' would be (?:overwritten|removed) by merge/, inTheWay],
  [/Updating '[^\n]+' would lose untracked files in it/, inTheWay],
  [/already exists, no checkout$/m, inTheWay],
  [/your local changes would be overwritten by (?:cherry-pick|revert|merge)/, inTheWay],
  // Under way
  [/You have not concluded your merge \(MERGE_HEAD exists\)/, unfinished('merge')],
  [/You have not concluded your cherry-pick \(CHERRY_PICK_HEAD exists\)/, unfinished('cherry-pick')],
  [/(?:in the middle of|during) a merge(?: -- cannot amend|\.)/, unfinished('merge')],
  [/(?:in the middle of|during) a cherry-pick(?: -- cannot amend|\.)/, unfinished('cherry-pick')],
  [/(?:in the middle of|during) a rebase(?: -- cannot amend|\.)/, unfinished('rebase')],
  [/cannot switch branch while merging/, unfinished('merge')],
  [/cannot switch branch (?:while rebasing|in the middle of a rebase)/, unfinished('rebase')],
  [/cannot switch branch while cherry-picking/, unfinished('cherry-pick')],
  [/cannot switch branch while reverting/, unfinished('revert')],
  [
    /cannot switch branch (?:while|in the middle of) an? am session|in the middle of an am session/,
    unfinished('am'),
  ],
  [
    /a cherry-pick or revert is already in progress|cherry-pick is already in progress/,
    unfinished('cherry-pick'),
  ],
  [/revert is already in progress/, unfinished('revert')],
  [/there is already a rebase-(?:merge|apply) directory/, unfinished('rebase')],
  [/is not possible because you have unmerged files/, unfinished('conflicts')],
  [/Exiting because of (?:an unresolved conflict|unfinished merge)/, unfinished('conflicts')],
  [/need to resolve your current index first/i, unfinished('conflicts')],
  [/Cannot apply a stash in the middle of a merge/, unfinished('conflicts')],
  [/^[^\n]+: needs merge$/m, unfinished('conflicts')],
  [/path '[^\n]+' is unmerged/, unfinished('conflicts')],
  // Nothing there to do
  [/There is no merge to abort/, nothing('abort')],
  [/no cherry-pick or revert in progress|no (?:rebase|merge) in progress/i, nothing('abort')],
  [/nothing to commit|nothing added to commit|no changes added to commit/, nothing('commit')],
  [/doing so would make\s+it empty/, nothing('commit')],
  // Merging
  [
    /Not possible to fast-forward|Diverging branches can't be fast-forwarded/,
    () => ({ kind: 'not-fast-forward' }),
  ],
  [
    /refusing to merge unrelated histories/,
    unsupported('Merging these branches', 'They have no commit in common.'),
  ],
  [/is a merge but no -m option was given/, mainline],
  [/mainline was specified but commit|does not have parent \d+/, mainline],
  // Messages and who writes them
  [
    /Aborting commit due to empty commit message|no tag message\?/,
    () => ({
      kind: 'invalid-input',
      field: 'message',
      reason: 'The message is empty.',
    }),
  ],
  [/Please tell me who you are|(?:Author|Committer) identity unknown/, noIdentity],
  [/no (?:email|name) was given and auto-detection is disabled/, noIdentity],
  [/unable to auto-detect (?:email address|name)/, noIdentity],
  [/empty ident name \(for <[^\n]*>\) not allowed|name consists only of disallowed characters/, noIdentity],
  [
    /gpg failed to sign the data|failed to write commit object[^]*gpg|cannot run gpg/,
    unsupportedAsTold('Signing'),
  ],
  [/user\.signingkey needs to be (?:set|configured)|Load key "[^\n]*"/i, unsupportedAsTold('Signing')],
  // Paths
  [/pathspec '([^\n]*)' did not match any file/, noPath],
  [/no such path '?([^'\n]*?)'? in /, noPath],
  [/Cannot l?stat (?:path )?'([^\n]*)'/i, noPath],
  [/'([^\n]*)' is outside repository/, noPath],
  [
    /The following paths are ignored by one of your \.gitignore files/,
    unsupported('Staging this file', 'The rules of .gitignore leave it out.'),
  ],
  [
    /outside of your sparse-checkout definition/,
    unsupported('This file', 'It is outside the folders this working tree was limited to.'),
  ],
  [
    /'([^\n]*)' does not have a commit checked out/,
    unsupported('Staging this folder', 'It is a repository of its own, and has no commit yet.'),
  ],
  [/open\("([^\n]*)"\): Permission denied/, notReadable],
  [
    /unable to (?:unlink old|create file|create symlink|write file|index file) '?([^'\n]*?)'?(?::|$)/m,
    notReadable,
  ],
  [
    /(?:error|fatal): invalid path '([^\n]*)'/,
    (_context, match) => ({
      kind: 'unsupported',
      what: 'This file name',
      reason: `Git does not allow it here: ${match[1] ?? ''}`,
    }),
  ],
  // Contents
  [/(?:LF|CRLF) would be replaced by (?:CRLF|LF) in/, unsupportedAsTold('Staging this file')],
  [/failed to encode '[^\n]*' (?:from|to) /, unsupportedAsTold('The encoding of this file')],
  [
    /external filter '[^\n]*' failed|(?:clean|smudge) filter '[^\n]*' failed|required filter/,
    unsupportedAsTold('The filter of this file'),
  ],
  [
    /unable to write new[ _]index(?: file)?|could not write (?:new )?index/i,
    ({ directory }, _match, detail) => ({
      kind: 'directory-not-writable',
      path: directory,
      detail,
    }),
  ],
  [
    /Out of memory|mmap failed: Cannot allocate memory|cannot fork/i,
    unsupported('This', 'The computer does not have enough free memory.'),
  ],
  // Behind what the network says, which is the cause.
  [
    /clone of '[^\n]*' into submodule path '[^\n]*' failed|Failed to clone '[^\n]*'(?: a second time)?, aborting/,
    unsupportedAsTold('A submodule'),
  ],
  [
    /Object does not exist on the server|batch response:|Smudge error|Error downloading object/,
    unsupportedAsTold('A large file'),
  ],
];
