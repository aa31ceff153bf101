import { describe, expect, it } from 'vitest';
import { formatAnswer, headerOf, passwordOf, stateOf } from '../../electron/credentials/git-answer';
import { parseRequest } from '../../electron/credentials/git-protocol';

const password = { kind: 'password' as const, username: 'ada', password: 'canary-77' };
const header = { kind: 'header' as const, header: 'Bearer canary.77' };
const newer = ['authtype', 'state'];

describe('the writer of what git is answered', () => {
  it('gives user name and password to every git', () => {
    expect(formatAnswer(password)).toBe('username=ada\npassword=canary-77\n');
    expect(formatAnswer(password, { capabilities: newer })).toBe('username=ada\npassword=canary-77\n');
    expect(formatAnswer({ ...password, refreshToken: 'again' })).toBe(
      'username=ada\npassword=canary-77\noauth_refresh_token=again\n',
    );
  });

  it('gives a header only to a git that announced that it takes one', () => {
    expect(formatAnswer(header)).toBeNull();
    expect(formatAnswer(header, { capabilities: ['state'] })).toBeNull();
    expect(formatAnswer(header, { capabilities: ['authtype'] })).toBe(
      'capability[]=authtype\nauthtype=Bearer\ncredential=canary.77\nephemeral=1\n',
    );
  });

  it('adds a state of its own only where git tells it again', () => {
    expect(formatAnswer(password, { state: '7' })).toBe('username=ada\npassword=canary-77\n');
    expect(formatAnswer(password, { capabilities: ['state'], state: '7' })).toBe(
      'capability[]=state\nusername=ada\npassword=canary-77\nstate[]=polyforge.7\n',
    );
    expect(formatAnswer(header, { capabilities: newer, state: '7' })).toBe(
      'capability[]=authtype\ncapability[]=state\nauthtype=Bearer\ncredential=canary.77\nephemeral=1\nstate[]=polyforge.7\n',
    );
  });

  it('knows its own state among those of other helpers, and the header it gave', () => {
    expect(stateOf({ state: ['other.1', 'polyforge.7', 'polyforgery.2'] })).toBe('7');
    expect(stateOf({ state: ['other.1'] })).toBeNull();
    const told = parseRequest(
      Buffer.from(
        'capability[]=authtype\nauthtype=Bearer\ncredential=canary.77\nprotocol=https\nhost=good.test\n',
      ),
    );
    expect(told && headerOf(told)).toBe('Bearer canary.77');
    const plain = parseRequest(Buffer.from('protocol=https\nhost=good.test\nusername=ada\npassword=x\n'));
    expect(plain && headerOf(plain)).toBeNull();
  });

  it('does not write what the protocol cannot carry', () => {
    for (const text of ['a\nb', 'a\rb', 'a\0b', 'a\ud800b', 'a'.repeat(65_535)]) {
      expect(formatAnswer({ ...password, password: text })).toBeNull();
      expect(formatAnswer({ ...password, username: text })).toBeNull();
      expect(formatAnswer({ ...password, refreshToken: text })).toBeNull();
      expect(formatAnswer({ kind: 'header', header: `Bearer ${text}` }, { capabilities: newer })).toBeNull();
      expect(formatAnswer(password, { capabilities: newer, state: text })).toBeNull();
    }
    for (const text of ['Bearer', 'Bearer ', ' x', 'Bea rer\tx', 'Bearer ü', 'Be=arer x', 'Bearer x '])
      expect(formatAnswer({ kind: 'header', header: text }, { capabilities: newer }), text).toBeNull();
    const longest = 65_535 - 'password=\n'.length;
    expect(formatAnswer({ ...password, password: 'a'.repeat(longest) })).not.toBeNull();
    expect(formatAnswer({ ...password, password: 'a'.repeat(longest + 1) })).toBeNull();
  });

  it('tells git when the token ends, unless our clock says that it has', () => {
    const now = 1_795_000_000_000;
    expect(formatAnswer({ ...password, expiresAt: now + 90_500 }, { now })).toBe(
      'username=ada\npassword=canary-77\npassword_expiry_utc=1795000090\n',
    );
    expect(formatAnswer({ ...password, expiresAt: now - 1 }, { now })).toBe(
      'username=ada\npassword=canary-77\n',
    );
  });

  it('reads user name and password out of a Basic header, for a git that takes no headers', () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(passwordOf(basic('ada:a:b'))).toEqual({ username: 'ada', password: 'a:b' });
    for (const text of [basic(':pat'), basic('pat'), 'Bearer abc', 'Basic', 'Basic ?'])
      expect(passwordOf(text), text).toBeNull();
  });
});
