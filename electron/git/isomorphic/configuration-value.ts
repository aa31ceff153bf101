import { fail } from '../../../shared/errors';
import type { ConfigurationValue } from '../operations/refs';
import { readRepositoryConfig } from './repository-config';
import { openRepository } from './repository';
import type { WorkJobs } from './work-messages';

/** Every value of a key, of the repository's own file. */
export async function configuration({
  directory,
  key,
}: WorkJobs['configuration']['in']): Promise<ConfigurationValue[]> {
  const match = /^([a-z0-9-]+)\.(?:([^\0\n]*)\.)?([a-z][a-z0-9-]*)$/is.exec(key);
  if (!match)
    return fail({ kind: 'invalid-input', field: 'key', reason: 'This is no key of a configuration.' });
  const [, section = '', subsection, variable = ''] = match;
  const { gitdir } = await openRepository(directory);
  return readRepositoryConfig(gitdir)
    .all([section.toLowerCase(), subsection ?? null, variable.toLowerCase()])
    .map((value) => ({ value, scope: 'local' }));
}
