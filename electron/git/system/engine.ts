import type { GitEngine } from '../engine';
import { branches } from './branches';
import { clone } from './clone';
import { configure, identity } from './configuration';
import { discover } from './local';
import { log } from './log';
import { overview } from './overview';
import type { RemoteParts } from './remote';
import { remoteBranches } from './remote-branches';

/** The engine over the git program of this machine. */
export function createSystemEngine(parts: RemoteParts): GitEngine {
  return {
    id: 'system',
    clone: (request, running) => clone(parts, request, running),
    remoteBranches: (url, credentials, running) => remoteBranches(parts, url, credentials, running),
    discover: (path) => discover(parts, path),
    overview: (directory) => overview(parts, directory),
    branches: (directory) => branches(parts, directory),
    log: (directory, options) => log(parts, directory, options),
    identity: (directory) => identity(parts, directory),
    configure: (directory, values, record) => configure(parts, directory, values, record),
  };
}
