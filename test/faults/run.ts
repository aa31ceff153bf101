import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { gitEnvironment } from '../fakes/repositories';
import { type EngineName, engineNames } from './engines';
import { cutFamily } from './cut';
import { fullFamily } from './disk-full';
import { killFamily } from './kill';
import { lineOf, type Outcome } from './outcome';
import { makeScene, type Scene } from './scene';
import { stallFamily } from './stall';
import { writersFamily } from './writers';

const families: Record<string, (scene: Scene, engine: EngineName, seed: number) => Promise<Outcome>> = {
  kill: (scene, engine, seed) => killFamily(scene, engine, { seed, kills: 200, lanes: 3 }),
  writers: (scene, engine, seed) => writersFamily(scene, engine, { seed, rounds: 100 }),
  full: (scene, engine) => fullFamily(scene, engine, { points: 40 }),
  cut: (scene, engine, seed) => cutFamily(scene, engine, { seed, cuts: 40, lanes: 3 }),
  stall: (scene, engine) => stallFamily(scene, engine, { byRule: true, timed: true }),
};

/** Engines read the user's own configuration: here there is none. */
function leaveOwnConfiguration(home: string): void {
  mkdirSync(home, { recursive: true });
  Object.assign(process.env, {
    HOME: home,
    XDG_CONFIG_HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: gitEnvironment['GIT_CONFIG_GLOBAL'],
  });
}

/** Runs all families on both engines, or the ones named; the exit code of the command. */
export async function runFaults(
  only: string | undefined,
  onlyEngine: string | undefined,
  seed: number,
): Promise<number> {
  const names = Object.keys(families);
  if ((only !== undefined && !names.includes(only)) || !Number.isSafeInteger(seed)) {
    process.stderr.write(`--only takes one of: ${names.join(', ')}; --seed a number\n`);
    return 2;
  }
  console.log(`Seed ${seed}. The same again: npm run test:faults -- --seed ${seed}`);
  const scene = await makeScene();
  leaveOwnConfiguration(path.join(scene.root, 'home'));
  let wrong = 0;
  try {
    for (const [name, family] of Object.entries(families)) {
      if (only !== undefined && name !== only) continue;
      for (const engine of engineNames) {
        if (onlyEngine !== undefined && engine !== onlyEngine) continue;
        const started = performance.now();
        const outcome = await family(scene, engine, seed);
        wrong += outcome.problems.length;
        console.log(`${lineOf(outcome)}, ${((performance.now() - started) / 1000).toFixed(0)} s`);
        for (const problem of outcome.problems.slice(0, 20)) console.log(`     ${problem}`);
      }
    }
  } finally {
    await scene.close();
  }
  return wrong === 0 ? 0 : 1;
}
