import type { z } from 'zod';
import type { network, ProxySettings } from '../../shared/contract/network';
import { AppFailure, fail } from '../../shared/errors';
import type { Vault } from '../credentials/vault';
import type { Platform } from '../platform';
import type { Storage } from '../storage/storage';
import { bypasses, isLoopback } from './no-proxy';
import type { Route } from './network';
import { environmentProxy, readPacAnswer, readProxy } from './system-proxy';

export type ProxyInput = z.output<NonNullable<(typeof network.setProxy)['~orpc']['inputSchema']>>;

/** `read` of the vault, remembered for as long as nothing changes. Undefined: there is none. */
export type ReadSecret = (name: string) => Promise<string | undefined>;

export interface ProxyParts {
  storage: Pick<Storage, 'proxy'>;
  vault: Pick<Vault, 'set' | 'delete'>;
  platform: Pick<Platform, 'systemProxy'>;
  secret: ReadSecret;
}

/** A password is kept for one proxy, and for no other. */
const secretName = (url: string) => `proxy:${url}`;

export function createProxySettings({ storage, vault, platform, secret }: ProxyParts) {
  const credentialFor = async (url: string): Promise<NonNullable<Route['proxy']>['credential']> => {
    const stored = storage.proxy.get();
    if (stored.url !== url || stored.username === '') return null;
    const password = stored.hasPassword ? await secret(secretName(url)) : undefined;
    return { username: stored.username, password: password ?? '' };
  };

  return {
    get(): ProxySettings {
      return storage.proxy.get();
    },

    /** How to get to `url`: null is straight. `undecided`: the system was asked and named none. */
    async routeTo(url: URL): Promise<{ proxy: Route['proxy']; undecided: boolean }> {
      const straight = { proxy: null, undecided: false };
      const { mode, url: manual, noProxy } = storage.proxy.get();
      if (mode === 'none' || isLoopback(url) || bypasses(noProxy, url)) return straight;
      const found = mode === 'manual' ? readProxy(manual) : await ofTheSystem(platform, url);
      if (found === null) return { proxy: null, undecided: mode === 'system' };
      // Whoever looks at the proxy's own certificate does not go through it.
      if (new URL(found.url).origin === url.origin) return straight;
      const credential = found.credential ?? (await credentialFor(found.url));
      return { proxy: { url: found.url, credential }, undecided: false };
    },

    async set(input: ProxyInput): Promise<void> {
      const before = storage.proxy.get();
      const url = addressOf(input);
      const username = input.username.trim();
      if (username === '' && input.password) invalid('username', 'A password needs a user name.');
      if (/[\p{Cc}]/u.test(username + (input.password ?? '')))
        invalid('username', 'It holds a control character.');
      const kept =
        input.password === undefined && before.hasPassword && before.url === url && username !== '';
      const hasPassword = kept || Boolean(input.password);
      if (input.password) await vault.set(secretName(url), input.password);
      storage.proxy.set({ mode: input.mode, url, username, hasPassword, noProxy: input.noProxy.trim() });
      if (before.hasPassword && (!hasPassword || before.url !== url))
        await vault.delete(secretName(before.url));
    },
  };
}

async function ofTheSystem(platform: ProxyParts['platform'], url: URL): Promise<Route['proxy']> {
  // Only the host is asked about: a path is nobody's business, not even a PAC file's.
  const told = platform.systemProxy ? await platform.systemProxy(`${url.origin}/`).catch(() => null) : null;
  return (told === null ? null : readPacAnswer(told)) ?? environmentProxy(url);
}

function addressOf(input: ProxyInput): string {
  const typed = input.url.trim();
  if (typed === '') {
    if (input.mode === 'manual')
      invalid('url', 'Write the address of the proxy, such as http://proxy.example.com:3128.');
    return '';
  }
  const read = readable(typed);
  if (read === null || /[\s\\]/.test(typed))
    return invalid(
      'url',
      'This is not the address of a proxy. It looks like http://proxy.example.com:3128 or socks5://proxy.example.com:1080.',
    );
  if (read.credential) return invalid('url', 'Put the user name and the password into their own fields.');
  return read.url;
}

function readable(text: string): Route['proxy'] {
  try {
    return readProxy(text);
  } catch (error) {
    if (error instanceof AppFailure) return null;
    throw error;
  }
}

function invalid(field: string, reason: string): never {
  return fail({ kind: 'invalid-input', field, reason });
}
