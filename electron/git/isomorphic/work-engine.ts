import type { Refs } from '../operations/refs';
import { branchRef, requireRemoteName, tagRef } from '../ref-name';
import type { Jobs, QuickName } from './messages';
import { createReadingWorkers } from './reading-workers';

/** What changes refs. Names are checked before a thread is woken. */
export function createWork(worker: string | URL): Omit<Refs, 'branches' | 'remotes'> {
  const threads = createReadingWorkers(worker);
  const run = <Name extends QuickName>(name: Name, input: Jobs[Name]['in']) => threads.run(name, input);
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
  };
}
