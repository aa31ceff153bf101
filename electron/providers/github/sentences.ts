import type { Account } from '../../../shared/contract/accounts';
import type { Finding, Remedy } from '../../../shared/contract/doctor';
import type { AppFailure } from '../../../shared/errors';
import { clockDifference, finding, type ProviderDiagnosis, type Told } from '../diagnosis';
import {
  accountPage,
  installationPage,
  ownPage,
  sentenceOrganization,
  singleSignOnPage,
  tokenKind,
  tokenListPage,
} from './pages';

export type At = Parameters<ProviderDiagnosis['explain']>[2];

/** A failure being explained. */
export interface Case {
  account: Account;
  failure: AppFailure;
  said: Told;
  at: At;
  /** Of every finding: the host, and the repository where one is concerned. */
  about: Record<string, string | undefined>;
}

type Row = [RegExp, (one: Case, match: RegExpExecArray) => Finding | null];

export const replaceToken: Remedy = { kind: 'replace-token' };
export const administrator: Remedy = { kind: 'tell-administrator' };
export const tryAgain: Remedy = { kind: 'try-again' };

export const edit = (field: string): Remedy => ({ kind: 'edit-account', field });

/** The organization a sentence of GitHub's names, for the facts. */
export const organization = ({ said }: Case) => ({ organization: sentenceOrganization(said.text) });

const suspended: Row[1] = ({ account, about }) =>
  finding('account-blocked', administrator, { ...about, user: account.user?.login });

export function singleSignOn(one: Case): Finding {
  const { account, said, about } = one;
  return finding(
    'single-sign-on-required',
    {
      kind: 'open-page',
      url: singleSignOnPage(account, said),
      page: 'single-sign-on',
    },
    { ...about, ...organization(one) },
  );
}

/**
 * GitHub's sentences, of the API and of git, and what each means. First match
 * wins. test/providers/data/github-refusals.json names the source of each.
 */
export const sentences: readonly Row[] = [
  // The three clock complaints @octokit/auth-app knows.
  [
    /'(Expiration time|Issued at)' claim/,
    ({ said, about }) => finding('clock-wrong', tryAgain, { ...about, ...clockDifference(said) }),
  ],
  [
    /JSON web token could not be decoded|must generate a public key/i,
    ({ account, about }) => finding('app-key-wrong', edit('privateKey'), { ...about, app: account.appId }),
  ],
  [
    /'Issuer' claim|integration not found/i,
    ({ account, about }) => finding('app-not-found', edit('appId'), { ...about, app: account.appId }),
  ],
  [
    /installation (has been|on \S+ is) suspended|suspended your access/i,
    ({ account, about }) =>
      finding(
        'app-suspended',
        { kind: 'open-page', url: installationPage(account), page: 'installation' },
        { ...about, installation: account.installation?.name || account.installation?.id },
      ),
  ],
  [/SAML enforcement|enabled or enforced SAML SSO/i, singleSignOn],
  [
    /forbids access via a fine-grained personal access tokens? if the token's lifetime is greater than (\d+) days/i,
    (one, match) =>
      finding(
        'token-lifetime-too-long',
        {
          kind: 'open-page',
          url:
            ownPage(
              one.account,
              /https?:\/\/\S+\/settings\/personal-access-tokens\/\d+/.exec(one.said.text)?.[0],
            ) ?? accountPage(one.account, '/settings/personal-access-tokens'),
          page: 'token',
        },
        { ...one.about, ...organization(one), days: match[1] },
      ),
  ],
  [
    /forbids access via a personal access token \(classic\)|personal access tokens \(classic\) are forbidden/i,
    (one) =>
      finding(
        'organization-forbids-token-kind',
        {
          kind: 'open-page',
          url: accountPage(one.account, '/settings/personal-access-tokens/new'),
          page: 'token',
        },
        { ...one.about, ...organization(one), tokenKind: 'classic' },
      ),
  ],
  [
    /forbids access via a fine-grained|fine-grained personal access tokens are forbidden/i,
    (one) =>
      finding(
        'organization-forbids-token-kind',
        { kind: 'open-page', url: accountPage(one.account, '/settings/tokens/new'), page: 'token' },
        { ...one.about, ...organization(one), tokenKind: 'fine-grained' },
      ),
  ],
  [
    /IP allow list enabled/i,
    (one) => finding('ip-not-allowed', administrator, { ...one.about, ...organization(one) }),
  ],
  [
    /OAuth App access restrictions/i,
    (one) =>
      finding(
        'organization-approval-pending',
        { kind: 'open-page', url: accountPage(one.account, '/settings/applications'), page: 'security' },
        { ...one.about, ...organization(one), tokenKind: 'oauth' },
      ),
  ],
  [
    /repository access blocked|disabled by GitHub staff|is disabled\. Please ask the owner/i,
    ({ account, said, about }) => {
      const block = blockOf(said.body);
      const page = ownPage(account, block.page);
      return finding(
        'repository-disabled',
        page ? { kind: 'open-page', url: page, page: 'documentation' } : administrator,
        { ...about, reason: block.reason, since: block.since },
      );
    },
  ],
  [/account (was|is) suspended/i, suspended],
  [
    /email address must be verified/i,
    (one) =>
      finding(
        'policy-forbids',
        { kind: 'open-page', url: accountPage(one.account, '/settings/emails'), page: 'security' },
        { ...one.about, detail: one.said.text },
      ),
  ],
  // Not every refusal for the rate says until when: "wait for at least one minute" (docs.github.com, troubleshooting the REST API).
  [
    /secondary rate limit|abuse detection|rate limit exceeded/i,
    ({ about }) => {
      const until = Date.now() + 60_000;
      return finding(
        'rate-limited',
        { kind: 'wait', until },
        { ...about, until: new Date(until).toISOString() },
      );
    },
  ],
  [
    /login attempts exceeded/i,
    ({ about, said }) => finding('rate-limited', tryAgain, { ...about, detail: said.text }),
  ],
  [
    /Write access to repository not granted|Permission to \S+ denied to/i,
    (one) =>
      finding(
        'git-scope-missing',
        { kind: 'open-page', url: tokenListPage(one.account, one.said), page: tokenPageKind(one.account) },
        { ...one.about, ...missingForGit(one) },
      ),
  ],
  [
    /(password authentication (is not supported|was removed)|Invalid username or (password|token))/i,
    (one) => refusedByGit(one),
  ],
];

export function tokenPageKind(account: Account): 'installation' | 'token' {
  return account.authenticationType === 'app' ? 'installation' : 'token';
}

/** Classic tokens clone with a scope, everything else with a permission. */
function missingForGit({ account, said }: Case): Record<string, string | undefined> {
  const kind = tokenKind(account, said);
  return kind === 'classic' || kind === 'oauth'
    ? { scopes: 'repo', tokenKind: kind }
    : { permissions: 'contents=read', tokenKind: kind };
}

/**
 * The API took the token; git did not. GitHub's git reads Basic only; whether
 * a header works where a password did not is for trying, not for guessing.
 */
export function refusedByGit({ account, at, about, said }: Case): Finding | null {
  if (at.git !== 'header' || account.headerAuthentication !== 'bearer') return null;
  return finding(
    'git-refuses-token',
    { kind: 'use-header', header: 'basic' },
    { ...about, header: 'basic', detail: said.text },
  );
}

function blockOf(body: unknown): { reason?: string; since?: string; page?: string } {
  const block = (body as { block?: Record<string, unknown> } | undefined)?.block;
  const text = (name: string) => (typeof block?.[name] === 'string' ? block[name] : undefined);
  return { reason: text('reason'), since: text('created_at'), page: text('html_url') };
}
