import type { AuthenticationDescriptor, KindDescriptor } from '../../../shared/contract/accounts';
import { appPasswordsEnd, replacementText } from './cloud/scopes';

const alias = {
  field: 'alias',
  label: 'Alias',
  required: false,
  placeholder: 'Work',
  help: 'How this account is called in Polyforge. Left empty, the user and host are used.',
} as const;

const words = {
  pullRequest: 'pull request',
  pullRequests: 'pull requests',
  pullRequestPrefix: '#',
  open: 'open',
  merged: 'merged',
  closed: 'declined',
  approve: 'Approve',
} as const;

const expiresOn = {
  field: 'expiresOn',
  label: 'Expires on',
  required: false,
  placeholder: 'YYYY-MM-DD',
} as const;

const headerExplanation =
  'Most servers take the token as the password of a user name, handed to git by a helper. With header-based ' +
  'authentication git sends it in the Authorization header of its requests instead; the token name is not used then. ' +
  'Either way the token never stands in the address of a repository.';

const apiToken: AuthenticationDescriptor = {
  type: 'personal',
  label: 'API token',
  fields: [
    alias,
    {
      field: 'url',
      label: 'URL',
      required: true,
      initial: 'https://bitbucket.org',
      help: 'https://bitbucket.org, unless your company reaches Bitbucket Cloud under another address.',
    },
    {
      field: 'email',
      label: 'Atlassian account e-mail',
      required: true,
      placeholder: 'you@example.com',
      help: 'The e-mail address you sign in to Atlassian with. The REST API takes it as the user name; git uses another name, which Polyforge fills in for you.',
    },
    {
      field: 'tokenName',
      label: 'Token name',
      required: false,
      initial: 'x-bitbucket-api-token-auth',
      help: 'The user name git gives together with the token. Keep it unless you want your own Bitbucket user name there.',
    },
    {
      field: 'token',
      label: 'API token',
      required: true,
      help: 'Made with "Create API token with scopes". A token without scopes cannot clone.',
    },
    {
      ...expiresOn,
      help: 'Bitbucket does not tell when an API token ends. Copy the date from its page and Polyforge reminds you.',
    },
  ],
  scopes: [
    {
      name: 'read:user:bitbucket',
      why: 'to know who you are and which pull requests are yours',
      required: true,
    },
    { name: 'read:workspace:bitbucket', why: 'to find your workspaces', required: true },
    { name: 'read:repository:bitbucket', why: 'to list and clone repositories', required: true },
    { name: 'write:repository:bitbucket', why: 'to push', required: false },
    { name: 'read:pullrequest:bitbucket', why: 'to read pull requests', required: true },
    { name: 'write:pullrequest:bitbucket', why: 'to comment, approve and merge', required: false },
  ],
  steps: [
    'Open your Atlassian account, Security, "Create and manage API tokens".',
    'Choose "Create API token with scopes", give it a name and the date it ends.',
    'Select the app Bitbucket and the scopes listed here.',
    'Copy the token at once: Atlassian shows it only this time.',
    `Where a guide still names rights of an app password: ${replacementText()}.`,
  ],
  documentation: {
    label: 'Atlassian on API tokens',
    url: 'https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/',
  },
  notice: `App passwords were removed on ${appPasswordsEnd} and work no more. Use an API token with scopes.`,
  header: { initial: 'off', choices: ['off', 'basic'], explanation: headerExplanation },
};

const accessToken: AuthenticationDescriptor = {
  type: 'access-token',
  label: 'Repository, project or workspace access token',
  fields: [
    alias,
    {
      field: 'url',
      label: 'URL',
      required: true,
      initial: 'https://bitbucket.org',
    },
    {
      field: 'organization',
      label: 'Workspace or repository',
      required: false,
      placeholder: 'workspace or workspace/repository',
      help: 'What the token was made for. Needed for a repository or project token, since such a token cannot list workspaces.',
    },
    {
      field: 'tokenName',
      label: 'Token name',
      required: false,
      initial: 'x-token-auth',
      help: 'The user name git gives together with the token.',
    },
    { field: 'token', label: 'Access token', required: true },
    { ...expiresOn, help: 'Bitbucket does not tell when the token ends. Copy the date from its page.' },
  ],
  scopes: [
    { name: 'repository', why: 'to list and clone repositories', required: true },
    { name: 'repository:write', why: 'to push', required: false },
    { name: 'pullrequest', why: 'to read pull requests', required: true },
    { name: 'pullrequest:write', why: 'to comment, approve and merge', required: false },
  ],
  steps: [
    'Open the settings of the repository, project or workspace, then "Access tokens".',
    'Choose "Create access token", give it a name and the scopes listed here.',
    'Copy the token at once: Bitbucket shows it only this time.',
  ],
  notice: 'Such a token acts as a bot, not as you: "mine" and "waiting for my review" stay empty.',
  header: { initial: 'off', choices: ['off', 'bearer'], explanation: headerExplanation },
};

const httpAccessToken: AuthenticationDescriptor = {
  type: 'personal',
  label: 'HTTP access token',
  fields: [
    alias,
    {
      field: 'url',
      label: 'URL',
      required: true,
      placeholder: 'https://bitbucket.example.com',
      help: 'The address of your server with its context path, if it has one (https://example.com/bitbucket). A page of it may be pasted too. A certificate authority of your company, or a certificate this computer has to show, is set in Preferences, Network.',
    },
    {
      field: 'username',
      label: 'User name',
      required: false,
      help: 'Your name on that server: git gives it together with the token. Left empty, Polyforge asks the server. Tokens of a project or a repository have none.',
    },
    {
      field: 'token',
      label: 'HTTP access token',
      required: true,
    },
    {
      ...expiresOn,
      help: 'The server does not tell when the token ends. Its date cannot be changed later: a new token is needed then.',
    },
  ],
  scopes: [
    { name: 'Project read', why: 'to list projects', required: true },
    { name: 'Repository read', why: 'to list and clone repositories and read pull requests', required: true },
    { name: 'Repository write', why: 'to push, comment and approve', required: false },
  ],
  steps: [
    'Open your profile picture, "Manage account", "HTTP access tokens".',
    'Choose "Create token", give it a name, the permissions listed here and an expiry date.',
    'Copy the token at once: Bitbucket shows it only this time.',
  ],
  header: {
    initial: 'off',
    choices: ['off', 'bearer'],
    explanation:
      headerExplanation +
      ' Tokens of a project or a repository work in a Bearer header only; git gets them so by itself, whatever is chosen here.',
  },
};

export const kinds: readonly KindDescriptor[] = [
  {
    kind: 'bitbucket-cloud',
    provider: 'bitbucket',
    label: 'Bitbucket Cloud',
    words: { ...words, namespace: 'workspace' },
    authentication: [apiToken, accessToken],
  },
  {
    kind: 'bitbucket-data-center',
    provider: 'bitbucket',
    label: 'Bitbucket Data Center',
    words: { ...words, namespace: 'project' },
    authentication: [httpAccessToken],
  },
];
