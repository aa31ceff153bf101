import { fail } from '../../shared/errors';

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

/** `refs/heads/…` of a branch's short name. `invalid-input` where git would refuse it: git-check-ref-format(1), `--branch`. */
export function branchRef(name: string, field = 'name'): string {
  return checked(`refs/heads/${name}`, name, field);
}

/** `refs/tags/…` of a tag's name, checked like a branch's. */
export function tagRef(name: string, field = 'name'): string {
  return checked(`refs/tags/${name}`, name, field);
}

/** A remote's name: its branches are to stand below it, builtin/remote.c. */
export function requireRemoteName(name: string): void {
  checked(`refs/remotes/${name}/test`, name, 'name');
}

function checked(ref: string, name: string, field: string): string {
  // `@` is another word for HEAD.
  if (name === 'HEAD' || name === '@' || name.startsWith('-') || !isRefName(ref))
    fail({ kind: 'invalid-input', field, reason: 'Git does not allow this name.' });
  return ref;
}
