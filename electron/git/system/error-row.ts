import type { AppError } from '../../../shared/errors';

/** What the call was about; git's message alone does not say it all. */
export interface ErrorContext {
  command: string;
  host: string;
  /** Path on the host, without leading slash. */
  path: string;
  /** Working directory or target. */
  directory: string;
  branch: string | null;
  /** Whose the repository is, where it is not ours and that is known. */
  owner?: string;
  accountId?: string;
}

/** `detail`: the telling lines of git's message, masked. */
export type Make = (context: ErrorContext, match: RegExpExecArray, detail: string) => AppError;

/** What a program says with LC_ALL=C, and what it means. */
export type Row = readonly [pattern: RegExp, make: Make];

export const unsupported =
  (what: string, reason: string): Make =>
  () => ({ kind: 'unsupported', what, reason });

/** Where the reason is best told in git's own words. */
export const unsupportedAsTold =
  (what: string): Make =>
  (_context, _match, detail) => ({ kind: 'unsupported', what, reason: detail });
