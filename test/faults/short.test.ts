import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtOnce } from '../fakes/built-once';
import { gitEnvironment } from '../fakes/repositories';
import { cutFamily } from './cut';
import { fullFamily } from './disk-full';
import { engineNames } from './engines';
import { killFamily } from './kill';
import { lineOf, type Outcome } from './outcome';
import { bundlePrograms, makeScene, type Scene } from './scene';
import { stallFamily, stallPoints } from './stall';
import { writersFamily } from './writers';

// A few of what `npm run test:faults` does by the hundred.
describe.each(engineNames)('faults, %s engine', (engine) => {
  let scene: Scene;
  const before = { ...process.env };

  beforeAll(async () => {
    const programs = await builtOnce('faults', bundlePrograms);
    scene = await makeScene({
      worker: path.join(programs, 'git-worker.mjs'),
      child: path.join(programs, 'fault-child.mjs'),
    });
    Object.assign(process.env, {
      HOME: path.join(scene.root, 'home'),
      XDG_CONFIG_HOME: path.join(scene.root, 'home'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: gitEnvironment['GIT_CONFIG_GLOBAL'],
    });
  });
  afterAll(async () => {
    for (const name of ['HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_NOSYSTEM', 'GIT_CONFIG_GLOBAL'])
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    await scene.close();
  });

  const good = (outcome: Outcome) => expect(outcome.problems, lineOf(outcome)).toEqual([]);

  it('loses nothing when it is killed', async () => {
    const outcome = await killFamily(scene, engine, { seed: 20, kills: 6, lanes: 2 });
    good(outcome);
    expect((outcome.counts['killed'] ?? 0) + (outcome.counts['finished before'] ?? 0)).toBe(6);
  });

  it('calls nothing done that was cut off', async () => {
    const outcome = await cutFamily(scene, engine, { seed: 5, cuts: 3, lanes: 2 });
    good(outcome);
    expect(outcome.counts['cut']).toBe(9);
  });

  it('leaves no process behind when a quiet line is cancelled', async () => {
    good(await stallFamily(scene, engine, { byRule: false, points: stallPoints.slice(3, 4), timed: false }));
  });

  it('loses no commit beside another writer', async () => {
    const outcome = await writersFamily(scene, engine, { seed: 6, rounds: 6 });
    good(outcome);
    expect(outcome.counts['commits']).toBe(12);
  });

  it('says that the disk is full and leaves all as it was', async () => {
    if (engine === 'system') return console.log('A small file system takes root: see npm run test:faults.');
    const outcome = await fullFamily(scene, engine, { points: 2 });
    good(outcome);
    expect(outcome.counts['full']).toBe(6);
    expect(outcome.counts['failed']).toBeGreaterThan(0);
  });
});
