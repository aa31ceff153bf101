import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import type { Report } from './child';
import type { EngineName } from './engines';
import { orderOf } from './kill';
import type { OperationName } from './operations';
import { count, type Outcome, startOutcome } from './outcome';
import { type EngineProcess, startEngineProcess } from './process';
import { claimTroubles, clearLocks, type Scene, say, setStage, type Stage, troubles } from './scene';

export interface FullOptions {
  /** Of each operation, evenly over all there are. */
  points: number;
  only?: readonly OperationName[];
}

const filled: readonly OperationName[] = ['clone', 'fetch', 'commit'];
const page = 4096;

/**
 * No space left at one write after another. The embedded engine meets it at
 * each of its own writes; the system's git on a small file system with so many
 * pages left.
 */
export async function fullFamily(scene: Scene, name: EngineName, options: FullOptions): Promise<Outcome> {
  const outcome = startOutcome(`disk full, ${name} engine`, 'full', 'failed', 'had enough');
  const folder = path.join(scene.root, `full-${name}`);
  await mkdir(folder);
  const small = name === 'system' ? await mountSmall(path.join(scene.root, 'small')) : null;
  if (name === 'system' && small === null) {
    outcome.left.push(
      'no small file system can be mounted here; that takes root, or sudo without a password',
    );
    return outcome;
  }
  const child = await startEngineProcess(scene.bundles, name, path.join(folder, 'home'));
  try {
    for (const operation of options.only ?? filled) {
      if (!child.offered.includes(operation)) {
        outcome.left.push(`it has no ${operation}`);
        continue;
      }
      const place = small?.directory ?? folder;
      const extent = await extentOf(
        scene,
        child,
        operation,
        path.join(place, `${operation}-whole`),
        small !== null,
      );
      const points = Math.min(options.points, extent);
      for (let at = 0; at < points; at += 1) {
        const point = Math.floor((at * extent) / points) + (small ? 0 : 1);
        const stage = await setStage(scene, operation, path.join(place, `${operation}-${at}`));
        const before = await refsOf(stage);
        const ballast = small ? await fill(small.directory, point) : null;
        const order = orderOf(stage, operation, small ? { mode: 'off', at: 0 } : { mode: 'full', at: point });
        const report = await child.perform(
          small ? { ...order, record: path.join(folder, `record-${operation}-${at}`) } : order,
        );
        if (ballast) await rm(ballast);
        count(outcome, 'full');
        const label = `${operation}, no space ${small ? `after ${point} pages` : `from write ${point} on`} of ${extent}`;
        for (const problem of await problemsOf(scene, operation, stage, report, before, outcome))
          outcome.problems.push(`${label}: ${problem}`);
        await stage.remove();
      }
    }
  } finally {
    await child.kill();
    await small?.unmount();
  }
  return outcome;
}

async function problemsOf(
  scene: Scene,
  operation: OperationName,
  stage: Stage,
  report: Exclude<Report, { type: 'ready' }> | null,
  before: string,
  outcome: Outcome,
): Promise<string[]> {
  if (report === null) return ['the process ended'];
  count(outcome, report.type === 'failed' ? 'failed' : 'had enough');
  const found: string[] = [];
  if (report.type === 'failed') {
    const { error } = report;
    if (error.kind !== 'disk-full') found.push(`not called full: ${JSON.stringify(error)}`);
    else if (!error.path.startsWith(stage.folder)) found.push(`another place is named: ${error.path}`);
    found.push(...movedRefs(scene, operation, before, await refsOf(stage)));
    if (operation !== 'clone') {
      const locks = await clearLocks(stage.directory);
      if (locks.length > 0) found.push(`locks are left: ${locks.join(', ')}`);
    }
  } else found.push(...(await claimTroubles(scene, operation, stage.directory)));
  return [...found, ...(await troubles(scene, operation, stage))];
}

/** A fetch moves its refs one by one, as git's; of each it is the old or the new place. */
function movedRefs(scene: Scene, operation: OperationName, before: string, after: string): string[] {
  if (after === before) return [];
  const { ahead, gone } = scene.known;
  const ofFetch = [
    `${scene.known.main} refs/remotes/origin/main`,
    `${scene.known.main} refs/remotes/origin/HEAD`,
    `${ahead} refs/remotes/origin/main`,
    `${ahead} refs/remotes/origin/HEAD`,
    `${ahead} refs/remotes/origin/fresh`,
    `${gone} refs/remotes/origin/gone`,
  ];
  const [old, now] = [before.split('\n'), after.split('\n')];
  const changed = [
    ...old.filter((line) => !now.includes(line)),
    ...now.filter((line) => !old.includes(line)),
  ];
  const wrong = operation === 'fetch' ? changed.filter((line) => !ofFetch.includes(line)) : changed;
  return wrong.length === 0 ? [] : [`refs moved: ${wrong.join(', ')}`];
}

async function refsOf(stage: Stage): Promise<string> {
  return (await say(stage.folder, '-C', 'work', 'show-ref', '--head')).out;
}

/** Writes, or pages, of the operation when there is enough. */
async function extentOf(
  scene: Scene,
  child: EngineProcess,
  operation: OperationName,
  folder: string,
  inPages: boolean,
): Promise<number> {
  const stage = await setStage(scene, operation, folder);
  const before = (await statfs(folder)).bavail;
  const report = await child.perform(orderOf(stage, operation, { mode: 'count', at: 0 }));
  if (report?.type !== 'done') throw new Error(`${operation} does not work: ${JSON.stringify(report)}`);
  const used = before - (await statfs(folder)).bavail;
  await stage.remove();
  return inPages ? used : report.points;
}

/** Leaves so many pages. */
async function fill(directory: string, pages: number): Promise<string> {
  const { bavail, bsize } = await statfs(directory);
  const file = path.join(directory, 'ballast');
  await writeFile(file, Buffer.alloc(Math.max(0, bavail * bsize - pages * page)));
  return file;
}

/** A file system of a few megabytes. Null: that is not for us to mount. */
async function mountSmall(
  directory: string,
): Promise<{ directory: string; unmount(): Promise<void> } | null> {
  await mkdir(directory);
  const options = ['-t', 'tmpfs', '-o', 'size=8m,mode=777', 'none', directory];
  for (const before of [[], ['sudo', '-n']]) {
    const run = (...args: string[]) => {
      const [program = '', ...rest] = [...before, ...args];
      return execa(program, rest, { reject: false });
    };
    const mounted = await run('mount', ...options);
    if (mounted.exitCode === 0)
      return {
        directory,
        async unmount() {
          await run('umount', directory);
        },
      };
  }
  return null;
}
