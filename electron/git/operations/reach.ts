import type { RepositoryOverview } from '../../../shared/contract/repositories';

/** A line of `remote.<name>.*` of a repository's configuration. */
export interface RemoteLine {
  remote: string;
  /** Lower case. */
  key: string;
  value: string;
}

/** A refspec that brings every branch of the server: git-fetch(1), `+refs/heads/*:…`, or all refs as a mirror has it. */
const bringsAll = /^\+?refs\/(?:heads\/)?\*(?::|$)/;

/** How much of a remote comes along, by what the configuration says of it. */
export function reachOf(lines: readonly RemoteLine[]): Pick<RepositoryOverview, 'narrow' | 'partial'> {
  const named = [...new Set(lines.map(({ remote }) => remote))];
  const isNarrow = (name: string) => {
    const specs = lines.filter(({ remote, key }) => remote === name && key === 'fetch');
    return specs.length > 0 && !specs.some(({ value }) => bringsAll.test(value));
  };
  const narrow = named.filter(isNarrow);
  return {
    narrow: narrow.includes('origin') ? 'origin' : (narrow[0] ?? null),
    partial: lines.some(({ key, value }) => key === 'promisor' && /^(?:true|yes|on|1)$/i.test(value)),
  };
}
