import type { Account, KindDescriptor, SignInResult } from '../../shared/contract/accounts';
import type { DoctorStep, Finding, StepReport } from '../../shared/contract/doctor';
import type { RepositoryRef } from '../../shared/contract/hosted-repositories';
import type { AppError } from '../../shared/errors';
import type { RemoteUrl } from '../../shared/remote-url';
import type { Engines } from '../git/choose';
import type { AccountChoices } from '../credentials/account-choice';
import type { SecretReader } from '../credentials/unlock';
import type { Sessions } from '../credentials/sessions';
import type { Network } from '../network/network';
import type { Http } from '../providers/http';
import type { HostingProvider, Session } from '../providers/provider';
import type { ProviderRegistry } from '../providers/registry';
import type { Storage } from '../storage/storage';
import type { Mask } from './mask';

export interface DoctorParts {
  registry: ProviderRegistry;
  storage: Pick<Storage, 'accounts' | 'repositories'>;
  secrets: SecretReader;
  sessions: Sessions;
  choices: Pick<AccountChoices, 'choose'>;
  http: Http;
  network: Network;
  engines: Engines;
  /** Milliseconds a name, a connection and a handshake may take each; default 8 seconds. */
  patience?: number;
}

/** Where the secret comes from; `typed` is the dialog's field as it stands. */
export type SecretSource = { kind: 'stored' } | { kind: 'typed'; typed: string };

/** Who is examined: an account with everything its steps have learned so far. */
export interface Patient {
  account: Account;
  provider: HostingProvider;
  kind: KindDescriptor;
  source: SecretSource;
  /** From the step `token-form` on. */
  secret: string | null;
  session: Session | null;
  signedIn: SignInResult | null;
}

/** One run: the subject, the parts, and what earlier steps found for later ones. */
export interface Examination {
  readonly parts: DoctorParts;
  readonly signal: AbortSignal;
  /** Secrets that are learned on the way are added to it at once. */
  readonly mask: Mask;
  /** The page's unsaved form, not a stored account: remedies change its fields. */
  readonly isDraft: boolean;
  /** The user chose this account; false: it was picked because its address fits. */
  readonly chosen: boolean;
  /** Null: no account concerned, or its address is not usable (then `addressError` says why). */
  readonly patient: Patient | null;
  /** Accounts of equal rank for this address, none of which was chosen. */
  readonly candidates: readonly Account[];
  readonly addressError: AppError | null;
  /** The repository's remote; null: none concerned, or the first one of the account. */
  remote: RemoteUrl | null;
  repository: RepositoryRef | null;
  /** Other accounts that could answer for the remote's host. */
  readonly others: readonly Account[];
}

/** How one step ended. The runner masks everything in it. */
export interface StepOutcome {
  state: Exclude<StepReport['state'], 'running'>;
  notes: string[];
  finding: Finding | null;
  /** Wrong, and not in the way; the first one stands in the step when it has no finding. */
  warnings: Finding[];
  certificates: StepReport['certificates'];
  /** What an ordinary request would have failed with: the account's state says so afterwards. */
  error: AppError | null;
}

/** Rejects with AppFailure only when cancelled, or for a defect. */
export type Step = (examination: Examination) => Promise<StepOutcome>;

export const outcome = {
  passed: (...notes: string[]): StepOutcome => ({
    state: 'passed',
    notes,
    finding: null,
    warnings: [],
    certificates: [],
    error: null,
  }),
  skipped: (...notes: string[]): StepOutcome => ({ ...outcome.passed(...notes), state: 'skipped' }),
  failed: (finding: Finding, error: AppError | null, ...notes: string[]): StepOutcome => ({
    ...outcome.passed(...notes),
    state: 'failed',
    finding,
    error,
  }),
  /** Passed, or passed with something the user should know. */
  noted(warnings: Finding[], ...notes: string[]): StepOutcome {
    return warnings.length === 0
      ? outcome.passed(...notes)
      : { ...outcome.passed(...notes), state: 'warned', warnings };
  },
};

/** In the order they run. */
export type Steps = readonly (readonly [DoctorStep, Step])[];
