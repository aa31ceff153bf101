import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { AccountDraft } from '../../../shared/contract/accounts';
import { fail } from '../../../shared/errors';
import { tokenShape } from '../token-form';

function invalid(field: 'privateKey' | 'appId' | 'installation', reason: string): never {
  return fail({ kind: 'invalid-input', field, reason });
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    return fail(
      {
        kind: 'invalid-input',
        field: 'privateKey',
        reason: 'The key is damaged or incomplete. Paste the whole .pem file with its BEGIN and END lines.',
      },
      error,
    );
  }
}

/** Checks App ID, installation and key; returns the key as PKCS#8, whatever form GitHub handed out. */
export function normalizeKey(draft: AccountDraft, pasted: string): string {
  if (!/^\d{1,18}$/.test(draft.appId.trim()))
    invalid('appId', 'The App ID is a number; it stands on the settings page of the app.');
  const installation = draft.installation.trim();
  if (installation !== '' && !/^(https?:\/\/\S+\/installations\/)?\d{1,18}\/?$/.test(installation))
    invalid('installation', 'Give the number at the end of settings/installations/…, or that address.');
  const pem = pasted
    .replaceAll('\\n', '\n')
    .replaceAll(/\r\n?/g, '\n')
    .replace(/^[\s"'\ufeff]+|[\s"']+$/g, '');
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----\n/.exec(`${pem}\n`)?.[1];
  if (!label) {
    const host = new URL('https://github.com').host;
    const looksLike = tokenShape(pem);
    if (looksLike) fail({ kind: 'token-form', host, looksLike });
    invalid('privateKey', 'This is no PEM key: it must start with -----BEGIN RSA PRIVATE KEY-----.');
  }
  if (/PUBLIC|CERTIFICATE/.test(label))
    invalid('privateKey', 'This is a public key; the private key is needed.');
  if (/ENCRYPTED/.test(label) || /Proc-Type: 4,ENCRYPTED/.test(pem))
    invalid('privateKey', 'The key is protected by a passphrase; GitHub’s own download is not.');
  if (!label.endsWith('PRIVATE KEY') || !pem.includes(`-----END ${label}-----`))
    invalid('privateKey', 'The END line is missing: the key was not copied whole.');
  const key = readKey(pem);
  if (key.asymmetricKeyType !== 'rsa')
    invalid('privateKey', 'GitHub Apps use RSA keys; this is another kind.');
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
