import type { AppError, AppFailure } from '../../../shared/errors';
import type { DoctorStep, Finding, Remedy } from '../../../shared/contract/doctor';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import type { Account } from '../../../shared/contract/accounts';
import { finding, toldBy } from '../diagnosis';
import type { GitCredential, Session } from '../provider';

/** What a failure's answer says, of either product. */
export interface Answer {
  error: AppError;
  status: number | null;
  /** Message, page title and the failure's own detail, one text. */
  words: string;
  /** Data Center names the exception of each error: `com.atlassian.bitbucket.auth.…`, last part. */
  exceptions: string[];
  body: unknown;
  headers: Headers;
}

export interface Place {
  step: DoctorStep;
  repository: RepositoryRef | null;
  git: GitCredential['kind'] | null;
}

/** Everything a rule may look at. */
export interface Case extends Place {
  account: Account;
  host: string;
  now: number;
}

export type Rule = (answer: Answer, at: Case) => Finding | null;

export function property(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}

function exceptionsOf(body: unknown): string[] {
  const errors = property(body, 'errors');
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((one: unknown) => {
    const name = property(one, 'exceptionName');
    return typeof name === 'string' ? [name.slice(name.lastIndexOf('.') + 1)] : [];
  });
}

export function answerOf(failure: AppFailure): Answer {
  const { text, ...told } = toldBy(failure);
  return { ...told, error: failure.error, words: text, exceptions: exceptionsOf(told.body) };
}

export const administrator: Remedy = { kind: 'tell-administrator' };
export const replace: Remedy = { kind: 'replace-token' };

/** Opening a page is a remedy only where the system's browser may be sent: https. */
export function page(
  url: string,
  name: Extract<Remedy, { kind: 'open-page' }>['page'],
  otherwise: Remedy,
): Remedy {
  return url.startsWith('https:') ? { kind: 'open-page', url, page: name } : otherwise;
}

/** A repository that answers to an old name. */
export function renamed(session: Session, repository: RepositoryRef, to: string): Finding {
  return finding('repository-moved', page(to, 'server', administrator), {
    host: new URL(session.account.url).host,
    path: repository.fullName,
    to,
  });
}

export function isPast(expiresOn: string | null, now: number): boolean {
  return expiresOn !== null && Date.parse(`${expiresOn.slice(0, 10)}T23:59:59Z`) < now;
}

/** The first rule that knows the failure. */
export function firstOf(rules: readonly Rule[], answer: Answer, at: Case): Finding | null {
  for (const rule of rules) {
    const found = rule(answer, at);
    if (found) return found;
  }
  return null;
}

/** Rules both products share. */
export const shared: readonly Rule[] = [
  ({ error }, { host }) =>
    error.kind === 'rate-limited'
      ? finding(
          'rate-limited',
          { kind: 'wait', until: error.retryAt },
          {
            host,
            until: new Date(error.retryAt).toISOString(),
          },
        )
      : null,
  ({ error }) =>
    error.kind === 'server-too-old'
      ? finding('product-too-old', administrator, {
          host: error.host,
          found: error.found,
          minimum: error.minimum,
        })
      : null,
  // The title of the page nginx answers with, status 400.
  ({ words }, { host }) =>
    /No required SSL certificate was sent|SSL certificate (is )?required/i.test(words)
      ? finding('certificate-client-required', { kind: 'add-client-certificate', host }, { host })
      : null,
  // The probe names the address that may be meant.
  ({ error }, { host }) => {
    if (error.kind !== 'wrong-provider') return null;
    const value = /https?:\/\/[^\s)]+/.exec(error.detail ?? '')?.[0];
    if (value === undefined) return null;
    return finding(
      'another-product',
      { kind: 'edit-account', field: 'url', value },
      {
        host,
        expected: error.expected,
        detail: error.detail ?? '',
      },
    );
  },
];
