import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathFromBytes, pathToBytes } from '../../electron/git/path-bytes';
import type {
  BlameRange,
  Comparison,
  DiffRequest,
  FileDiff,
  Sides,
} from '../../electron/git/operations/comparison';
import {
  git,
  makeRepository,
  type RepositorySpec,
  smallHistory,
  temporaryDirectory,
} from '../fakes/repositories';
import {
  type AreaFactory,
  expectAlike,
  failureOf,
  oracle,
  put,
  running,
  setIdentity,
  titleOf,
  withoutOwnConfiguration,
} from './twins';
import { oddNames } from './working-tree.suite';

const numbered = (from: number, to: number, word = 'line') =>
  Array.from({ length: to - from + 1 }, (_, index) => `${word} ${from + index}\n`).join('');

/** Files of every kind, to be changed in every way. */
const mixed: RepositorySpec = {
  commits: [
    {
      message: 'Start',
      files: {
        'text.txt': numbered(1, 40),
        'moved.txt': numbered(1, 30, 'moving'),
        'copied.txt': numbered(1, 30, 'copied'),
        'deleted.txt': 'gone\n',
        'mode.sh': 'echo\n',
        'link.txt': 'becomes a link\n',
        'no-end.txt': 'one\ntwo',
        'crlf.txt': 'one\r\ntwo\r\nthree\r\n',
        'empty.txt': '',
        'latin.txt': Buffer.from('J\xf6rg\nand\n', 'latin1'),
        'binary.bin': Buffer.from([0, 1, 2, 3, 0, 255]),
        'function.c': `int main()\n{\n${numbered(1, 12, '\tcall')}}\n`,
        'dashes.txt': '-- a\n++ b\n@@ c\ndiff --git a/x b/x\n',
      },
    },
  ],
};

/** Reading what changed, with git as the oracle. */
export function comparisonSuite(factory: AreaFactory<Comparison>): void {
  describe(titleOf(factory, 'comparison'), () => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let engine: Comparison;
    let made: Awaited<ReturnType<typeof factory.create>>;
    let restore: () => void;
    let count = 0;
    const at = (name: string) => path.join(temporary.path, name);

    beforeAll(async () => {
      temporary = await temporaryDirectory();
      restore = withoutOwnConfiguration(temporary.path);
      made = await factory.create(at('engine'));
      engine = made.engine;
    });
    afterAll(async () => {
      await made.close();
      restore();
      await temporary.remove();
    });

    async function repository(spec: RepositorySpec): Promise<string> {
      const directory = await makeRepository(at(`work-${(count += 1)}`), spec);
      await setIdentity(directory);
      return directory;
    }
    async function changed(): Promise<string> {
      const directory = await repository(mixed);
      await put(
        directory,
        'text.txt',
        `first\n${numbered(1, 10)}${numbered(12, 30)}in between\n${numbered(31, 40)}`,
      );
      await git(directory, 'mv', 'moved.txt', 'moved-on.txt');
      await put(directory, 'moved-on.txt', numbered(1, 29, 'moving'));
      await rm(path.join(directory, 'deleted.txt'));
      await chmod(path.join(directory, 'mode.sh'), 0o755);
      await rm(path.join(directory, 'link.txt'));
      await symlink('text.txt', path.join(directory, 'link.txt'));
      await put(directory, 'no-end.txt', 'one\ntwo\nthree');
      await put(directory, 'crlf.txt', 'one\r\ntwo\nthree\r\n');
      await put(directory, 'empty.txt', 'no more\n');
      await put(directory, 'latin.txt', Buffer.from('J\xf6rg\n\xe4nd\n', 'latin1'));
      await put(directory, 'binary.bin', Buffer.from([0, 1, 2, 4, 0, 255, 7]));
      await put(directory, 'function.c', `int main()\n{\n${numbered(1, 11, '\tcall')}\tother\n}\n`);
      await put(directory, 'dashes.txt', '-- a\n--- a\n+++ b\n@@ -1 +1 @@\n');
      await put(directory, 'new-binary.bin', Buffer.alloc(9));
      await put(directory, 'new empty.txt', '');
      return directory;
    }

    async function diffOf(
      directory: string,
      sides: Sides,
      more: Partial<DiffRequest> = {},
    ): Promise<FileDiff[]> {
      const files: FileDiff[] = [];
      await engine.diff(
        {
          directory,
          sides,
          paths: null,
          renames: true,
          context: 3,
          maximumBytes: 1_000_000,
          file: (file) => files.push(file),
          ...more,
        },
        running(),
      );
      return files;
    }

    /** git's own list, a line a file: status, modes and paths. */
    async function gitList(directory: string, args: string[]): Promise<string[]> {
      const { stdout } = await oracle(directory, ['diff', '--raw', '-z', '--no-abbrev', ...args]);
      const parts: string[] = [];
      for (let from = 0, end = stdout.indexOf(0); end >= 0; from = end + 1, end = stdout.indexOf(0, from))
        parts.push(pathFromBytes(stdout.subarray(from, end)));
      const lines: string[] = [];
      while (parts.length > 0) {
        const [fromMode, toMode, , , status = ''] = (parts.shift() ?? '').slice(1).split(' ');
        const first = parts.shift() ?? '';
        const second = /^[RC]/.test(status) ? (parts.shift() ?? '') : first;
        lines.push(`${status} ${fromMode} ${toMode} ${first} ${second}`);
      }
      return lines;
    }
    const letters: Record<FileDiff['status'], string> = {
      added: 'A',
      deleted: 'D',
      modified: 'M',
      renamed: 'R',
      copied: 'C',
      'type-changed': 'T',
      conflict: 'U',
    };
    const listed = (files: FileDiff[]) =>
      files.map((file) => {
        const similarity = file.similarity === null ? '' : String(file.similarity).padStart(3, '0');
        const from = file.from ?? file.to ?? '';
        return `${letters[file.status]}${similarity} ${file.fromMode ?? '000000'} ${file.toMode ?? '000000'} ${from} ${file.to ?? from}`;
      });

    /** The hunks of one file as git writes them, what it says about functions left out. */
    async function gitHunks(directory: string, args: string[], file: FileDiff): Promise<string> {
      const paths = [file.from, file.to]
        .filter((one) => one !== null)
        .map((one) => Buffer.from(pathToBytes(one)));
      const specs = paths.map((one) => `:(literal)${one.toString('utf8')}`);
      const { stdout } = await oracle(directory, ['diff', '--patch', ...args, '--', ...specs]);
      return stdout
        .toString('utf8')
        .split(/^(?=diff --git )/m)
        .map((section) => section.slice(section.search(/^@@/m)))
        .filter((section) => section.startsWith('@@'))
        .join('')
        .replaceAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@.*\n/gm, (_all, a, b = '1', c, d = '1') => {
          return `@@ -${a},${b} +${c},${d} @@\n`;
        });
    }
    const marks = { context: ' ', added: '+', removed: '-' } as const;
    const written = (file: FileDiff) =>
      file.content.kind !== 'text'
        ? ''
        : file.content.hunks
            .map(
              (hunk) =>
                `@@ -${hunk.fromStart},${hunk.fromLines} +${hunk.toStart},${hunk.toLines} @@\n${hunk.lines
                  .map(
                    (line) =>
                      `${marks[line.kind]}${line.text}\n${line.noNewline ? '\\ No newline at end of file\n' : ''}`,
                  )
                  .join('')}`,
            )
            .join('');

    async function expectDiff(
      directory: string,
      sides: Sides,
      args: string[],
      more: Partial<DiffRequest> = {},
    ): Promise<FileDiff[]> {
      const files = await diffOf(directory, sides, more);
      const list = args.filter((arg) => !arg.startsWith('--unified'));
      expect(listed(files)).toEqual(await gitList(directory, list));
      for (const file of files)
        if (file.content.kind === 'text')
          expect(`${file.to ?? file.from}\n${written(file)}`).toBe(
            `${file.to ?? file.from}\n${await gitHunks(directory, args, file)}`,
          );
      return files;
    }
    const contentOf = (files: FileDiff[], name: string) =>
      files.find((file) => (file.to ?? file.from) === name)?.content;

    describe('diff', () => {
      it('shows working tree, index and both against HEAD as git does', async () => {
        const directory = await changed();
        const files = await expectDiff(directory, { kind: 'working-tree' }, ['--find-renames']);
        expect(contentOf(files, 'binary.bin')).toEqual({ kind: 'binary', fromBytes: 6, toBytes: 7 });
        await expectDiff(directory, { kind: 'index' }, ['--find-renames', '--cached']);
        const both = await expectDiff(directory, { kind: 'head' }, ['--find-renames', 'HEAD']);
        expect(both.find((file) => file.to === 'moved-on.txt')).toMatchObject({
          from: 'moved.txt',
          status: 'renamed',
        });
        await git(directory, 'add', '--all');
        const staged = await expectDiff(directory, { kind: 'index' }, ['--find-renames', '--cached']);
        expect(contentOf(staged, 'new-binary.bin')).toEqual({ kind: 'binary', fromBytes: null, toBytes: 9 });
        expect(contentOf(staged, 'new empty.txt')).toEqual({ kind: 'text', hunks: [] });
        expect(contentOf(staged, 'mode.sh')).toEqual({ kind: 'text', hunks: [] });
        const unnamed = await expectDiff(directory, { kind: 'index' }, ['--no-renames', '--cached'], {
          renames: false,
        });
        expect(unnamed.map((file) => file.status)).not.toContain('renamed');
        expect(await diffOf(directory, { kind: 'working-tree' })).toEqual([]);
      });

      it('shows as many lines around a change as asked for', async () => {
        const directory = await changed();
        for (const context of [0, 1, 100])
          await expectDiff(directory, { kind: 'working-tree' }, ['--find-renames', `--unified=${context}`], {
            context,
          });
      });

      it('keeps hostile and odd names, and finds those asked for alone', async () => {
        const directory = await repository({});
        await mkdir(path.join(directory, 'deep/-er'), { recursive: true });
        for (const name of oddNames) await put(directory, name, 'one\n');
        await put(directory, 'xyz', 'one\n');
        await git(directory, 'add', '.');
        await git(directory, 'commit', '--quiet', '-m', 'Odd names');
        for (const name of oddNames) await put(directory, name, 'one\ntwo\n');
        await put(directory, 'xyz', 'two\n');
        const files = await diffOf(directory, { kind: 'working-tree' });
        expect(listed(files)).toEqual(await gitList(directory, []));
        for (const file of files)
          expect(written(file)).toBe(
            file.to === 'xyz' ? '@@ -1,1 +1,1 @@\n-one\n+two\n' : '@@ -1,1 +1,2 @@\n one\n+two\n',
          );
        for (const name of oddNames.map((bytes) => pathFromBytes(bytes)))
          expect(
            (await diffOf(directory, { kind: 'working-tree' }, { paths: [name] })).map((file) => file.to),
          ).toEqual([name]);
        const some = ['xyz', '*', '-rf'];
        expect(
          (await diffOf(directory, { kind: 'working-tree' }, { paths: some })).map((file) => file.to),
        ).toEqual(['*', '-rf', 'xyz']);
        expect(
          (await diffOf(directory, { kind: 'working-tree' }, { paths: ['deep'] })).map((file) => file.to),
        ).toEqual(['deep/-er/*.txt']);
        expect(await diffOf(directory, { kind: 'working-tree' }, { paths: [] })).toEqual([]);
        expect(await diffOf(directory, { kind: 'working-tree' }, { paths: ['absent'] })).toEqual([]);
        for (const bad of ['', '..', '/etc/passwd'])
          expect((await failureOf(diffOf(directory, { kind: 'working-tree' }, { paths: [bad] }))).kind).toBe(
            'invalid-input',
          );
      });

      it('compares commits, a first one with nothing, and merges with their first parent', async () => {
        const directory = await repository({
          commits: [
            ...(smallHistory.commits ?? []),
            { message: 'One', branch: 'one', from: 'main', files: { 'one.txt': 'one\n' } },
            { message: 'Two', branch: 'two', from: 'main', files: { 'two.txt': 'two\n' } },
          ],
        });
        await git(directory, 'merge', '--quiet', '-m', 'An octopus', 'one', 'two');
        const oid = await git(directory, 'rev-parse', 'HEAD');
        expect((await git(directory, 'log', '-1', '--format=%P')).split(' ').length).toBeGreaterThan(1);
        await expectDiff(directory, { kind: 'commit', oid }, [`${oid}^1`, oid]);
        await expectDiff(directory, { kind: 'commits', from: 'one', to: 'two' }, ['one', 'two']);
        await expectDiff(directory, { kind: 'commits', from: 'two', to: 'main~3' }, ['two', 'main~3']);
        const root = await git(directory, 'rev-list', '--max-parents=0', 'main');
        const empty = (await oracle(directory, ['hash-object', '-t', 'tree', '--stdin'])).stdout
          .toString()
          .trim();
        const first = await expectDiff(directory, { kind: 'commit', oid: root }, [empty, root]);
        expect(first.every((file) => file.status === 'added' && file.from === null)).toBe(true);
        for (const name of ['absent', '--output=x', 'f'.repeat(40)])
          expect(await failureOf(diffOf(directory, { kind: 'commits', from: 'main', to: name }))).toEqual({
            kind: 'revision-not-found',
            name,
          });
      });

      it('shows what is staged before the first commit', async () => {
        const directory = await repository({});
        await put(directory, 'one.txt', 'one\n');
        await git(directory, 'add', '.');
        for (const kind of ['index', 'head'] as const)
          expect(await diffOf(directory, { kind })).toMatchObject([
            { from: null, to: 'one.txt', status: 'added', toMode: '100644' },
          ]);
      });

      it('tells submodules by their commits', async () => {
        const inner = await repository(smallHistory);
        const directory = await repository(mixed);
        await git(directory, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
        const to = await git(inner, 'rev-parse', 'HEAD');
        expect(contentOf(await diffOf(directory, { kind: 'index' }), 'sub')).toEqual({
          kind: 'submodule',
          fromOid: null,
          toOid: to,
        });
        await git(directory, 'commit', '--quiet', '-m', 'Add a submodule');
        await git(path.join(directory, 'sub'), 'checkout', '--quiet', 'HEAD~1');
        const before = await git(inner, 'rev-parse', 'HEAD~1');
        const [only, ...more] = await diffOf(directory, { kind: 'working-tree' });
        expect(more).toEqual([]);
        expect(only).toMatchObject({
          from: 'sub',
          to: 'sub',
          fromMode: '160000',
          toMode: '160000',
          content: { kind: 'submodule', fromOid: to, toOid: before },
        });
      });

      it('shows conflicts as ours against the file as it stands', async () => {
        const directory = await repository({
          commits: [
            { message: 'Start', files: { 'both.txt': 'base\n', 'gone.txt': 'base\n', 'plain.txt': 'x\n' } },
            {
              message: 'Theirs',
              branch: 'theirs',
              from: 'main',
              files: { 'both.txt': 'theirs\n', 'gone.txt': 'theirs\n' },
            },
            { message: 'Ours', files: { 'both.txt': 'ours\n', 'gone.txt': null } },
          ],
        });
        await oracle(directory, ['merge', 'theirs']);
        await put(directory, 'plain.txt', 'y\n');
        const files = await diffOf(directory, { kind: 'working-tree' });
        expect(files.map((file) => `${file.status} ${file.to}`)).toEqual([
          'conflict both.txt',
          'conflict gone.txt',
          'modified plain.txt',
        ]);
        expect(files[0] && written(files[0])).toBe(
          '@@ -1,1 +1,5 @@\n+<<<<<<< HEAD\n ours\n+=======\n+theirs\n+>>>>>>> theirs\n',
        );
        expect(contentOf(files, 'gone.txt')).toEqual({ kind: 'text', hunks: [] });
        expect(
          (await diffOf(directory, { kind: 'index' })).map((file) => `${file.status} ${file.to}`),
        ).toEqual(['conflict both.txt', 'conflict gone.txt']);
      });

      it('leaves out what is more than asked for, whatever comes behind it', async () => {
        const directory = await repository(mixed);
        await put(directory, 'text.txt', numbered(1, 3000, 'another'));
        await put(directory, 'crlf.txt', 'x'.repeat(300_000));
        await put(directory, 'no-end.txt', 'one\nthree');
        const files = await diffOf(directory, { kind: 'working-tree' }, { maximumBytes: 2000 });
        expect(listed(files)).toEqual(await gitList(directory, []));
        expect(contentOf(files, 'text.txt')).toEqual({ kind: 'too-large' });
        expect(contentOf(files, 'crlf.txt')).toEqual({ kind: 'too-large' });
        expect(contentOf(files, 'no-end.txt')).toMatchObject({ kind: 'text' });
        await expectDiff(directory, { kind: 'working-tree' }, []);
      });

      it('runs nothing that attributes name, and changes nothing', async () => {
        const directory = await changed();
        const mark = at(`mark-${count}`);
        for (const key of ['diff.mine.command', 'diff.mine.textconv', 'diff.external'])
          await git(directory, 'config', key, `touch ${mark};:`);
        await put(directory, '.gitattributes', '*.txt diff=mine\n');
        const before = await oracle(directory, ['ls-files', '--stage', '--debug']);
        await diffOf(directory, { kind: 'working-tree' });
        expect(await oracle(directory, ['ls-files', '--stage', '--debug'])).toEqual(before);
        await expect(import('node:fs/promises').then((fs) => fs.access(mark))).rejects.toThrow('ENOENT');
      });

      it('stops when it is told to', async () => {
        const directory = await changed();
        const controller = new AbortController();
        controller.abort();
        const request: DiffRequest = {
          directory,
          sides: { kind: 'working-tree' },
          paths: null,
          renames: true,
          context: 3,
          maximumBytes: 1000,
          file: () => undefined,
        };
        expect(await failureOf(engine.diff(request, { signal: controller.signal }))).toEqual({
          kind: 'cancelled',
        });
      });
    });

    describe('show', () => {
      it('finds one commit by every name git has for it', async () => {
        const directory = await repository(smallHistory);
        const oid = await git(directory, 'rev-parse', 'HEAD~2');
        for (const name of [oid, oid.slice(0, 10), 'main~2', 'HEAD~2', 'v1.0~2'])
          expect(await engine.show(directory, name)).toMatchObject({
            oid,
            subject: await git(directory, 'log', '-1', '--format=%s', oid),
            author: { name: 'Ada Example', email: 'ada@example.test' },
            parents: (await git(directory, 'log', '-1', '--format=%P', oid)).split(' '),
          });
        await git(directory, 'tag', '-a', '-m', 'A tag', 'told', 'main');
        expect((await engine.show(directory, 'told')).refs.sort()).toEqual(['main', 'told', 'v1.0']);
        for (const name of ['absent', '', '--all', `${oid}^{tree}`, 'main:README.md', 'f'.repeat(40)])
          expect(await failureOf(engine.show(directory, name))).toEqual({ kind: 'revision-not-found', name });
      });
    });

    describe('blame', () => {
      /** `git blame --porcelain`, one line a line: id, its line there, path. */
      async function gitLines(directory: string, name: string, ...args: string[]): Promise<string[]> {
        const { stdout } = await oracle(directory, ['blame', '--porcelain', '--root', ...args, '--', name]);
        const lines: string[] = [];
        const files = new Map<string, string>();
        let header: string[] = [];
        for (const line of stdout.toString('utf8').split('\n')) {
          if (/^[0-9a-f]{40} /.test(line)) header = line.split(' ');
          else if (line.startsWith('filename ')) files.set(header[0] ?? '', line.slice('filename '.length));
          else if (line.startsWith('\t'))
            lines.push(`${header[0]} ${header[1]} ${files.get(header[0] ?? '')}`);
        }
        return lines;
      }
      const spread = (ranges: BlameRange[]) =>
        ranges.flatMap((range) =>
          Array.from(
            { length: range.lines },
            (_, index) => `${range.oid ?? '0'.repeat(40)} ${range.originalStart + index} ${range.path}`,
          ),
        );

      it('tells where each line is from, through renames and changes not committed', async () => {
        const directory = await repository({
          commits: [
            { message: 'Start', files: { 'old.txt': numbered(1, 20) } },
            {
              message: 'Change',
              author: { name: 'Bob Ünal', email: 'bob@example.test' },
              files: { 'old.txt': `${numbered(1, 5)}changed\n${numbered(7, 20)}` },
            },
            {
              message: 'Move',
              files: { 'old.txt': null, 'new.txt': `${numbered(1, 5)}changed\n${numbered(7, 20)}last\n` },
            },
          ],
        });
        const ranges = await engine.blame({ directory, path: 'new.txt', ref: 'HEAD' }, running());
        expect(spread(ranges)).toEqual(await gitLines(directory, 'new.txt', 'HEAD'));
        expect(ranges.map((range) => range.start)).toEqual([1, 6, 7, 21]);
        expect(ranges[1]).toMatchObject({
          author: { name: 'Bob Ünal', email: 'bob@example.test' },
          subject: 'Change',
          path: 'old.txt',
          authoredAt: Number(await git(directory, 'log', '-1', '--format=%at', 'HEAD~1')) * 1000,
        });
        await put(directory, 'new.txt', `mine\n${numbered(1, 5)}changed\n${numbered(8, 20)}last\n`);
        const now = await engine.blame({ directory, path: 'new.txt', ref: null }, running());
        expect(spread(now)).toEqual(await gitLines(directory, 'new.txt'));
        expect(now[0]).toMatchObject({ oid: null, start: 1, lines: 1 });
        const then = await engine.blame({ directory, path: 'old.txt', ref: 'HEAD~2' }, running());
        expect(spread(then)).toEqual(await gitLines(directory, 'old.txt', 'HEAD~2'));
        await git(directory, 'mv', 'new.txt', 'moved again.txt');
        const moved = await engine.blame({ directory, path: 'moved again.txt', ref: null }, running());
        expect(spread(moved)).toEqual(await gitLines(directory, 'moved again.txt'));
        expect(moved.some((range) => range.path === 'old.txt')).toBe(true);
      });

      it('follows each line to the side of a merge it came from', async () => {
        const change = (at: number, word: string) => numbered(1, 40).replace(`line ${at}\n`, `${word}\n`);
        const directory = await repository({
          commits: [
            { message: 'Start', files: { 'one.txt': numbered(1, 40), 'away.txt': numbered(1, 9, 'x') } },
            { message: 'Theirs', branch: 'theirs', from: 'main', files: { 'one.txt': change(5, 'theirs') } },
            {
              message: 'Ours',
              files: { 'one.txt': change(30, 'ours'), 'away.txt': null, 'here.txt': numbered(1, 9, 'x') },
            },
          ],
        });
        await oracle(directory, ['merge', '--no-commit', 'theirs']);
        await put(directory, 'one.txt', change(5, 'theirs').replace('line 30\n', 'ours\nof the merge\n'));
        const open = await engine.blame({ directory, path: 'one.txt', ref: null }, running());
        expect(spread(open)).toEqual(await gitLines(directory, 'one.txt'));
        await git(directory, 'commit', '--quiet', '--all', '-m', 'Merge');
        const done = await engine.blame({ directory, path: 'one.txt', ref: 'HEAD' }, running());
        expect(spread(done)).toEqual(await gitLines(directory, 'one.txt', 'HEAD'));
        expect(done.map(({ subject }) => subject)).toEqual([
          'Start',
          'Theirs',
          'Start',
          'Ours',
          'Merge',
          'Start',
        ]);
        const here = await engine.blame({ directory, path: 'here.txt', ref: 'HEAD' }, running());
        expect(spread(here)).toEqual(await gitLines(directory, 'here.txt', 'HEAD'));
      });

      it('takes odd names literally', async () => {
        const names = ['-rf', '*', ':(top)x', 'line\nfeed', 'tab\tand"quote\\', 'e\u0301', 'x'.repeat(255)];
        const directory = await repository({
          commits: [
            {
              message: 'Odd names',
              files: Object.fromEntries(names.map((name) => [name, `${name.length}\n`])),
            },
          ],
        });
        const oid = await git(directory, 'rev-parse', 'HEAD');
        for (const name of names)
          expect(await engine.blame({ directory, path: name, ref: null }, running())).toMatchObject([
            { oid, path: name, start: 1, lines: 1 },
          ]);
      });

      it('says what is not there', async () => {
        const directory = await repository(smallHistory);
        expect(await failureOf(engine.blame({ directory, path: 'absent', ref: 'HEAD' }, running()))).toEqual({
          kind: 'path-not-found',
          path: 'absent',
        });
        expect(await failureOf(engine.blame({ directory, path: 'README.md', ref: '-s' }, running()))).toEqual(
          {
            kind: 'revision-not-found',
            name: '-s',
          },
        );
        expect((await failureOf(engine.blame({ directory, path: '../x', ref: null }, running()))).kind).toBe(
          'invalid-input',
        );
        const other = await repository(smallHistory);
        await expectAlike(directory, other);
      });
    });
  });
}
