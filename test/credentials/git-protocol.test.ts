import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRequest, readAttributes, remoteUrlOf } from '../../electron/credentials/git-protocol';

const read = (text: string) => parseRequest(Buffer.from(text));
const good = 'protocol=https\nhost=good.test\n';

describe('the reader of what git writes to its helper', () => {
  it('reads everything git 2.46 and later can say', () => {
    // The order of the lines is that of credential_write() in git 2.47.
    const request = read(
      [
        'capability[]=authtype',
        'capability[]=state',
        'authtype=Bearer',
        'credential=abc.def',
        'ephemeral=1',
        'protocol=https',
        'host=good.test:8443',
        'path=team/ünï/x.git',
        'username=ada',
        'password=a=b c',
        'oauth_refresh_token=again',
        'password_expiry_utc=1795000090',
        'wwwauth[]=Basic realm="x"',
        'wwwauth[]=Bearer',
        'continue=1',
        'state[]=other:1',
        'state[]=polyforge.7',
        '',
        'host=evil.test',
      ].join('\n'),
    );
    expect(request).toEqual({
      origin: 'https://good.test:8443',
      protocol: 'https',
      host: 'good.test:8443',
      path: 'team/ünï/x.git',
      username: 'ada',
      password: 'a=b c',
      authtype: 'Bearer',
      credential: 'abc.def',
      ephemeral: true,
      capabilities: ['authtype', 'state'],
      wwwauth: ['Basic realm="x"', 'Bearer'],
      passwordExpiry: 1_795_000_090,
      oauthRefreshToken: 'again',
      state: ['other:1', 'polyforge.7'],
      continues: true,
      quit: false,
    });
  });

  it('reads what older ones say, ended by a blank line or by the end', () => {
    for (const text of [good, `${good}\n`]) {
      const request = read(text);
      expect(request?.origin).toBe('https://good.test');
      expect(request).toMatchObject({
        path: '',
        username: null,
        password: null,
        capabilities: [],
        state: [],
      });
    }
  });

  it('forgets the values of a list before an empty one', () => {
    const request = read(
      `${good}state[]=a\nwwwauth[]=Basic\nstate[]=\nstate[]=b\ncapability[]=state\ncapability[]=\n`,
    );
    expect(request).toMatchObject({ state: ['b'], wwwauth: ['Basic'], capabilities: [] });
  });

  it('refuses each control character and each separator some reader ends a line at', () => {
    const controls = [
      ...Array(0x20).keys(),
      0x7f,
      ...Array.from({ length: 0x20 }, (_, at) => 0x80 + at),
      0x2028,
      0x2029,
    ];
    for (const code of controls) {
      if (code === 0x0a) continue;
      const character = String.fromCodePoint(code);
      const name = `U+${code.toString(16)}`;
      expect(read(`protocol=https\nhost=evil.test${character}host=good.test\n`), name).toBeNull();
      expect(read(`${good}path=x${character}y\n`), name).toBeNull();
      expect(read(`${good}unknown=x${character}y\n`), name).toBeNull();
      expect(read(`${good}un${character}known=x\n`), name).toBeNull();
    }
    expect(read('protocol=https\r\nhost=good.test\r\n\r\n')).toBeNull();
  });

  it('takes what a server may put into a challenge, but nothing that ends a line', () => {
    const latin = Buffer.concat([
      Buffer.from(`${good}wwwauth[]=Basic realm="Zugriff f`),
      Buffer.from([0xfc]),
      Buffer.from('r\talle"\n'),
    ]);
    expect(parseRequest(latin)?.wwwauth).toEqual(['Basic realm="Zugriff f\ufffdr\talle"']);
    for (const character of ['\r', '\0', '\u0085', '\u2028'])
      expect(read(`${good}wwwauth[]=Basic${character}host=evil.test\n`)).toBeNull();
  });

  it('refuses bytes that are no text', () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x80]])
      expect(
        parseRequest(Buffer.concat([Buffer.from(`${good}path=x`), Buffer.from(bytes), Buffer.from('\n')])),
      ).toBeNull();
  });

  it('refuses a key that stands twice', () => {
    const keys = ['protocol', 'host', 'path', 'username', 'password', 'authtype', 'credential', 'ephemeral'];
    for (const key of [...keys, 'password_expiry_utc', 'oauth_refresh_token', 'continue', 'quit'])
      expect(read(`protocol=https\nhost=good.test\n${key}=1\n${key}=1\n`), key).toBeNull();
    expect(read('url=https://good.test/x\nurl=https://good.test/x\n')).toBeNull();
  });

  it('tolerates keys it does not know, once or often', () => {
    expect(read(`a=1\na=2\nb[]=1\nb[]=2\n${good}`)?.origin).toBe('https://good.test');
    expect(readAttributes(Buffer.from('a=1\nb[]=2\nhost=x\n'))?.has('a')).toBe(false);
    expect(readAttributes(Buffer.from('a=1\nb[]=2\n'))?.list('b')).toEqual([]);
  });

  it('refuses lines without a key, and input cut within a line', () => {
    for (const text of [
      'protocol\n',
      '=x\n',
      `${good}=\n`,
      `${good}path=x`,
      'protocol=https\nhost=good.test',
    ])
      expect(read(text), JSON.stringify(text)).toBeNull();
  });

  it('takes a line of 65535 bytes with its line feed, and none longer', () => {
    const fitting = 65_535 - 'path=\n'.length;
    expect(read(`${good}path=${'a'.repeat(fitting)}\n`)?.path).toHaveLength(fitting);
    expect(read(`${good}path=${'a'.repeat(fitting + 1)}\n`)).toBeNull();
    expect(read(`${good}path=${'ü'.repeat(fitting / 2 + 1)}\n`)).toBeNull();
    expect(read(`${good}unknown=${'a'.repeat(70_000)}\n`)).toBeNull();
    expect(read(`${good}\n${'a'.repeat(70_000)}`)?.origin).toBe('https://good.test');
  });

  it('takes no other protocol, and no host with anything beside it', () => {
    for (const protocol of ['HTTPS', 'ssh', 'cert', 'file', 'https:', ' https', 'https ', ''])
      expect(read(`protocol=${protocol}\nhost=good.test\n`), protocol).toBeNull();
    const hosts = [
      '',
      'good.test/x',
      'good.test\\x',
      'u@good.test',
      'u:p@good.test',
      'good.test?x',
      'good.test#x',
    ];
    for (const host of [
      ...hosts,
      'good.test ',
      'good.test:',
      'good.test:0',
      'good.test:99999',
      'good.test:4 4',
    ])
      expect(read(`protocol=https\nhost=${host}\n`), host).toBeNull();
    // Other letters that a parser turns into these.
    for (const host of [
      'good\u3002test',
      'ｇood.test',
      '\u212aey.test',
      'bücher\u3002test',
      'bücher.\u212aey',
    ])
      for (const text of [
        `protocol=https\nhost=${host}\n`,
        `url=https://${host}/x\n`,
        `url=https://${host}\n`,
      ])
        expect(read(text), text).toBeNull();
    expect(read('protocol=https\nhost=bücher.test\n')?.origin).toBe('https://xn--bcher-kva.test');
    expect(read('host=good.test\n')).toBeNull();
    expect(read('protocol=https\n')).toBeNull();
    expect(read('')).toBeNull();
  });

  it('reads a whole address only where nothing else names the host, and strictly', () => {
    expect(read('url=https://good.test/team/x.git\n')).toMatchObject({
      origin: 'https://good.test',
      path: 'team/x.git',
    });
    for (const url of ['https://good.test', 'https://good.test/'])
      expect(read(`url=${url}\n`)).toMatchObject({ origin: 'https://good.test', path: '' });
    expect(read('url=https://good.test/x\nusername=ada\n')?.username).toBe('ada');
    for (const more of ['protocol=https', 'host=good.test', 'path=x'])
      expect(read(`url=https://good.test/x\n${more}\n`), more).toBeNull();
    const refused = [
      'https://u:p@good.test/x',
      'https://u@good.test',
      'ssh://good.test/x',
      'git@good.test:x',
    ];
    for (const url of [
      ...refused,
      'https://good\\@evil.test/x',
      'https://evil.test%0ahost=good.test/',
      'https://',
    ])
      expect(read(`url=${url}\n`), url).toBeNull();
  });

  it('reads truth values and times as git does', () => {
    for (const yes of ['1', 'true', 'YES', 'on', '2'])
      expect(read(`${good}quit=${yes}\n`)?.quit, yes).toBe(true);
    for (const no of ['0', 'false', 'no', 'off', '', 'perhaps'])
      expect(read(`${good}quit=${no}\n`)?.quit, no).toBe(false);
    expect(read(`${good}password_expiry_utc=soon\n`)?.passwordExpiry).toBeNull();
  });

  it('makes the address a request is about, also of a host alone', () => {
    const address = (path: string, origin = 'https://good.test:444') => remoteUrlOf({ origin, path });
    expect(address('/team//ü x/./y.git/')).toEqual({
      protocol: 'https',
      host: 'good.test',
      port: 444,
      user: null,
      path: 'team/ü x/y.git',
      origin: 'https://good.test:444',
      href: 'https://good.test:444/team/%C3%BC%20x/y.git',
      droppedCredentials: false,
    });
    for (const path of ['', '/', '.'])
      expect(address(path)).toMatchObject({
        path: '',
        href: 'https://good.test:444/',
        origin: 'https://good.test:444',
      });
    // A percent sign in a decoded path stands for itself.
    expect(address('a%2fb')?.path).toBe('a%2fb');
    for (const path of ['a\\b', '..', 'a'.repeat(3000)]) expect(address(path), path).toBeNull();
  });

  it('takes large files for those of the repository they lie below', () => {
    const path = (of: string) => remoteUrlOf({ origin: 'https://good.test', path: of })?.path;
    expect(path('team/one.git/info/lfs')).toBe('team/one.git');
    expect(path('team/one.git/info/lfs/objects/batch')).toBe('team/one.git');
    // A repository that is called so.
    expect(path('team/info/lfs')).toBe('team/info/lfs');
  });

  it('never reads another origin out of a request than the one its lines name', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'protocol=https',
        'protocol=http',
        'host=good.test',
        'host=evil.test',
        'path=x',
        '',
        '\r',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const request = parseRequest(Buffer.from(`${lines.join('\n')}\n`));
        if (request?.origin === 'https://good.test') {
          const before = lines.join('\n').split('\n');
          const head = before.slice(0, before.indexOf('') < 0 ? before.length : before.indexOf(''));
          expect(head.filter((text) => text.startsWith('host='))).toEqual(['host=good.test']);
          expect(head.filter((text) => text.startsWith('protocol='))).toEqual(['protocol=https']);
        }
      }),
      { numRuns: 20_000 },
    );
  });
});
