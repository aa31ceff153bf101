import { setTimeout as pause } from 'node:timers/promises';

/**
 * Whether `work` settles within so many milliseconds, counted in turns of this
 * process: what makes it wait for a processor stretches both alike.
 */
export async function settlesWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const settled = work.then(
    () => true,
    () => true,
  );
  for (let passed = 0; passed < milliseconds; passed += 10)
    if (await Promise.race([settled, pause(10, false)])) return true;
  return false;
}
