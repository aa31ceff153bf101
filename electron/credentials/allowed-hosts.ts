import { randomUUID } from 'node:crypto';
import type { EventSink } from '../platform';
import type { AllowedHost, Storage } from '../storage/storage';
import { plainPath, type SavedFor } from './saved';

/** The user's yes to signing in to a second host, for one repository's submodules and large files. */
export interface AllowedHosts {
  allows(repository: SavedFor, otherOrigin: string): boolean;
  /** Rejects as the storage does. */
  allow(repository: SavedFor, otherOrigin: string): void;
}

export function createAllowedHosts(storage: Pick<Storage, 'allowedHosts'>, events?: EventSink): AllowedHosts {
  const find = ({ origin, path }: SavedFor, otherOrigin: string): AllowedHost | undefined =>
    storage.allowedHosts
      .list()
      .find(
        (allowed) =>
          allowed.origin === origin &&
          allowed.otherOrigin === otherOrigin &&
          plainPath(allowed.path) === plainPath(path),
      );
  return {
    allows: (repository, otherOrigin) => find(repository, otherOrigin) !== undefined,
    allow({ origin, path }, otherOrigin) {
      if (find({ origin, path }, otherOrigin)) return;
      storage.allowedHosts.put({ id: randomUUID(), origin, path, otherOrigin, addedAt: Date.now() });
      events?.emit({ type: 'saved-credentials.changed' });
    },
  };
}

/** `host[:port]` as the user sees it; what is not encrypted is shown as such. */
export function shownHost(origin: string): string {
  return origin.replace(/^https:\/\//, '');
}
