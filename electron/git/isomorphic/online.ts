import { abilities } from '../../../shared/engine-abilities';
import { AppFailure, fail } from '../../../shared/errors';
import type { RemoteUrl } from '../../../shared/remote-url';
import type { Route } from '../../network/network';
import { clearerFailure } from '../../network/second-look';
import type { JobName, Jobs } from './messages';
import { type OperationOptions, runInWorker } from './operation';

/** Jobs that connect. */
export type OnlineName = {
  [Name in JobName]: Jobs[Name]['in'] extends { url: RemoteUrl; route: Route } ? Name : never;
}[JobName];

/** A job that connects: what its failure leaves open about certificates is looked at once more. */
export async function online<Name extends OnlineName>(
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

export function requireHttp(url: RemoteUrl): void {
  if (url.protocol === 'ssh')
    fail({
      kind: 'unsupported',
      what: 'connecting by ssh',
      reason: abilities.ssh.isomorphic,
      needs: 'git',
    });
}
