import { abort } from './abort';
import { createBranch, deleteBranch, renameBranch, setUpstream } from './branch';
import { checkCancelled } from './cancellation';
import { commit } from './commit';
import { configuration } from './configuration-value';
import { merge } from './merge';
import { cherryPick, revert } from './pick';
import type { ProgressReport } from './progress';
import { addRemote, removeRemote, setRemoteUrl } from './remotes';
import { reset } from './reset';
import { stage } from './stage';
import { stashApply, stashPush } from './stash';
import { stashDrop, stashes } from './stash-list';
import { switchTo } from './switch';
import { createTag, deleteTag, tags } from './tag';
import { unstage } from './unstage';
import type { WorkJobs } from './work-messages';

const writing =
  <Input, Output>(job: (input: Input, step: (part: number) => void) => Promise<Output>) =>
  (input: Input, { progress }: { progress: ProgressReport }): Promise<Output> =>
    job(input, (part) => {
      checkCancelled();
      progress('Checking out files', part);
    });

/** One row a job, for the worker's table. */
export const workJobs: {
  [Name in keyof WorkJobs]: (
    input: WorkJobs[Name]['in'],
    context: { progress: ProgressReport },
  ) => Promise<WorkJobs[Name]['out']>;
} = {
  createBranch,
  renameBranch,
  deleteBranch,
  setUpstream,
  tags,
  createTag,
  deleteTag,
  addRemote,
  setRemoteUrl,
  removeRemote,
  configuration,
  stage,
  unstage,
  commit,
  switchTo: writing(switchTo),
  merge: writing(merge),
  cherryPick: writing(cherryPick),
  revert: writing(revert),
  abort,
  reset: writing(reset),
  stashes,
  stashPush: writing(stashPush),
  stashApply: writing(stashApply),
  stashDrop,
};
