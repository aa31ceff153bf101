import type { AppError } from '../../shared/errors';
import type { ErrorAction } from './actions';
import type { Described, ErrorPlace } from './describe';

const kinds = [
  'ssh-host-key-changed',
  'ssh-host-key-unknown',
  'ssh-key-refused',
  'ssh-passphrase',
  'ssh-missing',
] as const;
export type SshError = Extract<AppError, { kind: (typeof kinds)[number] }>;

type Published = Extract<SshError, { kind: 'ssh-host-key-changed' }>['published'];

function publishedWords(published: Published): string {
  if (published === null) return '';
  return published.matches
    ? ` The key it shows now is one that ${published.by} publishes.`
    : ` It is none of those that ${published.by} publishes.`;
}

function publishedAction(published: Published): ErrorAction | undefined {
  return published?.url === undefined
    ? undefined
    : { kind: 'open-url', label: `See what ${published.by} publishes`, url: published.url };
}

function changedWords({
  cause,
  host,
  keyType,
  fingerprint,
  known,
  published,
}: Extract<SshError, { kind: 'ssh-host-key-changed' }>) {
  const shown = fingerprint === '' ? '' : ` It shows ${keyType} ${fingerprint}.`;
  if (cause === 'revoked')
    return `The key that ${host} shows is marked as revoked in ssh’s list of known hosts. Somebody may be posing as the server. Nothing was sent.`;
  const where = known ? ` The known key stands in ${known.file}, line ${known.line}.` : '';
  const next = published?.matches
    ? ' Ask whoever runs the server whether its key was replaced; if so, remove that line and try again.'
    : ' Somebody may be posing as the server: ask whoever runs it before you do anything else. Only when they confirm the new key, remove that line and try again.';
  return `Its key is not the one that is known for it, and nothing was sent.${shown}${publishedWords(published)}${where}${next}`;
}

/** Words for what ssh itself refuses; null: another kind of failure. */
export function describeSsh(error: AppError, place: ErrorPlace): Described | null {
  const known = error as SshError;
  const retry: ErrorAction | undefined = place.retry ? { kind: 'retry', label: 'Try again' } : undefined;
  switch (known.kind) {
    case 'ssh-host-key-changed':
      return {
        title:
          known.cause === 'revoked'
            ? `The key of ${known.host} is revoked`
            : `The key of ${known.host} has changed`,
        text: changedWords(known),
        action: publishedAction(known.published),
      };
    case 'ssh-host-key-unknown':
      return {
        title: `The server ${known.host} is not known yet`,
        text:
          known.reason === 'declined'
            ? `You did not accept its key, so nothing was sent.${known.fingerprint === '' ? '' : ` It was ${known.fingerprint}.`}`
            : known.reason === 'strict'
              ? 'Your ssh settings ask for servers that are known already (StrictHostKeyChecking yes). Add its key to ssh’s known hosts, then try again.'
              : 'Nobody could be asked whether its key is the right one. Do it once by hand, and look at the fingerprint.',
        action: known.reason === 'declined' ? (retry ?? publishedAction(known.published)) : retry,
      };
    case 'ssh-key-refused':
      return {
        title: `${known.host} took no SSH key`,
        text: `${
          known.keyPath === null
            ? 'None of the keys ssh tried is known there, or it may not read'
            : `The key ${known.keyPath} is not known there, or it may not read`
        } ${known.path}. Add its public half to your account on the server, or choose another key for this repository or its account.${known.detail ? ` ssh said: ${known.detail}` : ''}`,
        action: retry,
      };
    case 'ssh-passphrase':
      return {
        title: known.reason === 'wrong' ? 'The passphrase did not open the key' : 'The SSH key stayed locked',
        text:
          known.reason === 'wrong'
            ? `${known.keyPath} has another passphrase. Try again, or choose another key.`
            : known.reason === 'not-given'
              ? `Without the passphrase of ${known.keyPath}, ${known.host} cannot be signed in to.`
              : `${known.keyPath} needs its passphrase, and nobody could be asked. Add it to your ssh agent, or do it once by hand.`,
        action: retry,
      };
    case 'ssh-missing':
      return {
        title: 'No ssh program was found',
        text: `${known.host} is reached over ssh. Install OpenSSH (it comes with Git for Windows), or use the https address.`,
        action: { kind: 'open-preferences', label: 'Git preferences', section: 'git' },
      };
    default:
      void (known satisfies never);
      return null;
  }
}
