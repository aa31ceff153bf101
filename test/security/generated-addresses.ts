import * as fc from 'fast-check';

const pick = (...values: string[]) => fc.constantFrom(...values);
const word = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.~-]{0,8}$/);

/** Schemes git or a browser knows, in every spelling somebody might hide another one in. */
const scheme = fc.oneof(
  { weight: 12, arbitrary: pick('https', 'https', 'https', 'http', 'HTTPS', 'Http', 'hTtP', 'ssh', 'SSH') },
  {
    weight: 1,
    arbitrary: pick(
      'git',
      'git+ssh',
      'file',
      'ftp',
      'ext',
      'fd',
      'javascript',
      'data',
      '',
      'ht\ttps',
      'http\ns',
      'h\rttps',
      ' https',
      '\u0000https',
      'http%73',
      'https::https',
      'ｈttps',
      '-https',
    ),
  },
);
/** What stands between the scheme and the rest. */
const mark = fc.oneof(
  { weight: 20, arbitrary: fc.constant('://') },
  {
    weight: 1,
    arbitrary: pick(':', ':/', ':///', ':\\\\', ':/\\', '::', ':////', ':\t//', ':/\n/', '%3A//'),
  },
);

const names = pick(
  'good.test',
  'GitHub.com',
  'github.com',
  'localhost',
  'a_b.test',
  'x',
  'dev.azure.com',
  'org.visualstudio.com',
);
const hostileHost = pick(
  // Look-alikes, folded and invisible characters.
  'gіthub.com',
  'ɡithub.com',
  'ｇithub.com',
  'github．com',
  'github。com',
  'github｡com',
  'git\u00adhub.com',
  'git\u200bhub.com',
  'git\u200dhub.com',
  'github.com\u202e',
  'ﬁle.test',
  'ΣΑΣ.example',
  'straße.de',
  'faß.de',
  'bücher.example',
  'bu\u0308cher.example',
  '日本。jp',
  'İ.test',
  'K.test',
  '℀.test',
  'good.test／evil.test',
  'good.test＠evil.test',
  'good.test：443',
  // Punycode, well and badly formed.
  'xn--bcher-kva.example',
  'XN--BCHER-KVA.example',
  'xN--gIthub-2of.com',
  'xn--a',
  'xn--',
  'xn--github-.com',
  'xn--0.pt',
  'xn--zca.de',
  'ab--cd.test',
  // Numbers read as addresses.
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f.1',
  '0x7f000001',
  '017700000001',
  '127.0.0.1.',
  '１２７.0.0.1',
  '1.2.3.4.5',
  '256.1.1.1',
  '0300.0250.1.1',
  '1.2.3',
  '4294967296',
  // IPv6 in all its forms.
  '[::1]',
  '[2001:DB8::0:1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[fe80::1%25lo]',
  '[fe80::1%lo]',
  '[::1',
  '::1',
  '[]',
  '[v1.a]',
  '[::1].test',
  'x[::1]',
  '[1:2:3:4:5:6:7:8:9]',
  // Dots and dashes where no name has them.
  'good.test.',
  'good.test..',
  '.good.test',
  'good..test',
  '.',
  '..',
  '',
  '-good.test',
  'good-.test',
  '-oProxyCommand=x',
  '--upload-pack=x',
  'good.test:',
  'a'.repeat(64),
  `${'a.'.repeat(127)}test`,
  // Encoded and raw separators.
  'good.test%2eevil.test',
  'good.test%2fevil.test',
  'good.test%5cevil.test',
  'good.test%40evil.test',
  'good.test%3a443',
  'good.test%00.evil.test',
  'good.test%0aevil.test',
  'good.test%0d',
  'good%E2%80%A8.test',
  'good.test%23',
  'good.test%',
  'good.test\\evil.test',
  'good.test\\',
  'good.test\tevil.test',
  'good.test\nhost=evil.test',
  'good.test\r',
  'good.test\u0000.evil.test',
  'good.test\u007f',
  'good.test\u0085',
  'good.test\u2028evil.test',
  'good.test evil.test',
  'good.test;evil.test',
  'good.test,evil.test',
  'good.test&evil.test',
  'good.test|evil.test',
  '$(touch mark)',
  '`touch mark`',
  'good.test^',
  'good.test"',
  "good.test'",
  'good.test<',
  'good.test{',
  '\ud800.test',
  '*.good.test',
);
const host = fc.oneof(
  { weight: 5, arbitrary: names },
  { weight: 3, arbitrary: fc.domain() },
  { weight: 1, arbitrary: word },
  { weight: 5, arbitrary: hostileHost },
);

const userinfo = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  { weight: 3, arbitrary: word.map((user) => `${user}@`) },
  { weight: 2, arbitrary: fc.tuple(word, word).map(([user, password]) => `${user}:${password}@`) },
  {
    weight: 3,
    arbitrary: pick(
      'good.test@',
      'good.test:443@',
      'a@b@',
      '@',
      ':@',
      '::@',
      'good.test%40@',
      'good.test%2f@',
      'good.test/@',
      'good.test\\@',
      'good.test?@',
      'good.test#@',
      'u%0ahost=good.test@',
      'u%0d@',
      'u%00@',
      'u\n@',
      'u\t@',
      '-oProxyCommand=x@',
      '-l@',
      'u:p@q@',
      'u:p:q@',
      'u%3ap@',
      'u%20@',
      '[u]@',
      '％@',
      'me%40corp.test:x@',
      '\u202eu@',
    ),
  },
);

const port = fc.oneof(
  { weight: 10, arbitrary: fc.constant('') },
  { weight: 3, arbitrary: fc.integer({ min: -1, max: 70_000 }).map((number) => `:${number}`) },
  {
    weight: 2,
    arbitrary: pick(
      ':',
      '::',
      ':0',
      ':00443',
      ':0443',
      ':443',
      ':80',
      ':22',
      ':65535',
      ':65536',
      ':99999',
      ':4294967739',
      ':-1',
      ':+443',
      ':4 43',
      ':443 ',
      ':0x1bb',
      ':4e2',
      ':４４３',
      ':٤٤٣',
      ':443:443',
      ':443@evil.test',
      ':443\\',
      ':%34%34%33',
      ':https',
      ':\t443',
      ':44\n3',
    ),
  },
);

const piece = fc.oneof(
  { weight: 10, arbitrary: word },
  {
    weight: 3,
    arbitrary: pick(
      '..',
      '.',
      '%2e%2e',
      '%2e',
      '%2f',
      '%5c',
      '%00',
      '%0a',
      '%0d',
      '%1b',
      '%7f',
      '%C2%85',
      '%E2%80%A9',
      '%zz',
      '%',
      '%f',
      '%ff',
      '%c0%af',
      '-x',
      '--upload-pack=x',
      '~user',
      ':',
      'a:b',
      '@',
      'a@b',
      '日本',
      '😀',
      'a b',
      ' ',
      '\t',
      '\n',
      '\r\n',
      '\\',
      '..\\',
      '"',
      "'",
      '&',
      ';',
      '=',
      '*',
      '+',
      '$HOME',
      '\u0000',
      '\u001b',
      '\u0085',
      '\u2028',
      '\ufeff',
      '\ud83d',
      '',
    ),
  },
);
const path = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.array(piece, { minLength: 1, maxLength: 4 }).map((all) => `/${all.join('/')}`),
  },
  { weight: 1, arbitrary: pick('', '/', '//', '/..', '/./.', '/%2e%2e/', `/${'a'.repeat(2100)}`, '/_git/') },
);
const tail = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: pick('?', '#', '?a=b', '#f', '?@good.test', '#@good.test', '/?x#y', '\n', ' ', '\t'),
  },
);

const withScheme = fc.tuple(scheme, mark, userinfo, host, port, path, tail).map((parts) => parts.join(''));
const short = fc
  .tuple(userinfo, host, pick(':', ':', ':', ':/', '::', ':-', ':~', ':../'), path)
  .map(([user, name, colon, rest]) => `${user}${name}${colon}${rest.replace(/^\//, '')}`);

/** Any of the hostile pieces, anywhere. */
const inserted = fc.tuple(
  fc.nat(),
  pick(
    '@',
    ':',
    '/',
    '\\',
    '%',
    '%00',
    '%0a',
    '\n',
    '\t',
    '\u0000',
    '::',
    '-',
    '.',
    '?',
    '#',
    '[',
    ']',
    '%40',
  ),
);

/** Addresses built from hostile parts; a fifth of them with one more put in anywhere. */
const address = fc
  .tuple(
    fc.oneof({ weight: 6, arbitrary: withScheme }, { weight: 1, arbitrary: short }),
    fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: inserted }),
  )
  .map(([text, change]) => {
    if (change === null) return text;
    const [at, what] = change;
    const position = at % (text.length + 1);
    return text.slice(0, position) + what + text.slice(position);
  });

/** The same `count` addresses for the same seed. */
export function generatedAddresses(count: number, seed: number): string[] {
  return fc.sample(address, { numRuns: count, seed });
}
