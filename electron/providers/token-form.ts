import { type AppError, fail } from '../../shared/errors';

export type TokenShape = Extract<AppError, { kind: 'token-form' }>['looksLike'];

/**
 * Shapes the providers document for their own tokens. A shape tells only whose
 * token it is; a text of no known shape is never refused, since every provider
 * has issued tokens without a prefix.
 */
const shapes: [RegExp, TokenShape][] = [
  [/^-----BEGIN /, 'private-key'],
  // github.blog/engineering/behind-githubs-new-authentication-token-formats
  [/^(gh[pousr]_|github_pat_)\w+$/, 'github'],
  // docs.gitlab.com/security/tokens/#token-prefixes
  [/^gl(pat|oas|dt|soat)-/, 'gitlab'],
  // App passwords; switched off for good on 2026-07-28.
  [/^ATBB/, 'app-password'],
  [/^AT(ATT|CTT)3?[\w=-]{16,}$/, 'bitbucket'],
  // microsoft/azure-devops-node-api, personalaccesstoken.ts: AZDO at positions 77 to 80 of 84.
  [/^.{76}AZDO.{4}$/, 'azure-devops'],
];

/** Whose token a text is by its shape, or null. */
export function tokenShape(token: string): TokenShape | null {
  return shapes.find(([pattern]) => pattern.test(token))?.[1] ?? null;
}

/** Takes off what comes along with copying: white space, line ends, quotes, a leading "Bearer ". */
export function cleanToken(pasted: string): string {
  let token = pasted;
  let before: string;
  do {
    before = token;
    token = token
      .replace(/^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$/g, '')
      .replace(/^(["'`\u2018\u2019\u201c\u201d])(.*?)["'`\u2018\u2019\u201c\u201d]$/s, '$2')
      .replace(/^["'`]|["'`]$/g, '')
      .replace(/^(authorization:\s*)?bearer\s+/i, '');
  } while (token !== before);
  return token;
}

/**
 * The cleaned token, when it can be one of a provider whose own shapes are
 * `own`. Throws `invalid-input` for text no header can carry and `token-form`
 * for another provider's token, a retired kind or a private key.
 */
export function requireToken(pasted: string, own: readonly TokenShape[], host: string): string {
  const token = cleanToken(pasted);
  if (token === '') fail({ kind: 'invalid-input', field: 'token', reason: 'it is empty' });
  const looksLike = tokenShape(token);
  if (looksLike && !own.includes(looksLike)) fail({ kind: 'token-form', host, looksLike });
  if (/\s/.test(token))
    fail({ kind: 'invalid-input', field: 'token', reason: 'it contains a space or a line break' });
  if (!/^[\x21-\x7e]+$/.test(token))
    fail({
      kind: 'invalid-input',
      field: 'token',
      reason: 'it contains characters no token has; copy it again from the page that made it',
    });
  return token;
}
