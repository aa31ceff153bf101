import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Account } from '../../shared/contract/accounts';
import type { AccountRule, RuleScope, ShownRule } from '../../shared/contract/bindings';
import { fail } from '../../shared/errors';
import { parseRemoteUrl, type RemoteUrl } from '../../shared/remote-url';
import type { HostingProvider } from '../providers/provider';

type Matcher = Pick<HostingProvider, 'matches' | 'locate'>;

/** Names of a path, ready to be compared: every one of the providers finds a repository whatever the case. */
function segmentsOf(text: string): string[] {
  return text
    .replace(/\.git$/i, '')
    .toLowerCase()
    .normalize('NFC')
    .split('/')
    .filter((segment) => segment !== '');
}

/** Whether `path` is `prefix` or lies below it; whole names only. */
function pathHolds(prefix: string, path: string): boolean {
  const wanted = segmentsOf(prefix);
  const found = segmentsOf(path);
  return wanted.length > 0 && wanted.every((segment, index) => segment === found[index]);
}

/** Whether an absolute folder is `folder` or lies below it. */
export function folderHolds(folder: string, directory: string): boolean {
  const fold = (text: string) => (process.platform === 'win32' ? text.toLowerCase() : text);
  const relative = path.relative(fold(folder), fold(directory));
  return relative === '' || (!/^\.\.(?:$|[\\/])/.test(relative) && !path.isAbsolute(relative));
}

/** The folder as it is written and as it really is; the nearest one that exists decides. */
export async function waysOf(directory: string): Promise<string[]> {
  const below: string[] = [];
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    const real = await realpath(at).catch(() => null);
    if (real !== null) return [...new Set([path.resolve(directory), path.join(real, ...below)])];
    below.unshift(path.basename(at));
    if (path.dirname(at) === at) return [path.resolve(directory)];
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The ways a remote's path is written: as in the address, and as its provider
 * names the repository, which is the same for https, ssh and older host names.
 */
export function pathsOf(provider: Matcher, account: Account, url: RemoteUrl): string[] {
  const named = provider.locate(account, url)?.id.split('/').map(decoded).join('/');
  return named === undefined ? [url.path] : [named, url.path];
}

/** Whether the account's secret may answer for this address at all: exact origin, and within its namespace. */
export function reaches(provider: Matcher, account: Account, url: RemoteUrl): boolean {
  if (url.protocol !== 'ssh' && !account.origins.git.includes(url.origin)) return false;
  return provider.matches(account, url) !== null;
}

/** Most specific first: the deepest folder, the longest path, the host. */
export function inOrder(rules: readonly AccountRule[]): AccountRule[] {
  const kinds: RuleScope['kind'][] = ['folder', 'path', 'host'];
  const depth = ({ scope }: AccountRule): number => {
    if (scope.kind === 'folder') return path.resolve(scope.folder).split(path.sep).filter(Boolean).length;
    return scope.kind === 'path' ? segmentsOf(scope.path).length : 0;
  };
  return [...rules].sort(
    (a, b) => kinds.indexOf(a.scope.kind) - kinds.indexOf(b.scope.kind) || depth(b) - depth(a),
  );
}

/** Whether a rule is about this address, and its account can answer there. `folders`: the ways the folder is written. */
export function applies(
  rule: AccountRule,
  account: Account,
  provider: Matcher,
  url: RemoteUrl,
  folders: readonly string[],
): boolean {
  const { scope } = rule;
  if (!reaches(provider, account, url)) return false;
  if (scope.kind === 'folder') return folders.some((folder) => folderHolds(scope.folder, folder));
  if (!account.origins.git.includes(scope.origin)) return false;
  // An account may have several names of one server; ssh addresses have no origin of their own.
  if (scope.kind === 'host') return url.protocol === 'ssh' || url.origin === scope.origin;
  return pathsOf(provider, account, url).some((path) => pathHolds(scope.path, path));
}

/** Why a rule cannot work as it stands, or null. */
export function problemOf(rule: AccountRule, account: Account | undefined): ShownRule['problem'] {
  if (!account) return 'account-gone';
  if (rule.scope.kind !== 'folder' && !account.origins.git.includes(rule.scope.origin)) return 'other-host';
  return null;
}

/** Two rules that would answer the same question. A folder may have one rule for each host. */
export function sameScope(a: RuleScope, b: RuleScope, sharedHost: boolean): boolean {
  if (a.kind === 'folder')
    return (
      b.kind === 'folder' && sharedHost && folderHolds(a.folder, b.folder) && folderHolds(b.folder, a.folder)
    );
  if (b.kind === 'folder' || a.origin !== b.origin) return false;
  if (a.kind === 'host') return b.kind === 'host';
  return b.kind === 'path' && pathHolds(a.path, b.path) && pathHolds(b.path, a.path);
}

/**
 * The scope as it is stored: an absolute folder, an exact origin of the
 * account, a path without the host. Rejects `invalid-input` with the field
 * `folder`, `origin` or `path`; a rule that names an origin which is not the
 * account's is refused here.
 */
export function checkedScope(scope: RuleScope, account: Account): RuleScope {
  if (scope.kind === 'folder') {
    if (!path.isAbsolute(scope.folder))
      fail({ kind: 'invalid-input', field: 'folder', reason: 'absolute-path' });
    return { kind: 'folder', folder: path.resolve(scope.folder) };
  }
  const whole = scope.kind === 'path' ? scope.path.replace(/^\/+/, '') : 'x';
  const parsed = parseRemoteUrl(`${scope.origin.trim().replace(/\/+$/, '')}/${whole}`);
  if (!parsed.ok)
    fail({
      kind: 'invalid-input',
      field:
        scope.kind === 'path' && parsed.error.kind === 'address-invalid' && parsed.error.part === 'path'
          ? 'path'
          : 'origin',
      reason: parsed.error.kind === 'address-invalid' ? parsed.error.reason : 'not-a-url',
    });
  const { url } = parsed;
  if (!account.origins.git.includes(url.origin))
    fail({
      kind: 'invalid-input',
      field: 'origin',
      reason: `“${account.alias}” is an account of ${account.origins.git.join(' and ')}; its token is sent nowhere else.`,
    });
  if (scope.kind === 'host') return { kind: 'host', origin: url.origin };
  const name = url.path.replace(/\.git$/, '');
  if (name === '') fail({ kind: 'invalid-input', field: 'path', reason: 'required' });
  return { kind: 'path', origin: url.origin, path: name };
}
