import { GitApi } from 'azure-devops-node-api/GitApi.js';
import { getPersonalAccessTokenHandler, WebApi } from 'azure-devops-node-api/WebApi.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, temporaryDirectory } from '../repositories';
import { type AzureStandIn, azureTokens, startAzureDevOps } from './azure-devops';

const basic = (token: string) => `Basic ${Buffer.from(`:${token}`).toString('base64')}`;

describe('the Azure DevOps stand-in', () => {
  let azure: AzureStandIn;
  beforeAll(async () => {
    azure = await startAzureDevOps();
  });
  afterAll(() => azure.close());

  const ask = (path: string, token: string | null = azureTokens.first, server = azure) =>
    fetch(`${server.url}/${server.organization}${path}`, {
      redirect: 'manual',
      headers: token === null ? {} : { authorization: basic(token) },
    });
  const pull = '/Fleet/_apis/git/repositories/Fleet/pullRequests/427';

  it('answers a wrong token with a sign-in page that looks like success', async () => {
    const answer = await ask('/_apis/git/repositories?api-version=7.1', 'wrong');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      203,
      expect.stringContaining('text/html'),
    ]);
    expect((await ask('/_apis/connectionData', null)).status).toBe(302);
  });

  it('lists repositories with Code alone, projects only with their scope', async () => {
    const { value } = await (await ask('/_apis/git/repositories?api-version=7.1')).json();
    expect(value.map((one: { name: string }) => one.name)).toContain('Übersetzungen');
    expect(value.map((one: { name: string }) => one.name)).not.toContain('estimates');
    expect((await ask('/_apis/projects?api-version=6.0')).status).toBe(401);
    expect((await ask('/_apis/projects?api-version=6.0', azureTokens.second)).status).toBe(200);
  });

  it('refuses versions it does not know and previews that are not asked for as such', async () => {
    const version = await ask('/_apis/git/repositories?api-version=9.0');
    expect([version.status, (await version.json()).typeKey]).toEqual([400, 'VssVersionOutOfRangeException']);
    expect((await (await ask('/Fleet/_apis/policy/evaluations?api-version=7.1')).json()).typeKey).toBe(
      'VssInvalidPreviewVersionException',
    );
  });

  it('tells a pull request, its iterations, changes and threads', async () => {
    const { value: iterations } = await (await ask(`${pull}/iterations?api-version=7.1`)).json();
    const { changeEntries } = await (
      await ask(`${pull}/iterations/${iterations.length}/changes?$top=1&api-version=7.1`)
    ).json();
    expect(changeEntries).toHaveLength(1);
    const { value: threads } = await (await ask(`${pull}/threads?api-version=7.1`)).json();
    const placed = threads.filter((one: { threadContext: object | null }) => one.threadContext);
    expect(
      placed.map(
        (one: {
          threadContext: { leftFileStart: { line: number } | null; rightFileStart: { line: number } | null };
        }) => [one.threadContext.leftFileStart?.line, one.threadContext.rightFileStart?.line],
      ),
    ).toEqual([
      [undefined, 27],
      [undefined, 26],
      [26, undefined],
    ]);
  });

  it('talks to Microsoft’s own client, which asks for locations first', async () => {
    const handler = getPersonalAccessTokenHandler(azureTokens.first);
    const web = new WebApi(`${azure.url}/${azure.organization}`, handler);
    expect((await web.connect()).authenticatedUser?.providerDisplayName).toBe('Mira Keller');
    const api = new GitApi(`${azure.url}/${azure.organization}`, [handler]);
    const found = await api.getPullRequests('Fleet', { status: 1 }, 'Fleet');
    expect(found.map((one) => one.pullRequestId)).toEqual([431, 427, 425]);
  });

  it('serves git to a token with any user name', async () => {
    const directory = await temporaryDirectory();
    const list = (path: string, user: string, token: string) =>
      git(
        directory.path,
        'ls-remote',
        `${azure.url.replace('http://', `http://${user}:${token}@`)}/${azure.organization}/${path}`,
        'HEAD',
      );
    expect(await list('Customer%20Portal/_git/%C3%9Cbersetzungen', 'oauth2', azureTokens.first)).toContain(
      'HEAD',
    );
    expect(await list('_git/Fleet', 'x', azureTokens.first)).toContain('HEAD');
    await expect(list('Fleet/_git/Fleet', 'x', 'wrong')).rejects.toThrow(/Authentication failed/);
    await expect(list('Keller/_git/estimates', 'x', azureTokens.first)).rejects.toThrow(/not found/i);
    await directory.remove();
  });

  it('stands in for a Server that believes to be localhost, and for one that is too old', async () => {
    const server = await startAzureDevOps({
      edition: 'server',
      prefix: '/tfs',
      publicUrl: 'http://localhost:8080/tfs',
    });
    const { value } = await (await ask('/_apis/projects?api-version=6.0', azureTokens.second, server)).json();
    expect(value[0].url).toMatch(/^http:\/\/localhost:8080\/tfs\/DefaultCollection\//);
    expect((await ask('/_apis/projects', 'wrong', server)).status).toBe(401);
    await server.close();
    const old = await startAzureDevOps({ edition: 'server', newest: '5.1' });
    expect(
      (await (await ask('/_apis/projects?api-version=6.0', azureTokens.second, old)).json()).message,
    ).toContain('supports is 5.1');
    await old.close();
  });
});
