import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import pLimit from 'p-limit';
import { type AppError, AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import type { Fault, Stage as ServerStage } from '../fakes/git-http-server';
import { type EngineName, makeEngine } from './engines';
import { type FaultedEngine, noCredentials, operations } from './operations';
import { count, type Outcome, startOutcome } from './outcome';
import { claimTroubles, randomFrom, type Scene, say, setStage, type Stage, troubles } from './scene';

export const transfers = ['clone', 'fetch', 'push'] as const;
export type TransferName = (typeof transfers)[number];

/** One transfer over a line of its own, which may have a fault. */
export interface Line extends Stage {
  key: string;
  /** Of the server, for this line alone where it is changed. */
  bare: string;
  perform(signal: AbortSignal): Promise<unknown>;
}

export async function layLine(
  scene: Scene,
  engine: FaultedEngine,
  transfer: TransferName,
  folder: string,
  fault: Fault | undefined,
): Promise<Line> {
  const stage = await setStage(scene, transfer === 'push' ? 'fetch' : transfer, folder);
  const key = path.relative(scene.root, folder);
  const bare = transfer === 'push' ? path.join(folder, 'server.git') : scene.source;
  if (transfer === 'push') await execa('cp', ['-a', scene.source, bare]);
  const url = scene.server.serve(key, { directory: bare, fault });
  const place = { directory: stage.directory, url };
  return {
    ...stage,
    url,
    key,
    bare,
    perform: (signal) =>
      transfer === 'push'
        ? engine.push(
            {
              directory: stage.directory,
              remote: 'origin',
              url: requireRemoteUrl(url),
              credentials: noCredentials,
              branch: 'mine',
              to: 'mine',
              setUpstream: true,
              lease: null,
            },
            { signal },
          )
        : operations[transfer].perform(engine, place, { signal }),
    async remove() {
      scene.server.repositories.delete(key);
      await stage.remove();
    },
  };
}

export async function failureOf(work: Promise<unknown>): Promise<{ result: unknown } | { error: AppError }> {
  try {
    return { result: await work };
  } catch (error) {
    if (error instanceof AppFailure) return { error: error.error };
    throw error;
  }
}

/** Body bytes of the answers of each step, without a fault. */
export async function stepsOf(
  scene: Scene,
  engine: FaultedEngine,
  transfer: TransferName,
  folder: string,
): Promise<[ServerStage, number][]> {
  const line = await layLine(scene, engine, transfer, folder, undefined);
  const from = scene.server.requests.length;
  await line.perform(new AbortController().signal);
  const most = new Map<ServerStage, number>();
  for (const { stage, sent, url } of scene.server.requests.slice(from))
    if (stage && url.startsWith(new URL(line.url).pathname))
      most.set(stage, Math.max(sent, most.get(stage) ?? 0));
  await line.remove();
  return [...most];
}

/** The connection breaks in the middle of an answer: nothing may be called done that is not. */
export async function cutFamily(
  scene: Scene,
  name: EngineName,
  options: { seed: number; cuts: number; lanes: number },
): Promise<Outcome> {
  const outcome = startOutcome(`cut, ${name} engine`, 'cut', 'failed', 'rightly done', 'outcome unknown');
  const made = await makeEngine(name, scene.bundles.worker, scene.root);
  const { engine } = made;
  const random = randomFrom(options.seed);
  const lane = pLimit(options.lanes);
  const folder = path.join(scene.root, `cut-${name}`);
  const work: Promise<void>[] = [];
  try {
    for (const transfer of transfers) {
      const steps = await stepsOf(scene, engine, transfer, path.join(folder, `${transfer}-whole`));
      for (let at = 0; at < options.cuts; at += 1) {
        const [stage, length] = steps[at % steps.length] ?? ['advertise', 0];
        // Every fourth one in the last bytes, where what is missing is least seen.
        const cutAfter =
          at % 4 === 3 ? Math.max(0, length - 1 - Math.floor(random() * 12)) : Math.floor(random() * length);
        const label = `${transfer} cut after ${cutAfter} of ${length} of ${stage}, seed ${options.seed}`;
        work.push(
          lane(async () => {
            const line = await layLine(scene, engine, transfer, path.join(folder, `${transfer}-${at}`), {
              stage,
              cutAfter,
            });
            for (const problem of await cutOnce(scene, engine, transfer, line, stage, outcome))
              outcome.problems.push(`${label}: ${problem}`);
            await line.remove();
          }),
        );
      }
    }
    await Promise.all(work);
  } finally {
    await made.close();
  }
  return outcome;
}

async function cutOnce(
  scene: Scene,
  engine: FaultedEngine,
  transfer: TransferName,
  line: Line,
  stage: ServerStage,
  outcome: Outcome,
): Promise<string[]> {
  count(outcome, 'cut');
  const ended = await failureOf(line.perform(new AbortController().signal));
  const isDone = 'result' in ended;
  if (transfer === 'push') return pushProblems(scene, engine, line, stage, ended, outcome);
  count(outcome, isDone ? 'rightly done' : 'failed');
  const found = await troubles(scene, transfer, line);
  if (isDone) return [...found, ...(await claimTroubles(scene, transfer, line.directory))];
  if (ended.error.kind === 'git-failed' || ended.error.kind === 'internal')
    found.push(`no words for it: ${JSON.stringify(ended.error)}`);
  if (transfer === 'clone' && existsSync(line.directory)) found.push('a failed clone is there');
  if (transfer === 'fetch' && stage !== 'fetch') {
    const gone = await say(line.directory, 'rev-parse', '--verify', '--quiet', 'refs/remotes/origin/gone');
    if (gone.out !== scene.known.gone) found.push('pruned without the whole list');
  }
  if (readdirSync(line.folder).some((file) => file.startsWith('.'))) found.push('something was left');
  return found;
}

async function pushProblems(
  scene: Scene,
  engine: FaultedEngine,
  line: Line,
  stage: ServerStage,
  ended: Awaited<ReturnType<typeof failureOf>>,
  outcome: Outcome,
): Promise<string[]> {
  const found: string[] = [];
  const there = (await say(line.bare, 'rev-parse', '--verify', '--quiet', 'refs/heads/mine')).out;
  const sound = await say(line.bare, 'fsck', '--connectivity-only', '--no-dangling', '--no-progress');
  if (!sound.isGood) found.push(`the server: ${sound.out} ${sound.error}`);
  const isThere = there === scene.known.mine;
  if ('result' in ended) {
    const isDone = (ended.result as { result: string }).result === 'pushed';
    count(outcome, isDone ? 'rightly done' : 'failed');
    if (isDone !== isThere) found.push(`said ${JSON.stringify(ended.result)}, the server has ${there}`);
    return found;
  }
  const isUnknown = ended.error.kind === 'push-unknown';
  count(outcome, isUnknown ? 'outcome unknown' : 'failed');
  if (stage === 'push' && !isUnknown) found.push(`the outcome is not known: ${JSON.stringify(ended.error)}`);
  if (isThere && !isUnknown) found.push(`it arrived: ${JSON.stringify(ended.error)}`);
  // Then it is looked up, over a line that holds.
  const served = scene.server.repositories.get(line.key);
  if (served) served.fault = undefined;
  const looked = await engine.remoteRef(
    { url: requireRemoteUrl(line.url), branch: 'mine', credentials: noCredentials },
    { signal: new AbortController().signal },
  );
  if ((looked ?? '') !== there) found.push(`looked up ${looked}, the server has ${there}`);
  return found;
}
