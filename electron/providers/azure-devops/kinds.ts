import type {
  AuthenticationDescriptor,
  FieldDescriptor,
  KindDescriptor,
} from '../../../shared/contract/accounts';

const alias = {
  field: 'alias',
  label: 'Alias',
  required: false,
  placeholder: 'Work',
  help: 'How this account is called in Polyforge. Left empty, the user and organization are used.',
} as const;

const tokenName = {
  field: 'tokenName',
  label: 'Token name',
  required: false,
  initial: 'oauth2',
  help: 'The user name git gives together with the token. Azure DevOps takes any. Not used with header-based authentication.',
} as const;

const token = {
  field: 'token',
  label: 'Personal access token',
  required: true,
  help: 'Usually 52 or 84 characters. Shown only once, when it is made.',
} as const;

const expiresOn = {
  field: 'expiresOn',
  label: 'Expires on',
  required: false,
  placeholder: 'YYYY-MM-DD',
  help: 'Azure DevOps does not tell a token when it ends (at most a year, often less by policy). Copy the date from the token page and Polyforge reminds you.',
} as const;

const scopes = [
  { name: 'Code (Read)', why: 'to list and clone repositories and to read pull requests', required: true },
  { name: 'Code (Read & write)', why: 'to push, comment and vote', required: false },
  {
    name: 'Project and Team (Read)',
    why: 'only to check the token against the list of projects',
    required: false,
  },
];

const headerExplanation =
  'Most repositories use URL-based authentication, in which git gives a user name and the token as its password, but ' +
  'some on-premises servers (Azure DevOps Server) require header-based authentication: the token is encoded with ' +
  'Base64 and sent in the "Authorization: Basic" header of the requests. The token name is not used then and may stay ' +
  'blank. Either way the token never stands in the address of a repository.';

const documentation = {
  label: 'Microsoft on personal access tokens',
  url: 'https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate',
};

const certificates =
  'A certificate authority of your company, or a certificate this computer has to show, is set in Preferences, Network.';

const services: AuthenticationDescriptor = {
  type: 'personal',
  label: 'Personal Access Token',
  fields: [
    alias,
    {
      field: 'url',
      label: 'URL',
      required: true,
      initial: 'https://dev.azure.com',
      help: 'A page of your organization may be pasted too, also one of visualstudio.com.',
    },
    {
      field: 'organization',
      label: 'Organization',
      required: false,
      placeholder: 'fabrikam',
      help: 'The name after https://dev.azure.com/. Leave it empty only for an old token for "All accessible organizations"; such tokens stop working on 2026-12-01.',
    },
    tokenName,
    token,
    expiresOn,
  ],
  scopes,
  steps: [
    'Open https://aex.dev.azure.com/me and choose your organization.',
    'Click "User settings" in the top right corner, then "Personal access tokens".',
    'Choose "New Token", a name, the organization, an expiration date (UTC) your policy allows, and the scope Code: Read & write.',
    'Copy the token at once: it is not shown again. Polyforge keeps it encrypted on this computer.',
    'For each further account, sign in to it in the browser first, make its own token and add it here as well.',
    'If "New Token" is greyed out, a policy of your organization forbids it: ask its administrator.',
  ],
  notice:
    'Azure DevOps OAuth is retired: no new apps since April 2025, and existing ones stopped on 2026-07-24 ' +
    '(the secrets of such apps ended after 60 days each). Use a personal access token for one organization. Tokens for all organizations can no longer be made and stop ' +
    'working on 2026-12-01.',
  documentation,
  header: { initial: 'off', choices: ['off', 'basic'], explanation: headerExplanation },
};

function asked(field: FieldDescriptor): FieldDescriptor {
  return field.field === 'organization'
    ? { ...field, required: true, help: 'The name after https://dev.azure.com/.' }
    : field;
}

/** The sign-in that took the retired one's place. */
const entra: AuthenticationDescriptor = {
  type: 'oauth',
  label: 'Sign in in the browser (Microsoft Entra)',
  fields: services.fields.filter(({ field }) => ['alias', 'url', 'organization'].includes(field)).map(asked),
  scopes: [
    {
      name: 'user_impersonation',
      why: 'Azure DevOps with your own rights: list, clone, push, pull requests.',
      required: true,
    },
  ],
  steps: [
    'Your browser opens Microsoft’s sign-in page; choose the work or school account of the organization.',
    'Agree, and come back: the account is saved by itself.',
    'Where no browser can be opened, sign in with a code on any other device.',
    'Personal Microsoft accounts often cannot sign in this way; use a personal access token for them.',
  ],
  flows: ['browser', 'device'],
  notice:
    'This is Microsoft Entra. The older Azure DevOps OAuth, which showed a code to paste, is retired: no new apps ' +
    'since April 2025, and existing ones, custom apps included, stopped on 2026-07-24.',
  header: {
    initial: 'bearer',
    choices: ['bearer'],
    explanation:
      'A token of Microsoft Entra is sent in the "Authorization: Bearer" header of the requests; there is no other way.',
  },
};

const server: AuthenticationDescriptor = {
  type: 'personal',
  label: 'Personal Access Token',
  fields: [
    alias,
    {
      field: 'url',
      label: 'URL',
      required: true,
      placeholder: 'https://azure.example.com',
      help: `The address of your server, with or without the collection: https://server/DefaultCollection or http://server:8080/tfs. A page of it may be pasted too. ${certificates}`,
    },
    {
      field: 'collection',
      label: 'Collection',
      required: false,
      placeholder: 'DefaultCollection',
      help: 'Needed when the URL does not name it. If you are not sure, ask your administrator.',
    },
    tokenName,
    token,
    expiresOn,
  ],
  scopes,
  steps: [
    'Sign in to your server at https://{server}/{collection}.',
    'Open the security settings of your profile picture, then "Personal access tokens".',
    'Choose "New Token", a name, an expiration date (UTC), and the scope Code: Read & write.',
    'Copy the token at once: it is not shown again. Polyforge keeps it encrypted on this computer.',
    'The server must be reachable from this computer: where it is behind a firewall, join its network or VPN first.',
  ],
  notice:
    'Azure DevOps Server 2022 (also Express) or later is needed. Team Foundation Server is not compatible. Polyforge ' +
    'makes no webhooks, so the token needs no administrator rights.',
  documentation,
  header: { initial: 'basic', choices: ['off', 'basic'], explanation: headerExplanation },
};

const words = {
  pullRequest: 'pull request',
  pullRequests: 'pull requests',
  pullRequestPrefix: '!',
  namespace: 'project',
  open: 'active',
  merged: 'completed',
  closed: 'abandoned',
  approve: 'Approve',
} as const;

export const kinds: readonly KindDescriptor[] = [
  {
    kind: 'azure-devops-services',
    provider: 'azure-devops',
    label: 'Azure DevOps Services',
    words,
    authentication: [services, entra],
  },
  {
    kind: 'azure-devops-server',
    provider: 'azure-devops',
    label: 'Azure DevOps Server',
    words,
    authentication: [server],
  },
];
