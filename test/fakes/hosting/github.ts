import { Buffer } from 'node:buffer';
import { createPublicKey, generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import { git } from '../repositories';
import { avatar } from './avatar';
import { descriptions } from './described';
import { GitHubBodies } from './github-bodies';
import { githubWorld, secondAccount, signedIn } from './seeds';
import { graphqlNodes } from './github-graphql';
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
import { GitHubDesk } from './sign-in-desk';
import type { World, WorldPullRequest, WorldRepository } from './world';

export interface GitHubToken {
  secret: string;
  /** Null: an installation of the app, which is nobody. */
  login: string | null;
  /** Classic tokens have scopes, fine-grained ones have none to show. */
  scopes?: string[];
  /** As the header shows it: `2027-10-12 09:00:00 UTC`. */
  expires?: string;
  /** Permissions (`checks=read`) this token was not given. */
  withheld?: string[];
  /** Organizations whose single sign-on it has not passed. */
  singleSignOn?: string[];
  /** Full names an installation or a fine-grained token is limited to. */
  only?: string[];
  refused?: boolean;
}

/** The word of the search qualifier `status:`. */
function checksWord(pull: WorldPullRequest): string | null {
  const states = pull.checks.map((check) => check.state);
  if (states.length === 0) return null;
  if (states.includes('failed')) return 'failure';
  return states.includes('pending') ? 'pending' : 'success';
}

export interface GitHubInstallation {
  id: number;
  login: string;
  suspended?: boolean;
}

export interface GitHubStandIn extends HostingServer {
  readonly world: World;
  readonly tokens: GitHubToken[];
  readonly app: {
    id: number;
    privateKey: string;
    installations: GitHubInstallation[];
    /** Seconds this server's clock is ahead of the test's. */
    clockAhead: number;
  };
  readonly desk: GitHubDesk;
}

const documentation = 'https://docs.github.com/enterprise-server@3.17/rest';
const failure = (
  status: number,
  message: string,
  more: object = {},
  headers?: Record<string, string>,
): Reply =>
  json({ message, ...more, documentation_url: documentation, status: String(status) }, headers, status);
const notFound = () => failure(404, 'Not Found');

/** Defaults a test or the demo may name: a classic token of the first account and a fine-grained one of the second. */
export const githubTokens = {
  first: 'ghp_4mRaXkeLLeRdem0T0kenForTheFirstAcc0unt',
  second: 'github_pat_11AKELLER0dem0T0kenForTheSecondAcc0unt_aB3dE5fG7',
};

/** GitHub Enterprise Server: REST below /api/v3, git at /owner/name.git. */
export async function startGitHub(options: { port?: number; world?: World } = {}): Promise<GitHubStandIn> {
  const world = options.world ?? githubWorld();
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const app = {
    id: 31_337,
    privateKey,
    installations: [
      { id: 5_550_001, login: 'northwind' },
      { id: 5_550_002, login: 'aurora-labs' },
    ] as GitHubInstallation[],
    clockAhead: 0,
  };
  const tokens: GitHubToken[] = [
    {
      secret: githubTokens.first,
      login: signedIn,
      scopes: ['repo', 'read:org'],
      expires: '2027-10-12 09:00:00 UTC',
    },
    { secret: githubTokens.second, login: secondAccount, expires: '2027-01-31 09:00:00 UTC' },
  ];
  const desk = new GitHubDesk({
    issue: ({ secret, login, client }) =>
      tokens.push({ secret, login, scopes: client.expiring ? undefined : ['repo', 'read:org'] }),
    revoke(secret) {
      for (const token of tokens) if (token.secret === secret) token.refused = true;
    },
  });
  let limit = 5000;
  let bodies: GitHubBodies;

  function tokenOf(header: string | undefined): GitHubToken | null | undefined {
    if (header === undefined) return undefined;
    const secret = scheme(header, 'token') ?? scheme(header, 'bearer') ?? basic(header)?.password;
    const token = tokens.find((one) => one.secret === secret);
    return token && !token.refused ? token : null;
  }

  const sees = (token: GitHubToken | undefined, repository: WorldRepository): boolean => {
    if (repository.visibility === 'public') return true;
    if (!token) return false;
    const full = `${repository.namespace}/${repository.slug}`;
    if (token.only && !token.only.includes(full)) return false;
    if (token.login === null) return token.only !== undefined;
    if (token.scopes && !token.scopes.includes('repo')) return false;
    return world.readable(repository, token.login);
  };

  /** The repository of a route, or the refusal GitHub gives: 404 for what one may not see. */
  function opened(call: Call, token: GitHubToken | undefined, permission: string): WorldRepository | Reply {
    const full = `${call.params['owner']}/${call.params['repo']}`.toLowerCase();
    const repository = world.repositories.find(
      (one) => `${one.namespace}/${one.slug}`.toLowerCase() === full,
    );
    if (!repository || !sees(token, repository)) return notFound();
    if (token?.singleSignOn?.includes(repository.namespace))
      return failure(
        403,
        'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
        {},
        {
          'X-GitHub-SSO': `required; url=${server.origin}/orgs/${repository.namespace}/sso?authorization_request=A1`,
        },
      );
    if (token?.withheld?.includes(permission))
      return failure(
        403,
        `Resource not accessible by ${token.login === null ? 'integration' : 'personal access token'}`,
        {},
        { 'X-Accepted-GitHub-Permissions': permission },
      );
    return repository;
  }

  /** Cuts a list into pages the way GitHub does, with its Link header. */
  function paged<T>(
    call: Call,
    all: T[],
    most = Number.POSITIVE_INFINITY,
  ): { items: T[]; headers: Record<string, string> } {
    const size = Math.min(100, Math.max(1, whole(call.query, 'per_page') || 30));
    const page = Math.max(1, whole(call.query, 'page') || 1);
    const last = Math.max(1, Math.ceil(Math.min(all.length, most) / size));
    const link = (number: number, rel: string) => {
      const url = new URL(call.url);
      url.searchParams.set('page', String(number));
      return `<${url}>; rel="${rel}"`;
    };
    const links = [
      ...(page > 1 ? [link(page - 1, 'prev')] : []),
      ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
      ...(page > 1 ? [link(1, 'first')] : []),
    ];
    return {
      items: all.slice((page - 1) * size, page * size),
      headers: links.length > 0 ? { Link: links.join(', ') } : {},
    };
  }

  const routes = new Routes();
  type Signed = (call: Call, token: GitHubToken | undefined) => Reply | Promise<Reply>;
  const current = new WeakMap<Call, GitHubToken | undefined>();
  const get = (pattern: string, handler: Signed) =>
    routes.get(pattern, (call) => handler(call, current.get(call)));
  const within = (
    pattern: string,
    permission: string,
    handler: (
      call: Call,
      repository: WorldRepository,
      token: GitHubToken | undefined,
    ) => Reply | Promise<Reply>,
  ) =>
    get(pattern, (call, token) => {
      const repository = opened(call, token, permission);
      return 'status' in repository ? repository : handler(call, repository, token);
    });
  const pulling = (
    rest: string,
    handler: (call: Call, pull: WorldPullRequest) => Reply | Promise<Reply>,
    parent = 'pulls',
    permission = 'pull_requests=read',
  ) =>
    within(`/repos/:owner/:repo/${parent}/:number${rest}`, permission, (call, repository) => {
      const pull = world
        .pullRequestsOf(repository)
        .find((one) => String(one.number) === call.params['number']);
      return pull ? handler(call, pull) : notFound();
    });
  const person = (token: GitHubToken | undefined) =>
    token === undefined
      ? failure(401, 'Requires authentication')
      : token.login === null
        ? failure(403, 'Resource not accessible by integration')
        : world.user(token.login);

  get('/meta', () => json({ verifiable_password_authentication: true, installed_version: '3.17.4' }));
  get('/rate_limit', () => {
    const core = {
      limit: 5000,
      used: 5000 - limit,
      remaining: limit,
      reset: Math.floor(Date.now() / 1000) + 3600,
    };
    return json({ resources: { core, search: { ...core, limit: 30, remaining: 30 } }, rate: core });
  });
  get('/user', (_call, token) => {
    const user = person(token);
    return 'status' in user ? user : json(bodies.me(user));
  });
  get('/user/orgs', (call, token) => {
    const user = person(token);
    if ('status' in user) return user;
    if (token?.scopes && !token.scopes.some((one) => ['read:org', 'admin:org', 'user'].includes(one)))
      return failure(403, 'You need at least read:org scope or user scope to list your organizations.');
    const names = [
      ...new Set(world.repositories.filter((one) => sees(token, one)).map((one) => one.namespace)),
    ];
    const organizations = names.filter((name) => !world.users.some((one) => one.login === name));
    const { items, headers } = paged(call, organizations);
    return json(
      items.map((name) => bodies.org(name)),
      headers,
    );
  });
  get('/user/repos', (call, token) => {
    const user = person(token);
    if ('status' in user) return user;
    const type = call.query.get('type');
    if (type !== null && (call.query.has('visibility') || call.query.has('affiliation')))
      return failure(422, 'If you specify visibility or affiliation, you cannot specify type.', {
        errors: [],
      });
    const belongs = (one: WorldRepository) =>
      one.readers.includes(user.login) && sees(token, one) && !token?.singleSignOn?.includes(one.namespace);
    const key = call.query.get('sort') ?? 'full_name';
    const full = (one: WorldRepository) => `${one.namespace}/${one.slug}`;
    const all = world.repositories.filter(belongs).sort((a, b) => {
      if (key === 'full_name') return full(a).localeCompare(full(b));
      return key === 'created' ? b.createdAt - a.createdAt : b.updatedAt - a.updatedAt;
    });
    if (call.query.get('direction') === (key === 'full_name' ? 'desc' : 'asc')) all.reverse();
    const { items, headers } = paged(call, all);
    const sso: Record<string, string> = token?.singleSignOn
      ? {
          'X-GitHub-SSO': `partial-results; organizations=${token.singleSignOn.map((name) => bodies.orgId(name)).join(',')}`,
        }
      : {};
    return json(
      items.map((one) => bodies.repository(one)),
      { ...headers, ...sso },
    );
  });
  get('/orgs/:org', (call, token) => {
    const name = call.params['org'] ?? '';
    const known = world.repositories.some((one) => one.namespace === name && sees(token, one));
    return known && !world.users.some((one) => one.login === name) ? json(bodies.org(name)) : notFound();
  });
  const ofOwner: Signed = (call, token) => {
    const name = call.params['org'] ?? '';
    const all = world.repositories.filter((one) => one.namespace === name && sees(token, one));
    if (all.length === 0) return notFound();
    const { items, headers } = paged(call, all);
    return json(
      items.map((one) => bodies.repository(one)),
      headers,
    );
  };
  get('/orgs/:org/repos', ofOwner);
  get('/users/:org/repos', ofOwner);
  get('/users/:login', (call) => {
    const user = world.users.find((one) => one.login === call.params['login']);
    return user ? json({ ...bodies.user(user), name: user.name, email: null }) : notFound();
  });
  get('/search/issues', (call, token) => search(call, token));

  within('/repos/:owner/:repo', 'metadata=read', (_call, repository) => json(bodies.repository(repository)));
  within('/repos/:owner/:repo/branches', 'contents=read', async (call, repository) => {
    const { branches } = await world.materialize(repository);
    const { items, headers } = paged(call, [...branches]);
    const url = `${server.origin}/api/v3/repos/${repository.namespace}/${repository.slug}/commits`;
    return json(
      items.map(([name, sha]) => ({
        name,
        commit: { sha, url: `${url}/${sha}` },
        protected: name === repository.defaultBranch,
      })),
      headers,
    );
  });
  within('/repos/:owner/:repo/pulls', 'pull_requests=read', async (call, repository) => {
    const state = call.query.get('state') ?? 'open';
    if (!['open', 'closed', 'all'].includes(state))
      return failure(422, 'Validation Failed', {
        errors: [{ resource: 'PullRequest', field: 'state', code: 'invalid' }],
      });
    const key = call.query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
    const all = world
      .pullRequestsOf(repository)
      .filter((one) => state === 'all' || (one.state === 'open') === (state === 'open'))
      .sort((a, b) => b[key] - a[key]);
    if (call.query.get('direction') === 'asc') all.reverse();
    const { items, headers } = paged(call, all);
    return json(
      await Promise.all(items.map(async (one) => bodies.pull(one, await world.pull(one)))),
      headers,
    );
  });
  pulling('', async (call, pull) => {
    const facts = await world.pull(pull);
    if (/application\/vnd\.github\.(v3\.)?diff/.test(call.headers.accept ?? '')) return text(facts.diff);
    return json(bodies.pullDetail(pull, facts));
  });
  pulling('/files', async (call, pull) => {
    const facts = await world.pull(pull);
    const { items, headers } = paged(call, facts.files, 3000);
    return json(
      items.map((file) => bodies.file(pull.repository, facts, file)),
      headers,
    );
  });
  pulling('/commits', async (call, pull) => {
    const { commits } = await world.pull(pull);
    const { items, headers } = paged(call, commits, 250);
    return json(
      items.map((commit) => bodies.commit(pull.repository, commit)),
      headers,
    );
  });
  pulling('/comments', async (call, pull) => {
    const facts = await world.pull(pull);
    const all = await Promise.all(
      pull.threads.map(async (thread) => {
        const place = {
          path: thread.path,
          side: thread.side,
          outdated: thread.outdated,
          ...(await world.place(pull, thread)),
        };
        const [first] = thread.comments;
        if (!first) return [];
        return thread.comments.map((comment) => bodies.reviewComment(pull, facts, comment, place, first));
      }),
    );
    const { items, headers } = paged(call, all.flat());
    return json(items, headers);
  });
  pulling('/reviews', async (call, pull) => {
    const facts = await world.pull(pull);
    const all = pull.reviewers
      .filter((one) => one.vote !== 'none')
      .map((one, index) => bodies.review(pull, facts, one, pull.id * 100 + index));
    const { items, headers } = paged(call, all);
    return json(items, headers);
  });
  pulling('/requested_reviewers', (_call, pull) =>
    json({
      users: pull.reviewers.filter((one) => one.vote === 'none').map((one) => bodies.user(one.user)),
      teams: [],
    }),
  );
  pulling(
    '/comments',
    (call, pull) => {
      const { items, headers } = paged(call, pull.comments);
      return json(
        items.map((comment) => bodies.comment(pull, comment)),
        headers,
      );
    },
    'issues',
  );

  /** The pull request whose head a commit is: checks belong to it. */
  async function checksOf(repository: WorldRepository, reference: string) {
    for (const pull of world.pullRequestsOf(repository)) {
      const { head } = await world.pull(pull);
      if (head === reference || pull.source === reference) return { head, checks: pull.checks };
    }
    const { branches } = await world.materialize(repository);
    const head = branches.get(reference) ?? (/^[0-9a-f]{40}$/.test(reference) ? reference : null);
    return head === null ? null : { head, checks: [] };
  }
  // The last check of a pull request is an older commit status, the others are check runs: real repositories have both.
  within('/repos/:owner/:repo/commits/:ref/check-runs', 'checks=read', async (call, repository) => {
    const found = await checksOf(repository, call.params['ref'] ?? '');
    if (!found) return failure(422, `No commit found for SHA: ${call.params['ref']}`);
    const runs = found.checks.slice(0, Math.max(1, found.checks.length - 1));
    const { items, headers } = paged(call, runs);
    return json(
      {
        total_count: runs.length,
        check_runs: items.map((one) => bodies.checkRun(repository, found.head, one)),
      },
      headers,
    );
  });
  within('/repos/:owner/:repo/commits/:ref/status', 'statuses=read', async (call, repository) => {
    const found = await checksOf(repository, call.params['ref'] ?? '');
    if (!found) return failure(422, `No commit found for SHA: ${call.params['ref']}`);
    const statuses = found.checks
      .slice(Math.max(1, found.checks.length - 1))
      .map((one) => bodies.status(repository, found.head, one));
    const states = new Set(statuses.map((one) => one.state));
    const url = `${server.origin}/api/v3/repos/${repository.namespace}/${repository.slug}/commits/${found.head}`;
    return json({
      state: states.has('failure')
        ? 'failure'
        : statuses.length === 0 || states.has('pending')
          ? 'pending'
          : 'success',
      statuses,
      sha: found.head,
      total_count: statuses.length,
      repository: bodies.repository(repository),
      commit_url: url,
      url: `${url}/status`,
    });
  });
  within('/repos/:owner/:repo/branches/:branch', 'contents=read', async (call, repository) => {
    const { branches } = await world.materialize(repository);
    const name = call.params['branch'] ?? '';
    const sha = branches.get(name);
    if (sha === undefined) return failure(404, 'Branch not found');
    const tree = await git((await world.materialize(repository)).directory, 'rev-parse', `${sha}^{tree}`);
    return json({ name, commit: { sha, commit: { tree: { sha: tree } } }, protected: false });
  });
  within('/repos/:owner/:repo/git/trees/:sha', 'contents=read', async (call, repository) => {
    const sha = call.params['sha'] ?? '';
    const entries = await world.tree(repository, sha, '');
    if (!entries) return notFound();
    return json({
      sha,
      truncated: false,
      tree: entries.map(({ mode, type, oid, name }) => ({ path: name, mode, type, sha: oid })),
    });
  });
  within('/repos/:owner/:repo/git/blobs/:sha', 'contents=read', async (call, repository) => {
    const sha = call.params['sha'] ?? '';
    const bytes = await world.object(repository, sha);
    if (!bytes) return notFound();
    return json({ sha, size: bytes.length, encoding: 'base64', content: bytes.toString('base64') });
  });
  within('/repos/:owner/:repo/contents/:path*', 'contents=read', async (call, repository) => {
    const path = call.params['path'] ?? '';
    const content = await world.blob(repository, call.query.get('ref') ?? repository.defaultBranch, path);
    if (content === null) return notFound();
    if (/application\/vnd\.github\.(v3\.)?raw/.test(call.headers.accept ?? '')) return text(content);
    const bytes = Buffer.from(content, 'utf8');
    return json({
      type: 'file',
      encoding: 'base64',
      size: bytes.length,
      name: path.split('/').at(-1),
      path,
      content: bytes.toString('base64'),
    });
  });

  function search(call: Call, token: GitHubToken | undefined): Reply {
    const query = call.query.get('q') ?? '';
    if (query.trim() === '')
      return failure(422, 'Validation Failed', {
        errors: [{ resource: 'Search', field: 'q', code: 'missing' }],
      });
    const terms = query.match(/-?[\w-]+:"[^"]*"|\S+/g) ?? [];
    const me = token?.login ?? null;
    const who = (value: string) => (value === '@me' ? me : value);
    let unknown = false;
    const holds = (pull: WorldPullRequest, term: string): boolean => {
      const negated = term.startsWith('-');
      const [name = '', raw = ''] = term.replace(/^-/, '').split(/:(.*)/s);
      const value = raw.replaceAll('"', '');
      const one = (): boolean => {
        const full = `${pull.repository.namespace}/${pull.repository.slug}`;
        const reviewer = pull.reviewers.find((other) => other.user.login === who(value));
        if (name === 'is' || name === 'type' || name === 'state') {
          if (value === 'pr' || value === 'pull-request') return true;
          if (value === 'issue') return false;
          if (value === 'open') return pull.state === 'open';
          if (value === 'closed') return pull.state !== 'open';
          if (value === 'merged') return pull.state === 'merged';
          if (value === 'unmerged') return pull.state !== 'merged';
          if (value === 'draft') return pull.draft;
          if (value === 'private') return pull.repository.visibility !== 'public';
          if (value === 'public') return pull.repository.visibility === 'public';
        }
        if (name === 'author') return pull.author.login === who(value);
        if (name === 'review-requested' || name === 'user-review-requested') return reviewer?.vote === 'none';
        if (name === 'reviewed-by') return reviewer !== undefined && reviewer.vote !== 'none';
        if (name === 'involves') return pull.author.login === who(value) || reviewer !== undefined;
        if (name === 'user' || name === 'org') return pull.repository.namespace === who(value);
        if (name === 'repo') return full === value;
        if (name === 'archived') return pull.repository.archived === (value === 'true');
        if (name === 'draft') return pull.draft === (value === 'true');
        if (name === 'review')
          return value === 'approved'
            ? pull.reviewers.some((other) => other.vote === 'approved')
            : value === 'changes_requested'
              ? pull.reviewers.some((other) => other.vote === 'changes-requested')
              : value === 'none' || value === 'required';
        if (name === 'status') return value === checksWord(pull);
        if (name === 'sort') return true;
        if (raw === '') return pull.title.toLowerCase().includes(term.toLowerCase());
        unknown = true;
        return false;
      };
      return one() !== negated;
    };
    // Several owners or repositories in one query mean any of them.
    const places = terms.filter((term) => /^(user|org|repo):/.test(term));
    const others = terms.filter((term) => !places.includes(term));
    const belongs = (repository: WorldRepository) =>
      token?.login === null
        ? (token.only ?? []).includes(`${repository.namespace}/${repository.slug}`)
        : sees(token, repository);
    const found = world.pullRequests
      .filter((pull) => belongs(pull.repository))
      .filter((pull) => others.every((term) => holds(pull, term)))
      .filter((pull) => places.length === 0 || places.some((term) => holds(pull, term)))
      .sort((a, b) =>
        call.query.get('sort') === 'created' ? b.createdAt - a.createdAt : b.updatedAt - a.updatedAt,
      );
    if (unknown)
      return failure(422, 'Validation Failed', {
        errors: [{ resource: 'Search', field: 'q', code: 'invalid' }],
      });
    if (call.query.get('order') === 'asc') found.reverse();
    const { items, headers } = paged(call, found, 1000);
    return json(
      { total_count: found.length, incomplete_results: false, items: items.map((one) => bodies.issue(one)) },
      headers,
    );
  }

  // The application: its own key signs, everything else is made from it.
  function jsonWebToken(header: string | undefined): Reply | null {
    const given = scheme(header, 'bearer')?.split('.');
    if (given?.length !== 3) return failure(401, 'A JSON web token could not be decoded');
    const [head = '', claims = '', signature = ''] = given;
    let parsed: { iss?: unknown; iat?: unknown; exp?: unknown; alg?: unknown };
    try {
      const read = (part: string): object => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
      parsed = { ...read(claims), ...read(head) };
    } catch {
      return failure(401, 'A JSON web token could not be decoded');
    }
    const signed = Buffer.from(`${head}.${claims}`);
    if (
      parsed.alg !== 'RS256' ||
      !verify('RSA-SHA256', signed, createPublicKey(publicKey), Buffer.from(signature, 'base64url'))
    )
      return failure(401, 'A JSON web token could not be decoded');
    if (String(parsed.iss) !== String(app.id)) return failure(404, 'Integration not found');
    const now = Math.floor(Date.now() / 1000) + app.clockAhead;
    if (typeof parsed.exp !== 'number' || parsed.exp < now)
      return failure(
        401,
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
      );
    if (parsed.exp > now + 600)
      return failure(401, "'Expiration time' claim ('exp') is too far in the future");
    if (typeof parsed.iat !== 'number' || parsed.iat > now)
      return failure(
        401,
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      );
    return null;
  }
  const permissions = {
    checks: 'read',
    contents: 'write',
    metadata: 'read',
    pull_requests: 'write',
    statuses: 'read',
  };
  const installation = (one: GitHubInstallation) => ({
    id: one.id,
    account: bodies.owner(one.login),
    repository_selection: 'all',
    access_tokens_url: `${server.origin}/api/v3/app/installations/${one.id}/access_tokens`,
    repositories_url: `${server.origin}/api/v3/installation/repositories`,
    html_url: `${server.origin}/organizations/${one.login}/settings/installations/${one.id}`,
    app_id: app.id,
    app_slug: 'polyforge-demo',
    target_id: bodies.orgId(one.login),
    target_type: 'Organization',
    permissions,
    events: [],
    created_at: '2026-02-01T10:00:00Z',
    updated_at: '2026-02-01T10:00:00Z',
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: one.suspended ? bodies.owner(signedIn) : null,
    suspended_at: one.suspended ? '2026-06-01T10:00:00Z' : null,
  });
  get('/app', () =>
    json({
      id: app.id,
      slug: 'polyforge-demo',
      node_id: 'A_kgDOAAB6aQ',
      client_id: 'Iv23lidemo000000',
      owner: bodies.owner('northwind'),
      name: 'Polyforge demo',
      description: null,
      external_url: 'https://northwind.example',
      html_url: `${server.origin}/github-apps/polyforge-demo`,
      created_at: '2026-02-01T10:00:00Z',
      updated_at: '2026-02-01T10:00:00Z',
      permissions,
      events: [],
      installations_count: app.installations.length,
    }),
  );
  get('/app/installations', (call) => {
    const { items, headers } = paged(call, app.installations);
    return json(items.map(installation), headers);
  });
  get('/app/installations/:id', (call) => {
    const found = app.installations.find((one) => String(one.id) === call.params['id']);
    return found ? json(installation(found)) : notFound();
  });
  routes.on('POST', '/app/installations/:id/access_tokens', (call) => {
    const found = app.installations.find((one) => String(one.id) === call.params['id']);
    if (!found) return notFound();
    if (found.suspended) return failure(403, 'This installation has been suspended');
    const secret = `ghs_${randomUUID().replaceAll('-', '')}0000`;
    const only = world.repositories
      .filter((one) => one.namespace === found.login)
      .map((one) => `${one.namespace}/${one.slug}`);
    tokens.push({ secret, login: null, only });
    const expires = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z/, 'Z');
    return json(
      { token: secret, expires_at: expires, permissions, repository_selection: 'all' },
      undefined,
      201,
    );
  });
  get('/installation/repositories', (call, token) => {
    if (!token || token.login !== null)
      return failure(
        403,
        'You must authenticate with an installation access token in order to list repositories for an installation.',
      );
    const all = world.repositories.filter((one) => token.only?.includes(`${one.namespace}/${one.slug}`));
    const { items, headers } = paged(call, all);
    return json(
      {
        total_count: all.length,
        repository_selection: 'all',
        repositories: items.map((one) => bodies.repository(one)),
      },
      headers,
    );
  });

  function graphql(call: Call): Reply {
    const token = tokenOf(call.authorization);
    if (!token)
      return failure(401, token === null ? 'Bad credentials' : 'This endpoint requires authentication.');
    return json(graphqlNodes(world, call.body, (pull) => sees(token, pull.repository)));
  }

  async function api(call: Call, path: string): Promise<Reply> {
    if (path === '/api/graphql') return call.method === 'POST' ? graphql(call) : notFound();
    const below = path.slice('/api/v3'.length);
    if (!call.headers['user-agent'])
      return text(
        'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.\n',
        {},
        403,
      );
    limit = Math.max(0, limit - 1);
    const common: Record<string, string> = {
      Date: new Date(Date.now() + app.clockAhead * 1000).toUTCString(),
      'X-GitHub-Media-Type': 'github.v3; format=json',
      'X-GitHub-Enterprise-Version': '3.17.4',
      'X-GitHub-Request-Id': randomUUID(),
      'X-RateLimit-Limit': '5000',
      'X-RateLimit-Remaining': String(limit),
      'X-RateLimit-Used': String(5000 - limit),
      'X-RateLimit-Reset': String(Math.floor(Date.now() / 1000) + 3000),
      'X-RateLimit-Resource': below.startsWith('/search') ? 'search' : 'core',
    };
    const asApp = below === '/app' || below.startsWith('/app/');
    const token = asApp ? undefined : tokenOf(call.authorization);
    let reply: Reply;
    if (token === null) reply = failure(401, 'Bad credentials');
    else if (asApp && jsonWebToken(call.authorization)) reply = jsonWebToken(call.authorization) as Reply;
    else {
      current.set(call, token);
      const found = routes.find(call.method, below);
      if (!found) reply = notFound();
      else {
        call.params = found.params;
        reply = await found.handler(call);
      }
      if (token?.scopes) {
        common['X-OAuth-Scopes'] = token.scopes.join(', ');
        common['X-Accepted-OAuth-Scopes'] = '';
      }
      if (token?.expires) common['GitHub-Authentication-Token-Expiration'] = token.expires;
    }
    return { ...reply, headers: { ...common, ...reply.headers } };
  }

  const server = await startHostingServer(
    {
      isApi: (path) => path === '/api/v3' || path === '/api/graphql' || path.startsWith('/api/v3/'),
      described: descriptions.github,
      api,
      page(_call, path) {
        const id = /^\/avatars\/\w+\/(\d+)$/.exec(path)?.[1];
        return id === undefined ? html('GitHub Enterprise', path === '/' ? 200 : 404) : avatar(Number(id));
      },
      async gitAccess(key, call) {
        const challenge = { 'WWW-Authenticate': 'Basic realm="GitHub"' };
        const token = basic(call.authorization)
          ? tokenOf(call.authorization)
          : call.authorization === undefined
            ? undefined
            : null;
        if (token === null)
          return text(
            'remote: Invalid username or token. Password authentication is not supported for Git operations.\n',
            challenge,
            401,
          );
        const repository = world.repositories.find(
          (one) => `${one.namespace}/${one.slug}`.toLowerCase() === key.toLowerCase(),
        );
        if (!repository || !sees(token, repository))
          return token ? text('Not Found', {}, 404) : text('Repository not found.\n', challenge, 401);
        if (token?.withheld?.includes('contents=read'))
          return text('Write access to repository not granted.\n', {}, 403);
        return { directory: (await world.materialize(repository)).directory };
      },
      closed: () => world.close(),
      desk,
    },
    options,
  );
  bodies = new GitHubBodies(server.origin, world);
  return Object.assign(server, { world, tokens, app, desk });
}
