import type { FileDiff } from '../../../shared/contract/pull-requests';

/** Largest diff of one file the page is given, in characters: beyond it no one reads, and the page suffers. */
const mostCharacters = 3_000_000;

/** One file's part of a unified diff made by git. */
export interface FilePatch {
  before: string | null;
  after: string | null;
  patch: string;
  binary: boolean;
}

/** Splits git's unified diff at its `diff --git` lines. Text before the first is dropped. */
export function splitPatch(diff: string): FilePatch[] {
  return diff
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith('diff --git '))
    .map((patch) => ({ patch, ...paths(patch), binary: isBinary(patch) }));
}

function headerOf(patch: string): string {
  return patch.split(/^@@ /m, 1)[0] ?? '';
}

function isBinary(patch: string): boolean {
  return /^(Binary files .* differ|GIT binary patch)\s*$/m.test(headerOf(patch));
}

function paths(patch: string): { before: string | null; after: string | null } {
  const header = headerOf(patch);
  const line = (prefix: string): string | undefined => new RegExp(`^${prefix}(.*)$`, 'm').exec(header)?.[1];
  const renamed = { before: line('(?:rename|copy) from '), after: line('(?:rename|copy) to ') };
  if (renamed.before && renamed.after)
    return { before: unquoted(renamed.before, ''), after: unquoted(renamed.after, '') };
  const before = line('--- ');
  const after = line('\\+\\+\\+ ');
  if (before === undefined || after === undefined) return fromFirstLine(header);
  return {
    before: before === '/dev/null' ? null : unquoted(before, 'a/'),
    after: after === '/dev/null' ? null : unquoted(after, 'b/'),
  };
}

/** Without hunks (binary, mode, empty file) only the first line names the file; both names are the same then. */
function fromFirstLine(header: string): { before: string | null; after: string | null } {
  const names = (header.split('\n', 1)[0] ?? '').slice('diff --git '.length).trimEnd();
  const quoted = /^("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")$/.exec(names);
  const path = quoted ? unquoted(quoted[2] ?? '', 'b/') : unquoted(names.slice((names.length + 1) / 2), 'b/');
  return {
    before: /^new file mode/m.test(header) ? null : path,
    after: /^deleted file mode/m.test(header) ? null : path,
  };
}

/** git quotes names with special bytes as C does: "a/\303\244.txt". */
function unquoted(name: string, prefix: string): string {
  const plain = name.replace(/[\t\r]+$/, '');
  const text = plain.startsWith('"') ? decodeQuoted(plain.slice(1, -1)) : plain;
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

const escapes: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

function decodeQuoted(text: string): string {
  const bytes: Buffer[] = [];
  for (const [part] of text.matchAll(/\\[0-7]{3}|\\.|[^\\]+/gs)) {
    if (/^\\[0-7]{3}$/.test(part)) bytes.push(Buffer.from([Number.parseInt(part.slice(1), 8) & 255]));
    else if (part.startsWith('\\')) bytes.push(Buffer.from([escapes[part.slice(1)] ?? 63]));
    else bytes.push(Buffer.from(part, 'utf8'));
  }
  return Buffer.concat(bytes).toString('utf8');
}

/** The answer for one file: `url` is where the provider shows what it withholds here. */
export function fileDiffOf(
  diff: string,
  file: { path: string; previousPath: string | null },
  url: string,
): FileDiff {
  const parts = splitPatch(diff);
  const part =
    parts.find((one) => one.after === file.path) ??
    parts.find((one) => one.after === null && one.before === file.path);
  if (!part) return { kind: 'too-large', url };
  if (part.binary) return { kind: 'binary' };
  if (part.patch.length > mostCharacters) return { kind: 'too-large', url };
  return { kind: 'patch', patch: part.patch };
}
