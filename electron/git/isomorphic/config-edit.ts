import path from 'node:path';
import { fail } from '../../../shared/errors';
import { bytesOf } from '../configuration';
import { type ParsedConfig, parseConfig, withValue } from './config-text';
import { readIfFile } from './disk-path';
import { takeLock } from './lock';

/** One step of a change: the text, and where everything stands in it. */
export type ConfigStep = (text: string, parsed: ParsedConfig) => string;

/** Changes the repository's configuration under git's lock, old-or-new; all steps or none. Rejects `repository-busy`. */
export function editConfig(gitdir: string, steps: readonly ConfigStep[]): void {
  const file = path.join(gitdir, 'config');
  const lock = takeLock(file);
  try {
    let text = readIfFile(file)?.toString('latin1') ?? '';
    const before = text;
    for (const step of steps) {
      const parsed = parseConfig(text);
      if (!parsed)
        return fail({ kind: 'repository-damaged', path: file, detail: 'The configuration cannot be read.' });
      text = step(text, parsed);
    }
    if (text === before) return;
    lock.write(Buffer.from(text, 'latin1'));
    lock.commit();
  } finally {
    lock.rollback();
  }
}

/** Sets a key; names and value are text. */
export function setting(section: string, subsection: string | null, key: string, value: string): ConfigStep {
  const name = subsection === null ? null : bytesOf(subsection);
  return (text, parsed) => withValue(text, parsed, { section, subsection: name, key }, bytesOf(value));
}
