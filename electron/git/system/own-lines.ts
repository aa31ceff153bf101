import { fail } from '../../../shared/errors';
import type { ConfigurationEdit } from '../../../shared/configuration-edit';
import { bytesOf, linesOf, placeOf, readConfiguration, sectionAt } from '../configuration';
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
export function linesOfSections(sections: readonly ConfigurationSection[]): string[] {
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

/** Number of lines an edit writes again because they had no line end. */
function rewritten(edit: ConfigurationEdit): number {
  return edit.removed.length;
}

/** The edit's lines that are ours alone. */
export function ownLines(edit: ConfigurationEdit): string[] {
  return edit.added.slice(rewritten(edit));
}

interface Plan {
  file: string;
  sections: readonly ConfigurationSection[];
  /** What was written earlier and still stands. */
  earlier: ConfigurationEdit | null;
  /** `git config --list` of a text. */
  read: (text: string) => Promise<string[]>;
}

/** See `UserGit.planSections`. */
export async function planSections({
  file,
  sections,
  earlier,
  read,
}: Plan): Promise<PlannedText | 'nothing'> {
  const before = await readConfiguration(file);
  const lines = linesOf(before ?? '');
  const block = linesOfSections(sections);
  const stood = earlier ? placeOf(lines, earlier) : null;
  const kept = earlier && stood !== null ? rewritten(earlier) : 0;
  const last = lines.at(-1);
  const isUnended = stood === null && last !== undefined && !last.endsWith('\n');
  const at = stood ?? (isUnended ? lines.length - 1 : lines.length);
  const removed = earlier && stood !== null ? earlier.removed : isUnended && last !== undefined ? [last] : [];
  const again = earlier && stood !== null ? earlier.added.slice(0, kept) : removed.map((line) => `${line}\n`);
  const added = [...again, ...block];
  const taken = earlier && stood !== null ? earlier.added.length : removed.length;
  const now = [...lines.slice(0, at), ...added, ...lines.slice(at + taken)];
  const after = now.join('');
  if (after === (before ?? '')) return 'nothing';
  const others = [...lines.slice(0, at), ...again, ...lines.slice(at + taken)].join('');
  const [all, rest] = await Promise.all([read(after), read(others)]);
  if (!isInserted(all.map(sameName), rest.map(sameName), pairsOf(sections).map(sameName)))
    fail({
      kind: 'git-failed',
      command: 'config',
      exitCode: null,
      detail: `The end of ${file} is not a whole line of configuration, so nothing can be written after it.`,
    });
  return {
    file,
    before,
    after,
    takesBack: {
      file,
      removed: [...removed],
      added,
      at,
      section: sectionAt(now, at),
      created: earlier && stood !== null ? earlier.created : before === null,
    },
  };
}
