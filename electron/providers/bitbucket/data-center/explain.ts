import { type AppError } from '../../../../shared/errors';
import type { Finding } from '../../../../shared/contract/doctor';
import { finding } from '../../diagnosis';
import { tokenPageOf } from '../address';
import { administrator, type Case, isPast, page, replace, type Rule } from '../answer';
import { webUrl } from './repositories';

const refusing = new Set<AppError['kind']>(['token-refused', 'authentication-failed', 'missing-permission']);

function notVisible(at: Case): Finding {
  const url = at.repository ? webUrl(at.account.url, at.repository.id) : at.account.url;
  return finding('repository-not-visible', page(url, 'server', { kind: 'choose-account' }), {
    host: at.host,
    path: at.repository?.fullName ?? '',
  });
}

function licence({ host }: Case, detail: string): Finding {
  return finding('licence-missing', administrator, { host, detail: detail.slice(0, 200) });
}

export const rules: readonly Rule[] = [
  // com.atlassian.bitbucket.auth.CaptchaRequiredAuthenticationException; Atlassian's other products and proxies send the header.
  ({ exceptions, headers, words }, { account, host }) =>
    exceptions.includes('CaptchaRequiredAuthenticationException') ||
    /CAPTCHA_CHALLENGE/.test(headers.get('x-authentication-denied-reason') ?? '') ||
    /CAPTCHA required/i.test(words)
      ? finding('captcha-required', page(`${account.url}/login`, 'server', administrator), {
          host,
          url: `${account.url}/login`,
        })
      : null,
  // "Basic Authentication has been disabled on this instance."; its first words look like a header's secret and are masked.
  ({ words }, { host, account }) =>
    /has been disabled on this instance/i.test(words)
      ? finding(
          'basic-authentication-off',
          { kind: 'use-header', header: 'bearer' },
          { host, url: account.url },
        )
      : null,
  ({ words }, { host }) =>
    /SCM access over HTTP(\(S\)|S)? has been disabled/i.test(words)
      ? finding('git-over-http-off', administrator, { host })
      : null,
  ({ status, words, exceptions }, at) =>
    status === 402 ||
    exceptions.some((name) => /Licen[cs]e/i.test(name)) ||
    /licen[cs]e (has |is )?(expired|invalid|exceeded)|expired licen[cs]e|(not|un)[ -]?licen[cs]ed/i.test(
      words,
    )
      ? licence(at, words)
      : null,
  ({ words }, at) =>
    /read[- ]only mode|repository is (archived|read-only)/i.test(words) && at.step === 'git'
      ? finding('repository-disabled', administrator, { host: at.host, path: at.repository?.fullName ?? '' })
      : null,
  ({ status, words }, { host }) =>
    status === 503 || /maintenance|being (migrated|backed up|upgraded)/i.test(words)
      ? finding('server-under-maintenance', { kind: 'try-again' }, { host, detail: words.slice(0, 200) })
      : null,
  ({ exceptions }, at) =>
    exceptions.some((name) => name === 'NoSuchRepositoryException' || name === 'NoSuchProjectException')
      ? notVisible(at)
      : null,
  ({ error }, { host, repository, step }) =>
    error.kind === 'moved' && (step === 'repository' || step === 'git')
      ? finding('repository-moved', page(error.to, 'server', administrator), {
          host,
          path: repository?.fullName ?? '',
          to: error.to,
        })
      : null,
  // A token that is known (X-AUSERNAME) or not blamed: its permissions are too few, or its owner may not see it.
  ({ error, exceptions, words }, at) => {
    if (!refusing.has(error.kind) || at.step === 'git') return null;
    const permission =
      exceptions.includes('AuthorisationException') || /not permitted|insufficient permissions/i.test(words);
    if (!permission) return null;
    if (at.repository !== null && at.step === 'repository') return notVisible(at);
    return finding('scope-missing', page(tokenPageOf(at.account), 'token', replace), {
      host: at.host,
      scopes: 'Project read, Repository read',
    });
  },
  ({ error, exceptions, words }, at) => {
    if (!refusing.has(error.kind)) return null;
    const { account, host } = at;
    if (isPast(account.expiresOn, at.now) || /token (has |is )?expired/i.test(words))
      return finding('token-expired', replace, { host, date: account.expiresOn ?? '' });
    if (/token.{0,20}(revoked|deleted)/i.test(words)) return finding('token-revoked', replace, { host });
    if (
      exceptions.includes('InactiveUserAuthenticationException') ||
      /\b(inactive|deactivated|locked)\b/i.test(words)
    )
      return finding('account-blocked', administrator, {
        host,
        user: account.username || (account.user?.login ?? ''),
      });
    // The API takes every token in a Bearer header; as a password git's own requests fail for those of projects.
    if (at.step === 'git' && at.git === 'password')
      return finding('git-wants-header', { kind: 'use-header', header: 'bearer' }, { host });
    if (at.step === 'git') return finding('git-refuses-token', replace, { host, scopes: 'Repository read' });
    return finding('token-refused', replace, { host, detail: words.slice(0, 200) });
  },
  ({ error }, at) =>
    (error.kind === 'not-found' || error.kind === 'repository-not-found') &&
    (at.step === 'repository' || at.step === 'git')
      ? notVisible(at)
      : null,
];
