import type { Commit } from '../../../shared/contract/history';
import { decoded, readCommit } from './commit-object';
import { historyOf } from './history';
import type { Opened } from './opened';

/** Commits as the page has them, with the names that stand at each. */
export function commitDetails(opened: Opened, oids: readonly string[]): Commit[] {
  const names = namesAt(opened, new Set(oids));
  const history = historyOf(opened);
  return oids.map((oid) => {
    const { author, encoding, message } = readCommit(opened.store, history.replaced(oid));
    const text = (latin1: string) => asText(latin1, encoding);
    const [, name = '', email = '', seconds = '0'] =
      /^(.*?) ?<([^>]*)>(?:.*> )? ?(-?\d+)?/.exec(author) ?? [];
    return {
      oid,
      parents: [...history.node(oid).parents],
      ...partsOf(text(message)),
      author: { name: text(name), email: text(email) },
      authoredAt: (Number.parseInt(seconds, 10) || 0) * 1000,
      refs: names.get(oid) ?? [],
    };
  });
}

function asText(latin1: string, encoding: string | null): string {
  // What browsers call latin-1 is another encoding.
  return encoding !== null && /^(?:iso-?8859-1|latin-?1)$/i.test(encoding)
    ? latin1
    : decoded(latin1, encoding);
}

/** As git's %s and %b: the first paragraph on one line, and what stands behind it. */
function partsOf(message: string): { subject: string; body: string } {
  const lines = message.split('\n');
  const isBlank = (line: string | undefined) => line === undefined || /^\s*$/.test(line);
  let at = 0;
  while (at < lines.length && isBlank(lines[at])) at += 1;
  const subject: string[] = [];
  for (; at < lines.length && !isBlank(lines[at]); at += 1) subject.push((lines[at] ?? '').trimEnd());
  while (at < lines.length && isBlank(lines[at])) at += 1;
  return { subject: subject.join(' '), body: lines.slice(at).join('\n').trimEnd() };
}

/** Branches, remote branches and tags at these commits, in git's order: the current branch, then from the last name on. */
function namesAt({ refs, store }: Opened, wanted: ReadonlySet<string>): Map<string, string[]> {
  const names = new Map<string, string[]>();
  const head = refs.read('HEAD');
  const current = head?.kind === 'symbolic' ? head.target : null;
  const packed = refs.packed();
  const add = (oid: string, ref: string) => {
    if (!wanted.has(oid)) return;
    const short = ref.replace(/^refs\/(?:heads|remotes|tags)\//, '');
    const before = names.get(oid) ?? [];
    names.set(oid, ref === current ? [short, ...before] : [...before, short]);
  };
  for (const prefix of ['refs/tags/', 'refs/remotes/', 'refs/heads/'])
    for (const { name, oid } of refs.list(prefix).reverse()) {
      if (prefix === 'refs/remotes/' && name.endsWith('/HEAD')) continue;
      if (prefix !== 'refs/tags/') {
        add(oid, name);
        continue;
      }
      const known = packed.get(name);
      if (known?.oid === oid && known.peeled !== null) add(known.peeled, name);
      else add(wanted.has(oid) ? oid : tagged(store, oid), name);
    }
  return names;
}

/** What a tag is about; a packed one tells it beside its line. */
function tagged(store: Opened['store'], oid: string): string {
  let at = oid;
  for (let tags = 0; tags < 10 && store.header(at)?.type === 'tag'; tags += 1)
    at = /^object ([0-9a-f]{40})\n/.exec(store.read(at).data.toString('latin1', 0, 100))?.[1] ?? '';
  return at;
}
