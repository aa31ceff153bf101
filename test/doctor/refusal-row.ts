import type { Account, AccountKind } from '../../shared/contract/accounts';
import type { Cause, DoctorStep, Remedy } from '../../shared/contract/doctor';

/** An answer as the real server gives it. `http://self` in it stands for the server's own address. */
export interface RefusingAnswer {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  html?: string;
}

/** One refusal a provider is known to give, and what it has to be told as. */
export interface RefusalRow {
  /** A sentence; it ends with the requirement it shows, where it shows one: `(row 1.4)`. */
  name: string;
  /** Where the literal words, headers and statuses are from. */
  source: string;
  kind: AccountKind;
  /** The step that meets it. */
  step: DoctorStep;
  /** Path of the request it answers, below the API's base; `git`: the repository's info/refs. */
  at: string;
  account?: Partial<Account>;
  answer: RefusingAnswer;
  /** The provider leaves it to the general reading, which says this. */
  general?: boolean;
  /** The step of the doctor that finds it, where an earlier one already does. */
  foundAt?: DoctorStep;
  cause: Cause;
  /** The remedy's fields that matter; `http://self` as above. */
  remedy: Partial<Remedy> & { url?: string };
  /** Facts that must be named. */
  facts?: Record<string, string>;
}
