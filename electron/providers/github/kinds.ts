import type {
  Account,
  AccountDraft,
  AuthenticationDescriptor,
  FieldDescriptor,
  KindDescriptor,
} from '../../../shared/contract/accounts';
import { address } from './address';

const words: KindDescriptor['words'] = {
  pullRequest: 'pull request',
  pullRequests: 'pull requests',
  pullRequestPrefix: '#',
  namespace: 'owner',
  open: 'open',
  merged: 'merged',
  closed: 'closed',
  approve: 'Approve',
};

const alias: FieldDescriptor = {
  field: 'alias',
  label: 'Alias',
  required: false,
  placeholder: 'Work',
  help: 'How this account is called in Polyforge. Left empty, the user and the host are used.',
};

const header: AuthenticationDescriptor['header'] = {
  initial: 'off',
  choices: ['off', 'basic', 'bearer'],
  explanation:
    'Git normally gets the token when GitHub asks for it. With header-based authentication the token is sent as an Authorization header with every request of the clone, for servers behind a proxy that answers in GitHub’s place. The token name is not used then, and the token is never part of the repository address.',
};

/** Row 1.4 of the requirements: the scopes as GitHub's token page shows them. */
const scopes: AuthenticationDescriptor['scopes'] = [
  {
    name: 'repo',
    why: 'List, clone and push to private repositories, and read their pull requests.',
    required: true,
  },
  { name: 'read:org', why: 'List your organizations and find their pull requests.', required: true },
  { name: 'repo:status', why: 'Part of repo: read the statuses of commits.', required: false },
  { name: 'repo_deployment', why: 'Part of repo: read deployments.', required: false },
  { name: 'public_repo', why: 'Instead of repo, when only public repositories are used.', required: false },
  { name: 'repo:invite', why: 'Part of repo: see invitations to repositories.', required: false },
  { name: 'security_events', why: 'Part of repo: read code scanning alerts.', required: false },
  { name: 'project', why: 'Read and write projects; not used by Polyforge today.', required: false },
  { name: 'read:project', why: 'Read projects; not used by Polyforge today.', required: false },
];

function personal(url: FieldDescriptor, server: string): AuthenticationDescriptor {
  return {
    type: 'personal',
    label: 'Personal Access Token',
    fields: [
      alias,
      url,
      {
        field: 'tokenName',
        label: 'Token name',
        required: false,
        initial: 'oauth2',
        help: 'The user name Git sends beside the token. GitHub accepts any; it is not used with header-based authentication.',
      },
      {
        field: 'token',
        label: 'Token',
        required: true,
        placeholder: 'ghp_… or github_pat_…',
        help: 'GitHub shows it once. It is kept encrypted on this computer and sent to this server only.',
      },
    ],
    scopes,
    steps: [
      `Open the token page of ${server}; the scopes are already ticked.`,
      'Choose an expiration your organization allows; Polyforge warns before it comes.',
      'Generate the token and copy it at once: GitHub never shows it again.',
      'If your organization uses SAML single sign-on, choose "Configure SSO" beside the token and authorize it.',
      'A fine-grained token works too (Contents: read and write, Pull requests: read, Metadata: read; for checks also Checks and Commit statuses: read), for the repositories of one owner.',
    ],
    documentation: {
      label: 'GitHub on personal access tokens',
      url: 'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens',
    },
    header,
  };
}

function application(url: FieldDescriptor): AuthenticationDescriptor {
  return {
    type: 'app',
    label: 'GitHub Application',
    fields: [
      alias,
      url,
      {
        field: 'appId',
        label: 'App ID',
        required: true,
        placeholder: '123456',
        help: 'A number, on the settings page of the app.',
      },
      {
        field: 'privateKey',
        label: 'Private key',
        required: true,
        placeholder: '-----BEGIN RSA PRIVATE KEY-----',
        help: 'The whole content of the .pem file, with its BEGIN and END lines. It is kept encrypted and never shown again.',
      },
      {
        field: 'installation',
        label: 'Installation',
        required: false,
        placeholder: '12345678',
        help: 'Choose one, or give the number at the end of settings/installations/12345678, or that address. Empty: the first one found is taken and named.',
      },
    ],
    scopes: [
      { name: 'Contents: Read and write', why: 'Clone and push.', required: true },
      { name: 'Pull requests: Read and write', why: 'List and read pull requests.', required: true },
      { name: 'Metadata: Read-only', why: 'List repositories; GitHub always grants it.', required: true },
      { name: 'Checks: Read-only', why: 'Show check runs of pull requests.', required: false },
      { name: 'Commit statuses: Read-only', why: 'Show statuses of pull requests.', required: false },
    ],
    steps: [
      'Open Settings → Developer settings → GitHub Apps → New GitHub App; a name and any homepage URL suffice, the webhook can stay inactive.',
      'Set the repository permissions named below and create the app. Note its App ID.',
      'Under "Private keys" generate a key; the browser saves a .pem file.',
      'Install the app on your organization or account and choose its repositories.',
      'The address of the installation ends in its Installation ID (settings/installations/12345678).',
    ],
    notice:
      'The app acts as its installation, not as a person: good for organizations, but it has no pull requests or reviews of its own.',
    header,
  };
}

function onPage(url: FieldDescriptor, server: string): AuthenticationDescriptor {
  return {
    type: 'oauth',
    label: 'Sign in in the browser',
    fields: [alias, url],
    scopes: scopes.filter(({ required }) => required),
    steps: [
      'Polyforge shows a code and opens a page of GitHub.',
      `Sign in to ${server} there, if you are not yet, and enter the code.`,
      'Agree, and come back: the account is saved by itself.',
      'If an organization uses single sign-on, authorize it on the same page.',
    ],
    flows: ['device'],
    header,
  };
}

function kind(
  name: 'github' | 'github-enterprise',
  label: string,
  url: FieldDescriptor,
  server: string,
): KindDescriptor {
  return {
    kind: name,
    provider: 'github',
    label,
    words,
    authentication: [personal(url, server), application(url), onPage(url, server)],
  };
}

export const kinds: readonly KindDescriptor[] = [
  kind(
    'github',
    'GitHub',
    {
      field: 'url',
      label: 'URL',
      required: true,
      initial: 'https://github.com',
      placeholder: 'https://github.com',
      help: 'https://github.com, or https://NAME.ghe.com for an enterprise with data residency.',
    },
    'github.com',
  ),
  kind(
    'github-enterprise',
    'GitHub Enterprise Server',
    {
      field: 'url',
      label: 'URL',
      required: true,
      placeholder: 'https://github.example.com',
      help: 'The address of your server as the browser shows it.',
    },
    'your server',
  ),
];

/** The page where the token or the app is made, prefilled as far as GitHub allows. */
export function tokenPage(draft: AccountDraft): string | null {
  let base: string;
  try {
    base = address(draft).url;
  } catch {
    return null;
  }
  if (draft.authenticationType === 'app') return `${base}/settings/apps/new`;
  const query = new URLSearchParams({ scopes: 'repo,read:org', description: 'Polyforge' });
  return `${base}/settings/tokens/new?${query.toString()}`;
}

/** An app's installation names its repositories; a token its scopes, or its owner and repositories. */
export function accessPage(account: Account): string {
  if (account.authenticationType === 'oauth') return `${account.url}/settings/applications`;
  if (account.authenticationType !== 'app') return `${account.url}/settings/tokens`;
  const id = account.installation?.id;
  return `${account.url}/settings/installations${id ? `/${encodeURIComponent(id)}` : ''}`;
}
