import type { Account } from '../../../shared/contract/accounts';
import type { Finding, Remedy } from '../../../shared/contract/doctor';
import type { AppFailure } from '../../../shared/errors';
import { endedOn, finding, type ProviderDiagnosis, type Told, toldBy } from '../diagnosis';
import { Elsewhere } from './probe';

type At = Parameters<ProviderDiagnosis['explain']>[2];

interface Case {
  account: Account;
  failure: AppFailure;
  said: Told;
  at: At;
  /** Of every finding: the host, and the project where one is concerned. */
  about: Record<string, string | undefined>;
}

const replaceToken: Remedy = { kind: 'replace-token' };
const administrator: Remedy = { kind: 'tell-administrator' };
const tryAgain: Remedy = { kind: 'try-again' };

/** Scopes of a token cannot be changed: a new one is made, on the prefilled page. */
export function newTokenPage(account: Pick<Account, 'url' | 'authenticationType'>): Remedy {
  if (account.authenticationType === 'oauth') return { kind: 'sign-in-again' };
  const query = new URLSearchParams({ name: 'Polyforge', scopes: 'api' });
  return {
    kind: 'open-page',
    url: `${account.url}/-/user_settings/personal_access_tokens?${query.toString()}`,
    page: 'token',
  };
}

const page = (
  { account }: Case,
  path: string,
  name: Extract<Remedy, { kind: 'open-page' }>['page'],
): Remedy => ({ kind: 'open-page', url: `${account.url}${path}`, page: name });

function ended({ account, about, said }: Case): Finding {
  if (account.authenticationType === 'oauth')
    return finding('sign-in-needed-again', { kind: 'sign-in-again' }, about);
  return finding('token-expired', replaceToken, {
    ...about,
    expiredOn: account.expiresOn,
    detail: said.text,
  });
}

const blocked =
  (reason: string | undefined, remedy: (one: Case) => Remedy = () => administrator) =>
  (one: Case): Finding =>
    finding('account-blocked', remedy(one), { ...one.about, reason, user: one.account.user?.login });

/** What an error's code says, in JSON answers: lib/api/api_guard.rb of GitLab. */
const codes: Record<string, (one: Case) => Finding | null> = {
  insufficient_scope: (one) => {
    const { scope } = (one.said.body ?? {}) as { scope?: unknown };
    const scopes = typeof scope === 'string' ? scope : Array.isArray(scope) ? scope.join(' ') : '';
    return finding('scope-missing', newTokenPage(one.account), {
      ...one.about,
      // All of them are accepted; the first is the one the prefilled page ticks.
      scopes: scopes.split(/\s+/).filter(Boolean).join(', ') || 'api',
    });
  },
  insufficient_granular_scope: (one) =>
    finding('scope-missing', page(one, '/-/user_settings/personal_access_tokens', 'token'), {
      ...one.about,
      permissions: /required permissions: \[([^\]]*)\]/.exec(one.said.text)?.[1],
      tokenKind: 'fine-grained',
    }),
  dpop_error: (one) =>
    finding('policy-forbids', page(one, '/-/user_settings/personal_access_tokens', 'token'), {
      ...one.about,
      detail: `it demands proof of possession, which git cannot give: ${one.said.text}`,
    }),
};

/**
 * GitLab's sentences, of the API and of git, and what each means; from
 * lib/api/api_guard.rb, lib/gitlab/auth/user_access_denied_reason.rb,
 * lib/gitlab/git_access.rb and app/controllers/repositories/ of GitLab.
 */
const sentences: [RegExp, (one: Case, match: RegExpExecArray) => Finding | null][] = [
  [
    /Token was revoked/i,
    ({ about, account }) =>
      finding(
        'token-revoked',
        account.authenticationType === 'oauth' ? { kind: 'sign-in-again' } : replaceToken,
        about,
      ),
  ],
  [/Token is expired/i, ended],
  [
    /impersonation token but impersonation was disabled/i,
    (one) =>
      finding('policy-forbids', newTokenPage(one.account), {
        ...one.about,
        detail: one.said.text,
      }),
  ],
  [
    /accept the Terms of Service/i,
    (one) => finding('terms-not-accepted', page(one, '/-/users/terms', 'terms'), one.about),
  ],
  [/pending approval from your administrator/i, blocked('It waits for the approval of an administrator')],
  [
    /account has been deactivated/i,
    blocked('It was deactivated; signing in with the browser brings it back', (one) =>
      page(one, '/users/sign_in', 'server'),
    ),
  ],
  [
    /email address is not confirmed/i,
    blocked('Its e-mail address was not confirmed', (one) =>
      page(one, '/users/confirmation/new', 'security'),
    ),
  ],
  [
    /your password expired/i,
    blocked('Its password has expired and has to be changed in the browser', (one) =>
      page(one, '/users/sign_in', 'security'),
    ),
  ],
  [/cannot be performed by internal users/i, blocked('It is one of GitLab’s own')],
  [/account has been blocked/i, blocked(undefined)],
  [
    /valid SSO session/i,
    (one) => {
      const named = /(https?:\/\/\S+)/.exec(one.said.text)?.[1];
      const own = named && URL.canParse(named) && new URL(named).origin === new URL(one.account.url).origin;
      const group = one.at.repository?.fullName.split('/')[0];
      return finding(
        'single-sign-on-required',
        own
          ? { kind: 'open-page', url: named, page: 'single-sign-on' }
          : page(
              one,
              group ? `/groups/${encodeURIComponent(group)}/-/saml/sso` : '/users/sign_in',
              'single-sign-on',
            ),
        { ...one.about, organization: group },
      );
    },
  ],
  [
    /(Pulling|Git access) over HTTP is not allowed/i,
    ({ about }) => finding('git-over-http-off', administrator, about),
  ],
  [
    /must use a personal access token with '(\w+)'/i,
    (one, match) =>
      finding('git-scope-missing', newTokenPage(one.account), { ...one.about, scopes: match[1] }),
  ],
  // Without "from this project": the token has no right to git at all.
  [
    /not allowed to download code(?! from)/i,
    (one) =>
      finding('git-scope-missing', newTokenPage(one.account), { ...one.about, scopes: 'read_repository' }),
  ],
  [
    /not allowed to download code from this project/i,
    ({ about, account }) =>
      finding('git-scope-missing', administrator, { ...about, role: 'Reporter', user: account.user?.login }),
  ],
  [/HTTP Basic: Access denied/i, (one) => refusedByGit(one)],
  [/project you were looking for could not be found/i, (one) => notVisible(one)],
  [
    /Gitaly, is not available/i,
    ({ about, said }) => finding('server-error', administrator, { ...about, detail: said.text }),
  ],
];

/**
 * GitLab's git reads Basic only: app/controllers/repositories/git_http_client_controller.rb.
 * Whether a header works where a password did not is for trying, not for guessing.
 */
function refusedByGit(one: Case): Finding | null {
  const { account, about, at, said } = one;
  if (endedOn(account)) return ended(one);
  if (at.git !== 'header' || account.headerAuthentication !== 'bearer') return null;
  return finding(
    'git-refuses-token',
    { kind: 'use-header', header: 'basic' },
    { ...about, header: 'basic', detail: said.text },
  );
}

/**
 * Also what a group's list of allowed addresses looks like from outside:
 * docs.gitlab.com, restrict group access by IP address. Where git meets it,
 * another account of this host may be the one: the doctor knows, and asks.
 */
function notVisible({ about, account, at }: Case): Finding | null {
  if (at.step === 'git') return null;
  return finding(
    'repository-not-visible',
    { kind: 'choose-account' },
    { ...about, user: account.user?.login },
  );
}

function unauthorized(one: Case): Finding | null {
  const { account, about, at, said } = one;
  if (endedOn(account) || account.authenticationType === 'oauth') return ended(one);
  if (at.step === 'git') return refusedByGit(one);
  return finding('token-refused', replaceToken, { ...about, user: account.user?.login, detail: said.text });
}

function limited({ about, said }: Case, retryAt: number): Finding {
  const until = { until: new Date(retryAt).toISOString() };
  // Maintenance of an organization comes with Retry-After.
  const cause = said.status === 503 ? 'server-under-maintenance' : 'rate-limited';
  return finding(cause, { kind: 'wait', until: retryAt }, { ...about, ...until });
}

function byStatus(one: Case, status: number | null): Finding | null {
  const { account, about, at, said } = one;
  const { repository, step } = at;
  switch (status) {
    case 401:
      return unauthorized(one);
    case 403:
      // Rack::Attack's own answer, before GitLab is asked: docs.gitlab.com/rate_limits/abuse_bans.
      return said.text.trim() === 'Forbidden' && said.body === undefined
        ? finding('ip-not-allowed', administrator, { ...about, reason: 'ban' })
        : null;
    case 404:
      return repository && (step === 'repository' || step === 'git') ? notVisible(one) : null;
    case 503:
      return account.kind === 'gitlab-self-managed'
        ? finding('server-under-maintenance', tryAgain, { ...about, detail: said.text })
        : null;
    default:
      return null;
  }
}

const kinds: Partial<Record<AppFailure['error']['kind'], number>> = {
  'token-refused': 401,
  'authentication-failed': 401,
  'missing-permission': 403,
  'not-found': 404,
  'repository-not-found': 404,
};

/** See ProviderDiagnosis.explain. */
export function explain(account: Account, failure: AppFailure, at: At): Finding | null {
  const said = toldBy(failure);
  const about = { host: new URL(account.url).host, repository: at.repository?.fullName };
  const one: Case = { account, failure, said, at, about };
  const { error } = failure;
  if (failure.cause instanceof Elsewhere)
    return finding(
      'another-product',
      { kind: 'edit-account', field: 'url', value: failure.cause.url },
      { ...about, expected: 'GitLab', detail: failure.cause.message },
    );
  if (error.kind === 'rate-limited') return limited(one, error.retryAt);
  const { error: code } = (said.body ?? {}) as { error?: unknown };
  const coded = typeof code === 'string' ? codes[code]?.(one) : null;
  if (coded) return coded;
  for (const [sentence, make] of sentences) {
    const match = sentence.exec(said.text);
    const found = match && make(one, match);
    if (found) return found;
  }
  return byStatus(one, said.status ?? kinds[error.kind] ?? null);
}
