import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noStat } from '../../electron/git/isomorphic/index-entry';
import { indexStat, readIndex, updateIndex } from '../../electron/git/isomorphic/index-file';
import { parseIndex } from '../../electron/git/isomorphic/index-format';
import { takeLock } from '../../electron/git/isomorphic/lock';
import { AppFailure } from '../../shared/errors';
import { git, gitEnvironment, makeRepository, temporaryDirectory } from '../fakes/repositories';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let made = 0;

beforeAll(async () => {
  place = await temporaryDirectory();
});
afterAll(() => place.remove());

const bytePath = Buffer.from([0x64, 0x2f, 0xff, 0x78]);

async function repository(): Promise<{ directory: string; gitdir: string }> {
  made += 1;
  const directory = await makeRepository(path.join(place.path, `repo-${made}`), {
    commits: [
      {
        message: 'Start',
        files: new Map<Buffer, string>([
          [Buffer.from('a'), 'a\n'],
          [Buffer.from('a.txt'), 'a text\n'],
          [Buffer.from('dir/sub/one'), 'one\n'],
          [Buffer.from('dir/sub/two'), 'two\n'],
          [Buffer.from('dir/three'), 'three\n'],
          [Buffer.from('äöü/ß'), 'umlaut\n'],
          [Buffer.from(`long/${'x'.repeat(250)}/${'y'.repeat(250)}`), 'long\n'],
          [bytePath, 'bytes\n'],
        ]),
      },
    ],
  });
  return { directory, gitdir: path.join(directory, '.git') };
}

/** What git says about an index, in the words of `ls-files --debug`. */
async function asGit(directory: string): Promise<string[]> {
  const { stdout } = await execa('git', ['ls-files', '-z', '--stage', '--debug'], {
    cwd: directory,
    env: gitEnvironment,
    extendEnv: false,
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  // `<mode> <oid> <stage>\t<path>\0  ctime: …\n … flags: …\n`
  return Buffer.from(stdout)
    .toString('latin1')
    .split(/(?<=flags: [0-9a-f]+\n)/)
    .filter((row) => row !== '');
}

function asOurs(gitdir: string): string[] {
  const index = readIndex(gitdir);
  return Array.from({ length: index.length }, (_, at) => {
    const one = index.entry(at);
    // git shows as well that there are more flags.
    const more = one.skipWorktree || one.intentToAdd ? 0x4000 : 0;
    const flags =
      (more |
        (one.assumeValid ? 0x8000 : 0) |
        (one.stage << 12) |
        (one.skipWorktree ? 0x4000_0000 : 0) |
        (one.intentToAdd ? 0x2000_0000 : 0)) >>>
      0;
    const s = one.stat;
    return (
      `${one.mode.toString(8)} ${one.oid} ${one.stage}\t${index.pathBytes(at).toString('latin1')}\0` +
      `  ctime: ${s.ctimeSeconds}:${s.ctimeNanoseconds}\n  mtime: ${s.mtimeSeconds}:${s.mtimeNanoseconds}\n` +
      `  dev: ${s.dev}\tino: ${s.ino}\n  uid: ${s.uid}\tgid: ${s.gid}\n  size: ${s.size}\tflags: ${flags.toString(16)}\n`
    );
  });
}

async function failure(work: Promise<unknown> | (() => unknown)): Promise<AppFailure['error']> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof AppFailure) return error.error;
    throw error;
  }
  return expect.fail('it succeeded');
}

async function conflicted(directory: string): Promise<void> {
  await git(directory, 'checkout', '--quiet', '-b', 'side');
  writeFileSync(path.join(directory, 'a'), 'side\n');
  await git(directory, 'commit', '--quiet', '-am', 'Side');
  await git(directory, 'checkout', '--quiet', 'main');
  writeFileSync(path.join(directory, 'a'), 'main\n');
  await git(directory, 'commit', '--quiet', '-am', 'Main');
  await git(directory, 'merge', 'side').catch(() => undefined);
}

describe('reading the index', () => {
  it('reads what git reads, in versions 2, 3 and 4', async () => {
    const { directory, gitdir } = await repository();
    expect(asOurs(gitdir)).toEqual(await asGit(directory));
    await conflicted(directory);
    await git(directory, 'update-index', '--assume-unchanged', 'a.txt');
    expect(readIndex(gitdir).version).toBe(2);
    expect(asOurs(gitdir)).toEqual(await asGit(directory));
    await git(directory, 'update-index', '--skip-worktree', 'dir/three');
    writeFileSync(path.join(directory, 'intended'), '');
    await git(directory, 'add', '--intent-to-add', 'intended');
    expect(readIndex(gitdir).version).toBe(3);
    expect(asOurs(gitdir)).toEqual(await asGit(directory));
    await git(directory, 'update-index', '--index-version=4');
    const index = readIndex(gitdir);
    expect(index.version).toBe(4);
    expect(asOurs(gitdir)).toEqual(await asGit(directory));
    expect(index.find('a').map(({ stage }) => stage)).toEqual([1, 2, 3]);
    expect(index.find('nowhere')).toEqual([]);
    expect(index.find('d/\udcffx')).toHaveLength(1);
  });

  it('reads one with nothing but names of one letter, whole or in conflict', async () => {
    const directory = await makeRepository(path.join(place.path, 'letters'), {
      commits: [{ message: 'Start', files: { a: 'a' } }],
    });
    const oid = await git(directory, 'rev-parse', 'HEAD:a');
    const rows = [1, 2, 3].map((stage) => `100644 ${oid} ${stage}\ta\n`).join('');
    for (const version of ['2', '4']) {
      await rm(path.join(directory, '.git/index'), { force: true });
      await execa('git', ['-c', `index.version=${version}`, 'update-index', '--index-info'], {
        cwd: directory,
        env: gitEnvironment,
        extendEnv: false,
        input: rows,
      });
      const index = readIndex(path.join(directory, '.git'));
      expect([...index].map(({ path: name, stage }) => [name, stage])).toEqual([
        ['a', 1],
        ['a', 2],
        ['a', 3],
      ]);
    }
  });

  it('knows the trees of folders that did not change', async () => {
    const { directory, gitdir } = await repository();
    const tree = readIndex(gitdir).tree;
    expect(tree?.oid).toBe(await git(directory, 'rev-parse', 'HEAD^{tree}'));
    expect(tree?.folders.get('dir')?.folders.get('sub')?.oid).toBe(
      await git(directory, 'rev-parse', 'HEAD:dir/sub'),
    );
    expect(tree?.folders.get('dir')?.entries).toBe(3);
  });

  it('takes an absent index for an empty one, and an index without a checksum as git does', async () => {
    const { directory, gitdir } = await repository();
    const file = path.join(gitdir, 'index');
    const bytes = readFileSync(file);
    writeFileSync(file, Buffer.concat([bytes.subarray(0, -20), Buffer.alloc(20)]));
    expect(asOurs(gitdir)).toEqual(await asGit(directory));
    expect(readIndex(path.join(place.path, 'nowhere'))).toMatchObject({ length: 0, mtime: 0n });
  });

  it('says why it cannot read a split index and a sparse one', async () => {
    const split = await repository();
    await git(split.directory, 'update-index', '--split-index');
    expect(await failure(() => readIndex(split.gitdir))).toMatchObject({
      kind: 'unsupported',
      what: 'a split index',
    });
    const sparse = await repository();
    await git(sparse.directory, 'sparse-checkout', 'set', '--cone', '--sparse-index', 'long');
    expect(await failure(() => readIndex(sparse.gitdir))).toMatchObject({
      kind: 'unsupported',
      what: 'a sparse index',
    });
  });

  it('refuses damaged and hostile ones, whatever is cut or changed', async () => {
    const { directory, gitdir } = await repository();
    const file = path.join(gitdir, 'index');
    const signed = (bytes: Buffer) => Buffer.concat([bytes, createHash('sha1').update(bytes).digest()]);
    const refused = async (bytes: Buffer) => {
      writeFileSync(file, bytes);
      expect(await failure(() => readIndex(gitdir))).toMatchObject({
        kind: 'repository-damaged',
        path: file,
      });
    };
    for (const version of [2, 4]) {
      await git(directory, 'read-tree', 'HEAD');
      await git(directory, 'update-index', `--index-version=${version}`);
      const good = readFileSync(file);
      const body = good.subarray(0, -20);
      const changed = (at: number, value: number) => {
        const copy = Buffer.from(body);
        copy[at] = value;
        return signed(copy);
      };
      for (const cut of [0, 5, 12, 31, 40, 100, good.length - 21]) await refused(good.subarray(0, cut));
      await refused(Buffer.concat([good.subarray(0, 60), Buffer.from('x'), good.subarray(61)]));
      await refused(changed(8, 0x7f));
      await refused(changed(11, 0xff));
      await refused(changed(7, 9));
      // Whatever is cut or changed ends in one of three ways, never in a defect.
      const told = (bytes: Buffer) => {
        try {
          return parseIndex(bytes, file).length;
        } catch (error) {
          return (error as AppFailure).error.kind;
        }
      };
      for (let at = 12; at < body.length; at += 1) {
        expect(['repository-damaged', 8]).toContain(told(signed(body.subarray(0, at))));
        expect(['repository-damaged', 'unsupported', 8]).toContain(told(changed(at, (body[at] ?? 0) ^ 0x81)));
      }
    }
    const evil = (name: string) => {
      const entry = Buffer.alloc(72);
      entry.writeUInt32BE(0o100644, 24);
      entry.writeUInt16BE(name.length, 60);
      entry.write(name, 62, 'latin1');
      return signed(Buffer.concat([Buffer.from('DIRC\0\0\0\x02\0\0\0\x01', 'latin1'), entry]));
    };
    for (const name of ['../x', '/x', 'a/../b', '.git/x', 'a/.GIT/h', './x', 'a//b', 'a/'])
      await refused(evil(name));
    writeFileSync(file, evil('.gitx/ok'));
    expect(readIndex(gitdir).path(0)).toBe('.gitx/ok');
  });
});

describe('writing the index', () => {
  const unchanged = { worktree: null, unchanged: () => true };

  it('keeps what it does not change to the byte, and git goes on with it', async () => {
    for (const version of [2, 3, 4]) {
      const { directory, gitdir } = await repository();
      if (version === 3) await git(directory, 'update-index', '--skip-worktree', 'dir/three');
      if (version === 4) await git(directory, 'update-index', '--index-version=4');
      const before = await asGit(directory);
      const { tree } = readIndex(gitdir);
      await updateIndex(gitdir, (draft) => draft.put(draft.base.entry(1)), unchanged);
      expect(readIndex(gitdir).version).toBe(version);
      expect(await asGit(directory)).toEqual(before);
      expect(tree).not.toBeNull();
      expect(readIndex(gitdir).tree).toEqual(tree);
      expect(await git(directory, 'status', '--porcelain')).toBe('');
      expect(await git(directory, 'fsck', '--strict')).toBe('');
      expect(readdirSync(gitdir)).not.toContain('index.lock');
    }
  });

  it('adds, removes, makes and ends conflicts, and puts files where folders were', async () => {
    for (const version of [2, 4]) {
      const { directory, gitdir } = await repository();
      await git(directory, 'update-index', `--index-version=${version}`);
      const oid = await git(directory, 'hash-object', '-w', 'a');
      const entry = (path: string, stage: 0 | 1 | 2 | 3 = 0) => ({
        path,
        stage,
        mode: 0o100644,
        oid,
        stat: noStat,
        assumeValid: false,
        skipWorktree: false,
        intentToAdd: false,
      });
      await updateIndex(
        gitdir,
        (draft) => {
          draft.put(entry('new/file'));
          draft.remove('a.txt');
          draft.remove('nowhere');
          for (const stage of [3, 1, 2] as const) draft.put(entry('dir/three', stage));
          draft.put(entry('a/below'));
          draft.put(entry('long'));
        },
        unchanged,
      );
      const listed = (await git(directory, '-c', 'core.quotePath=false', 'ls-files', '--stage'))
        .split('\n')
        .map((row) => row.split(/ |\t/).slice(2).join(' '));
      expect(new Set(listed)).toEqual(
        new Set([
          '0 a/below',
          '1 dir/three',
          '2 dir/three',
          '3 dir/three',
          '0 dir/sub/one',
          '0 dir/sub/two',
          '0 d/\ufffdx',
          '0 long',
          '0 new/file',
          '0 äöü/ß',
        ]),
      );
      const tree = readIndex(gitdir).tree;
      expect(tree?.entries).toBe(-1);
      expect(tree?.folders.get('dir')?.entries).toBe(-1);
      expect(tree?.folders.get('dir')?.folders.get('sub')?.oid).toMatch(/^[0-9a-f]{40}$/);
      await updateIndex(gitdir, (draft) => draft.put(entry('dir/three')), unchanged);
      expect(
        readIndex(gitdir)
          .find('dir/three')
          .map(({ stage }) => stage),
      ).toEqual([0]);
      // git makes the tree of it that is made without what the index remembers.
      const written = await git(directory, 'write-tree');
      await git(directory, 'update-index', '--force-remove', 'nothing');
      await updateIndex(
        gitdir,
        (draft) => {
          const all = [...draft.base];
          draft.clear();
          for (const one of all) draft.put(one);
        },
        unchanged,
      );
      expect(readIndex(gitdir).tree).toBeNull();
      expect(await git(directory, 'write-tree')).toBe(written);
    }
  });

  it('does not write while another program has the index, and writes nothing where the change fails', async () => {
    const { directory, gitdir } = await repository();
    const file = path.join(gitdir, 'index');
    const before = readFileSync(file);
    writeFileSync(`${file}.lock`, '');
    expect(await failure(updateIndex(gitdir, (draft) => draft.remove('a'), unchanged))).toEqual({
      kind: 'repository-busy',
      path: `${file}.lock`,
    });
    expect(readdirSync(gitdir)).toContain('index.lock');
    await execa('rm', [`${file}.lock`]);
    const inode = statSync(file).ino;
    await expect(
      updateIndex(
        gitdir,
        (draft) => {
          draft.remove('a');
          throw new Error('no');
        },
        unchanged,
      ),
    ).rejects.toThrow('no');
    await updateIndex(gitdir, () => undefined, unchanged);
    expect(readFileSync(file)).toEqual(before);
    expect(statSync(file).ino).toBe(inode);
    const lock = takeLock(file);
    expect(await git(directory, 'add', 'a').catch((error: Error) => error.message)).toContain('index.lock');
    lock.rollback();
    expect(await git(directory, 'add', 'a')).toBe('');
  });

  it('marks what may have changed within the time stamp of the index, as git does (racy-git)', async () => {
    const { directory, gitdir } = await repository();
    const racy = path.join(directory, 'a');
    const at = new Date('2026-01-05T08:00:00Z');
    utimesSync(racy, at, at);
    utimesSync(path.join(directory, 'a.txt'), at, at);
    await git(directory, 'update-index', '--refresh');
    utimesSync(path.join(gitdir, 'index'), at, at);
    // The same size and the same time: only the content tells.
    writeFileSync(racy, 'b\n');
    utimesSync(racy, at, at);
    await updateIndex(gitdir, (draft) => draft.remove('dir/three'), { worktree: directory });
    const index = readIndex(gitdir);
    expect(index.find('a')[0]?.stat.size).toBe(0);
    expect(index.find('a.txt')[0]?.stat.size).toBe(7);
    expect(await git(directory, 'status', '--porcelain', 'a', 'a.txt')).toBe(' M a');
  });

  it('keeps the nanoseconds git has of a file', async () => {
    const { directory } = await repository();
    const file = path.join(directory, 'a');
    const stat = indexStat(lstatSync(file, { bigint: true }));
    await git(directory, 'update-index', '--really-refresh');
    expect(readIndex(path.join(directory, '.git')).find('a')[0]?.stat).toEqual(stat);
  });
});
