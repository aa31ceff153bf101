import { fail } from '../../../shared/errors';
import type { MergeOutcome } from '../operations/working-tree';
import { cleanMessage, readCommit, writeCommit } from './commit-object';
import { moveHead, refuseSigning } from './commit';
import { inIndex, refuseConflicts, stagedPaths } from './index-change';
import { applyMerge, withConflicts } from './merge-apply';
import { isAncestor, mergeBases, openHistory } from './merge-bases';
import { mergeTrees } from './merge-trees';
import { treeChanges } from './tree-walk';
import { committerOf, personLine } from './repository-config';
import { commitNamed, peeled, refNamed } from './revision';
import { writeOrigHead } from './orig-head';
import { writeTree } from './write-tree';
import { removeState, requireNothingUnderWay, writeState } from './under-way';
import type { WorkJobs } from './work-messages';
import { applyUpdate, planUpdate, type WorkingTreeAt, wouldOverwrite } from './working-tree-update';
import { type CurrentHead, currentHead, type Workplace } from './workplace';

type Request = WorkJobs['merge']['in'];
type Step = (part: number) => void;

/** git-merge(1) of one branch, tag or commit. */
export function merge(request: Request, step?: Step): Promise<MergeOutcome> {
  return inIndex(request.directory, (at) => {
    const { place, draft } = at;
    requireNothingUnderWay(place.gitdir);
    refuseConflicts(draft);
    const theirs = commitNamed(place, request.ref);
    const head = currentHead(place);
    if (head.oid === null) return takeFirst(at, head, theirs, request.ref, step);
    const ours = head.oid;
    const history = openHistory(place.store, place.gitdir);
    if (isAncestor(history, theirs, ours)) return { kind: 'up-to-date' };
    const isAhead = isAncestor(history, ours, theirs);
    if (isAhead && request.fastForward !== 'never') return fastForward(at, head, theirs, request.ref, step);
    if (request.fastForward === 'only') fail({ kind: 'not-fast-forward' });
    const bases = isAhead ? [ours] : mergeBases(history, ours, theirs);
    return mergeCommits(at, { head, ours, theirs, bases }, request, step);
  });
}

/** The branch has no commit yet: it gets theirs. */
function takeFirst(at: WorkingTreeAt, head: CurrentHead, to: string, ref: string, step?: Step): MergeOutcome {
  const tree = readCommit(at.place.store, to).tree;
  if (stagedPaths(at, null).length > 0) wouldOverwrite(stagedPaths(at, null));
  applyUpdate(at, planUpdate(at, treeChanges(at.place.store, null, tree, true).values()), step);
  moveHead(at.place, head, to, `initial pull of ${ref}`);
  return { kind: 'fast-forward', oid: to };
}

function fastForward(
  at: WorkingTreeAt,
  head: CurrentHead,
  to: string,
  ref: string,
  step?: Step,
): MergeOutcome {
  const { place } = at;
  const { store } = place;
  const from = head.oid === null ? null : readCommit(store, head.oid).tree;
  const changes = treeChanges(store, from, readCommit(store, to).tree, true);
  applyUpdate(at, planUpdate(at, changes.values()), step);
  if (head.oid !== null) writeOrigHead(place, head.oid);
  moveHead(place, head, to, `merge ${ref}: Fast-forward`);
  return { kind: 'fast-forward', oid: to };
}

function mergeCommits(
  at: WorkingTreeAt,
  { head, ours, theirs, bases }: { head: CurrentHead; ours: string; theirs: string; bases: string[] },
  { ref, message, fastForward }: Request,
  step?: Step,
): MergeOutcome {
  const { place, rules } = at;
  const { store } = place;
  refuseSigning(place, 'configured');
  const committer = committerOf(place.config);
  const [base, another] = bases;
  if (base === undefined)
    return fail({
      kind: 'unsupported',
      what: 'Merging these branches',
      reason: 'They have no commit in common.',
    });
  if (another !== undefined)
    fail({
      kind: 'unsupported',
      what: 'Merging these branches',
      reason: 'They were merged with each other several times in different ways. Install git to merge them.',
    });
  const trees = {
    base: readCommit(store, base).tree,
    ours: readCommit(store, ours).tree,
    theirs: readCommit(store, theirs).tree,
  };
  const staged = stagedPaths(at, trees.ours);
  if (staged.length > 0) wouldOverwrite(staged);
  const merged = mergeTrees(store, trees, { ours: 'HEAD', theirs: ref }, (path) =>
    rules.mergesDifferently(path),
  );
  const text = message === null ? mergeMessage(place, head, ref, theirs) : cleanMessage(message);
  const conflicts = applyMerge(at, merged, step);
  writeOrigHead(place, ours);
  if (conflicts.length > 0) {
    writeState(place.gitdir, 'MERGE_MSG', withConflicts(text, conflicts));
    writeState(place.gitdir, 'MERGE_MODE', fastForward === 'never' ? 'no-ff' : '');
    // Last: it makes a merge of it all.
    writeState(place.gitdir, 'MERGE_HEAD', `${theirs}\n`);
    return { kind: 'conflicts', paths: conflicts };
  }
  const person = personLine(committer);
  const oid = commitMerged(at, { parents: [ours, theirs], author: person, committer: person, message: text });
  moveHead(place, head, oid, `merge ${ref}: Merge made by the 'ort' strategy.`);
  removeState(place.gitdir);
  return { kind: 'merged', oid };
}

/** A commit of the index as a clean merge left it. */
export function commitMerged(
  { place, draft }: WorkingTreeAt,
  commit: { parents: string[]; author: string; committer: string; message: string },
): string {
  return writeCommit(place.store, { ...commit, tree: writeTree(place.store, draft) });
}

/** git's own words: fmt-merge-msg. */
function mergeMessage({ refs, store }: Workplace, head: CurrentHead, ref: string, oid: string): string {
  const full = refNamed(refs, ref);
  const what =
    full === null || full === 'HEAD'
      ? `commit '${ref}'`
      : full.startsWith('refs/heads/')
        ? `branch '${full.slice(11)}'`
        : full.startsWith('refs/tags/')
          ? `tag '${full.slice(10)}'`
          : full.startsWith('refs/remotes/')
            ? `remote-tracking branch '${full.slice(13)}'`
            : `commit '${ref}'`;
  const branch = head.ref?.replace(/^refs\/heads\//, '') ?? 'HEAD';
  const into = branch === 'main' || branch === 'master' ? '' : ` into ${branch}`;
  const note = full?.startsWith('refs/tags/') ? tagNote(store, refs.resolve(full).oid ?? oid) : '';
  return `Merge ${what}${into}\n${note}`;
}

/** What an annotated tag says becomes part of the message. */
function tagNote(store: Workplace['store'], oid: string): string {
  if (peeled(store, oid).oid === oid) return '';
  const text = store.read(oid).data.toString('utf8');
  const body = text.slice(text.indexOf('\n\n') + 2).split(/^-----BEGIN /m)[0] ?? '';
  return body.trim() === '' ? '' : `\n${body.trimEnd()}\n`;
}
