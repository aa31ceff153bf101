import { placeOf, type Target, targetOf } from '../network/connect';
import type { Examination } from './examination';

/**
 * The servers a run talks to: the account's first API and git origins and the
 * remote's, each once. Other origins of an account answer for parts of it only.
 */
export function targetsOf({ patient, remote }: Examination): Target[] {
  const addresses = [
    patient?.account.origins.api[0],
    remote ? undefined : patient?.account.origins.git[0],
    remote?.origin,
  ].filter((one): one is string => one !== undefined);
  const targets = new Map(addresses.map(targetOf).map((target) => [placeOf(target), target]));
  return [...targets.values()];
}

/** The address a target is reached at, as routes are asked for it. */
export function urlOf(target: Target): URL {
  // A route is one of http or https; ssh has none, and goes straight.
  return new URL(`${target.protocol === 'http' ? 'http' : 'https'}://${placeOf(target)}`);
}
