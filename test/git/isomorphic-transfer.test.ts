import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import { transferSuite } from './transfer.suite';

transferSuite({
  name: 'isomorphic',
  async create() {
    const worker = await buildGitWorker();
    return {
      engine: createIsomorphicEngine(worker.file, fixedNetwork()),
      close: () => worker.remove(),
    };
  },
});
