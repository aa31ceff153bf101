import * as git from 'isomorphic-git';
import { fail } from '../../../shared/errors';
import type { GitFs } from './fs';
import { readPackIndex } from './pack-index';
import { isSubmodule, isTree, parseTree, unsafeTree } from './tree-entry';

export interface Fetched {
  fs: GitFs;
  gitdir: string;
  /** isomorphic-git's own, shared over one operation. */
  cache: object;
  host: string;
}

/** Deeper than any project, shallower than what breaks file systems and stacks. */
const deepest = 255;
/** A tree that unfolds to more is a bomb. */
const mostFiles = 1_000_000;

/**
 * Proves that everything the refs need has arrived: each commit readable, its
 * tree and parents there, and the whole tree that will be checked out, whose
 * names are safe to write. A pack that is whole can still lack what it should
 * hold, and isomorphic-git skips in silence what it cannot resolve.
 */
export async function checkConnectivity(
  fetched: Fetched,
  tips: string[],
  checkedOut: string | null,
  progress: (part: number) => void,
): Promise<void> {
  const index = await readPackIndex(fetched.gitdir);
  const incomplete = (detail: string) => fail({ kind: 'transfer-incomplete', host: fetched.host, detail });
  if (!index) return tips.length > 0 ? incomplete('no objects arrived') : undefined;
  if (index.count !== index.announced) return incomplete('objects of the pack cannot be resolved');
  const seen = new Set<string>();
  const open = [...tips];
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    if (seen.has(oid)) continue;
    seen.add(oid);
    if (!index.has(oid)) return incomplete('a commit is missing');
    const { type, object } = await read(fetched, oid);
    const head = Buffer.from(object).toString('latin1').split('\n\n', 1)[0] ?? '';
    const named = (field: string) =>
      [...head.matchAll(new RegExp(`^${field} ([0-9a-f]{40})$`, 'gm'))].map((m) => m[1] ?? '');
    if (type === 'tag') open.push(...named('object'));
    else if (type === 'commit') {
      const [tree] = named('tree');
      if (tree === undefined || !index.has(tree)) return incomplete('the tree of a commit is missing');
      open.push(...named('parent'));
    }
    if (seen.size % 500 === 0) progress(seen.size / index.count);
  }
  if (checkedOut !== null) await checkTree(fetched, checkedOut, (oid) => index.has(oid));
}

async function read(fetched: Fetched, oid: string): Promise<{ type: string; object: Uint8Array }> {
  const result = await git.readObject({ ...fetched, oid, format: 'content' });
  if (!(result.object instanceof Uint8Array)) throw new Error(`object ${oid} is no content`);
  return { type: result.type ?? '', object: result.object };
}

/** Each distinct tree is read once; how many files it unfolds to is summed, so a bomb ends here. */
async function checkTree(fetched: Fetched, commit: string, has: (oid: string) => boolean): Promise<void> {
  const { object } = await read(fetched, commit);
  const root = /^tree ([0-9a-f]{40})/.exec(Buffer.from(object).toString('latin1'))?.[1];
  const incomplete = () =>
    fail({ kind: 'transfer-incomplete', host: fetched.host, detail: 'a file or folder is missing' });
  const sizes = new Map<string, number>();

  async function size(oid: string, depth: number): Promise<number> {
    const known = sizes.get(oid);
    if (known !== undefined) return known;
    if (depth > deepest) return refuse(`folders more than ${deepest} deep`);
    if (!has(oid)) return incomplete();
    const entries = parseTree((await read(fetched, oid)).object);
    if (entries === null) return refuse('a folder git cannot read');
    const unsafe = unsafeTree(entries);
    if (unsafe !== null) return refuse(unsafe);
    let sum = 0;
    for (const { mode, name, oid: entry } of entries) {
      // Written back as text it would become another name.
      if (!Buffer.from(name.toString('utf8')).equals(name))
        fail({
          kind: 'unsupported',
          what: 'a file name that is not UTF-8',
          reason: 'The built-in engine cannot write such a name; install git to clone this repository.',
        });
      if (isTree(mode)) sum += await size(entry, depth + 1);
      else if (!isSubmodule(mode) && !has(entry)) incomplete();
      sum += 1;
      if (sum > mostFiles) refuse(`more than ${mostFiles} files`);
    }
    sizes.set(oid, sum);
    return sum;
  }
  await size(root ?? '', 0);
}

function refuse(what: string): never {
  return fail({
    kind: 'git-failed',
    command: 'checkout',
    exitCode: null,
    detail: `The repository holds ${what}. Nothing was written.`,
  });
}
