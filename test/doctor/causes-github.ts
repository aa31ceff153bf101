import { generateKeyPairSync } from 'node:crypto';
import { writeSecret } from '../../electron/providers/oauth';
import type { Account } from '../../shared/contract/accounts';
import { type Answers, basicHeader, type CauseRow, gitRepository } from './causes';
import { met } from './met';
import type { RefusalRow } from './refusal-row';

const documentation = 'https://docs.github.com/rest';
const said = (message: string, more: object = {}) => ({ message, ...more, documentation_url: documentation });

const person = (more: Partial<Account> = {}): Partial<Account> => ({
  user: { id: '1', login: 'octocat', name: 'The Octocat' },
  ...more,
});
const fineGrained = person({ scopes: null });
const classic = person({ scopes: ['repo', 'read:org'] });
const app: Partial<Account> = {
  authenticationType: 'app',
  appId: '7',
  installation: { id: '12345678', name: 'acme' },
};

const repository = { kind: 'github-enterprise', step: 'repository', at: '/repos/acme/widgets' } as const;
const signIn = { kind: 'github-enterprise', step: 'sign-in', at: '/user' } as const;
const asApp = { kind: 'github-enterprise', step: 'sign-in', at: '/app', account: app } as const;
const mint = {
  kind: 'github-enterprise',
  step: 'sign-in',
  at: '/app/installations/12345678/access_tokens',
  account: app,
} as const;
const git = { kind: 'github-enterprise', step: 'git', at: 'git' } as const;

/** What GitHub says to a token, an app and git, and what it means. */
export const githubRefusals: readonly RefusalRow[] = [
  // Sign-in
  {
    ...signIn,
    name: 'a revoked, expired or mistyped token is refused, and which of them cannot be told (row 1.5)',
    source: 'docs.github.com/rest/authentication: "initially return a 401"; octokit/octokit.rb spec',
    account: person(),
    answer: { status: 401, json: said('Bad credentials', { status: '401' }) },
    cause: 'token-refused',
    remedy: { kind: 'replace-token' },
    facts: { user: 'octocat' },
  },
  {
    ...signIn,
    name: 'a refused token whose known end has passed is told as expired (row 0.16)',
    source: 'as above; the date is the header github-authentication-token-expiration of an earlier sign-in',
    account: person({ expiresOn: '2024-05-01T09:00:00.000Z', expirySource: 'provider' }),
    answer: { status: 401, json: said('Bad credentials', { status: '401' }) },
    cause: 'token-expired',
    remedy: { kind: 'replace-token' },
    facts: { expiredOn: '2024-05-01T09:00:00.000Z' },
  },
  {
    ...signIn,
    name: 'a sign-in on GitHub’s page that was withdrawn has to be made again',
    source: 'as above',
    account: person({ authenticationType: 'oauth' }),
    answer: { status: 401, json: said('Bad credentials', { status: '401' }) },
    cause: 'sign-in-needed-again',
    remedy: { kind: 'sign-in-again' },
  },
  {
    ...signIn,
    name: 'a server in private mode that does not know the token refuses it',
    source: 'sindresorhus/notifier-for-github#110',
    account: person(),
    answer: {
      status: 401,
      json: {
        message: 'Must authenticate to access this API.',
        documentation_url: 'https://docs.github.com/enterprise-server@3.17/rest',
      },
    },
    cause: 'token-refused',
    remedy: { kind: 'replace-token' },
  },
  {
    ...signIn,
    name: 'a password with a second factor is no token',
    source: 'octokit/octokit.rb lib/octokit/error.rb (OneTimePasswordRequired)',
    answer: {
      status: 401,
      headers: { 'x-github-otp': 'required; app' },
      json: said('Must specify two-factor authentication OTP code.'),
    },
    cause: 'token-is-password',
    remedy: { kind: 'replace-token' },
  },
  {
    ...signIn,
    name: 'a suspended person is told so',
    source: 'zeitlos/lucity#86; octokit/octokit.rb (AccountSuspended)',
    account: person(),
    answer: { status: 403, json: said('Sorry. Your account was suspended', { status: '403' }) },
    cause: 'account-blocked',
    remedy: { kind: 'tell-administrator' },
    facts: { user: 'octocat' },
  },
  {
    ...signIn,
    name: 'an address of e-mail that was never verified stands in the way',
    source: 'octokit/octokit.rb (UnverifiedEmail)',
    answer: { status: 403, json: said('At least one email address must be verified to do that.') },
    cause: 'policy-forbids',
    remedy: { kind: 'open-page', url: 'http://self/settings/emails', page: 'security' },
  },
  {
    ...signIn,
    name: 'too many wrong tokens lock the door for a while',
    source: 'octokit/octokit.rb (TooManyLoginAttempts); docs.github.com "Failed login limit"',
    answer: { status: 403, json: said('Maximum number of login attempts exceeded. Please try again later.') },
    cause: 'rate-limited',
    remedy: { kind: 'try-again' },
  },
  {
    ...signIn,
    name: 'the hourly limit says until when',
    source: 'docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api',
    answer: {
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '{in an hour}' },
      json: said('API rate limit exceeded for user ID 1.'),
    },
    cause: 'rate-limited',
    remedy: { kind: 'wait' },
  },
  {
    ...signIn,
    name: 'the secondary limit says until when',
    source: 'docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api',
    answer: {
      status: 403,
      headers: { 'retry-after': '3600' },
      json: said('You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'),
    },
    cause: 'rate-limited',
    remedy: { kind: 'wait' },
  },
  {
    ...signIn,
    name: 'a limit that does not say until when is no missing right',
    source: 'octokit/octokit.rb (AbuseDetected); docs.github.com: "wait for at least one minute"',
    answer: {
      status: 403,
      json: said(
        'You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.',
      ),
    },
    cause: 'rate-limited',
    remedy: { kind: 'wait' },
  },
  {
    ...signIn,
    step: 'product',
    at: '/meta',
    name: 'a server under maintenance is told from a broken one',
    source: 'docs.github.com, enabling and scheduling maintenance mode: "responds with status code 503"',
    answer: {
      status: 503,
      html: '<html><head><title>GitHub · Maintenance</title></head><body></body></html>',
    },
    cause: 'server-under-maintenance',
    remedy: { kind: 'try-again' },
  },
  // As an app
  {
    ...asApp,
    name: 'an App ID nobody has is told from a wrong key (row 1.17)',
    source: 'issc29/probot-prevent-public-repos#4',
    answer: { status: 404, json: said('Integration not found') },
    cause: 'app-not-found',
    remedy: { kind: 'edit-account', field: 'appId' },
    facts: { app: '7' },
  },
  {
    ...asApp,
    name: 'an App ID that is no number is told as such (row 1.17)',
    source: 'actions/create-github-app-token#386',
    answer: { status: 401, json: said("'Issuer' claim ('iss') must be an Integer") },
    cause: 'app-not-found',
    remedy: { kind: 'edit-account', field: 'appId' },
  },
  {
    ...asApp,
    name: 'a key that is not the app’s is told from a wrong App ID (row 1.7)',
    source: 'backstage/backstage#12887',
    answer: { status: 401, json: said('A JSON web token could not be decoded') },
    cause: 'app-key-wrong',
    remedy: { kind: 'edit-account', field: 'privateKey' },
    facts: { app: '7' },
  },
  {
    ...asApp,
    name: 'an app without any key left needs one (row 1.7)',
    source: 'octokit/octokit.rb#1080',
    answer: { status: 401, json: said('Integration must generate a public key') },
    cause: 'app-key-wrong',
    remedy: { kind: 'edit-account', field: 'privateKey' },
  },
  {
    ...asApp,
    name: 'a clock that is ahead is blamed, with the server’s time',
    source: 'octokit/auth-app.js#698; actions/create-github-app-token#178',
    answer: {
      status: 401,
      headers: { date: 'Sat, 01 Jan 2022 12:00:00 GMT' },
      json: said("'Expiration time' claim ('exp') is too far in the future"),
    },
    cause: 'clock-wrong',
    remedy: { kind: 'try-again' },
    facts: { serverTime: '2022-01-01T12:00:00.000Z' },
  },
  {
    ...asApp,
    name: 'a clock that is behind is blamed, with the server’s time',
    source: 'sigmavirus24/github3.py#1050',
    answer: {
      status: 401,
      headers: { date: 'Sat, 01 Jan 2050 12:00:00 GMT' },
      json: said(
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
      ),
    },
    cause: 'clock-wrong',
    remedy: { kind: 'try-again' },
    facts: { serverTime: '2050-01-01T12:00:00.000Z' },
  },
  {
    ...asApp,
    name: 'a token issued in the server’s future means a wrong clock, whatever GitHub says of integers',
    source: 'probot/probot#326; tibdex/github-app-token#102',
    answer: {
      status: 401,
      headers: { date: 'Sat, 01 Jan 2022 12:00:00 GMT' },
      json: said(
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      ),
    },
    cause: 'clock-wrong',
    remedy: { kind: 'try-again' },
  },
  {
    ...mint,
    name: 'a suspended installation is named (row 1.8)',
    source: 'hcengineering/platform#7639; google-gemini/gemini-cli#12033',
    answer: { status: 403, json: said('This installation has been suspended', { status: '403' }) },
    cause: 'app-suspended',
    remedy: { kind: 'open-page', url: 'http://self/settings/installations/12345678', page: 'installation' },
    facts: { installation: 'acme' },
  },
  {
    ...mint,
    name: 'an installation that was removed has to be chosen again (row 1.8)',
    source: 'codecov/shared#236 (404: installation_not_found)',
    answer: { status: 404, json: said('Not Found') },
    cause: 'app-not-installed',
    remedy: { kind: 'edit-account', field: 'installation' },
    facts: { installation: '12345678' },
  },
  {
    ...mint,
    name: 'an organization’s list of addresses stands before the app too',
    source: 'stackav-sandbox, quoted with actions/create-github-app-token (github.com code search)',
    answer: {
      status: 403,
      json: said(
        'Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.',
      ),
    },
    cause: 'ip-not-allowed',
    remedy: { kind: 'tell-administrator' },
    facts: { organization: 'acme' },
  },
  // What an organization forbids
  {
    ...repository,
    name: 'an organization that forbids classic tokens is named',
    source: 'fullsend-ai/fullsend#3368; git-town/git-town#4609',
    account: classic,
    answer: {
      status: 403,
      json: said(
        '`acme` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions.',
      ),
    },
    cause: 'organization-forbids-token-kind',
    remedy: { kind: 'open-page', url: 'http://self/settings/personal-access-tokens/new', page: 'token' },
    facts: { organization: 'acme', tokenKind: 'classic' },
  },
  {
    ...repository,
    name: 'an organization that forbids fine-grained tokens is named',
    source: 'FIRSTinMI, quoted in a public test (github.com code search)',
    account: fineGrained,
    answer: {
      status: 403,
      json: said("The 'acme' organization forbids access via a fine-grained personal access tokens"),
    },
    cause: 'organization-forbids-token-kind',
    remedy: { kind: 'open-page', url: 'http://self/settings/tokens/new', page: 'token' },
    facts: { organization: 'acme', tokenKind: 'fine-grained' },
  },
  {
    ...repository,
    name: 'a fine-grained token that lives longer than allowed leads to its own page',
    source: 'NixOS/org#247; GladysAssistant/v4-website#408',
    account: fineGrained,
    answer: {
      status: 403,
      json: said(
        "The 'acme' organization forbids access via a fine-grained personal access tokens if the token's lifetime is greater than 366 days. Please adjust your token's lifetime at the following URL: http://self/settings/personal-access-tokens/12885303",
      ),
    },
    cause: 'token-lifetime-too-long',
    remedy: { kind: 'open-page', url: 'http://self/settings/personal-access-tokens/12885303', page: 'token' },
    facts: { organization: 'acme', days: '366' },
  },
  {
    ...repository,
    name: 'a page on another host is never opened on the server’s word',
    source: 'ours: the answer above with a foreign address',
    account: fineGrained,
    answer: {
      status: 403,
      json: said(
        "The 'acme' organization forbids access via a fine-grained personal access tokens if the token's lifetime is greater than 90 days. Please adjust your token's lifetime at the following URL: https://evil.example/settings/personal-access-tokens/1",
      ),
    },
    cause: 'token-lifetime-too-long',
    remedy: { kind: 'open-page', url: 'http://self/settings/personal-access-tokens', page: 'token' },
    facts: { days: '90' },
  },
  {
    ...repository,
    name: 'single sign-on leads to the page GitHub names',
    source: 'docs.github.com/rest/authentication (X-GitHub-SSO); jhu-bids/TermHub#935',
    account: classic,
    answer: {
      status: 403,
      headers: { 'x-github-sso': 'required; url=http://self/orgs/acme/sso?authorization_request=AZSCKL' },
      json: said(
        'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
      ),
    },
    cause: 'single-sign-on-required',
    remedy: {
      kind: 'open-page',
      url: 'http://self/orgs/acme/sso?authorization_request=AZSCKL',
      page: 'single-sign-on',
    },
  },
  {
    ...repository,
    name: 'single sign-on without a page leads to the list of tokens',
    source: 'mapbox/github-release-tools#28',
    account: classic,
    answer: {
      status: 403,
      json: said(
        'Resource protected by organization SAML enforcement. You must grant your personal token access to this organization.',
      ),
    },
    cause: 'single-sign-on-required',
    remedy: { kind: 'open-page', url: 'http://self/settings/tokens', page: 'single-sign-on' },
  },
  {
    ...repository,
    name: 'a list of allowed addresses names its organization',
    source: 'aquasecurity/trivy#10567; RayLabsHQ/gitea-mirror#46',
    account: classic,
    answer: {
      status: 403,
      json: said(
        'Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.',
      ),
    },
    cause: 'ip-not-allowed',
    remedy: { kind: 'tell-administrator' },
    facts: { organization: 'acme', repository: 'acme/widgets' },
  },
  {
    ...repository,
    name: 'an organization that has not approved the OAuth app is named',
    source: 'aeonfun/aeon#1083',
    account: person({ authenticationType: 'oauth' }),
    answer: {
      status: 403,
      json: said(
        'Although you appear to have the correct authorization credentials, the `acme` organization has enabled OAuth App access restrictions, meaning that data access to third-parties is limited. For more information on these restrictions, including how to enable this app, visit https://docs.github.com/articles/restricting-access-to-your-organization-s-data/',
      ),
    },
    cause: 'organization-approval-pending',
    remedy: { kind: 'open-page', url: 'http://self/settings/applications', page: 'security' },
    facts: { organization: 'acme' },
  },
  // Rights
  {
    ...repository,
    name: 'a missing permission is named in GitHub’s own words',
    source:
      'docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api (X-Accepted-GitHub-Permissions)',
    account: fineGrained,
    answer: {
      status: 403,
      headers: {
        'x-accepted-github-permissions': 'pull_requests=read,contents=read; issues=read,contents=read',
      },
      json: said('Resource not accessible by personal access token', { status: '403' }),
    },
    cause: 'scope-missing',
    remedy: { kind: 'open-page', url: 'http://self/settings/personal-access-tokens', page: 'token' },
    facts: {
      permissions: 'pull_requests=read,contents=read; issues=read,contents=read',
      tokenKind: 'fine-grained',
    },
  },
  {
    ...repository,
    name: 'a permission the app was not given leads to its installation (row 1.6)',
    source: 'as above, "Resource not accessible by integration"',
    account: app,
    answer: {
      status: 403,
      headers: { 'x-accepted-github-permissions': 'contents=read' },
      json: said('Resource not accessible by integration', { status: '403' }),
    },
    cause: 'scope-missing',
    remedy: { kind: 'open-page', url: 'http://self/settings/installations/12345678', page: 'installation' },
    facts: { permissions: 'contents=read' },
  },
  {
    ...repository,
    name: 'a missing scope of a classic token is named, also behind a 404 (row 1.4)',
    source:
      'docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps; cli/cli api/client.go',
    foundAt: 'permissions',
    account: person({ scopes: ['read:org'] }),
    answer: {
      status: 404,
      headers: { 'x-oauth-scopes': 'read:org', 'x-accepted-oauth-scopes': 'repo' },
      json: said('Not Found', { status: '404' }),
    },
    cause: 'scope-missing',
    remedy: { kind: 'open-page', url: 'http://self/settings/tokens', page: 'token' },
    facts: { scopes: 'repo', tokenKind: 'classic' },
  },
  {
    ...repository,
    name: '404 to a fine-grained token may mean the wrong owner, a repository left out, or an approval to come',
    source: 'docs.github.com: "404 Not Found for an existing resource"; cli/cli#13350',
    account: fineGrained,
    answer: { status: 404, json: said('Not Found', { status: '404' }) },
    cause: 'repository-not-visible',
    remedy: { kind: 'open-page', url: 'http://self/settings/personal-access-tokens', page: 'token' },
    facts: { repository: 'acme/widgets', tokenKind: 'fine-grained' },
  },
  {
    ...repository,
    name: '404 to a classic token with every scope offers another account',
    source: 'as above',
    account: classic,
    answer: {
      status: 404,
      headers: { 'x-oauth-scopes': 'read:org, repo', 'x-accepted-oauth-scopes': 'repo' },
      json: said('Not Found', { status: '404' }),
    },
    cause: 'repository-not-visible',
    remedy: { kind: 'choose-account' },
    facts: { user: 'octocat' },
  },
  {
    ...repository,
    name: 'a repository that is not part of the installation leads there',
    source: 'docs.github.com: "The GitHub App has access to any repositories that the endpoint will affect"',
    account: app,
    answer: { status: 404, json: said('Not Found', { status: '404' }) },
    cause: 'repository-not-visible',
    remedy: { kind: 'open-page', url: 'http://self/settings/installations/12345678', page: 'installation' },
  },
  {
    ...repository,
    name: 'a repository taken down for legal reasons says since when and why',
    source: 'github/rest-api-description#3314',
    account: classic,
    answer: {
      status: 451,
      json: {
        message: 'Repository access blocked',
        block: {
          reason: 'dmca',
          created_at: '2021-04-22T17:53:56Z',
          html_url: 'http://self/github/dmca/blob/master/2021/04/2021-04-20-ultimate-character-controller.md',
        },
      },
    },
    cause: 'repository-disabled',
    remedy: {
      kind: 'open-page',
      url: 'http://self/github/dmca/blob/master/2021/04/2021-04-20-ultimate-character-controller.md',
      page: 'documentation',
    },
    facts: { reason: 'dmca', since: '2021-04-22T17:53:56Z' },
  },
  {
    ...repository,
    name: 'a repository blocked for its terms of service says so',
    source: 'caarlos0/fork-cleaner#99',
    account: classic,
    answer: {
      status: 403,
      json: {
        message: 'Repository access blocked',
        block: {
          reason: 'tos',
          created_at: '2021-06-08T01:02:15Z',
          html_url: 'https://elsewhere.example/tos',
        },
      },
    },
    cause: 'repository-disabled',
    remedy: { kind: 'tell-administrator' },
    facts: { reason: 'tos' },
  },
  // git
  {
    ...git,
    name: 'git that refuses what the API took is told so',
    source: 'gitextensions/gitextensions#12876; RayLabsHQ/gitea-mirror#277',
    general: true,
    account: classic,
    answer: {
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="GitHub"' },
      text: 'Invalid username or token. Password authentication is not supported for Git operations.\n',
    },
    cause: 'git-refuses-token',
    remedy: { kind: 'replace-token' },
  },
  {
    ...git,
    name: 'git that never took a Bearer header is given a Basic one',
    source: 'actions/checkout (extraheader: AUTHORIZATION: basic); the words as above',
    account: person({ headerAuthentication: 'bearer' }),
    answer: {
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="GitHub"' },
      text: 'Invalid username or token. Password authentication is not supported for Git operations.\n',
    },
    cause: 'git-refuses-token',
    remedy: { kind: 'use-header', header: 'basic' },
    facts: { header: 'basic' },
  },
  {
    ...git,
    name: 'a fine-grained token without Contents cannot clone',
    source: 'apache/devlake#3996; moghtech/komodo#1482',
    account: fineGrained,
    answer: { status: 403, text: 'Write access to repository not granted.\n' },
    cause: 'git-scope-missing',
    remedy: { kind: 'open-page', url: 'http://self/settings/personal-access-tokens', page: 'token' },
    facts: { permissions: 'contents=read', tokenKind: 'fine-grained' },
  },
  {
    ...git,
    name: 'git behind single sign-on leads to the page it names',
    source: 'desktop/desktop#9055',
    account: classic,
    answer: {
      status: 403,
      text: "The `acme' organization has enabled or enforced SAML SSO. To access\nthis repository, visit http://self/orgs/acme/sso?authorization_request=AOON5OK3ZUKK\nand try your request again.\n",
    },
    cause: 'single-sign-on-required',
    remedy: {
      kind: 'open-page',
      url: 'http://self/orgs/acme/sso?authorization_request=AOON5OK3ZUKK',
      page: 'single-sign-on',
    },
    facts: { organization: 'acme' },
  },
  {
    ...git,
    name: 'git behind single sign-on without a page leads to the organization’s own',
    source: 'desktop/desktop#11805; Mergifyio/mergify#1145',
    account: classic,
    answer: {
      status: 403,
      text: "The `acme' organization has enabled or enforced SAML SSO. To access\nthis repository, you must re-authorize the OAuth Application `Polyforge`.\n",
    },
    cause: 'single-sign-on-required',
    remedy: { kind: 'open-page', url: 'http://self/orgs/acme/sso', page: 'single-sign-on' },
  },
  {
    ...git,
    name: 'an organization that forbids classic tokens tells git so',
    source: 'os-climate/os_c_data_commons#366',
    account: classic,
    answer: {
      status: 403,
      text: 'Personal access tokens (classic) are forbidden from accessing this repository.\n',
    },
    cause: 'organization-forbids-token-kind',
    remedy: { kind: 'open-page', url: 'http://self/settings/personal-access-tokens/new', page: 'token' },
    facts: { tokenKind: 'classic' },
  },
  {
    ...git,
    name: 'a suspended person is told so by git',
    source: 'github/site-policy#1258',
    account: person(),
    answer: {
      status: 403,
      text: 'Your account is suspended. Please visit https://support.github.com for more information.\n',
    },
    cause: 'account-blocked',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...git,
    name: 'a disabled repository is told so by git',
    source: 'activeadmin/activeadmin#3757',
    account: classic,
    answer: {
      status: 403,
      text: "Repository `acme/widgets' is disabled. Please ask the owner to check their account.\n",
    },
    cause: 'repository-disabled',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...git,
    name: 'git that finds nothing where the API did is no matter of the token’s scopes',
    source: 'git’s answer to a repository one may not see: "Repository not found."',
    general: true,
    account: classic,
    answer: { status: 404, text: 'Repository not found.\n' },
    cause: 'repository-not-visible',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...git,
    name: 'a server under maintenance refuses git as well',
    source: 'docs.github.com, maintenance mode: "The requested URL returned error: 503"',
    account: classic,
    answer: { status: 503, html: '<html><head><title>Maintenance</title></head></html>' },
    cause: 'server-under-maintenance',
    remedy: { kind: 'try-again' },
  },
];

/** What a healthy GitHub Enterprise Server answers to this account, step by step. */
function healthy(account: Partial<Account> | undefined, method: 'app' | 'person'): Answers {
  const scopes = account?.scopes;
  const headers = {
    'X-GitHub-Request-Id': 'C0FF:EE',
    'X-GitHub-Enterprise-Version': 'enterprise-server@3.17.4',
    ...(scopes ? { 'X-OAuth-Scopes': scopes.join(', '), 'X-Accepted-OAuth-Scopes': '' } : {}),
  };
  const api = (path: string, body: unknown, status = 200): Answers => ({
    [`GET /api/v3${path}`]: { status, headers, body },
  });
  const installation = {
    id: 12_345_678,
    account: { login: 'acme', type: 'Organization' },
    suspended_at: null,
    permissions: { contents: 'write', metadata: 'read', pull_requests: 'write' },
  };
  return {
    ...api('/meta', { verifiable_password_authentication: true, installed_version: '3.17.4' }),
    ...(method === 'app'
      ? {
          ...api('/app', { id: 7, slug: 'forge', name: 'Forge' }),
          ...api('/app/installations/12345678', installation),
          ...api('/installation/repositories', { total_count: 1, repositories: [] }),
          'POST /api/v3/app/installations/12345678/access_tokens': {
            status: 201,
            body: { token: installationToken, expires_at: '2099-01-01T00:00:00Z' },
          },
        }
      : {
          ...api('/user', { id: 1, login: 'octocat', name: 'The Octocat', avatar_url: null }),
          ...api('/user/repos', []),
        }),
    ...api('/repos/acme/widgets', {
      name: 'widgets',
      full_name: 'acme/widgets',
      owner: { login: 'acme' },
      private: true,
    }),
    ...gitRepository('acme/widgets.git', {
      challenge: {
        status: 401,
        headers: { 'WWW-Authenticate': 'Basic realm="GitHub"' },
        body: 'Repository not found.',
      },
    }),
  };
}

const installationToken = 'ghs_7Kq2mZ8vN4xR1tB6yL9cD3fH5jW0pS2gA8eU';
const secrets = {
  classic: 'ghp_9fJ2kL7mQ4xV1bN8sT3rW6yZ0aC5dE2gH8uP',
  fineGrained: `github_pat_11ABCDEFG0${'Kj3nB8vC2xZ'.repeat(5)}`,
  app: generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString(),
};

function secretOf(row: RefusalRow): string {
  if (row.account?.authenticationType === 'app') return secrets.app;
  if (row.account?.authenticationType === 'oauth')
    return writeSecret({
      clientId: 'Iv23liRows',
      tenant: '',
      accessToken: 'gho_3sD9fG2hJ6kL8zX1cV4bN7mQ0wE5rT2yU9iO',
      refreshToken: null,
      receivedAt: 0,
      expiresAt: null,
      refreshExpiresAt: null,
      cache: null,
    });
  return row.account?.scopes === null ? secrets.fineGrained : secrets.classic;
}

const github = { kind: 'github-enterprise' } as const;
const at = (path: string) => (place: { origin: string }) => `${place.origin}/${path}`;

/** The refusals above, met by the doctor on a server that is healthy otherwise, and what needs no refusal. */
export const rows: CauseRow[] = [
  ...githubRefusals.map((row) =>
    met(row, {
      of: 'GitHub Enterprise Server 3.17',
      base: '/api/v3',
      secret: secretOf(row),
      secrets: [installationToken],
      healthy: healthy(row.account, row.account?.authenticationType === 'app' ? 'app' : 'person'),
      // A token is minted with POST; everything else is read.
      method: row.at.endsWith('/access_tokens') ? 'POST' : 'GET',
    }),
  ),
  {
    name: 'a GitLab answers where GitHub was expected',
    of: 'GitLab 18.2',
    subject: () => ({ account: github, secret: secrets.classic }),
    answers: () => ({
      'GET /*': {
        status: 404,
        headers: { 'X-Gitlab-Meta': '{"version":"1"}' },
        body: { error: '404 Not Found' },
      },
    }),
    expect: () => ({
      cause: 'another-product',
      step: 'product',
      remedy: { kind: 'edit-account', field: 'url' },
      facts: { expected: 'GitHub Enterprise Server', detail: 'GitLab' },
    }),
  },
  {
    name: 'a server of before checks is too old',
    of: 'GitHub Enterprise Server 2.22',
    subject: () => ({ account: github, secret: secrets.classic }),
    answers: () => ({ 'GET /api/v3/meta': { body: { installed_version: '2.22.20' } } }),
    expect: () => ({
      cause: 'product-too-old',
      step: 'product',
      facts: { found: '2.22.20', minimum: '3.0' },
    }),
  },
  {
    name: 'a server in private mode tells strangers nothing and is GitHub all the same',
    of: 'GitHub Enterprise Server 3.13, private mode',
    subject: (place) => ({
      account: { ...github, ...classic },
      secret: secrets.classic,
      url: at('acme/widgets.git')(place),
    }),
    answers: () => ({
      ...healthy(classic, 'person'),
      'GET /api/v3/meta': {
        status: 401,
        body: {
          message: 'Must authenticate to access this API.',
          documentation_url: 'https://docs.github.com/enterprise-server@3.13/rest',
        },
      },
    }),
    expect: () => ({ cause: null }),
  },
  {
    name: 'a password is told before it is sent',
    of: 'GitHub Enterprise Server 3.17',
    subject: () => ({ account: github, secret: 'correct-horse-battery-staple' }),
    answers: () => healthy(classic, 'person'),
    expect: () => ({ cause: 'token-is-password', step: 'token-form', remedy: { kind: 'replace-token' } }),
  },
  {
    name: 'a token of GitLab is told before it is sent',
    of: 'GitHub Enterprise Server 3.17',
    subject: () => ({ account: github, secret: 'glpat-8Xk2mQ5vB1nT7wL4zR9c' }),
    answers: () => healthy(classic, 'person'),
    expect: () => ({
      cause: 'token-of-another-provider',
      step: 'token-form',
      remedy: { kind: 'replace-token' },
      facts: { looksLike: 'gitlab' },
    }),
  },
  {
    name: 'a key that was not copied whole is told before anything is signed with it (row 1.7)',
    of: 'GitHub Enterprise Server 3.17',
    subject: () => ({ account: { ...github, ...app }, secret: secrets.app.slice(0, 400) }),
    answers: () => healthy(app, 'app'),
    expect: () => ({
      cause: 'private-key-malformed',
      step: 'token-form',
      remedy: { kind: 'edit-account', field: 'privateKey' },
    }),
  },
  {
    name: 'organizations left out for want of single sign-on are a warning',
    of: 'GitHub Enterprise Cloud',
    subject: (place) => ({
      account: { ...github, ...classic },
      secret: secrets.classic,
      url: at('acme/widgets.git')(place),
    }),
    answers: () => ({
      ...healthy(classic, 'person'),
      'GET /api/v3/user/repos': {
        headers: {
          'X-OAuth-Scopes': 'repo, read:org',
          'X-GitHub-SSO': 'partial-results; organizations=21955855,20582480',
        },
        body: [],
      },
    }),
    expect: () => ({ cause: null, warnings: ['single-sign-on-required'] }),
  },
  {
    name: 'an app without Contents cannot clone (row 1.6)',
    of: 'GitHub Enterprise Server 3.17',
    subject: (place) => ({
      account: { ...github, ...app },
      secret: secrets.app,
      secrets: [installationToken],
      url: at('acme/widgets.git')(place),
    }),
    answers: () => ({
      ...healthy(app, 'app'),
      'GET /api/v3/app/installations/12345678': {
        body: { id: 12_345_678, account: { login: 'acme' }, permissions: { metadata: 'read' } },
      },
    }),
    expect: () => ({
      cause: 'scope-missing',
      step: 'permissions',
      facts: { permissions: 'contents=read', installation: 'acme' },
      warnings: ['scope-missing'],
    }),
  },
  {
    name: 'an app that is installed nowhere has to be installed (row 1.9)',
    of: 'GitHub Enterprise Server 3.17',
    subject: () => ({ account: { ...github, ...app, installation: null }, secret: secrets.app }),
    answers: () => ({ ...healthy(app, 'app'), 'GET /api/v3/app/installations': { body: [] } }),
    expect: () => ({ cause: 'app-not-installed', step: 'sign-in' }),
  },
  {
    name: 'a renamed repository is a warning',
    of: 'GitHub Enterprise Server 3.17',
    subject: (place) => ({
      account: { ...github, ...classic },
      secret: secrets.classic,
      url: at('acme/old.git')(place),
    }),
    answers: () => ({
      ...healthy(classic, 'person'),
      // docs.github.com: renamed repositories are found by their number.
      'GET /api/v3/repos/acme/old': {
        status: 301,
        headers: { Location: '/api/v3/repositories/5' },
        body: { message: 'Moved Permanently' },
      },
      'GET /api/v3/repositories/5': {
        body: { name: 'widgets', full_name: 'acme/widgets', owner: { login: 'acme' }, private: true },
      },
      ...gitRepository('acme/old.git'),
    }),
    expect: () => ({ cause: null, warnings: ['repository-moved'] }),
  },
  {
    name: 'an app that works (row 1.10)',
    of: 'GitHub Enterprise Server 3.17',
    subject: (place) => ({
      account: { ...github, ...app },
      secret: secrets.app,
      secrets: [installationToken],
      url: at('acme/widgets.git')(place),
    }),
    answers: () => ({
      ...healthy(app, 'app'),
      ...gitRepository('acme/widgets.git', {
        accepts: (authorization) => authorization === basicHeader('x-access-token', installationToken),
      }),
    }),
    expect: () => ({ cause: null }),
  },
];
