import type { Storage } from '../../storage/storage';
import type { AccountChoices } from '../account-choice';
import type { CredentialContext } from '../broker';

interface KeyParts {
  storage: Pick<Storage, 'accounts' | 'repositories' | 'sshKeys'>;
  choices: Pick<AccountChoices, 'choose' | 'resolve'>;
}

/**
 * The private key of an operation: the repository's own, else that of the
 * account that answers for it. Where several accounts fit and one of them has
 * a key, the user says which; in the background ssh then chooses by itself.
 */
export async function chosenKey(
  { storage, choices }: KeyParts,
  context: Pick<
    CredentialContext,
    | 'url'
    | 'accountId'
    | 'withoutAccount'
    | 'repositoryId'
    | 'directory'
    | 'operation'
    | 'interactive'
    | 'signal'
  >,
): Promise<string | null> {
  const { url, repositoryId, directory, operation, interactive, signal } = context;
  const own = repositoryId === null ? undefined : storage.repositories.find(repositoryId)?.sshKey;
  if (own !== undefined) return own;
  const keyOf = (accountId: string) => storage.sshKeys.find(accountId)?.path ?? null;
  if (context.withoutAccount || storage.sshKeys.list().length === 0) return null;
  if (context.accountId !== null) return keyOf(context.accountId);
  const subject = { url, repositoryId, directory };
  const choice = await choices.choose(subject);
  if (choice.account) return keyOf(choice.account.id);
  if (!interactive || !choice.candidates.some(({ id }) => keyOf(id) !== null)) return null;
  const { account } = await choices.resolve(subject, { operation, interactive, signal });
  return account ? keyOf(account.id) : null;
}
