import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { GitCredential } from '../providers/provider';
import type { OperationCredentials } from './broker';
import type { Clock } from './clock';

/** What a helper process was given, for what git reports of it in another one. */
export interface GivenToTerminal {
  /** git tells it to us again where it can (`state[]`). */
  id: string;
  operation: OperationCredentials;
  credential: GitCredential;
  /** Of the question it was an answer to. */
  asked: string;
}

/** What git says of a credential: where it was for, and what it is. */
export interface Reported {
  origin: string;
  /** As git told it, with the question and again with the report. */
  path: string;
  username: string | null;
  /** Password, or the whole header. */
  secret: string;
}

/** Milliseconds something given is remembered. A long transfer reports at its beginning. */
const lifetime = 15 * 60_000;
const most = 500;

/** Remembers for minutes what was given; secrets only as a keyed hash. */
export function createGivenToTerminal(clock: Pick<Clock, 'now'>) {
  const key = randomBytes(32);
  const entries = new Map<string, { given: GivenToTerminal; hash: string; at: number }>();

  const hashOf = ({ origin, path, username, secret }: Reported): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([origin, path, username, secret]))
      .digest('base64');

  const forgetOld = () => {
    for (const [id, { at }] of entries)
      if (clock.now() - at > lifetime || entries.size > most) entries.delete(id);
  };

  return {
    hashOf,
    remember(reported: Reported, given: Omit<GivenToTerminal, 'id'>): GivenToTerminal {
      const remembered = { ...given, id: randomUUID() };
      entries.set(remembered.id, { given: remembered, hash: hashOf(reported), at: clock.now() });
      forgetOld();
      return remembered;
    },
    /** The last one given that this is about. A state alone proves nothing: the secret must be the same. */
    find(reported: Reported, id: string | null): GivenToTerminal | null {
      forgetOld();
      const hash = hashOf(reported);
      const named = id === null ? undefined : entries.get(id);
      if (named?.hash === hash) return named.given;
      let last: GivenToTerminal | null = null;
      for (const entry of entries.values()) if (entry.hash === hash) last = entry.given;
      return last;
    },
  };
}
