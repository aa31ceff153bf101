import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GitHttpServer, startGitHttpServer } from './git-http-server';
import {
  git,
  largeHistory,
  makeBareRepository,
  makeRepository,
  smallHistory,
  temporaryDirectory,
} from './repositories';

describe('the git stand-in server', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: GitHttpServer;
  const at = (...parts: string[]) => path.join(temporary.path, ...parts);

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    server = await startGitHttpServer({ prefix: '/scm' });
    await makeBareRepository(at('small.git'), smallHistory);
    await makeBareRepository(at('large.git'), largeHistory(400_000));
  });
  afterAll(async () => {
    await server.close();
    await temporary.remove();
  });

  const clone = (url: string, name: string) =>
    git(temporary.path, '-c', 'http.lowSpeedTime=0', 'clone', '--quiet', url, at(name));

  it('serves a repository made by fast-import over protocol v2', async () => {
    const url = server.serve('team/small', { directory: at('small.git') });
    await clone(url, 'open');
    expect(await readFile(at('open', 'src', 'two.txt'), 'utf8')).toBe('two\n');
    expect(server.requests.map((request) => request.stage)).toEqual(['advertise', 'ls-refs', 'fetch']);
    expect(await git(at('open'), 'fsck', '--strict')).toBe('');
  });

  it('demands Basic or Bearer credentials per repository and records what it saw', async () => {
    const url = server.serve('team/private', {
      directory: at('small.git'),
      accepts: [
        { kind: 'basic', username: 'ada', password: 'right' },
        { kind: 'bearer', token: 'token' },
      ],
    });
    await expect(clone(url, 'denied')).rejects.toThrow(/could not read Username/);
    await expect(clone(url.replace('//', '//ada:wrong@'), 'denied')).rejects.toThrow(/Authentication failed/);
    await clone(url.replace('//', '//ada:right@'), 'basic');
    expect(server.requests.at(-1)?.basic).toEqual({ username: 'ada', password: 'right' });
    await git(
      temporary.path,
      '-c',
      'http.extraHeader=Authorization: Bearer token',
      'clone',
      url,
      at('bearer'),
    );
    expect(server.requests.at(-1)?.authorization).toBe('Bearer token');
  });

  it('accepts a push', async () => {
    await makeBareRepository(at('target.git'));
    const url = server.serve('team/target', { directory: at('target.git') });
    await makeRepository(at('source'), smallHistory);
    await git(at('source'), 'push', '--quiet', url, 'main');
    expect(await git(at('target.git'), 'rev-parse', 'main')).toBe(
      await git(at('source'), 'rev-parse', 'main'),
    );
  });

  it.each([60, 1200, 200_000, -20])('cuts an answer at byte %i', async (cutAfter) => {
    const url = server.serve('team/cut', { directory: at('large.git'), fault: { stage: 'fetch', cutAfter } });
    await expect(clone(url, 'cut')).rejects.toThrow(/early EOF|RPC failed|unexpected disconnect/);
    if (cutAfter > 0) expect(server.requests.at(-1)?.sent).toBe(cutAfter);
    await rm(at('cut'), { recursive: true, force: true });
  });

  it('redirects and answers with any status', async () => {
    const url = server.serve('team/moved', {
      directory: at('small.git'),
      fault: { redirect: { status: 302, location: 'http://127.0.0.1:9/elsewhere' } },
    });
    await expect(clone(url, 'moved')).rejects.toThrow(/127\.0\.0\.1:9|127\.0\.0\.1 port 9/);
    const gone = server.serve('team/gone', { directory: at('small.git'), fault: { status: 404 } });
    await expect(clone(gone, 'gone')).rejects.toThrow(/not found/);
    await expect(clone(server.urlOf('team/absent'), 'gone')).rejects.toThrow(/not found/);
  });

  it('stalls at a byte and says so', async () => {
    const url = server.serve('team/stall', {
      directory: at('large.git'),
      fault: { stage: 'fetch', stallAfter: 5000 },
    });
    const outcome = git(
      temporary.path,
      '-c',
      'http.lowSpeedTime=1',
      '-c',
      'http.lowSpeedLimit=1',
      'clone',
      url,
      at('stall'),
    );
    const refused = expect(outcome).rejects.toThrow(/too slow|early EOF/);
    await server.stalled();
    expect(server.requests.at(-1)?.sent).toBe(5000);
    await refused;
  });
});
