import path from 'node:path';
import { fail } from '../../../shared/errors';
import { bytesOf, realFile, rewrite } from '../configuration';
import { parseConfig, withoutValues, withValue } from './config-text';
import type { ConfigKey } from './repository-config';

/** Gives keys of the repository's configuration one value each, in the place of all they have: all or none, under git's lock. */
export async function replaceValues(
  gitdir: string,
  values: readonly (readonly [key: ConfigKey, value: string])[],
): Promise<void> {
  const file = await realFile(path.join(gitdir, 'config'));
  const parsed = (text: string) =>
    parseConfig(text) ??
    fail({ kind: 'repository-damaged', path: file, detail: 'The configuration cannot be read.' });
  await rewrite(file, (before) => {
    let text = before ?? '';
    for (const [[section, name, key], value] of values) {
      const subsection = name === null ? null : bytesOf(name);
      const old = parsed(text).entries.filter(
        (one) => one.section === section && one.subsection === subsection && one.key === key,
      );
      // The last one keeps its place.
      if (old.length > 1)
        text = withoutValues(text, parsed(text), (one) =>
          old.slice(0, -1).some(({ start }) => start === one.start),
        );
      text = withValue(text, parsed(text), { section, subsection, key }, bytesOf(value));
    }
    return text;
  });
}
