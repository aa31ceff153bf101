import { fail } from '../../../../shared/errors';

/** What an object may unfold to where it is only read. Beyond it the memory of the whole application is at stake. */
export const largestRead = 512 * 1024 ** 2;

/** The same for what a server sends. GitHub takes no file above 100 MiB. */
export const largestReceived = 128 * 1024 ** 2;

/** git writes chains of at most 4095 (pack.depth); one without end is a cycle or an attack. */
export const longestChain = 10_000;

/** A file of the repository that is not what it must be. */
export function damaged(path: string, detail: string): never {
  return fail({ kind: 'repository-damaged', path, detail });
}

export function tooLarge(limit: number): never {
  return fail({
    kind: 'unsupported',
    what: `a file of more than ${Math.round(limit / 1024 ** 2)} MiB`,
    reason: 'The built-in engine cannot hold it; install git.',
  });
}
