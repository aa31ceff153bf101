import { hostWithPort, parseServerUrl } from '../../../shared/remote-url';
import { isThisMachine } from '../../components/this-machine';
import type { AccountDraft, AccountField, AuthenticationDescriptor } from '../../../shared/contract/accounts';

export type FieldErrors = Partial<Record<AccountField, string>>;

/** Today as YYYY-MM-DD where the user is. */
export const today = (): string => new Date().toLocaleDateString('sv-SE');

/** Plain http to another machine. */
export function isUnencrypted(url: string): boolean {
  const parsed = parseServerUrl(url);
  return parsed.ok && parsed.url.protocol === 'http' && !isThisMachine(hostWithPort(parsed.url));
}

const keyBegin = /^-----BEGIN ((RSA |EC )?PRIVATE KEY)-----/;
const keyEnd = /-----END ((RSA |EC )?PRIVATE KEY)-----$/;

function privateKeyError(text: string): string | undefined {
  const key = text.trim();
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----/.test(key))
    return 'This key is protected by a passphrase. Use the key file as GitHub gave it.';
  if (/-----BEGIN (OPENSSH PRIVATE|PUBLIC|RSA PUBLIC|CERTIFICATE)/.test(key))
    return 'This is another kind of key. Use the .pem file from the App’s settings page.';
  const begin = keyBegin.exec(key);
  const end = keyEnd.exec(key);
  if (!begin || !end || begin[1] !== end[1])
    return 'Paste the whole file, with its first line “-----BEGIN RSA PRIVATE KEY-----” and its last line.';
  return undefined;
}

function fieldError(field: AccountField, value: string, today: string): string | undefined {
  switch (field) {
    case 'url':
      if (
        /^[a-z][a-z0-9+.-]*:/i.test(value) &&
        !/^https?:\/\//i.test(value) &&
        !/^[\w.-]+:\d+(\/|$)/.test(value)
      )
        return 'Give a web address that starts with https://.';
      return /\s/.test(value) ? 'An address has no blanks in it.' : undefined;
    case 'email':
      return /^[^\s@]+@[^\s@]+$/.test(value) ? undefined : 'Give the complete e-mail address.';
    case 'appId':
      return /^\d+$/.test(value)
        ? undefined
        : 'The App ID is a number; it stands on the App’s settings page. (The client ID is another one.)';
    case 'installation':
      return /^\d+$/.test(value) || /\/installations\/\d+\/?(\?.*)?$/.test(value)
        ? undefined
        : 'Give the number, or the address of the installation’s settings page that ends with it.';
    case 'privateKey':
      return privateKeyError(value);
    case 'expiresOn':
      if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(Date.parse(value))) return 'Give a date.';
      return value < today ? 'This date is over. Make a new token.' : undefined;
    case 'token':
      return /\s/.test(value) ? 'A token has no blanks in it. Copy it again.' : undefined;
    case 'alias':
    case 'organization':
    case 'collection':
    case 'username':
    case 'tokenName':
      return undefined;
    default:
      return field satisfies never;
  }
}

/** What can be told without asking anybody. `today` is YYYY-MM-DD. */
export function validate(
  draft: AccountDraft,
  authentication: AuthenticationDescriptor,
  today: string,
): FieldErrors {
  const errors: FieldErrors = {};
  for (const { field, label, required } of authentication.fields) {
    const value = draft[field].trim();
    if (value === '') {
      // A stored secret stays when its field is left blank.
      const kept = draft.accountId !== undefined && (field === 'token' || field === 'privateKey');
      const ignored = field === 'tokenName' && draft.headerAuthentication !== 'off';
      if (required && !kept && !ignored) errors[field] = `${label} is needed.`;
      continue;
    }
    const error = fieldError(field, value, today);
    if (error) errors[field] = error;
  }
  return errors;
}
