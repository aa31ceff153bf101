import type { Entry } from './filter';

export type Row =
  | { kind: 'account'; id: string; accountId: string; count: number; collapsed: boolean }
  | {
      kind: 'namespace';
      id: string;
      accountId: string;
      namespace: string;
      count: number;
      collapsed: boolean;
    }
  | { kind: 'repository'; id: string; entry: Entry };

interface Account {
  id: string;
  count: number;
  namespaces: Map<string, Entry[]>;
}

/**
 * The visible lines: account, namespace, repository. Accounts and namespaces stand in the order of
 * their first entry, so every sort order decides the order of the groups too; `accountIds` fixes the
 * order of the accounts and adds those without any row (they carry progress and failures).
 */
export function groupRows(
  entries: readonly Entry[],
  collapsed: ReadonlySet<string>,
  accountIds: readonly string[],
): Row[] {
  const accounts = new Map<string, Account>(
    accountIds.map((id) => [id, { id, count: 0, namespaces: new Map() }]),
  );
  for (const entry of entries) {
    const { accountId, namespace } = entry.repository;
    let account = accounts.get(accountId);
    if (account === undefined) {
      account = { id: accountId, count: 0, namespaces: new Map() };
      accounts.set(accountId, account);
    }
    account.count += 1;
    const group = account.namespaces.get(namespace);
    if (group === undefined) account.namespaces.set(namespace, [entry]);
    else group.push(entry);
  }
  return [...accounts.values()].flatMap((account) => accountRows(account, collapsed));
}

function accountRows(account: Account, collapsed: ReadonlySet<string>): Row[] {
  const closed = collapsed.has(account.id);
  const rows: Row[] = [
    { kind: 'account', id: account.id, accountId: account.id, count: account.count, collapsed: closed },
  ];
  if (closed) return rows;
  for (const [namespace, members] of account.namespaces) {
    const id = `${account.id}\n${namespace}`;
    const folded = collapsed.has(id);
    rows.push({
      kind: 'namespace',
      id,
      accountId: account.id,
      namespace,
      count: members.length,
      collapsed: folded,
    });
    if (!folded)
      for (const entry of members) rows.push({ kind: 'repository', id: entry.repository.key, entry });
  }
  return rows;
}

/** The lines without groups. */
export function flatRows(entries: readonly Entry[]): Row[] {
  return entries.map((entry) => ({ kind: 'repository', id: entry.repository.key, entry }));
}

/** Where the selection goes when the line it stood on is gone: the first repository, else the first line. */
export function settleActive(rows: readonly Row[], activeId: string | null): number {
  const kept = rows.findIndex((row) => row.id === activeId);
  if (kept >= 0) return kept;
  const first = rows.findIndex((row) => row.kind === 'repository');
  return first >= 0 ? first : rows.length - 1 >= 0 ? 0 : -1;
}
