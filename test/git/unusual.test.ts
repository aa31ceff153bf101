import path from 'node:path';
import { createCredentialChannel } from '../../electron/credentials/channel';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { createSystemEngine } from '../../electron/git/system/engine';
import { atLeast } from '../../electron/git/system/program';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import { builtHelper } from './operation';
import { gitPrograms } from './programs';
import { type LookingFactory, unusualSuite } from './unusual.suite';

const embedded: LookingFactory = {
  name: 'isomorphic',
  unsupported: {
    'linked working tree': {
      what: /^opening a linked working tree$/,
      reason: /built-in engine .*Install Git/,
    },
    'SHA-256': { what: /sha256/, reason: /built-in engine .*Install Git/ },
    reftable: { what: /reftable/, reason: /built-in engine .*Install Git 2\.45/ },
  },
  async create() {
    const worker = await buildGitWorker();
    return { engine: createIsomorphicEngine(worker.file, fixedNetwork()), close: () => worker.remove() };
  },
};

const installed = (await gitPrograms()).map(
  (program): LookingFactory => ({
    name: 'system',
    program: `git ${program.version}`,
    git: program.path,
    unsupported: atLeast(program.version, '2.45.0')
      ? {}
      : { reftable: { what: /reftable/, reason: /Git 2\.45 or later/ } },
    async create(directory) {
      const channel = await createCredentialChannel();
      const engine = createSystemEngine({
        program: program.path,
        version: program.version,
        channel,
        network: fixedNetwork(),
        helper: await builtHelper(path.join(directory, 'helper')),
      });
      return { engine, close: () => channel.close() };
    },
  }),
);

unusualSuite([embedded, ...installed]);
