import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeFile } from 'atomically';
import { z } from 'zod';
import { hostedRepositorySchema } from '../../shared/contract/hosted-repositories';
import { writeFailure } from './atomic-file';
import type { Storage } from './storage';

const cacheSchema = z.object({ fetchedAt: z.number(), items: z.array(hostedRepositorySchema) });

/** One file an account. What cannot be read is as good as absent: the provider has the truth. */
export function createRepositoryCache(directory: string): Storage['repositoryCache'] {
  const fileOf = (accountId: string) => path.join(directory, `${encodeURIComponent(accountId)}.json`);
  return {
    async read(accountId) {
      try {
        const parsed = cacheSchema.safeParse(JSON.parse(await readFile(fileOf(accountId), 'utf8')));
        return parsed.success ? parsed.data : null;
      } catch {
        return null;
      }
    },
    async write(accountId, fetchedAt, items) {
      const file = fileOf(accountId);
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFile(file, JSON.stringify({ fetchedAt, items }), { mode: 0o600 });
      } catch (error) {
        throw writeFailure(error, file);
      }
    },
    async remove(accountId) {
      await rm(fileOf(accountId), { force: true });
    },
  };
}
