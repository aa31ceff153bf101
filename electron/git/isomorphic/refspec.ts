import { isRefName } from '../ref-name';

/** One of `remote.<name>.fetch`, gitglossary(7). Names as the configuration has them, or in the form of path-bytes.ts. */
export interface Refspec {
  force: boolean;
  /** `^`: what it matches is left out. */
  negative: boolean;
  pattern: boolean;
  source: string;
  /** Null: stored nowhere. */
  destination: string | null;
}

/** Null: git refuses it, refspec.c `parse_refspec`. */
export function parseRefspec(text: string): Refspec | null {
  const [, mark, rest = ''] = /^([+^]?)(.*)$/s.exec(text) ?? [];
  const negative = mark === '^';
  const colon = rest.lastIndexOf(':');
  if (negative && colon >= 0) return null;
  const left = colon < 0 ? rest : rest.slice(0, colon);
  const right = colon < 0 ? null : rest.slice(colon + 1);
  const pattern = left.includes('*');
  if (right === null ? pattern && !negative : pattern !== right.includes('*')) return null;
  if (left !== '' && !isName(left, pattern)) return null;
  if (negative && (left === '' || /^[0-9a-f]{40}$/i.test(left))) return null;
  if (right !== null && right !== '' && !isName(right, pattern)) return null;
  const source = left === '' || left === '@' ? 'HEAD' : left;
  return { force: mark === '+', negative, pattern, source, destination: right === '' ? null : right };
}

/** git-check-ref-format(1), one level allowed, one `*` in a pattern. */
function isName(name: string, pattern: boolean): boolean {
  if (pattern && name.split('*').length !== 2) return false;
  return isRefName(`refs/${pattern ? name.replace('*', 'x') : name}`);
}

/** What stands for the `*`; null: it does not match. */
function matched(pattern: string, name: string): string | null {
  const [before = '', after = ''] = pattern.split('*');
  const fits = name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after);
  return fits ? name.slice(before.length, name.length - after.length) : null;
}

const rules = [
  (name: string) => name,
  (name: string) => `refs/${name}`,
  (name: string) => `refs/tags/${name}`,
  (name: string) => `refs/heads/${name}`,
  (name: string) => `refs/remotes/${name}`,
  (name: string) => `refs/remotes/${name}/HEAD`,
];

/** Full names a short one may stand for, the first one that is there counts: gitrevisions(7). */
export const fullNames = (name: string): string[] => rules.map((rule) => rule(name));

/** A name of our side in full, remote.c `get_local_ref`. */
export function localName(name: string): string {
  if (name.startsWith('refs/')) return name;
  return /^(?:heads|tags|remotes)\//.test(name) ? `refs/${name}` : `refs/heads/${name}`;
}

/** Where a ref of the server goes by a pattern; null: it does not match, or goes nowhere. */
export function destinationOf(spec: Refspec, name: string): string | null {
  const part = matched(spec.source, name);
  return part === null || spec.destination === null ? null : spec.destination.replace('*', () => part);
}

export function matches(spec: Refspec, name: string): boolean {
  return spec.pattern ? matched(spec.source, name) !== null : fullNames(spec.source).includes(name);
}

/** The ref of the server one of ours comes from; null: not from this one. */
export function sourceOf(spec: Refspec, local: string): string | null {
  if (spec.negative || spec.destination === null) return null;
  if (!spec.pattern) return localName(spec.destination) === local ? spec.source : null;
  const part = matched(spec.destination, local);
  return part === null ? null : spec.source.replace('*', () => part);
}

/** How the names begin that a refspec is about, as `ls-refs` takes them. */
export function prefixesOf(spec: Refspec): string[] {
  if (spec.negative || /^[0-9a-f]{40}$/.test(spec.source)) return [];
  return spec.pattern ? [spec.source.slice(0, spec.source.indexOf('*'))] : fullNames(spec.source);
}
