import type { ShownSavedCredential } from '../../../shared/contract/saved-credentials';
import type { Tone } from '../../components/StatusBadge';

export interface EntryState {
  tone: Tone;
  label: string;
  /** What to do; null: nothing. */
  remedy: string | null;
}

/** How a saved password is, and what helps. */
export function stateOf(entry: ShownSavedCredential, now: number): EntryState {
  if (entry.missing)
    return {
      tone: 'bad',
      label: 'No password',
      remedy: 'The store has lost its password. Enter it again, or remove this entry.',
    };
  if (entry.state === 'refused')
    return {
      tone: 'bad',
      label: 'Refused',
      remedy:
        'The server did not accept it, so git does not get it any more. Enter a new password, or remove this entry.',
    };
  if (entry.expiresAt !== null && entry.expiresAt <= now)
    return {
      tone: 'warn',
      label: 'Expired',
      remedy: 'It was good for a limited time. Enter a new password, or remove this entry.',
    };
  return entry.state === 'working'
    ? { tone: 'good', label: 'Working', remedy: null }
    : { tone: 'neutral', label: 'Not used yet', remedy: null };
}

/** `git.example.com/team/private` */
export function addressOf(entry: Pick<ShownSavedCredential, 'host' | 'path'>): string {
  return entry.path === '' ? entry.host : `${entry.host}/${entry.path}`;
}

/** Those that need the user first; otherwise in the order they came. */
export function inOrder(entries: readonly ShownSavedCredential[], now: number): ShownSavedCredential[] {
  const needsUser = (entry: ShownSavedCredential) => stateOf(entry, now).remedy !== null;
  return [...entries.filter(needsUser), ...entries.filter((entry) => !needsUser(entry))];
}

/** Every word stands somewhere in address or user name. */
export function filtered(entries: readonly ShownSavedCredential[], typed: string): ShownSavedCredential[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    const text = `${entry.origin} ${addressOf(entry)} ${entry.username}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
