import type {
  AccountDraft,
  AuthenticationDescriptor,
  FieldDescriptor,
  KindDescriptor,
} from '../../../shared/contract/accounts';
import { address } from './address';

const words: KindDescriptor['words'] = {
  pullRequest: 'merge request',
  pullRequests: 'merge requests',
  pullRequestPrefix: '!',
  namespace: 'group',
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
    'Git normally gets the token when GitLab asks for it. With header-based authentication the token is sent as an Authorization header with every request of the clone, for servers behind a proxy that answers in GitLab’s place. The token name is not used then, and the token is never part of the repository address.',
};

function kind(name: 'gitlab' | 'gitlab-self-managed', label: string, url: FieldDescriptor): KindDescriptor {
  return {
    kind: name,
    provider: 'gitlab',
    label,
    words,
    authentication: [
      {
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
            help: 'The user name Git sends beside the token. GitLab accepts any that is not blank; it is not used with header-based authentication.',
          },
          {
            field: 'token',
            label: 'Token',
            required: true,
            placeholder: 'glpat-…',
            help: 'GitLab shows it once. It is kept encrypted on this computer and sent to this server only.',
          },
        ],
        scopes: [
          {
            name: 'api',
            why: 'Everything below in one: read projects and merge requests, clone and push; needed to create or merge merge requests.',
            required: true,
          },
          {
            name: 'read_api',
            why: 'Instead of api, when you only read: projects and merge requests.',
            required: false,
          },
          { name: 'read_repository', why: 'With read_api: clone and fetch.', required: false },
          { name: 'write_repository', why: 'With read_api: clone, fetch and push.', required: false },
        ],
        steps: [
          'Open the token page; name and scopes are already filled in.',
          'Choose an expiry date. GitLab allows at most 365 days, newer servers 400; the token stops at 00:00 UTC on that date.',
          'Create the token and copy it at once: GitLab never shows it again.',
          'Project and group access tokens work too; they act as a bot.',
        ],
        documentation: {
          label: 'GitLab on personal access tokens',
          url: 'https://docs.gitlab.com/user/profile/personal_access_tokens/',
        },
        header,
      },
      {
        type: 'oauth',
        label: 'Sign in in the browser',
        fields: [alias, url],
        scopes: [{ name: 'api', why: 'Read projects and merge requests, clone and push.', required: true }],
        steps: [
          'Polyforge shows a code and opens a page of GitLab.',
          'Sign in there, if you are not yet, and enter the code.',
          'Agree, and come back: the account is saved by itself.',
          'The server must run GitLab 17.1 or later.',
        ],
        flows: ['device'],
        header,
      },
    ],
  };
}

export const kinds: readonly KindDescriptor[] = [
  kind('gitlab', 'GitLab', {
    field: 'url',
    label: 'URL',
    required: true,
    initial: 'https://gitlab.com',
    placeholder: 'https://gitlab.com',
  }),
  kind('gitlab-self-managed', 'GitLab Self-Managed', {
    field: 'url',
    label: 'URL',
    required: true,
    placeholder: 'https://gitlab.example.com',
    help: 'The address of your server as the browser shows it, with the path GitLab is installed under, without group or project.',
  }),
];

/** The page where the token is made, with name and scopes filled in. */
export function tokenPage(draft: AccountDraft): string | null {
  try {
    const query = new URLSearchParams({ name: 'Polyforge', scopes: 'api' });
    return `${address(draft).url}/-/user_settings/personal_access_tokens?${query.toString()}`;
  } catch {
    return null;
  }
}
