import path from 'node:path';
import { createCredentialChannel } from '../../electron/credentials/channel';
import { createSystemEngine } from '../../electron/git/system/engine';
import { fixedNetwork } from '../fakes/network';
import { comparisonSuite } from './comparison.suite';
import { engineSuite } from './engine.suite';
import { builtHelper } from './operation';
import { gitPrograms } from './programs';
import { refsSuite } from './refs.suite';
import { workingTreeSuite } from './working-tree.suite';

for (const program of await gitPrograms()) {
  const factory = {
    name: 'system' as const,
    program: `git ${program.version}`,
    async create(directory: string) {
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
  };
  engineSuite(factory);
  refsSuite(factory);
  workingTreeSuite(factory);
  comparisonSuite(factory);
}
