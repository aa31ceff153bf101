import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { removeUnfinished } from '../../electron/git/guard';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { bundleGitWorker, bundleProgram } from '../fakes/git-worker-bundle';
import { type CommitSpec, git, gitEnvironment, makeBareRepository } from '../fakes/repositories';
import { type OperationName, operations, type Place } from './operations';
import type { Bundles } from './process';

/** What the user has in the working tree and nowhere else. */
const edits = { 'src/edited.txt': 'What the user wrote.\n', 'notes/untracked.txt': 'What the user noted.\n' };
const staged = { 'src/staged.txt': 'What the user is about to commit.\n' };

export interface Scene {
  root: string;
  server: GitHttpServer;
  /** Of the server, never changed. */
  source: string;
  url: string;
  /** What everything is copied from: `edited`, `staged`. */
  templates: string;
  /** Ids by what they are. */
  known: { main: string; side: string; ahead: string; gone: string; mine: string };
  bundles: Bundles;
  close(): Promise<void>;
}

/** Memory, where there is such a folder: a disk would only be slow. */
export async function fastDirectory(): Promise<string> {
  let parent = '/dev/shm';
  try {
    accessSync(parent, constants.W_OK);
  } catch {
    parent = os.tmpdir();
  }
  return realpath(await mkdtemp(path.join(parent, 'polyforge-faults-')));
}

/** Numbers from a seed: the same ones every time. */
export function randomFrom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

function history(): CommitSpec[] {
  const random = randomFrom(7);
  const text = (lines: number) =>
    Array.from({ length: lines }, () => Math.floor(random() * 2 ** 48).toString(36)).join('\n') + '\n';
  const commits: CommitSpec[] = [
    { message: 'Start', files: { 'src/edited.txt': 'As it was.\n', 'README.md': '# Faults\n' } },
  ];
  for (let at = 0; at < 12; at += 1)
    commits.push({
      message: `Change ${at}`,
      files: { [`src/part-${at}.txt`]: text(400), [`docs/${at % 4}.md`]: text(60) },
    });
  for (let at = 0; at < 6; at += 1)
    commits.push({
      message: `Side ${at}`,
      branch: 'side',
      from: 'main',
      files: { [`side/${at}.txt`]: text(300), [`src/part-${at}.txt`]: at === 5 ? null : text(380) },
    });
  commits.push({ message: 'Goes away', branch: 'gone', from: 'main', files: { 'gone.txt': 'gone\n' } });
  // Main goes on, so that side is merged and not only caught up with.
  commits.push({ message: 'Change the last', files: { 'docs/last.md': text(60) } });
  return commits;
}

async function put(directory: string, files: Record<string, string>): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
    await writeFile(path.join(directory, file), content);
  }
}

export async function bundlePrograms(directory: string): Promise<Bundles> {
  return {
    worker: await bundleGitWorker(directory),
    child: await bundleProgram('test/faults/child.ts', path.join(directory, 'fault-child.mjs')),
  };
}

/** A server with a repository, clones of what it was before, and the programs. */
export async function makeScene(bundles?: Bundles): Promise<Scene> {
  const root = await fastDirectory();
  const source = path.join(root, 'source.git');
  const templates = path.join(root, 'templates');
  const edited = path.join(templates, 'edited');
  await mkdir(templates);
  await makeBareRepository(source, { commits: history() });
  const server = await startGitHttpServer();
  const url = server.serve('faults/source', { directory: source });
  await git(root, 'clone', '--quiet', '--template=', source, edited);
  await git(edited, 'branch', '--quiet', 'side', 'origin/side');
  for (const [key, value] of Object.entries({
    'remote.origin.url': url,
    'user.name': 'Ada Example',
    'user.email': 'ada@example.test',
  }))
    await git(edited, 'config', key, value);
  const id = (name: string) => git(edited, 'rev-parse', name);
  // What nobody else has.
  await git(
    edited,
    'branch',
    'mine',
    await git(edited, 'commit-tree', '-p', 'side', '-m', 'Mine', 'main^{tree}'),
  );
  const known = {
    main: await id('main'),
    side: await id('side'),
    mine: await id('mine'),
    gone: await id('origin/gone'),
    ahead: '',
  };
  await put(edited, edits);
  await execa('cp', ['-a', edited, path.join(templates, 'staged')]);
  await put(path.join(templates, 'staged'), staged);
  await git(path.join(templates, 'staged'), 'add', 'src/staged.txt');
  // Then the server goes on.
  const author = path.join(root, 'author');
  await git(root, 'clone', '--quiet', '--template=', source, author);
  const random = randomFrom(11);
  for (let at = 0; at < 8; at += 1) {
    await put(author, { [`new/${at}.txt`]: Array.from({ length: 300 }, random).join('\n') });
    await git(author, 'add', '.');
    await git(author, 'commit', '--quiet', '--message', `New ${at}`);
  }
  await git(author, 'push', '--quiet', 'origin', 'main', 'main:fresh', ':gone');
  known.ahead = await git(author, 'rev-parse', 'main');
  await rm(author, { recursive: true });
  return {
    root,
    server,
    source,
    url,
    templates,
    known,
    bundles: bundles ?? (await bundlePrograms(path.join(root, 'programs'))),
    async close() {
      await server.close();
      await rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** One case: a folder of its own with a fresh copy in it. */
export interface Stage extends Place {
  folder: string;
  /** Where the folders of clones are written down. */
  record: string;
  remove(): Promise<void>;
}

export async function setStage(scene: Scene, operation: OperationName, folder: string): Promise<Stage> {
  await mkdir(folder, { recursive: true });
  const directory = path.join(folder, 'work');
  const { template } = operations[operation];
  if (template !== 'none') await copyOf(scene, template, directory);
  return {
    folder,
    directory,
    url: scene.url,
    record: path.join(folder, 'unfinished'),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}

export async function copyOf(scene: Scene, template: 'edited' | 'staged', directory: string): Promise<void> {
  await execa('cp', ['-a', path.join(scene.templates, template), directory]);
}

export async function say(
  cwd: string,
  ...args: string[]
): Promise<{ isGood: boolean; out: string; error: string }> {
  const result = await execa('git', args, { cwd, env: gitEnvironment, extendEnv: false, reject: false });
  return { isGood: result.exitCode === 0, out: result.stdout, error: result.stderr };
}

/** Lock files below the repository, and takes them away: their owner is dead. */
export async function clearLocks(directory: string): Promise<string[]> {
  const gitdir = path.join(directory, '.git');
  const locks = readdirSync(gitdir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.lock'),
  );
  for (const name of locks) await rm(path.join(gitdir, name));
  return locks;
}

/** What is wrong with a repository after work in it ended somehow; empty: nothing. */
export async function troubles(scene: Scene, operation: OperationName, stage: Stage): Promise<string[]> {
  const { directory } = stage;
  if (operation === 'clone') {
    const folders = existsSync(stage.record)
      ? readFileSync(stage.record, 'utf8').split('\n').filter(Boolean)
      : [];
    await removeUnfinished(folders);
    const left = readdirSync(stage.folder).filter((name) => name.startsWith('.'));
    if (left.length > 0) return [`nobody wrote down that there is ${left.join(', ')}`];
    if (!existsSync(directory)) return [];
    return [...(await clearLocks(directory)), ...(await cloneTroubles(scene, directory))];
  }
  await clearLocks(directory);
  const found = await repositoryTroubles(directory);
  found.push(
    ...(await headTroubles(scene, operation, directory)),
    ...(await lostEdits(operation, directory)),
  );
  return found;
}

async function repositoryTroubles(directory: string): Promise<string[]> {
  const found: string[] = [];
  const fsck = await say(directory, 'fsck', '--strict', '--no-dangling', '--no-progress');
  if (!fsck.isGood || fsck.out !== '' || fsck.error !== '') found.push(`fsck: ${fsck.out} ${fsck.error}`);
  const refs = await say(directory, 'for-each-ref', '--format=%(objectname)');
  if (!refs.isGood || refs.error !== '') found.push(`refs: ${refs.error}`);
  const status = await say(directory, 'status', '--porcelain=v2', '--untracked-files=all');
  if (!status.isGood || status.error !== '') found.push(`status: ${status.error}`);
  return found;
}

/** A clone that was said to be there, or that stands in its place: all of it. */
export async function cloneTroubles(scene: Scene, directory: string): Promise<string[]> {
  const found = await repositoryTroubles(directory);
  const theirs = await say(
    scene.source,
    'for-each-ref',
    '--format=%(objectname) %(refname:lstrip=2)',
    'refs/heads',
  );
  const ours = await say(
    directory,
    'for-each-ref',
    '--format=%(objectname) %(refname:lstrip=3)',
    'refs/remotes/origin',
  );
  const mine = ours.out.split('\n').filter((line) => !line.endsWith(' HEAD'));
  if (mine.join('\n') !== theirs.out) found.push(`not the server's branches: ${mine.join(', ')}`);
  const status = await say(directory, 'status', '--porcelain=v2', '--untracked-files=all');
  if (status.out !== '') found.push(`not what was committed: ${status.out}`);
  return found;
}

async function headTroubles(scene: Scene, operation: OperationName, directory: string): Promise<string[]> {
  const { main, side } = scene.known;
  const head = (await say(directory, 'rev-parse', '--verify', 'HEAD')).out;
  const branch = (await say(directory, 'symbolic-ref', 'HEAD')).out;
  const parents = (await say(directory, 'rev-parse', 'HEAD^@')).out.split('\n').join(' ');
  const isOld = branch === 'refs/heads/main' && head === main;
  const isNew = {
    clone: false,
    fetch: false,
    stash: false,
    commit: branch === 'refs/heads/main' && parents === main,
    checkout: branch === 'refs/heads/side' && head === side,
    merge: branch === 'refs/heads/main' && parents === `${main} ${side}`,
  }[operation];
  return isOld || isNew ? [] : [`HEAD is neither old nor new: ${branch} ${head}`];
}

/** In its place, or where a ref or the index leads to it. */
async function lostEdits(operation: OperationName, directory: string): Promise<string[]> {
  const lost: string[] = [];
  for (const [file, content] of Object.entries({ ...edits, ...(operation === 'commit' ? staged : {}) })) {
    let now: string | null = null;
    try {
      now = readFileSync(path.join(directory, file), 'utf8');
    } catch {
      // Then it must be kept elsewhere.
    }
    if (now === content) continue;
    const { stdout: oid } = await execa('git', ['hash-object', '--stdin'], {
      cwd: directory,
      env: gitEnvironment,
      input: content,
    });
    const reached = (await say(directory, 'rev-list', '--objects', '--indexed-objects', '--all')).out;
    if (!reached.includes(oid)) lost.push(`${file} is lost: ${now === null ? 'no file' : 'another file'}`);
  }
  return lost;
}

/** What a finished operation must have brought about. */
export async function claimTroubles(
  scene: Scene,
  operation: OperationName,
  directory: string,
): Promise<string[]> {
  const { known } = scene;
  const is = async (name: string, id: string) =>
    (await say(directory, 'rev-parse', '--verify', '--quiet', name)).out === id
      ? []
      : [`${name} is not ${id}`];
  const isHead = async (expected: string) => {
    const [branch, head] = [
      await say(directory, 'symbolic-ref', 'HEAD'),
      await say(directory, 'rev-parse', 'HEAD'),
    ];
    return `${branch.out} ${head.out}` === expected ? [] : [`HEAD is ${branch.out} ${head.out}`];
  };
  switch (operation) {
    case 'clone':
      return existsSync(directory) ? cloneTroubles(scene, directory) : ['there is no clone'];
    case 'fetch':
      return [
        ...(await is('refs/remotes/origin/main', known.ahead)),
        ...(await is('refs/remotes/origin/fresh', known.ahead)),
        ...(await is('refs/remotes/origin/gone', '')),
      ];
    case 'commit':
      return is('HEAD^', known.main);
    case 'checkout':
      return isHead(`refs/heads/side ${known.side}`);
    case 'merge':
      return is('HEAD^2', known.side);
    case 'stash':
      return is('stash^1', known.main);
    default:
      return [`nobody knows what ${String(operation satisfies never)} brings about`];
  }
}
