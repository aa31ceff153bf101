import type { Account, SignInResult } from '../../shared/contract/accounts';
import type { HostedRepository } from '../../shared/contract/hosted-repositories';
import type { PullRequest } from '../../shared/contract/pull-requests';
import { type AppError, AppFailure, fail } from '../../shared/errors';
import type { HostingProvider, Session, TreeEntry } from '../../electron/providers/provider';

/** What the stand-in provider of service tests does; changed by the test while it runs. */
export interface FakeProviderState {
  /** Tokens that work and who they belong to. */
  tokens: Map<string, string>;
  /** Thrown by every call of an account with this alias. */
  failures: Map<string, AppError>;
  repositories: HostedRepository[];
  pullRequests: PullRequest[];
  /** How often listRepositories was started. */
  listings: number;
  /** What a repository holds before it is cloned: text by path; ends with `/` for an empty folder. */
  files: Map<string, string>;
  sizeBytes: number | null;
}

export function signInResult(login: string, more: Partial<SignInResult> = {}): SignInResult {
  return {
    user: { id: login, login, name: login },
    expiresOn: null,
    scopes: null,
    missingScopes: [],
    installation: null,
    serverVersion: null,
    warnings: [],
    notes: [],
    ...more,
  };
}

export function aHostedRepository(account: Account, id: string): HostedRepository {
  return {
    key: `${account.id}:${id}`,
    accountId: account.id,
    id,
    name: id,
    namespace: 'team',
    fullName: `team/${id}`,
    description: '',
    webUrl: `${account.url}/team/${id}`,
    httpsUrl: `${account.url}/team/${id}.git`,
    sshUrl: null,
    defaultBranch: 'main',
    visibility: 'private',
    archived: false,
    fork: false,
    updatedAt: null,
    sizeBytes: null,
  };
}

/** A provider without a server, for tests of services only. The adapters have suites of their own. */
export function fakeProvider(): { provider: HostingProvider; state: FakeProviderState } {
  const state: FakeProviderState = {
    tokens: new Map(),
    failures: new Map(),
    repositories: [],
    pullRequests: [],
    listings: 0,
    files: new Map(),
    sizeBytes: null,
  };
  const secrets = new WeakMap<Account, string>();
  const guard = ({ account }: Session) => {
    const failure = state.failures.get(account.alias);
    if (failure) throw new AppFailure(failure);
    const login = state.tokens.get(secrets.get(account) ?? '');
    return login ?? fail({ kind: 'token-refused', host: new URL(account.url).host });
  };
  const provider: HostingProvider = {
    id: 'github',
    kinds: [
      {
        kind: 'github-enterprise',
        provider: 'github',
        label: 'GitHub Enterprise Server',
        words: {
          pullRequest: 'pull request',
          pullRequests: 'pull requests',
          pullRequestPrefix: '#',
          namespace: 'owner',
          open: 'open',
          merged: 'merged',
          closed: 'closed',
          approve: 'approve',
        },
        authentication: [
          {
            type: 'personal',
            label: 'Personal Access Token',
            fields: [],
            scopes: [],
            steps: [],
            header: { initial: 'off', choices: ['off', 'basic'], explanation: '' },
          },
        ],
      },
    ],
    address(draft) {
      if (!draft.url.startsWith('https://'))
        fail({ kind: 'address-invalid', part: 'scheme', reason: 'https-only' });
      const origin = new URL(draft.url).origin;
      return { url: origin, origins: { api: [origin], git: [origin] }, organization: '', collection: '' };
    },
    normalizeSecret(_draft, secret) {
      if (secret.startsWith('glpat-')) fail({ kind: 'token-form', host: '', looksLike: 'gitlab' });
      return secret.trim();
    },
    tokenPage: (draft) => (draft.url ? `${draft.url}/settings/tokens` : null),
    authorizer(account, secret) {
      secrets.set(account, secret);
      return { headers: () => Promise.resolve({ authorization: `token ${secret}` }) };
    },
    signIn: (session) => Promise.resolve().then(() => signInResult(guard(session))),
    gitCredential: (session, secret) =>
      Promise.resolve({ kind: 'password', username: guard(session), password: secret }),
    matches: (account, url) => (url.origin === account.url ? 1 : null),
    locate: (account, url) => (url.origin === account.url ? { id: url.path, fullName: url.path } : null),
    contents: {
      facts(session) {
        guard(session);
        return Promise.resolve({ sizeBytes: state.sizeBytes, top: state.files.size === 0 ? null : 'top' });
      },
      async *folder(session, _repository, folder) {
        await Promise.resolve();
        guard(session);
        const below = folder.path === '' ? '' : `${folder.path}/`;
        const found = new Map<string, TreeEntry>();
        for (const file of state.files.keys()) {
          if (!file.startsWith(below)) continue;
          const [name = '', ...rest] = file.slice(below.length).split('/');
          const path = `${below}${name}`;
          if (name !== '') found.set(path, { path, kind: rest.length > 0 ? 'folder' : 'file', id: path });
        }
        yield [...found.values()];
      },
      file: (_session, _repository, file) => Promise.resolve(state.files.get(file.path) ?? ''),
    },
    async *listRepositories(session) {
      state.listings += 1;
      await Promise.resolve();
      guard(session);
      yield state.repositories.filter((repository) => repository.accountId === session.account.id);
    },
    async *listPullRequests(session) {
      await Promise.resolve();
      guard(session);
      yield { items: state.pullRequests };
    },
    pullRequest: () => Promise.reject(new AppFailure({ kind: 'gone', what: 'pull-request' })),
    changedFiles: () => Promise.resolve({ files: [], partial: null }),
    fileDiff: () => Promise.resolve({ kind: 'binary' }),
    threads: () => Promise.resolve([]),
  };
  return { provider, state };
}
