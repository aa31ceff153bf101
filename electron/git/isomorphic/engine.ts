import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppFailure, fail, isCancelled } from '../../../shared/errors';
import type { RemoteUrl } from '../../../shared/remote-url';
import type { Network, Route } from '../../network/network';
import { clearerFailure } from '../../network/second-look';
import type { GitEngine } from '../engine';
import type { RemoteTransfer } from '../operations/transfer';
import { configure, identity } from './configuration';
import { toAppError } from './errors';
import type { Jobs } from './messages';
import { removeIncomingPack } from './objects/incoming-pack';
import { type OperationOptions, runInWorker } from './operation';
import { createReadingWorkers } from './reading-workers';
import { discover, openRepository } from './repository';
import { createWork } from './work-engine';

/** The engine for machines without git: one thread per operation, and some that are kept for reading. `worker`: Platform.gitWorker. */
export function createIsomorphicEngine(
  worker: string | URL,
  network: Network,
): GitEngine & Pick<RemoteTransfer, 'fetch' | 'push' | 'remoteRef'> {
  const reading = createReadingWorkers(worker);
  return {
    id: 'isomorphic',
    async clone({ url, directory, branch, credentials }, { signal, progress }) {
      requireHttp(url);
      if (signal.aborted) fail({ kind: 'cancelled' });
      try {
        const route = await network.route(new URL(url.origin));
        const made = await mkdir(directory, { recursive: true });
        try {
          const options = { worker, signal, progress, credentials };
          await online('clone', { url, route, directory, branch }, options);
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
    async fetch({ url, directory, remote, prune, reach, credentials }, { signal, progress }) {
      requireHttp(url);
      const route = await network.route(new URL(url.origin));
      const id = randomBytes(6).toString('hex');
      try {
        const input = { url, route, id, directory, remote, prune, reach };
        const done = await online('fetch', input, { worker, signal, progress, credentials });
        progress?.({ phase: 'Receiving objects', fraction: 1 });
        return done;
      } catch (error) {
        // The thread that was ended had no time for it.
        if (isCancelled(error)) removeIncomingPack((await openRepository(directory)).gitdir, id);
        throw error;
      }
    },
    async push({ credentials, ...input }, { signal, progress }) {
      requireHttp(input.url);
      const route = await network.route(new URL(input.url.origin));
      return online('push', { ...input, route }, { worker, signal, progress, credentials });
    },
    async remoteRef({ url, branch, credentials }, { signal, progress }) {
      requireHttp(url);
      const route = await network.route(new URL(url.origin));
      return online('remoteRef', { url, route, branch }, { worker, signal, progress, credentials });
    },
    discover,
    overview: (directory) => reading.run('overview', { directory }),
    branches: (directory) => reading.run('branches', { directory }),
    log: (directory, options) => reading.run('log', { directory, ...options }),
    remotes: async (directory) => (await reading.run('overview', { directory })).remotes,
    identity,
    configure,
    ...createWork(worker),
  };
}

/** A job that connects: what its failure leaves open about certificates is looked at once more. */
async function online<Name extends 'clone' | 'remoteBranches' | 'fetch' | 'push' | 'remoteRef'>(
  name: Name,
  input: Jobs[Name]['in'] & { url: RemoteUrl; route: Route },
  options: OperationOptions & { signal: AbortSignal },
): Promise<Jobs[Name]['out']> {
  try {
    return await runInWorker(name, input, options);
  } catch (error) {
    if (!(error instanceof AppFailure)) throw error;
    const url = new URL(input.url.origin);
    const clearer = await clearerFailure(error.error, url, input.route, options.signal);
    throw new AppFailure(clearer, { cause: error });
  }
}

/** The folder was empty before, so all that is in it was made here. */
async function empty(directory: string, made: boolean): Promise<void> {
  const rows = made ? [directory] : (await readdir(directory)).map((name) => path.join(directory, name));
  for (const row of rows) await rm(row, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

function requireHttp(url: RemoteUrl): void {
  if (url.protocol === 'ssh')
    fail({
      kind: 'unsupported',
      what: 'ssh',
      reason: 'The built-in engine speaks https only; use the https address, or install git.',
    });
}
