import { fail } from '../../../shared/errors';
import type { MergeOutcome } from '../operations/working-tree';
import { authorText, moveHead, refuseSigning } from './commit';
import { decoded, readCommit, subjectOf } from './commit-object';
import { inIndex, refuseConflicts, stagedPaths } from './index-change';
import { commitMerged } from './merge';
import { applyMerge, withConflicts } from './merge-apply';
import { mergeTrees } from './merge-trees';
import { committerOf, personLine, personOf } from './repository-config';
import { commitNamed, shortId } from './revision';
import { removeState, requireNothingUnderWay, writeState } from './under-way';
import type { WorkJobs } from './work-messages';
import { wouldOverwrite } from './working-tree-update';
import { currentHead } from './workplace';

type Request = WorkJobs['cherryPick']['in'];
type Step = (part: number) => void;

export function cherryPick(request: Request, step?: Step): Promise<MergeOutcome> {
  return pick('cherry-pick', request, step);
}

export function revert(request: Request, step?: Step): Promise<MergeOutcome> {
  return pick('revert', request, step);
}

/** Both are a merge whose base is on the other side of one commit: sequencer.c. */
function pick(
  command: 'cherry-pick' | 'revert',
  { directory, oid, mainline }: Request,
  step?: Step,
): Promise<MergeOutcome> {
  return inIndex(directory, (at) => {
    const { place, draft, rules } = at;
    const { store, gitdir } = place;
    requireNothingUnderWay(gitdir);
    refuseConflicts(draft);
    const id = commitNamed(place, oid);
    const commit = readCommit(store, id);
    const parent = parentOf(commit.parents, mainline);
    const parentTree = parent === null ? null : readCommit(store, parent).tree;
    const head = currentHead(place);
    const ours = head.oid === null ? null : readCommit(store, head.oid).tree;
    refuseSigning(place, 'configured');
    const committer = personLine(committerOf(place.config));
    const author =
      command === 'revert'
        ? personLine(personOf(place.config, 'author') ?? fail({ kind: 'identity-missing' }))
        : authorText(commit);
    const staged = stagedPaths(at, ours);
    if (staged.length > 0) wouldOverwrite(staged);

    const original = decoded(commit.message, commit.encoding);
    const subject = subjectOf(original);
    const label = `${shortId(store, id)} (${subject})`;
    const isRevert = command === 'revert';
    const trees = isRevert
      ? { base: commit.tree, ours, theirs: parentTree }
      : { base: parentTree, ours, theirs: commit.tree };
    const labels = { ours: 'HEAD', theirs: isRevert ? `parent of ${label}` : label };
    const merged = mergeTrees(store, trees, labels, (path) => rules.mergesDifferently(path));
    if (merged.paths.size === 0) return { kind: 'up-to-date' };
    const message = isRevert
      ? revertMessage(subject, id, commit.parents.length > 1 ? parent : null)
      : original;
    const conflicts = applyMerge(at, merged, step);
    if (conflicts.length > 0) {
      writeState(gitdir, 'MERGE_MSG', withConflicts(message, conflicts));
      writeState(gitdir, isRevert ? 'REVERT_HEAD' : 'CHERRY_PICK_HEAD', `${id}\n`);
      return { kind: 'conflicts', paths: conflicts };
    }
    const parents = head.oid === null ? [] : [head.oid];
    const made = commitMerged(at, { parents, author, committer, message });
    moveHead(place, head, made, `${command}: ${subjectOf(message)}`);
    removeState(gitdir);
    return { kind: 'merged', oid: made };
  });
}

/** Null: the commit is the first one. */
function parentOf(parents: readonly string[], mainline: number | null): string | null {
  const refuse = (reason: string) => fail({ kind: 'invalid-input', field: 'mainline', reason });
  if (mainline === null)
    return parents.length > 1
      ? refuse('The commit is a merge: choose one of its parents.')
      : (parents[0] ?? null);
  return parents[mainline - 1] ?? refuse('The commit has no such parent.');
}

function revertMessage(subject: string, oid: string, mainline: string | null): string {
  const reversing = mainline === null ? '' : `, reversing\nchanges made to ${mainline}`;
  return `Revert "${subject}"\n\nThis reverts commit ${oid}${reversing}.\n`;
}
