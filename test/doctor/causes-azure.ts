import type { Account } from '../../shared/contract/accounts';
import { writeSecret } from '../../electron/providers/oauth/secret';
import { type Answer, type Answers, type CauseRow, gitRepository } from './causes';
import { met } from './met';
import type { RefusalRow, RefusingAnswer } from './refusal-row';

const own = { 'x-tfs-processid': '4d6a9f7e-0f6d-4a52-9d0e-5d1c8a3f5b21' };

/** The form of every error of its REST API. */
const failed = (
  status: number,
  message: string,
  type: string,
  headers: Record<string, string> = {},
): RefusingAnswer => ({
  status,
  headers: { ...own, ...headers },
  json: {
    $id: '1',
    innerException: null,
    message,
    typeName: `${type}, ${type.slice(0, type.lastIndexOf('.'))}`,
    typeKey: type.slice(type.lastIndexOf('.') + 1),
    errorCode: 0,
    eventId: 3000,
  },
});

const page = (status: number, title: string): RefusingAnswer => ({
  status,
  headers: { ...own, 'x-content-type-options': 'nosniff' },
  html: `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n<html lang="en-US"><head><title>\n            ${title}\n</title></head><body></body></html>`,
});

const framework = 'Microsoft.TeamFoundation.Framework.Server';
const realm = { 'www-authenticate': 'Basic realm="https://tfsprodcus14.visualstudio.com/"' };
const silent: RefusingAnswer = { status: 401, headers: { ...own, ...realm }, text: '' };
const expired = 'Access Denied: The Personal Access Token used has expired.';

const organization: Partial<Account> = { organization: 'fabrikam' };
const collection: Partial<Account> = { collection: 'DefaultCollection' };

const signIn = {
  kind: 'azure-devops-services',
  step: 'sign-in',
  at: '/fabrikam/_apis/git/repositories',
  account: organization,
} as const;
const onServer = {
  kind: 'azure-devops-server',
  step: 'sign-in',
  at: '/DefaultCollection/_apis/projects',
  account: collection,
} as const;
const repository = {
  ...signIn,
  step: 'repository',
  at: '/fabrikam/fleet/_apis/git/repositories/fleet',
} as const;
const git = { ...signIn, step: 'git', at: 'git' } as const;

/** Measured on Microsoft's service in 2026 by the Wardyn project (adofake/faults.go, F-LIVE-7, Apache-2.0). */
const measured = 'wardyn, adofake/faults.go (F-LIVE-7)';

/** What Azure DevOps Services and Server say to a token and to git, and what it means. */
export const azureRefusals: readonly RefusalRow[] = [
  // Sign-in
  {
    ...signIn,
    name: '3.11 an unknown token gets the sign-in page with a status that looks like success',
    source: 'microsoft/azure-devops-auth-samples#52, MicrosoftDocs/vsts-rest-api-specs#97',
    answer: page(203, 'Azure DevOps Services | Sign In'),
    cause: 'token-refused',
    remedy: { kind: 'replace-token' },
    facts: { organization: 'fabrikam' },
  },
  {
    ...signIn,
    name: '3.11 an ended, revoked or too weak token is refused in silence',
    source: measured,
    answer: silent,
    cause: 'token-refused',
    remedy: { kind: 'replace-token' },
  },
  {
    ...signIn,
    name: '0.16 a refusal without words after the date the user noted is told as expired',
    source: measured,
    account: { ...organization, expiresOn: '2024-05-01', expirySource: 'user' },
    answer: silent,
    cause: 'token-expired',
    remedy: { kind: 'replace-token' },
    facts: { date: '2024-05-01' },
  },
  {
    ...signIn,
    name: '0.16 a token that has expired is told so by Azure DevOps itself',
    source: 'microsoft/azure-pipelines-tasks#18732',
    answer: failed(401, expired, 'Microsoft.VisualStudio.Services.Security.AccessCheckException'),
    cause: 'token-expired',
    remedy: { kind: 'replace-token' },
  },
  {
    ...signIn,
    name: '0.16 the same where only a header says it',
    source: 'microsoft/azure-pipelines-agent#1559',
    answer: { ...silent, headers: { ...silent.headers, 'x-tfs-serviceerror': encodeURIComponent(expired) } },
    cause: 'token-expired',
    remedy: { kind: 'replace-token' },
  },
  {
    ...signIn,
    name: '3.11 nobody signed in is a wrong token, whatever id Azure DevOps gives nobody',
    source: 'Azure/azure-cli#24108, microsoft/terraform-provider-azuredevops#901',
    answer: failed(
      401,
      "TF400813: The user 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa' is not authorized to access this resource.",
      `${framework}.UnauthorizedRequestException`,
    ),
    cause: 'token-refused',
    remedy: { kind: 'replace-token' },
  },
  {
    ...signIn,
    name: '3.11 somebody who is no member of the organization is told apart from a wrong token',
    source: 'Azure/azure-devops-cli-extension#807',
    answer: failed(
      401,
      "TF400813: The user 'Windows Live ID\\mira@northwind.example' is not authorized to access this resource.",
      `${framework}.UnauthorizedRequestException`,
    ),
    cause: 'organization-not-found',
    remedy: { kind: 'edit-account', field: 'organization' },
    facts: { organization: 'fabrikam' },
  },
  {
    ...signIn,
    name: '2.8 4.1 an organization that lets no applications in names the policy to switch on',
    source: `${measured}; gitkraken/vscode-gitlens#5890`,
    account: { ...organization, authenticationType: 'oauth' },
    answer: {
      ...failed(
        401,
        'TF400813: The user is not authorized to access this resource. ',
        `${framework}.InvalidIdentityException`,
        {
          'www-authenticate': 'Bearer',
          'x-tfs-serviceerror':
            'TF400813%3A%20The%20user%20is%20not%20authorized%20to%20access%20this%20resource.%20',
        },
      ),
    },
    cause: 'policy-forbids',
    remedy: { kind: 'tell-administrator' },
    facts: { policy: 'Third-party application access via OAuth', organization: 'fabrikam' },
  },
  {
    ...signIn,
    name: 'a conditional access policy is named',
    source: 'microsoft/azure-devops-mcp#1080, microsoft/Git-Credential-Manager-for-Windows#855',
    answer: failed(
      401,
      'VS403463: The conditional access policy defined by your Microsoft Entra administrator has failed.',
      'Microsoft.VisualStudio.Services.Common.VssServiceException',
    ),
    cause: 'conditional-access',
    remedy: { kind: 'tell-administrator' },
    facts: { code: 'VS403463' },
  },
  {
    ...signIn,
    name: 'a conditional access policy is named also where only the title of a page says it',
    source: 'AdoErrorBodySummaryTests of a public project: a page of 40 kB with this title',
    answer: page(
      401,
      'VS403463: The conditional access policy defined by your Microsoft Entra administrator has failed.',
    ),
    cause: 'conditional-access',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...signIn,
    name: 'an address the organization does not let in is named',
    source: 'learn.microsoft.com, "Conditional access: IP fencing"',
    answer: failed(
      403,
      'Access denied: the IP address 203.0.113.7 is not allowed by the policy of the organization.',
      'Microsoft.VisualStudio.Services.Security.AccessCheckException',
    ),
    cause: 'ip-not-allowed',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...signIn,
    name: '2.10 a policy against tokens for all organizations is told apart from a wrong token',
    source:
      'learn.microsoft.com, "Manage personal access tokens using policies": "Restrict global personal access tokens"',
    account: { organization: '' },
    answer: failed(
      401,
      'The personal access token was rejected by the policy to restrict global personal access tokens.',
      'Microsoft.VisualStudio.Services.Security.AccessCheckException',
    ),
    cause: 'organization-forbids-token-kind',
    remedy: { kind: 'move-organizations' },
  },
  {
    ...signIn,
    name: 'a Stakeholder, who may not see code, is told so',
    source: 'TF400409 with MissingLicenseException, as servers answer it',
    answer: failed(
      403,
      'TF400409: You do not have licensing rights to access this feature: Code',
      'Microsoft.TeamFoundation.Server.Core.MissingLicenseException',
    ),
    cause: 'licence-missing',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...signIn,
    name: 'a token with a character too many is damaged, not refused',
    source: 'microsoft/azure-devops-mcp#1452',
    answer: failed(
      401,
      'The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, or an illegal character among the padding characters.',
      'System.FormatException',
    ),
    cause: 'token-malformed',
    remedy: { kind: 'replace-token' },
  },
  {
    ...signIn,
    name: 'too much use is told with the time to come back, also as 403',
    source: 'learn.microsoft.com, "Rate and usage limits"',
    answer: failed(
      403,
      "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'RateLimit' in namespace 'User.'",
      `${framework}.RequestBlockedException`,
    ),
    cause: 'rate-limited',
    remedy: { kind: 'wait' },
  },
  {
    ...signIn,
    name: 'too much use as 429 keeps the time the server gives',
    source: 'learn.microsoft.com, "Rate and usage limits"',
    answer: {
      ...failed(
        429,
        'TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource.',
        `${framework}.RequestBlockedException`,
        { 'retry-after': '300' },
      ),
    },
    cause: 'rate-limited',
    remedy: { kind: 'wait' },
  },
  {
    ...signIn,
    name: 'an internal error is the service’s own fault and worth another try',
    source: 'TF400898 as in public logs',
    answer: failed(
      500,
      'TF400898: An Internal Error Occurred. Activity Id: 13ece649-73db-4b53-a501-6598b03e7f0d.',
      'System.Web.Http.HttpResponseException',
    ),
    cause: 'server-error',
    remedy: { kind: 'try-again' },
    facts: { code: 'TF400898', status: '500' },
  },
  // Server
  {
    ...onServer,
    name: '0.14 a server that takes only the Windows sign-in is named as that',
    source: 'microsoft/azure-pipelines-agent#996, without Basic',
    answer: { status: 401, headers: { ...own, 'www-authenticate': 'Negotiate, NTLM' }, text: '' },
    cause: 'integrated-authentication-only',
    remedy: { kind: 'tell-administrator' },
  },
  {
    ...onServer,
    name: '4.12 a server that takes tokens too and refuses this one wants another',
    source: 'microsoft/azure-pipelines-agent#996',
    answer: {
      status: 401,
      headers: { ...own, 'www-authenticate': 'Bearer, Basic realm="https://vsts/tfs", Negotiate, NTLM' },
      text: '',
    },
    cause: 'token-refused',
    remedy: { kind: 'replace-token' },
  },
  {
    ...onServer,
    name: 'an error of a server of one’s own is for its administrator',
    source: 'HTTP 500 of Team Foundation Server',
    answer: page(500, 'Runtime Error'),
    cause: 'server-error',
    remedy: { kind: 'tell-administrator' },
  },
  // Repository
  {
    ...repository,
    name: '3.11 a repository that is not there looks like one that may not be seen',
    source: measured,
    answer: failed(
      404,
      'TF401019: The Git repository with name or identifier Fleet does not exist or you do not have permissions for the operation you are attempting.',
      'Microsoft.TeamFoundation.Git.Server.GitRepositoryNotFoundException',
    ),
    cause: 'repository-not-visible',
    remedy: { kind: 'choose-account' },
    facts: { code: 'TF401019', project: 'fleet' },
  },
  {
    ...repository,
    name: '1.19 a project that is not there is told with its name',
    source: 'VS800075: a public transcript of work item calls; 400, 404 and 503 by resource',
    answer: failed(
      400,
      "VS800075: The project with id 'vstfs:///Classification/TeamProject/Fleet' does not exist, or you do not have permission to access it.",
      'Microsoft.TeamFoundation.Core.WebApi.ProjectDoesNotExistException',
    ),
    cause: 'repository-not-visible',
    remedy: { kind: 'choose-account' },
    facts: { code: 'VS800075' },
  },
  {
    ...repository,
    name: 'a repository the person may not read is told',
    source: 'TF401027 in public pipeline logs',
    answer: failed(
      403,
      "TF401027: You need the Git 'GenericRead' permission to perform this action. Details: identity 'Windows Live ID\\mira', scope 'repository'.",
      'Microsoft.TeamFoundation.Git.Server.GitNeedsPermissionException',
    ),
    cause: 'repository-not-visible',
    remedy: { kind: 'choose-account' },
  },
  {
    ...repository,
    name: 'a repository that was disabled is told as that',
    source: 'learn.microsoft.com, "Disable a repository"',
    answer: failed(
      403,
      "TF401019: The repository 'Fleet' is disabled.",
      'Microsoft.TeamFoundation.Git.Server.GitRepositoryDisabledException',
    ),
    cause: 'repository-disabled',
    remedy: { kind: 'tell-administrator' },
  },
  // git
  {
    ...git,
    name: '0.14 0.10 git on a server that offers the Windows sign-in needs the header',
    source: 'MicrosoftDocs/azure-devops-docs#10038, microsoft/azure-pipelines-agent#996',
    kind: 'azure-devops-server',
    account: collection,
    answer: {
      status: 401,
      headers: { ...own, 'www-authenticate': 'Bearer, Basic realm="https://vsts/tfs", Negotiate, NTLM' },
      text: '',
    },
    cause: 'git-wants-header',
    remedy: { kind: 'use-header', header: 'basic' },
  },
  {
    ...git,
    name: '0.3 git is refused by Services although the API took the token',
    source: measured,
    answer: silent,
    cause: 'git-refuses-token',
    remedy: { kind: 'replace-token' },
    facts: { scopes: 'Code (Read)' },
  },
  {
    ...git,
    name: '3.11 git meets a repository that may not be seen',
    source: measured,
    answer: {
      status: 404,
      headers: own,
      text: 'TF401019: The Git repository with name or identifier Fleet does not exist or you do not have permissions for the operation you are attempting.\n',
    },
    cause: 'repository-not-visible',
    remedy: { kind: 'choose-account' },
  },
];

const secret = `${'Pf7Kq2'.repeat(12)}RowsAZDOx9Yz`;
const secretOf = ({ account }: RefusalRow): string =>
  account?.authenticationType === 'oauth'
    ? writeSecret({
        clientId: 'rows',
        tenant: 'organizations',
        accessToken: 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJyb3dzIn0.c2lnbmF0dXJlLW9mLXJvd3M',
        refreshToken: null,
        receivedAt: 0,
        expiresAt: null,
        refreshExpiresAt: null,
        cache: null,
      })
    : secret;

/** What is sent to strangers: the refusal by which Azure DevOps is known. */
const stranger: Answer = {
  status: 401,
  headers: {
    ...own,
    'www-authenticate':
      'Bearer authorization_uri=https://login.microsoftonline.com/9f1fe989-7d0d-4a9b-a9bf-11330ab257c1, Basic realm="https://dev.azure.com/", TFS-Federated',
  },
  body: '',
};
const signedIn =
  (body: unknown): Answers[string] =>
  ({ authorization }) =>
    authorization === undefined ? stranger : { headers: own, body };

const user = {
  authenticatedUser: {
    id: 'd6245f20-2af8-44f4-9451-8107cb2767db',
    providerDisplayName: 'Mira Keller',
    properties: { Account: { $value: 'mira@northwind.example' } },
  },
};
const fleet = (base: string) => ({
  id: '278d5cd2-584d-4b63-824a-2ba458937249',
  name: 'Fleet',
  url: `${base}/_apis/git/repositories/278d5cd2-584d-4b63-824a-2ba458937249`,
  remoteUrl: `${base}/Fleet/_git/Fleet`,
  defaultBranch: 'refs/heads/main',
  project: { id: '6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c', name: 'Fleet', visibility: 'private' },
});

/** What a healthy organization or collection answers, step by step. */
const healthyAt = (name: string, base = `https://dev.azure.com/${name}`): Answers => ({
  [`GET /${name}/_apis/connectionData`]: signedIn(user),
  [`GET /${name}/_apis/projects`]: signedIn({
    count: 1,
    value: [
      { id: '6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c', name: 'Fleet', url: `${base}/_apis/projects/Fleet` },
    ],
  }),
  [`GET /${name}/_apis/git/repositories`]: signedIn({ count: 1, value: [fleet(base)] }),
  [`GET /${name.toLowerCase()}/fleet/_apis/git/repositories/fleet`]: signedIn(fleet(base)),
  ...gitRepository(`${name}/Fleet/_git/Fleet`, {
    challenge: {
      status: 401,
      headers: { ...own, ...realm },
      body: 'TF400813: Resource not available for anonymous access. Client authentication required.',
    },
  }),
});

const globalToken = `${'Gl8Hw3'.repeat(12)}RowsAZDOx9Yz`;
const servicesRow = (more: Partial<Account> = {}) => ({
  account: { kind: 'azure-devops-services' as const, ...organization, ...more },
  secret,
});
const serverRow = (more: Partial<Account> = {}) => ({
  account: {
    kind: 'azure-devops-server' as const,
    ...collection,
    headerAuthentication: 'basic' as const,
    ...more,
  },
  secret,
});
const tooOld = (asked: string, newest: string): Answer => {
  const { status, headers, json } = failed(
    400,
    `The requested REST API version of ${asked} is out of range for this server. The latest REST API version this server supports is ${newest}.`,
    'Microsoft.VisualStudio.Services.WebApi.VssVersionOutOfRangeException',
  );
  return { status, headers, body: json };
};

/** Server editions that are no longer served, by the newest REST version they answer. */
const oldServers: readonly (readonly [found: string, newest: string])[] = [
  ['Azure DevOps Server 2020 (REST 6.0)', '6.0'],
  ['Team Foundation Server 2018 (REST 4.1)', '4.1'],
  ['Team Foundation Server 2017 (REST 3.2)', '3.2'],
  ['Team Foundation Server 2015 (REST 2.3)', '2.3'],
];

/** The refusals above met by the doctor, and what only the whole examination finds. */
export const rows: CauseRow[] = [
  ...azureRefusals.map((row) => {
    const isServer = row.kind === 'azure-devops-server';
    return met(row, {
      of: isServer ? 'Azure DevOps Server 2022' : 'Azure DevOps Services',
      base: '',
      secret: secretOf(row),
      secrets: [],
      healthy: {
        ...healthyAt(isServer ? 'DefaultCollection' : 'fabrikam'),
        'GET /_apis/profile/profiles/me': signedIn({ id: '1', displayName: 'Mira Keller' }),
        'GET /_apis/accounts': signedIn({ count: 1, value: [{ accountName: 'fabrikam' }] }),
      },
      method: 'GET',
      remote: `/${isServer ? 'DefaultCollection' : 'fabrikam'}/Fleet/_git/Fleet`,
      everywhere: row.step === 'sign-in',
    });
  }),
  {
    name: '3.11 an organization that is not there is named before any token is sent',
    of: 'Azure DevOps Services',
    subject: () => servicesRow({ organization: 'nobody' }),
    answers: () => ({
      'GET /nobody/*': {
        status: 404,
        headers: own,
        body: '<html><head><title>Azure DevOps Services | 404 - Not found</title></head></html>',
      },
    }),
    expect: () => ({
      cause: 'organization-not-found',
      step: 'product',
      remedy: { kind: 'edit-account', field: 'organization' },
      facts: { organization: 'nobody' },
    }),
  },
  {
    name: '3.11 a token that may do everything but read code is told which scope it needs',
    of: 'Azure DevOps Services',
    subject: () => servicesRow(),
    answers: () => ({
      ...healthyAt('fabrikam'),
      'GET /fabrikam/_apis/git/repositories': { status: 401, headers: { ...own, ...realm }, body: '' },
    }),
    expect: () => ({
      cause: 'scope-missing',
      step: 'sign-in',
      remedy: { kind: 'replace-token' },
      facts: { scopes: 'Code (Read)' },
    }),
  },
  {
    name: '2.10 3.6 a token for all organizations that works is warned of, with the way to move',
    of: 'Azure DevOps Services',
    subject: () => ({ ...servicesRow({ organization: '' }), secret: globalToken }),
    answers: () => ({
      ...healthyAt('fabrikam'),
      'GET /_apis/profile/profiles/me': signedIn({ id: '1', displayName: 'Mira Keller' }),
      'GET /_apis/accounts': signedIn({ count: 1, value: [{ accountName: 'fabrikam' }] }),
    }),
    expect: () => ({ cause: null, warnings: ['all-organizations-token-ending'] }),
  },
  {
    name: '2.4 3.4 3.10 3.12 a token of the retired Azure DevOps OAuth is named, not tried',
    of: 'Azure DevOps Services',
    subject: () => ({
      ...servicesRow(),
      secret: [
        '{"typ":"JWT","alg":"RS256"}',
        '{"iss":"app.vstoken.visualstudio.com","nameid":"rows"}',
        'signature',
      ]
        .map((part) => Buffer.from(part).toString('base64url'))
        .join('.'),
    }),
    answers: () => healthyAt('fabrikam'),
    expect: () => ({
      cause: 'oauth-retired',
      step: 'token-form',
      remedy: { kind: 'replace-token' },
      facts: { date: '2026-07-24', closed: '2025-04', secretDays: '60' },
    }),
  },
  {
    name: 'a token that lost a character is told how much of it is missing',
    of: 'Azure DevOps Services',
    subject: () => ({ ...servicesRow(), secret: secret.slice(1) }),
    answers: () => healthyAt('fabrikam'),
    expect: () => ({
      cause: 'token-malformed',
      step: 'token-form',
      remedy: { kind: 'replace-token' },
      facts: { reason: 'It has 1 character too few.' },
    }),
  },
  {
    name: 'a token that was encoded before it was pasted is told so',
    of: 'Azure DevOps Services',
    subject: () => ({ ...servicesRow(), secret: Buffer.from(`:${secret}`).toString('base64') }),
    answers: () => healthyAt('fabrikam'),
    expect: () => ({ cause: 'token-malformed', step: 'token-form' }),
  },
  {
    name: 'everything works',
    of: 'Azure DevOps Services',
    subject: (at) => ({ ...servicesRow(), url: `${at.origin}/fabrikam/Fleet/_git/Fleet` }),
    answers: () => healthyAt('fabrikam'),
    expect: () => ({ cause: null }),
  },
  ...oldServers.map(
    ([found, newest]): CauseRow => ({
      name: `4.4 4.5 ${found} is too old`,
      of: found,
      subject: () => serverRow(),
      answers: () => ({
        ...healthyAt('DefaultCollection'),
        'GET /DefaultCollection/_apis/projects': ({ authorization, query }) => {
          if (authorization === undefined) return stranger;
          const asked = query.get('api-version') ?? '';
          return Number(asked) > Number(newest)
            ? tooOld(asked, newest)
            : { headers: own, body: { value: [] } };
        },
        'GET /DefaultCollection/_apis/git/repositories': ({ authorization }) =>
          authorization === undefined ? stranger : tooOld('7.0', newest),
      }),
      expect: () => ({
        cause: 'product-too-old',
        step: 'sign-in',
        remedy: { kind: 'tell-administrator' },
        facts: { found, minimum: 'Azure DevOps Server 2022' },
      }),
    }),
  ),
  {
    name: '4.5 Server 2019, which has no words for versions it does not know, is too old',
    of: 'Azure DevOps Server 2019',
    subject: () => serverRow(),
    answers: () => ({
      'GET /DefaultCollection/_apis/connectionData': signedIn(user),
      'GET /DefaultCollection/*': { status: 404, headers: own, body: '' },
    }),
    expect: () => ({ cause: 'product-too-old', step: 'sign-in' }),
  },
  {
    name: '4.7 4.8 a collection that is not there is named before any token is sent',
    of: 'Azure DevOps Server 2022',
    subject: () => serverRow({ collection: 'Nothing' }),
    answers: () => ({ 'GET /Nothing/*': { status: 404, headers: own, body: '' } }),
    expect: () => ({
      cause: 'collection-not-found',
      step: 'product',
      remedy: { kind: 'edit-account', field: 'collection' },
      facts: { collection: 'Nothing' },
    }),
  },
  {
    name: '4.6 the virtual directory of a server that was left out is offered',
    of: 'Azure DevOps Server 2022 below /tfs',
    subject: () => serverRow(),
    answers: () => ({
      'GET /*': { status: 404, body: '<html><title>404 - File or directory not found.</title></html>' },
    }),
    expect: (at) => ({
      cause: 'another-product',
      step: 'product',
      remedy: { kind: 'edit-account', field: 'url', value: `${at.origin}/tfs` },
    }),
  },
  {
    name: '4.13 a server that calls itself localhost is warned of, and everything works with the address that was typed',
    of: 'Azure DevOps Server 2022',
    subject: (at) => ({ ...serverRow(), url: `${at.origin}/DefaultCollection/Fleet/_git/Fleet` }),
    answers: () => healthyAt('DefaultCollection', 'http://localhost:8080/DefaultCollection'),
    expect: () => ({ cause: null, warnings: ['public-url-wrong'] }),
  },
];
