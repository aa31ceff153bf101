import path from 'node:path';
import type { NetworkSettings, ShownCertificates } from '../../shared/contract/network';
import { AppFailure } from '../../shared/errors';
import type { Vault } from '../credentials/vault';
import type { Platform } from '../platform';
import type { Storage } from '../storage/storage';
import { hostKey } from './host-key';
import type { NetworkWithFiles, Route } from './network';
import { examineShown } from './shown';
import { createProxySettings, type ProxyInput } from './proxy';
import { createRouteFiles } from './route-files';
import { createTrustStore } from './trust-store';

/** The network and what the user may set of it. Every change is told to `onChange`. */
export interface ConfiguredNetwork extends NetworkWithFiles {
  settings(): NetworkSettings;
  /** These reject as the calls of shared/contract/network.ts do, and with the vault's and the disk's failures. */
  setProxy(input: ProxyInput): Promise<void>;
  addAuthorities(host: string, pem: string): void;
  shownCertificates(host: string, signal: AbortSignal): Promise<ShownCertificates>;
  trustShown(host: string, fingerprint: string, signal: AbortSignal): Promise<void>;
  removeAuthority(id: string): void;
  addClientCertificate(
    host: string,
    input: { certificate: string; key: string; passphrase: string },
  ): Promise<void>;
  removeClientCertificate(id: string): Promise<void>;
}

export interface NetworkParts {
  storage: Pick<Storage, 'proxy' | 'authorities' | 'clientCertificates'>;
  vault: Pick<Vault, 'get' | 'set' | 'delete'>;
  platform: Pick<Platform, 'systemProxy' | 'dataDirectory'>;
}

export function createNetwork({ storage, vault, platform }: NetworkParts): ConfiguredNetwork {
  const listeners = new Set<() => void>();
  const secrets = new Map<string, string>();

  /** Routes are asked for with every request; a key store that asks the user each time is asked once. */
  const secret = async (name: string): Promise<string | undefined> => {
    const known = secrets.get(name);
    if (known !== undefined) return known;
    try {
      const read = await vault.get(name);
      if (read !== undefined) secrets.set(name, read);
      return read;
    } catch (error) {
      // Only a locked store can be helped by waiting for its passphrase; else it is as good as gone.
      if (
        error instanceof AppFailure &&
        error.error.kind === 'secret-unavailable' &&
        error.error.reason !== 'locked'
      )
        return undefined;
      throw error;
    }
  };
  const changed = () => {
    secrets.clear();
    for (const listener of listeners) listener();
  };
  const proxy = createProxySettings({ storage, vault, platform, secret });
  const trust = createTrustStore({ storage, vault, secret });
  const files = createRouteFiles(path.join(platform.dataDirectory, 'network'));

  const route = async (url: URL): Promise<Route> => {
    const { proxy: through, undecided } = await proxy.routeTo(url);
    const own =
      url.protocol === 'https:' ? await trust.routePart(url.host) : { authorities: [], client: null };
    const { authorities } = through?.url.startsWith('https:')
      ? await trust.routePart(new URL(through.url).host)
      : { authorities: [] };
    return {
      proxy: through && { ...through, ...(authorities.length > 0 ? { authorities } : {}) },
      ...own,
      ...(undecided ? { undecided } : {}),
    };
  };

  const shown = async (host: string, signal: AbortSignal) => {
    const key = hostKey(host);
    return examineShown(key, await route(new URL(`https://${key}`)), signal);
  };

  return {
    route,
    files,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    settings: () => ({
      proxy: proxy.get(),
      authorities: trust.authorities(),
      clientCertificates: trust.clientCertificates(),
    }),
    async setProxy(input) {
      await proxy.set(input);
      changed();
    },
    addAuthorities(host, pem) {
      trust.addAuthorities(hostKey(host), pem);
      changed();
    },
    async shownCertificates(host, signal) {
      return (await shown(host, signal)).shown;
    },
    async trustShown(host, fingerprint, signal) {
      const { shown: now, pems } = await shown(host, signal);
      const at = now.certificates.findIndex((one) => one.fingerprint === fingerprint.trim().toUpperCase());
      const pem = pems[at];
      if (pem === undefined)
        throw new AppFailure({
          kind: 'invalid-input',
          field: 'fingerprint',
          reason: 'The server shows another certificate now. Look at it again, and compare it again.',
        });
      trust.addAuthorities(now.host, pem);
      changed();
    },
    removeAuthority(id) {
      trust.removeAuthority(id);
      changed();
    },
    async addClientCertificate(host, input) {
      await trust.addClientCertificate(hostKey(host), input);
      changed();
    },
    async removeClientCertificate(id) {
      await trust.removeClientCertificate(id);
      changed();
    },
  };
}
