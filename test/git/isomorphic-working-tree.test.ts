import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import { workingTreeSuite } from './working-tree.suite';

workingTreeSuite({
  name: 'isomorphic',
  async create() {
    const worker = await buildGitWorker();
    return { engine: createIsomorphicEngine(worker.file, fixedNetwork()), close: () => worker.remove() };
  },
});
