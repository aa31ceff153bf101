import type { Finding } from '../../../../shared/contract/doctor';
import { finding } from '../../diagnosis';
import { tokenPageOf } from '../address';
import { administrator, type Answer, type Case, isPast, page, property, replace, type Rule } from '../answer';
import { retired } from './diagnosis';
import { required } from './scopes';

const twoStepPage = 'https://id.atlassian.com/manage-profile/security/two-step-verification';

function detailOf({ body }: Answer, name: string): string[] {
  const value = property(property(property(body, 'error'), 'detail'), name);
  return Array.isArray(value)
    ? value.filter((one): one is string => typeof one === 'string').slice(0, 20)
    : [];
}

function scopeMissing(scopes: readonly string[], granted: readonly string[], at: Case): Finding {
  return finding(
    at.step === 'git' ? 'git-scope-missing' : 'scope-missing',
    page(tokenPageOf(at.account), 'token', replace),
    { host: at.host, scopes: scopes.join(', '), granted: granted.join(', ') },
  );
}

function notVisible(at: Case): Finding {
  const path = at.repository?.fullName ?? at.account.organization;
  // A token of one repository or workspace sees nothing else, and says so no other way.
  if (at.account.authenticationType === 'access-token')
    return finding(
      'repository-not-visible',
      { kind: 'choose-account' },
      {
        host: at.host,
        path,
        madeFor: at.account.organization,
      },
    );
  return finding(
    'repository-not-visible',
    page(`${at.account.url}/${path}`, 'server', { kind: 'choose-account' }),
    {
      host: at.host,
      path,
    },
  );
}

export const rules: readonly Rule[] = [
  ({ error, words }, { account }) =>
    (error.kind === 'token-form' && error.looksLike === 'app-password') ||
    /app passwords? (are|is|have been) (deprecated|removed|disabled)|CHANGE-3222/i.test(words)
      ? retired(account)
      : null,
  ({ words }, { host, account }) =>
    /(whitelist|allowlist|allow list)\w* your IP|IP (address )?(is )?not (allowed|whitelisted|allowlisted)|allowed IP/i.test(
      words,
    )
      ? finding('ip-not-allowed', administrator, { host, organization: account.organization })
      : null,
  ({ words }, { host }) =>
    /two[- ]step (authentication|verification)|two[- ]factor/i.test(words)
      ? finding('two-factor-required', page(twoStepPage, 'security', administrator), { host })
      : null,
  (answer, { host }) => {
    if (answer.status !== 410) return null;
    const announcement = property(property(answer.body, 'data'), 'announcement_url');
    const url =
      typeof announcement === 'string' && announcement.startsWith('https://developer.atlassian.com/')
        ? announcement
        : 'https://developer.atlassian.com/cloud/bitbucket/changelog/';
    return finding('api-disabled', page(url, 'documentation', administrator), {
      host,
      detail: answer.words.slice(0, 200),
    });
  },
  (answer, at) => {
    const scopes = detailOf(answer, 'required');
    if (scopes.length > 0) return scopeMissing(scopes, detailOf(answer, 'granted'), at);
    if (answer.error.kind === 'missing-permission' && answer.error.needed.length > 0)
      return scopeMissing(answer.error.needed, [], at);
    return /lack one or more required privilege scopes/i.test(answer.words)
      ? scopeMissing(required, [], at)
      : null;
  },
  ({ error }, { host, repository, step }) =>
    error.kind === 'moved' && (step === 'repository' || step === 'git')
      ? finding('repository-moved', page(error.to, 'server', administrator), {
          host,
          path: repository?.fullName ?? '',
          to: error.to,
        })
      : null,
  // Basic: the pair of e-mail and token. Text, not JSON.
  ({ words, status }, at) => {
    if (status !== 401 || !/incorrect login credentials or method/i.test(words)) return null;
    if (at.account.authenticationType !== 'personal') return null;
    return finding(
      'user-name-wrong',
      { kind: 'edit-account', field: 'email' },
      {
        host: at.host,
        user: at.account.email,
        reason: 'Bitbucket does not know this e-mail address together with this token.',
      },
    );
  },
  (answer, at) => {
    const { error, status, words } = answer;
    if (error.kind !== 'token-refused' && error.kind !== 'authentication-failed' && status !== 401)
      return null;
    const { account, host, now } = at;
    if (isPast(account.expiresOn, now) || /token (has |is )?expired\b/i.test(words))
      return finding('token-expired', replace, { host, date: account.expiresOn ?? '' });
    if (/revoked/i.test(words)) return finding('token-revoked', replace, { host });
    if (at.step === 'git')
      return finding('git-refuses-token', replace, {
        host,
        scopes: account.authenticationType === 'personal' ? 'read:repository:bitbucket' : 'repository',
      });
    // "Invalid, expired, or not supported": a token that has not ended by its own date was made without scopes.
    if (
      account.authenticationType === 'personal' &&
      account.expiresOn !== null &&
      /not supported/i.test(words)
    )
      return scopeMissing(required, [], at);
    return finding('token-refused', replace, { host, user: account.email, detail: words.slice(0, 200) });
  },
  ({ error, status }, at) => {
    const concerned = at.repository !== null || at.account.organization !== '';
    const gone = error.kind === 'not-found' || error.kind === 'repository-not-found';
    if (!concerned || at.step === 'product' || (!gone && status !== 403)) return null;
    return at.repository === null
      ? finding(
          'organization-not-found',
          { kind: 'edit-account', field: 'organization' },
          {
            host: at.host,
            organization: at.account.organization,
          },
        )
      : notVisible(at);
  },
];
