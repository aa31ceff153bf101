import type { Account, AccountKind, KindDescriptor, ProviderId } from '../../../shared/contract/accounts';
import type { Commit } from '../../../shared/contract/history';
import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import type { PullRequest, PullRequestDetail, Thread } from '../../../shared/contract/pull-requests';

const hour = 3_600_000;
const now = Date.now();

export function account(
  id: string,
  alias: string,
  kind: AccountKind,
  provider: ProviderId,
  url: string,
): Account {
  return {
    id,
    kind,
    provider,
    alias,
    authenticationType: 'personal',
    url,
    origins: { api: [url], git: [url] },
    organization: '',
    collection: '',
    email: '',
    username: '',
    tokenName: '',
    appId: '',
    installation: null,
    useForRepositories: true,
    headerAuthentication: 'off',
    expiresOn: null,
    expirySource: 'none',
    scopes: null,
    user: { id: '1', login: 'jdoe', name: 'Jane Doe' },
    state: { status: 'working' },
    lastChecked: now,
  };
}

export const accounts = [
  account('a1', 'Work', 'github', 'github', 'https://github.com'),
  account(
    'a2',
    'Department',
    'gitlab-self-managed',
    'gitlab',
    'https://gitlab.department.contoso.example.com:8443',
  ),
  account('a3', 'Customer', 'bitbucket-cloud', 'bitbucket', 'https://bitbucket.org'),
  account('a4', 'Azure', 'azure-devops-services', 'azure-devops', 'https://dev.azure.com/contoso'),
];

export const identity = { name: 'Jane Doe', email: 'jane.doe@contoso.example', signingKey: '' };
export const rule = {
  id: 'rule',
  scope: { kind: 'path', origin: 'https://example.com', path: 'platform' },
  accountId: 'a1',
  identity,
};

function kind(one: Account, words: Partial<KindDescriptor['words']> = {}): KindDescriptor {
  return {
    kind: one.kind,
    provider: one.provider,
    label: one.alias,
    words: {
      pullRequest: 'pull request',
      pullRequests: 'pull requests',
      pullRequestPrefix: '#',
      namespace: 'owner',
      open: 'open',
      merged: 'merged',
      closed: 'closed',
      approve: 'approve',
      ...words,
    },
    authentication: [
      {
        type: 'personal',
        label: 'Personal Access Token',
        fields: [],
        scopes: [],
        steps: [],
        header: { initial: 'off', choices: ['off'], explanation: '' },
      },
    ],
  };
}

const [github, gitlab, bitbucket, azure] = accounts as [Account, Account, Account, Account];
export const kinds = [
  kind(github),
  kind(gitlab, { pullRequest: 'merge request', pullRequests: 'merge requests', pullRequestPrefix: '!' }),
  kind(bitbucket, { closed: 'declined' }),
  kind(azure, { open: 'active', merged: 'completed', closed: 'abandoned' }),
];

const nouns = [
  'web-shop',
  'api-gateway',
  'billing',
  'design-system',
  'infrastructure',
  'docs',
  'mobile-app',
  'search',
];

export function hostedRepositories(accountId: string, count: number): HostedRepository[] {
  return Array.from({ length: count }, (_, index) => {
    const namespace = `${['platform', 'retail', 'research', 'operations/europe-central'][index % 4]}`;
    const name =
      index === 5
        ? 'a-repository-with-a-name-that-goes-on-and-on-because-somebody-thought-it-should-tell-everything'
        : `${nouns[index % nouns.length]}-${index}`;
    return {
      key: `${accountId}:${index}`,
      accountId,
      id: String(index),
      name,
      namespace,
      fullName: `${namespace}/${name}`,
      description:
        index % 3 === 0
          ? ''
          : `What keeps ${nouns[(index + 3) % nouns.length]} of the ${namespace} teams running`,
      webUrl: `https://example.com/${namespace}/${name}`,
      httpsUrl: `https://example.com/${namespace}/${name}.git`,
      sshUrl: `git@example.com:${namespace}/${name}.git`,
      defaultBranch: index % 7 === 0 ? null : 'main',
      visibility: (['private', 'internal', 'public'] as const)[index % 3] ?? 'private',
      archived: index % 11 === 0,
      fork: index % 13 === 0,
      updatedAt: now - index * 5 * hour,
      sizeBytes: null,
    };
  });
}

const authors = [
  'Ada Lovelace',
  'Grace Hopper',
  'Jürgen Müller-Lüdenscheidt',
  '山田太郎',
  'Edsger W. Dijkstra',
];

export function pullRequests(accountId: string, count: number): PullRequest[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `${accountId}:${index}`,
    accountId,
    repository: { id: '1', fullName: `platform/${nouns[index % nouns.length]}` },
    number: 1000 - index,
    title:
      index % 9 === 4
        ? 'Rework how the checkout remembers what was in the cart when the session ends while a payment is still under way'
        : `Fix the ${nouns[index % nouns.length]} build on ${index % 2 ? 'Windows' : 'macOS'}`,
    author: { id: 'x', name: authors[index % authors.length] ?? '', login: 'someone' },
    source: { branch: `feature/JIRA-${4000 + index}-fix`, repository: index % 8 === 0 ? 'ada/fork' : null },
    target: { branch: 'main' },
    draft: index % 6 === 0,
    state: 'open',
    providerState: 'open',
    review: ([null, 'pending', 'approved', 'changes-requested'] as const)[index % 4] ?? null,
    checks: ([null, 'passed', 'failed', 'pending'] as const)[(index + 1) % 4] ?? null,
    comments: index % 5,
    createdAt: now - index * 9 * hour - hour,
    updatedAt: now - index * 7 * hour,
    webUrl: 'https://example.com/pull/1',
    mine: index % 3 === 0,
    awaitsMyReview: index % 4 === 1,
  }));
}

const person = (name: string) => ({ id: name, name, login: name.toLowerCase() });

export function detailOf(pullRequest: PullRequest, description: string): PullRequestDetail {
  return {
    pullRequest,
    description,
    reviewers: [
      { person: person('Grace Hopper'), vote: 'approved', required: true },
      { person: person('Edsger W. Dijkstra'), vote: 'changes-requested', required: false },
      { person: person('Ken'), vote: 'none', required: false },
    ],
    checks: [
      { name: 'build / linux', state: 'passed', description: 'in 3 minutes', url: 'https://example.com/1' },
      { name: 'build / windows', state: 'failed', description: '2 tests failed', url: null },
      { name: 'deploy', state: 'pending', description: '', url: null },
    ],
    labels: ['bug', 'area: checkout'],
    mergeable: false,
    commits: [
      { oid: 'a'.repeat(40), subject: 'Keep the cart', author: 'Ada Lovelace', authoredAt: now - hour },
      { oid: 'b'.repeat(40), subject: 'Test it', author: 'Ada Lovelace', authoredAt: null },
    ],
    failures: [],
  };
}

export const description = `## What\n\nKeeps the **cart** while a payment is under way, see [the plan](https://example.com/plan).\n\n- [x] server\n- [ ] page\n\n| step | time |\n|---|---|\n| load | 3 ms |\n\n\`\`\`ts\nconst cart = load();\n\`\`\`\n\n![diagram](https://example.com/d.png)\n\n> Ask me before you merge.`;

export const patch = `--- a/src/cart.ts\n+++ b/src/cart.ts\n@@ -1,7 +1,9 @@\n import { load } from './load';\n \n-export function cart(id: string) {\n-  return load(id);\n+/** The cart, kept while a payment is under way. */\n+export async function cart(id: string): Promise<Cart> {\n+  const kept = await load(id);\n+  return kept ?? empty;\n }\n \n export const empty = { items: [] };\n`;

export const threads: Thread[] = [
  {
    id: 't1',
    position: { path: 'src/cart.ts', line: 5, side: 'new', outdated: false },
    resolved: false,
    comments: [
      {
        id: 'c1',
        author: person('Grace Hopper'),
        body: 'What if `load` **throws**?',
        createdAt: now - hour,
        system: false,
      },
      {
        id: 'c2',
        author: person('Ada Lovelace'),
        body: 'Then the caller hears of it.',
        createdAt: now - hour / 2,
        system: false,
      },
    ],
  },
  {
    id: 't2',
    position: { path: 'src/cart.ts', line: 99, side: 'old', outdated: true },
    resolved: true,
    comments: [{ id: 'c3', author: person('Ken'), body: 'Typo', createdAt: now - 2 * hour, system: false }],
  },
  {
    id: 't3',
    position: null,
    resolved: null,
    comments: [{ id: 'c4', author: person('Ken'), body: 'Looks good to me.', createdAt: now, system: false }],
  },
  {
    id: 't4',
    position: null,
    resolved: null,
    comments: [
      { id: 'c5', author: person('Ada Lovelace'), body: 'pushed 2 commits', createdAt: now, system: true },
    ],
  },
];

export function commits(skip: number, limit: number): Commit[] {
  return Array.from({ length: limit }, (_, offset) => {
    const index = skip + offset;
    return {
      oid: index.toString(16).padStart(40, '0'),
      parents: [(index + 1).toString(16).padStart(40, '0')],
      subject:
        index === 3
          ? 'A subject that is far too long for one line because it wants to explain the whole story of the change right here'
          : `Change number ${index}`,
      body: index % 2 ? 'Because it had to be.\n\nSigned-off-by: somebody' : '',
      author: { name: authors[index % authors.length] ?? '', email: 'a@example.com' },
      authoredAt: now - index * 3 * hour,
      refs:
        index === 0
          ? ['main', 'origin/main', 'v2.0', 'release/2026-11']
          : index === 4
            ? ['feature/a-branch-with-a-name-longer-than-most']
            : [],
    };
  });
}
