import path from 'node:path';
import { parsePathPattern, type PathPattern } from './path-pattern';
import { inFolder, readPatternFile } from './pattern-file';

/** Set, unset, a value, or (null, and where it is absent) nothing said: gitattributes(5). */
export type AttributeValue = boolean | string | null;

/** What the attributes files say about paths. Text is one character a byte. */
export interface Attributes {
  of(file: string): ReadonlyMap<string, AttributeValue>;
}

type Assignment = readonly [name: string, value: AttributeValue];

interface Rule {
  pattern: PathPattern;
  assignments: Assignment[];
}

interface AttributeFile {
  rules: Rule[];
  macros: Map<string, Assignment[]>;
}

interface AttributePlaces {
  /** Null: only what is not in the working tree. */
  worktree: string | null;
  gitdir: string;
  /** core.attributesFile; null: there is none. */
  attributesFile: string | null;
  ignoreCase: boolean;
  /** The content in the index of a .gitattributes that is not in the working tree; null: there is none. */
  indexed?: (file: string) => Buffer | null;
}

const longestLine = 2048;

export function createAttributes(places: AttributePlaces): Attributes {
  const files = new Map<string, AttributeFile>();
  const macros = new Map<string, Assignment[]>([
    [
      'binary',
      [
        ['diff', false],
        ['merge', false],
        ['text', false],
      ],
    ],
  ]);
  const parse = (text: string | null, folder: string, withMacros: boolean): AttributeFile => {
    const parsed = parseAttributes(text ?? '', folder, places.ignoreCase);
    if (withMacros) for (const [name, assignments] of parsed.macros) macros.set(name, assignments);
    return parsed;
  };
  const global = parse(
    places.attributesFile === null ? null : readPatternFile(places.attributesFile, true),
    '',
    true,
  );
  const top = fileOf('');
  const info = parse(readPatternFile(path.join(places.gitdir, 'info/attributes'), true), '', true);

  function fileOf(folder: string): AttributeFile {
    const known = files.get(folder);
    if (known) return known;
    const text =
      (places.worktree === null
        ? null
        : readPatternFile(inFolder(places.worktree, folder, '.gitattributes'), false)) ??
      places.indexed?.(`${folder}.gitattributes`)?.toString('latin1') ??
      null;
    const parsed = parse(text, folder, folder === '');
    files.set(folder, parsed);
    return parsed;
  }

  function assign(found: Map<string, AttributeValue>, assignments: readonly Assignment[]): void {
    for (const [name, value] of assignments.toReversed()) {
      if (found.has(name)) continue;
      found.set(name, value);
      const macro = value === true ? macros.get(name) : undefined;
      if (macro) assign(found, macro);
    }
  }

  function apply(found: Map<string, AttributeValue>, { rules }: AttributeFile, file: string): void {
    for (const { pattern, assignments } of rules.toReversed())
      if (!pattern.onlyFolders && pattern.matches(file)) assign(found, assignments);
  }

  return {
    of(file) {
      const found = new Map<string, AttributeValue>();
      apply(found, info, file);
      for (let slash = file.lastIndexOf('/'); slash >= 0; slash = file.lastIndexOf('/', slash - 1)) {
        apply(found, fileOf(file.slice(0, slash + 1)), file);
        if (slash === 0) break;
      }
      apply(found, top, file);
      apply(found, global, file);
      return found;
    },
  };
}

function parseAttributes(text: string, folder: string, ignoreCase: boolean): AttributeFile {
  const rules: Rule[] = [];
  const macros = new Map<string, Assignment[]>();
  for (const raw of text.split('\n')) {
    const line = raw.replace(/^[ \t\r]+/, '');
    if (line === '' || line.startsWith('#') || line.length > longestLine) continue;
    const { name, rest } = firstWord(line);
    const words = rest.split(/[ \t\r]+/).filter((word) => word !== '');
    const assignments = words.map(assignmentOf).filter((one) => one !== null);
    // git leaves out the whole line.
    if (assignments.length < words.length) continue;
    const macro = /^\[attr\](.*)$/.exec(name)?.[1];
    if (macro !== undefined) {
      // Between `[attr]` and the name may be spaces.
      const named = macro === '' ? rest.trimStart().split(/[ \t\r]+/)[0] : macro;
      if (named && isName(named))
        macros.set(named, macro === '' ? assignments.filter(([one]) => one !== named) : assignments);
    } else if (!name.startsWith('!')) {
      const pattern = parsePathPattern(name, folder, ignoreCase);
      rules.push({ pattern, assignments });
    }
  }
  return { rules, macros };
}

const isName = (name: string) => /^[\w.][\w.-]*$/.test(name);

/** Null: no attribute is called so. */
function assignmentOf(word: string): Assignment | null {
  const negative = word.startsWith('-');
  const unspecified = word.startsWith('!');
  const equals = word.indexOf('=');
  const name = word.slice(negative || unspecified ? 1 : 0, equals < 0 ? undefined : equals);
  if (!isName(name)) return null;
  if (negative || unspecified) return [name, negative ? false : null];
  return [name, equals < 0 ? true : word.slice(equals + 1)];
}

/** The pattern may stand in quotes, as git quotes paths. */
function firstWord(line: string): { name: string; rest: string } {
  const quoted = /^"((?:[^"\\]|\\.)*)"(?=[ \t\r]|$)/.exec(line);
  if (quoted) {
    const escapes: Record<string, string> = {
      a: '\u0007',
      b: '\b',
      f: '\f',
      n: '\n',
      r: '\r',
      t: '\t',
      v: '\v',
    };
    const name = (quoted[1] ?? '').replaceAll(/\\([0-7]{3}|.)/g, (_all, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8) & 255) : (escapes[code] ?? code),
    );
    return { name, rest: line.slice(quoted[0].length) };
  }
  const end = line.search(/[ \t\r]/);
  return end < 0 ? { name: line, rest: '' } : { name: line.slice(0, end), rest: line.slice(end) };
}
