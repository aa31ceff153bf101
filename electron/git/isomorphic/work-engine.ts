import type { Running } from '../engine';
import type { Refs } from '../operations/refs';
import type { WorkingTree } from '../operations/working-tree';
import { branchRef, requireRemoteName, tagRef } from '../ref-name';
import { requirePaths } from '../repository-path';
import type { Jobs, QuickName } from './messages';
import { runInWorker } from './operation';
import { createReadingWorkers } from './reading-workers';
import type { LongJobs } from './work-messages';

/** What changes refs. Names are checked before a thread is woken. */
export function createWork(
  worker: string | URL,
): Omit<Refs, 'branches' | 'remotes'> & Omit<WorkingTree, 'status'> {
  const threads = createReadingWorkers(worker);
  const run = <Name extends QuickName>(name: Name, input: Jobs[Name]['in']) => threads.run(name, input);
  const long = <Name extends keyof LongJobs>(name: Name, input: LongJobs[Name]['in'], running: Running) =>
    runInWorker(name, input, { worker, ...running, endsItself: true });
  return {
    createBranch: async (directory, branch) => {
      branchRef(branch.name);
      await run('createBranch', { directory, ...branch });
    },
    renameBranch: async (directory, branch) => {
      branchRef(branch.to, 'to');
      await run('renameBranch', { directory, ...branch });
    },
    deleteBranch: (directory, branch) => run('deleteBranch', { directory, ...branch }),
    setUpstream: (directory, branch) => run('setUpstream', { directory, ...branch }),
    tags: (directory) => run('tags', { directory }),
    createTag: async (directory, tag) => {
      tagRef(tag.name);
      await run('createTag', { directory, ...tag });
    },
    deleteTag: (directory, name) => run('deleteTag', { directory, name }),
    addRemote: async (directory, remote) => {
      requireRemoteName(remote.name);
      await run('addRemote', { directory, ...remote });
    },
    setRemoteUrl: (directory, remote) => run('setRemoteUrl', { directory, ...remote }),
    removeRemote: (directory, name) => run('removeRemote', { directory, name }),
    configuration: (directory, key) => run('configuration', { directory, key }),
    stage: async (directory, paths) => {
      requirePaths(paths);
      await run('stage', { directory, paths });
    },
    unstage: async (directory, paths) => {
      requirePaths(paths);
      await run('unstage', { directory, paths });
    },
    commit: (request, running) => long('commit', request, running),
    switchTo: (directory, target, running) => long('switchTo', { directory, target }, running),
    merge: (request, running) => long('merge', request, running),
    cherryPick: (request, running) => long('cherryPick', request, running),
    revert: (request, running) => long('revert', request, running),
    abort: (directory) => run('abort', { directory }),
    reset: (request, running) => long('reset', request, running),
    stashes: (directory) => run('stashes', { directory }),
    stashPush: (request, running) => long('stashPush', request, running),
    stashApply: (request, running) => long('stashApply', request, running),
    stashDrop: (directory, { index, oid }) => run('stashDrop', { directory, index, oid }),
  };
}
