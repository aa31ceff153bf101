import path from 'node:path';
import { createRenewals } from '../../electron/credentials/renewal';
import { createSessions } from '../../electron/credentials/sessions';
import { createVault } from '../../electron/credentials/vault';
import { createHttp } from '../../electron/providers/http';
import { gitlab } from '../../electron/providers/gitlab/index';
import { createRegistry } from '../../electron/providers/registry';
import { createStorage } from '../../electron/storage/create';
import { fakePlatform } from '../fakes/platform';

/** Opens the one account of a data directory and stops for ever between receiving new tokens and storing them. */
const platform = fakePlatform(process.argv[2] ?? '');
const storage = createStorage(platform);
const vault = createVault(path.join(platform.dataDirectory, 'vault.json'), platform);
const registry = createRegistry([gitlab]);
const http = createHttp();
const events = { emit: () => undefined };
const halted = {
  get: (name: string) => vault.get(name),
  delete: (name: string) => vault.delete(name),
  set: async () => {
    process.stdout.write('received');
    await new Promise(() => setInterval(() => undefined, 1000));
  },
};
const renewals = createRenewals({ registry, http, vault: halted, storage, events });
const sessions = createSessions(
  registry,
  http,
  { read: async (name) => (await vault.get(name)) ?? '' },
  renewals,
);
const [account] = storage.accounts.list();
if (!account) throw new Error('no account');
await sessions.open(account, { interactive: false, signal: new AbortController().signal });
