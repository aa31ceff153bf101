import { avatar } from './avatar';
import { descriptions } from './described';
import { GitLabBodies } from './gitlab-bodies';
import { gitlabWorld, secondAccount, signedIn } from './seeds';
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
import { GitLabDesk } from './sign-in-desk';
import type { World, WorldPullRequest, WorldRepository } from './world';

export interface GitLabToken {
  secret: string;
  login: string;
  name: string;
  scopes: string[];
  /** ISO date; null: a service account's, which may last for ever. */
  expires: string | null;
  refused?: 'revoked' | 'expired';
  /** Of an application: no personal token, so it cannot tell about itself as one. */
  oauth?: boolean;
}

export interface GitLabStandIn extends HostingServer {
  readonly world: World;
  readonly tokens: GitLabToken[];
  readonly desk: GitLabDesk;
}

export const gitlabTokens = {
  first: 'glpat-Fir5tDem0T0kenMira1',
  second: 'glpat-Sec0ndDem0T0kenMira',
};

const message = (status: number, words: string): Reply => json({ message: words }, undefined, status);
const invalid = (words: string): Reply => json({ error: words }, undefined, 400);

/** GitLab, also below a path: REST at /api/v4, git at /group/name.git. */
export async function startGitLab(
  options: { port?: number; world?: World; prefix?: string } = {},
): Promise<GitLabStandIn> {
  const world = options.world ?? gitlabWorld();
  const tokens: GitLabToken[] = [
    {
      secret: gitlabTokens.first,
      login: signedIn,
      name: 'Polyforge',
      scopes: ['api'],
      expires: '2027-09-30',
    },
    {
      secret: gitlabTokens.second,
      login: secondAccount,
      name: 'Polyforge',
      scopes: ['read_api', 'read_repository'],
      expires: '2027-02-01',
    },
  ];
  const desk = new GitLabDesk({
    issue: ({ secret, login }) =>
      tokens.push({ secret, login, name: 'OAuth', scopes: ['api'], expires: null, oauth: true }),
    revoke(secret) {
      for (const token of tokens) if (token.secret === secret) token.refused = 'revoked';
    },
  });
  let bodies: GitLabBodies;

  const find = (secret: string | null | undefined) => tokens.find((one) => one.secret === secret);

  function refusal(token: GitLabToken | undefined): Reply | null {
    if (token?.refused === 'expired')
      return json(
        {
          error: 'invalid_token',
          error_description: 'Token is expired. You can either do re-authorization or token refresh.',
        },
        undefined,
        401,
      );
    if (token?.refused === 'revoked')
      return json(
        {
          error: 'invalid_token',
          error_description: 'Token was revoked. You have to re-authorize from the user.',
        },
        undefined,
        401,
      );
    return token ? null : message(401, '401 Unauthorized');
  }

  /** Offset pages with GitLab's headers, or keyset pages with a Link only. */
  function paged<T extends object>(
    call: Call,
    all: T[],
    idOf?: (item: T) => number,
  ): { items: T[]; headers: Record<string, string> } | Reply {
    const asked = whole(call.query, 'per_page') ?? 20;
    if (Number.isNaN(asked)) return invalid('per_page is invalid');
    if (asked < 1) return invalid('per_page does not have a valid value');
    const size = Math.min(100, asked);
    if (call.query.get('pagination') === 'keyset' && idOf) {
      if ((call.query.get('order_by') ?? 'created_at') !== 'id')
        return json(
          { error: 'Keyset pagination is not yet available for this type of request' },
          undefined,
          405,
        );
      const after = whole(call.query, 'id_after');
      const before = whole(call.query, 'id_before');
      const ascending = call.query.get('sort') === 'asc';
      const rest = all
        .filter(
          (item) =>
            (after === undefined || idOf(item) > after) && (before === undefined || idOf(item) < before),
        )
        .sort((a, b) => (ascending ? idOf(a) - idOf(b) : idOf(b) - idOf(a)));
      const items = rest.slice(0, size);
      const last = items.at(-1);
      const headers: Record<string, string> = {};
      if (last && rest.length > size) {
        const next = new URL(call.url);
        next.searchParams.set(ascending ? 'id_after' : 'id_before', String(idOf(last)));
        headers['Link'] = `<${next}>; rel="next"`;
      }
      return { items, headers };
    }
    const page = whole(call.query, 'page') ?? 1;
    if (Number.isNaN(page)) return invalid('page is invalid');
    if (page < 1) return invalid('page does not have a valid value');
    if (page * size > 50_000)
      return json(
        {
          error:
            'Offset pagination has a maximum allowed offset of 50000 for requests that return objects of type Project. Remaining records can be retrieved using keyset pagination.',
        },
        undefined,
        405,
      );
    const pages = Math.max(1, Math.ceil(all.length / size));
    const at = (number: number) => {
      const url = new URL(call.url);
      url.searchParams.set('page', String(number));
      url.searchParams.set('per_page', String(size));
      return url.toString();
    };
    const links = [
      ...(page > 1 ? [`<${at(page - 1)}>; rel="prev"`] : []),
      ...(page < pages ? [`<${at(page + 1)}>; rel="next"`] : []),
      `<${at(1)}>; rel="first"`,
      ...(all.length <= 10_000 ? [`<${at(pages)}>; rel="last"`] : []),
    ];
    return {
      items: all.slice((page - 1) * size, page * size),
      headers: {
        Link: links.join(', '),
        'X-Page': String(page),
        'X-Per-Page': String(size),
        'X-Next-Page': page < pages ? String(page + 1) : '',
        'X-Prev-Page': page > 1 ? String(page - 1) : '',
        // GitLab does not count lists of more than ten thousand.
        ...(all.length <= 10_000 ? { 'X-Total': String(all.length), 'X-Total-Pages': String(pages) } : {}),
      },
    };
  }

  async function listed<T extends object>(
    call: Call,
    all: T[],
    body: (item: T) => unknown,
    idOf?: (item: T) => number,
  ): Promise<Reply> {
    const page = paged(call, all, idOf);
    return 'status' in page ? page : json(await Promise.all(page.items.map(body)), page.headers);
  }

  const routes = new Routes();
  const current = new WeakMap<Call, GitLabToken>();
  const signed = (call: Call) => current.get(call);
  const login = (call: Call) => signed(call)?.login ?? null;

  /** Routes that need somebody, with one of these scopes. */
  const get = (
    pattern: string,
    handler: (call: Call) => Reply | Promise<Reply>,
    scopes = ['api', 'read_api'],
  ) =>
    routes.get(pattern, (call) => {
      const token = signed(call);
      if (token && scopes.length > 0 && !token.scopes.some((one) => scopes.includes(one)))
        return json(
          {
            error: 'insufficient_scope',
            error_description: 'The request requires higher privileges than provided by the access token.',
            scope: scopes.join(' '),
          },
          undefined,
          403,
        );
      return handler(call);
    });
  const own = (
    pattern: string,
    handler: (call: Call, token: GitLabToken) => Reply | Promise<Reply>,
    scopes?: string[],
  ) =>
    get(
      pattern,
      (call) => {
        const token = signed(call);
        return token ? handler(call, token) : message(401, '401 Unauthorized');
      },
      scopes,
    );
  const inProject = (
    rest: string,
    handler: (call: Call, repository: WorldRepository) => Reply | Promise<Reply>,
  ) =>
    get(`/projects/:id${rest}`, (call) => {
      const id = call.params['id'] ?? '';
      const repository = world.repositories.find(
        (one) => String(one.id) === id || `${one.namespace}/${one.slug}`.toLowerCase() === id.toLowerCase(),
      );
      if (!repository || !world.readable(repository, login(call)))
        return message(404, '404 Project Not Found');
      return handler(call, repository);
    });
  const inMerge = (rest: string, handler: (call: Call, pull: WorldPullRequest) => Reply | Promise<Reply>) =>
    inProject(`/merge_requests/:iid${rest}`, (call, repository) => {
      const pull = world.pullRequestsOf(repository).find((one) => String(one.number) === call.params['iid']);
      return pull ? handler(call, pull) : message(404, '404 Not found');
    });

  const version = { version: '18.5.2', revision: 'a1b2c3d4e5f' };
  own('/version', () => json(version), ['api', 'read_api', 'read_user']);
  own(
    '/metadata',
    () => json({ ...version, kas: { enabled: false, externalUrl: null, version: null }, enterprise: false }),
    ['api', 'read_api', 'read_user'],
  );
  own('/user', (_call, token) => json(bodies.me(world.user(token.login))), ['api', 'read_api', 'read_user']);
  own(
    '/personal_access_tokens/self',
    (_call, token) =>
      token.oauth
        ? json({ message: '400 Bad request' }, {}, 400)
        : json({
            id: tokens.indexOf(token) + 81,
            name: token.name,
            revoked: false,
            created_at: '2026-10-01T08:00:00.000Z',
            description: null,
            scopes: token.scopes,
            user_id: world.user(token.login).id,
            last_used_at: time(),
            active: true,
            expires_at: token.expires,
            last_used_ips: [],
          }),
    [],
  );
  const time = () => new Date().toISOString();

  const memberOf = (call: Call) => (one: WorldRepository) => one.readers.includes(login(call) ?? '');
  const visible = (call: Call) => (one: WorldRepository) => world.readable(one, login(call));
  function projects(call: Call, all: WorldRepository[]): Reply | Promise<Reply> {
    const { query } = call;
    const order = query.get('order_by') ?? 'created_at';
    const known = [
      'id',
      'name',
      'path',
      'created_at',
      'updated_at',
      'star_count',
      'last_activity_at',
      'similarity',
    ];
    if (!known.includes(order)) return invalid('order_by does not have a valid value');
    const value = (one: WorldRepository): number | string => {
      if (order === 'name') return one.name;
      if (order === 'path') return one.slug;
      if (order === 'id') return one.id;
      return order === 'created_at' ? one.createdAt : one.updatedAt;
    };
    const search = query.get('search')?.toLowerCase();
    const archived = query.get('archived');
    const chosen = all
      .filter((one) => query.get('membership') !== 'true' || memberOf(call)(one))
      .filter((one) => archived === null || one.archived === (archived === 'true'))
      .filter((one) => !query.get('visibility') || one.visibility === query.get('visibility'))
      .filter((one) => !search || `${one.name} ${one.description}`.toLowerCase().includes(search))
      .sort((a, b) => (value(a) < value(b) ? 1 : -1));
    if (query.get('sort') === 'asc') chosen.reverse();
    // Somebody who is not signed in gets the short form, whatever was asked for.
    const simple = query.get('simple') === 'true' || login(call) === null;
    return listed(
      call,
      chosen,
      (one) => bodies.project(one, simple),
      (one) => one.id,
    );
  }
  get('/projects', (call) => projects(call, world.repositories.filter(visible(call))));
  inProject('', (call, repository) =>
    json({
      ...bodies.project(repository),
      ...(call.query.get('statistics') === 'true'
        ? { statistics: { repository_size: repository.sizeBytes, lfs_objects_size: 0 } }
        : {}),
    }),
  );
  inProject('/repository/tree', async (call, repository) => {
    const ref = call.query.get('ref') ?? repository.defaultBranch;
    const path = call.query.get('path') ?? '';
    const entries = await world.tree(repository, ref, path);
    if (!entries) return message(404, '404 Tree Not Found');
    return listed(call, entries, ({ mode, type, oid, name }) => ({
      id: oid,
      name,
      type,
      path: path === '' ? name : `${path}/${name}`,
      mode,
    }));
  });
  inProject('/repository/files/:file', async (call, repository) => {
    const path = call.params['file'] ?? '';
    const content = await world.blob(repository, call.query.get('ref') ?? '', path);
    if (content === null) return message(404, '404 File Not Found');
    const bytes = Buffer.from(content, 'utf8');
    return json({
      file_name: path.split('/').at(-1),
      file_path: path,
      size: bytes.length,
      encoding: 'base64',
      content: bytes.toString('base64'),
      ref: call.query.get('ref'),
    });
  });
  own('/groups', (call) => {
    const names = new Set<string>();
    for (const one of world.repositories.filter(memberOf(call)))
      if (!world.users.some((user) => user.login === one.namespace))
        for (
          let path = one.namespace;
          path !== '';
          path = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
        )
          names.add(path);
    return listed(
      call,
      [...names].sort().map((path) => ({ path })),
      (one) => bodies.group(one.path),
    );
  });
  const groupPath = (call: Call) => {
    const id = call.params['id'] ?? '';
    return world.repositories
      .filter(visible(call))
      .map((one) => one.namespace)
      .find((path) => path === id || path.startsWith(`${id}/`) || String(bodies.namespaceId(path)) === id);
  };
  get('/groups/:id', (call) => {
    const path = groupPath(call);
    return path ? json(bodies.group(path)) : message(404, '404 Group Not Found');
  });
  get('/groups/:id/projects', (call) => {
    const path = groupPath(call);
    if (!path) return message(404, '404 Group Not Found');
    const deep = call.query.get('include_subgroups') === 'true';
    return projects(
      call,
      world.repositories
        .filter(visible(call))
        .filter((one) => one.namespace === path || (deep && one.namespace.startsWith(`${path}/`))),
    );
  });
  inProject('/repository/branches', async (call, repository) => {
    const { branches } = await world.materialize(repository);
    return listed(
      call,
      [...branches].map(([name, oid]) => ({ name, oid })),
      ({ name, oid }) => ({
        name,
        commit: { id: oid, short_id: oid.slice(0, 8) },
        merged: false,
        protected: name === repository.defaultBranch,
        developers_can_push: false,
        developers_can_merge: false,
        can_push: true,
        default: name === repository.defaultBranch,
        web_url: `${server.url}/${repository.namespace}/${repository.slug}/-/tree/${name}`,
      }),
    );
  });

  async function merges(
    call: Call,
    among: (pull: WorldPullRequest) => boolean,
    scope: string,
  ): Promise<Reply> {
    const { query } = call;
    const state = query.get('state') ?? 'all';
    if (!['opened', 'closed', 'locked', 'merged', 'all'].includes(state))
      return invalid('state does not have a valid value');
    if (
      ![
        'created_by_me',
        'created-by-me',
        'assigned_to_me',
        'assigned-to-me',
        'reviews_for_me',
        'all',
      ].includes(scope)
    )
      return invalid('scope does not have a valid value');
    if (query.has('author_id') && query.has('author_username'))
      return invalid('author_id, author_username are mutually exclusive');
    if (query.has('reviewer_id') && query.has('reviewer_username'))
      return invalid('reviewer_id, reviewer_username are mutually exclusive');
    const me = login(call);
    const named = (name: string | null, id: string | null) => (login: string, userId: number) =>
      (name === null || name === login) && (id === null || id === String(userId));
    const author = named(query.get('author_username'), query.get('author_id'));
    const reviewer =
      query.has('reviewer_username') || query.has('reviewer_id')
        ? named(query.get('reviewer_username'), query.get('reviewer_id'))
        : null;
    const key = query.get('order_by') === 'updated_at' ? 'updatedAt' : 'createdAt';
    const search = query.get('search')?.toLowerCase();
    const words = { open: 'opened', merged: 'merged', closed: 'closed' };
    const chosen = world.pullRequests
      .filter((one) => world.readable(one.repository, me) && among(one))
      .filter((one) => state === 'all' || words[one.state] === state)
      .filter(
        (one) =>
          scope === 'all' ||
          (scope === 'reviews_for_me'
            ? one.reviewers.some((other) => other.user.login === me)
            : one.author.login === me),
      )
      .filter((one) => author(one.author.login, one.author.id))
      .filter((one) => !reviewer || one.reviewers.some((other) => reviewer(other.user.login, other.user.id)))
      .filter((one) => !query.get('source_branch') || one.source === query.get('source_branch'))
      .filter((one) => !query.get('wip') || (query.get('wip') === 'yes') === one.draft)
      .filter((one) => query.get('non_archived') !== 'true' || !one.repository.archived)
      .filter((one) => !search || `${one.title} ${one.description}`.toLowerCase().includes(search))
      .sort((a, b) => b[key] - a[key]);
    if (query.get('sort') === 'asc') chosen.reverse();
    return listed(call, chosen, async (one) => bodies.merge(one, await world.pull(one)));
  }
  own('/merge_requests', (call) => merges(call, () => true, call.query.get('scope') ?? 'created_by_me'));
  get('/groups/:id/merge_requests', (call) => {
    const path = groupPath(call);
    if (!path) return message(404, '404 Group Not Found');
    return merges(
      call,
      (one) => one.repository.namespace === path || one.repository.namespace.startsWith(`${path}/`),
      call.query.get('scope') ?? 'all',
    );
  });
  inProject('/merge_requests', (call, repository) =>
    merges(call, (one) => one.repository === repository, call.query.get('scope') ?? 'all'),
  );
  inMerge('', async (_call, pull) => json(bodies.mergeDetail(pull, await world.pull(pull))));
  inMerge('/commits', async (call, pull) => {
    const { commits } = await world.pull(pull);
    return listed(call, commits.toReversed(), (commit) => bodies.commit(pull.repository, commit));
  });
  inMerge('/diffs', async (call, pull) =>
    listed(call, (await world.pull(pull)).files, (file) => bodies.diff(file)),
  );
  inMerge('/raw_diffs', async (_call, pull) => text((await world.pull(pull)).diff));
  inMerge('/changes', async (_call, pull) => {
    const facts = await world.pull(pull);
    return json({
      ...bodies.mergeDetail(pull, facts),
      changes: facts.files.map((file) => bodies.diff(file)),
      overflow: false,
    });
  });
  inMerge('/versions', async (call, pull) => {
    const facts = await world.pull(pull);
    const versions = facts.commits.map((commit, index) => ({
      id: pull.id * 10 + index,
      head_commit_sha: commit.oid,
      base_commit_sha: facts.base,
      start_commit_sha: facts.base,
      created_at: new Date(commit.at).toISOString(),
      merge_request_id: pull.id,
      state: 'collected',
      real_size: String(facts.files.length),
      patch_id_sha: null,
    }));
    return listed(call, versions.toReversed(), (one) => one);
  });
  inMerge('/participants', (call, pull) =>
    listed(call, [pull.author, ...pull.reviewers.map((one) => one.user)], (one) => bodies.user(one)),
  );
  inMerge('/reviewers', (_call, pull) => {
    const states: Record<string, string> = {
      approved: 'approved',
      'changes-requested': 'requested_changes',
      commented: 'reviewed',
    };
    return json(
      pull.reviewers.map((one) => ({
        user: bodies.user(one.user),
        state: states[one.vote] ?? 'unreviewed',
        created_at: new Date(one.at).toISOString(),
      })),
    );
  });
  inMerge('/approvals', (call, pull) => {
    const approved = pull.reviewers.filter((one) => one.vote === 'approved');
    return json({
      user_has_approved: approved.some((one) => one.user.login === login(call)),
      user_can_approve: pull.state === 'open' && pull.author.login !== login(call),
      approved: approved.length > 0,
      approved_by: approved.map((one) => ({
        user: bodies.user(one.user),
        approved_at: new Date(one.at).toISOString(),
      })),
    });
  });
  inMerge('/pipelines', async (call, pull) => {
    const facts = await world.pull(pull);
    return listed(call, pull.checks.length > 0 ? [pull] : [], (one) => bodies.pipeline(one, facts));
  });
  inProject('/pipelines/:pipeline', async (_call, repository) => {
    const pull = world
      .pullRequestsOf(repository)
      .find((one) => String(one.id * 3) === _call.params['pipeline']);
    return pull ? json(bodies.pipelineDetail(pull, await world.pull(pull))) : message(404, '404 Not found');
  });
  inProject('/pipelines/:pipeline/jobs', async (call, repository) => {
    const pull = world
      .pullRequestsOf(repository)
      .find((one) => String(one.id * 3) === call.params['pipeline']);
    if (!pull) return message(404, '404 Not found');
    const facts = await world.pull(pull);
    return listed(call, pull.checks, (check) => bodies.job(pull, facts, check));
  });
  inProject('/repository/commits/:sha/statuses', async (call, repository) => {
    for (const pull of world.pullRequestsOf(repository)) {
      const facts = await world.pull(pull);
      if (facts.head === call.params['sha'])
        return listed(call, pull.checks, (check) => bodies.status(pull, facts, check));
    }
    return listed(call, [], () => null);
  });
  inProject('/repository/files/:path/raw', async (call, repository) => {
    const content = await world.blob(
      repository,
      call.query.get('ref') ?? repository.defaultBranch,
      call.params['path'] ?? '',
    );
    return content === null ? message(404, '404 File Not Found') : text(content);
  });

  async function discussions(pull: WorldPullRequest) {
    const facts = await world.pull(pull);
    const system = {
      id: pull.id * 50,
      author: pull.author,
      body: `added ${facts.commits.length} commits\n\n<ul><li>${facts.head.slice(0, 8)}</li></ul>`,
      at: pull.createdAt + 60_000,
      system: true,
    };
    const talk = [system, ...pull.comments].map((comment) => ({
      id: bodies.discussionId(comment.id),
      individual_note: true,
      notes: [bodies.note(pull, comment)],
    }));
    const threads = await Promise.all(
      pull.threads.map(async (thread) => {
        const place = await world.place(pull, thread);
        return {
          id: bodies.discussionId(thread.id),
          individual_note: false,
          notes: thread.comments.map((comment) => bodies.diffNote(pull, facts, thread, comment, place)),
        };
      }),
    );
    return [...talk, ...threads];
  }
  inMerge('/discussions', async (call, pull) => listed(call, await discussions(pull), (one) => one));
  inMerge('/notes', async (call, pull) =>
    listed(
      call,
      (await discussions(pull)).flatMap((one): object[] => one.notes),
      (one) => one,
    ),
  );

  const server = await startHostingServer(
    {
      prefix: options.prefix,
      isApi: (path) => path.startsWith('/api/'),
      described: descriptions.gitlab,
      async api(call, path) {
        const secret =
          (call.headers['private-token'] as string | undefined) ?? scheme(call.authorization, 'bearer');
        const limits: Record<string, string> = {
          'RateLimit-Limit': '2000',
          'RateLimit-Remaining': '1999',
          'RateLimit-Reset': String(Math.floor(Date.now() / 1000) + 60),
          'X-Request-Id': '01K' + Math.floor(Date.now()).toString(36).toUpperCase(),
          'X-Gitlab-Meta': '{"version":"1"}',
        };
        const given = secret !== null || call.authorization !== undefined;
        const refused = given ? refusal(find(secret)) : null;
        let reply: Reply;
        if (refused) reply = refused;
        else {
          const token = find(secret);
          if (token) current.set(call, token);
          const found = path.startsWith('/api/v4/')
            ? routes.find(call.method, path.slice('/api/v4'.length))
            : undefined;
          if (!found)
            reply =
              found === null
                ? json({ error: '405 Not Allowed' }, undefined, 405)
                : json({ error: '404 Not Found' }, undefined, 404);
          else {
            call.params = found.params;
            reply = await found.handler(call);
          }
        }
        return { ...reply, headers: { ...limits, ...reply.headers } };
      },
      page(_call, path) {
        const id = /^\/uploads\/-\/system\/user\/avatar\/(\d+)\//.exec(path)?.[1];
        if (id !== undefined) return avatar(Number(id));
        return path.startsWith('/users/sign_in')
          ? html('Sign in · GitLab')
          : { status: 302, headers: { Location: `${server.url}/users/sign_in` }, body: '' };
      },
      async gitAccess(key, call) {
        const challenge = { 'WWW-Authenticate': 'Basic realm="GitLab"' };
        const given = basic(call.authorization);
        const token = find(given?.password);
        const scopes = ['api', 'read_api', 'read_repository', 'write_repository'];
        const good =
          token &&
          !token.refused &&
          token.scopes.some((one) => scopes.includes(one)) &&
          given?.username !== '' &&
          // Beside the token of an application only this name is right.
          (!token.oauth || given?.username === 'oauth2');
        if (call.authorization !== undefined && !good)
          return text(
            "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password.\n",
            challenge,
            401,
          );
        const repository = world.repositories.find(
          (one) => `${one.namespace}/${one.slug}`.toLowerCase() === key.toLowerCase(),
        );
        if (!repository || !world.readable(repository, token?.login ?? null))
          return token
            ? text(
                "The project you were looking for could not be found or you don't have permission to view it.\n",
                {},
                404,
              )
            : text('HTTP Basic: Access denied.\n', challenge, 401);
        return { directory: (await world.materialize(repository)).directory };
      },
      closed: () => world.close(),
      desk,
    },
    options,
  );
  bodies = new GitLabBodies(server.url, world);
  return Object.assign(server, { world, tokens, desk });
}
