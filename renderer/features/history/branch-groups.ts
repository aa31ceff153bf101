import type { Branch } from '../../../shared/contract/branches';

export interface BranchGroups {
  local: Branch[];
  /** By remote name, in the order of their first branch. */
  remotes: { name: string; branches: Branch[] }[];
}

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Names of remotes may hold slashes as well: the longest that fits. A remote that is gone leaves its first part. */
function remoteOf(branch: string, remotes: readonly { name: string }[]): string {
  const fitting = remotes.map(({ name }) => name).filter((name) => branch.startsWith(`${name}/`));
  fitting.sort((left, right) => right.length - left.length);
  return fitting[0] ?? branch.split('/', 1)[0] ?? '';
}

/** Local branches with the current one first; remote ones under their remote. All words must match. */
export function groupBranches(
  branches: readonly Branch[],
  search: string,
  known: readonly { name: string }[],
): BranchGroups {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = branches
    .filter((branch) => words.every((word) => branch.name.toLowerCase().includes(word)))
    .sort((left, right) => byName.compare(left.name, right.name));
  const local = found.filter((branch) => !branch.remote);
  local.sort((left, right) => Number(right.current) - Number(left.current));
  const remotes = new Map<string, Branch[]>();
  for (const branch of found.filter((one) => one.remote)) {
    const name = remoteOf(branch.name, known);
    const members = remotes.get(name);
    if (members) members.push(branch);
    else remotes.set(name, [branch]);
  }
  return { local, remotes: [...remotes].map(([name, members]) => ({ name, branches: members })) };
}

/** "2 ahead, 1 behind origin/main", or null when even or untold. */
export function distanceWords(branch: Branch): string | null {
  if (branch.upstream === null) return null;
  const parts = [
    ...(branch.ahead ? [`${branch.ahead} ahead`] : []),
    ...(branch.behind ? [`${branch.behind} behind`] : []),
  ];
  return parts.length === 0 ? null : `${parts.join(', ')} ${branch.upstream}`;
}
