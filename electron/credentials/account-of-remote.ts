import type { Account } from '../../shared/contract/accounts';
import type { RemoteUrl } from '../../shared/remote-url';
import type { Storage } from '../storage/storage';
import type { AccountChoices } from './account-choice';
import { isOwnersName } from './account-names';
import type { CredentialContext } from './broker';
import type { SavedCredentials } from './saved';

/** One address an operation signs in to. */
export interface Remote {
  url: RemoteUrl;
  /** The user name the asker wants the answer for; null: any. */
  username: string | null;
  /** The account that was chosen for it; undefined: not chosen yet; null: none is wanted. */
  accountId: string | null | undefined;
  /** The repository whose binding counts here. */
  repositoryId: string | null;
}

/** Which account one address gets; chosen once, while the account itself is read again each time: its token may be replaced meanwhile. */
export interface AccountOfRemote {
  /**
   * False: several fit, and before the first request only a header would be
   * worth a question. Rejects as AccountChoices.resolve.
   */
  choose(early: boolean): Promise<boolean>;
  /** The chosen one, as it is stored now. */
  current(): Account | undefined;
  /** It is another user's after all. */
  drop(): void;
  /** Looks again where none fitted before; asks nobody. */
  look(): Promise<void>;
}

export function createAccountOfRemote(
  parts: {
    storage: Pick<Storage, 'accounts'>;
    choices: Pick<AccountChoices, 'choose' | 'resolve' | 'matching' | 'doubt'>;
    saved: Pick<SavedCredentials, 'find'>;
  },
  context: CredentialContext,
  remote: Remote,
): AccountOfRemote {
  const { choices } = parts;
  const { url, username } = remote;
  const subject = { url, repositoryId: remote.repositoryId, directory: context.directory };
  let chosenId = remote.accountId;
  let tried: string | null = null;

  const ask = async () => {
    const { operation, interactive, signal, directory, asker } = context;
    const folder = asker === 'terminal' ? directory : undefined;
    const asking = { operation, interactive, signal, forGit: true, folder, tried };
    return (await choices.resolve(subject, asking)).account;
  };

  /** Whose user name was asked for. */
  const named = async (wanted: string): Promise<Account | null> => {
    const owners = (await choices.matching(url)).filter(
      (account) => account.useForRepositories && isOwnersName(account, wanted),
    );
    if (owners.length === 1) return owners[0] ?? null;
    const { account } = await choices.choose(subject, { forGit: true });
    // A name that is nobody's may be one the provider gives everybody: the credential will tell.
    if (owners.length === 0) return account;
    const isOwner = ({ id }: Account) => owners.some((owner) => owner.id === id);
    if (account && isOwner(account)) return account;
    const answered = await ask();
    return answered && isOwner(answered) ? answered : null;
  };

  return {
    current: () => (chosenId ? parts.storage.accounts.find(chosenId) : undefined),
    async choose(early) {
      if (chosenId !== undefined) return true;
      // git does not report that a repository was not found: the next command is all there is to hear of it.
      if (context.asker === 'terminal' && context.interactive) tried = choices.doubt(url) ?? tried;
      if (username !== null) {
        if (early) return false;
        chosenId = (await named(username))?.id ?? null;
        return true;
      }
      const { account: certain, candidates } = await choices.choose(subject, { forGit: true });
      if (!certain && candidates.length > 0) {
        if (parts.saved.find(url)) {
          // The user has answered for this address before, without an account.
          chosenId = null;
          return true;
        }
        const isHeader = candidates.some((one) => one.headerAuthentication !== 'off');
        if (early && !(isHeader && context.interactive)) return false;
      }
      chosenId = (certain ?? (candidates.length > 0 ? await ask() : null))?.id ?? null;
      return true;
    },
    drop() {
      chosenId = null;
    },
    async look() {
      if (chosenId !== null || context.withoutAccount) return;
      const { account } = await choices.choose(subject, { forGit: true });
      if (username === null || (account && isOwnersName(account, username))) chosenId = account?.id ?? null;
    },
  };
}
