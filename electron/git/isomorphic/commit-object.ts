import { fail } from '../../../shared/errors';
import type { ObjectStore } from './objects/store';

/** A commit as it stands in its object. Names and message as the bytes' latin1, so that any encoding survives. */
export interface CommitObject {
  tree: string;
  parents: string[];
  /** `Name <e-mail> seconds +0000` */
  author: string;
  committer: string;
  encoding: string | null;
  /** Without the empty line before it. */
  message: string;
}

export function readCommit(store: ObjectStore, oid: string): CommitObject {
  const object = store.read(oid);
  const commit = object.type === 'commit' ? parseCommit(object.data) : null;
  return commit ?? fail({ kind: 'repository-damaged', path: '', detail: `The object ${oid} is no commit.` });
}

export function parseCommit(data: Buffer): CommitObject | null {
  const text = data.toString('latin1');
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end + 1);
  const tree = /^tree ([0-9a-f]{40})\n/.exec(head)?.[1];
  if (tree === undefined) return null;
  const field = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(head)?.[1];
  const parents: string[] = [];
  for (const line of head.split('\n').slice(1)) {
    const parent = /^parent ([0-9a-f]{40})$/.exec(line)?.[1];
    if (parent === undefined) break;
    parents.push(parent);
  }
  return {
    tree,
    parents,
    author: field('author') ?? '',
    committer: field('committer') ?? '',
    encoding: field('encoding') ?? null,
    message: end < 0 ? '' : text.slice(end + 2),
  };
}

/** Names and message are text here, written as UTF-8. */
export function writeCommit(
  store: ObjectStore,
  {
    tree,
    parents,
    author,
    committer,
    message,
    encoding,
  }: Omit<CommitObject, 'encoding'> & { encoding?: string | null },
  written: BufferEncoding = 'utf8',
): string {
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${author}`,
    `committer ${committer}`,
    ...(encoding ? [`encoding ${encoding}`] : []),
  ];
  return store.write('commit', Buffer.from(`${lines.join('\n')}\n\n${message}`, written));
}

/** Bytes of a commit or tag as text. `encoding`: what it says it is in. */
export function decoded(latin1: string, encoding: string | null): string {
  const bytes = Buffer.from(latin1, 'latin1');
  try {
    return new TextDecoder(encoding ?? 'utf-8').decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}

/** The first paragraph on one line, as git's %s. */
export function subjectOf(message: string): string {
  const text = message.replace(/^\n+/, '');
  const end = text.search(/\n[ \t]*\n/);
  return (end < 0 ? text : text.slice(0, end)).trim().replaceAll(/\s*\n\s*/g, ' ');
}

/** git-commit(1), `--cleanup=whitespace`. */
export function cleanMessage(message: string): string {
  const lines = message
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.replace(/[ \t\v\f\r]+$/, ''));
  const kept: string[] = [];
  for (const line of lines) if (line !== '' || (kept.length > 0 && kept.at(-1) !== '')) kept.push(line);
  while (kept.at(-1) === '') kept.pop();
  return kept.length === 0 ? '' : `${kept.join('\n')}\n`;
}

const trailerLine = /^[A-Za-z0-9-]+[ \t]*:/;

/** The message with a `Signed-off-by` of this person, which is last and there once: sequencer.c, append_signoff(). */
export function signedOff(message: string, person: { name: string; email: string }): string {
  const line = `Signed-off-by: ${person.name} <${person.email}>`;
  const paragraphs = message.replace(/\n+$/, '').split(/\n\n+/);
  const last = (paragraphs.length > 1 ? (paragraphs.at(-1) ?? '') : '').split('\n');
  const isTrailers =
    last[0] !== '' &&
    last.every(
      (one) => trailerLine.test(one) || /^\s+\S/.test(one) || one.startsWith('(cherry picked from commit '),
    ) &&
    last.some((one) => trailerLine.test(one));
  const text = `${message.replace(/\n+$/, '')}\n`;
  if (isTrailers && last.at(-1) === line) return text;
  return `${text}${isTrailers ? '' : '\n'}${line}\n`;
}
