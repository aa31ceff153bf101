import { describe, expect, it } from 'vitest';
import {
  authenticationOf,
  draftOf,
  forSending,
  isChanged,
  newDraft,
  withAuthenticationType,
} from '../../renderer/features/hosting-providers/draft';
import { cleanToken, lineCount } from '../../renderer/features/hosting-providers/pasted-token';
import { accountsToLookAt, placeOf, statusOf } from '../../renderer/features/hosting-providers/status';
import { isUnencrypted, validate } from '../../renderer/features/hosting-providers/validate';
import type { AccountDraft, AccountKind, KindDescriptor } from '../../shared/contract/accounts';
import { account, everyState } from './harness/accounts';
import { kinds } from './harness/kinds';

function kindNamed(name: AccountKind): KindDescriptor {
  const found = kinds.find((kind) => kind.kind === name);
  if (!found) throw new Error(name);
  return found;
}

const github = kindNamed('github');
const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIB\nAAAA\n-----END RSA PRIVATE KEY-----\n';

describe('a pasted token', () => {
  it.each([
    ['ghp_abc', 'ghp_abc'],
    ['  ghp_abc\r\n', 'ghp_abc'],
    ['"ghp_abc"', 'ghp_abc'],
    ["'ghp_abc'\n", 'ghp_abc'],
    ['“ghp_abc”', 'ghp_abc'],
    ['`ghp_abc`', 'ghp_abc'],
    ['Bearer ghp_abc', 'ghp_abc'],
    ['Authorization: Bearer ghp_abc\n', 'ghp_abc'],
    ['"Bearer ghp_abc"', 'ghp_abc'],
    ['bearer "ghp_abc"', 'ghp_abc'],
    ['ghp_ab\nc', 'ghp_abc'],
    ['\uFEFFghp_abc\u200B', 'ghp_abc'],
    ['""', ''],
    ['"', '"'],
    ['Bearer', 'Bearer'],
    ['bearer-of-news', 'bearer-of-news'],
    ["it's", "it's"],
  ])('%j becomes %j', (pasted, clean) => {
    expect(cleanToken(pasted)).toBe(clean);
  });
});

describe('a private key', () => {
  it('is shown as a number of lines only', () => {
    expect(lineCount('')).toBe(0);
    expect(lineCount(' \n')).toBe(0);
    expect(lineCount(pem)).toBe(4);
    expect(lineCount(pem.replaceAll('\n', '\r\n'))).toBe(4);
  });
});

describe('the draft', () => {
  it('starts with what the kind prefills', () => {
    expect(newDraft(github)).toMatchObject({
      kind: 'github',
      authenticationType: 'personal',
      url: 'https://github.com',
      tokenName: 'oauth2',
      useForRepositories: true,
      headerAuthentication: 'off',
    });
    expect(newDraft(kindNamed('azure-devops-server')).headerAuthentication).toBe('basic');
  });

  it('keeps what was typed when the authentication type changes there and back (row 1.15)', () => {
    const typed: AccountDraft = {
      ...newDraft(github),
      alias: 'Work',
      url: 'https://ghe.example.com',
      token: 'x',
    };
    const app = withAuthenticationType(typed, github, 'app');
    expect(app).toMatchObject({ alias: 'Work', url: 'https://ghe.example.com', authenticationType: 'app' });
    expect(withAuthenticationType(app, github, 'personal')).toEqual(typed);
  });

  it('sends no field its form does not show, and no token name with a header', () => {
    const typed: AccountDraft = { ...newDraft(github), token: 'ghp_x', privateKey: pem, appId: '1' };
    const sent = forSending(typed, authenticationOf(github, 'personal'));
    expect(sent).toMatchObject({ token: 'ghp_x', privateKey: '', appId: '', tokenName: 'oauth2' });
    const app = withAuthenticationType(typed, github, 'app');
    expect(forSending(app, authenticationOf(github, 'app'))).toMatchObject({ token: '', privateKey: pem });
    expect(
      forSending({ ...typed, headerAuthentication: 'basic' }, authenticationOf(github, 'personal')).tokenName,
    ).toBe('');
  });

  it('of a stored account holds no secret, and knows when it was changed', () => {
    const draft = draftOf(account('one', { expiresOn: '2027-01-02T10:00:00Z', expirySource: 'provider' }));
    expect(draft).toMatchObject({ accountId: 'one', token: '', privateKey: '', expiresOn: '' });
    expect(isChanged(draft, { ...draft })).toBe(false);
    expect(isChanged({ ...draft, alias: 'x' }, draft)).toBe(true);
  });
});

describe('validation before anything is sent', () => {
  const today = '2026-11-21';
  const personal = authenticationOf(github, 'personal');
  const app = authenticationOf(github, 'app');
  const good: AccountDraft = { ...newDraft(github), token: 'ghp_x' };
  const goodApp: AccountDraft = {
    ...withAuthenticationType(newDraft(github), github, 'app'),
    appId: '12345',
    privateKey: pem,
  };

  it('passes a form that is filled in', () => {
    expect(validate(good, personal, today)).toEqual({});
    expect(validate(goodApp, app, today)).toEqual({});
  });

  it('names every required field that is empty, but not a secret that is stored already', () => {
    const empty: AccountDraft = { ...good, url: ' ', token: '' };
    expect(Object.keys(validate(empty, personal, today))).toEqual(['url', 'token']);
    expect(validate({ ...good, token: '', accountId: 'one' }, personal, today)).toEqual({});
  });

  it.each<[keyof AccountDraft, string]>([
    ['url', 'ftp://github.com'],
    ['url', 'https://git hub.com'],
    ['url', 'javascript:alert(1)'],
    ['token', 'two words'],
    ['expiresOn', '2026-11-20'],
    ['expiresOn', 'tomorrow'],
  ])('refuses %s %j', (field, value) => {
    expect(Object.keys(validate({ ...good, [field]: value }, personal, today))).toEqual([field]);
  });

  it.each<[keyof AccountDraft, string]>([
    ['appId', 'Iv1.8a61f9b3a7aba766'],
    ['installation', 'https://github.com/apps/mine'],
    ['privateKey', 'MIIB'],
    ['privateKey', pem.replace('-----END RSA PRIVATE KEY-----\n', '')],
    ['privateKey', pem.replace('END RSA PRIVATE', 'END PRIVATE')],
    ['privateKey', '-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----'],
    ['privateKey', '-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----'],
  ])('refuses %s %j', (field, value) => {
    expect(Object.keys(validate({ ...goodApp, [field]: value }, app, today))).toEqual([field]);
  });

  it.each<[keyof AccountDraft, string]>([
    ['installation', '12345678'],
    ['installation', 'https://github.com/settings/installations/12345678'],
    ['installation', 'https://github.com/organizations/contoso/settings/installations/12345678/'],
    ['privateKey', pem.replaceAll('RSA ', '')],
    ['url', 'github.example.com:8443/path'],
    ['url', 'HTTPS://GITHUB.com'],
  ])('takes %s %j', (field, value) => {
    expect(validate({ ...goodApp, [field]: value }, app, today)).toEqual({});
  });
});

describe('an address without encryption', () => {
  it('is plain http to another machine', () => {
    expect(isUnencrypted('http://git.example.com')).toBe(true);
    expect(isUnencrypted('HTTP://10.0.0.1:8080/x')).toBe(true);
    expect(isUnencrypted('https://git.example.com')).toBe(false);
    expect(isUnencrypted('http://localhost:3000')).toBe(false);
    expect(isUnencrypted('http://127.0.0.1:3000')).toBe(false);
    expect(isUnencrypted('git.example.com')).toBe(false);
  });
});

describe('the state of an account in words', () => {
  const now = Date.UTC(2026, 10, 21, 12);

  it('puts what is wrong before what will be', () => {
    const error = { kind: 'token-refused', host: 'github.com' } as const;
    expect(statusOf(account('a'), now).label).toBe('Working');
    expect(statusOf(account('a', { expiresOn: '2027-11-21' }), now).label).toBe('Working');
    expect(statusOf(account('a', { expiresOn: '2026-11-23' }), now)).toMatchObject({
      label: 'Expires in 2 days',
      tone: 'warn',
    });
    expect(
      statusOf(account('a', { expiresOn: '2026-11-23', state: { status: 'refused', error } }), now).label,
    ).toBe('Refused');
    expect(
      statusOf(account('a', { expiresOn: '2026-11-01', state: { status: 'refused', error } }), now).label,
    ).toBe('Expired 20 days ago');
    expect(statusOf(account('a', { state: { status: 'unchecked' } }), now).label).toBe('Not checked');
  });

  it('counts the accounts that need the user', () => {
    expect(accountsToLookAt(everyState, Date.now())).toBe(3);
  });

  it('names host, organization and collection once', () => {
    expect(placeOf({ url: 'https://dev.azure.com', organization: 'contoso', collection: '' })).toBe(
      'dev.azure.com/contoso',
    );
    expect(placeOf({ url: 'https://dev.azure.com/contoso', organization: 'contoso', collection: '' })).toBe(
      'dev.azure.com/contoso',
    );
  });
});
