import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { StoredRepository } from '../storage/storage';

/** Id of the remembered repository in a folder whose path holds no link; null: it is none of them. */
export async function repositoryAt(
  repositories: readonly StoredRepository[],
  directory: string,
): Promise<string | null> {
  const direct = repositories.find((each) => each.path === directory);
  if (direct) return direct.id;
  // A link in the path of one with another last name would be a rare thing to look for.
  for (const each of repositories.filter(({ path: at }) => path.basename(at) === path.basename(directory)))
    if ((await realpath(each.path).catch(() => null)) === directory) return each.id;
  return null;
}
