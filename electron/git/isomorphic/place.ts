import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Fills a folder beside `target` and moves it there in one step when `fill`
 * has succeeded; otherwise nothing of it, nor any parent made for it, is left.
 * `target` is absent or empty.
 */
export async function fillInPlace(target: string, fill: (directory: string) => Promise<void>): Promise<void> {
  const parent = path.dirname(target);
  const made = await mkdir(parent, { recursive: true });
  const temporary = path.join(
    parent,
    `.${path.basename(target).slice(0, 60)}.${randomBytes(4).toString('hex')}.cloning`,
  );
  try {
    await mkdir(temporary);
    await fill(temporary);
    // rename replaces an empty folder on POSIX only. Fails, as it should, if it was filled meanwhile.
    await rmdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
    if (made !== undefined) await removeEmpty(parent, made);
    throw error;
  }
}

/** From `directory` up to `top`, as far as they are empty: others may have put something there. */
async function removeEmpty(directory: string, top: string): Promise<void> {
  for (let at = directory; at.startsWith(top); at = path.dirname(at)) {
    const removed = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}
