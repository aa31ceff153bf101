import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { mapRefs, staleRefs } from '../../electron/git/isomorphic/fetch-map';
import { parseRefspec, sourceOf } from '../../electron/git/isomorphic/refspec';
import { git, gitEnvironment, temporaryDirectory } from '../fakes/repositories';

const oid = (digit: string) => digit.repeat(40);
const remote = (...names: string[]) => ({
  refs: names.map((name) => ({ name, oid: oid('1'), peeled: null, target: null })),
  head: null,
  tellsTargets: true,
});
const setup = (...texts: string[]) => ({
  name: 'origin',
  refspecs: texts.map((text) => parseRefspec(text) ?? expect.fail(text)),
  tags: 'none' as const,
  promised: null,
});

describe('a refspec', () => {
  it('is read or refused as git does', async () => {
    const texts = [
      '+refs/heads/*:refs/remotes/origin/*',
      'refs/heads/main:refs/remotes/origin/main',
      '^refs/heads/secret/*',
      '^refs/heads/secret:refs/x',
      '^',
      'main',
      'main:',
      ':refs/heads/x',
      '@:refs/heads/x',
      'refs/heads/*:refs/remotes/origin/main',
      'refs/heads/main:refs/remotes/origin/*',
      'refs/heads/*',
      'refs/heads/*/*:refs/remotes/*/*',
      'refs/heads/a..b:refs/heads/x',
      'refs/heads/a:refs/heads/../../config',
      'refs/heads/a b',
      'refs/heads/a.lock:refs/heads/x',
      `${oid('1')}:refs/heads/x`,
      `^${oid('1')}`,
      'a:b:c',
    ];
    const place = await temporaryDirectory();
    await git(place.path, 'init', '--quiet', '--template=');
    for (const text of texts) {
      // Without a server git reads the refspec before it finds that there is none.
      const told = await execa('git', ['fetch', '/nowhere/at-all', text], {
        cwd: place.path,
        env: gitEnvironment,
        extendEnv: false,
        reject: false,
      });
      const isRefused = told.stderr.includes('invalid refspec');
      expect([text, parseRefspec(text) === null]).toEqual([text, isRefused]);
    }
    await place.remove();
  });

  it('says where a ref goes, and what it leaves out', () => {
    const listing = remote(
      'refs/heads/main',
      'refs/heads/secret/a',
      'refs/heads/__proto__',
      'refs/pull/1/head',
    );
    const mapped = mapRefs(setup('+refs/heads/*:refs/remotes/o/*', '^refs/heads/secret/*'), listing);
    expect(mapped.map(({ name, to }) => [name, to])).toEqual([
      ['refs/heads/main', 'refs/remotes/o/main'],
      ['refs/heads/__proto__', 'refs/remotes/o/__proto__'],
    ]);
    expect(mapRefs(setup('main:main'), listing)).toMatchObject([{ to: 'refs/heads/main', force: false }]);
    expect(() => mapRefs(setup('refs/heads/gone:refs/x/y'), listing)).toThrow('branch-not-found');
    const twice = setup('refs/heads/*:refs/remotes/o/*', 'refs/pull/*/head:refs/remotes/o/*');
    expect(() => mapRefs(twice, remote('refs/heads/1', 'refs/pull/1/head'))).toThrow('git-failed');
  });

  it('says what of ours is stale, symbolic refs and others’ aside', () => {
    const ours = setup('+refs/heads/*:refs/remotes/o/*');
    const local = ['refs/remotes/o/main', 'refs/remotes/o/gone', 'refs/remotes/other/gone', 'refs/tags/gone'];
    const listed = [
      ...local.map((name) => ({ name, oid: oid('1'), symbolic: null })),
      { name: 'refs/remotes/o/HEAD', oid: oid('1'), symbolic: 'refs/remotes/o/gone' },
    ];
    const mapped = mapRefs(ours, remote('refs/heads/main'));
    expect(staleRefs(ours, mapped, listed).map(({ name }) => name)).toEqual(['refs/remotes/o/gone']);
    const [spec] = ours.refspecs;
    expect(spec && sourceOf(spec, 'refs/remotes/o/a$&')).toBe('refs/heads/a$&');
  });
});
