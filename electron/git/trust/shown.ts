import type { Finding } from './scan';

/** More than anybody reads. */
const longest = 300;

/** A name or value as it may be shown: whatever in it could be a secret is masked, and it is cut short. */
function shown(bytes: string): string {
  const text = Buffer.from(bytes, 'latin1')
    .toString('utf8')
    .replaceAll(/(\/\/)[^/@\s]*@/g, '$1•••@')
    .replaceAll(/((?:token|secret|passw(?:or)?d|pat|key)\s*[=:]\s*)\S+/gi, '$1•••')
    .replaceAll(/\b(?:gh[a-z]_|github_pat_|glpat-|ATBB|ATATT)[\w-]{10,}/g, '•••');
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

export function shownKey({ key }: Pick<Finding, 'key'>): string {
  return shown(key);
}

export function shownValue({ key, value }: Pick<Finding, 'key' | 'value'>): string {
  if (!/extraheader$/i.test(key)) return shown(value);
  const [name = ''] = value.split(':', 1);
  return `${shown(name)}: •••`;
}
