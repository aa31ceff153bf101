import { fail } from '../../../shared/errors';
import type { Tag } from '../operations/refs';
import { tagRef } from '../ref-name';
import { change, read } from './local';
import type { LocalGit } from './repository-environment';
import { refTarget } from './revision';
import { ownSigning } from './signing';

const fields = [
  '%(refname:strip=2)',
  '%(objectname)',
  '%(objecttype)',
  '%(*objectname)',
  '%(*objecttype)',
  '%(contents)',
  '%(contents:signature)',
];

/** Every tag, by name. */
export async function tags(git: LocalGit, directory: string): Promise<Tag[]> {
  const outcome = await read(git, directory, [
    'for-each-ref',
    // Messages hold line feeds: each field ends with a NUL, and the line feed of the row begins the next.
    `--format=${fields.map((field) => `${field}%00`).join('')}`,
    '--end-of-options',
    'refs/tags',
  ]);
  const values = outcome.stdout.toString('utf8').split('\0');
  const found: Tag[] = [];
  for (let at = 0; at + fields.length < values.length; at += fields.length) {
    const [name = '', oid = '', type = '', below = '', belowType = '', contents = '', signature = ''] =
      values.slice(at, at + fields.length);
    const annotated = type === 'tag';
    const short = name.replace(/^\n/, '');
    found.push({
      name: short,
      oid,
      // Before 2.45 git looks behind one tag only.
      target:
        belowType === 'tag'
          ? ((await refTarget(git, directory, `refs/tags/${short}^{}`)) ?? below)
          : annotated
            ? below
            : oid,
      message: annotated ? contents.slice(0, contents.length - signature.length).trimEnd() : null,
    });
  }
  return found;
}

export async function createTag(
  git: LocalGit,
  directory: string,
  { name, target, message }: { name: string; target: string; message: string | null },
): Promise<void> {
  const ref = tagRef(name);
  if (message !== null && message.trim() === '')
    fail({ kind: 'invalid-input', field: 'message', reason: 'The message is empty.' });
  if ((await refTarget(git, directory, ref)) !== null) fail({ kind: 'already-exists', name });
  const named = target.startsWith('-') ? null : await refTarget(git, directory, target);
  if (named === null) fail({ kind: 'revision-not-found', name: target });
  // Where every tag is to be signed, git would ask an editor for the message of a plain one.
  const kind = message === null ? ['--no-sign'] : ['--annotate', '--file=-', '--cleanup=whitespace'];
  await change(
    git,
    directory,
    ['tag', ...kind, '--end-of-options', name, target],
    message === null ? {} : { input: message, configuration: await ownSigning(git, directory) },
  );
}

export async function deleteTag(git: LocalGit, directory: string, name: string): Promise<void> {
  const oid = name.startsWith('-') ? null : await refTarget(git, directory, `refs/tags/${name}`);
  if (oid === null) fail({ kind: 'revision-not-found', name });
  await change(git, directory, ['tag', '--delete', '--end-of-options', name]);
}
