/**
 * Whether a server may name a ref so: git-check-ref-format(1), below `refs/`.
 * A name that fails is an attack or a damaged server, never a branch to show.
 */
export function isRefName(name: string): boolean {
  if (!name.startsWith('refs/') || name.endsWith('/') || name.endsWith('.') || name.includes('//'))
    return false;
  if (/[\p{Cc} ~^:?*[\\]|\.\.|@\{/u.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
