import type { Account } from '../../../shared/contract/accounts';
import type { DoctorStep, Finding, Remedy } from '../../../shared/contract/doctor';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import type { AppFailure } from '../../../shared/errors';
import { finding } from '../diagnosis';
import type { GitCredential } from '../provider';
import { baseOf } from './address';
import { type Answer, answerOf } from './answer';
import { allOrganizationsEnding, daysLeft, isForAllOrganizations } from './ending';
import { placeOf } from './location';
import { openTokenPage } from './secret-form';

export interface Place {
  step: DoctorStep;
  repository: RepositoryRef | null;
  git: GitCredential['kind'] | null;
}

interface Case extends Place {
  account: Account;
  host: string;
  now: number;
  /** Organization or collection the failure was about; empty: all of them. */
  organization: string;
}

type Rule = (answer: Answer, at: Case) => Finding | null;

const anonymous = /user '(a{8}-a{4}-a{4}-a{4}-a{12})?'|anonymous/i;

const administrator: Remedy = { kind: 'tell-administrator' };
const replace: Remedy = { kind: 'replace-token' };

function page(url: string, name: 'security' | 'server'): Remedy {
  return url.startsWith('https:') ? { kind: 'open-page', url, page: name } : administrator;
}

function refused({ error, status }: Answer): boolean {
  return (
    ['token-refused', 'missing-permission', 'authentication-failed', 'sign-in-page'].includes(error.kind) ||
    status === 203 ||
    status === 401 ||
    status === 403
  );
}

/** What the server names by a number or an exception; these hold wherever they come. */
const named: Rule[] = [
  ({ words, code }, { host, organization }) =>
    code === 'VS403463' || /conditional access/i.test(words)
      ? finding('conditional-access', administrator, { host, organization, code: code ?? '' })
      : null,
  ({ words }, at) =>
    /\bIP[- ]?(address|policy|range)?\b.{0,60}\b(not allowed|denied|blocked|not permitted|outside)/i.test(
      words,
    )
      ? finding('ip-not-allowed', administrator, { host: at.host, organization: at.organization })
      : null,
  ({ words }, at) =>
    /Personal Access Token used has expired|token (has|is) expired/i.test(words)
      ? finding('token-expired', replace, { host: at.host, date: at.account.expiresOn ?? '' })
      : null,
  ({ words }, { host }) =>
    /token\b.{0,40}\brevoked|revoked token/i.test(words) ? finding('token-revoked', replace, { host }) : null,
  ({ words }, at) => {
    if (!/polic(y|ies)/i.test(words) || !/personal access token|\bPATs?\b/i.test(words)) return null;
    return finding(
      'organization-forbids-token-kind',
      isForAllOrganizations(at.account) ? { kind: 'move-organizations' } : administrator,
      { host: at.host, organization: at.organization },
    );
  },
  ({ code, typeKey, words }, at) =>
    code === 'TF400409' ||
    typeKey === 'MissingLicenseException' ||
    /stakeholder|licensing rights/i.test(words)
      ? finding('licence-missing', administrator, {
          host: at.host,
          organization: at.organization,
          code: code ?? '',
        })
      : null,
  ({ error, words, code }, { host, now }) => {
    if (error.kind === 'rate-limited')
      return finding(
        'rate-limited',
        { kind: 'wait', until: error.retryAt },
        {
          host,
          until: new Date(error.retryAt).toISOString(),
        },
      );
    if (code !== 'TF400733' && !/exceeding usage of resource/i.test(words)) return null;
    // Usage is counted over five minutes: learn.microsoft.com, "Rate and usage limits".
    return finding('rate-limited', { kind: 'wait', until: now + 5 * 60_000 }, { host });
  },
  ({ words }, { host }) =>
    /base-?64/i.test(words)
      ? finding('token-malformed', replace, { host, reason: 'The server could not decode it.' })
      : null,
  ({ words, typeKey }, at) =>
    /TF401174|repository.{0,120}\bdisabled\b/i.test(words) || typeKey === 'GitRepositoryDisabledException'
      ? finding('repository-disabled', administrator, repositoryFacts(at))
      : null,
  ({ code, typeKey }, at) =>
    code === 'TF401019' || typeKey === 'GitRepositoryNotFoundException' ? notVisible(at, 'TF401019') : null,
  ({ code, typeKey }, at) =>
    code === 'VS800075' || code === 'TF200016' || typeKey.startsWith('ProjectDoesNotExist')
      ? notVisible(at, code ?? '')
      : null,
  ({ code }, at) => (code === 'TF401027' ? notVisible(at, code) : null),
  ({ code }, at) =>
    code === 'TF50309'
      ? at.repository || at.organization === ''
        ? notVisible(at, code)
        : organizationMissing(at)
      : null,
];

/** How the sign-in is refused. */
const signIn: Rule[] = [
  (answer, at) =>
    refused(answer) && isForAllOrganizations(at.account) && daysLeft(at.now) <= 0
      ? allOrganizationsEnding(at.now)
      : null,
  // Only NTLM or Negotiate are offered: the server looks at no token at all.
  (answer, { host }) => {
    const offered = answer.headers.get('www-authenticate') ?? '';
    if (answer.status !== 401 || !/\b(NTLM|Negotiate)\b/i.test(offered)) return null;
    if (/\b(Basic|Bearer|TFS-Federated)\b/i.test(offered)) return null;
    return finding('integrated-authentication-only', administrator, {
      host,
      offered: /Negotiate/i.test(offered) ? 'Negotiate, NTLM' : 'NTLM',
    });
  },
  ({ error }, at) =>
    error.kind === 'missing-permission' && error.needed.length > 0
      ? finding('scope-missing', openTokenPage(at.account), {
          host: at.host,
          scopes: error.needed.join(', '),
          organization: at.organization,
        })
      : null,
  // An accepted Microsoft sign-in that one organization turns away without a reason: apps are not let in there.
  (answer, at) => {
    const silent = answer.words === '' || answer.code === 'TF400813';
    if (at.account.authenticationType !== 'oauth' || answer.status !== 401 || !silent) return null;
    if (answer.typeKey === 'UnauthorizedRequestException') return organizationMissing(at);
    return finding(
      'policy-forbids',
      page(`${baseOf(at.account, at.organization)}/_settings/organizationPolicy`, 'security'),
      { host: at.host, organization: at.organization, policy: 'Third-party application access via OAuth' },
    );
  },
  ({ code, words }, at) =>
    code === 'TF400813' && /user '/.test(words) && !anonymous.test(words) ? organizationMissing(at) : null,
  (answer, at) => {
    const { error } = answer;
    if (error.kind === 'invalid-input' && error.field === 'organization')
      return finding(
        'organization-not-found',
        { kind: 'edit-account', field: 'organization' },
        { host: at.host },
      );
    if (!refused(answer)) return null;
    // On a server of one's own a redirect to a page is somebody's portal in front of it.
    if (error.kind === 'sign-in-page' && at.account.kind === 'azure-devops-server' && error.status !== 203)
      return null;
    if (at.step === 'git') return gitRefused(at);
    const { expiresOn } = at.account;
    if (expiresOn !== null && Date.parse(`${expiresOn.slice(0, 10)}T23:59:59Z`) < at.now)
      return finding('token-expired', replace, { host: at.host, date: expiresOn });
    return finding('token-refused', replace, { host: at.host, organization: at.organization });
  },
];

const missing: Rule[] = [
  ({ error }, at) => {
    if (error.kind !== 'not-found') return null;
    if (error.what.startsWith('the collection')) return collectionMissing(at);
    if (error.what.startsWith('the organization')) return organizationMissing(at);
    return at.repository || at.step === 'repository' || at.step === 'git' ? notVisible(at, '') : null;
  },
  ({ error }, at) => (error.kind === 'repository-not-found' ? notVisible(at, '') : null),
];

const faults: Rule[] = [
  ({ error }) =>
    error.kind === 'server-too-old'
      ? finding('product-too-old', administrator, {
          host: error.host,
          found: error.found,
          minimum: error.minimum,
        })
      : null,
  // The probe names the address that may be meant.
  ({ error }, { host }) => {
    const value =
      error.kind === 'wrong-provider' ? /https?:\/\/[^\s)]+/.exec(error.detail ?? '')?.[0] : undefined;
    if (error.kind !== 'wrong-provider' || value === undefined) return null;
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
  ({ error, code }, { account, host }) => {
    if (error.kind !== 'server-error') return null;
    const own = account.kind === 'azure-devops-server';
    return finding('server-error', own ? administrator : { kind: 'try-again' }, {
      host,
      status: String(error.status),
      code: code ?? '',
    });
  },
];

function repositoryFacts(at: Case): Record<string, string> {
  const place = at.repository ? placeOf(at.repository.id) : null;
  return {
    host: at.host,
    organization: place?.organization ?? at.organization,
    project: place?.project ?? '',
    repository: at.repository?.fullName ?? '',
    path: at.repository?.fullName ?? '',
  };
}

function notVisible(at: Case, code: string): Finding {
  const place = at.repository ? placeOf(at.repository.id) : null;
  const url = place
    ? `${baseOf(at.account, place.organization)}/${encodeURIComponent(place.project)}/_git/${encodeURIComponent(place.repository)}`
    : baseOf(at.account);
  const remedy = page(url, 'server');
  return finding('repository-not-visible', remedy === administrator ? { kind: 'choose-account' } : remedy, {
    ...repositoryFacts(at),
    code,
  });
}

function organizationMissing(at: Case): Finding {
  if (at.account.kind === 'azure-devops-server') return collectionMissing(at);
  return finding(
    'organization-not-found',
    { kind: 'edit-account', field: 'organization' },
    {
      host: at.host,
      organization: at.organization,
      user: at.account.user?.login ?? '',
    },
  );
}

function collectionMissing(at: Case): Finding {
  return finding(
    'collection-not-found',
    { kind: 'edit-account', field: 'collection' },
    {
      host: at.host,
      collection: at.account.collection,
    },
  );
}

/** The API took the token a moment ago. */
function gitRefused(at: Case): Finding {
  // IIS offers NTLM beside Basic, and git prefers it to the password it was given.
  if (at.account.kind === 'azure-devops-server' && at.git === 'password')
    return finding('git-wants-header', { kind: 'use-header', header: 'basic' }, { host: at.host });
  return finding('git-refuses-token', openTokenPage(at.account), { host: at.host, scopes: 'Code (Read)' });
}

/** What a failure means with Azure DevOps; null leaves it to the general reading. */
export function explain(account: Account, failure: AppFailure, at: Place, now = Date.now()): Finding | null {
  const answer = answerOf(failure);
  if (answer.error.kind === 'cancelled') return null;
  const place = at.repository ? placeOf(at.repository.id) : null;
  const whole: Case = {
    ...at,
    account,
    now,
    host: new URL(account.url).host,
    organization: account.organization || account.collection || (place?.organization ?? ''),
  };
  for (const rule of [...named, ...signIn, ...missing, ...faults]) {
    const found = rule(answer, whole);
    if (found) return found;
  }
  return null;
}
