import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppFailure, fail } from '../../../shared/errors';
import type { Network } from '../../network/network';
import type { GitEngine } from '../engine';
import { everything } from '../operations/transfer';
import { configure, identity } from './configuration';
import { toAppError } from './errors';
import { online, requireHttp } from './online';
import { createReadingWorkers } from './reading-workers';
import { discover } from './repository';
import { createTransfer } from './transfer-engine';
import { createWork } from './work-engine';

/** The engine for machines without git: one thread per operation, and some that are kept for reading. `worker`: Platform.gitWorker. */
export function createIsomorphicEngine(worker: string | URL, network: Network): GitEngine {
  const reading = createReadingWorkers(worker);
  return {
    id: 'isomorphic',
    async clone({ url, directory, branch, plan, credentials }, { signal, progress }) {
      requireHttp(url);
      if (signal.aborted) fail({ kind: 'cancelled' });
      try {
        const route = await network.route(new URL(url.origin));
        const made = await mkdir(directory, { recursive: true });
        try {
          const options = { worker, signal, progress, credentials };
          await online('clone', { url, route, directory, branch, plan: plan ?? everything }, options);
        } catch (error) {
          await empty(directory, made !== undefined);
          throw error;
        }
        progress?.({ phase: 'Checking out files', fraction: 1 });
      } catch (error) {
        const context = { command: 'clone', host: url.host, path: url.path, directory };
        throw new AppFailure(toAppError(error, context), { cause: error });
      }
    },
    async remoteBranches(url, credentials, { signal, progress }) {
      requireHttp(url);
      const route = await network.route(new URL(url.origin));
      return online('remoteBranches', { url, route }, { worker, signal, progress, credentials });
    },
    discover,
    overview: (directory) => reading.run('overview', { directory }),
    needs: (directory) => reading.run('needs', { directory }),
    branches: (directory, which) => reading.run('branches', { directory, which }),
    log: (directory, options) => reading.run('log', { directory, ...options }),
    remotes: async (directory) => (await reading.run('overview', { directory })).remotes,
    diff: async ({ file, ...input }, { signal }) => {
      await reading.run('diff', input, { signal, part: file });
    },
    blame: (request, { signal }) => reading.run('blame', request, { signal }),
    show: (directory, ref) => reading.run('show', { directory, ref }),
    status: (directory, { untracked, entries }, { signal }) =>
      reading.run('status', { directory, untracked }, { signal, part: entries }),
    identity,
    configure,
    ...createWork(worker),
    ...createTransfer(worker, network),
  };
}

/** The folder was empty before, so all that is in it was made here. */
async function empty(directory: string, made: boolean): Promise<void> {
  const rows = made ? [directory] : (await readdir(directory)).map((name) => path.join(directory, name));
  for (const row of rows) await rm(row, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
