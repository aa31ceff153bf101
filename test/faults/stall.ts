import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Stage as ServerStage } from '../fakes/git-http-server';
import { failureOf, layLine, type TransferName } from './cut';
import { type EngineName, makeEngine } from './engines';
import { count, type Outcome, startOutcome } from './outcome';
import { canFindProcesses, processesOf, shownProcesses, untilGone } from './process';
import type { Scene } from './scene';

/** Where the line goes quiet. */
export const stallPoints: readonly [TransferName, ServerStage, number][] = [
  ['clone', 'advertise', 0],
  ['clone', 'ls-refs', 10],
  ['clone', 'fetch', 20_000],
  ['fetch', 'fetch', 5000],
  ['push', 'push', 0],
];

/** Milliseconds: ended by rule, by the user, and until no process is left. */
const limits = { rule: 35_000, cancel: 1000, children: 2000 };

/** The line goes quiet and stays open: our own rule ends it, or the user, and no process is left. */
export async function stallFamily(
  scene: Scene,
  name: EngineName,
  /** `timed`: the times are judged too, which takes a machine that has time. */
  options: { byRule: boolean; timed: boolean; points?: typeof stallPoints },
): Promise<Outcome> {
  const outcome = startOutcome(`stall, ${name} engine`, 'cancelled', 'ended by rule');
  const made = await makeEngine(name, scene.bundles.worker, scene.root);
  const { engine } = made;
  const home = process.env['HOME'] ?? '';
  const folder = path.join(scene.root, `stall-${name}`);
  const points = options.points ?? stallPoints;
  if (!canFindProcesses) outcome.left.push('processes are looked for on Linux only');

  const stalled = async ([transfer, stage, after]: (typeof stallPoints)[number], how: 'cancel' | 'rule') => {
    const label = `${transfer}, quiet after ${after} bytes of ${stage}`;
    const line = await layLine(scene, engine, transfer, path.join(folder, `${how}-${transfer}-${stage}`), {
      stage,
      stallAfter: after,
    });
    const user = new AbortController();
    const work = failureOf(line.perform(user.signal));
    const isQuiet = () =>
      scene.server.requests.some(
        (seen) =>
          seen.stage === stage &&
          seen.sent === after &&
          seen.status !== 0 &&
          seen.url.startsWith(new URL(line.url).pathname),
      );
    const over = work.then(() => true);
    while (!isQuiet() && !(await Promise.race([over, wait(10, false)])));
    const started = performance.now();
    if (how === 'cancel') user.abort();
    const ended = await work;
    const took = performance.now() - started;
    if ('result' in ended) outcome.problems.push(`${label}: called done`);
    else if (how === 'cancel' && !['cancelled', 'push-unknown'].includes(ended.error.kind))
      outcome.problems.push(`${label}: cancelled, but ${JSON.stringify(ended.error)}`);
    else if (how === 'rule' && ['cancelled', 'internal', 'git-failed'].includes(ended.error.kind))
      outcome.problems.push(`${label}: ended by rule, but ${JSON.stringify(ended.error)}`);
    if (options.timed && took > limits[how])
      outcome.problems.push(`${label}: ${how} took ${took.toFixed(0)} ms`);
    count(outcome, how === 'cancel' ? 'cancelled' : 'ended by rule');
    await line.remove();
  };
  const none = async (when: string) => {
    if ((await untilGone(home, options.timed ? limits.children : 60_000)) === null)
      outcome.problems.push(`${when}: ${processesOf(home).length} left: ${shownProcesses(home)}`);
  };
  try {
    for (const point of points) {
      await stalled(point, 'cancel');
      await none(`${point[0]}, ${point[1]}, cancelled`);
    }
    if (options.byRule) {
      await Promise.all(points.map((point) => stalled(point, 'rule')));
      await none('ended by rule');
    }
  } finally {
    await made.close();
  }
  return outcome;
}
