import type { Account } from '../../shared/contract/accounts';
import type { OpenAccount, Sessions } from './sessions';

/** One operation's second try with an account signed in on the provider's page: its token is renewed once before it counts as refused. */
export interface SecondChance {
  /** After git's server refused: true when the account is worth another try. */
  after(account: Account, secret: string): boolean;
  /** The account, with a newer token after a refusal; null: there is none. */
  open(account: Account, options: { interactive: boolean; signal: AbortSignal }): Promise<OpenAccount | null>;
}

export function createSecondChance(
  sessions: Pick<Sessions, 'open'> & Partial<Pick<Sessions, 'reopen'>>,
): SecondChance {
  let due: { account: Account; secret: string } | null = null;
  let isUsed = false;
  return {
    after(account, secret) {
      if (account.authenticationType !== 'oauth' || isUsed) return false;
      isUsed = true;
      due = { account, secret };
      return true;
    },
    async open(account, options) {
      if (!due) return await sessions.open(account, options);
      const { account: refused, secret } = due;
      due = null;
      return (await sessions.reopen?.(refused, secret, options.signal)) ?? null;
    },
  };
}
