import type { Account } from '../../shared/contract/accounts';
import { type Answer, type Answers, basicHeader, type CauseRow, gitRepository } from './causes';
import { met } from './met';
import type { RefusalRow, RefusingAnswer } from './refusal-row';

const error = (message: string, more: object = {}) => ({ type: 'error', error: { message, ...more } });
const person: Partial<Account> = { email: 'mira@northwind.example' };
const invalid: RefusingAnswer = {
  status: 401,
  json: error('Token is invalid, expired, or not supported for this endpoint.'),
};
const tokenPage = 'https://id.atlassian.com/manage-profile/security/api-tokens';

const signIn = { kind: 'bitbucket-cloud', step: 'sign-in', at: '/user', account: person } as const;
const permissions = { ...signIn, step: 'permissions', at: '/user/workspaces' } as const;
const repository = { ...signIn, step: 'repository', at: '/repositories/acme/widgets' } as const;
const git = { ...signIn, step: 'git', at: 'git' } as const;
const workspaceToken: Partial<Account> = { authenticationType: 'access-token', organization: 'northwind' };

/** What Bitbucket Cloud says to a token and to git, and what it means. */
export const bitbucketCloudRefusals: readonly RefusalRow[] = [
  {
    ...signIn,
    name: '1.16 an e-mail address that does not fit the token is told apart from a wrong token',
    source: 'GearPlug/bitbucket-python#10',
    answer: {
      status: 401,
      text: 'Login failed due to incorrect login credentials or method.\nFor information on authentication methods for Bitbucket Cloud APIs, visit:\n    https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication\n',
    },
    cause: 'user-name-wrong',
    remedy: { kind: 'edit-account', field: 'email' },
    facts: { user: 'mira@northwind.example' },
  },
  {
    ...signIn,
    name: 'a token Bitbucket does not take is refused, and which of its reasons holds cannot be told',
    source: 'avivsinai/bitbucket-cli#30',
    answer: invalid,
    cause: 'token-refused',
    remedy: { kind: 'replace-token' },
  },
  {
    ...signIn,
    name: '1.12 the same before the date the user noted is a token made without scopes',
    source: 'avivsinai/bitbucket-cli#30: an API token created without scopes',
    account: { ...person, expiresOn: '2099-01-01', expirySource: 'user' },
    answer: invalid,
    cause: 'scope-missing',
    remedy: { kind: 'open-page', url: tokenPage, page: 'token' },
    facts: {
      scopes:
        'read:user:bitbucket, read:workspace:bitbucket, read:repository:bitbucket, read:pullrequest:bitbucket',
    },
  },
  {
    ...signIn,
    name: '0.16 the same after the date the user noted is told as expired',
    source: 'avivsinai/bitbucket-cli#30',
    account: { ...person, expiresOn: '2024-05-01', expirySource: 'user' },
    answer: invalid,
    cause: 'token-expired',
    remedy: { kind: 'replace-token' },
    facts: { date: '2024-05-01' },
  },
  {
    ...signIn,
    name: '0.16 an access token that has expired is told so by Bitbucket itself',
    source: 'lemurheavy/coveralls-public#1541',
    account: workspaceToken,
    answer: { status: 401, json: error('Access token expired.') },
    cause: 'token-expired',
    remedy: { kind: 'replace-token' },
  },
  {
    ...permissions,
    name: '1.12 a scope that is missing is named, and those there are',
    source: 'gildas/bitbucket-cli#56',
    answer: {
      status: 403,
      json: error('Your credentials lack one or more required privilege scopes.', {
        detail: { required: ['read:workspace:bitbucket'], granted: ['read:repository:bitbucket'] },
      }),
    },
    cause: 'scope-missing',
    remedy: { kind: 'open-page', url: tokenPage, page: 'token' },
    facts: { scopes: 'read:workspace:bitbucket', granted: 'read:repository:bitbucket' },
  },
  {
    ...repository,
    name: 'a workspace that lets only some addresses in is told',
    source: 'confluence.atlassian.com/bbkb, "Error 403 when performing Git operations", scenario 1',
    answer: { status: 403, json: error('To access this repository, an admin must whitelist your IP.') },
    cause: 'ip-not-allowed',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...repository,
    name: 'a workspace that wants two-step verification leads to the page that switches it on',
    source: 'confluence.atlassian.com/bbkb, "Error 403 when performing Git operations", scenario 2',
    answer: { status: 403, json: error('To access this repository, enable two-step authentication.') },
    cause: 'two-factor-required',
    remedy: {
      kind: 'open-page',
      url: 'https://id.atlassian.com/manage-profile/security/two-step-verification',
      page: 'security',
    },
  },
  {
    ...repository,
    name: 'the token of another repository of the workspace is told to be that',
    source: 'avivsinai/bitbucket-cli#70',
    account: { ...workspaceToken, organization: 'acme' },
    answer: { status: 403, json: error('Forbidden') },
    cause: 'repository-not-visible',
    remedy: { kind: 'choose-account' },
    facts: { madeFor: 'acme' },
  },
  {
    ...repository,
    name: '1.19 a repository that is not there looks like one that may not be seen',
    source: 'community.atlassian.com, "Having trouble switching to API tokens"',
    answer: {
      status: 404,
      json: error(
        'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.',
      ),
    },
    cause: 'repository-not-visible',
    remedy: { kind: 'choose-account' },
    facts: { path: 'acme/widgets' },
  },
  {
    ...permissions,
    name: 'a part of the API that was removed says where that is announced',
    source: 'aashari/mcp-server-atlassian-bitbucket#230, apache/devlake#8916',
    answer: {
      status: 410,
      json: {
        ...error('CHANGE-2770 - Functionality has been deprecated'),
        data: { announcement_url: 'https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-2770' },
      },
    },
    cause: 'api-disabled',
    remedy: {
      kind: 'open-page',
      url: 'https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-2770',
      page: 'documentation',
    },
  },
  {
    ...permissions,
    name: 'the announcement of a removed part is opened on Atlassian’s own pages only',
    source: 'the same with another address',
    answer: {
      status: 410,
      json: { ...error('CHANGE-1 - gone'), data: { announcement_url: 'https://evil.example/phish' } },
    },
    cause: 'api-disabled',
    remedy: {
      kind: 'open-page',
      url: 'https://developer.atlassian.com/cloud/bitbucket/changelog/',
      page: 'documentation',
    },
  },
  {
    ...signIn,
    name: 'the hourly limit says until when',
    source: 'support.atlassian.com, "API request limits"',
    answer: {
      status: 429,
      headers: { 'retry-after': '120' },
      json: error('Rate limit for this resource has been exceeded'),
    },
    cause: 'rate-limited',
    remedy: { kind: 'wait' },
  },
  {
    ...git,
    name: '1.12 git is told that an app password is one, and what replaces it',
    source: 'praveenboyalapalli.com/bitbucket, atdev.blog: what git shows since 2026-07-28',
    answer: {
      status: 410,
      text: 'CHANGE-3222 - Functionality has been deprecated\nApp passwords are deprecated and must be replaced with API tokens.\nhttps://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3222\n',
    },
    cause: 'app-password-retired',
    remedy: { kind: 'open-page', url: tokenPage, page: 'token' },
    facts: { date: '2026-07-28' },
  },
  {
    ...git,
    name: 'git meets a workspace that lets only some addresses in',
    source: 'confluence.atlassian.com/bbkb, "Error 403 when performing Git operations"',
    answer: { status: 403, text: 'To access this repository, an admin must whitelist your IP.\n' },
    cause: 'ip-not-allowed',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...git,
    name: '1.12 git is refused although the API took the token: the scope for clones is missing',
    source: 'support.atlassian.com, "Using API tokens"',
    answer: {
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="Bitbucket.org HTTP"' },
      text: 'Invalid credentials',
    },
    cause: 'git-refuses-token',
    remedy: { kind: 'replace-token' },
    facts: { scopes: 'read:repository:bitbucket' },
  },
];

const seen = { 'x-arequestid': '@AMNY1Ux984x437972x0', 'x-asen': 'SEN-4786478' };
const failed = (
  status: number,
  message: string,
  exception: string,
  headers: object = {},
): RefusingAnswer => ({
  status,
  headers: { ...seen, ...headers },
  json: {
    errors: [{ context: null, message, exceptionName: `com.atlassian.bitbucket.${exception}` }],
  },
});
const wrong = failed(
  401,
  'Authentication failed. Please check your credentials and try again.',
  'auth.IncorrectPasswordAuthenticationException',
);

const onServer = { kind: 'bitbucket-data-center', step: 'sign-in', at: '/repos' } as const;
const ownRepository = {
  kind: 'bitbucket-data-center',
  step: 'repository',
  at: '/projects/ACME/repos/widgets',
} as const;
const ownGit = { kind: 'bitbucket-data-center', step: 'git', at: 'git' } as const;

/** What Bitbucket Data Center says to a token and to git, and what it means. */
export const bitbucketDataCenterRefusals: readonly RefusalRow[] = [
  {
    ...onServer,
    name: 'an unknown, ended or revoked token is refused in the words for a wrong password',
    source: 'IncorrectPasswordAuthenticationException in public tests and logs',
    answer: wrong,
    cause: 'token-refused',
    remedy: { kind: 'replace-token' },
  },
  {
    ...onServer,
    name: '0.16 the same after the date the user noted is told as expired',
    source: 'confluence.atlassian.com/bitbucketserver, "HTTP access tokens": expiry',
    account: { expiresOn: '2024-05-01', expirySource: 'user' },
    answer: wrong,
    cause: 'token-expired',
    remedy: { kind: 'replace-token' },
  },
  {
    ...onServer,
    name: 'a token that was revoked is told so where the server says it',
    source: 'the form of an authentication error with these words',
    answer: failed(401, 'The access token was revoked.', 'auth.AuthenticationException'),
    cause: 'token-revoked',
    remedy: { kind: 'replace-token' },
  },
  {
    ...onServer,
    name: 'a CAPTCHA in the way leads to the page that shows it',
    source: 'jenkinsci/stashnotifier-plugin#263',
    answer: failed(
      401,
      'CAPTCHA required. Your Bitbucket account has been locked. To unlock it and log in again you must solve a CAPTCHA. This is typically caused by too many attempts to login with an incorrect password.',
      'auth.CaptchaRequiredAuthenticationException',
      { 'www-authenticate': 'Basic realm="Atlassian Bitbucket"' },
    ),
    cause: 'captcha-required',
    remedy: { kind: 'tell-administrator' },
    facts: { url: 'http://self/login' },
  },
  {
    ...onServer,
    name: 'a CAPTCHA named in a header is told as well, on the account’s own server only',
    source: 'cristibaluta/Jit#12',
    answer: {
      status: 403,
      headers: {
        ...seen,
        'x-authentication-denied-reason': 'CAPTCHA_CHALLENGE; login-url=https://evil.example/login',
      },
      text: '',
    },
    cause: 'captcha-required',
    remedy: { kind: 'tell-administrator' },
    facts: { url: 'http://self/login' },
  },
  {
    ...onServer,
    name: 'a server that takes no names and passwords wants the token in a Bearer header',
    source: 'Atlassian’s servers with Basic switched off, the same words in all of them',
    answer: {
      status: 403,
      headers: seen,
      json: { message: 'Basic Authentication has been disabled on this instance.' },
    },
    cause: 'basic-authentication-off',
    remedy: { kind: 'use-header', header: 'bearer' },
  },
  {
    ...onServer,
    name: 'a person who may not sign in any more is told so',
    source: 'com.atlassian.bitbucket.auth.InactiveUserAuthenticationException',
    account: { username: 'mira' },
    answer: failed(401, 'The user account is inactive.', 'auth.InactiveUserAuthenticationException'),
    cause: 'account-blocked',
    remedy: { kind: 'tell-administrator' },
    facts: { user: 'mira' },
  },
  {
    ...onServer,
    name: 'a token without the permission to read repositories is told which it needs',
    source: 'sourcegraph, bitbucketserver/provider_test.go: AuthorisationException with 401',
    answer: failed(401, 'You are not permitted to access this resource', 'AuthorisationException'),
    cause: 'scope-missing',
    remedy: { kind: 'replace-token' },
    facts: { scopes: 'Project read, Repository read' },
  },
  {
    ...onServer,
    name: 'a licence that has ended is for the administrator',
    source: 'support.atlassian.com, "Git push returns error code 402"',
    answer: { status: 402, headers: seen, text: '' },
    cause: 'licence-missing',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...onServer,
    name: 'a server that is locked for maintenance will be back',
    source: 'confluence.atlassian.com, "Using Bitbucket Server DIY Backup": answers while locked',
    answer: { status: 503, headers: { ...seen, 'retry-after': '300' }, text: '' },
    cause: 'server-under-maintenance',
    remedy: { kind: 'try-again' },
  },
  {
    ...onServer,
    name: 'a server that wants a certificate of the client says so in the title of a page',
    source: 'nginx.org, ngx_http_ssl_module (error 496)',
    answer: {
      status: 400,
      headers: { server: 'nginx' },
      html: '<html>\r\n<head><title>400 No required SSL certificate was sent</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n</body>\r\n</html>\r\n',
    },
    cause: 'certificate-client-required',
    remedy: { kind: 'add-client-certificate' },
  },
  {
    ...ownRepository,
    name: '1.19 a repository that is not there is told as that',
    source: 'com.atlassian.bitbucket.repository.NoSuchRepositoryException',
    answer: failed(404, 'Repository ACME/widgets does not exist.', 'repository.NoSuchRepositoryException'),
    cause: 'repository-not-visible',
    remedy: { kind: 'choose-account' },
  },
  {
    ...ownRepository,
    name: 'a repository the token was not made for may not be seen',
    source: 'AuthorisationException with 401',
    answer: failed(401, 'You are not permitted to access this resource', 'AuthorisationException'),
    cause: 'repository-not-visible',
    remedy: { kind: 'choose-account' },
  },
  {
    ...ownGit,
    name: 'the token of a project or repository works for git in a Bearer header only',
    source: 'confluence.atlassian.com/bitbucketserver, "HTTP access tokens"',
    answer: {
      status: 401,
      headers: { ...seen, 'www-authenticate': 'Basic realm="Atlassian Bitbucket"' },
      text: 'Authentication failed\n',
    },
    cause: 'git-wants-header',
    remedy: { kind: 'use-header', header: 'bearer' },
  },
  {
    ...ownGit,
    name: 'git over HTTP(S) that was switched off is for the administrator',
    source: 'jira.atlassian.com/browse/BSERV-11161',
    answer: { status: 403, headers: seen, text: 'SCM access over HTTP(S) has been disabled' },
    cause: 'git-over-http-off',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...ownGit,
    name: 'git meets a CAPTCHA',
    source: 'desktop/desktop#14680',
    answer: {
      status: 403,
      headers: seen,
      text: 'CAPTCHA required\nYour Bitbucket account has been locked. To unlock it and log in again you must\nsolve a CAPTCHA.\n',
    },
    cause: 'captcha-required',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...ownGit,
    name: 'git refused with the token in a header is a token without the permission',
    source: 'confluence.atlassian.com/bitbucketserver, "HTTP access tokens"',
    account: { headerAuthentication: 'bearer' },
    answer: { status: 401, headers: seen, text: 'Authentication failed\n' },
    cause: 'git-refuses-token',
    remedy: { kind: 'replace-token' },
    facts: { scopes: 'Repository read' },
  },
];

const apiToken = 'ATATT3xFfGF0Pf7Kq2Zk3vB8nM1xC6qW9tR4yL5sD=1A2B3C4D';
const accessToken = 'ATCTT3xFfGN0Hw3Jr6Zk3vB8nM1xC6qW9tR4yL5sD=9C0D1E2F';

const cloudStranger: Answer = {
  status: 401,
  body: error('Token is invalid, expired, or not supported for this endpoint.'),
};
const toPerson =
  (body: unknown): Answers[string] =>
  ({ authorization }) =>
    authorization === undefined ? cloudStranger : { body };

/** What a healthy Bitbucket Cloud answers, step by step. */
const healthyCloud: Answers = {
  'GET /2.0/user': toPerson({
    uuid: '{87bb15eb-47c1-49b3-9f16-ca824a2979a4}',
    display_name: 'Mira Keller',
    nickname: 'mira',
  }),
  'GET /2.0/user/workspaces': toPerson({ values: [{ workspace: { slug: 'acme' } }] }),
  'GET /2.0/repositories/acme': toPerson({ values: [] }),
  'GET /2.0/repositories/northwind': toPerson({ values: [] }),
  'GET /2.0/repositories/acme/widgets': toPerson({ full_name: 'acme/widgets', name: 'widgets' }),
  ...gitRepository('acme/widgets.git', {
    challenge: {
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="Bitbucket.org HTTP"' },
      body: 'Invalid credentials',
    },
  }),
};

const dcToken = 'BBDC-MTIzNDU2Nzg5MDEyOgPf7Kq2Zk3vB8nM1x';
const dcStranger: Answer = {
  status: 401,
  headers: { ...seen, 'www-authenticate': 'Basic realm="Atlassian Bitbucket"' },
  body: {
    errors: [
      {
        context: null,
        message: 'You are not permitted to access this resource',
        exceptionName: 'com.atlassian.bitbucket.AuthorisationException',
      },
    ],
  },
};
const properties: Answer = {
  headers: seen,
  body: { version: '9.4.3', buildNumber: '9004003', displayName: 'Bitbucket' },
};

/** What a healthy Bitbucket Data Center answers below a context path, to a token of `name` (empty: of a project). */
const healthyServer = (name = 'mira', context = ''): Answers => {
  const to =
    (body: unknown): Answers[string] =>
    ({ authorization }) =>
      authorization === undefined
        ? dcStranger
        : { headers: { ...seen, ...(name ? { 'x-ausername': name } : {}) }, body };
  const bearer = `Bearer ${dcToken}`;
  return {
    [`GET ${context}/rest/api/1.0/application-properties`]: properties,
    [`GET ${context}/rest/api/1.0/repos`]: to({ values: [], isLastPage: true }),
    [`GET ${context}/rest/api/1.0/users/mira`]: to({
      id: 1,
      name: 'mira',
      slug: 'mira',
      displayName: 'Mira Keller',
    }),
    [`GET ${context}/rest/api/1.0/projects/ACME/repos/widgets`]: to({
      slug: 'widgets',
      project: { key: 'ACME' },
    }),
    [`GET ${context}/plugins/servlet/applinks/whoami`]: ({ authorization }) => ({
      headers: seen,
      body: authorization === undefined ? '' : name,
    }),
    ...gitRepository(`${context}/scm/acme/widgets.git`.slice(1), {
      accepts: (given) => given === bearer || (name !== '' && given === basicHeader(name, dcToken)),
      challenge: {
        status: 401,
        headers: { ...seen, 'www-authenticate': 'Basic realm="Atlassian Bitbucket"' },
        body: 'Authentication failed',
      },
    }),
  };
};

const cloudRow = (more: Partial<Account> = {}, secret = apiToken) => ({
  account: { kind: 'bitbucket-cloud' as const, ...person, ...more },
  secret,
});
const serverRow = (more: Partial<Account> = {}) => ({
  account: { kind: 'bitbucket-data-center' as const, ...more },
  secret: dcToken,
});
const ofCloud = 'Bitbucket Cloud';
const ofServer = 'Bitbucket Data Center 9.4';
const named = (scopes: string): Answer => ({
  headers: { 'x-oauth-scopes': scopes },
  body: { uuid: '{1}', display_name: 'Mira', nickname: 'mira' },
});

/** The refusals above met by the doctor, and what only the whole examination finds. */
export const rows: CauseRow[] = [
  ...bitbucketCloudRefusals.map((row) =>
    met(row, {
      of: ofCloud,
      base: '/2.0',
      secret: row.account?.authenticationType === 'access-token' ? accessToken : apiToken,
      secrets: [],
      healthy: healthyCloud,
      method: 'GET',
      everywhere: row.step === 'sign-in',
    }),
  ),
  ...bitbucketDataCenterRefusals.map((row) =>
    met(row, {
      of: ofServer,
      base: '/rest/api/1.0',
      secret: dcToken,
      secrets: [],
      healthy: healthyServer(),
      method: 'GET',
      remote: '/scm/acme/widgets.git',
      everywhere: row.step === 'sign-in',
    }),
  ),
  {
    name: '1.12 an app password is recognised by its form, and every right has a named replacement',
    of: ofCloud,
    subject: () => cloudRow({}, 'ATBBPf7Kq2Zk3vB8nM1xC6qW9tR4yL5sD0F1E2D3'),
    answers: () => healthyCloud,
    expect: () => ({
      cause: 'app-password-retired',
      step: 'token-form',
      remedy: { kind: 'open-page', url: tokenPage, page: 'token' },
      facts: {
        date: '2026-07-28',
        replacements: /repository:write: read:repository:bitbucket \+ write:repository:bitbucket/,
      },
    }),
  },
  {
    name: '1.16 a user name where the e-mail address belongs is found before anything is sent',
    of: ofCloud,
    subject: () => cloudRow({ email: 'mira' }),
    answers: () => healthyCloud,
    expect: () => ({
      cause: 'user-name-wrong',
      step: 'token-form',
      remedy: { kind: 'edit-account', field: 'email' },
    }),
  },
  {
    name: 'the token of a workspace entered as a person’s is sent in another way',
    of: ofCloud,
    subject: () => cloudRow({}, accessToken),
    answers: () => healthyCloud,
    expect: () => ({
      cause: 'bearer-required',
      step: 'token-form',
      remedy: { kind: 'edit-account', field: 'authenticationType', value: 'access-token' },
    }),
  },
  {
    name: '1.12 a right to write does not hold the right to read',
    of: ofCloud,
    subject: () => cloudRow(),
    answers: () => ({
      ...healthyCloud,
      'GET /2.0/user': ({ authorization }) =>
        authorization === undefined
          ? cloudStranger
          : named('read:user:bitbucket, read:workspace:bitbucket, write:repository:bitbucket'),
    }),
    expect: () => ({
      cause: 'scope-missing',
      step: 'permissions',
      facts: { scopes: 'read:repository:bitbucket, read:pullrequest:bitbucket' },
    }),
  },
  {
    name: 'a repository that answers to an old name is a warning',
    of: ofCloud,
    subject: (at) => ({ ...cloudRow(), url: `${at.origin}/acme/old.git` }),
    answers: () => ({
      ...healthyCloud,
      'GET /2.0/repositories/acme/old': toPerson({ full_name: 'acme/widgets', name: 'widgets' }),
      ...gitRepository('acme/old.git'),
    }),
    expect: () => ({ cause: null, warnings: ['repository-moved'] }),
  },
  {
    name: 'a server of one’s own is not Bitbucket Cloud',
    of: ofServer,
    subject: () => cloudRow(),
    answers: () => ({ 'GET /*': { status: 404, headers: seen, body: '' } }),
    expect: () => ({ cause: 'another-product', step: 'product' }),
  },
  {
    name: 'everything works',
    of: ofCloud,
    subject: (at) => ({ ...cloudRow(), url: `${at.origin}/acme/widgets.git` }),
    answers: () => healthyCloud,
    expect: () => ({ cause: null }),
  },
  {
    name: 'everything works with the token of a repository',
    of: ofCloud,
    subject: (at) => ({
      ...cloudRow(
        { authenticationType: 'access-token', organization: 'acme/widgets', email: '' },
        accessToken,
      ),
      url: `${at.origin}/acme/widgets.git`,
    }),
    answers: () => healthyCloud,
    expect: () => ({ cause: null }),
  },
  {
    name: 'the context path that was left out is found and offered',
    of: 'Bitbucket Data Center 9.4 below /bitbucket',
    subject: () => serverRow(),
    answers: () => ({
      ...healthyServer('mira', '/bitbucket'),
      'GET /*': { status: 404, body: '<html><title>404 Not Found</title></html>' },
    }),
    expect: (at) => ({
      cause: 'another-product',
      step: 'product',
      remedy: { kind: 'edit-account', field: 'url', value: `${at.origin}/bitbucket` },
    }),
  },
  {
    name: 'a version without tokens is too old',
    of: 'Stash 3.11',
    subject: () => serverRow(),
    answers: () => ({
      'GET /rest/api/1.0/application-properties': {
        headers: seen,
        body: { version: '3.11.6', displayName: 'Stash' },
      },
    }),
    expect: () => ({
      cause: 'product-too-old',
      step: 'product',
      remedy: { kind: 'tell-administrator' },
      facts: { found: 'Stash 3.11.6', minimum: 'Bitbucket Server 5.5' },
    }),
  },
  {
    name: 'a portal in front of the server is named as that',
    of: 'A portal in front of Bitbucket Data Center',
    subject: () => serverRow(),
    answers: () => ({
      'GET /*': {
        status: 302,
        headers: { location: 'https://login.northwind.example/saml/sso?SAMLRequest=1' },
      },
    }),
    expect: () => ({ cause: 'sign-in-portal', step: 'product', remedy: { kind: 'tell-administrator' } }),
  },
  {
    name: 'the token of a project goes to git in a header by itself, whatever name was typed',
    of: ofServer,
    subject: (at) => ({
      ...serverRow({ username: 'mira', user: { id: '', login: '', name: 'Access token' } }),
      url: `${at.origin}/scm/acme/widgets.git`,
    }),
    answers: () => healthyServer(''),
    expect: () => ({ cause: null }),
  },
  {
    name: 'everything works',
    of: ofServer,
    subject: (at) => ({ ...serverRow(), url: `${at.origin}/scm/acme/widgets.git` }),
    answers: () => healthyServer(),
    expect: () => ({ cause: null }),
  },
];
