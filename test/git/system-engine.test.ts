import path from 'node:path';
import { createCredentialChannel } from '../../electron/credentials/channel';
import { createSystemEngine } from '../../electron/git/system/engine';
import { findGit } from '../../electron/git/system/program';
import { fixedNetwork } from '../fakes/network';
import { engineSuite } from './engine.suite';
import { builtHelper } from './operation';

engineSuite({
  name: 'system',
  async create(directory) {
    const program = await findGit(process.env['PATH'] ?? '');
    if (program === null) throw new Error('git is not installed');
    const channel = await createCredentialChannel();
    const engine = createSystemEngine({
      program,
      channel,
      network: fixedNetwork(),
      helper: await builtHelper(path.join(directory, 'helper')),
    });
    return { engine, close: () => channel.close() };
  },
});
