import type { AppError } from '../../../shared/errors';
import { shownBytes } from '../../../shared/git-path';
import type { ErrorContext, Row } from './error-row';
import { damageRows } from './errors-damage';
import { diskRows } from './errors-disk';
import { networkRows } from './errors-network';
import { refRows } from './errors-refs';
import { repositoryRows } from './errors-repository';
import { workRows } from './errors-work';
import { visible } from './progress';

export type { ErrorContext } from './error-row';

/** First match wins: causes stand before the complaints that follow from them. */
const rows = {
  remote: [...diskRows, ...repositoryRows, ...networkRows, ...workRows, ...refRows, ...damageRows],
  /** Without a remote, what reads like a cut transfer is a damaged file. */
  local: [...diskRows, ...workRows, ...refRows, ...damageRows, ...repositoryRows, ...networkRows],
} satisfies Record<string, Row[]>;

/** Removes whatever could be a secret from text that may be shown or logged. */
export function masked(text: string): string {
  return visible(
    shownBytes(text)
      .replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/']*@/gi, '$1')
      .replaceAll(/(authorization:\s*)[^\r\n]*/gi, '$1(hidden)')
      .replaceAll(/\b((?:basic|bearer)\s+)[A-Za-z0-9+/=._~-]{8,}/gi, '$1(hidden)')
      .replaceAll(/\b(?:gh[opsur]_|github_pat_|glpat-|gloas-|ATATT|ATCTT|BBDC-)[A-Za-z0-9_=.-]+/g, '(hidden)')
      .replaceAll(/((?:access_token|private_token|password|token)=)[^\s&'"]+/gi, '$1(hidden)'),
  );
}

/** The lines that say what went wrong, at most 2,000 characters. */
function detailOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => /^(fatal|error|remote|ssh|warning: redirecting)\b/i.test(line));
  return masked((telling.length > 0 ? telling : lines).slice(-12).join('\n')).slice(0, 2000);
}

/** A failed git process as an AppError. */
export function recognize(stderr: string, exitCode: number | null, context: ErrorContext): AppError {
  const detail = detailOf(stderr);
  for (const [pattern, make] of context.host === '' ? rows.local : rows.remote) {
    const match = pattern.exec(stderr);
    if (match) return make(context, match, detail);
  }
  return { kind: 'git-failed', command: context.command, exitCode, detail };
}
