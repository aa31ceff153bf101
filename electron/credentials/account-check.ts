import type { Account, AccountTest } from '../../shared/contract/accounts';
import { AppFailure } from '../../shared/errors';
import type { Clock } from './clock';
import type { Sessions } from './sessions';

/** For one account, whatever its server does; milliseconds. */
const patience = 60_000;

/**
 * Signs in with the stored secret while nobody waits, and asks nobody. Null:
 * it cannot be told now; the log says why.
 */
export async function checkQuietly(
  parts: { sessions: Pick<Sessions, 'open'>; clock: Clock; log: (line: string) => void },
  account: Account,
  closing: AbortSignal,
): Promise<AccountTest | null> {
  const late = new AbortController();
  const stop = parts.clock.after(patience, () => late.abort());
  const signal = AbortSignal.any([closing, late.signal]);
  try {
    const { provider, session } = await parts.sessions.open(account, { interactive: false, signal });
    return { ok: true, result: await provider.signIn(session) };
  } catch (error) {
    if (closing.aborted) return null;
    const host = new URL(account.url).host;
    if (late.signal.aborted)
      return { ok: false, error: { kind: 'host-unreachable', host, cause: 'timeout' } };
    if (error instanceof AppFailure) return { ok: false, error: error.error };
    parts.log(`check of ${host}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  } finally {
    stop();
  }
}
