import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gitEnvironment } from '../fakes/repositories';
import type { ChildSetup, Order, Report } from './child';
import type { EngineName } from './engines';
import type { OperationName } from './operations';

/** Bundles of what runs in threads and processes of its own. */
export interface Bundles {
  worker: string;
  child: string;
}

/** A process that holds an engine. */
export interface EngineProcess {
  offered: readonly OperationName[];
  /** Every process it starts, and these start, has it for a home: that is how they are found. */
  home: string;
  /** Resolves with null when the process ended before its answer. */
  perform(order: Order): Promise<Exclude<Report, { type: 'ready' }> | null>;
  /** At once, and resolves when it is gone. */
  kill(): Promise<void>;
}

export async function startEngineProcess(
  bundles: Bundles,
  engine: EngineName,
  home: string,
): Promise<EngineProcess> {
  mkdirSync(home, { recursive: true });
  const setup: ChildSetup = { engine, worker: bundles.worker, scratch: home };
  const child = fork(bundles.child, [JSON.stringify(setup)], {
    execArgv: ['--import', path.join(import.meta.dirname, 'write-points.mjs')],
    env: { ...gitEnvironment, HOME: home, XDG_CONFIG_HOME: home, TMPDIR: home },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => null);
  const ready = await Promise.race([next(child), ended]);
  if (ready?.type !== 'ready') throw new Error('The process of the engine did not start.');
  return {
    offered: ready.offered,
    home,
    async perform(order) {
      const answer = Promise.race([next(child), ended]);
      child.send(order, () => undefined);
      const report = await answer;
      if (report?.type === 'ready') throw new Error('The process of the engine began anew.');
      return report;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function next(child: ChildProcess): Promise<Report> {
  const [report] = (await once(child, 'message')) as [Report];
  return report;
}

export const canFindProcesses = process.platform === 'linux';

/** Ids of the processes that have this home, ours excepted. */
export function processesOf(home: string): number[] {
  if (!canFindProcesses) return [];
  const wanted = `HOME=${home}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return (
          readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(wanted) &&
          !/^\S+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${name}/stat`, 'latin1'))
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Their command lines. */
export function shownProcesses(home: string): string {
  return processesOf(home)
    .map((id) => readFileSync(`/proc/${id}/cmdline`, 'latin1').replaceAll('\0', ' ').trim())
    .join('; ');
}

/** Milliseconds until they were gone; null: not within `patience`. */
export async function untilGone(home: string, patience: number): Promise<number | null> {
  const started = performance.now();
  for (;;) {
    if (processesOf(home).length === 0) return performance.now() - started;
    if (performance.now() - started > patience) return null;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** As the system does when it ends a session or has no memory left. */
export function killAll(home: string): void {
  for (const id of processesOf(home))
    try {
      process.kill(id, 'SIGKILL');
    } catch {
      // It is gone already.
    }
}
