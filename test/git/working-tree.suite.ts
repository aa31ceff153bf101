import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathFromBytes } from '../../electron/git/path-bytes';
import type { Refs } from '../../electron/git/operations/refs';
import type { CommitRequest, MergeOutcome, WorkingTree } from '../../electron/git/operations/working-tree';
import type { Status, StatusEntry } from '../../shared/contract/working-tree';
import { git, makeRepository, type RepositorySpec, temporaryDirectory } from '../fakes/repositories';
import {
  type AreaFactory,
  expectAlike,
  failureOf,
  oracle,
  put,
  running,
  setIdentity,
  titleOf,
  twinOf,
  withoutOwnConfiguration,
} from './twins';

/** Names that are options, patterns, quotes, bytes or as long as they may be. */
export const oddNames: Buffer[] = [
  '-rf',
  '--',
  '*',
  ':(top)x',
  '[a]',
  'two words',
  'line\nfeed',
  'tab\tand"quote\\',
  '#x',
  '~',
  "$(touch x);'",
  'e\u0301-nfd',
  '\u00e9-nfc',
  'b\u202eidi',
  'x'.repeat(255),
  'deep/-er/*.txt',
]
  .map((name) => Buffer.from(name))
  .concat(Buffer.from([0x6e, 0x6f, 0xff, 0xfe, 0x2e, 0x38]));

const odd = oddNames.map((name) => pathFromBytes(name));

const three = (middle: string) => `first\n${middle}\nlast\n`;

/** Two lines of work that change the same line, delete what the other changes, add the same name, and rename. */
const parted: RepositorySpec = {
  commits: [
    {
      message: 'Start',
      files: {
        'both.txt': three('base'),
        'gone.txt': 'to be deleted\n',
        'kept.txt': 'to be changed\n',
        'old-name.txt': `${'a line that stays\n'.repeat(20)}end\n`,
        'quiet.txt': 'nobody changes this\n',
      },
    },
    {
      message: 'Theirs',
      branch: 'theirs',
      from: 'main',
      files: {
        'both.txt': three('theirs'),
        'gone.txt': 'changed by them\n',
        'kept.txt': null,
        'new.txt': 'new of them\n',
        'old-name.txt': `${'a line that stays\n'.repeat(20)}end of them\n`,
      },
    },
    {
      message: 'Ours',
      files: {
        'both.txt': three('ours'),
        'gone.txt': null,
        'kept.txt': 'changed by us\n',
        'new.txt': 'new of us\n',
        'old-name.txt': null,
        'new-name.txt': `${'a line that stays\n'.repeat(20)}end\n`,
      },
    },
    { message: 'Clean', branch: 'clean', from: 'main', files: { 'clean.txt': 'one more file\n' } },
    { message: 'Clean again', branch: 'clean', files: { 'quiet.txt': 'somebody did\n' } },
  ],
};

const plain: Pick<CommitRequest, 'amend' | 'signOff' | 'sign' | 'allowEmpty'> = {
  amend: false,
  signOff: false,
  sign: 'configured',
  allowEmpty: false,
};

/** Index, working tree and the current branch, with git as the oracle. */
export function workingTreeSuite(factory: AreaFactory<WorkingTree & Pick<Refs, 'branches'>>): void {
  describe(titleOf(factory, 'working tree'), () => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let engine: WorkingTree;
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

    /** A repository as `prepare` leaves it, and the same once more for git. */
    async function twins(
      spec: RepositorySpec,
      prepare: (directory: string) => Promise<unknown> = () => Promise.resolve(),
    ): Promise<[ours: string, gits: string]> {
      const directory = await makeRepository(at(`work-${(count += 1)}`), spec);
      await setIdentity(directory);
      await prepare(directory);
      return [directory, await twinOf(directory)];
    }
    const merging = (directory: string, ref: string) =>
      engine.merge({ directory, ref, fastForward: 'possible', message: null }, running());

    async function statusOf(
      directory: string,
      untracked: 'normal' | 'all' | 'no' = 'all',
    ): Promise<Status & { entries: StatusEntry[] }> {
      const entries: StatusEntry[] = [];
      const status = await engine.status(
        directory,
        { untracked, entries: (more) => entries.push(...more) },
        running(),
      );
      return { ...status, entries };
    }

    /** What git says, field by field: `XY path from`, as the engine's entries are written below. */
    async function gitStatus(directory: string, untracked: string): Promise<string[]> {
      const out = await oracle(directory, [
        'status',
        '--porcelain=v2',
        '-z',
        `--untracked-files=${untracked}`,
      ]);
      const parts: Buffer[] = [];
      for (
        let from = 0, end = out.stdout.indexOf(0);
        end >= 0;
        from = end + 1, end = out.stdout.indexOf(0, from)
      )
        parts.push(out.stdout.subarray(from, end));
      const lines: string[] = [];
      for (let index = 0; index < parts.length; index += 1) {
        const text = parts[index]?.toString('latin1') ?? '';
        const kind = text.charAt(0);
        const fields = { '1': 8, '2': 9, u: 10, '?': 1 }[kind] ?? 0;
        const split = text.split(' ');
        const name = Buffer.from(split.slice(fields).join(' '), 'latin1');
        const from = kind === '2' ? pathFromBytes(parts[(index += 1)] ?? Buffer.alloc(0)) : '';
        const submodule = kind !== '?' && split[2]?.startsWith('S') ? 'S' : '';
        lines.push(`${kind === '?' ? '??' : split[1]}${submodule} ${pathFromBytes(name)} ${from}`);
      }
      return lines;
    }
    const letters: Record<string, string> = {
      unmodified: '.',
      added: 'A',
      modified: 'M',
      deleted: 'D',
      renamed: 'R',
      copied: 'C',
      'type-changed': 'T',
    };
    const sides: Record<string, string> = {
      'both-deleted': 'DD',
      'added-by-us': 'AU',
      'deleted-by-them': 'UD',
      'added-by-them': 'UA',
      'deleted-by-us': 'DU',
      'both-added': 'AA',
      'both-modified': 'UU',
    };
    const written = (entries: StatusEntry[]) =>
      entries.map((entry) => {
        const xy =
          entry.kind === 'untracked'
            ? '??'
            : entry.conflict === null
              ? `${letters[entry.index]}${letters[entry.workingTree]}`
              : sides[entry.conflict];
        return `${xy}${entry.submodule ? 'S' : ''} ${entry.path} ${entry.from ?? ''}`;
      });
    async function expectStatus(directory: string): Promise<void> {
      for (const untracked of ['all', 'normal', 'no'] as const)
        expect(written((await statusOf(directory, untracked)).entries)).toEqual(
          await gitStatus(directory, untracked),
        );
    }

    const everything: RepositorySpec = {
      commits: [
        {
          message: 'Start',
          files: {
            'same.txt': 'same\n',
            'staged.txt': 'staged\n',
            'changed.txt': 'changed\n',
            'both.txt': 'both\n',
            'deleted.txt': 'deleted\n',
            'removed.txt': 'removed\n',
            'moved.txt': 'a file\nthat moves\nwith all it has\n',
            'mode.sh': 'echo\n',
            'link.txt': 'becomes a link\n',
            'crlf.txt': 'one\r\ntwo\r\n',
            'folder/file.txt': 'in a folder\n',
            '.gitignore': '*.log\n/ignored/\n',
          },
        },
      ],
    };
    async function changeEverything(directory: string): Promise<void> {
      await put(directory, 'staged.txt', 'staged anew\n');
      await put(directory, 'both.txt', 'both staged\n');
      await put(directory, 'added.txt', 'added\n');
      await git(directory, 'add', '.');
      await git(directory, 'mv', 'moved.txt', 'folder/moved.txt');
      await git(directory, 'rm', '--quiet', 'removed.txt');
      await put(directory, 'both.txt', 'both, and once more\n');
      await put(directory, 'changed.txt', 'changed indeed\n');
      await put(directory, 'crlf.txt', 'one\r\ntwo\r\nthree\r\n');
      await rm(path.join(directory, 'deleted.txt'));
      await chmod(path.join(directory, 'mode.sh'), 0o755);
      await rm(path.join(directory, 'link.txt'));
      await symlink('same.txt', path.join(directory, 'link.txt'));
      await mkdir(path.join(directory, 'new/below'), { recursive: true });
      await mkdir(path.join(directory, 'ignored'));
      await mkdir(path.join(directory, 'empty'));
      for (const name of ['untracked.txt', 'new/one.txt', 'new/below/two.txt', 'x.log', 'ignored/x'])
        await put(directory, name, `${name}\n`);
      await put(directory, 'noted.txt', 'only its name is added\n');
      await git(directory, 'add', '--intent-to-add', 'noted.txt');
    }

    describe('status', () => {
      it('tells every kind of change as git does', async () => {
        const [ours] = await twins(everything, changeEverything);
        await expectStatus(ours);
        const { head, upstream, underWay, stashes } = await statusOf(ours);
        expect(head).toEqual({ state: 'branch', branch: 'main', oid: await git(ours, 'rev-parse', 'HEAD') });
        expect({ upstream, underWay, stashes }).toEqual({ upstream: null, underWay: null, stashes: 0 });
      });

      it('tells hostile and odd names byte for byte', async () => {
        const [ours] = await twins({});
        await mkdir(path.join(ours, 'deep/-er'), { recursive: true });
        for (const name of oddNames) await put(ours, name, name);
        await expectStatus(ours);
        const found = (await statusOf(ours)).entries.map((entry) => entry.path);
        expect(found.sort()).toEqual([...odd].sort());
        await git(ours, 'add', '.');
        await expectStatus(ours);
      });

      it('tells the kinds of conflicts, and what is under way', async () => {
        const [ours] = await twins(parted);
        await oracle(ours, ['merge', 'theirs']);
        await expectStatus(ours);
        const merged = await statusOf(ours);
        expect(merged.underWay).toBe('merge');
        expect(merged.entries.filter((entry) => entry.kind === 'conflict').length).toBeGreaterThan(3);
        await git(ours, 'merge', '--abort');
        await oracle(ours, ['cherry-pick', 'theirs']);
        expect((await statusOf(ours)).underWay).toBe('cherry-pick');
        await git(ours, 'cherry-pick', '--abort');
        await oracle(ours, ['revert', '--no-edit', 'main~1']);
        expect((await statusOf(ours)).underWay).toBe('revert');
        await git(ours, 'revert', '--abort');
        await oracle(ours, ['rebase', 'theirs']);
        expect((await statusOf(ours)).underWay).toBe('rebase');
        await git(ours, 'rebase', '--abort');
        expect((await statusOf(ours)).underWay).toBeNull();
      });

      it('tells head, upstream and stashes', async () => {
        const [ours] = await twins(parted);
        await git(ours, 'config', 'branch.main.remote', '.');
        await git(ours, 'config', 'branch.main.merge', 'refs/heads/theirs');
        expect((await statusOf(ours)).upstream).toEqual({ name: 'theirs', ahead: 1, behind: 1 });
        await git(ours, 'config', 'branch.main.merge', 'refs/heads/gone');
        expect((await statusOf(ours)).upstream).toMatchObject({ ahead: null, behind: null });
        await put(ours, 'quiet.txt', 'one\n');
        await git(ours, 'stash');
        await put(ours, 'quiet.txt', 'two\n');
        await git(ours, 'stash');
        expect((await statusOf(ours)).stashes).toBe(2);
        await git(ours, 'switch', '--quiet', '--detach');
        expect((await statusOf(ours)).head).toEqual({
          state: 'detached',
          oid: await git(ours, 'rev-parse', 'HEAD'),
        });
        const [unborn] = await twins({});
        expect((await statusOf(unborn)).head).toEqual({ state: 'unborn', branch: 'main' });
      });

      it('tells of submodules that they are some, and of another commit in them', async () => {
        const inner = await makeRepository(at('inner'), parted);
        const [ours] = await twins(everything, async (directory) => {
          await git(
            directory,
            '-c',
            'protocol.file.allow=always',
            'submodule',
            '--quiet',
            'add',
            inner,
            'sub',
          );
          await git(directory, 'commit', '--quiet', '-m', 'Add a submodule');
        });
        await expectStatus(ours);
        await git(path.join(ours, 'sub'), 'checkout', '--quiet', 'HEAD~1');
        await expectStatus(ours);
        expect((await statusOf(ours)).entries).toMatchObject([{ path: 'sub', submodule: true }]);
      });

      it('hands on thousands of entries in parts, each once', async () => {
        const [ours] = await twins({});
        await mkdir(path.join(ours, 'many'));
        const names = Array.from(
          { length: 9000 },
          (_, index) => `many/file-${String(index).padStart(5, '0')}`,
        );
        await Promise.all(names.map((name) => put(ours, name, '')));
        const parts: number[] = [];
        const seen: string[] = [];
        await engine.status(
          ours,
          {
            untracked: 'all',
            entries: (entries) => {
              parts.push(entries.length);
              seen.push(...entries.map((entry) => entry.path));
            },
          },
          running(),
        );
        expect(seen).toEqual(names);
        expect(parts.length).toBeGreaterThan(1);
      });
    });

    describe('stage and unstage', () => {
      it('stage additions, changes, deletions, modes, links and renames, and take them back', async () => {
        const [ours, gits] = await twins(everything, changeEverything);
        const all = ['added.txt', 'both.txt', 'changed.txt', 'crlf.txt', 'deleted.txt', 'mode.sh'].concat([
          'link.txt',
          'noted.txt',
          'untracked.txt',
          'new/',
          'folder/moved.txt',
        ]);
        await engine.stage(ours, all);
        await git(gits, 'add', '--all', '--', ...all);
        await expectAlike(ours, gits);
        const back = ['added.txt', 'both.txt', 'mode.sh', 'link.txt', 'deleted.txt', 'moved.txt'].concat([
          'folder/moved.txt',
          'new/one.txt',
        ]);
        await engine.unstage(ours, back);
        await git(gits, 'reset', '--quiet', '--', ...back);
        await expectAlike(ours, gits);
      });

      it('take hostile and odd names literally', async () => {
        const [ours, gits] = await twins({}, async (directory) => {
          await mkdir(path.join(directory, 'deep/-er'), { recursive: true });
          for (const name of oddNames) await put(directory, name, name);
          await put(directory, 'other.txt', 'not chosen\n');
        });
        await engine.stage(ours, odd);
        await oracle(gits, ['update-index', '--add', '-z', '--stdin'], {
          input: Buffer.concat(oddNames.map((name) => Buffer.concat([name, Buffer.from([0])]))),
        });
        await expectAlike(ours, gits);
        await engine.unstage(ours, ['*', '[a]', ':(top)x']);
        for (const name of ['*', '[a]', ':(top)x'])
          await git(gits, '--literal-pathspecs', 'rm', '--quiet', '--cached', '--', name);
        await expectAlike(ours, gits);
      });

      it('work before the first commit', async () => {
        const [ours, gits] = await twins({}, async (directory) => {
          await put(directory, 'one.txt', 'one\n');
          await put(directory, 'two.txt', 'two\n');
        });
        await engine.stage(ours, ['one.txt', 'two.txt']);
        await engine.unstage(ours, ['one.txt']);
        await git(gits, 'add', 'two.txt');
        await expectAlike(ours, gits);
      });

      it('resolve conflicts, and take a resolution back to HEAD', async () => {
        const [ours, gits] = await twins(parted, (directory) => oracle(directory, ['merge', 'theirs']));
        await rm(path.join(ours, 'kept.txt'));
        await rm(path.join(gits, 'kept.txt'));
        await engine.stage(ours, ['both.txt', 'kept.txt', 'gone.txt']);
        await git(gits, 'add', '--all', '--', 'both.txt', 'kept.txt', 'gone.txt');
        await expectAlike(ours, gits);
        await engine.unstage(ours, ['both.txt', 'new.txt']);
        await git(gits, 'reset', '--quiet', '--', 'both.txt', 'new.txt');
        await expectAlike(ours, gits);
      });

      it('turn line ends as the configuration and the attributes say', async () => {
        const [ours, gits] = await twins(everything, async (directory) => {
          await put(directory, '.gitattributes', '*.txt text=auto\n*.raw -text\n*.win text eol=crlf\n');
          await put(directory, 'new.txt', 'one\r\ntwo\r\n');
          await put(directory, 'new.raw', 'one\r\ntwo\r\n');
          await put(directory, 'new.win', 'one\r\ntwo\r\n');
          await put(directory, 'binary.txt', Buffer.from('a\r\n\0b\r\n'));
        });
        const names = ['.gitattributes', 'new.txt', 'new.raw', 'new.win', 'binary.txt'];
        await engine.stage(ours, names);
        await git(gits, 'add', ...names);
        await expectAlike(ours, gits);
      });

      it('refuse what is no path below the top, and what is not there, and change nothing then', async () => {
        const [ours, gits] = await twins(everything, changeEverything);
        for (const bad of ['', '.', '..', '../x', '/etc/passwd', 'a/../../b', 'a//b'])
          for (const work of [
            engine.stage(ours, ['added.txt', bad]),
            engine.unstage(ours, ['added.txt', bad]),
          ])
            expect(await failureOf(work)).toMatchObject({ kind: 'invalid-input', field: 'paths' });
        expect(await failureOf(engine.stage(ours, ['changed.txt', 'absent.txt']))).toEqual({
          kind: 'path-not-found',
          path: 'absent.txt',
        });
        await engine.stage(ours, []);
        await engine.unstage(ours, []);
        await expectAlike(ours, gits);
      });
    });

    describe('commit', () => {
      const commit = (directory: string, message: string, more: Partial<CommitRequest> = {}) =>
        engine.commit({ directory, message, ...plain, ...more }, running());
      const gitCommit = (directory: string, message: string, ...more: string[]) =>
        oracle(directory, ['commit', '--quiet', '--file=-', '--cleanup=whitespace', ...more], {
          input: message,
        });

      it('makes the first commit, and more, cleaned as git does', async () => {
        const [ours, gits] = await twins({}, async (directory) => {
          await put(directory, 'one.txt', 'one\n');
          await git(directory, 'add', '.');
        });
        const message = '\n\nFirst  \n\n\n\n# not a comment\nüñí \n\n';
        expect(await commit(ours, message)).toBe(await git(ours, 'rev-parse', 'HEAD'));
        await gitCommit(gits, message);
        await expectAlike(ours, gits);
        for (const directory of [ours, gits]) {
          await put(directory, 'one.txt', 'more\n');
          await put(directory, 'two.txt', 'two\n');
          await git(directory, 'add', 'two.txt');
        }
        await commit(ours, 'Second\r\n\r\nwith line ends of another system');
        await gitCommit(gits, 'Second\r\n\r\nwith line ends of another system');
        await expectAlike(ours, gits);
      });

      it('amends, keeps the author, and signs off once', async () => {
        const [ours, gits] = await twins(parted, (directory) =>
          git(directory, 'commit', '--quiet', '--amend', '--no-edit', '--author=Bob <bob@example.test>'),
        );
        await commit(ours, 'Amended', { amend: true });
        await gitCommit(gits, 'Amended', '--amend');
        await expectAlike(ours, gits);
        for (let round = 0; round < 2; round += 1) {
          const message = await git(ours, 'log', '-1', '--format=%B');
          await commit(ours, message, { amend: true, signOff: true });
          await gitCommit(gits, message, '--amend', '--signoff');
          await expectAlike(ours, gits);
        }
        expect(await git(ours, 'log', '-1', '--format=%an %(trailers:only)')).toContain(
          'Bob Signed-off-by: Ada',
        );
      });

      it('refuses an empty message, an empty commit and one without an author, and changes nothing', async () => {
        const [ours, gits] = await twins(parted);
        for (const message of ['', ' \n\t\n'])
          expect(await failureOf(commit(ours, message, { allowEmpty: true }))).toMatchObject({
            kind: 'invalid-input',
            field: 'message',
          });
        expect(await failureOf(commit(ours, 'x'))).toEqual({ kind: 'nothing-to-do', what: 'commit' });
        for (const directory of [ours, gits]) await git(directory, 'config', '--unset', 'user.email');
        expect(await failureOf(commit(ours, 'x', { allowEmpty: true }))).toEqual({
          kind: 'identity-missing',
        });
        await expectAlike(ours, gits);
        await setIdentity(ours);
        await setIdentity(gits);
        await commit(ours, 'Empty', { allowEmpty: true });
        await gitCommit(gits, 'Empty', '--allow-empty');
        await expectAlike(ours, gits);
      });

      it('concludes a merge with both parents, and not while there are conflicts', async () => {
        const [ours, gits] = await twins(parted, (directory) => oracle(directory, ['merge', 'theirs']));
        expect(await failureOf(commit(ours, 'x'))).toEqual({ kind: 'unfinished', what: 'conflicts' });
        await expectAlike(ours, gits);
        for (const directory of [ours, gits]) await git(directory, 'add', '--all');
        expect(await failureOf(commit(ours, 'x', { amend: true }))).toEqual({
          kind: 'unfinished',
          what: 'merge',
        });
        await commit(ours, 'Merged by hand');
        await gitCommit(gits, 'Merged by hand');
        await expectAlike(ours, gits);
        expect((await git(ours, 'log', '-1', '--format=%P')).split(' ')).toHaveLength(2);
      });

      it('commits on a detached HEAD', async () => {
        const [ours, gits] = await twins(parted, (directory) => git(directory, 'switch', '-q', '--detach'));
        for (const directory of [ours, gits]) await git(directory, 'rm', '-q', 'quiet.txt');
        await commit(ours, 'Alone');
        await gitCommit(gits, 'Alone');
        await expectAlike(ours, gits);
      });

      it('waits for nobody, and names the lock', async () => {
        const [ours, gits] = await twins(parted, (directory) => git(directory, 'rm', '-q', 'quiet.txt'));
        const lock = path.join(ours, '.git/index.lock');
        await writeFile(lock, '');
        expect(await failureOf(commit(ours, 'x'))).toEqual({ kind: 'repository-busy', path: lock });
        expect(await failureOf(engine.stage(ours, ['both.txt']))).toEqual({
          kind: 'repository-busy',
          path: lock,
        });
        await rm(lock);
        await expectAlike(ours, gits);
      });
    });

    describe('switch', () => {
      it('goes to branches, new branches and commits, and takes changes along', async () => {
        const [ours, gits] = await twins(parted, async (directory) => {
          await put(directory, 'quiet.txt', 'changed, and comes along\n');
          await put(directory, 'mine.txt', 'not tracked\n');
        });
        expect(await engine.switchTo(ours, { kind: 'branch', branch: 'theirs' }, running())).toEqual({
          state: 'branch',
          branch: 'theirs',
          oid: await git(ours, 'rev-parse', 'theirs'),
        });
        await git(gits, 'switch', 'theirs');
        await expectAlike(ours, gits);
        await engine.switchTo(
          ours,
          { kind: 'new-branch', branch: 'fresh', start: 'main', track: false },
          running(),
        );
        await git(gits, 'switch', '--no-track', '-c', 'fresh', 'main');
        await expectAlike(ours, gits);
        expect(await engine.switchTo(ours, { kind: 'detached', ref: 'main~1' }, running())).toEqual({
          state: 'detached',
          oid: await git(ours, 'rev-parse', 'main~1'),
        });
        await git(gits, 'switch', '--detach', 'main~1');
        await expectAlike(ours, gits);
      });

      it('overwrites nothing, names exactly what stands in the way, and stays', async () => {
        const names = ['both.txt', 'new.txt'];
        const [ours, gits] = await twins(parted, async (directory) => {
          for (const name of names) await put(directory, name, 'not committed\n');
        });
        expect(
          await failureOf(engine.switchTo(ours, { kind: 'branch', branch: 'theirs' }, running())),
        ).toEqual({
          kind: 'would-overwrite',
          paths: names,
        });
        await expectAlike(ours, gits);
        const strange = [Buffer.from('line\nfeed'), Buffer.from('-rf'), Buffer.from([0x6e, 0xff])];
        const [mine, other] = await twins(parted, async (directory) => {
          await git(directory, 'switch', '-q', '-c', 'strange');
          for (const name of strange) await put(directory, name, 'theirs\n');
          await git(directory, 'add', '.');
          await git(directory, 'commit', '-q', '-m', 'Strange names');
          await git(directory, 'switch', '-q', 'main');
          for (const name of strange) await put(directory, name, 'mine, not tracked\n');
        });
        const failure = await failureOf(
          engine.switchTo(mine, { kind: 'branch', branch: 'strange' }, running()),
        );
        expect(failure).toMatchObject({ kind: 'would-overwrite' });
        if (failure.kind === 'would-overwrite')
          expect([...failure.paths].sort()).toEqual(strange.map((name) => pathFromBytes(name)).sort());
        await expectAlike(mine, other);
      });

      it('says what is not there or taken, and that something else comes first', async () => {
        const [ours, gits] = await twins(parted);
        const to = (branch: string) => engine.switchTo(ours, { kind: 'branch', branch }, running());
        for (const branch of ['absent', '-', '--detach', 'main~1'])
          expect(await failureOf(to(branch))).toEqual({ kind: 'branch-not-found', branch });
        const create = (branch: string, start: string) =>
          engine.switchTo(ours, { kind: 'new-branch', branch, start, track: false }, running());
        expect(await failureOf(create('main', 'HEAD'))).toEqual({ kind: 'already-exists', name: 'main' });
        expect((await failureOf(create('-x', 'HEAD'))).kind).toBe('invalid-input');
        expect(await failureOf(create('x', 'absent'))).toEqual({
          kind: 'revision-not-found',
          name: 'absent',
        });
        expect(
          await failureOf(engine.switchTo(ours, { kind: 'detached', ref: '--orphan' }, running())),
        ).toEqual({ kind: 'revision-not-found', name: '--orphan' });
        for (const directory of [ours, gits]) await oracle(directory, ['merge', 'theirs']);
        expect(await failureOf(to('clean'))).toMatchObject({ kind: 'unfinished' });
        await expectAlike(ours, gits);
      });

      it('swaps files for folders and back, modes and links', async () => {
        const [ours, gits] = await twins(everything, async (directory) => {
          await git(directory, 'switch', '-q', '-c', 'other');
          await rm(path.join(directory, 'folder'), { recursive: true });
          await put(directory, 'folder', 'now a file\n');
          await rm(path.join(directory, 'same.txt'));
          await mkdir(path.join(directory, 'same.txt'));
          await put(directory, 'same.txt/below', 'now a folder\n');
          await chmod(path.join(directory, 'mode.sh'), 0o755);
          await rm(path.join(directory, 'link.txt'));
          await symlink('crlf.txt', path.join(directory, 'link.txt'));
          await git(directory, 'add', '--all');
          await git(directory, 'commit', '-q', '-m', 'Turn things around');
        });
        for (const branch of ['main', 'other', 'main']) {
          await engine.switchTo(ours, { kind: 'branch', branch }, running());
          await git(gits, 'switch', branch);
          await expectAlike(ours, gits);
        }
      });
    });

    describe('merge, cherry-pick and revert', () => {
      it('fast-forward, merge, and say that all is there', async () => {
        const [ours, gits] = await twins(parted, (directory) => git(directory, 'branch', 'back', 'main~1'));
        const tip = await git(ours, 'rev-parse', 'clean');
        expect(
          await failureOf(
            engine.merge({ directory: ours, ref: 'theirs', fastForward: 'only', message: null }, running()),
          ),
        ).toEqual({ kind: 'not-fast-forward' });
        expect(await merging(ours, 'back')).toEqual({ kind: 'up-to-date' });
        expect(await merging(ours, 'clean')).toEqual({ kind: 'fast-forward', oid: tip });
        await git(gits, 'merge', 'back');
        await git(gits, 'merge', 'clean');
        await expectAlike(ours, gits);
        for (const directory of [ours, gits]) {
          await git(directory, 'switch', '-q', '-c', 'side', 'clean~1');
          await put(directory, 'side.txt', 'side\n');
          await git(directory, 'add', '.');
          await git(directory, 'commit', '-q', '-m', 'Side');
          await git(directory, 'branch', 'ahead', 'main~1');
        }
        const merged = await merging(ours, 'clean');
        await git(gits, 'merge', '--no-edit', 'clean');
        expect(merged).toEqual({ kind: 'merged', oid: await git(ours, 'rev-parse', 'HEAD') });
        await expectAlike(ours, gits);
        for (const directory of [ours, gits]) await git(directory, 'switch', '-q', 'ahead');
        await engine.merge(
          { directory: ours, ref: 'side', fastForward: 'never', message: 'My own words' },
          running(),
        );
        await git(gits, 'merge', '--no-ff', '-m', 'My own words', 'side');
        await expectAlike(ours, gits);
      });

      it('leave conflicts as git writes them, and take all of it back', async () => {
        const start = { 'cherry-pick': 'theirs', revert: 'main~1', merge: 'theirs' } as const;
        for (const command of ['merge', 'cherry-pick', 'revert'] as const) {
          const [ours, gits] = await twins(parted, async (directory) => {
            if (command === 'revert') {
              await put(directory, 'both.txt', three('later'));
              await put(directory, 'new.txt', 'later\n');
              await git(directory, 'commit', '-q', '-a', '-m', 'Later');
            }
            await put(directory, 'quiet.txt', 'a change of mine\n');
          });
          const ref = start[command];
          const oid = await git(ours, 'rev-parse', ref);
          const request = { directory: ours, oid, mainline: null };
          const before = await git(ours, 'status', '--porcelain');
          const outcome: MergeOutcome =
            command === 'merge'
              ? await merging(ours, ref)
              : command === 'cherry-pick'
                ? await engine.cherryPick(request, running())
                : await engine.revert(request, running());
          await oracle(gits, command === 'merge' ? ['merge', ref] : [command, '--no-edit', oid]);
          await expectAlike(ours, gits);
          const unmerged = (await git(gits, 'diff', '--name-only', '--diff-filter=U')).split('\n');
          expect(outcome).toEqual({ kind: 'conflicts', paths: [...new Set(unmerged)] });
          // What is under way comes first.
          expect((await failureOf(merging(ours, 'clean'))).kind).toBe('unfinished');
          await engine.abort(ours);
          await git(gits, command, '--abort');
          await expectAlike(ours, gits);
          expect(await git(ours, 'status', '--porcelain')).toBe(before);
          expect(await failureOf(engine.abort(ours))).toEqual({ kind: 'nothing-to-do', what: 'abort' });
        }
      });

      it('pick and revert single commits, one side of a merge, and what is there already', async () => {
        const [ours, gits] = await twins(parted, async (directory) => {
          await git(directory, 'merge', '-q', '--no-ff', '-m', 'A merge', 'clean');
          await git(directory, 'branch', 'before', 'main~1');
        });
        const tip = await git(ours, 'rev-parse', 'main');
        for (const mainline of [null, 3])
          expect(
            await failureOf(engine.revert({ directory: ours, oid: tip, mainline }, running())),
          ).toMatchObject({ kind: 'invalid-input', field: 'mainline' });
        await expectAlike(ours, gits);
        const undo = await engine.revert({ directory: ours, oid: tip, mainline: 1 }, running());
        await git(gits, 'revert', '--no-edit', '-m', '1', tip);
        expect(undo).toEqual({ kind: 'merged', oid: await git(ours, 'rev-parse', 'HEAD') });
        await expectAlike(ours, gits);
        for (const directory of [ours, gits]) await git(directory, 'switch', '-q', 'before');
        const clean = await git(ours, 'rev-parse', 'clean');
        await engine.cherryPick({ directory: ours, oid: clean, mainline: null }, running());
        await git(gits, 'cherry-pick', clean);
        await expectAlike(ours, gits);
        expect(await engine.cherryPick({ directory: ours, oid: clean, mainline: null }, running())).toEqual({
          kind: 'up-to-date',
        });
        await expectAlike(ours, gits, ['reflog']);
        expect((await failureOf(engine.abort(ours))).kind).toBe('nothing-to-do');
        const failure = engine.cherryPick(
          { directory: ours, oid: 'f'.repeat(40), mainline: null },
          running(),
        );
        expect((await failureOf(failure)).kind).toBe('revision-not-found');
      });

      it('overwrite nothing, and name what stands in the way', async () => {
        const [ours, gits] = await twins(parted, async (directory) => {
          await git(directory, 'switch', '-q', '--detach', 'clean~1');
          await put(directory, 'quiet.txt', 'not committed\n');
        });
        const oid = await git(ours, 'rev-parse', 'clean');
        const request = { directory: ours, oid, mainline: null };
        for (const work of [() => merging(ours, 'clean'), () => engine.cherryPick(request, running())])
          expect(await failureOf(work())).toEqual({ kind: 'would-overwrite', paths: ['quiet.txt'] });
        await expectAlike(ours, gits);
        for (const directory of [ours, gits]) await git(directory, 'add', 'quiet.txt');
        expect(await failureOf(engine.cherryPick(request, running()))).toEqual({
          kind: 'would-overwrite',
          paths: ['quiet.txt'],
        });
        await expectAlike(ours, gits);
      });

      it('say which branch is not there, and what has nothing in common', async () => {
        const [ours, gits] = await twins(parted, async (directory) => {
          await git(directory, 'switch', '-q', '--orphan', 'alone');
          await git(directory, 'commit', '-q', '--allow-empty', '-m', 'Alone');
          await git(directory, 'switch', '-q', 'main');
        });
        for (const ref of ['absent', '--abort', ''])
          expect(await failureOf(merging(ours, ref))).toEqual({ kind: 'revision-not-found', name: ref });
        expect((await failureOf(merging(ours, 'alone'))).kind).toBe('unsupported');
        await expectAlike(ours, gits);
      });
    });

    describe('reset', () => {
      it('moves the branch, the index and the files as far as it is told', async () => {
        for (const mode of ['soft', 'mixed', 'hard'] as const) {
          const [ours, gits] = await twins(parted, async (directory) => {
            await put(directory, 'quiet.txt', 'staged\n');
            await git(directory, 'add', '.');
            await put(directory, 'both.txt', 'changed\n');
            await put(directory, 'mine.txt', 'not tracked\n');
          });
          const { kept } = await engine.reset({ directory: ours, to: 'main~1', mode }, running());
          await git(gits, 'reset', `--${mode}`, 'main~1');
          await expectAlike(ours, gits);
          expect(kept === null).toBe(mode !== 'hard');
        }
        const [ours] = await twins(parted);
        for (const to of ['absent', '--keep'])
          expect(await failureOf(engine.reset({ directory: ours, to, mode: 'hard' }, running()))).toEqual({
            kind: 'revision-not-found',
            name: to,
          });
      });

      it('keeps what a hard one overwrites: changes, what was staged, and files in its way', async () => {
        const [ours, gits] = await twins(parted, async (directory) => {
          await git(directory, 'config', '--unset', 'user.email');
          await put(directory, 'both.txt', 'staged\n');
          await git(directory, 'add', '.');
          await put(directory, 'both.txt', 'and changed once more\n');
          await put(directory, 'quiet.txt', 'changed\n');
          // Tracked there, not here.
          await put(directory, 'gone.txt', 'mine, not tracked\n');
          await mkdir(path.join(directory, 'old-name.txt'));
          await put(directory, 'old-name.txt/inside', 'mine too\n');
        });
        const { kept } = await engine.reset({ directory: ours, to: 'main~1', mode: 'hard' }, running());
        await git(gits, 'reset', '--hard', 'main~1');
        await expectAlike(ours, gits);
        if (kept === null) throw new Error('nothing was kept');
        const content = async (name: string) =>
          (await oracle(ours, ['cat-file', 'blob', name])).stdout.toString();
        expect(await content(`${kept}:both.txt`)).toBe('and changed once more\n');
        expect(await content(`${kept}^2:both.txt`)).toBe('staged\n');
        expect(await content(`${kept}:quiet.txt`)).toBe('changed\n');
        expect(await content(`${kept}:gone.txt`)).toBe('mine, not tracked\n');
        expect(await content(`${kept}:old-name.txt/inside`)).toBe('mine too\n');
        expect(
          (await git(ours, 'for-each-ref', '--format=%(objectname)', 'refs/polyforge/kept')).split('\n'),
        ).toEqual([kept]);
        expect(
          (await engine.reset({ directory: ours, to: 'main', mode: 'hard' }, running())).kept,
        ).toBeNull();
      });

      it('does not take the place of another repository, which no commit could keep', async () => {
        const nested = async (directory: string) => {
          await mkdir(directory);
          await put(directory, 'precious', 'work\n');
          await git(directory, 'init', '-q', '-b', 'main');
          await git(directory, 'add', '.');
          await git(directory, 'commit', '-qm', 'precious');
        };
        const [ours] = await twins(parted, async (directory) => {
          await git(directory, 'switch', '-qc', 'file');
          await put(directory, 'place', 'a file\n');
          await git(directory, 'add', 'place');
          await git(directory, 'commit', '-qm', 'file');
          await git(directory, 'switch', '-q', 'main');
          await nested(path.join(directory, 'place'));
        });
        const taken = { kind: 'would-overwrite', paths: ['place'] };
        const reset = { directory: ours, to: 'file', mode: 'hard' } as const;
        expect(await failureOf(engine.reset(reset, running()))).toEqual(taken);
        // As a submodule git itself would remove it, also where it merges or switches.
        await git(ours, 'add', 'place');
        await git(ours, 'commit', '-qm', 'submodule');
        const ahead = await git(ours, 'commit-tree', 'file^{tree}', '-p', 'main', '-m', 'a file again');
        await git(ours, 'branch', 'ahead', ahead);
        expect(await failureOf(engine.reset({ ...reset, to: 'ahead' }, running()))).toEqual(taken);
        expect(await failureOf(merging(ours, 'ahead'))).toEqual(taken);
        for (const target of [
          { kind: 'branch', branch: 'ahead' },
          { kind: 'new-branch', branch: 'new', start: 'ahead', track: false },
          { kind: 'detached', ref: 'ahead' },
        ] as const)
          expect(await failureOf(engine.switchTo(ours, target, running()))).toEqual(taken);
        expect(await git(path.join(ours, 'place'), 'show', 'HEAD:precious')).toBe('work');
      });

      it('and the end of a merge keep what was resolved so far', async () => {
        const [ours] = await twins(parted, (directory) => oracle(directory, ['merge', 'theirs']));
        await put(ours, 'both.txt', 'half resolved\n');
        await engine.abort(ours);
        const kept = await git(ours, 'for-each-ref', '--format=%(objectname)', 'refs/polyforge/kept');
        expect((await oracle(ours, ['cat-file', 'blob', `${kept}:both.txt`])).stdout.toString()).toBe(
          'half resolved\n',
        );
      });

      it('keeps the files of a merge with conflicts', async () => {
        const [ours, gits] = await twins(parted, (directory) => oracle(directory, ['merge', 'theirs']));
        await put(ours, 'both.txt', 'half resolved\n');
        const { kept } = await engine.reset({ directory: ours, to: 'HEAD', mode: 'hard' }, running());
        await git(gits, 'reset', '--hard', 'HEAD');
        await expectAlike(ours, gits);
        expect((await oracle(ours, ['cat-file', 'blob', `${kept}:both.txt`])).stdout.toString()).toBe(
          'half resolved\n',
        );
      });
    });

    describe('stash', () => {
      const prepare = async (directory: string) => {
        await put(directory, 'quiet.txt', 'staged\n');
        await git(directory, 'add', '.');
        await put(directory, 'both.txt', 'changed\n');
        await put(directory, 'mine.txt', 'not tracked\n');
      };
      const push = (directory: string, message: string | null, untracked: boolean) =>
        engine.stashPush({ directory, message, untracked }, running());
      const apply = (directory: string, index: number, drop: boolean) =>
        engine.stashApply({ directory, index, drop }, running());

      it('puts changes away, with and without what is not tracked, and brings them back', async () => {
        const [ours, gits] = await twins(parted, prepare);
        expect(await push(ours, null, false)).toBe(true);
        await git(gits, 'stash', 'push');
        await expectAlike(ours, gits);
        expect(await push(ours, 'With the new ones', true)).toBe(true);
        await git(gits, 'stash', 'push', '-u', '-m', 'With the new ones');
        await expectAlike(ours, gits);
        expect(await push(ours, 'Nothing', true)).toBe(false);
        const list = await engine.stashes(ours);
        expect(list.map((stash) => `${stash.index} ${stash.message}`)).toEqual(
          (await git(gits, 'stash', 'list', '--format=%gs'))
            .split('\n')
            .map((line, index) => `${index} ${line}`),
        );
        expect(list.map((stash) => stash.oid)).toEqual(
          (await git(ours, 'stash', 'list', '--format=%H')).split('\n'),
        );
        expect(list.every((stash) => Math.abs(stash.at - Date.now()) < 3_600_000)).toBe(true);
        expect(await apply(ours, 1, false)).toEqual({ kind: 'merged', oid: null });
        await git(gits, 'stash', 'apply', 'stash@{1}');
        await expectAlike(ours, gits);
        expect(await apply(ours, 0, true)).toEqual({ kind: 'merged', oid: null });
        await git(gits, 'stash', 'pop');
        await expectAlike(ours, gits);
        expect(await engine.stashes(ours)).toHaveLength(1);
      });

      it('leaves conflicts and keeps the stash, and takes it all back', async () => {
        const [ours, gits] = await twins(parted, async (directory) => {
          await put(directory, 'both.txt', three('stashed'));
          await git(directory, 'stash');
          await put(directory, 'both.txt', three('committed'));
          await git(directory, 'commit', '-q', '-a', '-m', 'Meanwhile');
        });
        expect(await apply(ours, 0, true)).toEqual({ kind: 'conflicts', paths: ['both.txt'] });
        await oracle(gits, ['stash', 'pop']);
        await expectAlike(ours, gits);
        expect(await engine.stashes(ours)).toHaveLength(1);
        expect(await failureOf(push(ours, null, false))).toEqual({ kind: 'unfinished', what: 'conflicts' });
        await engine.abort(ours);
        await git(gits, 'reset', '--merge');
        await expectAlike(ours, gits);
      });

      it('overwrites nothing, and names what stands in the way', async () => {
        const [ours, gits] = await twins(parted, async (directory) => {
          await prepare(directory);
          await git(directory, 'stash', 'push', '-u');
          await put(directory, 'both.txt', 'other work\n');
        });
        expect(await failureOf(apply(ours, 0, true))).toEqual({
          kind: 'would-overwrite',
          paths: ['both.txt'],
        });
        await expectAlike(ours, gits);
        for (const directory of [ours, gits]) {
          await git(directory, 'checkout', '-q', 'both.txt');
          await put(directory, 'mine.txt', 'another of the same name\n');
        }
        expect(await failureOf(apply(ours, 0, true))).toEqual({
          kind: 'would-overwrite',
          paths: ['mine.txt'],
        });
        await expectAlike(ours, gits);
      });

      it('drops the one that was meant, and no other', async () => {
        const [ours, gits] = await twins(parted, async (directory) => {
          for (const text of ['one', 'two', 'three']) {
            await put(directory, 'both.txt', text);
            await git(directory, 'stash', 'push', '-m', text);
          }
        });
        const list = await engine.stashes(ours);
        const [first, second] = list;
        if (!first || !second) throw new Error('there are three');
        await engine.stashDrop(ours, second);
        await git(gits, 'stash', 'drop', 'stash@{1}');
        await expectAlike(ours, gits);
        expect((await failureOf(engine.stashDrop(ours, second))).kind).toBe('revision-not-found');
        expect((await failureOf(apply(ours, 7, false))).kind).toBe('revision-not-found');
        expect((await engine.stashes(ours)).map((stash) => stash.message)).toEqual([
          'On main: three',
          'On main: one',
        ]);
        await engine.stashDrop(ours, first);
        expect(await engine.stashes(ours)).toHaveLength(1);
      });

      it('says that there is no commit yet', async () => {
        const [ours] = await twins({}, (directory) => put(directory, 'x', 'x'));
        expect(await failureOf(push(ours, null, true))).toEqual({ kind: 'revision-not-found', name: 'HEAD' });
        expect(await engine.stashes(ours)).toEqual([]);
        expect(await readFile(path.join(ours, 'x'), 'utf8')).toBe('x');
      });
    });

    it('ends when it is told to, and leaves a sound repository', async () => {
      const [ours, gits] = await twins(parted, async (directory) => {
        await rename(path.join(directory, 'quiet.txt'), path.join(directory, 'louder.txt'));
      });
      const controller = new AbortController();
      controller.abort();
      const ended = { signal: controller.signal };
      const works = [
        engine.status(ours, { untracked: 'all', entries: () => undefined }, ended),
        engine.commit({ directory: ours, message: 'x', ...plain, allowEmpty: true }, ended),
        engine.switchTo(ours, { kind: 'branch', branch: 'clean' }, ended),
        engine.merge({ directory: ours, ref: 'clean', fastForward: 'never', message: null }, ended),
        engine.reset({ directory: ours, to: 'main~1', mode: 'hard' }, ended),
        engine.stashPush({ directory: ours, message: null, untracked: true }, ended),
      ];
      for (const failure of await Promise.all(works.map((work) => failureOf(work))))
        expect(failure).toEqual({ kind: 'cancelled' });
      await expectAlike(ours, gits);
    });
  });
}
