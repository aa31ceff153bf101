import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { shownRemote } from '../../../shared/shown-remote';
import { reachOf } from '../operations/reach';
import type { Jobs } from './messages';
import { openForReading } from './opened';
import { textOf } from './repository-config';
import { currentHead, headAsShown } from './workplace';

type Overview = Jobs['overview']['out'];

export async function overview(input: Jobs['overview']['in']): Promise<Overview> {
  const opened = await openForReading(input.directory);
  const remotes = new Map<string, Overview['remotes'][number]>();
  for (const { section, subsection, key, value } of opened.config.entries) {
    if (section !== 'remote' || subsection === null || value === null) continue;
    if (key !== 'url' && key !== 'pushurl') continue;
    const name = textOf(subsection);
    const remote = remotes.get(name) ?? { name, url: '', pushUrl: null };
    // Several addresses are several places to push to; git fetches from the first.
    if (key === 'url') remote.url ||= shownRemote(textOf(value));
    else remote.pushUrl ??= shownRemote(textOf(value));
    remotes.set(name, remote);
  }
  return {
    head: headAsShown(currentHead(opened)),
    bare: opened.worktree === null,
    shallow: isShallow(opened.gitdir),
    ...reachOf(
      opened.config.entries.flatMap(({ section, subsection, key, value }) =>
        section === 'remote' && subsection !== null
          ? [{ remote: textOf(subsection), key, value: textOf(value ?? 'true') }]
          : [],
      ),
    ),
    remotes: [...remotes.values()],
  };
}

/** Whether there are commits whose parents were not fetched. */
function isShallow(gitdir: string): boolean {
  const file = path.join(gitdir, 'shallow');
  // A pipe would hold the thread for good.
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true && readFileSync(file).length > 0;
}
