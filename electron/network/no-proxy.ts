import { BlockList, isIP } from 'node:net';

/** This machine itself is always reached without a proxy. */
export function isLoopback(url: URL): boolean {
  const host = bare(url.hostname);
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}

/**
 * Whether a list as in NO_PROXY names this URL's host. Entries are separated
 * by commas or spaces: `*`; a name, which stands for itself and everything
 * below it, with or without a leading dot or `*.`; an address; a network
 * (`10.0.0.0/8`); each name and address with or without `:port`.
 */
export function bypasses(list: string, url: URL): boolean {
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && names(entry, host, port));
}

function names(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inNetwork(entry, host);
  const [name, wanted] = split(entry);
  if (wanted !== null && wanted !== port) return false;
  if (isIP(name)) return sameAddress(name, host);
  const suffix = name.replace(/^\*?\.+/, '');
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}

/** `name:port`, `[::1]:port`, `::1`, `name`. */
function split(entry: string): [name: string, port: string | null] {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry);
  if (bracketed) return [bracketed[1] ?? '', bracketed[2] ?? null];
  if (isIP(entry) === 6) return [entry, null];
  const [, name, port] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
  return name !== undefined && port !== undefined ? [name, port] : [entry, null];
}

function inNetwork(entry: string, host: string): boolean {
  const [network = '', bits = ''] = entry.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, Number(bits), kind);
  return list.check(host, kind);
}

function sameAddress(one: string, host: string): boolean {
  const family = isIP(one);
  if (isIP(host) !== family) return false;
  const list = new BlockList();
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  list.addAddress(one, kind);
  return list.check(host, kind);
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}
