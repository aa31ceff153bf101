import { fail } from '../../../shared/errors';
import type { ConfigurationEdit } from '../../../shared/configuration-edit';
import {
  bytesOf,
  keptHeader,
  linesOf,
  placeOf,
  readConfiguration,
  sectionAt,
  without,
} from '../configuration';
import type { ConfigurationSection, PlannedText } from '../engine';

/** git-config(1), SYNTAX: only these need their escape, and only these have one. */
function escaped(text: string): string {
  return text.replace(/[\\"]/g, (character) => `\\${character}`);
}

/** A value as git reads it back to the byte. */
function valueLine(key: string, value: string): string {
  const body = escaped(value).replaceAll('\n', String.raw`\n`).replaceAll('\t', String.raw`\t`);
  const isPlain = !/[#;]|^\s|\s$/.test(value);
  return `\t${key} =${body === '' ? '' : ` ${isPlain ? body : `"${body}"`}`}\n`;
}

/** The lines of sections, ready for a file: one character a byte. */
function linesOfSections(sections: readonly ConfigurationSection[]): string[] {
  return sections
    .flatMap(({ section, subsection, entries }) => [
      `[${section} "${escaped(subsection)}"]\n`,
      ...entries.map(([key, value]) => valueLine(key, value)),
    ])
    .map(bytesOf);
}

/** What the lines say, in the words of `git config --list -z`. */
function pairsOf(sections: readonly ConfigurationSection[]): string[] {
  return sections.flatMap(({ section, subsection, entries }) =>
    entries.map(([key, value]) => bytesOf(`${section}.${subsection}.${key}\n${value}`)),
  );
}

/** git's names of sections and keys have no case. */
function sameName(pair: string): string {
  const end = pair.indexOf('\n');
  const key = end < 0 ? pair : pair.slice(0, end);
  const first = key.indexOf('.');
  const last = key.lastIndexOf('.');
  return (
    key.slice(0, first).toLowerCase() +
    key.slice(first, last) +
    key.slice(last).toLowerCase() +
    (end < 0 ? '' : pair.slice(end))
  );
}

/** Whether `all` is `others` with `ours` standing in it in one piece. */
function isInserted(all: readonly string[], others: readonly string[], ours: readonly string[]): boolean {
  if (all.length !== others.length + ours.length) return false;
  let at = 0;
  while (at < others.length && all[at] === others[at]) at += 1;
  // The piece may begin with what stands before it: earlier beginnings read the same.
  for (; at >= 0; at -= 1)
    if (
      ours.every((pair, index) => all[at + index] === pair) &&
      others.slice(at).every((pair, index) => all[at + ours.length + index] === pair)
    )
      return true;
  return false;
}

interface Plan {
  file: string;
  sections: readonly ConfigurationSection[];
  /** What was written earlier and still stands. */
  earlier: ConfigurationEdit | null;
  /** At the end of the file, also where they stand elsewhere already. */
  isLast: boolean;
  /** `git config --list` of a text. */
  read: (text: string) => Promise<string[]>;
}

/** A file's lines without ours, where ours go, and what they are written over. */
interface Place {
  lines: string[];
  at: number;
  /** Lines from `at` on that give way. */
  taken: string[];
  /** What stood there before anything of ours. */
  removed: string[];
}

/** The end of a file; a last line without its end is written again with one. */
function endOf(lines: string[]): Place {
  const last = lines.at(-1);
  const removed = last !== undefined && !last.endsWith('\n') ? [last] : [];
  return { lines, at: lines.length - removed.length, taken: removed, removed };
}

/** See `UserGit.planSections`. */
export async function planSections({
  file,
  sections,
  earlier,
  isLast,
  read,
}: Plan): Promise<PlannedText | 'nothing'> {
  const before = await readConfiguration(file);
  const lines = linesOf(before ?? '');
  const stood = earlier ? placeOf(lines, earlier) : null;
  const replaced = earlier !== null && stood !== null ? earlier : null;
  const written = linesOfSections(sections);
  const isWritten =
    replaced !== null && replaced.added.slice(replaced.removed.length).join() === written.join();
  if (isWritten && !isLast) return 'nothing';
  const { at, taken, removed, ...place }: Place =
    replaced === null || stood === null
      ? endOf(lines)
      : // What somebody wrote into our last section keeps its header, and must not come to stand in another one.
        isLast || keptHeader(lines, stood, replaced) !== null
        ? endOf(linesOf(without(before ?? '', [replaced]) ?? ''))
        : { lines, at: stood, taken: replaced.added, removed: replaced.removed };
  const again = removed.map((line) => `${line}\n`);
  const added = [...again, ...written];
  const following = place.lines.slice(at + taken.length);
  const now = [...place.lines.slice(0, at), ...added, ...following];
  const after = now.join('');
  if (after === (before ?? '')) return 'nothing';
  const others = [...place.lines.slice(0, at), ...again, ...following].join('');
  const [all, rest] = await Promise.all([read(after), read(others)]);
  if (!isInserted(all.map(sameName), rest.map(sameName), pairsOf(sections).map(sameName)))
    fail({
      kind: 'git-failed',
      command: 'config',
      exitCode: null,
      detail: `The end of ${file} is not a whole line of configuration, so nothing can be written after it.`,
    });
  const created = replaced ? replaced.created : before === null;
  const takesBack = { file, removed, added, at, section: sectionAt(now, at), created };
  return { file, before, after, takesBack };
}
