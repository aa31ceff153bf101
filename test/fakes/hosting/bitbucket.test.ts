import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, temporaryDirectory } from '../repositories';
import { type BitbucketCloudStandIn, bitbucketCloudTokens, startBitbucketCloud } from './bitbucket-cloud';
import { type DataCenterStandIn, dataCenterTokens, startBitbucketDataCenter } from './bitbucket-data-center';

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('the Bitbucket Cloud stand-in', () => {
  let cloud: BitbucketCloudStandIn;
  beforeAll(async () => {
    cloud = await startBitbucketCloud();
  });
  afterAll(() => cloud.close());

  const mira = basic('mira.keller@northwind.example', bitbucketCloudTokens.first);
  const ask = (path: string, authorization: string | null = mira) =>
    fetch(`${cloud.url}/2.0${path}`, { headers: authorization === null ? {} : { authorization } });

  it('takes an API token with the e-mail only, an access token as Bearer only', async () => {
    expect((await (await ask('/user')).json()).nickname).toBe('mira');
    for (const wrong of [
      null,
      `Bearer ${bitbucketCloudTokens.first}`,
      basic('mira', bitbucketCloudTokens.first),
      basic('x', bitbucketCloudTokens.access),
    ])
      expect((await ask('/user', wrong)).status).toBe(401);
    const access = `Bearer ${bitbucketCloudTokens.access}`;
    expect((await ask('/repositories/harbour', access)).status).toBe(200);
    expect((await ask('/user', access)).status).toBe(403);
  });

  it('names the scope that is missing', async () => {
    cloud.tokens.push({ secret: 'weak', kind: 'api', login: 'mira', scopes: ['read:repository:bitbucket'] });
    const answer = await ask('/user', basic('mira.keller@northwind.example', 'weak'));
    expect([answer.status, (await answer.json()).error.detail.required]).toEqual([
      403,
      ['read:user:bitbucket'],
    ]);
  });

  it('lists workspaces and their repositories in pages, and no longer across workspaces', async () => {
    const { values } = await (await ask('/user/workspaces?pagelen=100')).json();
    expect(values.map((one: { workspace: { slug: string } }) => one.workspace.slug)).toEqual(['harbour']);
    const page = await (await ask('/repositories/harbour?role=member&pagelen=5')).json();
    expect([page.values.length, page.next]).toEqual([5, expect.stringContaining('page=2')]);
    expect((await ask('/repositories')).status).toBe(410);
    expect((await ask('/repositories/harbour?pagelen=101')).status).toBe(400);
    expect((await ask('/repositories/harbour/invoices/pullrequests?pagelen=51')).status).toBe(400);
  });

  it('filters pull requests by reviewer and refuses a query it cannot read', async () => {
    const me = (await (await ask('/user')).json()).uuid;
    const q = encodeURIComponent(`(state="OPEN") AND reviewers.uuid="${me}"`);
    const found = await (await ask(`/repositories/harbour/invoices/pullrequests?q=${q}`)).json();
    expect(found.values.map((one: { id: number }) => one.id)).toEqual([15, 14]);
    expect(found.values[0].participants).toBeUndefined();
    expect((await ask('/repositories/harbour/invoices/pullrequests?q=nonsense')).status).toBe(400);
  });

  it('redirects a diff to the comparison of two commits, on its own origin', async () => {
    const answer = await ask('/repositories/harbour/invoices/pullrequests/15/diff?path=pyproject.toml');
    expect(answer.redirected).toBe(true);
    expect(await answer.text()).toMatch(
      /^diff --git a\/pyproject.toml b\/pyproject.toml\n[\s\S]*\n-version = "2.3.0"\n\+version = "2.4.0"\n/,
    );
  });

  it('serves git to the names Bitbucket takes, and to no e-mail address', async () => {
    const directory = await temporaryDirectory();
    const remote = (user: string, secret: string) =>
      `${cloud.url.replace('http://', `http://${encodeURIComponent(user)}:${secret}@`)}/harbour/ledger.git`;
    const list = (user: string, secret: string) =>
      git(directory.path, 'ls-remote', remote(user, secret), 'HEAD');
    expect(await list('x-bitbucket-api-token-auth', bitbucketCloudTokens.first)).toContain('HEAD');
    expect(await list('x-token-auth', bitbucketCloudTokens.access)).toContain('HEAD');
    await expect(list('mira.keller@northwind.example', bitbucketCloudTokens.first)).rejects.toThrow(
      /Authentication failed/,
    );
    await directory.remove();
  });
});

describe('the Bitbucket Data Center stand-in', () => {
  let server: DataCenterStandIn;
  beforeAll(async () => {
    server = await startBitbucketDataCenter({ prefix: '/bitbucket' });
  });
  afterAll(() => server.close());

  const bearer = (token: string) => `Bearer ${token}`;
  const ask = (path: string, authorization: string | null = bearer(dataCenterTokens.first)) =>
    fetch(`${server.url}${path}`, { headers: authorization === null ? {} : { authorization } });
  const repository = '/rest/api/1.0/projects/FIN/repos/invoices';

  it('says who asks, and refuses a project token in Basic', async () => {
    expect(await (await ask('/plugins/servlet/applinks/whoami')).text()).toBe('mira');
    expect((await ask('/rest/api/1.0/projects', basic('mira', dataCenterTokens.first))).status).toBe(200);
    expect((await ask(repository, bearer(dataCenterTokens.project))).status).toBe(200);
    expect((await ask(repository, basic('mira', dataCenterTokens.project))).status).toBe(401);
    const refused = await ask('/rest/api/1.0/repos', bearer('wrong'));
    expect((await refused.json()).errors[0].exceptionName).toContain('IncorrectPassword');
  });

  it('pages with start and limit', async () => {
    const first = await (await ask('/rest/api/1.0/repos?limit=4')).json();
    expect([first.size, first.isLastPage, first.nextPageStart]).toEqual([4, false, 4]);
    const all = await (await ask('/rest/api/latest/repos?limit=5000&archived=ALL')).json();
    expect([all.limit, all.isLastPage]).toEqual([1000, true]);
    expect(
      all.values.map((one: { project: { key: string }; slug: string }) => `${one.project.key}/${one.slug}`),
    ).toContain('~MIRA/notes');
    expect((await ask('/rest/api/1.0/repos?limit=few')).status).toBe(400);
  });

  it('tells a pull request, its lines and its builds', async () => {
    const pull = await (await ask(`${repository}/pull-requests/15`)).json();
    const builds = await (await ask(`/rest/build-status/1.0/commits/${pull.fromRef.latestCommit}`)).json();
    expect(builds.values.map((one: { state: string }) => one.state)).toEqual([
      'SUCCESSFUL',
      'FAILED',
      'INPROGRESS',
    ]);
    const { values } = await (await ask(`${repository}/pull-requests/15/activities?limit=100`)).json();
    const anchors = values.flatMap(
      (one: { commentAnchor?: { line: number; orphaned: boolean; fileType: string } }) =>
        one.commentAnchor
          ? [[one.commentAnchor.line, one.commentAnchor.orphaned, one.commentAnchor.fileType]]
          : [],
    );
    expect(anchors).toEqual([
      [3, false, 'FROM'],
      [10, false, 'TO'],
      [15, true, 'TO'],
    ]);
    const diff = await (await ask(`${repository}/pull-requests/15/diff/pyproject.toml`)).json();
    expect(diff.diffs[0].hunks[0].segments.map((one: { type: string }) => one.type)).toEqual([
      'CONTEXT',
      'REMOVED',
      'ADDED',
      'CONTEXT',
    ]);
  });

  it('serves git below its context path, to a project token as Bearer only', async () => {
    const directory = await temporaryDirectory();
    const url = `${server.url}/scm/fin/invoices.git`;
    const list = (...args: string[]) => git(directory.path, ...args, url, 'HEAD');
    await expect(list('ls-remote')).rejects.toThrow(/could not read Username/);
    expect(
      await list('-c', `http.extraHeader=Authorization: ${bearer(dataCenterTokens.project)}`, 'ls-remote'),
    ).toContain('HEAD');
    await expect(
      list(
        '-c',
        `http.extraHeader=Authorization: ${basic('x-token-auth', dataCenterTokens.project)}`,
        'ls-remote',
      ),
    ).rejects.toThrow();
    await directory.remove();
  });
});
