import type { RemoteState } from '../../../shared/contract/remotes';
import type { RepositoryOverview } from '../../../shared/contract/repositories';
import { abilities } from '../../../shared/engine-abilities';
import { parseRemoteUrl } from '../../../shared/remote-url';

/** Why something cannot be done now, in a whole sentence; undefined: it can. */
export interface Hindrances {
  fetch: string | undefined;
  pull: string | undefined;
  push: string | undefined;
}

type Place = Pick<RepositoryOverview, 'head' | 'bare'>;

/** `engine`: the one that connects, which may be another than the one that reads. */
export function hindrances(
  { remotes, branch, upstream }: Pick<RemoteState, 'remotes' | 'branch' | 'upstream'>,
  place: Place | undefined,
  engine: 'system' | 'isomorphic',
): Hindrances {
  const ssh: true | string = abilities.ssh[engine];
  const isOutOfReach = (address: string | undefined) => {
    const parsed = ssh === true || address === undefined ? null : parseRemoteUrl(address);
    return parsed?.ok === true && parsed.url.protocol === 'ssh';
  };
  const unreachable = (addresses: readonly (string | undefined)[]) =>
    ssh !== true && addresses.every(isOutOfReach) ? ssh : undefined;
  const source = remotes.find(({ name }) => name === upstream?.remote);
  return {
    fetch: unreachable(remotes.map(({ url }) => url)),
    pull: placePull(place, branch, upstream) ?? unreachable([source?.url]),
    push: placePush(place, branch) ?? unreachable(remotes.map(({ url, pushUrl }) => pushUrl ?? url)),
  };
}

const noBranch = 'No branch is checked out: switch to one to pull or push.';

function placePull(
  place: Place | undefined,
  branch: string | null,
  upstream: RemoteState['upstream'],
): string | undefined {
  if (place?.bare) return 'A bare repository has no files to merge into: it can be fetched only.';
  if (branch === null) return noBranch;
  return upstream === null ? 'This branch has no upstream yet. Push it first.' : undefined;
}

function placePush(place: Place | undefined, branch: string | null): string | undefined {
  if (branch === null) return noBranch;
  return place?.head.state === 'unborn' ? 'There is no commit to push yet.' : undefined;
}
