import { AppFailure, fail } from '../../../shared/errors';
import type { RemoteUrl } from '../../../shared/remote-url';
import type { GitEngine } from '../engine';
import { toAppError } from './errors';
import { runInWorker } from './operation';
import { fillInPlace } from './place';
import { discover } from './repository';

/** The engine for machines without git: isomorphic-git, one thread per operation. `worker`: Platform.gitWorker. */
export function createIsomorphicEngine(worker: string | URL): GitEngine {
  return {
    id: 'isomorphic',
    async clone({ url, directory, branch, credentials }, { signal, progress }) {
      requireHttp(url);
      if (signal.aborted) fail({ kind: 'cancelled' });
      try {
        await fillInPlace(directory, async (temporary) => {
          const input = { url, directory: temporary, target: directory, branch };
          await runInWorker('clone', input, { worker, signal, progress, credentials });
        });
      } catch (error) {
        const context = { command: 'clone', host: url.host, path: url.path, directory };
        throw new AppFailure(toAppError(error, context), { cause: error });
      }
    },
    remoteBranches(url, credentials, { signal, progress }) {
      requireHttp(url);
      return runInWorker('remoteBranches', { url }, { worker, signal, progress, credentials });
    },
    discover,
    overview: (directory) => runInWorker('overview', { directory }, { worker }),
    branches: (directory) => runInWorker('branches', { directory }, { worker }),
    log: (directory, options) => runInWorker('log', { directory, ...options }, { worker }),
  };
}

function requireHttp(url: RemoteUrl): void {
  if (url.protocol === 'ssh')
    fail({
      kind: 'unsupported',
      what: 'ssh',
      reason: 'The built-in engine speaks https only; use the https address, or install git.',
    });
}
