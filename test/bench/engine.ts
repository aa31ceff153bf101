import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { type ClonePlan, everything } from '../../electron/git/operations/transfer';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { bundleGitWorker } from '../fakes/git-worker-bundle';
import { gitEnvironment } from '../fakes/repositories';
import { recordedCredentials } from '../git/operation';
import { alternate, type Figure, median } from './figure';
import { makeSyntheticRepository, shapes } from './synthetic-repository';
import { openSystemEngine } from './system-engine';

/** Where creating a file costs next to nothing: a disk's 0.5 ms for each would hide the programs. */
export function fastFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return os.tmpdir();
  }
}

interface Setting {
  work: string;
  server: GitHttpServer;
  worker: string;
}

interface Case {
  name: string;
  shape: keyof typeof shapes;
  runs: number;
  plan: Partial<ClonePlan>;
  /** The same for git. */
  options: string[];
  goal: number;
}

const cases: Case[] = [
  { name: 'small, all of it', shape: 'small', runs: 7, plan: {}, options: [], goal: 1.1 },
  { name: 'medium, all of it', shape: 'medium', runs: 3, plan: {}, options: [], goal: 0.65 },
  {
    name: 'medium, depth 1',
    shape: 'medium',
    runs: 5,
    plan: { depth: 1, singleBranch: true },
    options: ['--depth=1'],
    goal: 1.25,
  },
];
const large: Case = { name: 'large, all of it', shape: 'large', runs: 1, plan: {}, options: [], goal: 0.8 };

/**
 * Clones by both engines against `git clone`, over HTTP from this machine, in
 * turn. `isLarge`: also of a million commits, which takes half an hour.
 */
export async function* benchEngine(isLarge: boolean): AsyncGenerator<Figure> {
  const work = mkdtempSync(path.join(fastFolder(), 'polyforge-bench-'));
  const server = await startGitHttpServer();
  try {
    const setting = { work, server, worker: await bundleGitWorker(path.join(work, 'worker')) };
    const made = new Set<string>();
    for (const one of isLarge ? [...cases, large] : cases) {
      const directory = path.join(work, `${one.shape}.git`);
      if (!made.has(one.shape)) await makeSyntheticRepository(directory, shapes[one.shape]);
      made.add(one.shape);
      const url = server.serve(`bench/${one.shape}`, { directory });
      if (one.shape === 'medium' && one.options.length === 0) yield await systemClone(setting, url);
      yield* embeddedClone(setting, url, one);
    }
  } finally {
    await server.close();
    rmSync(work, { recursive: true, force: true });
  }
}

/** Milliseconds and the most memory one process of it had, in kilobytes; 0: this system does not tell. */
interface Measured {
  milliseconds: number;
  kilobytes: number;
}

/** Every clone has an empty place and leaves it empty. */
async function inPlace<T>({ work }: Setting, clone: (directory: string) => Promise<T>): Promise<T> {
  const directory = path.join(work, 'clone');
  try {
    return await clone(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function gitClone(url: string, directory: string, options: readonly string[]): Promise<Measured> {
  const started = performance.now();
  const child = spawn('git', ['clone', '--quiet', '--template=', ...options, url, directory], {
    env: gitEnvironment,
    stdio: 'inherit',
  });
  let kilobytes = 0;
  // A high-water mark: it is enough to look in time before the end.
  const looking = setInterval(() => {
    kilobytes = Math.max(kilobytes, ...below(child.pid ?? 0).map(peakOf));
  }, 20);
  const [code] = (await once(child, 'close')) as [number | null];
  const milliseconds = performance.now() - started;
  clearInterval(looking);
  if (code !== 0) throw new Error(`git clone ended with ${code}`);
  return { milliseconds, kilobytes };
}

/** A process and all below it. */
function below(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => below(Number(child))))];
  } catch {
    return [];
  }
}

function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

async function* embeddedClone(setting: Setting, url: string, one: Case): AsyncGenerator<Figure> {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  const job = path.join(import.meta.dirname, 'clone-job.mjs');
  const kept = async (list: Measured[], run: number, work: Promise<Measured>) => {
    const measured = await work;
    if (run > 0) list.push(measured);
    return measured.milliseconds;
  };
  const clone = async (directory: string): Promise<Measured> => {
    mkdirSync(directory);
    const route = { proxy: null, authorities: [], client: null };
    const plan = { ...everything, ...one.plan };
    const input = { url: requireRemoteUrl(url), route, directory, branch: null, plan };
    const { stdout } = await execa(process.execPath, [job, setting.worker, JSON.stringify(input)]);
    return JSON.parse(stdout) as Measured;
  };
  const {
    ours: value,
    ratio,
    spread,
  } = await alternate(
    one.runs,
    (run) => kept(ours, run, inPlace(setting, clone)),
    (run) =>
      kept(
        theirs,
        run,
        inPlace(setting, (directory) => gitClone(url, directory, one.options)),
      ),
  );
  yield {
    name: `embedded clone: ${one.name}`,
    value,
    unit: 'ms',
    ratio,
    spread,
    goal: `ratio <= ${one.goal} of git clone`,
  };
  const peak = (list: Measured[]) => median(list.map(({ kilobytes }) => kilobytes));
  const known = peak(theirs) > 0;
  yield {
    name: `embedded clone: ${one.name}, most memory`,
    value: peak(ours) / 1024,
    unit: 'MB',
    ratio: known ? peak(ours) / peak(theirs) : null,
    // A thread of Node alone has more than all of git.
    goal: one.shape === 'small' || one.options.length > 0 ? 'value <= 250' : 'ratio <= 3 of git clone',
  };
}

async function systemClone(setting: Setting, url: string): Promise<Figure> {
  const { engine, ...opened } = await openSystemEngine(setting.work);
  try {
    const clone = async (directory: string) => {
      const started = performance.now();
      const remote = requireRemoteUrl(url);
      const request = {
        url: remote,
        directory,
        branch: null,
        credentials: recordedCredentials(remote.origin),
      };
      await engine.clone(request, { signal: new AbortController().signal, progress: () => undefined });
      return performance.now() - started;
    };
    const { ours, ratio, spread } = await alternate(
      3,
      () => inPlace(setting, clone),
      () => inPlace(setting, async (directory) => (await gitClone(url, directory, [])).milliseconds),
    );
    return {
      name: 'clone with the system git: medium, all of it',
      value: ours,
      unit: 'ms',
      ratio,
      spread,
      goal: 'ratio <= 1.03 of git clone',
    };
  } finally {
    await opened.close();
  }
}
