import { useEffect, useRef, useState } from 'react';
import type {
  Account,
  AccountDraft,
  AccountTest,
  SignInFlow,
  SignInStep,
} from '../../../shared/contract/accounts';
import type { AppError } from '../../../shared/errors';
import { client, toAppError } from '../../rpc/client';

export interface PageSignIn {
  /** `opening`: nothing shown by the provider yet. Null: nothing runs. */
  step: SignInStep | { kind: 'opening' } | null;
  /** The provider agreed, but the account does not work. */
  test: AccountTest | null;
  /** The sign-in did not come to an end. */
  error: AppError | null;
  /** The saved account, or null when it was cancelled or failed. */
  start(of: { draft: AccountDraft } | { accountId: string }, flow: SignInFlow): Promise<Account | null>;
  cancel(): void;
}

/** One sign-in on the provider's page at a time; it ends with its dialog. */
export function usePageSignIn(): PageSignIn {
  const [step, setStep] = useState<PageSignIn['step']>(null);
  const [test, setTest] = useState<AccountTest | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  return {
    step,
    test,
    error,
    async start(of, flow) {
      current.current?.abort();
      const mine = new AbortController();
      current.current = mine;
      setStep({ kind: 'opening' });
      setTest(null);
      setError(null);
      try {
        const steps = await client.accounts.signIn({ of, flow }, { signal: mine.signal });
        mine.signal.addEventListener(
          'abort',
          () => void steps.return?.(undefined as never).catch(() => undefined),
        );
        let next = await steps.next();
        while (next.done !== true) {
          if (!mine.signal.aborted) setStep(next.value);
          next = await steps.next();
        }
        if (mine.signal.aborted) return null;
        const { account, test: tested } = next.value;
        if (!account) setTest(tested);
        return account;
      } catch (failure) {
        if (!mine.signal.aborted) setError(toAppError(failure));
        return null;
      } finally {
        if (current.current === mine) {
          current.current = null;
          setStep(null);
        }
      }
    },
    cancel() {
      current.current?.abort();
      current.current = null;
      setStep(null);
    },
  };
}
