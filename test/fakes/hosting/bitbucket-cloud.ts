import { createHash } from 'node:crypto';
import { avatar } from './avatar';
import { descriptions } from './described';
import { bitbucketWorld, secondAccount, signedIn } from './seeds';
import {
  basic,
  type Call,
  type HostingServer,
  html,
  json,
  type Reply,
  Routes,
  scheme,
  startHostingServer,
  text,
  whole,
} from './server';
import type { PullFacts, World, WorldComment, WorldPullRequest, WorldRepository, WorldUser } from './world';

export interface BitbucketCloudToken {
  secret: string;
  /** `api`: a person's, taken with the e-mail address. `access`: a bot's of `only`, taken as Bearer. */
  kind: 'api' | 'access';
  login: string;
  scopes: string[];
  /** What an access token was made for: `workspace` or `workspace/repository`. */
  only?: string;
  refused?: boolean;
}

export interface BitbucketCloudStandIn extends HostingServer {
  readonly world: World;
  readonly tokens: BitbucketCloudToken[];
}

export const bitbucketCloudTokens = {
  first: 'ATATT3xFfGF0Dem0MiraFirst1234567890abcdefghij=1A2B3C4D',
  second: 'ATATT3xFfGF0Dem0MiraSecond234567890abcdefghij=5E6F7A8B',
  access: 'ATCTT3xFfGN0Dem0Harbour1234567890abcdefghijklm=9C0D1E2F',
};

export const bitbucketScopes = [
  'read:user:bitbucket',
  'read:workspace:bitbucket',
  'read:repository:bitbucket',
  'read:pullrequest:bitbucket',
];

const error = (status: number, message: string, more: object = {}): Reply =>
  json({ type: 'error', error: { message, ...more } }, undefined, status);
const time = (at: number) => `${new Date(at).toISOString().replace('Z', '')}123+00:00`;
const uuid = (what: string, id: number | string) => {
  const hex = createHash('sha1').update(`${what} ${id}`).digest('hex');
  return `{${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}}`;
};

/** Bitbucket Cloud: REST at /2.0, git at /workspace/repository.git, both at one address. */
export async function startBitbucketCloud(
  options: { port?: number; world?: World } = {},
): Promise<BitbucketCloudStandIn> {
  const world = options.world ?? bitbucketWorld('cloud');
  const tokens: BitbucketCloudToken[] = [
    { secret: bitbucketCloudTokens.first, kind: 'api', login: signedIn, scopes: bitbucketScopes },
    { secret: bitbucketCloudTokens.second, kind: 'api', login: secondAccount, scopes: bitbucketScopes },
    {
      secret: bitbucketCloudTokens.access,
      kind: 'access',
      login: 'harbour-bot',
      scopes: ['repository', 'pullrequest'],
      only: 'harbour',
    },
  ];
  const api = () => `${server.origin}/2.0`;

  function tokenOf(header: string | undefined): BitbucketCloudToken | null | undefined {
    if (header === undefined) return undefined;
    const pair = basic(header);
    // An API token is a password: it is not taken as Bearer, and only beside its owner's e-mail address.
    if (pair) {
      const token = tokens.find((one) => one.secret === pair.password && one.kind === 'api');
      return token && !token.refused && world.user(token.login).email === pair.username ? token : null;
    }
    const token = tokens.find((one) => one.secret === scheme(header, 'bearer') && one.kind === 'access');
    return token && !token.refused ? token : null;
  }

  const full = (one: WorldRepository) => `${one.namespace}/${one.slug}`;
  const sees = (token: BitbucketCloudToken | undefined, one: WorldRepository) => {
    if (one.visibility === 'public') return true;
    if (token?.kind === 'access') return token.only === one.namespace || token.only === full(one);
    return world.readable(one, token?.login ?? null);
  };

  const link = (href: string) => ({ href });
  const userBody = (user: WorldUser) => {
    const id = uuid('user', user.id);
    return {
      display_name: user.name,
      links: {
        self: link(`${api()}/users/${encodeURIComponent(id)}`),
        avatar: link(`${server.origin}/account/avatar/${user.id}/48`),
        html: link(`${server.origin}/${encodeURIComponent(id)}/`),
      },
      type: user.bot ? 'app_user' : 'user',
      uuid: id,
      account_id: `557058:${id.slice(1, -1)}`,
      nickname: user.login,
    };
  };
  const shortRepository = (one: WorldRepository) => ({
    type: 'repository',
    full_name: full(one),
    links: {
      self: link(`${api()}/repositories/${full(one)}`),
      html: link(`${server.origin}/${full(one)}`),
      avatar: link(`${server.origin}/account/avatar/${one.id}/32`),
    },
    name: one.name,
    uuid: uuid('repository', one.id),
  });
  const workspaceBody = (slug: string) => ({
    type: 'workspace',
    uuid: uuid('workspace', slug),
    name: slug.charAt(0).toUpperCase() + slug.slice(1),
    slug,
    links: {
      avatar: link(`${server.origin}/workspaces/${slug}/avatar/`),
      html: link(`${server.origin}/${slug}/`),
      self: link(`${api()}/workspaces/${slug}`),
    },
  });
  const repositoryBody = (one: WorldRepository, token: BitbucketCloudToken | undefined) => {
    const self = `${api()}/repositories/${full(one)}`;
    const host = new URL(server.origin).host;
    const parent = world.repositories.find((other) => full(other) === one.forkOf);
    const name = token?.kind === 'api' ? `${token.login}@` : '';
    return {
      ...shortRepository(one),
      links: {
        ...shortRepository(one).links,
        pullrequests: link(`${self}/pullrequests`),
        commits: link(`${self}/commits`),
        forks: link(`${self}/forks`),
        watchers: link(`${self}/watchers`),
        branches: link(`${self}/refs/branches`),
        tags: link(`${self}/refs/tags`),
        downloads: link(`${self}/downloads`),
        source: link(`${self}/src`),
        clone: [
          { name: 'https', href: `http://${name}${host}/${full(one)}.git` },
          { name: 'ssh', href: `git@${new URL(server.origin).hostname}:${full(one)}.git` },
        ],
        hooks: link(`${self}/hooks`),
      },
      slug: one.slug,
      description: one.description,
      scm: 'git',
      website: null,
      owner: {
        ...workspaceBody(one.namespace),
        type: 'team',
        username: one.namespace,
        display_name: workspaceBody(one.namespace).name,
      },
      workspace: workspaceBody(one.namespace),
      is_private: one.visibility !== 'public',
      project: one.project
        ? {
            type: 'project',
            key: one.project.key,
            uuid: uuid('project', one.project.key),
            name: one.project.name,
            links: { self: link(`${api()}/workspaces/${one.namespace}/projects/${one.project.key}`) },
          }
        : null,
      fork_policy: 'allow_forks',
      created_on: time(one.createdAt),
      updated_on: time(one.updatedAt),
      size: one.sizeBytes,
      language: '',
      uuid: uuid('repository', one.id),
      mainbranch: one.empty ? null : { name: one.defaultBranch, type: 'branch' },
      override_settings: { default_merge_strategy: true, branching_model: true },
      parent: parent ? shortRepository(parent) : null,
      enforced_signed_commits: null,
      has_issues: false,
      has_wiki: false,
    };
  };
  const rendered = (raw: string) => ({ type: 'rendered', raw, markup: 'markdown', html: '' });
  const stateWords = { open: 'OPEN', merged: 'MERGED', closed: 'DECLINED' };
  const participants = (pull: WorldPullRequest) =>
    pull.reviewers.map((one) => ({
      type: 'participant',
      user: userBody(one.user),
      role: 'REVIEWER',
      approved: one.vote === 'approved',
      state:
        one.vote === 'approved' ? 'approved' : one.vote === 'changes-requested' ? 'changes_requested' : null,
      participated_on: one.vote === 'none' ? null : time(one.at),
    }));
  const pullBody = (pull: WorldPullRequest, facts: PullFacts) => {
    const self = `${api()}/repositories/${full(pull.repository)}/pullrequests/${pull.number}`;
    const page = `${server.origin}/${full(pull.repository)}/pull-requests/${pull.number}`;
    const end = (repository: WorldRepository, branch: string, hash: string) => ({
      branch: { name: branch, links: {} },
      commit: {
        hash: hash.slice(0, 12),
        links: { self: link(`${api()}/repositories/${full(repository)}/commit/${hash.slice(0, 12)}`) },
        type: 'commit',
      },
      repository: shortRepository(repository),
    });
    const rest = [
      'decline',
      'diffstat',
      'commits',
      'comments',
      'merge',
      'activity',
      'diff',
      'approve',
      'request-changes',
      'statuses',
    ];
    return {
      comment_count:
        pull.comments.length + pull.threads.reduce((sum, thread) => sum + thread.comments.length, 0),
      task_count: 0,
      type: 'pullrequest',
      id: pull.number,
      title: pull.title,
      description: pull.description,
      rendered: {
        title: rendered(pull.title),
        description: rendered(pull.description),
        reason: rendered(''),
      },
      state: stateWords[pull.state],
      draft: pull.draft,
      merge_commit: facts.merge === null ? null : { hash: facts.merge.slice(0, 12), type: 'commit' },
      close_source_branch: true,
      closed_by: pull.state === 'open' ? null : userBody(world.user('sam')),
      author: userBody(pull.author),
      reason: '',
      created_on: time(pull.createdAt),
      updated_on: time(pull.updatedAt),
      destination: end(pull.repository, pull.target, facts.target),
      source: end(pull.fork ?? pull.repository, pull.source, facts.head),
      links: {
        self: link(self),
        html: link(page),
        ...Object.fromEntries(rest.map((name) => [name, link(`${self}/${name}`)])),
      },
      summary: rendered(pull.description),
    };
  };

  function paged<T>(call: Call, all: T[], body: (item: T) => unknown, most = 100): Reply | Promise<Reply> {
    const size = whole(call.query, 'pagelen') ?? 10;
    if (Number.isNaN(size) || size < 1 || size > most) return error(400, 'Invalid pagelen');
    const page = whole(call.query, 'page') ?? 1;
    if (Number.isNaN(page) || page < 1) return error(400, 'Invalid page');
    const next = new URL(call.url);
    next.searchParams.set('page', String(page + 1));
    next.searchParams.set('pagelen', String(size));
    return Promise.all(all.slice((page - 1) * size, page * size).map(body)).then((values) =>
      json({
        values,
        pagelen: size,
        size: all.length,
        page,
        ...(page * size < all.length ? { next: next.toString() } : {}),
        ...(page > 1 ? { previous: next.toString().replace(`page=${page + 1}`, `page=${page - 1}`) } : {}),
      }),
    );
  }

  const routes = new Routes();
  const current = new WeakMap<Call, BitbucketCloudToken>();
  /** Older names of the same rights, which access tokens have. */
  const stands: Record<string, string> = {
    'read:repository:bitbucket': 'repository',
    'read:pullrequest:bitbucket': 'pullrequest',
    'read:user:bitbucket': 'account',
    'read:workspace:bitbucket': 'account',
  };
  type Handler = (call: Call, token: BitbucketCloudToken | undefined) => Reply | Promise<Reply>;
  const get = (pattern: string, scope: string, handler: Handler) =>
    routes.get(pattern, (call) => {
      const token = current.get(call);
      if (token && !token.scopes.includes(scope) && !token.scopes.includes(stands[scope] ?? ''))
        return error(403, 'Your credentials lack one or more required privilege scopes.', {
          detail: { required: [scope], granted: token.scopes },
        });
      return handler(call, token);
    });
  const own = (
    pattern: string,
    scope: string,
    handler: (call: Call, token: BitbucketCloudToken) => Reply | Promise<Reply>,
  ) =>
    get(pattern, scope, (call, token) =>
      token
        ? handler(call, token)
        : error(401, 'Token is invalid, expired, or not supported for this endpoint.'),
    );
  const inRepository = (
    rest: string,
    scope: string,
    handler: (
      call: Call,
      repository: WorldRepository,
      token: BitbucketCloudToken | undefined,
    ) => Reply | Promise<Reply>,
  ) =>
    get(`/repositories/:workspace/:repo${rest}`, scope, (call, token) => {
      const name = `${call.params['workspace']}/${call.params['repo']}`.toLowerCase();
      const repository = world.repositories.find(
        (one) => full(one) === name || uuid('repository', one.id) === call.params['repo'],
      );
      if (!repository) return error(404, `Repository ${name} not found`);
      if (!sees(token, repository))
        return token
          ? error(
              403,
              'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.',
            )
          : error(404, `Repository ${name} not found`);
      return handler(call, repository, token);
    });
  const inPull = (rest: string, handler: (call: Call, pull: WorldPullRequest) => Reply | Promise<Reply>) =>
    inRepository(`/pullrequests/:number${rest}`, 'read:pullrequest:bitbucket', (call, repository) => {
      const pull = world
        .pullRequestsOf(repository)
        .find((one) => String(one.number) === call.params['number']);
      return pull ? handler(call, pull) : error(404, 'The specified pull request does not exist.');
    });

  own('/user', 'read:user:bitbucket', (_call, token) => {
    if (token.kind === 'access') return error(403, 'This API is only accessible with user credentials.');
    const user = world.user(token.login);
    return json({
      ...userBody(user),
      username: user.login,
      created_on: '2017-06-12T09:14:02.331000+00:00',
      is_staff: false,
      location: null,
      department: null,
      job_title: null,
      organization: null,
      zoneinfo: null,
      account_status: 'active',
      has_2fa_enabled: null,
    });
  });
  const workspacesOf = (token: BitbucketCloudToken) => [
    ...new Set(
      world.repositories
        .filter((one) =>
          token.kind === 'access'
            ? sees(token, one) && one.visibility !== 'public'
            : one.readers.includes(token.login),
        )
        .map((one) => one.namespace),
    ),
  ];
  own('/user/workspaces', 'read:workspace:bitbucket', (call, token) =>
    paged(call, workspacesOf(token), (slug) => ({
      type: 'workspace_access',
      administrator: false,
      workspace: { ...workspaceBody(slug), type: 'workspace_base' },
    })),
  );
  get('/repositories', 'read:repository:bitbucket', () =>
    error(410, 'This endpoint was removed. List the repositories of a workspace instead.'),
  );
  get('/workspaces/:workspace', 'read:workspace:bitbucket', (call) => {
    const slug = call.params['workspace'] ?? '';
    return world.repositories.some((one) => one.namespace === slug)
      ? json({ ...workspaceBody(slug), is_private: true, created_on: '2018-11-29T02:26:39.297476+00:00' })
      : error(404, `No workspace with identifier '${slug}'.`);
  });
  get('/repositories/:workspace', 'read:repository:bitbucket', (call, token) => {
    const slug = call.params['workspace'] ?? '';
    const all = world.repositories.filter((one) => one.namespace === slug);
    if (all.length === 0) return error(404, `No workspace with identifier '${slug}'.`);
    const role = call.query.get('role');
    if (role !== null && !['admin', 'contributor', 'member', 'owner'].includes(role))
      return error(400, `Invalid role: ${role}`);
    if (role !== null && token?.kind === 'access')
      return error(403, 'This API is only accessible with user credentials.');
    const among = all
      .filter((one) => sees(token, one))
      .filter((one) => role === null || one.readers.includes(token?.login ?? ''));
    const chosen = filtered(call, among, (one) => ({
      name: one.name,
      slug: one.slug,
      full_name: full(one),
      description: one.description,
      is_private: String(one.visibility !== 'public'),
      updated_on: new Date(one.updatedAt).toISOString(),
    }));
    if (!Array.isArray(chosen)) return chosen;
    if ((call.query.get('sort') ?? '').includes('updated_on'))
      chosen.sort((a, b) => b.updatedAt - a.updatedAt);
    return paged(call, chosen, (one) => repositoryBody(one, token));
  });
  inRepository('', 'read:repository:bitbucket', (_call, repository, token) =>
    json(repositoryBody(repository, token)),
  );
  inRepository('/refs/branches', 'read:repository:bitbucket', async (call, repository) => {
    const { branches } = await world.materialize(repository);
    return paged(call, [...branches], ([name, hash]) => ({
      type: 'branch',
      name,
      target: { type: 'commit', hash },
    }));
  });

  inRepository('/refs/branches/:name', 'read:repository:bitbucket', async (call, repository) => {
    const name = call.params['name'] ?? '';
    const hash = (await world.materialize(repository)).branches.get(name);
    return hash === undefined
      ? error(404, `No such branch: ${name}`)
      : json({ type: 'branch', name, target: { type: 'commit', hash } });
  });

  /** `q`: comparisons with = != ~, joined by AND and OR, with brackets. */
  function filtered<T>(
    call: Call,
    all: T[],
    of: (item: T) => Record<string, string | string[] | undefined>,
  ): T[] | Reply {
    const query = call.query.get('q');
    if (query === null || query.trim() === '') return [...all];
    const tokens = query.match(/\(|\)|"(?:[^"\\]|\\.)*"|!=|>=|<=|[=~<>]|[\w.-]+/g) ?? [];
    let at = 0;
    let bad = false;
    type Test = (item: T) => boolean;
    const either = (): Test => {
      let left = both();
      while (tokens[at]?.toUpperCase() === 'OR') {
        at += 1;
        const [a, b] = [left, both()];
        left = (item) => a(item) || b(item);
      }
      return left;
    };
    const both = (): Test => {
      let left = one();
      while (tokens[at]?.toUpperCase() === 'AND') {
        at += 1;
        const [a, b] = [left, one()];
        left = (item) => a(item) && b(item);
      }
      return left;
    };
    const one = (): Test => {
      if (tokens[at] === '(') {
        at += 1;
        const inner = either();
        if (tokens[at++] !== ')') bad = true;
        return inner;
      }
      const [field = '', operator = '', raw = ''] = tokens.slice(at, at + 3);
      at += 3;
      const value = raw.startsWith('"') ? raw.slice(1, -1) : raw;
      if (!['=', '!=', '~', '>', '<', '>=', '<='].includes(operator) || raw === '') bad = true;
      return (item) => {
        const known = of(item);
        if (!(field in known)) bad = true;
        const values = [known[field] ?? []].flat();
        if (operator === '~') return values.some((text) => text.toLowerCase().includes(value.toLowerCase()));
        if (operator === '!=') return !values.includes(value);
        if (operator.startsWith('>')) return values.some((text) => text >= value);
        if (operator.startsWith('<')) return values.some((text) => text <= value);
        return values.includes(value);
      };
    };
    const test = either();
    const found = all.filter((item) => test(item));
    return bad || at < tokens.length ? error(400, `Invalid query: ${query}`) : found;
  }

  function pulls(call: Call, all: WorldPullRequest[]): Reply | Promise<Reply> {
    const states = call.query.getAll('state').map((one) => one.toUpperCase());
    if (states.some((one) => !['OPEN', 'MERGED', 'DECLINED', 'SUPERSEDED'].includes(one)))
      return error(400, 'Invalid state. Must be one of: OPEN, MERGED, DECLINED, SUPERSEDED');
    const wanted = states.length > 0 ? states : call.query.has('q') ? null : ['OPEN'];
    const chosen = filtered(
      call,
      all.filter((one) => wanted === null || wanted.includes(stateWords[one.state])),
      (one) => ({
        id: String(one.number),
        state: stateWords[one.state],
        title: one.title,
        'author.uuid': uuid('user', one.author.id),
        'reviewers.uuid': one.reviewers.map((other) => uuid('user', other.user.id)),
        'source.branch.name': one.source,
        'destination.branch.name': one.target,
        updated_on: new Date(one.updatedAt).toISOString(),
      }),
    );
    if (!Array.isArray(chosen)) return chosen;
    const sort = call.query.get('sort') ?? '-id';
    const key = (one: WorldPullRequest) =>
      sort.endsWith('updated_on') ? one.updatedAt : sort.endsWith('created_on') ? one.createdAt : one.number;
    chosen.sort((a, b) => (sort.startsWith('-') ? key(b) - key(a) : key(a) - key(b)));
    // Lists leave these out unless they are asked for.
    const fields = call.query.get('fields') ?? '';
    return paged(
      call,
      chosen,
      async (one) => ({
        ...pullBody(one, await world.pull(one)),
        ...(/\+values\.reviewers|\+\*/.test(fields)
          ? { reviewers: one.reviewers.map((other) => userBody(other.user)) }
          : {}),
        ...(/\+values\.participants|\+\*/.test(fields) ? { participants: participants(one) } : {}),
      }),
      50,
    );
  }
  inRepository('/pullrequests', 'read:pullrequest:bitbucket', (call, repository) =>
    pulls(call, world.pullRequestsOf(repository)),
  );
  get('/workspaces/:workspace/pullrequests/:user', 'read:pullrequest:bitbucket', (call, token) => {
    const user = world.users.find(
      (one) => uuid('user', one.id) === call.params['user'] || one.login === call.params['user'],
    );
    if (!user) return error(404, 'No such user');
    return pulls(
      call,
      world.pullRequests.filter(
        (one) =>
          one.repository.namespace === call.params['workspace'] &&
          one.author === user &&
          sees(token, one.repository),
      ),
    );
  });
  inPull('', async (_call, pull) =>
    json({
      ...pullBody(pull, await world.pull(pull)),
      reviewers: pull.reviewers.map((one) => userBody(one.user)),
      participants: participants(pull),
    }),
  );
  inPull('/commits', async (call, pull) => {
    const { commits } = await world.pull(pull);
    return paged(call, commits.toReversed(), (commit) => {
      const user = world.users.find((one) => one.email === commit.author.email);
      return {
        type: 'commit',
        hash: commit.oid,
        date: new Date(commit.at).toISOString().replace('.000Z', '+00:00'),
        author: {
          type: 'author',
          raw: `${commit.author.name} <${commit.author.email}>`,
          ...(user ? { user: userBody(user) } : {}),
        },
        message: `${commit.message}\n`,
        summary: rendered(commit.message),
        links: { self: link(`${api()}/repositories/${full(pull.repository)}/commit/${commit.oid}`) },
        parents: commit.parents.map((hash) => ({ hash, type: 'commit' })),
        repository: shortRepository(pull.repository),
      };
    });
  });
  // Both answer with a redirect to the comparison of the two commits.
  for (const what of ['diff', 'diffstat'] as const)
    inPull(`/${what}`, async (call, pull) => {
      const facts = await world.pull(pull);
      const target = new URL(
        `${api()}/repositories/${full(pull.repository)}/${what}/${full(pull.fork ?? pull.repository)}:${facts.head.slice(0, 12)}%0D${facts.target.slice(0, 12)}`,
      );
      target.search = call.url.search;
      target.searchParams.set('from_pullrequest_id', String(pull.number));
      target.searchParams.set('topic', 'true');
      return { status: 302, headers: { Location: target.toString() }, body: '' };
    });
  async function compared(call: Call, repository: WorldRepository) {
    const hash = /:([0-9a-f]{7,40})\r/.exec(call.params['spec'] ?? '')?.[1];
    for (const pull of world.pullRequestsOf(repository)) {
      const facts = await world.pull(pull);
      if (hash !== undefined && facts.head.startsWith(hash)) return { pull, facts };
    }
    return null;
  }
  inRepository('/diff/:spec*', 'read:repository:bitbucket', async (call, repository) => {
    const found = await compared(call, repository);
    if (!found) return error(404, 'Commit not found');
    const paths = call.query.getAll('path');
    const files = found.facts.files.filter(
      (file) => paths.length === 0 || paths.includes(file.path) || paths.includes(file.previousPath ?? ''),
    );
    return text(files.map((file) => file.section).join(''));
  });
  inRepository('/diffstat/:spec*', 'read:repository:bitbucket', async (call, repository) => {
    const found = await compared(call, repository);
    if (!found) return error(404, 'Commit not found');
    const side = (path: string, commit: string) => ({
      path,
      escaped_path: path.split('/').map(encodeURIComponent).join('/'),
      type: 'commit_file',
      links: { self: link(`${api()}/repositories/${full(repository)}/src/${commit}/${path}`) },
    });
    const paths = call.query.getAll('path');
    const files = found.facts.files.filter((file) => paths.length === 0 || paths.includes(file.path));
    return paged(
      call,
      files,
      (file) => ({
        type: 'diffstat',
        lines_added: file.additions ?? 0,
        lines_removed: file.deletions ?? 0,
        status: file.status === 'deleted' ? 'removed' : file.status,
        old: file.status === 'added' ? null : side(file.previousPath ?? file.path, found.facts.base),
        new: file.status === 'deleted' ? null : side(file.path, found.facts.head),
      }),
      5000,
    );
  });
  inRepository('/src/:commit/:path*', 'read:repository:bitbucket', async (call, repository) => {
    const commit = call.params['commit'] ?? '';
    const path = (call.params['path'] ?? '').replace(/\/$/, '');
    const entries = await world.tree(repository, commit, path);
    if (entries)
      return paged(call, entries, ({ mode, type, name }) => ({
        path: path === '' ? name : `${path}/${name}`,
        type: type === 'tree' ? 'commit_directory' : 'commit_file',
        attributes: mode === '120000' ? ['link'] : type === 'commit' ? ['subrepository'] : [],
        commit: { type: 'commit', hash: commit },
      }));
    const content = await world.blob(repository, commit, path);
    return content === null ? error(404, `No such file or directory: ${call.params['path']}`) : text(content);
  });
  inPull('/comments', async (call, pull) => {
    const body = (comment: WorldComment, more: object = {}) => {
      const self = `${api()}/repositories/${full(pull.repository)}/pullrequests/${pull.number}/comments/${comment.id}`;
      return {
        id: comment.id,
        created_on: time(comment.at),
        updated_on: time(comment.at),
        content: rendered(comment.body),
        user: userBody(comment.author),
        deleted: false,
        pending: false,
        type: 'pullrequest_comment',
        links: {
          self: link(self),
          html: link(
            `${server.origin}/${full(pull.repository)}/pull-requests/${pull.number}/_/diff#comment-${comment.id}`,
          ),
        },
        pullrequest: { type: 'pullrequest', id: pull.number, title: pull.title, links: {} },
        ...more,
      };
    };
    const threads = await Promise.all(
      pull.threads.map(async (thread) => {
        const { line } = await world.place(pull, thread);
        const inline = {
          from: thread.side === 'old' ? line : null,
          to: thread.side === 'new' ? line : null,
          path: thread.path,
          ...(thread.outdated ? { outdated: true } : {}),
        };
        const [first] = thread.comments;
        return thread.comments.map((comment) =>
          body(comment, {
            inline,
            ...(comment === first
              ? thread.resolved
                ? {
                    resolution: {
                      type: 'comment_resolution',
                      user: userBody(pull.author),
                      created_on: time(comment.at),
                    },
                  }
                : {}
              : { parent: { id: first?.id, links: {} } }),
          }),
        );
      }),
    );
    return paged(call, [...pull.comments.map((comment) => body(comment)), ...threads.flat()], (one) => one);
  });
  inPull('/statuses', async (call, pull) => {
    const facts = await world.pull(pull);
    const states = {
      passed: 'SUCCESSFUL',
      failed: 'FAILED',
      pending: 'INPROGRESS',
      skipped: 'STOPPED',
      neutral: 'STOPPED',
    };
    return paged(call, pull.checks, (check) => ({
      key: check.name.toUpperCase().replaceAll(/\W+/g, '-'),
      type: 'build',
      state: states[check.state],
      name: check.name,
      refname: pull.source,
      commit: { type: 'commit', hash: facts.head, links: {} },
      url: check.url,
      repository: shortRepository(pull.repository),
      description: check.description,
      created_on: time(check.at),
      updated_on: time(check.at),
      links: {},
    }));
  });

  const server = await startHostingServer(
    {
      isApi: (path) => path === '/2.0' || path.startsWith('/2.0/'),
      described: descriptions.bitbucketCloud,
      async api(call, path) {
        const token = tokenOf(call.authorization);
        if (token === null)
          return error(401, 'Token is invalid, expired, or not supported for this endpoint.');
        if (token) current.set(call, token);
        const found = routes.find(call.method, path.slice('/2.0'.length));
        if (!found)
          return found === null ? error(405, 'Method not allowed') : error(404, 'Resource not found');
        call.params = found.params;
        const reply = await found.handler(call);
        const known: Record<string, string> = token
          ? {
              'X-OAuth-Scopes': token.scopes.join(', '),
              'X-Credential-Type': token.kind === 'api' ? 'apitoken' : 'access_token',
            }
          : {};
        return { ...reply, headers: { ...known, ...reply.headers } };
      },
      page(_call, path) {
        const id = /^\/account\/avatar\/(\d+)\//.exec(path)?.[1];
        return id === undefined ? html('Bitbucket', path === '/' ? 200 : 404) : avatar(Number(id));
      },
      async gitAccess(key, call) {
        const challenge = { 'WWW-Authenticate': 'Basic realm="Bitbucket.org HTTP"' };
        const pair = basic(call.authorization);
        const secret = pair?.password ?? scheme(call.authorization, 'bearer');
        const token = tokens.find((one) => one.secret === secret && !one.refused);
        const names = token?.kind === 'api' ? ['x-bitbucket-api-token-auth', token.login] : ['x-token-auth'];
        const fits = token && (pair ? names.includes(pair.username) : token.kind === 'access');
        const scoped = token?.scopes.some((one) => /repository/.test(one));
        if (call.authorization !== undefined && (!fits || !scoped))
          return text('Invalid credentials', challenge, fits ? 403 : 401);
        const repository = world.repositories.find((one) => full(one) === key.toLowerCase());
        if (!repository || !sees(token, repository))
          return token
            ? text('Repository not found', {}, 404)
            : text('Authentication required', challenge, 401);
        return { directory: (await world.materialize(repository)).directory };
      },
      closed: () => world.close(),
    },
    options,
  );
  return Object.assign(server, { world, tokens });
}
