import { AppFailure, fail } from '../../../shared/errors';
import { refusalOf } from '../http';

const minimumServer = 'Azure DevOps Server 2022';

/** Releases by the newest REST version they answer: learn.microsoft.com, "REST API versioning". */
const releases: Record<string, string> = {
  '7': 'Azure DevOps Server 2022',
  '6': 'Azure DevOps Server 2020',
  '5': 'Azure DevOps Server 2019',
  '4': 'Team Foundation Server 2018',
  '3': 'Team Foundation Server 2017',
  '2': 'Team Foundation Server 2015',
  '1': 'Team Foundation Server 2013',
};

/** `Azure DevOps Server 2020 (REST 6.0)`. */
function releaseOf(restVersion: string): string {
  const release = releases[restVersion.split('.')[0] ?? ''] ?? 'Team Foundation Server';
  return `${release} (REST ${restVersion})`;
}

export function failTooOld(host: string, found: string, cause?: unknown): never {
  return fail({ kind: 'server-too-old', host, found, minimum: minimumServer }, cause);
}

/**
 * A server that is too old names its newest REST version: "The requested REST
 * API version of 7.0 is out of range for this server. The latest REST API
 * version this server supports is 5.1." (VssVersionOutOfRangeException)
 */
export function requireSupportedVersion(error: unknown): void {
  const message = refusalOf(error)?.message ?? '';
  if (!/REST API version/i.test(message) || !/out of range/i.test(message)) return;
  const newest = /supports is (\d+\.\d+)/.exec(message)?.[1];
  const host = error instanceof AppFailure && 'host' in error.error ? error.error.host : '';
  failTooOld(host, newest ? releaseOf(newest) : 'Team Foundation Server', error);
}
