import { AppFailure } from '../../shared/errors';
import type { RemoteUrl } from '../../shared/remote-url';
import type { PromptBroker } from '../prompts/broker';
import type { Storage } from '../storage/storage';
import type { Clock } from './clock';
import type { GitCredentialRequest } from './git-protocol';
import type { SavedCredentials } from './saved';

/** Keeps, where the user wants that, a password that was typed at git's own prompt and worked. */
export type KeepTyped = (request: GitCredentialRequest, url: RemoteUrl) => Promise<void>;

export interface KeepTypedParts {
  storage: Pick<Storage, 'preferences'>;
  saved: Pick<SavedCredentials, 'kept' | 'keep' | 'password' | 'mark'>;
  prompts: PromptBroker;
  /** Whether somebody can see a question now. */
  canAsk(): boolean;
  clock: Clock;
  log: (line: string) => void;
}

/** Milliseconds the question stays open; nobody waits for it. */
const patience = 10 * 60_000;
const most = 500;

export function createKeepTyped(parts: KeepTypedParts): KeepTyped {
  const { saved, prompts, clock } = parts;
  /** Users of addresses for which the answer was no, or is not there yet. */
  const declined = new Set<string>();

  const keep = async (
    { username, password, passwordExpiry, oauthRefreshToken }: GitCredentialRequest,
    url: RemoteUrl,
  ) => {
    try {
      await saved.keep(url, {
        username: username ?? '',
        password: password ?? '',
        source: 'terminal',
        expiresAt: passwordExpiry === null ? null : passwordExpiry * 1000,
        ...(oauthRefreshToken === null ? {} : { refreshToken: oauthRefreshToken }),
      });
    } catch (error) {
      const kind = error instanceof AppFailure ? error.error.kind : 'internal';
      parts.log(
        `the password git was given for ${new URL(url.origin).host}/${url.path} could not be saved (${kind})`,
      );
    }
  };

  const ask = async (request: GitCredentialRequest, url: RemoteUrl): Promise<void> => {
    const username = request.username ?? '';
    const key = JSON.stringify([url.origin, url.path, username]);
    if (declined.has(key) || !parts.canAsk()) return;
    declined.add(key);
    const [oldest] = declined;
    if (declined.size > most && oldest !== undefined) declined.delete(oldest);
    const end = new AbortController();
    const stop = clock.after(patience, () => end.abort());
    try {
      const answer = await prompts.ask(
        { kind: 'save-credential', host: request.host, path: url.path, username },
        end.signal,
      );
      if (answer.kind !== 'save-credential' || !answer.save) return;
      declined.delete(key);
      await keep(request, url);
    } catch (error) {
      if (!(error instanceof AppFailure)) throw error;
    } finally {
      stop();
    }
  };

  return async (request, url) => {
    for (const known of saved.kept(url, request.username)) {
      if (known.username !== (request.username ?? '')) continue;
      if ((await saved.password(known).catch(() => null)) !== request.password) continue;
      // Another helper may have it too; it works, whatever we thought.
      saved.mark(known.id, 'working');
      return;
    }
    const wish = parts.storage.preferences.get().saveFromTerminal;
    if (wish === 'always') await keep(request, url);
    // git does not wait for the user's answer.
    else if (wish === 'ask')
      void ask(request, url).catch((error: unknown) => parts.log(`asking whether to save: ${String(error)}`));
  };
}
