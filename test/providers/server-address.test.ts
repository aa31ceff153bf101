import { describe, expect, it } from 'vitest';
import { joinAddress, serverAddress } from '../../electron/providers/server-address';
import { hostileEntries, hostileText } from '../security/hostile-inputs';
import { failureOf } from './provider.suite';

const told = async (text: string) => await failureOf((async () => serverAddress(text))());

describe('the address of a server', () => {
  it.each([
    ['https://Git.Example.com/', 'https://git.example.com', []],
    ['git.example.com:8443/stash', 'https://git.example.com:8443', ['stash']],
    ['  "http://azure:8080/tfs/My%20Collection/?a=1#x" ', 'http://azure:8080', ['tfs', 'My Collection']],
    ['https://someone@dev.azure.com/org', 'https://dev.azure.com', ['org']],
    ['http://[::1]:7990/bitbucket', 'http://[::1]:7990', ['bitbucket']],
    ['https://bücher.example', 'https://xn--bcher-kva.example', []],
  ])('is read from %s', (text, origin, segments) => {
    expect(serverAddress(text)).toMatchObject({ origin, segments });
  });

  it.each([
    ['', 'invalid-input', undefined],
    ['ftp://git.example.com', 'address-invalid', 'scheme'],
    ['javascript:alert(1)', 'address-invalid', 'scheme'],
    ['https://me:secret@git.example.com', 'address-invalid', 'password'],
    ['https://git.example.com\\@evil.example', 'address-invalid', 'address'],
    ['https://git.exa\tmple.com', 'address-invalid', 'address'],
    ['https://git.example.com\u202E', 'address-invalid', 'address'],
    ['https://git.example.com:99999', 'address-invalid', 'port'],
    ['https://good.example@git.example.com@evil.example', 'address-invalid', 'user'],
    ['https://git.example.com.', 'address-invalid', 'host'],
    ['https://git%2eexample.com', 'address-invalid', 'host'],
    ['http://2130706433/', 'address-invalid', 'host'],
    ['ｇit.example.com', 'address-invalid', 'host'],
    ['https://', 'address-invalid', 'host'],
    ['https://git.example.com/%zz', 'address-invalid', 'path'],
  ])('is refused when it is %j', async (text, kind, part) => {
    expect(await told(text)).toMatchObject(part ? { kind, part } : { kind });
  });

  it('never throws anything but a failure, and names the host that would be contacted', () => {
    for (const entry of hostileEntries('clone-url')) {
      const text = hostileText(entry.input);
      let found: { origin: string } | undefined;
      try {
        found = serverAddress(text);
      } catch (error) {
        expect(error, entry.id).toMatchObject({ name: 'AppFailure' });
        continue;
      }
      expect(new URL(found.origin).origin, entry.id).toBe(found.origin);
      expect(/^https?:/.test(found.origin), entry.id).toBe(true);
    }
  });

  it('is joined again with its path encoded', () => {
    expect(joinAddress('https://azure', ['tfs', 'My Collection'])).toBe('https://azure/tfs/My%20Collection');
    expect(joinAddress('https://azure', [])).toBe('https://azure');
  });
});
