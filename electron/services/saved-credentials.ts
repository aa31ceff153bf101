import type { ShownAllowedHost, ShownSavedCredential } from '../../shared/contract/saved-credentials';
import { AppFailure, fail } from '../../shared/errors';
import { shownHost } from '../credentials/allowed-hosts';
import type { SavedCredentials } from '../credentials/saved';
import type { EventSink } from '../platform';
import type { SavedCredential, Storage } from '../storage/storage';
import { os } from './procedure';

export interface SavedCredentialParts {
  storage: Pick<Storage, 'savedCredentials' | 'allowedHosts'>;
  saved: SavedCredentials;
  events: EventSink;
}

function byText<T>(...texts: ((item: T) => string)[]): (a: T, b: T) => number {
  return (a, b) => {
    for (const text of texts) {
      const order = text(a).localeCompare(text(b));
      if (order !== 0) return order;
    }
    return 0;
  };
}

export function savedCredentialsService({ storage, saved, events }: SavedCredentialParts) {
  /** Only an open vault can tell that it has none. */
  const isMissing = async (record: SavedCredential): Promise<boolean> => {
    try {
      return (await saved.password(record)) === null;
    } catch (error) {
      if (!(error instanceof AppFailure) || error.error.kind !== 'secret-unavailable') throw error;
      return error.error.reason === 'missing' || error.error.reason === 'damaged';
    }
  };
  const list = async (): Promise<ShownSavedCredential[]> => {
    const all = storage.savedCredentials.list();
    const shown = await Promise.all(
      all.map(async (record) => ({
        ...record,
        host: shownHost(record.origin),
        missing: await isMissing(record),
      })),
    );
    return shown.sort(
      byText<ShownSavedCredential>(
        (one) => one.host,
        (one) => one.path,
        (one) => one.username,
      ),
    );
  };
  const allowedHosts = (): ShownAllowedHost[] =>
    storage.allowedHosts
      .list()
      .map(({ id, origin, path, otherOrigin, addedAt }) => ({
        id,
        host: shownHost(origin),
        path,
        otherHost: shownHost(otherOrigin),
        addedAt,
      }))
      .sort(
        byText<ShownAllowedHost>(
          (one) => one.host,
          (one) => one.path,
          (one) => one.otherHost,
        ),
      );

  return os.savedCredentials.router({
    list: os.savedCredentials.list.handler(list),
    replace: os.savedCredentials.replace.handler(async ({ input }) => {
      const { id, username, password } = input;
      // git ends a line there: what is kept could never be given.
      for (const [field, text] of Object.entries({ username, password: password ?? '' }))
        if (/[\0\r\n]/.test(text)) fail({ kind: 'invalid-input', field, reason: 'line-end' });
      if (!(await saved.replace(id, username, password))) fail({ kind: 'gone', what: 'saved-credential' });
      return list();
    }),
    remove: os.savedCredentials.remove.handler(async ({ input }) => {
      await saved.remove(input.id);
      return list();
    }),
    allowedHosts: os.savedCredentials.allowedHosts.handler(allowedHosts),
    disallowHost: os.savedCredentials.disallowHost.handler(({ input }) => {
      storage.allowedHosts.remove(input.id);
      events.emit({ type: 'saved-credentials.changed' });
      return allowedHosts();
    }),
  });
}
