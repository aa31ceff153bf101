import { type AccountChoices, createAccountChoices } from '../../electron/credentials/account-choice';
import type { PromptBroker } from '../../electron/prompts/broker';
import type { HostingProvider } from '../../electron/providers/provider';
import type { Collection, StoredRepository } from '../../electron/storage/storage';
import type { Account } from '../../shared/contract/accounts';
import type { AccountRule } from '../../shared/contract/bindings';

/** Stand-in for a stored list: in memory. */
export function memoryCollection<T extends { id: string }>(): Collection<T> {
  const records = new Map<string, T>();
  return {
    list: () => [...records.values()],
    find: (id) => records.get(id),
    put: (record) => void records.set(record.id, record),
    remove: (id) => void records.delete(id),
  };
}

/** The real choosing over accounts that all are for their whole host, without cached lists. */
export function choicesOver(
  accounts: Collection<Account>,
  prompts: PromptBroker,
  more: { rules?: Collection<AccountRule>; repositories?: Collection<StoredRepository> } = {},
): AccountChoices {
  const provider = { matches: () => 1, locate: () => null } as unknown as HostingProvider;
  return createAccountChoices({
    storage: {
      accounts,
      rules: more.rules ?? memoryCollection(),
      repositories: more.repositories ?? memoryCollection(),
      repositoryCache: {
        read: async () => null,
        write: async () => undefined,
        remove: async () => undefined,
      },
    },
    registry: { of: () => provider, ranked: (list) => list.map((account) => ({ account, score: 1 })) },
    prompts,
    events: { emit: () => undefined },
  });
}
