import { requirePaths } from '../repository-path';
import { readCommit } from './commit-object';
import { entriesOf, inIndex } from './index-change';
import { resetEntry } from './reset-index';
import { leafAt, treeAt, walkTrees } from './tree-walk';
import type { WorkJobs } from './work-messages';
import { currentHead } from './workplace';

/** git-reset(1) of exactly these paths and what lies below them; before the first commit there is nothing to go back to. */
export async function unstage({ directory, paths }: WorkJobs['unstage']['in']): Promise<void> {
  requirePaths(paths);
  if (paths.length === 0) return;
  await inIndex(directory, (at) => {
    const { place, draft } = at;
    const { store } = place;
    const head = currentHead(place).oid;
    const tree = head === null ? null : readCommit(store, head).tree;
    const wanted = new Set<string>();
    const roots = paths.map((path) => path.replace(/\/$/, ''));
    const folders = new Set(roots);
    for (const entry of entriesOf(draft)) {
      for (let end = entry.path.length; end > 0; end = entry.path.lastIndexOf('/', end - 1))
        if (folders.has(entry.path.slice(0, end))) {
          wanted.add(entry.path);
          break;
        }
    }
    for (const root of roots) {
      wanted.add(root);
      const below = treeAt(store, tree, root);
      if (below !== null)
        for (const { path: inside } of walkTrees(store, [below, null])) wanted.add(`${root}/${inside}`);
    }
    for (const path of wanted) resetEntry(at, path, leafAt(store, tree, path));
  });
}
