import { type AppError, AppFailure } from '../../../shared/errors';
import { causesOf, certificateCodes, proxyTrouble, unreachableCodes } from '../../network/failure-codes';
import type { Route } from '../../network/network';

/** What went on when it failed: names what the user can act on. */
export interface FailureContext {
  command: string;
  /** Host of the remote, with its port; empty for work on disk. */
  host: string;
  /** Path of the remote on its host. */
  path: string;
  /** Directory on this machine the user knows. */
  directory: string;
}

/** A server's or library's text made fit to show: one line, no control or invisible characters, bounded. */
export function shown(text: string): string {
  return text
    .slice(0, 4000)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

function codes(error: unknown): string[] {
  return causesOf(error).flatMap(({ code }) => (code === '' ? [] : [code]));
}

/** What a failed connection means. `begun`: the answer's head had arrived. */
export function connectionFailure(
  error: unknown,
  host: string,
  proxy: Route['proxy'],
  begun: boolean,
): AppError {
  if (error instanceof AppFailure) return error.error;
  const causes = causesOf(error);
  const found = codes(error);
  const message = error instanceof Error ? error.message : String(error);
  const detail =
    shown([found.at(-1), found.length ? undefined : message].filter(Boolean).join(' ')) || undefined;
  const trouble = begun ? null : proxyTrouble(causes, proxy);
  if (trouble) return { kind: 'host-unreachable', host, cause: 'proxy', proxy: trouble, detail };
  for (const code of found) {
    const certificate = certificateCodes[code];
    if (certificate) return { kind: 'certificate', host, cause: certificate, detail };
  }
  if (begun) return { kind: 'transfer-incomplete', host, detail };
  for (const code of found) {
    const cause = unreachableCodes[code];
    if (cause) return { kind: 'host-unreachable', host, cause, detail };
  }
  return { kind: 'host-unreachable', host, cause: 'other', detail };
}

/** Every foreign error of this engine -> ours: the system's file errors, then isomorphic-git's codes. */
export function toAppError(error: unknown, context: FailureContext): AppError {
  if (error instanceof AppFailure) return error.error;
  const several = (error as { errors?: unknown } | null)?.errors;
  if (Array.isArray(several) && several.length > 0) return toAppError(several[0], context);
  const [code = ''] = codes(error);
  const message = shown(error instanceof Error ? error.message : String(error));
  const failed = (detail: string): AppError => ({
    kind: 'git-failed',
    command: context.command,
    exitCode: null,
    detail,
  });
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { kind: 'disk-full', path: context.directory };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return { kind: 'directory-not-writable', path: context.directory, detail: code };
    case 'ENAMETOOLONG':
      return failed('A name in this repository is longer than this file system allows.');
    case 'EmptyServerResponseError':
      return { kind: 'transfer-incomplete', host: context.host };
    case 'SmartHttpError':
    case 'ParseError':
      return context.host === ''
        ? failed(message)
        : { kind: 'unexpected-answer', host: context.host, detail: 'the answer is not one of a git server' };
    case 'RemoteCapabilityError':
      return { kind: 'unsupported', what: 'this server', reason: message };
    default:
      return failed(message);
  }
}
