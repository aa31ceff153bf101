import { randomUUID } from 'node:crypto';
import type { AccountDraft, AccountKind } from '../../shared/contract/accounts';
import type { SignInApp } from '../../shared/contract/sign-in-apps';
import { AppFailure, fail } from '../../shared/errors';
import type { EventSink } from '../platform';
import type { ProviderRegistry } from '../providers/registry';
import type { Storage } from '../storage/storage';
import { signInAppOf } from './account-sign-in';
import { os } from './procedure';

export interface SignInAppParts {
  registry: ProviderRegistry;
  storage: Pick<Storage, 'signInApps'>;
  events: EventSink;
}

/** A directory's id or domain name, or one of Microsoft's words for several. */
const tenantForm = /^[a-z0-9](?:[a-z0-9.-]{0,180}[a-z0-9])?$/i;

export function signInAppsService({ registry, storage, events }: SignInAppParts) {
  const { signInApps } = storage;
  const able = registry.kinds.flatMap((descriptor) => {
    const oauth = registry.of(descriptor.kind).oauth;
    const authentication = descriptor.authentication.find(({ type }) => type === 'oauth');
    const flows = [...(oauth?.flows(descriptor.kind) ?? [])];
    return oauth && authentication && flows.length > 0 ? [{ descriptor, authentication, flows, oauth }] : [];
  });

  const addressOf = (kind: AccountKind, url: string) => registry.of(kind).address(emptyDraft(kind, url));

  return os.signInApps.router({
    kinds: os.signInApps.kinds.handler(() =>
      able.map(({ descriptor: { kind, label }, authentication, flows, oauth }) => ({
        kind,
        label,
        flows,
        url: authentication.fields.find(({ field }) => field === 'url')?.initial ?? '',
        ...oauth.registration(kind),
        steps: [...oauth.registration(kind).steps],
      })),
    ),
    list: os.signInApps.list.handler(() => signInApps.list()),
    put: os.signInApps.put.handler(({ input }) => {
      const found = able.find(({ descriptor }) => descriptor.kind === input.kind);
      if (!found) fail({ kind: 'invalid-input', field: 'kind', reason: 'It has no sign-in of this kind.' });
      const { url } = addressOf(input.kind, input.url);
      const clientId = input.clientId.trim();
      if (clientId === '') fail({ kind: 'invalid-input', field: 'clientId', reason: 'required' });
      if (!/^[\x21-\x7e]+$/.test(clientId))
        fail({ kind: 'invalid-input', field: 'clientId', reason: 'A client ID has no blanks in it.' });
      const { hasTenant } = found.oauth.registration(input.kind);
      const tenant = hasTenant ? input.tenant.trim() || 'organizations' : '';
      if (hasTenant && !tenantForm.test(tenant))
        fail({
          kind: 'invalid-input',
          field: 'tenant',
          reason: 'Give the id or the domain name of the directory, or “organizations”.',
        });
      const app: SignInApp = { id: input.id ?? randomUUID(), kind: input.kind, url, clientId, tenant };
      signInApps.put(app);
      for (const other of signInApps.list())
        if (other.id !== app.id && other.kind === app.kind && other.url === app.url)
          signInApps.remove(other.id);
      events.emit({ type: 'preferences.changed' });
      return signInApps.list();
    }),
    remove: os.signInApps.remove.handler(({ input }) => {
      signInApps.remove(input.id);
      events.emit({ type: 'preferences.changed' });
      return signInApps.list();
    }),
    of: os.signInApps.of.handler(({ input }) => {
      try {
        const { url } = addressOf(input.kind, input.url);
        return { app: signInAppOf(storage, { kind: input.kind, url }) ?? null };
      } catch (error) {
        if (error instanceof AppFailure) return { app: null };
        throw error;
      }
    }),
  });
}

function emptyDraft(kind: AccountKind, url: string): AccountDraft {
  return {
    kind,
    alias: '',
    authenticationType: 'oauth',
    url,
    organization: '',
    collection: '',
    email: '',
    username: '',
    tokenName: '',
    token: '',
    expiresOn: '',
    appId: '',
    privateKey: '',
    installation: '',
    useForRepositories: true,
    headerAuthentication: 'off',
  };
}
