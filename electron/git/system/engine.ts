import type { GitEngine } from '../engine';
import type { SubmoduleTransfer } from '../operations/transfer';
import { abort } from './abort';
import { blame } from './blame';
import { createBranch, deleteBranch, renameBranch, setUpstream } from './branch';
import { branches } from './branches';
import { cherryPick } from './cherry-pick';
import { clone } from './clone';
import { commit } from './commit';
import { writeCommitGraph } from './commit-graph';
import { configure, identity } from './configuration';
import { configuration } from './configuration-value';
import { fetchContents } from './contents';
import { fetch } from './fetch';
import { diff } from './diff';
import { discover } from './local';
import { largeFiles } from './large-files';
import { log } from './log';
import { merge } from './merge';
import { needs } from './needs';
import { overview } from './overview';
import { push, remoteRef } from './push';
import type { RemoteParts } from './remote';
import { remoteBranches } from './remote-branches';
import { addRemote, remotes, removeRemote, setRemoteUrl } from './remotes';
import { reset } from './reset';
import { revert } from './revert';
import { show } from './show';
import { stage, unstage } from './stage';
import { stashApply, stashDrop, stashes, stashPush } from './stash';
import { status } from './status';
import { fetchSubmodules } from './submodules';
import { switchTo } from './switch';
import { createTag, deleteTag, tags } from './tag';

/** The engine over the git program of this machine. */
export function createSystemEngine(parts: RemoteParts): GitEngine & SubmoduleTransfer {
  return {
    id: 'system',
    writeCommitGraph: (directory, running) => writeCommitGraph(parts, directory, running),
    clone: (request, running) => clone(parts, request, running),
    remoteBranches: (url, credentials, running) => remoteBranches(parts, url, credentials, running),
    fetch: (request, running) => fetch(parts, request, running),
    fetchContents: (request, running) => fetchContents(parts, request, running),
    push: (request, running) => push(parts, request, running),
    remoteRef: (request, running) => remoteRef(parts, request, running),
    needs: (directory) => needs(parts, directory),
    async fetchSubmodules(request, running) {
      await fetchSubmodules(parts, { ...request, large: await largeFiles(parts, false) }, running);
    },
    discover: (path) => discover(parts, path),
    overview: (directory) => overview(parts, directory),
    branches: (directory, which) => branches(parts, directory, which),
    log: (directory, options) => log(parts, directory, options),
    identity: (directory) => identity(parts, directory),
    configure: (directory, values, record) => configure(parts, directory, values, record),
    createBranch: (directory, branch) => createBranch(parts, directory, branch),
    renameBranch: (directory, branch) => renameBranch(parts, directory, branch),
    deleteBranch: (directory, branch) => deleteBranch(parts, directory, branch),
    setUpstream: (directory, branch) => setUpstream(parts, directory, branch),
    tags: (directory) => tags(parts, directory),
    createTag: (directory, tag) => createTag(parts, directory, tag),
    deleteTag: (directory, name) => deleteTag(parts, directory, name),
    remotes: (directory) => remotes(parts, directory),
    addRemote: (directory, remote) => addRemote(parts, directory, remote),
    setRemoteUrl: (directory, remote) => setRemoteUrl(parts, directory, remote),
    removeRemote: (directory, name) => removeRemote(parts, directory, name),
    configuration: (directory, key) => configuration(parts, directory, key),
    status: (directory, options, running) => status(parts, directory, options, running),
    stage: (directory, paths) => stage(parts, directory, paths),
    unstage: (directory, paths) => unstage(parts, directory, paths),
    commit: (request, running) => commit(parts, request, running),
    switchTo: (directory, target, running) => switchTo(parts, directory, target, running),
    merge: (request, running) => merge(parts, request, running),
    cherryPick: (request, running) => cherryPick(parts, request, running),
    revert: (request, running) => revert(parts, request, running),
    abort: (directory) => abort(parts, directory),
    reset: (request, running) => reset(parts, request, running),
    stashes: (directory) => stashes(parts, directory),
    stashPush: (request, running) => stashPush(parts, request, running),
    stashApply: (request, running) => stashApply(parts, request, running),
    stashDrop: (directory, stash) => stashDrop(parts, directory, stash),
    diff: (request, running) => diff(parts, request, running),
    show: (directory, ref) => show(parts, directory, ref),
    blame: (request, running) => blame(parts, request, running),
  };
}
