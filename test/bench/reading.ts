import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import type { GitEngine } from '../../electron/git/engine';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { commitFormat } from '../../electron/git/system/log';
import { bundleGitWorker } from '../fakes/git-worker-bundle';
import { fixedNetwork } from '../fakes/network';
import { gitEnvironment } from '../fakes/repositories';
import { fastFolder } from './engine';
import { alternate, type Figure, median } from './figure';
import { changeHundredFiles, makeReadingRepository } from './reading-repository';
import { openSystemEngine } from './system-engine';

interface Row {
  name: string;
  /** What the user sees; resolves with the number of entries. */
  read(engine: GitEngine, directory: string): Promise<number>;
  /** Arguments by which git writes the same. */
  git: string[];
  /** How many there must be. */
  expected: number;
  goal: Record<GitEngine['id'], string>;
}

const runs = 11;
const never = new AbortController().signal;

async function changed(engine: GitEngine, directory: string): Promise<number> {
  let found = 0;
  const entries = (some: unknown[]) => {
    found += some.length;
  };
  await engine.status(directory, { untracked: 'normal', entries }, { signal: never });
  return found;
}

const statusArguments = ['status', '--porcelain=v2', '-z'];
const statusGoal = {
  system: 'ratio <= 1.15 of git status --porcelain=v2 -z',
  isomorphic: 'ratio <= 1.5 of git status --porcelain=v2 -z',
};
const branchFormat =
  '--format=%(refname)%00%(objectname)%00%(upstream)%00%(upstream:track,nobracket)%00%(HEAD)%00%(symref)';

const log: Row = {
  name: 'first 200 commits',
  read: async (engine, directory) => (await engine.log(directory, { skip: 0, limit: 200 })).commits.length,
  git: ['log', '-200', ...commitFormat],
  expected: 200,
  goal: {
    system: 'ratio <= 1 of git log -200 in the same format',
    isomorphic: 'ratio <= 1 of git log -200 in the same format',
  },
};

function rows(tips: number): Row[] {
  const branchGoal = 'for the record, against git for-each-ref in the same format';
  return [
    log,
    {
      name: `${tips} branches`,
      read: async (engine, directory) => (await engine.branches(directory)).length,
      git: ['for-each-ref', branchFormat, 'refs/heads', 'refs/remotes'],
      expected: tips,
      goal: { system: branchGoal, isomorphic: branchGoal },
    },
    {
      name: 'status of 100,000 files, clean',
      read: changed,
      git: statusArguments,
      expected: 0,
      goal: statusGoal,
    },
  ];
}

const withChanges: Row = {
  name: 'status of 100,000 files, 100 changed',
  read: changed,
  git: statusArguments,
  expected: 100,
  goal: statusGoal,
};

/**
 * Looking at a large repository with both engines, in turn with git itself;
 * both write to us, and ours is read to the end and taken apart. Warm, as the
 * app is after the first look; the first looks have figures of their own.
 */
export async function* benchReading(isLarge: boolean): AsyncGenerator<Figure> {
  const work = mkdtempSync(path.join(fastFolder(), 'polyforge-bench-'));
  const system = await openSystemEngine(work);
  try {
    const worker = await bundleGitWorker(path.join(work, 'worker'));
    const directory = path.join(work, 'read');
    const shape = await makeReadingRepository(directory, isLarge);
    const commits = shape.commits.toLocaleString('en');
    process.stderr.write(
      `Reading a repository of ${commits} commits${isLarge ? '' : ' (--large: a million)'}.\n`,
    );
    const heads = await execa('git', ['for-each-ref', '--format=x', 'refs/heads', 'refs/remotes'], {
      cwd: directory,
      env: gitEnvironment,
    });
    const embedded = () => createIsomorphicEngine(worker, fixedNetwork());
    const engines = [system.engine, embedded()];
    for (const row of rows(heads.stdout.split('\n').length)) {
      yield await firstLook(row, embedded, directory, commits);
      for (const engine of engines) yield await compared(row, engine, directory, commits);
    }
    await changeHundredFiles(directory);
    for (const engine of engines) yield await compared(withChanges, engine, directory, commits);
    yield await memory(worker, directory, commits);
  } finally {
    await system.close();
    rmSync(work, { recursive: true, force: true });
  }
}

const nameOf = (row: Row, id: GitEngine['id'], commits: string) =>
  `${id === 'system' ? 'system' : 'embedded'}: ${row.name} (${commits} commits)`;

async function ours(row: Row, engine: GitEngine, directory: string): Promise<number> {
  const started = performance.now();
  const found = await row.read(engine, directory);
  const took = performance.now() - started;
  if (found !== row.expected) throw new Error(`${row.name}: ${found} were found, not ${row.expected}`);
  return took;
}

/** Its output is read as a program's would be that shows it, and thrown away. */
async function theirs(row: Row, directory: string): Promise<number> {
  const started = performance.now();
  const child = spawn('git', ['-C', directory, ...row.git], {
    env: gitEnvironment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.resume();
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`git ${row.git[0]} ended with ${code}`);
  return performance.now() - started;
}

async function compared(row: Row, engine: GitEngine, directory: string, commits: string): Promise<Figure> {
  const figure = await alternate(
    runs,
    () => ours(row, engine, directory),
    () => theirs(row, directory),
  );
  return {
    name: nameOf(row, engine.id, commits),
    value: figure.ours,
    unit: 'ms',
    ratio: figure.ratio,
    spread: figure.spread,
    goal: row.goal[engine.id],
  };
}

/** With a thread that is started for it, and knows nothing of the repository. */
async function firstLook(
  row: Row,
  embedded: () => GitEngine,
  directory: string,
  commits: string,
): Promise<Figure> {
  const figure = await alternate(
    3,
    () => ours(row, embedded(), directory),
    () => theirs(row, directory),
  );
  return {
    name: `${nameOf(row, 'isomorphic', commits)}, first call`,
    value: figure.ours,
    unit: 'ms',
    ratio: figure.ratio,
    spread: figure.spread,
    goal: 'for the record',
  };
}

/** Of a process that does nothing else than the embedded engine's first looks. */
async function memory(worker: string, directory: string, commits: string): Promise<Figure> {
  const job = path.join(import.meta.dirname, 'reading-job.mjs');
  const kilobytes: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    const { stdout } = await execa(process.execPath, [job, worker, directory]);
    kilobytes.push((JSON.parse(stdout) as { kilobytes: number }).kilobytes);
  }
  return {
    name: `embedded: commits, branches and status (${commits} commits), most memory`,
    value: median(kilobytes) / 1024,
    unit: 'MB',
    ratio: null,
    goal: 'value <= 250',
  };
}
