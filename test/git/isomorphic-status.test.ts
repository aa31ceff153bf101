import { readFileSync, utimesSync } from 'node:fs';
import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import { git, gitEnvironment, makeRepository, temporaryDirectory } from '../fakes/repositories';
import { gitStatusLines, statusLines } from './status-lines';
import { withoutOwnConfiguration } from './twins';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let worker: Awaited<ReturnType<typeof buildGitWorker>>;
let engine: ReturnType<typeof createIsomorphicEngine>;
let restore: () => void;

beforeAll(async () => {
  place = await temporaryDirectory();
  restore = withoutOwnConfiguration(place.path);
  worker = await buildGitWorker();
  engine = createIsomorphicEngine(worker.file, fixedNetwork());
});
afterAll(async () => {
  await worker.remove();
  restore();
  await place.remove();
});

async function expectAlike(directory: string): Promise<string[]> {
  const index = path.join(directory, '.git/index');
  const before = readFileSync(index);
  for (const untracked of ['all', 'normal', 'no'] as const)
    expect(await statusLines(engine, directory, untracked), untracked).toEqual(
      await gitStatusLines(directory, untracked),
    );
  expect(readFileSync(index)).toEqual(before);
  return statusLines(engine, directory, 'all');
}

/** The same every time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const lines = (seed: number, count = 20) =>
  Array.from({ length: count }, (_, at) => `line ${seed} ${at * seed}\n`).join('');

describe('the status of the embedded engine', () => {
  it('is git own after changes made at random', async () => {
    const next = random(0xbeef);
    const folders = ['', 'a/', 'a/b/', 'a-b/', 'c/', 'c/d/e/'];
    const files = Object.fromEntries(
      folders.flatMap((folder, at) =>
        Array.from({ length: 6 }, (_, number) => [`${folder}file${number}`, lines(at * 10 + number + 1)]),
      ),
    );
    const directory = await makeRepository(path.join(place.path, 'random'), {
      commits: [{ message: 'Start', files: { ...files, '.gitignore': '*.o\n/c/d/x/\n!keep.o\n' } }],
    });
    const names = Object.keys(files);
    for (let round = 0; round < 12; round += 1) {
      for (let step = 0; step < 6; step += 1) {
        const name = names[next(names.length)] ?? '';
        const at = path.join(directory, name);
        const what = next(9);
        await mkdir(path.dirname(at), { recursive: true }).catch(() => undefined);
        if (what === 0) await rm(at, { recursive: true, force: true });
        else if (what === 1) await writeFile(at, lines(next(90) + 1)).catch(() => undefined);
        else if (what === 2) await git(directory, 'add', '--all', '.');
        else if (what === 3) await git(directory, 'rm', '-q', '--cached', '--', name).catch(() => undefined);
        else if (what === 4) {
          await rm(at, { recursive: true, force: true });
          await symlink('target', at).catch(() => undefined);
        } else if (what === 5) await chmod(at, next(2) === 0 ? 0o755 : 0o644).catch(() => undefined);
        else if (what === 6)
          await rename(at, `${at}-moved${['', '.o', '/x'][next(3)]}`).catch(() => undefined);
        else if (what === 7) {
          await rm(at, { recursive: true, force: true });
          await mkdir(path.join(at, 'deep'), { recursive: true });
          await writeFile(path.join(at, 'deep', next(2) === 0 ? 'x.o' : 'keep.o'), 'x');
        } else
          await git(
            directory,
            'update-index',
            next(2) === 0 ? '--assume-unchanged' : '--skip-worktree',
            name,
          ).catch(() => undefined);
      }
      await expectAlike(directory);
    }
  });

  it('finds what moved in the index as git does', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [`old/${at % 3}/file${at}.txt`, lines(at + 1, 30)]),
    );
    const directory = await makeRepository(path.join(place.path, 'moved'), {
      commits: [{ message: 'Start', files: { ...files, twin1: 'the same\n', twin2: 'the same\n' } }],
    });
    await mkdir(path.join(directory, 'new/below'), { recursive: true });
    for (const [at, name] of Object.keys(files).entries()) {
      const to = path.join(
        directory,
        at % 2 === 0 ? 'new' : 'new/below',
        at % 4 === 0 ? path.basename(name) : `other${at}.txt`,
      );
      await rename(path.join(directory, name), to);
      const kept = lines(at + 1, 30)
        .split('\n')
        .slice(0, 30 - at * 2)
        .join('\n');
      await writeFile(to, `${kept}\n${lines(100 + at, at * 2)}`);
    }
    await rename(path.join(directory, 'twin2'), path.join(directory, 'new/twin2'));
    await rename(path.join(directory, 'twin1'), path.join(directory, 'new/a-third'));
    await git(directory, 'add', '--all');
    const found = await expectAlike(directory);
    expect(found.filter((row) => row.startsWith('R')).length).toBeGreaterThan(6);
    expect(found.some((row) => row.startsWith('D'))).toBe(true);
  });

  it('reads what time stamps do not tell, and knows of line ends', async () => {
    const directory = await makeRepository(path.join(place.path, 'content'), {
      commits: [
        {
          message: 'Start',
          files: { racy: 'one\n', touched: 'two\n', crlf: 'a\nb\n', '.gitattributes': 'crlf text\n' },
        },
      ],
    });
    const at = new Date('2026-01-05T08:00:00Z');
    for (const name of ['racy', 'touched', 'crlf']) utimesSync(path.join(directory, name), at, at);
    await git(directory, 'update-index', '--refresh');
    utimesSync(path.join(directory, '.git/index'), at, at);
    await writeFile(path.join(directory, 'racy'), 'eno\n');
    utimesSync(path.join(directory, 'racy'), at, at);
    await writeFile(path.join(directory, 'touched'), 'two\n');
    expect(await expectAlike(directory)).toEqual(['.M racy']);
    await rm(path.join(directory, 'crlf'));
    await writeFile(path.join(directory, 'crlf'), 'a\r\nb\r\n');
    await git(directory, 'add', '--renormalize', 'crlf');
    await expectAlike(directory);
  });

  it('shows repositories in folders, and nothing behind a link in the place of a folder', async () => {
    const directory = await makeRepository(path.join(place.path, 'nested'), {
      commits: [{ message: 'Start', files: { 'a/x': 'x\n', 'b/y': 'y\n', 'c/z': 'z\n', d: 'd\n' } }],
    });
    for (const name of ['inner', 'b', 'new/deep', 'd']) {
      await rm(path.join(directory, name), { recursive: true, force: true });
      await makeRepository(path.join(directory, name), {
        commits: [{ message: 'Inner', files: { f: 'f\n' } }],
      });
    }
    await rename(path.join(directory, 'a'), path.join(place.path, 'moved-away'));
    await symlink('../moved-away', path.join(directory, 'a'));
    await mkdir(path.join(directory, 'empty/.git'), { recursive: true });
    await expectAlike(directory);
  });

  it('looks at many files in two threads as in one', async () => {
    const directory = await makeRepository(path.join(place.path, 'many'), {
      commits: [{ message: 'Start', files: { one: 'one\n' } }],
    });
    const oid = await git(directory, 'rev-parse', 'HEAD:one');
    const names = Array.from({ length: 4800 }, (_, at) => `d${at % 120}/f${at}`);
    // Most of them are in the index alone: making files is what would take long here.
    await execa('git', ['update-index', '--index-info'], {
      cwd: directory,
      env: gitEnvironment,
      extendEnv: false,
      input: names.map((name) => `100644 ${oid}\t${name}\n`).join(''),
    });
    await git(directory, 'commit', '--quiet', '-m', 'Many');
    for (let at = 0; at < 4800; at += 97) {
      await mkdir(path.join(directory, path.dirname(names[at] ?? '')), { recursive: true });
      await writeFile(path.join(directory, names[at] ?? ''), at % 2 === 0 ? 'one\n' : 'two\n');
      await writeFile(path.join(directory, `${names[at]}.new`), 'new\n');
    }
    // The second thread may start late: it has work by the second time at the latest.
    for (let round = 0; round < 2; round += 1)
      expect((await expectAlike(directory)).length).toBeGreaterThan(4800);
  });

  it('refuses a bare repository', async () => {
    const directory = path.join(place.path, 'bare.git');
    await git(place.path, 'init', '--quiet', '--bare', directory);
    await expect(statusLines(engine, directory, 'all')).rejects.toMatchObject({
      error: { kind: 'unsupported' },
    });
  });
});
