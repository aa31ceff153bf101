import { setTimeout as wait } from 'node:timers/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type { Order } from './child';
import type { EngineName } from './engines';
import { type OperationName, operationNames } from './operations';
import { count, type Outcome, startOutcome } from './outcome';
import { type EngineProcess, killAll, shownProcesses, startEngineProcess, untilGone } from './process';
import { claimTroubles, randomFrom, type Scene, setStage, type Stage, troubles } from './scene';

export interface KillOptions {
  seed: number;
  /** Over all operations. */
  kills: number;
  /** At once. */
  lanes: number;
  /** Only these. */
  only?: readonly OperationName[];
}

/** Milliseconds git gets to come to its end when the application was killed alone. */
const patience = 20_000;

/**
 * SIGKILL at random points of every operation an engine has. The embedded
 * engine is killed at a write, or in the middle of one: nothing else leaves a
 * trace. Over the system's git it is a random time, and every second one takes
 * git along.
 */
export async function killFamily(scene: Scene, name: EngineName, options: KillOptions): Promise<Outcome> {
  const outcome = startOutcome(`kill, ${name} engine`, 'killed', 'finished before');
  const lane = pLimit(options.lanes);
  const random = randomFrom(options.seed);
  const folder = path.join(scene.root, `kill-${name}`);
  const measured = await measure(
    scene,
    name,
    path.join(folder, 'measure'),
    options.only ?? operationNames,
    outcome,
  );
  const all = [...measured];
  const work = Array.from({ length: all.length === 0 ? 0 : options.kills }, (_, at) => {
    const [operation, extent] = all[at % all.length] as [OperationName, number];
    const point = name === 'system' ? random() * extent : 1 + Math.floor(random() * extent);
    const withGit = random() < 0.5;
    return lane(async () => {
      const label = `${operation} at ${point.toFixed(name === 'system' ? 1 : 0)} of ${extent.toFixed(0)}${withGit ? ' with git' : ''}, seed ${options.seed}, kill ${at}`;
      const stage = await setStage(scene, operation, path.join(folder, `${at}`));
      const child = await startEngineProcess(scene.bundles, name, path.join(folder, `home-${at}`));
      try {
        const report = await killed(name, child, stage, operation, point, withGit);
        // One that had finished is still there.
        await child.kill();
        const gone = await untilGone(child.home, patience);
        if (gone === null) {
          outcome.problems.push(`${label}: ${shownProcesses(child.home)} went on for ${patience / 1000} s`);
          killAll(child.home);
        }
        count(outcome, report === null ? 'killed' : 'finished before');
        if (report?.type === 'failed')
          outcome.problems.push(`${label}: failed by itself: ${JSON.stringify(report.error)}`);
        if (report?.type === 'done')
          for (const trouble of await claimTroubles(scene, operation, stage.directory))
            outcome.problems.push(`${label}: done, but ${trouble}`);
        for (const trouble of await troubles(scene, operation, stage))
          outcome.problems.push(`${label}: ${trouble}`);
      } finally {
        await child.kill();
        await stage.remove();
      }
    });
  });
  await Promise.all(work);
  return outcome;
}

/** How long each operation takes, or how many writes it has; in this order they are killed. */
async function measure(
  scene: Scene,
  name: EngineName,
  folder: string,
  wanted: readonly OperationName[],
  outcome: Outcome,
): Promise<Map<OperationName, number>> {
  const found = new Map<OperationName, number>();
  const child = await startEngineProcess(scene.bundles, name, path.join(folder, 'home'));
  try {
    for (const operation of wanted) {
      if (!child.offered.includes(operation)) {
        outcome.left.push(`it has no ${operation}`);
        continue;
      }
      const times: number[] = [];
      // The first one warms up; writes are the same each time.
      for (let run = 0; run < (name === 'system' ? 2 : 1); run += 1) {
        const stage = await setStage(scene, operation, path.join(folder, `${operation}-${run}`));
        const started = performance.now();
        const report = await child.perform(orderOf(stage, operation, { mode: 'count', at: 0 }));
        times.push(performance.now() - started);
        if (report?.type !== 'done')
          throw new Error(`${name}: ${operation} does not work: ${JSON.stringify(report)}`);
        const wrong = [
          ...(await claimTroubles(scene, operation, stage.directory)),
          ...(await troubles(scene, operation, stage)),
        ];
        if (wrong.length > 0) outcome.problems.push(`${operation}, not killed at all: ${wrong.join('; ')}`);
        found.set(operation, name === 'system' ? Math.min(...times) : report.points);
        await stage.remove();
      }
    }
  } finally {
    await child.kill();
  }
  return found;
}

async function killed(
  name: EngineName,
  child: EngineProcess,
  stage: Stage,
  operation: OperationName,
  point: number,
  withGit: boolean,
) {
  if (name === 'isomorphic') return child.perform(orderOf(stage, operation, { mode: 'kill', at: point }));
  const answer = child.perform(orderOf(stage, operation, { mode: 'off', at: 0 }));
  const isEarly = await Promise.race([answer.then(() => true), wait(point).then(() => false)]);
  if (!isEarly) {
    if (withGit) killAll(child.home);
    await child.kill();
    // What it started at the last moment.
    if (withGit) killAll(child.home);
  }
  return answer;
}

export function orderOf(stage: Stage, operation: OperationName, points: Order['points']): Order {
  const { directory, url, record } = stage;
  return { operation, place: { directory, url }, record, points };
}
