import { expect, it } from 'vitest';
import { leastTests, runGitOwnTest } from '../tools/git-own-test.mjs';

it('passes git’s own test of credential helpers (t0303) entirely', async (context) => {
  const { skipped, tests, exitCode, output } = await runGitOwnTest();
  if (skipped !== null) {
    console.log(`git’s own test of credential helpers was not run: ${skipped}`);
    context.skip(skipped);
  }
  expect(
    tests.filter(({ passed }) => !passed),
    output,
  ).toEqual([]);
  expect(exitCode, output).toBe(0);
  expect(tests.length, output).toBeGreaterThanOrEqual(leastTests);
}, 300_000);
