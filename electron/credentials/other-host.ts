import { AppFailure } from '../../shared/errors';
import type { RemoteUrl } from '../../shared/remote-url';
import type { Storage } from '../storage/storage';
import type { AccountChoices } from './account-choice';
import { type AllowedHosts, shownHost } from './allowed-hosts';
import type { CredentialContext } from './broker';
import type { HostDecisions } from './host-decisions';
import { plainPath, type SavedCredentials } from './saved';
import type { Ask } from './shared-question';

export interface OtherHostParts {
  storage: Pick<Storage, 'accounts'>;
  saved: Pick<SavedCredentials, 'knows'>;
  choices: Pick<AccountChoices, 'choose'>;
  allowed: AllowedHosts;
  ask: Ask;
  /** Of git in a terminal, whose processes are operations of their own. */
  decisions: HostDecisions;
  log: (line: string) => void;
}

/**
 * Whether an operation may sign in to another origin than its own: a
 * submodule's, a large file's, or where a redirect leads. Only with the user's
 * yes for exactly this repository and that origin, given once per operation (in
 * a terminal for what git does right after) or kept; asked only where there is something to give, and never in the background.
 */
export type OtherHosts = (other: RemoteUrl) => Promise<boolean>;

export function createOtherHosts(parts: OtherHostParts, context: CredentialContext): OtherHosts {
  const { url, signal, interactive, withoutAccount } = context;
  const decided = new Map<string, boolean>();

  const hasSomething = (origin: string): boolean =>
    parts.saved.knows(origin) ||
    (!withoutAccount &&
      parts.storage.accounts
        .list()
        .some((account) => account.useForRepositories && account.origins.git.includes(origin)));

  const keep = (origin: string) => {
    try {
      parts.allowed.allow(url, origin);
    } catch (error) {
      if (!(error instanceof AppFailure)) throw error;
      // The yes holds for this operation; the next one asks again.
      parts.log(`${shownHost(origin)} could not be remembered as allowed (${error.error.kind})`);
    }
  };

  const ask = async (other: RemoteUrl): Promise<boolean> => {
    const { account } = await parts.choices.choose(
      { url: other, repositoryId: null, directory: context.directory },
      { forGit: true },
    );
    const isTerminal = context.asker === 'terminal' && context.directory !== undefined;
    const answer = await parts.ask(
      {
        kind: 'other-host',
        operation: context.operation,
        host: shownHost(url.origin),
        path: url.path,
        otherHost: shownHost(other.origin),
        otherPath: other.path,
        accountAlias: withoutAccount ? null : (account?.alias ?? null),
        ...(isTerminal ? { folder: context.directory } : {}),
      },
      signal,
    );
    if (answer.kind !== 'other-host' || answer.allow === 'no') return false;
    if (answer.allow === 'always') keep(other.origin);
    return true;
  };

  const askOnce = (other: RemoteUrl): Promise<boolean> => {
    if (context.asker !== 'terminal') return ask(other);
    const key = JSON.stringify([url.origin, plainPath(url.path), context.directory, other.origin]);
    return parts.decisions.decide(key, () => ask(other));
  };

  return async (other) => {
    const { origin } = other;
    // Large files and submodules of the very host ssh was told to go to.
    if (url.protocol === 'ssh' && other.protocol === 'https' && other.host === url.host) return true;
    if (!hasSomething(origin)) return false;
    // Taken back in another window meanwhile: that counts from the next operation on.
    const before = decided.get(origin);
    if (before !== undefined) return before;
    const allowed = parts.allowed.allows(url, origin) || (interactive && (await askOnce(other)));
    decided.set(origin, allowed);
    return allowed;
  };
}
