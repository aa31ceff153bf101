import { writeSecret } from '../../electron/providers/oauth';
import type { Account } from '../../shared/contract/accounts';
import { type Answers, type CauseRow, gitRepository } from './causes';
import { met } from './met';
import type { RefusalRow } from './refusal-row';

const person = (more: Partial<Account> = {}): Partial<Account> => ({
  user: { id: '1', login: 'mira', name: 'Mira' },
  ...more,
});

const signIn = { kind: 'gitlab-self-managed', step: 'sign-in', at: '/user', account: person() } as const;
const project = {
  kind: 'gitlab-self-managed',
  step: 'repository',
  at: '/projects/acme%2Fwidgets',
  account: person(),
} as const;
const git = { kind: 'gitlab-self-managed', step: 'git', at: 'git', account: person() } as const;

const guard = 'gitlabhq/gitlabhq lib/api/api_guard.rb';
const denied = 'gitlabhq/gitlabhq lib/gitlab/auth/user_access_denied_reason.rb (403 of lib/api/helpers.rb)';
const access = 'gitlabhq/gitlabhq lib/gitlab/git_access.rb';
const challenge = { 'www-authenticate': 'Basic realm="GitLab"' };
const newToken = 'http://self/-/user_settings/personal_access_tokens?name=Polyforge&scopes=api';

const invalid = (description: string) => ({
  status: 401,
  headers: { 'www-authenticate': `Bearer realm="The API", error="invalid_token"` },
  json: { error: 'invalid_token', error_description: description },
});
const forbidden = (reason: string) => ({ status: 403, json: { message: `403 Forbidden - ${reason}` } });

/** What GitLab says to a token and to git, and what it means. */
export const gitlabRefusals: readonly RefusalRow[] = [
  {
    ...signIn,
    name: 'a token GitLab does not know is refused',
    source: 'gitlabhq/gitlabhq lib/api/helpers.rb (unauthorized!); git-as-svn/git-as-svn#344',
    answer: { status: 401, json: { message: '401 Unauthorized' } },
    cause: 'token-refused',
    remedy: { kind: 'replace-token' },
    facts: { user: 'mira' },
  },
  {
    ...signIn,
    name: 'a refused token whose last day has passed is told as expired (row 0.16)',
    source: 'as above; the date is /personal_access_tokens/self of an earlier sign-in',
    account: person({ expiresOn: '2024-05-01', expirySource: 'provider' }),
    answer: { status: 401, json: { message: '401 Unauthorized' } },
    cause: 'token-expired',
    remedy: { kind: 'replace-token' },
    facts: { expiredOn: '2024-05-01' },
  },
  {
    ...signIn,
    name: 'GitLab tells a revoked token from an unknown one',
    source: guard,
    answer: invalid('Token was revoked. You have to re-authorize from the user.'),
    cause: 'token-revoked',
    remedy: { kind: 'replace-token' },
  },
  {
    ...signIn,
    name: 'GitLab tells an expired token from an unknown one (row 0.16)',
    source: guard,
    answer: invalid('Token is expired. You can either do re-authorization or token refresh.'),
    cause: 'token-expired',
    remedy: { kind: 'replace-token' },
  },
  {
    ...signIn,
    name: 'an expired sign-in on GitLab’s page has to be made again',
    source: guard,
    account: person({ authenticationType: 'oauth' }),
    answer: invalid('Token is expired. You can either do re-authorization or token refresh.'),
    cause: 'sign-in-needed-again',
    remedy: { kind: 'sign-in-again' },
  },
  {
    ...signIn,
    name: 'an impersonation token where impersonation is off is explained',
    source: guard,
    answer: invalid('Token is an impersonation token but impersonation was disabled.'),
    cause: 'policy-forbids',
    remedy: { kind: 'open-page', url: newToken, page: 'token' },
  },
  {
    ...signIn,
    name: 'an account that demands proof of possession says how to turn it off',
    source: `${guard}; app/services/auth/dpop_authentication_service.rb`,
    answer: { status: 401, json: { error: 'dpop_error', error_description: 'DPoP header is missing' } },
    cause: 'policy-forbids',
    remedy: { kind: 'open-page', url: 'http://self/-/user_settings/personal_access_tokens', page: 'token' },
  },
  {
    ...signIn,
    step: 'permissions',
    at: '/projects',
    name: 'a missing scope is named in GitLab’s own words (row 1.11)',
    source: 'python-gitlab/python-gitlab#2732; git-as-svn/git-as-svn#344',
    answer: {
      status: 403,
      json: {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges than provided by the access token.',
        scope: 'api read_api',
      },
    },
    cause: 'scope-missing',
    remedy: { kind: 'open-page', url: newToken, page: 'token' },
    facts: { scopes: 'api, read_api' },
  },
  {
    ...project,
    name: 'a missing permission of a fine-grained token is named',
    source: 'gitlabhq/gitlabhq spec/lib/api/api_guard_spec.rb; app/services/authz (granular tokens)',
    answer: {
      status: 403,
      json: {
        error: 'insufficient_granular_scope',
        error_description:
          'Access denied: Your Personal Access Token lacks the required permissions: [read_project, read_code] for "acme/widgets".',
      },
    },
    cause: 'scope-missing',
    remedy: { kind: 'open-page', url: 'http://self/-/user_settings/personal_access_tokens', page: 'token' },
    facts: { permissions: 'read_project, read_code', tokenKind: 'fine-grained' },
  },
  {
    ...signIn,
    name: 'a blocked person is told so',
    source: denied,
    answer: forbidden('Your account has been blocked.'),
    cause: 'account-blocked',
    remedy: { kind: 'tell-administrator' },
    facts: { user: 'mira' },
  },
  {
    ...signIn,
    name: 'a person who waits for the administrator’s approval is told so',
    source: denied,
    answer: forbidden('Your account is pending approval from your administrator and hence blocked.'),
    cause: 'account-blocked',
    remedy: { kind: 'tell-administrator' },
    facts: { reason: 'It waits for the approval of an administrator' },
  },
  {
    ...signIn,
    name: 'a deactivated person signs in with the browser once',
    source: denied,
    answer: forbidden(
      'Your account has been deactivated by your administrator. Please log back in from a web browser to reactivate your account at http://self',
    ),
    cause: 'account-blocked',
    remedy: { kind: 'open-page', url: 'http://self/users/sign_in', page: 'server' },
    facts: { reason: 'It was deactivated; signing in with the browser brings it back' },
  },
  {
    ...signIn,
    name: 'an address of e-mail that was not confirmed stands in the way',
    source: denied,
    answer: forbidden(
      'Your primary email address is not confirmed. Please check your inbox for the confirmation instructions. In case the link is expired, you can request a new confirmation email at http://self/users/confirmation/new',
    ),
    cause: 'account-blocked',
    remedy: { kind: 'open-page', url: 'http://self/users/confirmation/new', page: 'security' },
    facts: { reason: 'Its e-mail address was not confirmed' },
  },
  {
    ...signIn,
    name: 'a password that has to be changed stands in the way of the token too',
    source: denied,
    answer: forbidden(
      'Your password expired. Please access GitLab from a web browser to update your password.',
    ),
    cause: 'account-blocked',
    remedy: { kind: 'open-page', url: 'http://self/users/sign_in', page: 'security' },
    facts: { reason: 'Its password has expired and has to be changed in the browser' },
  },
  {
    ...signIn,
    name: 'terms that were not accepted lead to the terms',
    source: `${denied}; gitpod-io/gitpod#5183`,
    answer: forbidden(
      'You (@mira) must accept the Terms of Service in order to perform this action. To accept these terms, please access GitLab from a web browser at http://self.',
    ),
    cause: 'terms-not-accepted',
    remedy: { kind: 'open-page', url: 'http://self/-/users/terms', page: 'terms' },
  },
  {
    ...signIn,
    name: 'the limit of requests says until when',
    source: 'docs.gitlab.com/administration/settings/user_and_ip_rate_limits (429, Retry-After, RateLimit-*)',
    answer: {
      status: 429,
      headers: { 'retry-after': '3600', 'ratelimit-remaining': '0' },
      text: 'Retry later\n',
    },
    cause: 'rate-limited',
    remedy: { kind: 'wait' },
  },
  {
    ...signIn,
    name: 'an address banned after too many wrong tokens is told apart from a missing right',
    source: 'docs.gitlab.com/rate_limits/abuse_bans: "403 for 1 hour", no headers',
    answer: { status: 403, text: 'Forbidden\n' },
    cause: 'ip-not-allowed',
    remedy: { kind: 'tell-administrator' },
    facts: { reason: 'ban' },
  },
  {
    ...signIn,
    step: 'product',
    at: '/metadata',
    name: 'a server that is down for a while is told from a broken one',
    source: 'gitlabhq/gitlabhq public/503.html',
    answer: { status: 503, html: '<html><head><title>GitLab is not responding (503)</title></head></html>' },
    cause: 'server-under-maintenance',
    remedy: { kind: 'try-again' },
  },
  {
    ...project,
    name: 'maintenance with an end says until when',
    source: 'gitlab-org/gitlab!251067 (503 with Retry-After: 60)',
    answer: {
      status: 503,
      headers: { 'retry-after': '3600' },
      json: { message: '503 Service Unavailable' },
    },
    cause: 'server-under-maintenance',
    remedy: { kind: 'wait' },
  },
  {
    ...project,
    name: 'a project one may not see, or only from another network, offers another account',
    source: 'gitlab-org/gitlab!140838 (404 behind a group’s IP restriction); git-as-svn/git-as-svn#344',
    answer: { status: 404, json: { message: '404 Project Not Found' } },
    cause: 'repository-not-visible',
    remedy: { kind: 'choose-account' },
    facts: { repository: 'acme/widgets', user: 'mira' },
  },
  // git
  {
    ...git,
    name: 'a token that reads the API but not repositories cannot clone (row 1.11)',
    source: `${access} (auth_download)`,
    answer: { status: 403, text: 'You are not allowed to download code.' },
    cause: 'git-scope-missing',
    remedy: { kind: 'open-page', url: newToken, page: 'token' },
    facts: { scopes: 'read_repository' },
  },
  {
    ...git,
    name: 'a guest of the project may not clone it',
    source: `${access} (download); stackoverflow.com, project access token needs Reporter`,
    answer: { status: 403, text: 'You are not allowed to download code from this project.' },
    cause: 'git-scope-missing',
    remedy: { kind: 'tell-administrator' },
    facts: { role: 'Reporter', user: 'mira' },
  },
  {
    ...git,
    name: 'git that refuses what the API took is told so',
    general: true,
    source: 'gitlabhq/gitlabhq app/controllers/repositories/git_http_client_controller.rb',
    answer: {
      status: 401,
      headers: challenge,
      text: "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password. If a token was provided, it was either incorrect, expired, or improperly scoped. See http://self/help/topics/git/troubleshooting_git.md#error-on-git-fetch-http-basic-access-denied",
    },
    cause: 'git-refuses-token',
    remedy: { kind: 'replace-token' },
  },
  {
    ...git,
    name: 'git that never took a Bearer header is given a Basic one',
    source: 'as above: only Basic is read',
    account: person({ headerAuthentication: 'bearer' }),
    answer: { status: 401, headers: challenge, text: 'HTTP Basic: Access denied.\n' },
    cause: 'git-refuses-token',
    remedy: { kind: 'use-header', header: 'basic' },
  },
  {
    ...git,
    name: 'git’s one sentence for everything means an expired token once its day has passed (row 0.16)',
    source: 'as above',
    account: person({ expiresOn: '2024-05-01', expirySource: 'provider' }),
    answer: { status: 401, headers: challenge, text: 'HTTP Basic: Access denied.\n' },
    cause: 'token-expired',
    remedy: { kind: 'replace-token' },
  },
  {
    ...git,
    name: 'older servers name the scope git needs',
    source: 'stackoverflow.com/questions/51658549; gitlabhq/gitlabhq before 16.3',
    answer: {
      status: 401,
      headers: challenge,
      text: "HTTP Basic: Access denied\nYou must use a personal access token with 'read_repository' or 'write_repository' scope for Git over HTTP.\nYou can generate one at http://self/-/profile/personal_access_tokens\n",
    },
    cause: 'git-scope-missing',
    remedy: { kind: 'open-page', url: newToken, page: 'token' },
    facts: { scopes: 'read_repository' },
  },
  {
    ...git,
    name: 'a group that wants a session of single sign-on leads to its page',
    source: 'gitlab-org/gitlab ee/lib/ee/gitlab/git_access.rb (check_sso_session!)',
    answer: {
      status: 403,
      text: "Cannot find valid SSO session. Please login via your group's SSO at http://self/groups/acme/-/saml/sso?token=Abc123",
    },
    cause: 'single-sign-on-required',
    remedy: {
      kind: 'open-page',
      url: 'http://self/groups/acme/-/saml/sso?token=Abc123',
      page: 'single-sign-on',
    },
    facts: { organization: 'acme' },
  },
  {
    ...git,
    name: 'a page of single sign-on on another host is not opened on the server’s word',
    source: 'ours: the answer above with a foreign address',
    answer: {
      status: 403,
      text: "Cannot find valid SSO session. Please login via your group's SSO at https://evil.example/groups/acme/-/saml/sso?token=Abc123",
    },
    cause: 'single-sign-on-required',
    remedy: { kind: 'open-page', url: 'http://self/groups/acme/-/saml/sso', page: 'single-sign-on' },
  },
  {
    ...git,
    name: 'git over HTTP that was turned off is told so',
    source: `${access} (check_protocol!)`,
    answer: { status: 403, text: 'Git access over HTTP is not allowed' },
    cause: 'git-over-http-off',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...git,
    name: 'pulling over HTTP that was turned off is told so',
    source: `${access} (upload_pack_disabled_over_http)`,
    answer: { status: 403, text: 'Pulling over HTTP is not allowed.' },
    cause: 'git-over-http-off',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...git,
    name: 'a project git cannot find though the API did',
    general: true,
    source: `${access} (project_not_found)`,
    answer: {
      status: 404,
      text: "The project you were looking for could not be found or you don't have permission to view it.",
    },
    cause: 'repository-not-visible',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...git,
    name: 'a server whose storage of repositories is away is the administrator’s matter',
    source: 'gitlabhq/gitlabhq app/controllers/repositories/git_http_controller.rb',
    answer: {
      status: 503,
      text: 'The git server, Gitaly, is not available at this time. Please contact your administrator.',
    },
    cause: 'server-error',
    remedy: { kind: 'tell-administrator' },
  },
];

/** What a healthy GitLab answers, step by step. */
const healthy: Answers = {
  'GET /api/v4/metadata': ({ authorization }) =>
    authorization === undefined
      ? { status: 401, body: { message: '401 Unauthorized' } }
      : { body: { version: '18.2.1-ee' } },
  'GET /api/v4/user': { body: { id: 1, username: 'mira', name: 'Mira', avatar_url: null } },
  'GET /api/v4/personal_access_tokens/self': {
    body: { name: 'Polyforge', scopes: ['api'], expires_at: null },
  },
  'GET /api/v4/projects': { body: [] },
  'GET /api/v4/projects/acme%2Fwidgets': {
    body: { id: 5, path: 'widgets', path_with_namespace: 'acme/widgets' },
  },
  ...gitRepository('acme/widgets.git', {
    challenge: { status: 401, headers: challenge, body: 'HTTP Basic: Access denied.' },
  }),
};

const secret = 'glpat-Zk3vB8nM1xC6qW9tR4yL';

function secretOf(row: RefusalRow): string {
  if (row.account?.authenticationType !== 'oauth') return secret;
  return writeSecret({
    clientId: 'rows',
    tenant: '',
    accessToken: 'b7e1f0c2d9a84e63975c1f2ab04d8e6f31c7a9d2',
    refreshToken: null,
    receivedAt: 0,
    expiresAt: null,
    refreshExpiresAt: null,
    cache: null,
  });
}

/** The refusals above, met by the doctor on a server that is healthy otherwise, and addresses GitLab is not at. */
export const rows: CauseRow[] = [
  ...gitlabRefusals.map((row) =>
    met(row, {
      of: 'GitLab 18.2',
      base: '/api/v4',
      secret: secretOf(row),
      secrets: [],
      healthy,
      method: 'GET',
    }),
  ),
  {
    name: 'the path GitLab is installed under was left out of the address',
    of: 'GitLab under a path',
    subject: () => ({ account: { kind: 'gitlab-self-managed' }, secret }),
    answers: () => ({
      'GET /gitlab/api/v4/metadata': { status: 401, body: { message: '401 Unauthorized' } },
      'GET /*': { status: 404, body: '<html><title>404 Not Found</title></html>' },
    }),
    expect: (at) => ({
      cause: 'another-product',
      step: 'product',
      remedy: { kind: 'edit-account', field: 'url', value: `${at.origin}/gitlab` },
      facts: { expected: 'GitLab', detail: `GitLab answers at ${at.origin}/gitlab` },
    }),
  },
  {
    name: 'a GitHub Enterprise Server answers where GitLab was expected',
    of: 'GitHub Enterprise Server 3.17',
    subject: () => ({ account: { kind: 'gitlab-self-managed' }, secret }),
    answers: () => ({
      'GET /*': {
        status: 404,
        headers: { 'X-GitHub-Request-Id': 'C0:FFEE' },
        body: { message: 'Not Found' },
      },
    }),
    expect: () => ({
      cause: 'another-product',
      step: 'product',
      remedy: { kind: 'edit-account', field: 'url' },
      facts: { expected: 'GitLab', detail: 'GitHub' },
    }),
  },
  {
    name: 'a token that reads the API and no repositories is found before git is asked (row 1.11)',
    of: 'GitLab 18.2',
    subject: () => ({ account: { kind: 'gitlab-self-managed' }, secret }),
    answers: () => ({
      ...healthy,
      'GET /api/v4/personal_access_tokens/self': { body: { scopes: ['read_api'] } },
    }),
    expect: () => ({
      cause: 'git-scope-missing',
      step: 'permissions',
      remedy: { kind: 'replace-token' },
      facts: { scopes: 'read_repository' },
    }),
  },
  {
    name: 'a project that moved is a warning',
    of: 'GitLab 18.2',
    subject: (at) => ({ account: { kind: 'gitlab-self-managed' }, secret, url: `${at.origin}/acme/old.git` }),
    answers: () => ({
      ...healthy,
      'GET /api/v4/projects/acme%2Fold': {
        body: { id: 5, path: 'widgets', path_with_namespace: 'acme/widgets' },
      },
      ...gitRepository('acme/old.git'),
    }),
    expect: () => ({ cause: null, warnings: ['repository-moved'] }),
  },
  {
    name: 'everything works',
    of: 'GitLab 18.2',
    subject: (at) => ({
      account: { kind: 'gitlab-self-managed' },
      secret,
      url: `${at.origin}/acme/widgets.git`,
    }),
    answers: () => healthy,
    expect: () => ({ cause: null }),
  },
];
