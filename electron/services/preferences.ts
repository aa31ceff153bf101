import type { Vault } from '../credentials/vault';
import type { Engines } from '../git/choose';
import type { EventSink } from '../platform';
import type { Storage } from '../storage/storage';
import { os } from './procedure';

export interface PreferenceParts {
  storage: Storage;
  vault: Vault;
  engines: Engines;
  events: EventSink;
}

export function preferencesService({ storage, vault, engines, events }: PreferenceParts) {
  return os.preferences.router({
    get: os.preferences.get.handler(() => storage.preferences.get()),
    set: os.preferences.set.handler(async ({ input }) => {
      const next = storage.preferences.set(input);
      if (input.engine !== undefined || input.gitPath !== undefined) await engines.reconsider(next);
      events.emit({ type: 'preferences.changed' });
      return next;
    }),
    secretStore: os.preferences.secretStore.handler(() => vault.status()),
    chooseSecretStore: os.preferences.chooseSecretStore.handler(async ({ input }) => {
      const status = await vault.choose(input);
      events.emit({ type: 'secret-store.changed' });
      return status;
    }),
    unlockSecretStore: os.preferences.unlockSecretStore.handler(async ({ input }) => {
      const status = await vault.unlock(input.passphrase);
      events.emit({ type: 'secret-store.changed' });
      return status;
    }),
  });
}
