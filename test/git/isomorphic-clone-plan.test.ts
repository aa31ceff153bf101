import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import { clonePlanSuite } from './clone-plan.suite';

clonePlanSuite({
  name: 'isomorphic',
  async create() {
    const worker = await buildGitWorker();
    return { engine: createIsomorphicEngine(worker.file, fixedNetwork()), close: () => worker.remove() };
  },
});
