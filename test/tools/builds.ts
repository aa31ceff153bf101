import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

/** A folder for what the test files of one run build once (test/fakes/built-once.ts). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(path.join(tmpdir(), 'polyforge-builds-'));
  project.provide('builds', directory);
  return () => rm(directory, { recursive: true, force: true });
}
