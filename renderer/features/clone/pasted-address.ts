import type { Account } from '../../../shared/contract/accounts';
import { parseServerUrl, type ServerUrl } from '../../../shared/remote-url';

/** What there is to know of the servers the user has accounts on. */
export type KnownServer = Pick<Account, 'provider' | 'origins'>;

/** Hosts of GitHub and Bitbucket themselves: repositories are always owner/name, what follows is a page. */
const ownerAndName = /^(?:www\.)?(?:github\.com|bitbucket\.org|[a-z0-9-]+\.ghe\.com)$/;

/**
 * The repository's address in what people copy: a whole `git clone` command,
 * quotes around it, or the address of a page of the repository. What is no
 * page of a repository stays as it is, for the parser to judge.
 */
export function pastedAddress(text: string, servers: readonly KnownServer[]): string {
  const typed = text
    .trim()
    .replace(/^git\s+clone\s+(?=\S+$)/, '')
    .replace(/^(["'<])(.*)(["'>])$/, '$2');
  const page = parseServerUrl(typed);
  if (!page.ok) return typed;
  const path = repositoryPath(page.url, servers);
  if (path !== null) return addressOf(page.url, path);
  // `?tab=readme`, `#readme`: a browser's, and nothing git could ask for.
  return page.url.droppedQuery && page.url.segments.length >= 2
    ? addressOf(page.url, page.url.segments)
    : typed;
}

function addressOf({ origin }: ServerUrl, path: readonly string[]): string {
  return `${origin}/${path.map(encodeURIComponent).join('/')}`;
}

/** The path to clone from when this is the page of a repository; null: it is none, or nobody can tell. */
function repositoryPath(page: ServerUrl, servers: readonly KnownServer[]): string[] | null {
  const { segments } = page;
  return azurePath(segments) ?? dataCenterPath(segments) ?? gitlabPath(segments) ?? ownedPath(page, servers);
}

/** `…/_git/{repository}/pullrequest/12`; `_full` and `_optimized` stand before the name and choose what is cloned. */
function azurePath(segments: string[]): string[] | null {
  const mark = segments.indexOf('_git');
  if (mark < 1) return null;
  const end = mark + (/^_(?:full|optimized)$/i.test(segments[mark + 1] ?? '') ? 3 : 2);
  return segments.length > end ? segments.slice(0, end) : null;
}

/** `[context/]projects/{KEY}/repos/{slug}[/…]`, and `users/{name}` for a person's own: cloned from `scm/KEY/slug.git`. */
function dataCenterPath(segments: string[]): string[] | null {
  const repos = segments.indexOf('repos');
  const [kind, owner] = segments.slice(repos - 2, repos);
  const slug = segments[repos + 1];
  if (repos < 2 || (kind !== 'projects' && kind !== 'users') || !owner || !slug) return null;
  const key = kind === 'users' ? `~${owner}` : owner;
  return [...segments.slice(0, repos - 2), 'scm', key, slug.endsWith('.git') ? slug : `${slug}.git`];
}

/** `group/sub/project/-/…`. No group and no project can be called `-`. */
function gitlabPath(segments: string[]): string[] | null {
  const mark = segments.indexOf('-');
  return mark >= 2 ? segments.slice(0, mark) : null;
}

/** `owner/name/…` on a host whose repositories lie exactly there: by name, or because an account says whose it is. */
function ownedPath({ host, origin, segments }: ServerUrl, servers: readonly KnownServer[]): string[] | null {
  const isOwned =
    ownerAndName.test(host) ||
    servers.some(({ provider, origins }) => provider === 'github' && origins.git.includes(origin));
  return isOwned && segments.length > 2 ? segments.slice(0, 2) : null;
}
