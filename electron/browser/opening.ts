import { randomBytes } from 'node:crypto';

/** How long a browser may take to come to its page, milliseconds. */
const lifetime = 60_000;
/** Waiting at the same time; the oldest goes. */
const most = 16;

/**
 * Words that stand for the token once and for a short while. A browser is
 * started with its address on the command line, which every user of the
 * machine can read for as long as it runs; the token must not be there.
 */
export interface Openings {
  issue(): string;
  /** True the first time, for a word that was issued and is not too old. */
  redeem(word: string): boolean;
}

export function createOpenings(now: () => number = Date.now): Openings {
  const waiting = new Map<string, number>();
  return {
    issue() {
      const word = randomBytes(32).toString('base64url');
      waiting.set(word, now() + lifetime);
      const [oldest] = waiting.keys();
      if (waiting.size > most && oldest !== undefined) waiting.delete(oldest);
      return word;
    },
    redeem(word) {
      const until = waiting.get(word);
      waiting.delete(word);
      return until !== undefined && now() < until;
    },
  };
}
