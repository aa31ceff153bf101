import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  parseConfig,
  withoutSection,
  withoutValues,
  withSectionRenamed,
  withValue,
} from '../../electron/git/isomorphic/config-text';
import { readReflog } from '../../electron/git/isomorphic/reflog';
import { openRefFiles } from '../../electron/git/isomorphic/refs-files';
import { changeRefs, type RefChange, setHead } from '../../electron/git/isomorphic/refs-transaction';
import { readRepositoryConfig, refLogging } from '../../electron/git/isomorphic/repository-config';
import { type AppError, AppFailure } from '../../shared/errors';
import { git, makeRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';

function failureOf(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppFailure) return error.error;
    throw error;
  }
  throw new Error('it succeeded');
}

describe('refs as files', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let directory: string;
  let gitdir: string;
  let main: string;
  let side: string;
  let count = 0;
  beforeAll(async () => {
    temporary = await temporaryDirectory();
  });
  afterAll(() => temporary.remove());
  beforeEach(async () => {
    directory = path.join(temporary.path, `repository-${(count += 1)}`);
    await makeRepository(directory, smallHistory);
    gitdir = path.join(directory, '.git');
    main = await git(directory, 'rev-parse', 'main');
    side = await git(directory, 'rev-parse', 'feature/side');
  });
  const change = (changes: RefChange[], message = 'test: change') =>
    changeRefs(openRefFiles(gitdir), changes, refLogging(readRepositoryConfig(gitdir), message));

  it('lists what git lists, packed, loose and symbolic, and leaves broken ones out', async () => {
    await git(directory, 'pack-refs', '--all');
    await git(directory, 'branch', 'loose');
    await git(directory, 'tag', '-a', '-m', 'note', 'noted');
    await git(directory, 'branch', '-f', 'feature/side', 'main');
    await git(directory, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/heads/main');
    writeFileSync(path.join(gitdir, 'refs/heads/broken'), 'nonsense\n');
    const theirs = await git(directory, 'for-each-ref', '--format=%(refname) %(objectname) %(symref)');
    const ours = openRefFiles(gitdir).list('refs/');
    expect(ours.map(({ name, oid, symbolic }) => `${name} ${oid} ${symbolic ?? ''}`)).toEqual(
      theirs.split('\n'),
    );
    expect(
      openRefFiles(gitdir)
        .list('refs/heads/fea')
        .map(({ name }) => name),
    ).toEqual(['refs/heads/feature/side']);
    expect(openRefFiles(gitdir).resolve('HEAD')).toEqual({ name: 'refs/heads/main', oid: main });
  });

  it('changes several refs with their reflogs as git reads them, HEAD through its branch', async () => {
    change([
      { name: 'HEAD', to: side, from: main },
      { name: 'refs/heads/new', to: main, from: null },
    ]);
    expect(await git(directory, 'rev-parse', 'main', 'new')).toBe(`${side}\n${main}`);
    expect(readReflog(gitdir, 'HEAD').at(-1)).toMatchObject({
      from: main,
      to: side,
      message: 'test: change',
    });
    expect(await git(directory, 'reflog', '-1', '--format=%H %gs', 'main')).toBe(`${side} test: change`);
    expect(await git(directory, 'reflog', '-1', '--format=%H %gs', 'new')).toBe(`${main} test: change`);
  });

  it('changes nothing where one of them moved, is taken, or is locked', async () => {
    const before = await git(directory, 'for-each-ref');
    const other: RefChange = { name: 'refs/heads/other', to: main, from: null };
    expect(failureOf(() => change([other, { name: 'refs/heads/main', to: side, from: side }])).kind).toBe(
      'repository-busy',
    );
    expect(failureOf(() => change([other, { name: 'refs/heads/main', to: side, from: null }]))).toEqual({
      kind: 'already-exists',
      name: 'main',
    });
    const lock = path.join(gitdir, 'refs/heads/main.lock');
    writeFileSync(lock, '');
    expect(failureOf(() => change([other, { name: 'refs/heads/main', to: side }]))).toEqual({
      kind: 'repository-busy',
      path: lock,
    });
    expect(readFileSync(lock, 'utf8')).toBe('');
    expect(await git(directory, 'for-each-ref')).toBe(before);
  });

  it('refuses a name that is a folder of names or lies in one, loose and packed', async () => {
    for (const packed of [false, true]) {
      if (packed) await git(directory, 'pack-refs', '--all');
      expect(failureOf(() => change([{ name: 'refs/heads/feature', to: main, from: null }]))).toEqual({
        kind: 'already-exists',
        name: 'feature/side',
      });
      expect(failureOf(() => change([{ name: 'refs/heads/main/x', to: main, from: null }]))).toEqual({
        kind: 'already-exists',
        name: 'main',
      });
      expect(failureOf(() => change([{ name: 'refs/heads/../../x', to: main, from: null }])).kind).not.toBe(
        'internal',
      );
    }
    change([{ name: 'refs/heads/feature/side', to: null, from: side }]);
    mkdirSync(path.join(gitdir, 'refs/heads/feature/empty'), { recursive: true });
    change([{ name: 'refs/heads/feature', to: main, from: null }]);
    expect(await git(directory, 'rev-parse', 'feature')).toBe(main);
  });

  it('removes loose and packed refs with their reflogs, and keeps the others peeled', async () => {
    await git(directory, 'tag', '-a', '-m', 'note', 'noted');
    await git(directory, 'pack-refs', '--all');
    await git(directory, 'branch', '-f', 'feature/side', 'main');
    change([
      { name: 'refs/heads/feature/side', to: null },
      { name: 'refs/tags/v1.0', to: null },
    ]);
    expect((await git(directory, 'for-each-ref', '--format=%(refname)')).split('\n')).toEqual([
      'refs/heads/main',
      'refs/tags/noted',
    ]);
    expect(openRefFiles(gitdir).packed().get('refs/tags/noted')?.peeled).toBe(main);
    expect(readReflog(gitdir, 'refs/heads/feature/side')).toEqual([]);
    expect(await git(directory, 'fsck', '--strict')).toBe('');
  });

  it('moves HEAD between branches and to a commit', async () => {
    const logging = refLogging(readRepositoryConfig(gitdir), 'checkout: moving from main to feature/side');
    setHead(openRefFiles(gitdir), { kind: 'branch', ref: 'refs/heads/feature/side', to: side }, logging);
    expect(await git(directory, 'symbolic-ref', 'HEAD')).toBe('refs/heads/feature/side');
    expect(await git(directory, 'rev-parse', '@{-1}')).toBe(main);
    setHead(openRefFiles(gitdir), { kind: 'detached', to: main }, logging);
    expect(await git(directory, 'rev-parse', 'HEAD', 'feature/side')).toBe(`${main}\n${side}`);
  });

  it('reads and edits a configuration as git does', async () => {
    const file = path.join(gitdir, 'config');
    const text =
      '[core]\n\tbare = false ; no\n[Branch "a\\"b"] remote = "o\\trig in" # x\n\tmerge = one\\\n two\n[s.Ub]\n\tflag\n';
    writeFileSync(file, text);
    const listed = (await git(directory, 'config', '--local', '--list', '-z'))
      .split('\0')
      .filter((line) => line !== '');
    const parsed = parseConfig(text);
    if (!parsed) throw new Error('it was not read');
    expect(
      parsed.entries.map(({ section, subsection, key, value }) => {
        const name = [section, subsection, key].filter((part) => part !== null).join('.');
        return value === null ? name : `${name}\n${value}`;
      }),
    ).toEqual(listed);
    const edits: [string, string[]][] = [
      [
        withValue(text, parsed, { section: 'core', subsection: null, key: 'x' }, ' a;b "c" '),
        ['core.x', ' a;b "c" '],
      ],
      [
        withValue(text, parsed, { section: 'branch', subsection: 'a"b', key: 'remote' }, 'up'),
        ['branch.a"b.remote', 'up'],
      ],
      [
        withValue(text, parsed, { section: 'branch', subsection: 'n"w', key: 'remote' }, 'up'),
        ['branch.n"w.remote', 'up'],
      ],
      [withSectionRenamed(text, parsed, 'branch', 'a"b', 'c'), ['branch.c.remote', 'o\trig in']],
    ];
    for (const [edited, [key = '', value]] of edits) {
      writeFileSync(file, edited);
      expect(await git(directory, 'config', '--local', key)).toBe(value);
      expect(await git(directory, 'config', '--local', 'core.bare')).toBe('false');
    }
    expect(withoutSection(text, parsed, 'branch', 'a"b')).toBe(
      '[core]\n\tbare = false ; no\n[s.Ub]\n\tflag\n',
    );
    expect(withoutValues(text, parsed, ({ key }) => key === 'flag')).toBe(
      text.slice(0, text.indexOf('[s.Ub]')),
    );
    expect(parseConfig('[core\n')).toBeNull();
    expect(parseConfig('key = 1\n')).toBeNull();
  });
});
