import { fail } from '../../../shared/errors';
import {
  cleanMessage,
  type CommitObject,
  decoded,
  readCommit,
  signedOff,
  subjectOf,
  writeCommit,
} from './commit-object';
import type { IndexDraft } from './index-draft';
import { inIndex, refuseConflicts } from './index-change';
import type { Jobs } from './messages';
import { changeRefs } from './refs-transaction';
import { committerOf, personLine, personOf } from './repository-config';
import { removeState, stateLines, underWay } from './under-way';
import { type CurrentHead, currentHead, type Workplace } from './workplace';
import { isEmptyTree, writeTree } from './write-tree';

export function commit(input: Jobs['commit']['in']): Promise<string> {
  return inIndex(input.directory, ({ place, draft }) => {
    refuseSigning(place, input.sign);
    const text = cleanMessage(input.message);
    if (text === '') fail({ kind: 'invalid-input', field: 'message', reason: 'The message is empty.' });
    refuseConflicts(draft);
    const committer = committerOf(place.config);
    return commitIndex(place, draft, {
      ...input,
      message: input.signOff ? signedOff(text, committer) : text,
    });
  });
}

/** Signing needs gpg or ssh-keygen, and a commit that should be signed is not made without. */
export function refuseSigning({ config }: Workplace, sign: 'configured' | 'yes' | 'no'): void {
  if (sign === 'yes' || (sign === 'configured' && config.flag(['commit', null, 'gpgsign']) === true))
    fail({
      kind: 'unsupported',
      what: 'signing',
      reason: 'The built-in engine cannot sign commits. Install git, or commit without a signature.',
    });
}

function commitIndex(
  place: Workplace,
  draft: IndexDraft,
  { message, amend, allowEmpty }: { message: string; amend: boolean; allowEmpty: boolean },
): string {
  const { store, config, gitdir } = place;
  const head = currentHead(place);
  const merged = stateLines(gitdir, 'MERGE_HEAD');
  const picked = stateLines(gitdir, 'CHERRY_PICK_HEAD')[0];
  const state = underWay(gitdir);
  if (amend && (state === 'merge' || state === 'cherry-pick')) fail({ kind: 'unfinished', what: state });
  const before = head.oid === null ? null : readCommit(store, head.oid);
  if (amend && before === null) fail({ kind: 'revision-not-found', name: 'HEAD' });
  const parents = amend ? (before?.parents ?? []) : [...(head.oid === null ? [] : [head.oid]), ...merged];
  const tree = writeTree(store, draft);
  const [first] = parents;
  const parentTree = first === undefined ? null : readCommit(store, first).tree;
  const changesNothing = parentTree === null ? isEmptyTree(tree) : tree === parentTree;
  if (!allowEmpty && changesNothing && parents.length < 2) fail({ kind: 'nothing-to-do', what: 'commit' });
  const kept = amend ? before : picked === undefined ? null : readCommit(store, picked);
  const oid = writeCommit(store, {
    tree,
    parents,
    author: kept
      ? authorText(kept)
      : personLine(personOf(config, 'author') ?? fail({ kind: 'identity-missing' })),
    committer: personLine(committerOf(place.config)),
    message,
  });
  const how = amend
    ? 'commit (amend)'
    : head.oid === null
      ? 'commit (initial)'
      : merged.length > 0
        ? 'commit (merge)'
        : picked === undefined
          ? 'commit'
          : 'commit (cherry-pick)';
  moveHead(place, head, oid, `${how}: ${subjectOf(message)}`);
  removeState(gitdir);
  return oid;
}

/** The author of a commit as text, from whatever encoding it says it is in. */
export function authorText({ author, encoding }: CommitObject): string {
  return decoded(author, encoding);
}

/** Moves HEAD's branch, or HEAD where it is detached, from what it was read as; another's commit in between rejects `repository-busy`. */
export function moveHead({ refs, logging }: Workplace, head: CurrentHead, to: string, message: string): void {
  changeRefs(refs, [{ name: 'HEAD', to, from: head.oid }], logging(message));
}
