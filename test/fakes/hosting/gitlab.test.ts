import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, temporaryDirectory } from '../repositories';
import { type GitLabStandIn, gitlabTokens, startGitLab } from './gitlab';

describe('the GitLab stand-in', () => {
  let lab: GitLabStandIn;
  beforeAll(async () => {
    lab = await startGitLab({ prefix: '/gitlab' });
  });
  afterAll(() => lab.close());

  const ask = (path: string, token: string | null = gitlabTokens.first) =>
    fetch(`${lab.url}/api/v4${path}`, { headers: token === null ? {} : { 'private-token': token } });
  const project = '/projects/platform%2Ftideline';

  it('refuses a missing, a wrong, an expired and a too weak token', async () => {
    for (const token of [null, 'glpat-wrong']) {
      const answer = await ask('/user', token);
      expect([answer.status, await answer.json()]).toEqual([401, { message: '401 Unauthorized' }]);
    }
    const weak = {
      secret: 'glpat-weak',
      login: 'mira',
      name: 'weak',
      scopes: ['read_repository'],
      expires: '2027-01-01',
    };
    lab.tokens.push(weak, { ...weak, secret: 'glpat-old', refused: 'expired' });
    const scope = await ask('/projects', 'glpat-weak');
    expect([scope.status, (await scope.json()).error]).toEqual([403, 'insufficient_scope']);
    expect((await (await ask('/user', 'glpat-old')).json()).error).toBe('invalid_token');
    expect((await (await ask('/personal_access_tokens/self', 'glpat-weak')).json()).scopes).toEqual([
      'read_repository',
    ]);
  });

  it('pages by offset with its headers, by key with a link, and not with nonsense', async () => {
    const first = await ask('/projects?membership=true&per_page=5');
    expect(first.headers.get('x-next-page')).toBe('2');
    expect(Number(first.headers.get('x-total'))).toBeGreaterThan(10);
    expect((await ask('/projects?per_page=many')).status).toBe(400);
    expect((await ask('/projects?per_page=0')).status).toBe(400);
    const paths: string[] = [];
    let next: string | undefined =
      `${lab.url}/api/v4/projects?membership=true&pagination=keyset&order_by=id&per_page=4`;
    while (next !== undefined) {
      const answer: Response = await fetch(next, {
        headers: { authorization: `Bearer ${gitlabTokens.first}` },
      });
      paths.push(
        ...(await answer.json()).map((one: { path_with_namespace: string }) => one.path_with_namespace),
      );
      next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toContain('platform/observability/exporters/postgres-exporter');
    expect(paths).not.toContain('keller/contracts');
  });

  it('has real commits, diffs and lines behind a merge request', async () => {
    const merge = await (await ask(`${project}/merge_requests/21`)).json();
    expect(merge.detailed_merge_status).toBe('mergeable');
    expect(merge.head_pipeline.status).toBe('failed');
    const diffs = await (await ask(`${project}/merge_requests/21/diffs`)).json();
    expect(diffs.map((one: { new_path: string; new_file: boolean }) => [one.new_path, one.new_file])).toEqual(
      [
        ['internal/ship/ship.go', false],
        ['internal/spool/spool.go', true],
        ['internal/spool/spool_test.go', true],
      ],
    );
    const discussions = await (await ask(`${project}/merge_requests/21/discussions`)).json();
    const notes = discussions.flatMap((one: { notes: { type: string | null }[] }) => one.notes);
    const placed = notes.filter((one: { type: string | null }) => one.type === 'DiffNote');
    expect(
      placed.map((one: { position: { old_line: number | null; new_line: number | null } }) => [
        one.position.old_line,
        one.position.new_line,
      ]),
    ).toEqual([
      [null, 25],
      [null, 25],
      [null, 24],
      [11, null],
    ]);
    expect(placed[0].position.head_sha).not.toBe(merge.diff_refs.head_sha);
    expect((await (await ask(`${project}/merge_requests/99`)).json()).message).toBe('404 Not found');
  });

  it('lists what waits for a review over all projects', async () => {
    const found = await (await ask('/merge_requests?scope=all&state=opened&reviewer_username=mira')).json();
    expect(found.map((one: { iid: number }) => one.iid)).toEqual([21, 19]);
    expect((await ask('/merge_requests?state=open')).status).toBe(400);
  });

  it('serves git below its path to tokens that may read', async () => {
    const directory = await temporaryDirectory();
    const url = `${lab.url}/platform/observability/alert-rules.git`;
    await expect(git(directory.path, 'ls-remote', url)).rejects.toThrow(/could not read Username/);
    const asked = (token: string) => url.replace('http://', `http://anything:${token}@`);
    await expect(git(directory.path, 'ls-remote', asked('glpat-wrong'))).rejects.toThrow(
      /Authentication failed/,
    );
    await expect(git(directory.path, 'ls-remote', asked(gitlabTokens.second))).rejects.toThrow(
      /not found|could not be found/i,
    );
    expect(await git(directory.path, 'ls-remote', asked(gitlabTokens.first), 'HEAD')).toMatch(
      /^[0-9a-f]{40}\tHEAD$/,
    );
    await directory.remove();
  });
});
