import { randomBytes } from 'node:crypto';
import { type AppError, fail, isCancelled } from '../../../shared/errors';
import { hostWithPort, type RemoteUrl } from '../../../shared/remote-url';
import type { Network, Route } from '../../network/network';
import type { RemoteTransfer } from '../operations/transfer';
import { removeIncomingPack } from './objects/incoming-pack';
import { online, requireHttp } from './online';
import { openRepository } from './repository';

/** What talks with the remotes of a repository: a thread for each. */
export function createTransfer(worker: string | URL, network: Network): Omit<RemoteTransfer, 'needs'> {
  async function routeTo(url: RemoteUrl, signal: AbortSignal): Promise<Route> {
    requireHttp(url);
    if (signal.aborted) fail({ kind: 'cancelled' });
    return network.route(new URL(url.origin));
  }

  /** With a name for the pack on its way: a thread that is ended has no time to remove it. */
  async function receiving<T>(directory: string, work: (id: string) => Promise<T>): Promise<T> {
    const id = randomBytes(6).toString('hex');
    try {
      return await work(id);
    } catch (error) {
      if (isCancelled(error)) removeIncomingPack((await openRepository(directory)).gitdir, id);
      throw error;
    }
  }

  return {
    async fetch({ credentials, ...input }, { signal, progress }) {
      const route = await routeTo(input.url, signal);
      const options = { worker, signal, progress, credentials };
      const done = await receiving(input.directory, (id) =>
        online('fetch', { ...input, route, id }, options),
      );
      progress?.({ phase: 'Receiving objects', fraction: 1 });
      return done;
    },
    async fetchContents({ credentials, ...input }, { signal, progress }) {
      const route = await routeTo(input.url, signal);
      const options = { worker, signal, progress, credentials };
      return receiving(input.directory, (id) => online('fetchContents', { ...input, route, id }, options));
    },
    async push({ credentials, ...input }, { signal, progress }) {
      const route = await routeTo(input.url, signal);
      const unknown: AppError = { kind: 'push-unknown', host: hostWithPort(input.url), branch: input.to };
      const options = { worker, signal, progress, credentials, unknown };
      const result = await online('push', { ...input, route }, options);
      progress?.({ phase: 'Sending objects', fraction: 1 });
      return result;
    },
    async remoteRef({ url, branch, credentials }, { signal, progress }) {
      const route = await routeTo(url, signal);
      return online('remoteRef', { url, route, branch }, { worker, signal, progress, credentials });
    },
  };
}
