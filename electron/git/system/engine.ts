import type { GitEngine } from '../engine';
import type { RemoteTransfer } from '../operations/transfer';
import { branches } from './branches';
import { clone } from './clone';
import { configure, identity } from './configuration';
import { discover } from './local';
import { log } from './log';
import { needs } from './needs';
import { overview } from './overview';
import type { RemoteParts } from './remote';
import { remoteBranches } from './remote-branches';

/** The engine over the git program of this machine. */
export function createSystemEngine(parts: RemoteParts): GitEngine & Pick<RemoteTransfer, 'needs'> {
  return {
    id: 'system',
    clone: (request, running) => clone(parts, request, running),
    remoteBranches: (url, credentials, running) => remoteBranches(parts, url, credentials, running),
    needs: (directory) => needs(parts, directory),
    discover: (path) => discover(parts, path),
    overview: (directory) => overview(parts, directory),
    branches: (directory) => branches(parts, directory),
    log: (directory, options) => log(parts, directory, options),
    identity: (directory) => identity(parts, directory),
    configure: (directory, values, record) => configure(parts, directory, values, record),
  };
}
