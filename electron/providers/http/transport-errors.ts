import { type AppError, AppFailure } from '../../../shared/errors';
import { causesOf, certificateCodes, proxyTrouble, unreachableCodes } from '../../network/failure-codes';
import type { Route } from '../../network/network';

/** Answers no HTTP client can read. */
const unreadable = /^(HPE_|Z_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|UND_ERR_RESPONSE|ERR__ERROR_FORMAT)/;

/** What a thrown transport error means to the user. An AppFailure keeps its meaning. */
export function transportFailure(
  error: unknown,
  url: URL,
  signal: AbortSignal,
  proxy: Route['proxy'],
): AppError {
  if (error instanceof AppFailure) return error.error;
  if (signal.aborted) return { kind: 'cancelled' };
  const { host } = url;
  const causes = causesOf(error);
  const deepest = causes.findLast((cause) => cause.code !== '') ?? causes.at(-1);
  const detail = [deepest?.code, deepest?.message].filter(Boolean).join(': ').slice(0, 300) || undefined;

  const trouble = proxyTrouble(causes, proxy);
  if (trouble) return { kind: 'host-unreachable', host, cause: 'proxy', proxy: trouble, detail };
  for (const { code } of causes) {
    const certificate = certificateCodes[code];
    if (certificate) return { kind: 'certificate', host, cause: certificate, detail };
    const cause = unreachableCodes[code];
    if (cause) return { kind: 'host-unreachable', host, cause, detail };
    if (unreadable.test(code))
      return { kind: 'unexpected-answer', host, detail: `the answer is not readable HTTP (${code})` };
  }
  return { kind: 'host-unreachable', host, cause: 'other', detail };
}
