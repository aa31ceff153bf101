/** Hosts that have an account, each with its own secret, and how else the origin may be spelled. */
export interface FuzzedOrigin {
  origin: string;
  secret: string;
  protocol: 'https' | 'http';
  /** As git would write it. */
  host: string;
  /**
   * Every spelling that is this host, written by hand and not by the program's
   * own parser: letters of either case, the default port, punycode.
   */
  spelled: RegExp;
  /** Its account is sent as a header, which only a newer git can take. */
  isHeader?: true;
}

const https = (host: string, secret: string, spelled: RegExp): FuzzedOrigin => ({
  origin: `https://${host}`,
  secret,
  protocol: 'https',
  host,
  spelled,
});

export const fuzzedOrigins: readonly FuzzedOrigin[] = [
  https('good.test', 'canary-plain-1', /^good\.test(?::443)?$/i),
  https('good.test:8443', 'canary-port-2', /^good\.test:8443$/i),
  { ...https('header.good.test', 'canary-header-3', /^header\.good\.test(?::443)?$/i), isHeader: true },
  {
    ...https('xn--bcher-kva.test', 'canary-idn-4', /^(?:xn--bcher-kva|b(?:ü|u\u0308)cher)\.test(?::443)?$/i),
    isHeader: true,
  },
  https('[2001:db8::1]', 'canary-six-5', /^\[2001:0?db8:[0:]*:0{0,3}1\](?::443)?$/i),
  {
    origin: 'http://plain.test',
    secret: 'canary-http-6',
    protocol: 'http',
    host: 'plain.test',
    spelled: /^plain\.test(?::80)?$/i,
  },
];

/** Ways to write a host so that it looks or reads nearly like it. `same`: it is still that host. */
export const hostMutations: readonly { name: string; change: (host: string) => string; same?: true }[] = [
  { name: 'as it is', change: (host) => host, same: true },
  { name: 'upper case', change: (host) => host.toUpperCase(), same: true },
  { name: 'one letter in upper case', change: (host) => host.replace(/t/, 'T'), same: true },
  { name: 'another port', change: (host) => `${host}:444` },
  { name: 'port 0', change: (host) => `${host}:0` },
  { name: 'port 80', change: (host) => `${host}:80` },
  { name: 'port that overflows to 443', change: (host) => `${host}:65979` },
  { name: 'port with a leading zero', change: (host) => `${host}:0443` },
  { name: 'port with a sign', change: (host) => `${host}:+443` },
  { name: 'port with a space', change: (host) => `${host}:443 ` },
  { name: 'port in other digits', change: (host) => `${host}:\u0664\u0664\u0663` },
  { name: 'port without digits', change: (host) => `${host}:` },
  { name: 'two ports', change: (host) => `${host}:443:443` },
  { name: 'dot at the end', change: (host) => `${host}.` },
  { name: 'dot at the beginning', change: (host) => `.${host}` },
  { name: 'two dots', change: (host) => host.replace('.', '..') },
  { name: 'dot left out', change: (host) => host.replace('.', '') },
  { name: 'dash for the dot', change: (host) => host.replace('.', '-') },
  { name: 'ideographic dot', change: (host) => host.replace('.', '\u3002') },
  { name: 'full-width dot', change: (host) => host.replace('.', '\uff0e') },
  { name: 'full-width letter', change: (host) => host.replace('t', '\uff54') },
  { name: 'Cyrillic letter', change: (host) => host.replace('e', '\u0435') },
  { name: 'letter with an accent', change: (host) => host.replace('e', '\u00e9') },
  { name: 'long s', change: (host) => host.replace('s', '\u017f') },
  { name: 'ligature', change: (host) => host.replace('st', '\ufb06') },
  { name: 'invisible hyphen', change: (host) => host.replace('t', 't\u00ad') },
  { name: 'zero-width joiner', change: (host) => host.replace('t', '\u200dt') },
  { name: 'right-to-left override', change: (host) => `\u202e${host}` },
  { name: 'suffix', change: (host) => `${host}.evil.test` },
  { name: 'suffix without a dot', change: (host) => `${host}evil` },
  { name: 'prefix', change: (host) => `evil${host}` },
  { name: 'subdomain', change: (host) => `www.${host}` },
  { name: 'parent domain', change: (host) => host.replace(/^[^.]*\./, '') },
  { name: 'top domain left out', change: (host) => host.replace(/\.[^.]*$/, '') },
  { name: 'user before', change: (host) => `${host}@evil.test` },
  { name: 'user and password before', change: (host) => `u:p@${host}` },
  { name: 'backslash', change: (host) => `${host}\\@evil.test` },
  { name: 'path behind', change: (host) => `${host}/evil` },
  { name: 'query behind', change: (host) => `${host}?evil` },
  { name: 'fragment behind', change: (host) => `${host}#evil` },
  { name: 'percent encoding', change: (host) => host.replace('t', '%74') },
  { name: 'encoded dot', change: (host) => host.replace('.', '%2e') },
  { name: 'encoded line feed', change: (host) => `evil.test%0ahost=${host}` },
  { name: 'space before', change: (host) => ` ${host}` },
  { name: 'tab behind', change: (host) => `${host}\t` },
  { name: 'scheme before', change: (host) => `https://${host}` },
  { name: 'broken punycode', change: (host) => `xn--${host}` },
  { name: 'brackets', change: (host) => `[${host}]` },
];

/** Small and repeatable: mulberry32. */
export function seeded(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (one: number): boolean => next() * one < 1,
    pick<T>(list: readonly T[]): T {
      const found = list[below(list.length)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
  };
}
export type Random = ReturnType<typeof seeded>;

/** What some reader or other takes for the end of a line, of a word or of a text. */
const separators = [
  '\r',
  '\r\n',
  '\0',
  '\v',
  '\f',
  '\u001c',
  '\u001e',
  '\u0085',
  '\u2028',
  '\u2029',
  '\t',
  ' ',
  '\ufeff',
];
const paths = [
  'team/x.git',
  '',
  'group/sub/y.git',
  'x',
  'team/../x',
  'a%2fb',
  '/x',
  'ünï/ç.git',
  '-x',
  'x?y#z',
  '..',
  'a\\b',
];
const challenges = ['Basic realm="x"', 'Bearer', 'Negotiate', 'NTLM TlRMTVNTUAAC', ''];

function line(random: Random): string {
  const host = random.pick(fuzzedOrigins).host;
  return random.pick([
    'protocol=https',
    'protocol=http',
    'protocol=ssh',
    `host=${host}`,
    'host=evil.test',
    `host=${random.pick(hostMutations).change(host)}`,
    `path=${random.pick(paths)}`,
    'username=ada',
    'username=',
    'username=--help',
    'password=other',
    'quit=1',
    `url=https://${host}/x`,
    `url=https://${host}`,
    'url=https://evil.test/x',
    `url=https://${host}@evil.test/x`,
    `url=https://evil.test\\@${host}/x`,
    'capability[]=authtype',
    'capability[]=',
    'authtype=Bearer',
    'credential=x',
    'state[]=polyforge.0',
    `wwwauth[]=${random.pick(challenges)}`,
    `unknown=${host}`,
    `Host=${host}`,
    `host =${host}`,
    ' host=evil.test',
    'host',
    '=x',
    '',
  ]);
}

/** A request as git writes it, and how it may go wrong. `plain`: nothing was done to it. */
export function fuzzedRequest(random: Random): { bytes: Buffer; action: string; plain: FuzzedOrigin | null } {
  const about = random.pick(fuzzedOrigins);
  const { protocol, host } = random.chance(4) ? { protocol: 'https', host: 'evil.test' } : about;
  const lines = [
    ...(random.chance(2) ? ['capability[]=authtype', 'capability[]=state'] : []),
    `protocol=${protocol}`,
    `host=${host}`,
    ...(random.chance(2) ? [`path=${random.pick(paths.slice(0, 2))}`] : []),
    ...(random.chance(3) ? [`wwwauth[]=${random.pick(challenges)}`] : []),
  ];
  const action = random.chance(12) ? random.pick(['store', 'erase']) : 'get';
  const isPlain = random.chance(6);
  if (!isPlain) for (let times = 1 + random.below(3); times > 0; times -= 1) mutateLines(lines, random);
  let bytes: Buffer = Buffer.from(`${lines.join('\n')}\n${random.chance(2) ? '\n' : ''}`);
  if (!isPlain && random.chance(2)) bytes = mutateBytes(bytes, random);
  return { bytes, action, plain: isPlain && host === about.host ? about : null };
}

function mutateLines(lines: string[], random: Random): void {
  const at = random.below(lines.length);
  const old = lines[at] ?? '';
  const equals = old.indexOf('=') + 1;
  const good = random.pick(fuzzedOrigins).host;
  switch (random.below(9)) {
    case 0:
      lines.splice(at, 0, line(random));
      break;
    case 1:
      lines.splice(at, 1);
      break;
    case 2:
      lines.push(old);
      break;
    case 3:
      lines[at] = line(random);
      break;
    case 4:
      // A second line for a reader that ends lines elsewhere.
      lines[at] = `${old}${random.pick(separators)}${line(random)}`;
      break;
    case 5:
      lines[at] = old.slice(0, equals) + random.pick(hostMutations).change(old.slice(equals));
      break;
    case 6:
      lines[at] = `host=evil.test${random.pick(separators)}host=${good}`;
      break;
    case 7:
      lines[at] = `host=${good}${random.pick(separators)}`;
      break;
    default:
      lines.reverse();
  }
}

function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const other = random.below(bytes.length + 1);
  const [from, to] = at < other ? [at, other] : [other, at];
  switch (random.below(6)) {
    case 0: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy.writeUInt8(copy.readUInt8(at) ^ (1 << random.below(8)), at);
      return copy;
    }
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([random.below(256)]), bytes.subarray(at)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    default:
      return Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)]);
  }
}

/** Outside a challenge, which a server wrote, no line may hold any of these. */
const forbidden = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Whose secret may be given for these bytes; null: nobody's. Shares nothing
 * with the program: lines end at byte 10 alone, one host and one protocol or
 * one address, and the host in one of the spellings above.
 */
export function mayBeGiven(bytes: Buffer): FuzzedOrigin | null {
  const lines = bytes.toString('latin1').split('\n');
  const blank = lines.indexOf('');
  // Without a blank line the last one is what follows the last line feed: nothing, or a line that was cut.
  if (blank < 0) return null;
  const values = new Map<string, string[]>();
  for (const latin of lines.slice(0, blank)) {
    const text = Buffer.from(latin, 'latin1').toString('utf8');
    if (!/^[^=]+=/.test(text)) return null;
    if (forbidden.test(text.startsWith('wwwauth[]=') ? text.replaceAll('\t', '') : text)) return null;
    const key = text.slice(0, text.indexOf('='));
    const value = text.slice(key.length + 1);
    if (!values.get(key)?.push(value)) values.set(key, [value]);
  }
  const [hosts, protocols, urls] = ['host', 'protocol', 'url'].map((key) => values.get(key) ?? []);
  if (!hosts || !protocols || !urls || hosts.length > 1 || protocols.length > 1 || urls.length > 1)
    return null;
  const [url] = urls;
  let [protocol] = protocols;
  let [host] = hosts;
  if (url !== undefined) {
    const parts = /^(https?):\/\/([^/?#@\\]+)(?:\/[^?#\\]*)?$/i.exec(url.trim());
    if (!parts || host !== undefined || protocol !== undefined) return null;
    protocol = parts[1]?.toLowerCase();
    host = parts[2];
  }
  return (
    fuzzedOrigins.find((one) => one.protocol === protocol && host !== undefined && one.spelled.test(host)) ??
    null
  );
}

/** Whose secret stands in an answer, also within a header; more than one: the answer is broken beyond doubt. */
export function secretsIn(answer: string): FuzzedOrigin[] {
  const basic = [...answer.matchAll(/^credential=([A-Za-z0-9+/=]+)$/gm)].map((match) =>
    Buffer.from(match[1] ?? '', 'base64').toString('utf8'),
  );
  const all = [answer, ...basic].join('\n');
  return fuzzedOrigins.filter(({ secret }) => all.includes(secret));
}
