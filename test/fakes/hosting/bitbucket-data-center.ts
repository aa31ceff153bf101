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
import type {
  PullFacts,
  World,
  WorldComment,
  WorldFile,
  WorldPullRequest,
  WorldRepository,
  WorldThread,
  WorldUser,
} from './world';

export interface DataCenterToken {
  secret: string;
  /** `user`: a person's; also a password in Basic. `project`: of one project (or `KEY/slug`), as Bearer only. */
  kind: 'user' | 'project';
  login: string;
  only?: string;
  refused?: boolean;
}

export interface DataCenterStandIn extends HostingServer {
  readonly world: World;
  readonly tokens: DataCenterToken[];
}

export const dataCenterTokens = {
  first: 'BBDC-MTIzNDU2Nzg5MDEyOgDem0MiraFirst',
  second: 'BBDC-OTg3NjU0MzIxMDk4OgDem0MiraSecond',
  project: 'BBDC-NTU1NTU1NTU1NTU1OgDem0Project',
};

const failure = (status: number, message: string, exception: string): Reply =>
  json(
    { errors: [{ context: null, message, exceptionName: `com.atlassian.bitbucket.${exception}` }] },
    undefined,
    status,
  );

/** Bitbucket Data Center, also below a context path: REST at /rest, git at /scm/key/name.git. */
export async function startBitbucketDataCenter(
  options: { port?: number; world?: World; prefix?: string; version?: string } = {},
): Promise<DataCenterStandIn> {
  const world = options.world ?? bitbucketWorld('data-center');
  const tokens: DataCenterToken[] = [
    { secret: dataCenterTokens.first, kind: 'user', login: signedIn },
    { secret: dataCenterTokens.second, kind: 'user', login: secondAccount },
    { secret: dataCenterTokens.project, kind: 'project', login: 'token-fin', only: 'FIN' },
  ];

  function tokenOf(header: string | undefined): DataCenterToken | null | undefined {
    if (header === undefined) return undefined;
    const pair = basic(header);
    const secret = pair?.password ?? scheme(header, 'bearer');
    const token = tokens.find((one) => one.secret === secret && !one.refused);
    if (!token || (pair && (token.kind === 'project' || token.login !== pair.username))) return null;
    return token;
  }
  const sees = (token: DataCenterToken | undefined, one: WorldRepository) => {
    if (one.visibility === 'public') return true;
    if (token?.kind === 'project')
      return token.only === one.namespace || token.only === `${one.namespace}/${one.slug}`;
    return world.readable(one, token?.login ?? null);
  };

  const userBody = (user: WorldUser) => ({
    name: user.login,
    emailAddress: user.email,
    active: true,
    displayName: user.name,
    id: user.id,
    slug: user.login,
    type: user.bot ? 'SERVICE' : 'NORMAL',
    links: { self: [{ href: `${server.url}/users/${user.login}` }] },
  });
  const projectBody = (one: WorldRepository) => {
    const personal = one.namespace.startsWith('~');
    const user = world.user('mira');
    return {
      key: one.namespace,
      id: [...new Set(world.repositories.map((other) => other.namespace))].indexOf(one.namespace) + 1,
      name: one.project?.name ?? one.namespace,
      ...(personal ? { owner: userBody(user) } : { public: false }),
      type: personal ? 'PERSONAL' : 'NORMAL',
      links: {
        self: [
          {
            href: personal ? `${server.url}/users/${user.login}` : `${server.url}/projects/${one.namespace}`,
          },
        ],
      },
    };
  };
  const repositoryBody = (one: WorldRepository, inner = false): object => {
    const origin = world.repositories.find((other) => `${other.namespace}/${other.slug}` === one.forkOf);
    const personal = one.namespace.startsWith('~');
    const page = personal ? `users/${one.namespace.slice(1).toLowerCase()}` : `projects/${one.namespace}`;
    return {
      slug: one.slug,
      id: one.id,
      name: one.name,
      ...(one.description === '' ? {} : { description: one.description }),
      hierarchyId: `e3c939f9ef4a7fae${one.id}`,
      scmId: 'git',
      state: 'AVAILABLE',
      statusMessage: 'Available',
      forkable: true,
      ...(origin && !inner ? { origin: repositoryBody(origin, true) } : {}),
      project: projectBody(one),
      public: one.visibility === 'public',
      archived: one.archived,
      links: {
        clone: [
          {
            href: `ssh://git@${new URL(server.url).hostname}:7999/${one.namespace.toLowerCase()}/${one.slug}.git`,
            name: 'ssh',
          },
          { href: `${server.url}/scm/${one.namespace.toLowerCase()}/${one.slug}.git`, name: 'http' },
        ],
        self: [{ href: `${server.url}/${page}/repos/${one.slug}/browse` }],
      },
    };
  };
  const stateWords = { open: 'OPEN', merged: 'MERGED', closed: 'DECLINED' };
  const statusWords: Record<string, string> = { approved: 'APPROVED', 'changes-requested': 'NEEDS_WORK' };
  const pullBody = (pull: WorldPullRequest, facts: PullFacts) => ({
    id: pull.number,
    version: 2,
    title: pull.title,
    ...(pull.description === '' ? {} : { description: pull.description }),
    state: stateWords[pull.state],
    open: pull.state === 'open',
    closed: pull.state !== 'open',
    draft: pull.draft,
    createdDate: pull.createdAt,
    updatedDate: pull.updatedAt,
    ...(pull.state === 'open' ? {} : { closedDate: pull.updatedAt }),
    fromRef: {
      id: `refs/heads/${pull.source}`,
      displayId: pull.source,
      latestCommit: facts.head,
      type: 'BRANCH',
      repository: repositoryBody(pull.fork ?? pull.repository),
    },
    toRef: {
      id: `refs/heads/${pull.target}`,
      displayId: pull.target,
      latestCommit: facts.target,
      type: 'BRANCH',
      repository: repositoryBody(pull.repository),
    },
    locked: false,
    author: { user: userBody(pull.author), role: 'AUTHOR', approved: false, status: 'UNAPPROVED' },
    reviewers: pull.reviewers.map((one) => ({
      user: userBody(one.user),
      ...(one.vote === 'none' ? {} : { lastReviewedCommit: facts.head }),
      role: 'REVIEWER',
      approved: one.vote === 'approved',
      status: statusWords[one.vote] ?? 'UNAPPROVED',
    })),
    participants: [],
    properties: {
      mergeResult: { outcome: pull.mergeable ? 'CLEAN' : 'CONFLICTED', current: true },
      resolvedTaskCount: 0,
      commentCount:
        pull.comments.length + pull.threads.reduce((sum, thread) => sum + thread.comments.length, 0),
      openTaskCount: 0,
    },
    links: {
      self: [
        {
          href: `${server.url}/projects/${pull.repository.namespace}/repos/${pull.repository.slug}/pull-requests/${pull.number}`,
        },
      ],
    },
  });
  const pathBody = (path: string) => {
    const components = path.split('/');
    const name = components.at(-1) ?? '';
    return {
      components,
      parent: components.slice(0, -1).join('/'),
      name,
      ...(name.includes('.') ? { extension: name.split('.').at(-1) } : {}),
      toString: path,
    };
  };

  async function paged<T>(
    call: Call,
    all: T[],
    body: (item: T) => unknown,
    more: object = {},
  ): Promise<Reply> {
    const limit = whole(call.query, 'limit') ?? 25;
    const start = whole(call.query, 'start') ?? 0;
    if (Number.isNaN(limit) || Number.isNaN(start) || start < 0 || limit < 1)
      return failure(
        400,
        'The limit and start parameters must be whole numbers.',
        'validation.ArgumentValidationException',
      );
    const size = Math.min(1000, limit);
    const values = await Promise.all(all.slice(start, start + size).map(body));
    const last = start + size >= all.length;
    return json({
      size: values.length,
      limit: size,
      isLastPage: last,
      values,
      start,
      nextPageStart: last ? null : start + size,
      ...more,
    });
  }

  const routes = new Routes();
  const current = new WeakMap<Call, DataCenterToken>();
  const loginOf = (call: Call) => current.get(call)?.login ?? null;
  /** `path` is below /rest/api/1.0, which the server also calls latest. */
  const get = (path: string, handler: (call: Call) => Reply | Promise<Reply>) => {
    routes.get(`/rest/api/1.0${path}`, handler);
    routes.get(`/rest/api/latest${path}`, handler);
  };
  const own = (path: string, handler: (call: Call, token: DataCenterToken) => Reply | Promise<Reply>) =>
    get(path, (call) => {
      const token = current.get(call);
      return token
        ? handler(call, token)
        : failure(401, 'You are not permitted to access this resource', 'AuthorisationException');
    });
  const inRepository = (
    rest: string,
    handler: (call: Call, repository: WorldRepository) => Reply | Promise<Reply>,
  ) =>
    get(`/projects/:key/repos/:slug${rest}`, (call) => {
      const key = (call.params['key'] ?? '').toUpperCase();
      const slug = (call.params['slug'] ?? '').toLowerCase();
      if (!world.repositories.some((one) => one.namespace === key && sees(current.get(call), one)))
        return current.get(call)
          ? failure(404, `Project ${key} does not exist.`, 'project.NoSuchProjectException')
          : failure(401, 'You are not permitted to access this resource', 'AuthorisationException');
      const repository = world.repositories.find(
        (one) => one.namespace === key && one.slug.toLowerCase() === slug,
      );
      if (!repository || !sees(current.get(call), repository))
        return failure(
          404,
          `Repository ${key}/${slug} does not exist.`,
          'repository.NoSuchRepositoryException',
        );
      return handler(call, repository);
    });
  const inPull = (rest: string, handler: (call: Call, pull: WorldPullRequest) => Reply | Promise<Reply>) =>
    inRepository(`/pull-requests/:number${rest}`, (call, repository) => {
      const [number, form] = (call.params['number'] ?? '').split('.');
      const pull = world.pullRequestsOf(repository).find((one) => String(one.number) === number);
      if (!pull || (form !== undefined && (form !== 'diff' || rest !== '')))
        return failure(
          404,
          `Pull request ${number} does not exist in ${repository.namespace}/${repository.slug}.`,
          'pull.NoSuchPullRequestException',
        );
      return handler(call, pull);
    });

  get('/application-properties', () =>
    json({
      version: options.version ?? '9.4.3',
      buildNumber: '9004003',
      buildDate: '1757900000000',
      displayName: 'Bitbucket',
    }),
  );
  own('/users/:slug', (call) => {
    const user = world.users.find((one) => one.login === call.params['slug']);
    return user
      ? json(userBody(user))
      : failure(404, `The user ${call.params['slug']} does not exist.`, 'user.NoSuchUserException');
  });
  own('/users', (call) => {
    const filter = (call.query.get('filter') ?? '').toLowerCase();
    return paged(
      call,
      world.users.filter((one) => `${one.login} ${one.name} ${one.email}`.toLowerCase().includes(filter)),
      userBody,
    );
  });
  const firstOf = (among: WorldRepository[]) => [
    ...new Map(among.map((one) => [one.namespace, one])).values(),
  ];
  get('/projects', (call) =>
    paged(call, firstOf(world.repositories.filter((one) => sees(current.get(call), one))), projectBody),
  );
  get('/projects/:key', (call) => {
    const found = world.repositories.find(
      (one) => one.namespace === (call.params['key'] ?? '').toUpperCase() && sees(current.get(call), one),
    );
    return found
      ? json(projectBody(found))
      : failure(404, `Project ${call.params['key']} does not exist.`, 'project.NoSuchProjectException');
  });
  get('/projects/:key/repos', (call) =>
    paged(
      call,
      world.repositories.filter(
        (one) => one.namespace === (call.params['key'] ?? '').toUpperCase() && sees(current.get(call), one),
      ),
      (one) => repositoryBody(one),
    ),
  );
  get('/repos', (call) => {
    const archived = call.query.get('archived') ?? 'ACTIVE';
    if (!['ACTIVE', 'ARCHIVED', 'ALL'].includes(archived))
      return failure(
        400,
        `${archived} is not a valid value for archived.`,
        'validation.ArgumentValidationException',
      );
    const visibility = call.query.get('visibility');
    const name = call.query.get('name')?.toLowerCase() ?? '';
    const permission = call.query.get('permission');
    const found = world.repositories
      .filter((one) => sees(current.get(call), one))
      .filter((one) => archived === 'ALL' || one.archived === (archived === 'ARCHIVED'))
      .filter((one) => one.name.toLowerCase().startsWith(name))
      .filter((one) => visibility === null || (visibility === 'public') === (one.visibility === 'public'))
      .filter(
        (one) =>
          permission === null || permission === 'REPO_READ' || one.readers.includes(loginOf(call) ?? ''),
      );
    return paged(call, found, (one) => repositoryBody(one));
  });
  own('/profile/recent/repos', (call, token) =>
    paged(call, world.repositories.filter((one) => one.readers.includes(token.login)).slice(0, 5), (one) =>
      repositoryBody(one),
    ),
  );
  inRepository('', (_call, repository) => json(repositoryBody(repository)));
  const branchBody = (repository: WorldRepository, name: string, oid: string) => ({
    id: `refs/heads/${name}`,
    displayId: name,
    type: 'BRANCH',
    latestCommit: oid,
    latestChangeset: oid,
    isDefault: name === repository.defaultBranch,
  });
  inRepository('/branches', async (call, repository) => {
    const { branches } = await world.materialize(repository);
    const filter = (call.query.get('filterText') ?? '').toLowerCase();
    return paged(
      call,
      [...branches].filter(([name]) => name.toLowerCase().includes(filter)),
      ([name, oid]) => branchBody(repository, name, oid),
    );
  });
  const defaultBranch = async (_call: Call, repository: WorldRepository) => {
    const oid = (await world.materialize(repository)).branches.get(repository.defaultBranch);
    return oid === undefined ? { status: 204 } : json(branchBody(repository, repository.defaultBranch, oid));
  };
  inRepository('/default-branch', defaultBranch);
  inRepository('/branches/default', defaultBranch);
  inRepository('/raw/:path*', async (call, repository) => {
    const content = await world.blob(
      repository,
      call.query.get('at') ?? repository.defaultBranch,
      call.params['path'] ?? '',
    );
    return content === null
      ? failure(404, `The path "${call.params['path']}" does not exist.`, 'content.NoSuchPathException')
      : text(content);
  });

  const browse = async (call: Call, repository: WorldRepository) => {
    const at = call.query.get('at') ?? repository.defaultBranch;
    const path = call.params['path'] ?? '';
    const missing = failure(
      404,
      `The path "${path}" does not exist at revision "${at}"`,
      'content.NoSuchPathException',
    );
    const entries = await world.tree(repository, at, path);
    if (entries) {
      const types = { tree: 'DIRECTORY', blob: 'FILE', commit: 'SUBMODULE' };
      const page = await paged(call, entries, ({ type, oid, name }) => ({
        path: { components: [name], parent: '', name, toString: name },
        type: types[type],
        contentId: oid,
      }));
      return page.status === 200 ? json({ revision: at, children: page.body }) : page;
    }
    const content = await world.blob(repository, at.replace(/^refs\/heads\//, ''), path);
    if (content === null) return missing;
    const page = await paged(call, content.replace(/\n$/, '').split('\n'), (line) => ({ text: line }));
    const { values, ...rest } = page.body as { values: unknown };
    return json({ lines: values, ...rest });
  };
  inRepository('/browse', browse);
  inRepository('/browse/:path*', browse);

  async function pulls(call: Call, all: WorldPullRequest[], defaultState: string): Promise<Reply> {
    const state = call.query.get('state') ?? defaultState;
    if (!['OPEN', 'MERGED', 'DECLINED', 'ALL'].includes(state))
      return failure(
        400,
        `${state} is not a valid pull request state.`,
        'validation.ArgumentValidationException',
      );
    const filter = (call.query.get('filterText') ?? '').toLowerCase();
    const chosen = all
      .filter((one) => state === 'ALL' || stateWords[one.state] === state)
      .filter((one) => `${one.title} ${one.description}`.toLowerCase().includes(filter))
      .filter((one) => !call.query.has('draft') || String(one.draft) === call.query.get('draft'))
      .filter(
        (one) =>
          !call.query.get('at') ||
          call.query.get('at') ===
            `refs/heads/${call.query.get('direction') === 'OUTGOING' ? one.source : one.target}`,
      )
      .sort((a, b) => b.updatedAt - a.updatedAt);
    if (call.query.get('order') === 'OLDEST') chosen.reverse();
    return paged(call, chosen, async (one) => pullBody(one, await world.pull(one)));
  }
  inRepository('/pull-requests', (call, repository) => {
    let all = world.pullRequestsOf(repository);
    for (let index = 1; call.query.has(`username.${index}`); index++) {
      const name = call.query.get(`username.${index}`);
      const role = call.query.get(`role.${index}`);
      all = all.filter(
        (one) =>
          (role !== 'REVIEWER' && one.author.login === name) ||
          (role !== 'AUTHOR' && one.reviewers.some((other) => other.user.login === name)),
      );
    }
    return pulls(call, all, 'OPEN');
  });
  own('/dashboard/pull-requests', (call, token) => {
    const role = call.query.get('role');
    const status = call.query.get('participantStatus')?.split(',');
    const reviews = (one: WorldPullRequest) =>
      one.reviewers.find((other) => other.user.login === token.login);
    const all = world.pullRequests
      .filter((one) => sees(token, one.repository))
      .filter((one) =>
        role === 'AUTHOR'
          ? one.author.login === token.login
          : role === 'REVIEWER'
            ? reviews(one)
            : one.author.login === token.login || reviews(one),
      )
      .filter((one) => !status || status.includes(statusWords[reviews(one)?.vote ?? ''] ?? 'UNAPPROVED'));
    return pulls(call, all, 'ALL');
  });
  own('/inbox/pull-requests', (call, token) => {
    const role = call.query.get('role') ?? 'REVIEWER';
    const all = world.pullRequests.filter(
      (one) =>
        sees(token, one.repository) &&
        (role === 'AUTHOR'
          ? one.author.login === token.login
          : one.reviewers.some((other) => other.user.login === token.login)),
    );
    return pulls(call, all, 'OPEN');
  });
  inPull('', async (call, pull) => {
    const facts = await world.pull(pull);
    return call.params['number']?.endsWith('.diff') ? text(facts.diff) : json(pullBody(pull, facts));
  });
  inPull('/commits', async (call, pull) => {
    const { commits } = await world.pull(pull);
    const who = (author: { name: string; email: string }) => {
      const user = world.users.find((one) => one.email === author.email);
      return user ? userBody(user) : { name: author.name, emailAddress: author.email };
    };
    return paged(call, commits.toReversed(), (commit) => ({
      id: commit.oid,
      displayId: commit.oid.slice(0, 11),
      author: who(commit.author),
      authorTimestamp: commit.at,
      committer: who(commit.author),
      committerTimestamp: commit.at,
      message: commit.message,
      parents: commit.parents.map((id) => ({ id, displayId: id.slice(0, 11) })),
    }));
  });
  inPull('/changes', async (call, pull) => {
    const facts = await world.pull(pull);
    const types = { added: 'ADD', modified: 'MODIFY', deleted: 'DELETE', renamed: 'MOVE' };
    return paged(
      call,
      facts.files,
      (file) => ({
        contentId: file.newOid,
        fromContentId: file.oldOid,
        path: pathBody(file.path),
        ...(file.previousPath === null ? {} : { srcPath: pathBody(file.previousPath) }),
        executable: false,
        percentUnchanged: -1,
        type: types[file.status],
        nodeType: 'FILE',
        ...(file.status === 'added' ? {} : { srcExecutable: false }),
        links: { self: [null] },
        properties: { gitChangeType: types[file.status] },
      }),
      { fromHash: facts.base, toHash: facts.head, properties: { changeScope: 'ALL' } },
    );
  });
  inPull('/diff/:path*', async (call, pull) => {
    const facts = await world.pull(pull);
    const file = facts.files.find((one) => one.path === call.params['path']);
    const comments = call.query.get('withComments') !== 'false';
    return json({
      fromHash: facts.base,
      toHash: facts.head,
      contextLines: 10,
      whitespace: 'SHOW',
      diffs: file ? [{ ...diffBody(file), ...(comments ? { fileComments: [], lineComments: [] } : {}) }] : [],
      truncated: false,
    });
  });
  function diffBody(file: WorldFile) {
    const ends = {
      source: file.status === 'added' ? null : pathBody(file.previousPath ?? file.path),
      destination: file.status === 'deleted' ? null : pathBody(file.path),
    };
    if (file.additions === null) return { ...ends, binary: true, truncated: false };
    return { ...ends, hunks: hunks(file), truncated: false };
  }
  inPull('/merge', (_call, pull) =>
    pull.state === 'open'
      ? json({
          canMerge: pull.mergeable && !pull.draft,
          conflicted: !pull.mergeable,
          outcome: pull.mergeable ? 'CLEAN' : 'CONFLICTED',
          vetoes: pull.draft
            ? [{ summaryMessage: 'This is a draft.', detailedMessage: 'A draft cannot be merged.' }]
            : [],
        })
      : failure(
          409,
          `This pull request has already been ${pull.state === 'merged' ? 'merged' : 'declined'}.`,
          'pull.IllegalPullRequestStateException',
        ),
  );
  inPull('/participants', async (call, pull) => {
    const body = pullBody(pull, await world.pull(pull));
    return paged(call, [body.author, ...body.reviewers], (one) => one);
  });
  const commentBody = (comment: WorldComment, answers: WorldComment[], resolved?: boolean): object => ({
    properties: { repositoryId: 1 },
    id: comment.id,
    version: 0,
    text: comment.body,
    author: userBody(comment.author),
    createdDate: comment.at,
    updatedDate: comment.at,
    comments: answers.map((answer) => commentBody(answer, [])),
    ...(resolved === undefined ? {} : { threadResolved: resolved }),
    severity: 'NORMAL',
    state: 'OPEN',
    permittedOperations: { editable: false, transitionable: false, deletable: false },
  });
  const anchorBody = async (pull: WorldPullRequest, facts: PullFacts, thread: WorldThread) => {
    const { line, commit } = await world.place(pull, thread);
    const file = facts.files.find((one) => one.path === thread.path || one.previousPath === thread.path);
    return {
      fromHash: facts.base,
      toHash: thread.outdated ? commit : facts.head,
      line,
      lineType: thread.side === 'old' ? 'REMOVED' : 'ADDED',
      fileType: thread.side === 'old' ? 'FROM' : 'TO',
      path: thread.path,
      ...(file?.previousPath ? { srcPath: file.previousPath } : {}),
      diffType: 'EFFECTIVE',
      orphaned: thread.outdated,
    };
  };
  inPull('/activities', async (call, pull) => {
    const facts = await world.pull(pull);
    const activity = (id: number, at: number, user: WorldUser, action: string, more: object = {}) => ({
      at,
      body: { id, createdDate: at, user: userBody(user), action, ...more },
    });
    const all = [activity(pull.id * 20, pull.createdAt, pull.author, 'OPENED')];
    for (const comment of pull.comments)
      all.push(
        activity(comment.id + 1_000_000, comment.at, comment.author, 'COMMENTED', {
          commentAction: 'ADDED',
          comment: commentBody(comment, []),
        }),
      );
    for (const thread of pull.threads) {
      const [first, ...answers] = thread.comments;
      if (!first) continue;
      all.push(
        activity(first.id + 1_000_000, first.at, first.author, 'COMMENTED', {
          commentAction: 'ADDED',
          comment: commentBody(first, answers, thread.resolved),
          commentAnchor: await anchorBody(pull, facts, thread),
        }),
      );
    }
    for (const [index, reviewer] of pull.reviewers.entries())
      if (reviewer.vote === 'approved' || reviewer.vote === 'changes-requested')
        all.push(
          activity(
            pull.id * 20 + 1 + index,
            reviewer.at,
            reviewer.user,
            reviewer.vote === 'approved' ? 'APPROVED' : 'REVIEWED',
            reviewer.vote === 'approved' ? {} : { addedReviewers: [] },
          ),
        );
    if (pull.state !== 'open')
      all.push(
        activity(
          pull.id * 20 + 15,
          pull.updatedAt,
          world.user('sam'),
          pull.state === 'merged' ? 'MERGED' : 'DECLINED',
        ),
      );
    return paged(
      call,
      all.sort((a, b) => b.at - a.at),
      (one) => one.body,
    );
  });
  inPull('/comments', async (call, pull) => {
    const path = call.query.get('path');
    if (path === null)
      return failure(
        400,
        'A path must be supplied to retrieve comments.',
        'validation.ArgumentValidationException',
      );
    const facts = await world.pull(pull);
    const threads = pull.threads.filter((thread) => thread.path === path);
    return paged(call, threads, async (thread) => {
      const [first, ...answers] = thread.comments;
      return first
        ? { ...commentBody(first, answers, thread.resolved), anchor: await anchorBody(pull, facts, thread) }
        : null;
    });
  });
  const builds = async (call: Call) => {
    if (!current.get(call))
      return failure(401, 'You are not permitted to access this resource', 'AuthorisationException');
    const states = {
      passed: 'SUCCESSFUL',
      failed: 'FAILED',
      pending: 'INPROGRESS',
      skipped: 'CANCELLED',
      neutral: 'UNKNOWN',
    };
    for (const pull of world.pullRequests) {
      if (
        !sees(current.get(call), pull.repository) ||
        (await world.pull(pull)).head !== call.params['commit']
      )
        continue;
      return paged(call, pull.checks, (check) => ({
        state: states[check.state],
        key: check.name.toUpperCase().replaceAll(/\W+/g, '-'),
        name: check.name,
        url: check.url,
        description: check.description,
        dateAdded: check.at,
        createdDate: check.at,
        updatedDate: check.at,
      }));
    }
    return paged(call, [], () => null);
  };
  routes.get('/rest/build-status/1.0/commits/:commit', builds);
  routes.get('/rest/build-status/latest/commits/:commit', builds);
  routes.get('/plugins/servlet/applinks/whoami', (call) => text(loginOf(call) ?? ''));

  const server = await startHostingServer(
    {
      prefix: options.prefix,
      isApi: (path) => path.startsWith('/rest/') || path.startsWith('/plugins/servlet/applinks/'),
      described: descriptions.bitbucketDataCenter,
      async api(call, path) {
        const token = tokenOf(call.authorization);
        if (token === null)
          return failure(
            401,
            'Authentication failed. Please check your credentials and try again.',
            'auth.IncorrectPasswordAuthenticationException',
          );
        if (token) current.set(call, token);
        const found = routes.find(call.method, path);
        const headers: Record<string, string> = {
          'X-AREQUESTID': `@${Date.now().toString(36).toUpperCase()}x1`,
          ...(token ? { 'X-AUSERID': '1', 'X-AUSERNAME': token.login } : {}),
        };
        if (!found)
          return found === null
            ? { status: 405, headers, body: '' }
            : { ...json({ 'status-code': 404, message: 'HTTP 404 Not Found' }, headers, 404) };
        call.params = found.params;
        const reply = await found.handler(call);
        return { ...reply, headers: { ...headers, ...reply.headers } };
      },
      page(call, path) {
        const [, key, slug] = /^\/projects\/([^/]+)\/repos\/([^/]+)\/sizes$/.exec(path) ?? [];
        const sized = world.repositories.find(
          (one) => one.namespace === key && one.slug.toLowerCase() === slug?.toLowerCase(),
        );
        if (sized && tokenOf(call.authorization))
          return json({ repository: sized.sizeBytes, attachments: 0 });
        const name = /^\/users\/([^/]+)\/avatar\.png$/.exec(path)?.[1];
        const user = world.users.find((one) => one.login === name);
        return user
          ? avatar(user.id)
          : html('Log in - Bitbucket', path === '/' || path === '/login' ? 200 : 404);
      },
      async gitAccess(key, call) {
        const challenge = { 'WWW-Authenticate': 'Basic realm="Atlassian Bitbucket"' };
        const token = tokenOf(call.authorization);
        if (token === null) return text('Authentication failed\n', challenge, 401);
        const name = /^scm\/(.+)$/i.exec(key)?.[1]?.toLowerCase();
        const repository = world.repositories.find(
          (one) => `${one.namespace}/${one.slug}`.toLowerCase() === name,
        );
        if (!repository || !sees(token, repository))
          return token
            ? text(
                'Repository not found\nThe requested repository does not exist, or you do not have permission to access it.\n',
                {},
                404,
              )
            : text('Authentication required\n', challenge, 401);
        return { directory: (await world.materialize(repository)).directory };
      },
      closed: () => world.close(),
    },
    options,
  );
  return Object.assign(server, { world, tokens });
}

/** A patch the way Data Center tells it: runs of lines of one kind. */
function hunks(file: WorldFile) {
  type Line = { source: number; destination: number; line: string; truncated: boolean };
  type Segment = { type: string; lines: Line[]; truncated: boolean };
  const found: {
    context?: string;
    sourceLine: number;
    sourceSpan: number;
    destinationLine: number;
    destinationSpan: number;
    segments: Segment[];
    truncated: boolean;
  }[] = [];
  let source = 0;
  let destination = 0;
  for (const text of file.hunks.split('\n')) {
    const start = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/.exec(text);
    if (start) {
      source = Number(start[1]);
      destination = Number(start[3]);
      found.push({
        ...(start[5] ? { context: start[5] } : {}),
        sourceLine: source,
        sourceSpan: Number(start[2] ?? 1),
        destinationLine: destination,
        destinationSpan: Number(start[4] ?? 1),
        segments: [],
        truncated: false,
      });
      continue;
    }
    const hunk = found.at(-1);
    if (!hunk || text.startsWith('\\') || text === '') continue;
    const type = text.startsWith('-') ? 'REMOVED' : text.startsWith('+') ? 'ADDED' : 'CONTEXT';
    let segment = hunk.segments.at(-1);
    if (segment?.type !== type) {
      segment = { type, lines: [], truncated: false };
      hunk.segments.push(segment);
    }
    segment.lines.push({ source, destination, line: text.slice(1), truncated: false });
    if (type !== 'ADDED') source += 1;
    if (type !== 'REMOVED') destination += 1;
  }
  return found;
}
