import { createHash } from 'node:crypto';
import { avatar } from './avatar';
import { descriptions } from './described';
import { azureWorld, secondAccount, signedIn } from './seeds';
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
import { EntraDesk } from './sign-in-desk';
import type { PullFacts, World, WorldComment, WorldPullRequest, WorldRepository, WorldUser } from './world';

export interface AzureToken {
  secret: string;
  login: string;
  /** `*`: for all organizations, the kind that ends on 2026-12-01. */
  organization: string;
  /** `vso.code`, `vso.code_write`, `vso.project`, `vso.profile`. */
  scopes: string[];
  refused?: boolean;
  /** Of Microsoft Entra: taken as Bearer only. */
  entra?: boolean;
}

export interface AzureOptions {
  port?: number;
  world?: World;
  /** Server answers refusals itself; Services sends a sign-in page. Default: services. */
  edition?: 'services' | 'server';
  /** The one organization, or collection. */
  organization?: string;
  /** Context path of a Server, such as `/tfs`. */
  prefix?: string;
  /** What an administrator left as public address of a Server, such as `http://localhost:8080`. */
  publicUrl?: string;
  /** Newest REST version: 7.1, or 5.1 for a server that is too old. */
  newest?: string;
}

export interface AzureStandIn extends HostingServer {
  readonly world: World;
  readonly tokens: AzureToken[];
  readonly organization: string;
  readonly desk: EntraDesk;
}

export const azureTokens = {
  first: `${'Dem0Az'.repeat(12)}MiraAZDO1st0`,
  second: `${'Dem0Az'.repeat(12)}WorkAZDO2nd0`,
};

const guid = (what: string, id: number | string): string => {
  const hex = createHash('sha1').update(`${what} ${id}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
const time = (at: number) => new Date(at).toISOString().replace('Z', '4711Z');

const failure = (
  status: number,
  message: string,
  typeKey: string,
  typeName = `Microsoft.TeamFoundation.Git.Server.${typeKey}`,
): Reply =>
  json(
    {
      $id: '1',
      innerException: null,
      message,
      typeName: `${typeName}, Microsoft.TeamFoundation.Git.Server`,
      typeKey,
      errorCode: 0,
      eventId: 3000,
    },
    undefined,
    status,
  );

/** Ids the client package asks for; see `getVersioningData` in its GitApi.js, CoreApi.js and PolicyApi.js. */
const locations: Record<string, [id: string, resource: string, route: string, released: string][]> = {
  git: [
    [
      '225f7195-f9c7-4d14-ab28-a83f7ff77e1f',
      'repositories',
      '{project}/_apis/git/repositories/{repositoryId}',
      '7.1',
    ],
    ['a5d28130-9cd2-40fa-9f08-902e7daa9efb', 'pullRequests', '{project}/_apis/git/pullRequests', '7.1'],
    [
      '01a46dea-7d46-4d40-bc84-319e7c260d99',
      'pullRequests',
      '{project}/_apis/git/pullRequests/{pullRequestId}',
      '7.1',
    ],
    [
      '9946fd70-0d40-406e-b686-b4744cbbcc37',
      'pullRequests',
      '{project}/_apis/git/repositories/{repositoryId}/pullRequests/{pullRequestId}',
      '7.1',
    ],
    [
      'ab6e2e5d-a0b7-4153-b64a-a4efe0d49449',
      'pullRequestThreads',
      '{project}/_apis/git/repositories/{repositoryId}/pullRequests/{pullRequestId}/threads/{threadId}',
      '7.1',
    ],
    [
      'b5f6bb4f-8d1e-4d79-8d11-4c9172c99c35',
      'pullRequestStatuses',
      '{project}/_apis/git/repositories/{repositoryId}/pullRequests/{pullRequestId}/statuses/{statusId}',
      '7.1',
    ],
    [
      '4b6702c7-aa35-4b89-9c96-b9abf6d3e540',
      'pullRequestReviewers',
      '{project}/_apis/git/repositories/{repositoryId}/pullRequests/{pullRequestId}/reviewers/{reviewerId}',
      '7.1',
    ],
    [
      'd43911ee-6958-46b0-a42b-8445b8a0d004',
      'pullRequestIterations',
      '{project}/_apis/git/repositories/{repositoryId}/pullRequests/{pullRequestId}/iterations/{iterationId}',
      '7.1',
    ],
    [
      '4216bdcf-b6b1-4d59-8b82-c34cc183fc8b',
      'pullRequestIterationChanges',
      '{project}/_apis/git/repositories/{repositoryId}/pullRequests/{pullRequestId}/iterations/{iterationId}/changes',
      '7.1',
    ],
    [
      '52823034-34a8-4576-922c-8d8b77e9e4c4',
      'pullRequestCommits',
      '{project}/_apis/git/repositories/{repositoryId}/pullRequests/{pullRequestId}/commits',
      '7.1',
    ],
    [
      'f22387e3-984e-4c52-9c6d-fbb8f14c812d',
      'pullRequestLabels',
      '{project}/_apis/git/repositories/{repositoryId}/pullRequests/{pullRequestId}/labels/{labelIdOrName}',
      '7.1',
    ],
    [
      '7b28e929-2c99-405d-9c5c-6167a06e6816',
      'blobs',
      '{project}/_apis/git/repositories/{repositoryId}/blobs/{sha1}',
      '7.1',
    ],
    [
      'fb93c0db-47ed-4a31-8c20-47552878fb44',
      'items',
      '{project}/_apis/git/repositories/{repositoryId}/items/{*path}',
      '7.1',
    ],
    [
      '2d874a60-a811-4f62-9c9f-963a6ea0a55b',
      'refs',
      '{project}/_apis/git/repositories/{repositoryId}/refs',
      '7.1',
    ],
  ],
  core: [['603fe2ac-9723-48b9-88ad-09305aa6c6e1', 'projects', '_apis/{resource}/{*projectId}', '7.1']],
  policy: [
    [
      'c23ddff5-229c-4d04-a80b-0fdce9f360c8',
      'evaluations',
      '{project}/_apis/policy/evaluations/{evaluationId}',
      '0.0',
    ],
  ],
  location: [
    ['e81700f7-3be2-46de-8624-2eb35882fcaa', 'ResourceAreas', '_apis/resourceAreas/{areaId}', '0.0'],
  ],
};

/** Azure DevOps Services or Server: REST at /{organization}/…/_apis, git at /{organization}/{project}/_git/{name}. */
export async function startAzureDevOps(options: AzureOptions = {}): Promise<AzureStandIn> {
  const world = options.world ?? azureWorld();
  const edition = options.edition ?? 'services';
  const organization =
    options.organization ?? (edition === 'services' ? 'harbour-vans' : 'DefaultCollection');
  const newest = options.newest ?? '7.1';
  const full = ['vso.code_write', 'vso.project', 'vso.profile'];
  const tokens: AzureToken[] = [
    { secret: azureTokens.first, login: signedIn, organization, scopes: ['vso.code_write'] },
    { secret: azureTokens.second, login: secondAccount, organization, scopes: full },
  ];

  const desk = new EntraDesk({
    issue: ({ secret }) =>
      tokens.push({ secret, login: signedIn, organization: '*', scopes: full, entra: true }),
    revoke(secret) {
      for (const token of tokens) if (token.secret === secret) token.refused = true;
    },
  });

  function tokenOf(header: string | undefined): AzureToken | null | undefined {
    if (header === undefined) return undefined;
    const bearer = scheme(header, 'bearer');
    const secret = bearer ?? basic(header)?.password;
    const token = tokens.find(
      (one) => one.secret === secret && !one.refused && (one.entra ?? false) === (bearer !== null),
    );
    return token &&
      (token.organization === '*' || token.organization.toLowerCase() === organization.toLowerCase())
      ? token
      : null;
  }
  /** Where the server believes to be. */
  const believed = () => options.publicUrl ?? server.url;
  const base = () => `${believed()}/${encodeURIComponent(organization)}`;

  const userBody = (user: WorldUser) => ({
    displayName: user.name,
    url: `${base()}/_apis/Identities/${guid('user', user.id)}`,
    _links: { avatar: { href: `${base()}/_apis/GraphProfile/MemberAvatars/msa.${user.id}` } },
    id: guid('user', user.id),
    uniqueName: user.email,
    imageUrl: `${base()}/_api/_common/identityImage?id=${guid('user', user.id)}`,
    descriptor: `aad.${user.id}`,
  });
  const projectBody = (name: string) => ({
    id: guid('project', name),
    name,
    url: `${base()}/_apis/projects/${guid('project', name)}`,
    state: 'wellFormed',
    revision: 52,
    visibility: 'private',
    lastUpdateTime: time(world.ago(900)),
  });
  const web = (one: WorldRepository) =>
    `${base()}/${encodeURIComponent(one.namespace)}/_git/${encodeURIComponent(one.slug)}`;
  const repositoryBody = (one: WorldRepository) => {
    const user = edition === 'services' ? `${organization}@` : '';
    const parent = world.repositories.find((other) => `${other.namespace}/${other.slug}` === one.forkOf);
    return {
      id: guid('repository', one.id),
      name: one.name,
      url: `${base()}/_apis/git/repositories/${guid('repository', one.id)}`,
      project: projectBody(one.namespace),
      ...(one.empty ? {} : { defaultBranch: `refs/heads/${one.defaultBranch}` }),
      size: one.sizeBytes,
      remoteUrl: web(one).replace('://', `://${user}`),
      sshUrl:
        edition === 'services'
          ? `git@ssh.dev.azure.com:v3/${organization}/${encodeURIComponent(one.namespace)}/${encodeURIComponent(one.slug)}`
          : `ssh://${new URL(believed()).hostname}:22/${organization}/${encodeURIComponent(one.namespace)}/_git/${encodeURIComponent(one.slug)}`,
      webUrl: web(one),
      isDisabled: one.archived,
      isInMaintenance: false,
      ...(parent ? { isFork: true } : {}),
    };
  };
  const commitRef = (one: WorldRepository, oid: string) => ({
    commitId: oid,
    url: `${base()}/_apis/git/repositories/${guid('repository', one.id)}/commits/${oid}`,
  });
  const votes = {
    none: 0,
    approved: 10,
    'approved-with-suggestions': 5,
    waiting: -5,
    'changes-requested': -10,
    commented: 0,
  };
  const stateWords = { open: 'active', merged: 'completed', closed: 'abandoned' };
  const label = (name: string) => ({ id: guid('label', name), name, active: true });
  const pullBody = (pull: WorldPullRequest, facts: PullFacts, inList: boolean) => {
    const url = `${base()}/${guid('project', pull.repository.namespace)}/_apis/git/repositories/${guid('repository', pull.repository.id)}/pullRequests/${pull.number}`;
    return {
      repository: inList
        ? {
            id: guid('repository', pull.repository.id),
            name: pull.repository.name,
            url: `${base()}/_apis/git/repositories/${guid('repository', pull.repository.id)}`,
            project: projectBody(pull.repository.namespace),
          }
        : repositoryBody(pull.repository),
      pullRequestId: pull.number,
      codeReviewId: pull.number,
      status: stateWords[pull.state],
      createdBy: userBody(pull.author),
      creationDate: time(pull.createdAt),
      ...(pull.state === 'open' ? {} : { closedDate: time(pull.updatedAt) }),
      title: pull.title,
      // Lists hold the beginning only.
      description: inList ? pull.description.slice(0, 400) : pull.description,
      sourceRefName: `refs/heads/${pull.source}`,
      targetRefName: `refs/heads/${pull.target}`,
      mergeStatus: pull.mergeable ? 'succeeded' : 'conflicts',
      isDraft: pull.draft,
      mergeId: guid('merge', pull.id),
      lastMergeSourceCommit: commitRef(pull.repository, facts.head),
      lastMergeTargetCommit: commitRef(pull.repository, facts.target),
      ...(facts.merge === null ? {} : { lastMergeCommit: commitRef(pull.repository, facts.merge) }),
      reviewers: pull.reviewers.map((one) => ({
        reviewerUrl: `${url}/reviewers/${guid('user', one.user.id)}`,
        vote: votes[one.vote],
        hasDeclined: false,
        ...(one.required ? { isRequired: true } : {}),
        isFlagged: false,
        ...userBody(one.user),
      })),
      ...(pull.labels.length > 0 ? { labels: pull.labels.map(label) } : {}),
      url,
      ...(inList
        ? {}
        : {
            _links: {
              self: { href: url },
              repository: {
                href: `${base()}/_apis/git/repositories/${guid('repository', pull.repository.id)}`,
              },
            },
            artifactId: `vstfs:///Git/PullRequestId/${guid('project', pull.repository.namespace)}%2f${guid('repository', pull.repository.id)}%2f${pull.number}`,
          }),
      supportsIterations: true,
    };
  };

  const list = (value: unknown[], headers?: Record<string, string>) =>
    json({ value, count: value.length }, headers);
  function cut<T>(call: Call, all: T[], standard: number): T[] | Reply {
    const top = whole(call.query, '$top') ?? standard;
    const skip = whole(call.query, '$skip') ?? 0;
    if (Number.isNaN(top) || Number.isNaN(skip) || top < 0 || skip < 0)
      return failure(
        400,
        'A value that is not valid was provided for $top or $skip.',
        'VssPropertyValidationException',
      );
    return all.slice(skip, skip + Math.min(1000, top));
  }

  const routes = new Routes();
  const current = new WeakMap<Call, AzureToken>();
  const sees = (call: Call) => (one: WorldRepository) =>
    world.readable(one, current.get(call)?.login ?? null);
  const get = (
    path: string,
    scopes: string[],
    handler: (call: Call, token: AzureToken) => Reply | Promise<Reply>,
    previews = false,
  ) =>
    routes.get(path, (call) => {
      const token = current.get(call);
      if (!token) return signIn(call);
      const asked =
        call.query.get('api-version') ?? /api-version=([\w.-]+)/.exec(call.headers.accept ?? '')?.[1];
      if (asked !== undefined) {
        if (!/^\d+\.\d+(-preview(\.\d+)?)?$/.test(asked))
          return failure(400, `The api-version '${asked}' is not valid.`, 'VssVersionNotSpecifiedException');
        if (Number.parseFloat(asked) > Number.parseFloat(newest))
          return failure(
            400,
            `The requested REST API version of ${asked} is out of range for this server. The latest REST API version this server supports is ${newest}.`,
            'VssVersionOutOfRangeException',
          );
        if (previews && !asked.includes('-preview'))
          return failure(
            400,
            `The requested version "${asked}" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: "${asked}-preview"`,
            'VssInvalidPreviewVersionException',
          );
      }
      if (scopes.length > 0 && !token.scopes.some((one) => scopes.includes(one)))
        return failure(
          401,
          `TF400813: The user '${guid('user', world.user(token.login).id)}' is not authorized to access this resource.`,
          'UnauthorizedRequestException',
        );
      return handler(call, token);
    });
  const code = ['vso.code', 'vso.code_write'];
  /** The same below the organization and below a project. */
  const both = (
    path: string,
    scopes: string[],
    handler: (call: Call, token: AzureToken) => Reply | Promise<Reply>,
    previews = false,
  ) => {
    get(`/:organization/_apis${path}`, scopes, handler, previews);
    get(
      `/:organization/:project/_apis${path}`,
      scopes,
      (call, token) => {
        const name = projectOf(call);
        return name === null
          ? failure(
              404,
              `TF200016: The following project does not exist: ${call.params['project']}. Verify that the name of the project is correct and that the project exists on the specified Azure DevOps Server.`,
              'ProjectDoesNotExistWithNameException',
            )
          : handler(call, token);
      },
      previews,
    );
  };
  /** Name of the project a route gives by name or id; undefined without one, null for an unknown one. */
  function projectOf(call: Call): string | undefined | null {
    const given = call.params['project'];
    if (given === undefined) return undefined;
    const names = [...new Set(world.repositories.filter(sees(call)).map((one) => one.namespace))];
    return (
      names.find(
        (name) => name.toLowerCase() === given.toLowerCase() || guid('project', name) === given.toLowerCase(),
      ) ?? null
    );
  }
  const among = (call: Call) => {
    const project = projectOf(call);
    return world.repositories
      .filter(sees(call))
      .filter((one) => project === undefined || one.namespace === project);
  };
  const inRepository = (
    rest: string,
    handler: (call: Call, repository: WorldRepository) => Reply | Promise<Reply>,
  ) =>
    both(`/git/repositories/:repository${rest}`, code, (call) => {
      const given = (call.params['repository'] ?? '').toLowerCase();
      const repository = among(call).find(
        (one) =>
          guid('repository', one.id) === given ||
          (call.params['project'] !== undefined && one.name.toLowerCase() === given),
      );
      if (!repository)
        return failure(
          404,
          `TF401019: The Git repository with name or identifier ${call.params['repository']} does not exist or you do not have permissions for the operation you are attempting.`,
          'GitRepositoryNotFoundException',
        );
      return handler(call, repository);
    });
  const lost = () =>
    failure(404, 'TF401180: The requested pull request was not found.', 'GitPullRequestNotFoundException');
  const inPull = (
    rest: string,
    handler: (call: Call, pull: WorldPullRequest, facts: PullFacts) => Reply | Promise<Reply>,
  ) =>
    inRepository(`/pullRequests/:number${rest}`, async (call, repository) => {
      const pull = world
        .pullRequestsOf(repository)
        .find((one) => String(one.number) === call.params['number']);
      return pull ? handler(call, pull, await world.pull(pull)) : lost();
    });

  for (const [area, known] of Object.entries(locations))
    routes.on('OPTIONS', `/:organization/_apis/${area}`, () =>
      list(
        known.map(([id, resourceName, routeTemplate, released]) => ({
          id,
          area,
          resourceName,
          routeTemplate,
          resourceVersion: 1,
          minVersion: '1.0',
          maxVersion: newest,
          releasedVersion: released === '0.0' ? released : newest,
        })),
      ),
    );
  get('/:organization/_apis/connectionData', [], (_call, token) => {
    const user = world.user(token.login);
    const identity = {
      id: guid('user', user.id),
      descriptor: `Microsoft.IdentityModel.Claims.ClaimsIdentity;tenant\\${user.email}`,
      subjectDescriptor: `aad.${user.id}`,
      providerDisplayName: user.name,
      isActive: true,
      properties: { Account: { $type: 'System.String', $value: user.email } },
      resourceVersion: 2,
      metaTypeId: 0,
    };
    return json({
      authenticatedUser: identity,
      authorizedUser: identity,
      instanceId: guid('instance', organization),
      deploymentId: guid('deployment', 1),
      deploymentType: edition === 'services' ? 'hosted' : 'onPremises',
      locationServiceData: {
        serviceOwner: '00000000-0000-0000-0000-000000000000',
        defaultAccessMappingMoniker: 'PublicAccessMapping',
        lastChangeId: 1,
        lastChangeId64: 1,
      },
    });
  });
  get('/:organization/_apis/resourceAreas', [], () =>
    edition === 'services'
      ? list(
          ['4e080c62-fa21-4fbc-8fef-2a10a2b38049', 'fb13a388-40dd-4a04-b530-013a739c72ef'].map((id) => ({
            id,
            name: 'git',
            locationUrl: `${base()}/`,
          })),
        )
      : json({ count: 0, value: null }),
  );
  get('/_apis/profile/profiles/:id', ['vso.profile'], (_call, token) => {
    const user = world.user(token.login);
    return token.organization === '*'
      ? json({
          displayName: user.name,
          publicAlias: guid('user', user.id),
          emailAddress: user.email,
          coreRevision: 1,
          timeStamp: time(world.now),
          id: guid('user', user.id),
          revision: 1,
        })
      : failure(
          401,
          'TF400813: The user is not authorized to access this resource.',
          'UnauthorizedRequestException',
        );
  });
  get('/_apis/accounts', ['vso.profile'], () =>
    list([
      {
        accountId: guid('account', organization),
        accountUri: `${believed()}/`,
        accountName: organization,
        properties: {},
      },
    ]),
  );
  get('/:organization/_apis/projects', ['vso.project', 'vso.profile'], (call) => {
    const names = [...new Set(among(call).map((one) => one.namespace))].sort();
    const start = whole(call.query, 'continuationToken') ?? whole(call.query, '$skip') ?? 0;
    const top = whole(call.query, '$top') ?? 100;
    if (Number.isNaN(start) || Number.isNaN(top))
      return failure(400, 'A value that is not valid was provided.', 'VssPropertyValidationException');
    const left: Record<string, string> =
      names.length > start + top ? { 'x-ms-continuationtoken': String(start + top) } : {};
    return list(names.slice(start, start + top).map(projectBody), left);
  });
  both('/git/repositories', code, (call) => list(among(call).map(repositoryBody)));
  inRepository('', (_call, repository) => json(repositoryBody(repository)));
  inRepository('/refs', async (call, repository) => {
    const { branches } = await world.materialize(repository);
    const filter = `refs/${call.query.get('filter') ?? ''}`;
    return list(
      [...branches]
        .map(([name, objectId]) => ({ name: `refs/heads/${name}`, objectId }))
        .filter((one) => one.name.startsWith(filter)),
    );
  });
  inRepository('/blobs/:sha', async (call, repository) => {
    const bytes = await world.object(repository, call.params['sha'] ?? '');
    if (!bytes)
      return failure(
        404,
        `TF401174: The object ${call.params['sha']} could not be found.`,
        'GitObjectDoesNotExistException',
      );
    if (call.query.get('$format') === 'octetstream' || /octet-stream/.test(call.headers.accept ?? ''))
      return { status: 200, body: bytes, type: 'application/octet-stream' };
    if (call.query.get('$format') === 'text' || /text\/plain/.test(call.headers.accept ?? ''))
      return text(bytes.toString('utf8'));
    return json({ objectId: call.params['sha'], size: bytes.length });
  });
  inRepository('/items', async (call, repository) => {
    const path = call.query.get('path') ?? call.query.get('scopePath') ?? '';
    const version = call.query.get('versionDescriptor.version') ?? repository.defaultBranch;
    if (call.query.get('recursionLevel') === 'oneLevel') {
      const folder = path.replace(/^\//, '');
      const entries = await world.tree(repository, version, folder);
      if (entries)
        return list([
          {
            objectId: '0'.repeat(40),
            gitObjectType: 'tree',
            commitId: version,
            path: `/${folder}`,
            isFolder: true,
          },
          ...entries.map(({ mode, type, oid, name }) => ({
            objectId: oid,
            gitObjectType: type,
            commitId: version,
            path: `/${folder === '' ? '' : `${folder}/`}${name}`,
            ...(type === 'tree' ? { isFolder: true } : {}),
            ...(mode === '120000' ? { isSymLink: true } : {}),
          })),
        ]);
    }
    const content = await world.blob(repository, version, path.replace(/^\//, ''));
    if (content === null)
      return failure(
        404,
        `TF401174: The item '${path}' could not be found in the repository '${repository.name}' at the version specified by '${version}'.`,
        'GitItemNotFoundException',
      );
    if (call.query.get('$format') === 'text' || /text\/plain/.test(call.headers.accept ?? ''))
      return text(content);
    return json({
      gitObjectType: 'blob',
      commitId: version,
      path,
      ...(call.query.get('includeContent') === 'true' ? { content } : {}),
      url: `${base()}/items${path}`,
    });
  });

  async function pulls(call: Call, all: WorldPullRequest[]): Promise<Reply> {
    const criterion = (name: string) => call.query.get(`searchCriteria.${name}`);
    const status = (criterion('status') ?? 'active').toLowerCase();
    const numbers: Record<string, string> = { 1: 'active', 2: 'abandoned', 3: 'completed', 4: 'all' };
    const word = numbers[status] ?? status;
    if (!['notset', 'active', 'abandoned', 'completed', 'all'].includes(word))
      return failure(
        400,
        `The value '${status}' is not valid for searchCriteria.status.`,
        'VssPropertyValidationException',
      );
    const chosen = all
      .filter((one) => word === 'all' || stateWords[one.state] === (word === 'notset' ? 'active' : word))
      .filter(
        (one) => criterion('creatorId') === null || guid('user', one.author.id) === criterion('creatorId'),
      )
      .filter(
        (one) =>
          criterion('reviewerId') === null ||
          one.reviewers.some((other) => guid('user', other.user.id) === criterion('reviewerId')),
      )
      .filter(
        (one) =>
          criterion('repositoryId') === null ||
          guid('repository', one.repository.id) === criterion('repositoryId'),
      )
      .filter(
        (one) =>
          criterion('targetRefName') === null || `refs/heads/${one.target}` === criterion('targetRefName'),
      )
      .filter(
        (one) =>
          criterion('sourceRefName') === null || `refs/heads/${one.source}` === criterion('sourceRefName'),
      )
      .sort((a, b) => b.number - a.number);
    const page = cut(call, chosen, 101);
    return Array.isArray(page)
      ? list(await Promise.all(page.map(async (one) => pullBody(one, await world.pull(one), true))))
      : page;
  }
  both('/git/pullRequests', code, (call) => {
    const repositories = among(call);
    return pulls(
      call,
      world.pullRequests.filter((one) => repositories.includes(one.repository)),
    );
  });
  both('/git/pullRequests/:number', code, async (call) => {
    const pull = world.pullRequests.find(
      (one) => String(one.number) === call.params['number'] && sees(call)(one.repository),
    );
    return pull ? json(pullBody(pull, await world.pull(pull), false)) : lost();
  });
  inRepository('/pullRequests', (call, repository) => pulls(call, world.pullRequestsOf(repository)));
  inPull('', (_call, pull, facts) => json(pullBody(pull, facts, false)));
  inPull('/labels', (_call, pull) => list(pull.labels.map(label)));
  inPull('/reviewers', (_call, pull, facts) => list(pullBody(pull, facts, false).reviewers));
  inPull('/commits', (_call, pull, facts) =>
    list(
      facts.commits.toReversed().map((commit) => {
        const who = {
          name: commit.author.name,
          email: commit.author.email,
          date: new Date(commit.at).toISOString().replace('.000Z', 'Z'),
        };
        return {
          ...commitRef(pull.repository, commit.oid),
          author: who,
          committer: who,
          comment: commit.message,
        };
      }),
    ),
  );
  const iteration = (pull: WorldPullRequest, facts: PullFacts, index: number) => ({
    id: index + 1,
    description: facts.commits[index]?.subject ?? '',
    author: userBody(pull.author),
    createdDate: time(facts.commits[index]?.at ?? pull.createdAt),
    updatedDate: time(facts.commits[index]?.at ?? pull.createdAt),
    sourceRefCommit: { commitId: facts.commits[index]?.oid },
    targetRefCommit: { commitId: facts.target },
    commonRefCommit: { commitId: facts.base },
    hasMoreCommits: false,
    reason: index === 0 ? 'create' : 'push',
  });
  inPull('/iterations', (_call, pull, facts) =>
    list(facts.commits.map((_, index) => iteration(pull, facts, index))),
  );
  inPull('/iterations/:iteration', (call, pull, facts) => {
    const index = Number(call.params['iteration']) - 1;
    return facts.commits[index] ? json(iteration(pull, facts, index)) : lost();
  });
  inPull('/iterations/:iteration/changes', (call, _pull, facts) => {
    if (!facts.commits[Number(call.params['iteration']) - 1])
      return failure(
        404,
        'TF401181: The iteration does not exist.',
        'GitPullRequestIterationNotFoundException',
      );
    const types = { added: 'add', modified: 'edit', deleted: 'delete', renamed: 'rename' };
    const page = cut(call, facts.files, 100);
    if (!Array.isArray(page)) return page;
    const skip = whole(call.query, '$skip') ?? 0;
    const next = skip + page.length;
    return json({
      changeEntries: page.map((file, index) => ({
        changeTrackingId: skip + index + 1,
        changeId: skip + index + 1,
        item: {
          ...(file.status === 'deleted' ? {} : { objectId: file.newOid }),
          ...(file.status === 'added' ? {} : { originalObjectId: file.oldOid }),
          ...(file.status === 'deleted' ? {} : { path: `/${file.path}` }),
        },
        changeType:
          file.status === 'renamed' && file.oldOid !== file.newOid ? 'edit, rename' : types[file.status],
        ...(file.status === 'renamed' || file.status === 'deleted'
          ? { originalPath: `/${file.previousPath ?? file.path}` }
          : {}),
      })),
      ...(next < facts.files.length
        ? { nextSkip: next, nextTop: Math.min(100, facts.files.length - next) }
        : {}),
    });
  });
  inPull('/threads', async (_call, pull, facts) => {
    const comment = (one: WorldComment, id: number, parent: number) => ({
      id,
      parentCommentId: parent,
      author: userBody(one.author),
      content: one.body,
      publishedDate: time(one.at),
      lastUpdatedDate: time(one.at),
      lastContentUpdatedDate: time(one.at),
      commentType: one.system ? 'system' : 'text',
      usersLiked: [],
    });
    const thread = (id: number, comments: WorldComment[], more: object) => ({
      pullRequestThreadContext: null,
      id,
      publishedDate: time(comments[0]?.at ?? pull.createdAt),
      lastUpdatedDate: time(comments.at(-1)?.at ?? pull.createdAt),
      comments: comments.map((one, index) => comment(one, index + 1, index === 0 ? 0 : 1)),
      threadContext: null,
      properties: {},
      identities: null,
      isDeleted: false,
      ...more,
    });
    const events = pull.reviewers
      .filter((one) => one.vote !== 'none' && one.vote !== 'commented')
      .map((one, index) =>
        thread(
          pull.id * 10 + index,
          [
            {
              id: 0,
              author: one.user,
              body: `${one.user.name} voted ${votes[one.vote]}`,
              at: one.at,
              system: true,
            },
          ],
          {
            properties: { CodeReviewThreadType: { $type: 'System.String', $value: 'VoteUpdate' } },
          },
        ),
      );
    const placed = await Promise.all(
      pull.threads.map(async (one) => {
        const { line } = await world.place(pull, one);
        const [start, end] = [
          { line, offset: 1 },
          { line, offset: one.at.length },
        ];
        return thread(one.id, one.comments, {
          status: one.resolved ? 'fixed' : 'active',
          threadContext:
            one.side === 'old'
              ? {
                  filePath: `/${one.path}`,
                  leftFileStart: start,
                  leftFileEnd: end,
                  rightFileStart: null,
                  rightFileEnd: null,
                }
              : {
                  filePath: `/${one.path}`,
                  leftFileStart: null,
                  leftFileEnd: null,
                  rightFileStart: start,
                  rightFileEnd: end,
                },
          pullRequestThreadContext: {
            iterationContext: {
              firstComparingIteration: 1,
              secondComparingIteration: one.outdated ? 1 : facts.commits.length,
            },
            changeTrackingId: 1 + facts.files.findIndex((file) => file.path === one.path),
          },
        });
      }),
    );
    const talk = pull.comments.map((one) => thread(one.id, [one], { status: 'active' }));
    return list([...events, ...talk, ...placed]);
  });
  inPull('/statuses', (_call, pull) => {
    const states = {
      passed: 'succeeded',
      failed: 'failed',
      pending: 'pending',
      skipped: 'notApplicable',
      neutral: 'notApplicable',
    };
    return list(
      pull.checks
        .filter((check) => check.name !== 'build')
        .map((check) => ({
          id: check.id,
          state: states[check.state],
          description: check.description,
          context: { name: check.name, genre: 'continuous-integration' },
          creationDate: time(check.at),
          updatedDate: time(check.at),
          createdBy: userBody(pull.author),
          targetUrl: check.url,
        })),
    );
  });
  get(
    '/:organization/:project/_apis/policy/evaluations',
    code,
    (call) => {
      const artifact = /^vstfs:\/\/\/CodeReview\/CodeReviewId\/([^/]+)\/(\d+)$/.exec(
        call.query.get('artifactId') ?? '',
      );
      const pull = world.pullRequests.find(
        (one) =>
          String(one.number) === artifact?.[2] &&
          guid('project', one.repository.namespace) === artifact[1] &&
          sees(call)(one.repository),
      );
      if (!pull) return failure(400, 'The artifact id is not valid.', 'PolicyEvaluationArgumentException');
      const states = {
        passed: 'approved',
        failed: 'rejected',
        pending: 'running',
        skipped: 'notApplicable',
        neutral: 'notApplicable',
      };
      const record = (id: number, status: string, name: string, type: string, blocking: boolean) => ({
        configuration: {
          createdBy: userBody(world.user('sam')),
          createdDate: time(world.ago(5000)),
          isEnabled: true,
          isBlocking: blocking,
          isDeleted: false,
          settings: name === '' ? { minimumApproverCount: 1 } : { displayName: name },
          revision: 1,
          id,
          type: { id: guid('policy', type), displayName: type },
        },
        artifactId: artifact?.[0],
        evaluationId: guid('evaluation', `${pull.id} ${id}`),
        startedDate: time(pull.createdAt),
        status,
      });
      const approved = pull.reviewers.some(
        (one) => one.vote === 'approved' || one.vote === 'approved-with-suggestions',
      );
      return list([
        ...pull.checks
          .filter((check) => check.name === 'build')
          .map((check) => record(check.id, states[check.state], check.name, 'Build', true)),
        record(7, approved ? 'approved' : 'queued', '', 'Minimum number of reviewers', true),
      ]);
    },
    true,
  );

  /** On every answer, also on refusals: what makes it known to strangers. */
  const own = () => ({
    'X-TFS-ProcessId': guid('process', 1),
    ActivityId: guid('activity', Math.floor(Date.now())),
    'X-VSS-E2EID': guid('activity', Math.floor(Date.now())),
  });

  /** What a browser without a session is sent to; a program gets it too. */
  function signIn(call: Call): Reply {
    if (edition === 'server')
      return html('401 - Unauthorized: Access is denied due to invalid credentials.', 401, {
        ...own(),
        'WWW-Authenticate': `Bearer, Basic realm="${server.url}", Negotiate, NTLM`,
      });
    if (call.authorization !== undefined) return html('Azure DevOps Services | Sign In', 203, own());
    return call.headers['x-tfs-fedauthredirect'] === 'Suppress'
      ? html('Azure DevOps Services | Sign In', 401, {
          ...own(),
          'WWW-Authenticate': `Bearer authorization_uri=https://login.microsoftonline.com/${guid('tenant', 1)}, Basic realm="${server.url}/", TFS-Federated`,
        })
      : {
          status: 302,
          headers: {
            ...own(),
            Location: `${server.url}/_signin?realm=${encodeURIComponent(server.origin)}`,
          },
          body: '',
        };
  }

  const server = await startHostingServer(
    {
      prefix: options.prefix,
      isApi: (path) => /\/_apis(\/|$)/.test(path),
      described: edition === 'server' ? descriptions.azureServer : descriptions.azureServices,
      async api(call, path) {
        const found = routes.find(call.method, path);
        const token = tokenOf(call.authorization);
        if (token) current.set(call, token);
        // Which organization or collection it is comes before who asks.
        const asked = decodeURIComponent(path.split('/')[1] ?? '').toLowerCase();
        if (found?.params['organization'] !== undefined && asked !== organization.toLowerCase())
          return html('404 - The resource cannot be found', 404, own());
        if (token === null) {
          // Anything but canonical base64 is a broken request, not a wrong token.
          if (!basic(call.authorization) && !scheme(call.authorization, 'bearer'))
            return { status: 401, headers: { 'WWW-Authenticate': 'Bearer' }, body: '' };
          return signIn(call);
        }
        if (!found)
          return failure(
            404,
            'The controller for path was not found or does not implement IController.',
            'HttpException',
            'System.Web.HttpException',
          );
        call.params = found.params;
        const reply = await found.handler(call);
        return {
          ...reply,
          headers: {
            ...own(),
            'X-VSS-UserData': token
              ? `${guid('user', world.user(token.login).id)}:${world.user(token.login).email}`
              : '',
            ...reply.headers,
          },
        };
      },
      page(_call, path) {
        const found = world.users.find(
          (one) => _call.url.search.includes(guid('user', one.id)) || path.endsWith(`msa.${one.id}`),
        );
        return found
          ? avatar(found.id)
          : html('Azure DevOps', path === '/' || path.startsWith('/_signin') ? 200 : 404);
      },
      async gitAccess(key, call) {
        const challenge = { 'WWW-Authenticate': `Basic realm="${server.origin}"` };
        const token = tokenOf(call.authorization);
        if (!token)
          return html(
            'TF400813: Resource not available for anonymous access. Client authentication required.',
            401,
            challenge,
          );
        const parts = key.split('/').map((part) => part.toLowerCase());
        const at = parts.indexOf('_git');
        const name = parts.slice(at + 1).join('/');
        const project = at === 2 ? parts[1] : name;
        const repository = world.repositories.find(
          (one) => one.namespace.toLowerCase() === project && one.name.toLowerCase() === name,
        );
        if (
          parts[0] !== organization.toLowerCase() ||
          at < 1 ||
          !repository ||
          !world.readable(repository, token.login)
        )
          return text(
            `TF401019: The Git repository with name or identifier ${name} does not exist or you do not have permissions for the operation you are attempting.\n`,
            {},
            404,
          );
        if (!token.scopes.some((one) => code.includes(one)))
          return text('TF401027: You need the Git GenericRead permission to perform this action.\n', {}, 403);
        return { directory: (await world.materialize(repository)).directory };
      },
      closed: () => world.close(),
      desk,
    },
    options,
  );
  return Object.assign(server, { world, tokens, organization, desk });
}
