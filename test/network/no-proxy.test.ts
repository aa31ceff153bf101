import { assert, property, string, webUrl } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bypasses, isLoopback } from '../../electron/network/no-proxy';
import { environmentProxy, readPacAnswer, readProxy } from '../../electron/network/system-proxy';
import { AppFailure } from '../../shared/errors';

const url = (text: string) => new URL(text);

describe('the list of servers reached without a proxy', () => {
  it.each([
    ['example.com', 'https://example.com/', true],
    ['example.com', 'https://git.example.com/', true],
    ['.example.com', 'https://git.example.com/', true],
    ['*.example.com', 'https://git.example.com/', true],
    ['example.com', 'https://notexample.com/', false],
    ['example.com', 'https://example.com.evil.test/', false],
    ['EXAMPLE.com', 'https://git.Example.COM/', true],
    ['git.example.com:8443', 'https://git.example.com:8443/', true],
    ['git.example.com:8443', 'https://git.example.com/', false],
    ['git.example.com:443', 'https://git.example.com/', true],
    ['git.example.com:80', 'http://git.example.com/', true],
    ['a.test other.test , third.test', 'https://third.test/', true],
    ['*', 'https://anything.test/', true],
    ['10.0.0.0/8', 'https://10.20.30.40/', true],
    ['10.0.0.0/8', 'https://11.20.30.40/', false],
    ['10.0.0.0/8', 'https://ten.example/', false],
    ['10.0.0.0/99', 'https://10.20.30.40/', false],
    ['192.168.1.7', 'http://192.168.1.7:3000/', true],
    ['192.168.1.7:3000', 'http://192.168.1.7:3000/', true],
    ['192.168.1.7:3000', 'http://192.168.1.7/', false],
    ['fd00::/8', 'https://[fd12:3456::1]/', true],
    ['[fd12:3456:0::1]:8443', 'https://[fd12:3456::1]:8443/', true],
    ['fd12:3456::1', 'https://[fd12:3456:0::1]/', true],
    ['', 'https://example.com/', false],
    [' , ', 'https://example.com/', false],
  ])('“%s” and %s: %s', (list, address, expected) => {
    expect(bypasses(list, url(address))).toBe(expected);
  });

  it('never throws, whatever is written there', () => {
    assert(
      property(string({ maxLength: 80 }), webUrl(), (list, address) => {
        bypasses(list, url(address));
      }),
    );
  });

  it.each([
    'http://localhost',
    'http://LOCALHOST:1',
    'https://a.localhost',
    'http://127.9.9.9',
    'http://[::1]:2',
  ])('%s is this machine', (address) => expect(isLoopback(url(address))).toBe(true));
  it.each(['http://localhost.example.com', 'http://128.0.0.1', 'http://127.example.com'])(
    '%s is not',
    (address) => expect(isLoopback(url(address))).toBe(false),
  );
});

describe('the proxy of the system', () => {
  const https = url('https://git.example.com/');

  it.each([
    ['DIRECT', null],
    ['', null],
    ['PROXY proxy.test:3128; DIRECT', 'http://proxy.test:3128'],
    ['HTTPS secure.test:443', 'https://secure.test:443'],
    ['SOCKS5 socks.test:1080; PROXY other.test:80', 'socks5://socks.test:1080'],
    ['SOCKS old.test:1080; PROXY proxy.test:3128', 'http://proxy.test:3128'],
    ['  proxy   proxy.test:80 ', 'http://proxy.test:80'],
    ['DIRECT; PROXY proxy.test:80', null],
  ])('reads “%s”', (answer, expected) => {
    expect(readPacAnswer(answer)?.url ?? null).toBe(expected);
  });

  it('says it of a kind that nothing here speaks', () => {
    expect(() => readPacAnswer('SOCKS old.test:1080')).toThrow(AppFailure);
    expect(() => readProxy('socks4://old.test:1080')).toThrow(AppFailure);
  });

  it('takes user and password out of the address', () => {
    expect(readProxy('http://ad%40corp:p%3Aw@proxy.test:3128/')).toEqual({
      url: 'http://proxy.test:3128',
      credential: { username: 'ad@corp', password: 'p:w' },
    });
    expect(readProxy('proxy.test:3128')).toEqual({ url: 'http://proxy.test:3128', credential: null });
    expect(readProxy('socks5h://proxy.test')?.url).toBe('socks5://proxy.test:1080');
  });

  it('reads the variables as curl does: lower case first, one for each scheme, then the one for all', () => {
    const variables = {
      https_proxy: 'http://lower.test:1',
      HTTPS_PROXY: 'http://upper.test:2',
      ALL_PROXY: 'http://all.test:3',
    };
    expect(environmentProxy(https, variables)?.url).toBe('http://lower.test:1');
    expect(environmentProxy(url('http://git.example.com/'), variables)?.url).toBe('http://all.test:3');
    expect(environmentProxy(https, { ...variables, NO_PROXY: 'example.com' })).toBeNull();
    expect(environmentProxy(https, { https_proxy: '  ' })).toBeNull();
    expect(environmentProxy(https, {})).toBeNull();
  });
});
