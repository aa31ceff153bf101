import { AppFailure } from '../../shared/errors';
import { bypasses, isLoopback } from './no-proxy';
import type { Network, Route } from './network';

type Proxy = NonNullable<Route['proxy']>;

const schemes: Record<string, string> = {
  'http:': '80',
  'https:': '443',
  'socks5:': '1080',
};

/** A proxy's address with user and password taken out of it. Null: no address of a proxy. */
export function readProxy(text: string): Proxy | null {
  const whole = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(whole)) return null;
  const url = new URL(whole);
  // curl's names for "the proxy resolves the host", which is what is done here anyway.
  const scheme = /^socks(5h|5)?:$/.test(url.protocol) ? 'socks5:' : url.protocol;
  const usual = schemes[scheme];
  if (usual === undefined) return unknownKind(url.protocol);
  if (url.hostname === '') return null;
  const credential =
    url.username === '' ? null : { username: decoded(url.username), password: decoded(url.password) };
  return { url: `${scheme}//${url.hostname}:${url.port || usual}`, credential };
}

function unknownKind(protocol: string): never {
  throw new AppFailure({
    kind: 'unsupported',
    what: `A ${protocol.replace(':', '').toUpperCase()} proxy`,
    reason:
      'The system names one for this address. Set an HTTP or SOCKS5 proxy by hand in the network preferences.',
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The first way of an answer in the format of PAC files
 * (`PROXY a:3128; SOCKS5 b:1080; DIRECT`), as Chromium's resolver gives it.
 * In it, `SOCKS` means version 4, which nothing here speaks: a later entry is
 * taken if there is one.
 */
export function readPacAnswer(answer: string): Proxy | null {
  let unknown: string | null = null;
  for (const entry of answer.split(';')) {
    const [kind = '', host = ''] = entry.trim().split(/\s+/);
    switch (kind.toUpperCase()) {
      case 'DIRECT':
        return null;
      case 'PROXY':
      case 'HTTP':
        return readProxy(`http://${host}`);
      case 'HTTPS':
        return readProxy(`https://${host}`);
      case 'SOCKS5':
        return readProxy(`socks5://${host}`);
      case 'SOCKS':
      case 'SOCKS4':
      case 'QUIC':
        unknown ??= kind;
        break;
      default:
        break;
    }
  }
  return unknown === null ? null : unknownKind(unknown === 'SOCKS' ? 'SOCKS4' : unknown);
}

/** The proxy the environment's variables name, in lower case first, as curl reads them. */
export function environmentProxy(url: URL, environment: NodeJS.ProcessEnv = process.env): Proxy | null {
  const read = (...names: string[]) =>
    names.map((name) => environment[name]?.trim()).find((value) => value !== undefined && value !== '');
  if (bypasses(read('no_proxy', 'NO_PROXY') ?? '', url)) return null;
  const named =
    (url.protocol === 'https:' ? read('https_proxy', 'HTTPS_PROXY') : read('http_proxy', 'HTTP_PROXY')) ??
    read('all_proxy', 'ALL_PROXY');
  return named === undefined ? null : readProxy(named);
}

/** Routes by the environment's variables alone. */
export function environmentNetwork(): Network {
  return {
    route: (url) =>
      Promise.resolve({
        proxy: isLoopback(url) ? null : environmentProxy(url),
        authorities: [],
        client: null,
      }),
    onChange: () => () => undefined,
  };
}
