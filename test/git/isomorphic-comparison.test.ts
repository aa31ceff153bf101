import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import { comparisonSuite } from './comparison.suite';

comparisonSuite({
  name: 'isomorphic',
  async create() {
    const worker = await buildGitWorker();
    return { engine: createIsomorphicEngine(worker.file, fixedNetwork()), close: () => worker.remove() };
  },
});
