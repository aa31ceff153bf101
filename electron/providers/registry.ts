import type { Account, AccountKind, KindDescriptor } from '../../shared/contract/accounts';
import type { RemoteUrl } from '../../shared/remote-url';
import type { HostingProvider } from './provider';

/** The providers, and "whose URL is this?". */
export interface ProviderRegistry {
  readonly kinds: readonly KindDescriptor[];
  /** The provider that serves a kind. */
  of(kind: AccountKind): HostingProvider;
  /** Accounts whose namespace holds this URL, most specific first. */
  accountsFor(accounts: readonly Account[], url: RemoteUrl): Account[];
  /** The same, with how specific each match is. */
  ranked(accounts: readonly Account[], url: RemoteUrl): { account: Account; score: number }[];
}

export function createRegistry(providers: readonly HostingProvider[]): ProviderRegistry {
  const byKind = new Map<AccountKind, HostingProvider>();
  for (const provider of providers) for (const kind of provider.kinds) byKind.set(kind.kind, provider);
  const of = (kind: AccountKind): HostingProvider => {
    const provider = byKind.get(kind);
    if (!provider) throw new Error(`no provider serves ${kind}`);
    return provider;
  };
  const ranked: ProviderRegistry['ranked'] = (accounts, url) =>
    accounts
      .map((account) => ({ account, score: of(account.kind).matches(account, url) }))
      .filter((entry): entry is { account: Account; score: number } => entry.score !== null)
      .sort((a, b) => b.score - a.score);
  return {
    kinds: providers.flatMap((provider) => provider.kinds),
    of,
    ranked,
    accountsFor: (accounts, url) => ranked(accounts, url).map((entry) => entry.account),
  };
}
