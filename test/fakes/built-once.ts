import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of this run of the tests: see test/tools/builds.ts. */
    builds: string;
  }
}

/**
 * A folder `build` has filled, the same one for every test file of a run: what
 * takes seconds to bundle is bundled by the first that needs it. Two that begin
 * at once both build, and one result stands.
 */
export async function builtOnce(
  name: string,
  build: (directory: string) => Promise<unknown>,
): Promise<string> {
  const shared = path.join(inject('builds'), name);
  if (existsSync(shared)) return shared;
  const own = await mkdtemp(path.join(inject('builds'), `${name}-`));
  await build(own);
  try {
    await rename(own, shared);
  } catch (error) {
    if (!existsSync(shared)) throw error;
    await rm(own, { recursive: true, force: true });
  }
  return shared;
}
