import type { AppError } from '../../shared/errors';
import type { ErrorAction } from './actions';
import { capital } from './capital';
import type { Described, ErrorPlace } from './describe';
import { describeConnection } from './describe-connection';
import { describeEndedSignIn, describeSignIn } from './describe-sign-in';

const tokenForms: Record<Extract<AppError, { kind: 'token-form' }>['looksLike'], string> = {
  github: 'This looks like a GitHub token. Paste one made by this provider.',
  gitlab: 'This looks like a GitLab token. Paste one made by this provider.',
  bitbucket: 'This looks like a Bitbucket or Atlassian token. Paste one made by this provider.',
  'azure-devops': 'This looks like an Azure DevOps token. Paste one made by this provider.',
  'app-password':
    'This looks like a Bitbucket app password. Those ended on 28 July 2026; make an API token with scopes instead.',
  'private-key':
    'This is a private key, not a token. Choose “GitHub Application” as authentication type to use it.',
  unknown:
    'This does not look like a token of this provider. Copy it again, complete and without other text.',
};

const withDetail = (text: string, detail: string | undefined) =>
  detail ? `${text} The server said: ${detail.replace(/[.\s]+$/, '')}.` : text;

/** For details that Polyforge's own reading of the answer gave. */
const withFinding = (text: string, detail: string | undefined) =>
  detail ? `${text} ${sentence(detail)}` : text;

const retry = (place: ErrorPlace): ErrorAction | undefined =>
  place.retry ? { kind: 'retry', label: 'Try again' } : undefined;

const replaceToken = (place: ErrorPlace): ErrorAction | undefined =>
  place.account && !place.form
    ? {
        kind: 'replace-token',
        label: place.account.authenticationType === 'oauth' ? 'Sign in again' : 'Replace token',
        accountId: place.account.id,
      }
    : undefined;

const editAccount = (place: ErrorPlace): ErrorAction | undefined =>
  place.account && !place.form
    ? { kind: 'edit-account', label: 'Edit account', accountId: place.account.id }
    : undefined;

/** The core gives a sentence, or one of these words. */
const reasons: Record<string, string> = {
  required: 'This is needed.',
  'no-client-id': 'No client ID is set up for this server. Add it under “Sign-in apps”.',
  'sign-in-first': 'Sign in on the provider’s page first.',
  'address-changed':
    'The address has changed, so put the token in again: a token is only ever sent to the server it was added for.',
  'absolute-path': 'Give the complete path, from the root of the disk.',
  'not-a-url': 'This is not a complete web address.',
  'https-only': 'Only https addresses can be opened.',
  date: 'This is not a date.',
  'date-from-provider': 'The provider tells this date itself; it cannot be changed here.',
  'folder-name': 'This cannot be the name of a folder.',
  'line-end': 'Take out the line break: Git reads one line only.',
  'same-user': 'Another entry for this address has this user name. Change or remove that one.',
};

function sentence(reason: string): string {
  const known = reasons[reason];
  if (known) return known;
  const text = capital(reason);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** "14:05", or with the date when it is not today. */
function clock(time: number): string {
  const date = new Date(time);
  const sameDay = date.toDateString() === new Date().toDateString();
  return date.toLocaleString(
    undefined,
    sameDay
      ? { hour: '2-digit', minute: '2-digit' }
      : { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  );
}

export type AccessError = Extract<
  AppError,
  {
    kind:
      | 'invalid-input'
      | 'address-invalid'
      | 'host-unreachable'
      | 'certificate'
      | 'token-refused'
      | 'token-form'
      | 'sign-in-failed'
      | 'sign-in-page'
      | 'missing-permission'
      | 'authorization-required'
      | 'not-found'
      | 'rate-limited'
      | 'wrong-provider'
      | 'unexpected-answer'
      | 'server-too-old'
      | 'server-public-url'
      | 'server-error'
      | 'moved'
      | 'secret-unavailable'
      | 'wrong-passphrase';
  }
>;

/** Failures of addresses, servers, accounts and secrets. Null: not one of them. */
export function describeAccess(error: AppError, place: ErrorPlace): Described | null {
  switch (error.kind) {
    case 'invalid-input':
      return {
        title: error.reason === 'no-client-id' ? 'A client ID is missing' : 'Check this field',
        text: sentence(error.reason),
        field: error.field,
      };
    case 'address-invalid':
      return {
        title: 'This address cannot be used',
        text: sentence(error.reason),
        field: 'url',
        action: editAccount(place),
      };
    case 'host-unreachable':
    case 'certificate':
      return describeConnection(error, place);
    case 'token-refused':
      if (place.account?.authenticationType === 'oauth')
        return { ...describeEndedSignIn(error), action: replaceToken(place) };
      return {
        title: `${error.host} refused the token`,
        text: withDetail(
          'It may have expired, been revoked, or be incomplete. Make a new one and put it in.',
          error.detail,
        ),
        action: replaceToken(place),
        field: 'token',
      };
    case 'sign-in-failed':
      return { ...describeSignIn(error), action: retry(place) };
    case 'token-form':
      return {
        title: 'This token does not fit',
        text: tokenForms[error.looksLike],
        action: replaceToken(place),
        field: 'token',
      };
    case 'sign-in-page':
      return {
        title: `${error.host} answered with a sign-in page`,
        text: 'That happens when the token is wrong or expired, or when the address is not the server’s own. Check both.',
        action: replaceToken(place),
      };
    case 'missing-permission':
      return {
        title: `The token may not do this on ${error.host}`,
        text: withDetail(
          error.needed.length > 0
            ? `It needs: ${error.needed.join(', ')}. Make a token with that scope and replace it.`
            : 'It lacks a scope or permission. Compare its scopes with the list in the account’s form.',
          error.detail,
        ),
        action: replaceToken(place),
      };
    case 'authorization-required':
      return {
        title: 'The token must be authorized first',
        text: `An organization on ${error.host} wants you to authorize this token (single sign-on or approval). Do so on the provider’s page, then try again.`,
        action: error.url ? { kind: 'open-url', label: 'Authorize the token', url: error.url } : retry(place),
      };
    case 'not-found':
      return {
        title: `${capital(error.what)} was not found on ${error.host}`,
        text: 'It does not exist there, or this account may not see it. Check the name and the account’s access.',
        action: editAccount(place) ?? retry(place),
      };
    case 'rate-limited':
      return {
        title: `${error.host} asks to wait`,
        text: `Too many requests were made. It answers again at ${clock(error.retryAt)}.`,
        action: retry(place),
      };
    case 'wrong-provider':
      return {
        title: `${error.host} is not ${error.expected}`,
        text: withFinding(
          `Something else answers at this address. Check the address, or choose another kind of account.`,
          error.detail,
        ),
        action: editAccount(place),
        field: 'url',
      };
    case 'unexpected-answer':
      return {
        title: `${error.host} gave an answer Polyforge does not understand`,
        text: withFinding(
          error.status === undefined
            ? 'A proxy or another program may answer in its place. Check the address, then try again.'
            : `It answered with status ${error.status}. Check the address, then try again.`,
          error.detail,
        ),
        action: retry(place),
      };
    case 'server-too-old':
      return {
        title: `${error.host} is too old`,
        text: `It runs ${error.found}; Polyforge needs ${error.minimum} or later. Ask its administrator for an update.`,
      };
    case 'server-public-url':
      return {
        title: `${error.host} calls itself by a wrong address`,
        text: `It names itself ${error.wrongUrl}. Its administrator must set the public URL in the server’s settings.`,
      };
    case 'server-error':
      return {
        title: `${error.host} has a problem`,
        text: withDetail(`It failed with status ${error.status}. Try again later.`, error.detail),
        action: retry(place),
      };
    case 'moved':
      return {
        title: `${error.host} sends on to another server`,
        text: `It points to ${error.to}. Your token was not sent there. If that is right, enter the new address.`,
        action: editAccount(place),
        field: 'url',
      };
    case 'secret-unavailable':
      return describeSecret(error.reason, place);
    case 'wrong-passphrase':
      return { title: 'Wrong passphrase', text: 'It does not open the stored tokens. Type it again.' };
    default:
      return null;
  }
}

function describeSecret(
  reason: Extract<AppError, { kind: 'secret-unavailable' }>['reason'],
  place: ErrorPlace,
): Described {
  switch (reason) {
    case 'locked':
      return {
        title: 'The stored tokens are locked',
        text: 'Unlock them with your passphrase.',
        action: { kind: 'unlock', label: 'Unlock' },
      };
    case 'missing':
      return {
        title: 'No token is stored for this account',
        text: 'It was kept for one session only, or its store was emptied. Put the token in again.',
        action: replaceToken(place),
      };
    case 'no-store':
      return {
        title: 'Choose where tokens are kept',
        text: 'This machine has no key store Polyforge can use by itself.',
        action: { kind: 'open-preferences', label: 'Choose', section: 'secrets' },
      };
    case 'damaged':
      return {
        title: 'The stored token cannot be read',
        text: 'Its file was changed or comes from another machine. Put the token in again.',
        action: replaceToken(place),
      };
    default:
      return reason satisfies never;
  }
}
