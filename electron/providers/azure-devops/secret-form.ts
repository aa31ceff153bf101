import type { Account } from '../../../shared/contract/accounts';
import type { Finding } from '../../../shared/contract/doctor';
import { cleanToken, tokenShape } from '../token-form';
import { tokenPageOf } from './address';
import { allOrganizationsEnding, daysLeft, isForAllOrganizations, oauthClosed, oauthEnd } from './ending';

/** 52 characters of base 32, or 84 with AZDO near the end (azure-devops-node-api, personalaccesstoken.ts). */
const current = /^.{76}AZDO.{4}$/;
const older = /^[a-z2-7]{52}$/;

function decodedBase64(text: string): string | null {
  if (!/^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(text)) return null;
  const plain = Buffer.from(text, 'base64').toString('utf8');
  return /^[\x21-\x7e]+$/.test(plain) ? plain : null;
}

/** Who issued a JSON web token, or null for any other text. */
function issuerOf(token: string): string | null {
  const parts = token.split('.');
  if (parts.length !== 3 || !token.startsWith('eyJ')) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    const issuer = typeof claims === 'object' && claims !== null && 'iss' in claims ? claims.iss : '';
    return typeof issuer === 'string' ? issuer : '';
  } catch {
    return null;
  }
}

/** What the text of a token tells. Another form than those documented is no reason to refuse it. */
export function examineSecret(account: Account, secret: string, now = Date.now()): Finding | null {
  if (account.authenticationType !== 'personal') return null;
  const { host } = new URL(account.url);
  const damaged = (reason: string): Finding => ({
    cause: 'token-malformed',
    remedy: { kind: 'replace-token' },
    facts: { host, reason },
  });
  const token = cleanToken(secret);
  if (token === '') return { cause: 'token-missing', remedy: { kind: 'replace-token' }, facts: { host } };
  const issuer = issuerOf(token);
  if (issuer !== null && /vstoken|app\.vssps/i.test(issuer))
    return {
      cause: 'oauth-retired',
      remedy: openTokenPage(account),
      facts: { product: 'Azure DevOps OAuth', closed: oauthClosed, date: oauthEnd, secretDays: '60' },
    };
  if (issuer !== null)
    return damaged(
      'It is an access token of a Microsoft sign-in, which lasts about an hour, not a personal access token.',
    );
  const shape = tokenShape(token);
  if (shape !== null && shape !== 'azure-devops')
    return {
      cause: 'token-of-another-provider',
      remedy: { kind: 'replace-token' },
      facts: { host, looksLike: shape },
    };
  if (!/^[\x21-\x7e]+$/.test(token)) return damaged('It holds blanks or characters no token has.');
  if (current.test(token) || older.test(token)) return ended(account, now);
  const plain = decodedBase64(token);
  const inner = plain?.includes(':') ? plain.slice(plain.indexOf(':') + 1) : null;
  if (inner !== null && (current.test(inner) || older.test(inner)))
    return damaged('It is already encoded with Base64. Paste the token as the token page showed it.');
  if (/AZDO.{0,12}$/.test(token) && token.length > 60) return damaged(difference(token.length - 84));
  if (/^[a-z2-7]{45,51}$/.test(token)) return damaged(difference(token.length - 52));
  if (token.length < 30)
    return { cause: 'token-is-password', remedy: openTokenPage(account), facts: { host } };
  return ended(account, now);
}

function difference(more: number): string {
  const count = Math.abs(more);
  if (more === 0) return 'Some of its characters are in the wrong place.';
  return `It has ${count} character${count === 1 ? '' : 's'} too ${more > 0 ? 'many' : 'few'}.`;
}

function ended(account: Account, now: number): Finding | null {
  return isForAllOrganizations(account) && daysLeft(now) <= 0 ? allOrganizationsEnding(now) : null;
}

/** The page where a new token is made, when the system's browser may open it. */
export function openTokenPage(account: Account): Finding['remedy'] {
  const url = tokenPageOf(account);
  return url.startsWith('https:') ? { kind: 'open-page', url, page: 'token' } : { kind: 'replace-token' };
}
