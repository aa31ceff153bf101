import type { OperationCredentials } from '../credentials/broker';
import type { GitCredential } from '../providers/provider';

/** Gives git one answer, for one origin, and never asks anybody. What git thinks of it changes nothing. */
export function singleAnswer(origin: string, credential: GitCredential | null): OperationCredentials {
  let isRefused = false;
  return {
    fill(request) {
      if (credential === null || isRefused || request.origin !== origin) return Promise.resolve(null);
      // A password is given only when the server wants one, as in any operation.
      const given = request.preemptive && credential.kind === 'password' ? null : credential;
      return Promise.resolve(given);
    },
    approve: () => Promise.resolve(),
    reject() {
      isRefused = true;
      return Promise.resolve();
    },
    get refused() {
      return isRefused;
    },
  };
}

/** The complete value of Authorization that git would send. */
export function headerOf(credential: GitCredential): string {
  return credential.kind === 'header'
    ? credential.header
    : `Basic ${Buffer.from(`${credential.username}:${credential.password}`, 'utf8').toString('base64')}`;
}
