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
    discover: (path) => discover(parts.program, path),
    overview: (directory) => overview(parts.program, directory),
    branches: (directory) => branches(parts.program, directory),
    log: (directory, options) => log(parts.program, directory, options),
    identity: (directory) => identity(parts.program, directory),
    configure: (directory, values, record) => configure(parts.program, directory, values, record),
  };
}
