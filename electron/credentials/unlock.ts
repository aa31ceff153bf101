import { AppFailure, fail } from '../../shared/errors';
import type { EventSink, EventSource } from '../platform';
import type { PromptBroker } from '../prompts/broker';
import type { Vault } from './vault';

/** Reads a secret, asking for the vault's passphrase where it is locked and the user may be asked. */
export interface SecretReader {
  /** Rejects `secret-unavailable` when it is missing, or stays locked. */
  read(
    name: string,
    options: { interactive: boolean; signal: AbortSignal; accountId?: string },
  ): Promise<string>;
}

export function createSecretReader(
  vault: Vault,
  prompts: PromptBroker,
  events: EventSink & EventSource,
): SecretReader {
  let unlocking: Promise<boolean> | null = null;

  /** True when the vault is open; false when the user closed the question. */
  const unlock = async (signal: AbortSignal): Promise<boolean> => {
    let reason: 'unlock' | 'wrong' = 'unlock';
    // The preferences open it, too: then there is nothing left to ask.
    const elsewhere = new AbortController();
    const stop = events.listen((event) => {
      if (event.type !== 'secret-store.changed') return;
      void vault.status().then(
        (status) => !status.locked && elsewhere.abort(),
        () => undefined,
      );
    });
    try {
      for (;;) {
        const answer = await prompts.ask(
          { kind: 'passphrase', reason },
          AbortSignal.any([signal, elsewhere.signal]),
        );
        if (answer.kind !== 'passphrase') return false;
        try {
          await vault.unlock(answer.passphrase);
          events.emit({ type: 'secret-store.changed' });
          return true;
        } catch (error) {
          if (!(error instanceof AppFailure) || error.error.kind !== 'wrong-passphrase') throw error;
          reason = 'wrong';
        }
      }
    } catch (error) {
      if (elsewhere.signal.aborted && !signal.aborted) return true;
      throw error;
    } finally {
      stop();
    }
  };

  /** Operations that need the same passphrase share one question; it closes when none of them waits any more. */
  let waiting = 0;
  let question: AbortController | null = null;
  const unlockShared = async (signal: AbortSignal): Promise<boolean> => {
    question ??= new AbortController();
    const shared = question;
    unlocking ??= unlock(shared.signal).finally(() => {
      unlocking = null;
      question = null;
    });
    waiting += 1;
    try {
      return await Promise.race([
        unlocking,
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new AppFailure({ kind: 'cancelled' })), {
            once: true,
          });
        }),
      ]);
    } finally {
      waiting -= 1;
      if (waiting === 0) shared.abort();
    }
  };

  return {
    async read(name, { interactive, signal, accountId }) {
      if (signal.aborted) fail({ kind: 'cancelled' });
      const status = await vault.status();
      if (status.locked && status.backend === 'passphrase') {
        if (!interactive || !(await unlockShared(signal)))
          fail({ kind: 'secret-unavailable', reason: 'locked', accountId });
      }
      try {
        const secret = await vault.get(name);
        return secret ?? fail({ kind: 'secret-unavailable', reason: 'missing', accountId });
      } catch (error) {
        if (error instanceof AppFailure && error.error.kind === 'secret-unavailable')
          throw new AppFailure({ ...error.error, accountId }, { cause: error });
        throw error;
      }
    },
  };
}
