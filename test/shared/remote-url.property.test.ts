import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRemoteUrl, type RemoteUrl } from '../../shared/remote-url';

// More for a night run: POLYFORGE_URL_RUNS=100000.
const numRuns = Number(process.env['POLYFORGE_URL_RUNS'] ?? 4000);

const nasty = fc.constantFrom(
  '%0a',
  '%0D',
  '%00',
  '%2F',
  '%5c',
  '%40',
  '%',
  '@',
  ':',
  '\\',
  '/',
  '//',
  '?',
  '#',
  '[',
  ']',
  ' ',
  '\t',
  '\n',
  '-',
  '.',
  '..',
  '。',
  '．',
  'ｇ',
  'і',
  'ß',
  'é',
  '\u00ad',
  '\u200b',
  '\u202e',
  '\u2028',
  '::',
  '&',
  '=',
  '~',
  '0x7f',
  '\ud800',
  '😀',
  '^',
  '|',
  '`',
  '"',
  '<',
  '\u0000',
  '%E2%80%A9',
  ';',
  '!',
  '*',
  "'",
  '(',
  ',',
  '+',
  '_',
  '$',
  '{',
);
const word = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.~-]{0,8}$/);
const host = fc.oneof(
  fc.constantFrom(
    'good.test',
    'GitHub.com',
    'localhost',
    '127.0.0.1',
    '127.1',
    '[::1]',
    '[2001:DB8::0:1]',
    '1.2.3',
  ),
  fc.domain(),
  fc.constantFrom('bücher.example', 'xn--bcher-kva.example', 'ΣΑΣ.example', 'faß.de', '日本。jp', 'a_b.test'),
  word,
);
const piece = fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: nasty });
const path = fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const userinfo = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  word.map((user) => `${user}@`),
  fc.tuple(word, piece).map(([user, password]) => `${user}:${password}@`),
);
const port = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.integer({ min: -1, max: 70_000 }).map((number) => `:${number}`),
  fc.constantFrom(':443', ':80', ':022', ':'),
);
const wellFormed = fc
  .tuple(fc.constantFrom('https', 'http', 'ssh', 'HTTPS', 'Http', 'git', 'ftp'), userinfo, host, port, path)
  .map(([scheme, user, name, number, rest]) => `${scheme}://${user}${name}${number}/${rest}`);
const scpLike = fc.tuple(userinfo, host, path).map(([user, name, rest]) => `${user}${name}:${rest}`);

/** Half of them as they are, half with up to three hostile pieces put in anywhere. */
const address = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: wellFormed }, { weight: 1, arbitrary: scpLike }),
    fc.oneof(fc.constant([]), fc.array(fc.tuple(fc.nat(), nasty), { minLength: 1, maxLength: 3 })),
  )
  .map(([text, changes]) =>
    changes.reduce((sum, [at, what]) => {
      const position = at % (sum.length + 1);
      return sum.slice(0, position) + what + sum.slice(position);
    }, text),
  );

function authorityOf(url: RemoteUrl): string {
  return url.port === null ? url.host : `${url.host}:${url.port}`;
}

it('what is accepted has the host Node reads, before and after it was made canonical', () => {
  let accepted = 0;
  fc.assert(
    fc.property(address, (text) => {
      const parsed = parseRemoteUrl(text);
      if (!parsed.ok) return;
      accepted += 1;
      const { url } = parsed;
      expect(parseRemoteUrl(url.href)).toEqual({ ok: true, url: { ...url, droppedCredentials: false } });
      expect(`${url.href}${url.origin}${url.path}`).not.toMatch(/[\p{Cc}\u2028\u2029\\]/u);
      expect(url.path).not.toMatch(/^\/|\/$/);
      if (!url.href.includes('://')) return;
      if (url.protocol === 'ssh') {
        // Node leaves the host of an ssh address alone, so only our canonical one can be compared.
        expect(new URL(url.href).host).toBe(authorityOf(url));
        return;
      }
      const typed = new URL(text);
      expect(authorityOf(url)).toBe(typed.host);
      expect(`${url.protocol}:`).toBe(typed.protocol);
      const canonical = new URL(url.href);
      expect(canonical.origin).toBe(url.origin);
      expect(canonical.username + canonical.password + canonical.search + canonical.hash).toBe('');
      expect(decodeURIComponent(canonical.pathname)).toBe(`/${url.path}`);
    }),
    { numRuns },
  );
  // Comparing nothing would pass as well.
  expect(accepted).toBeGreaterThan(numRuns / 10);
});

interface Asked {
  protocol?: string;
  host?: string;
  path?: string;
}

/** What a credential helper is asked when git is given this URL; null when git refuses it. */
function askedByGit(url: string): Promise<Asked | null> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      [
        '-c',
        'credential.helper=',
        '-c',
        "credential.helper=!f() { sed 's/^/asked /'; echo quit=1; }; f >&2; echo quit=1 #",
        '-c',
        'credential.useHttpPath=true',
        'credential',
        'fill',
      ],
      {
        cwd: tmpdir(),
        env: {
          PATH: process.env['PATH'],
          GIT_TERMINAL_PROMPT: '0',
          GIT_CONFIG_NOSYSTEM: '1',
          HOME: '/nonexistent',
        },
      },
      (_error, stdout, stderr) => {
        const asked: Asked = {};
        // With user and password in the URL git prints them without asking.
        for (const line of `${stderr}\n${stdout}`.split('\n')) {
          const match = /^(?:asked )?(protocol|host|path)=(.*)$/.exec(line);
          if (match) asked[match[1] as keyof Asked] = match[2];
        }
        resolve(asked.protocol === undefined ? null : asked);
      },
    );
    child.on('error', reject);
    child.stdin?.end(`url=${url}\n\n`);
  });
}

it('what is accepted has the host and path git asks credentials for', async () => {
  const accepted = fc
    .sample(address, 600)
    .map((text) => ({ text: text.trim(), parsed: parseRemoteUrl(text) }))
    .flatMap(({ text, parsed }) =>
      parsed.ok && parsed.url.href.includes('://') ? [{ text, url: parsed.url }] : [],
    )
    .slice(0, numRuns > 4000 ? 600 : 75);
  expect(accepted.length).toBeGreaterThan(40);
  const compare = async ({ text, url }: { text: string; url: RemoteUrl }) => {
    const canonical = await askedByGit(url.href);
    expect(canonical, url.href).toEqual({ protocol: url.protocol, host: authorityOf(url), path: url.path });
    const typed = await askedByGit(text);
    // The typed text may write the same host differently (case, long IPv6, IDN, default port), never another host.
    expect(new URL(`${url.protocol === 'http' ? 'http' : 'https'}://${typed?.host}/`).hostname, text).toBe(
      url.host,
    );
  };
  for (let at = 0; at < accepted.length; at += 5) await Promise.all(accepted.slice(at, at + 5).map(compare));
});
