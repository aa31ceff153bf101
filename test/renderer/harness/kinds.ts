import type { AuthenticationDescriptor, KindDescriptor } from '../../../shared/contract/accounts';

const words = {
  pullRequest: 'pull request',
  pullRequests: 'pull requests',
  pullRequestPrefix: '#',
  namespace: 'owner',
  open: 'open',
  merged: 'merged',
  closed: 'closed',
  approve: 'Approve',
} as const;

const alias = { field: 'alias', label: 'Alias', required: false, placeholder: 'Work' } as const;

const personal: AuthenticationDescriptor = {
  type: 'personal',
  label: 'Personal Access Token',
  fields: [
    alias,
    { field: 'url', label: 'URL', required: true, initial: 'https://github.com' },
    {
      field: 'tokenName',
      label: 'Token name',
      required: false,
      initial: 'oauth2',
      help: 'The user name git gives together with the token.',
    },
    { field: 'token', label: 'Token', required: true, help: 'Classic or fine-grained.' },
    {
      field: 'expiresOn',
      label: 'Expires on',
      required: false,
      help: 'This provider does not tell when the token ends.',
    },
  ],
  scopes: [
    { name: 'repo', why: 'to list and clone repositories and read pull requests', required: true },
    { name: 'read:org', why: 'to find the repositories of your organizations', required: true },
    { name: 'read:project', why: 'to see project boards', required: false },
  ],
  steps: [
    'Open your settings, "Developer settings", "Personal access tokens".',
    'Choose "Generate new token" and tick the scopes listed here.',
    'Copy the token at once: it is shown only this time.',
  ],
  header: {
    initial: 'off',
    choices: ['off', 'basic', 'bearer'],
    explanation:
      'Git sends the token in the Authorization header of its requests; the token name is not used.',
  },
};

const app: AuthenticationDescriptor = {
  type: 'app',
  label: 'GitHub Application',
  fields: [
    alias,
    { field: 'url', label: 'URL', required: true, initial: 'https://github.com' },
    { field: 'appId', label: 'App ID', required: true, help: 'A number, on the App’s settings page.' },
    { field: 'privateKey', label: 'Private key', required: true, help: 'The whole .pem file.' },
    {
      field: 'installation',
      label: 'Installation',
      required: false,
      help: 'Empty: the first one is taken.',
    },
  ],
  scopes: [{ name: 'Contents: read and write', why: 'to clone and push', required: true }],
  steps: ['Make a GitHub App and install it.'],
  header: { initial: 'off', choices: ['off'], explanation: '' },
};

/** Descriptors with every field and shape a form can have; the words are examples. */
export const kinds: KindDescriptor[] = [
  { kind: 'github', provider: 'github', label: 'GitHub', words, authentication: [personal, app] },
  {
    kind: 'gitlab-self-managed',
    provider: 'gitlab',
    label: 'GitLab Self-Managed',
    words,
    authentication: [{ ...personal, notice: 'Tokens of this server end after a year.' }],
  },
  {
    kind: 'bitbucket-cloud',
    provider: 'bitbucket',
    label: 'Bitbucket Cloud',
    words,
    authentication: [
      {
        ...personal,
        fields: [
          alias,
          { field: 'email', label: 'Atlassian account e-mail', required: true },
          ...personal.fields.slice(2),
        ],
      },
    ],
  },
  {
    kind: 'azure-devops-server',
    provider: 'azure-devops',
    label: 'Azure DevOps Server',
    words,
    authentication: [
      {
        ...personal,
        fields: [
          alias,
          { field: 'url', label: 'URL', required: true, placeholder: 'https://azure.example.com' },
          { field: 'collection', label: 'Collection', required: true },
          ...personal.fields.slice(2),
        ],
        header: { ...personal.header, initial: 'basic' },
      },
    ],
  },
];
