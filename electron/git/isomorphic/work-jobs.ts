import { createBranch, deleteBranch, renameBranch, setUpstream } from './branch';
import { configuration } from './configuration-value';
import { addRemote, removeRemote, setRemoteUrl } from './remotes';
import { createTag, deleteTag, tags } from './tag';
import type { WorkJobs } from './work-messages';

/** One row a job, for the worker's table. */
export const workJobs: {
  [Name in keyof WorkJobs]: (input: WorkJobs[Name]['in']) => Promise<WorkJobs[Name]['out']>;
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
};
