import type { Account } from '../../shared/contract/accounts';
import type { HttpPathState } from '../../shared/contract/bindings';
import { fail } from '../../shared/errors';
import type { Engines } from '../git/choose';
import { make, shownLines, stillStand, takeBack } from '../git/configuration';
import type { UserGit } from '../git/engine';
import type { Storage } from '../storage/storage';

export interface HttpPathParts {
  storage: Pick<Storage, 'accounts' | 'writtenConfiguration'>;
  engines: Pick<Engines, 'userGit'>;
}

const recordName = (origin: string) => `http-path:${origin}`;
const keyOf = (origin: string) => `credential.${origin}.useHttpPath`;

/** Whether the lines written for git in a terminal set it for the host, everywhere. */
async function standsForTerminal(
  storage: Pick<Storage, 'writtenConfiguration'>,
  origin: string,
): Promise<boolean> {
  const edits = storage.writtenConfiguration.find('terminal:all')?.edits ?? [];
  const about = edits.filter(({ added }) => added.includes(`[credential "${origin}"]\n`));
  for (const edit of about) if (await stillStand([edit])) return true;
  return false;
}

/** Hosts several accounts sign in to with git, in the order of their names. */
function sharedHosts(accounts: readonly Account[]): { origin: string; accounts: Account[] }[] {
  const hosts = new Map<string, Account[]>();
  for (const account of accounts)
    if (account.useForRepositories)
      for (const origin of account.origins.git) hosts.set(origin, [...(hosts.get(origin) ?? []), account]);
  return [...hosts]
    .filter(([, those]) => those.length > 1)
    .map(([origin, those]) => ({ origin, accounts: those }))
    .sort((a, b) => a.origin.localeCompare(b.origin));
}

/** Where the account's repositories begin on the host: settings may be made for one organization. */
function baseOf(account: Account, origin: string): string {
  const base = new URL(account.url).origin === origin ? account.url : origin;
  const name = account.organization || account.collection;
  return name === '' ? base : `${base}/${encodeURIComponent(name)}`;
}

async function readings(git: UserGit, bases: readonly string[]) {
  const found = await Promise.all(
    bases.map(async (base) => ({
      ...(await git.httpPath(base)),
      asked: await git.asksWithPath(`${base}/project/repository`),
    })),
  );
  return {
    effective: found.every((one) => one.effective),
    asked: found.every((one) => one.asked),
    setIn: found.find((one) => one.file !== null)?.file ?? null,
  };
}

async function stateOf(
  { storage, engines }: HttpPathParts,
  origin: string,
  accounts: readonly Account[],
): Promise<HttpPathState> {
  const git = engines.userGit();
  const named = accounts.map((account) => account.organization).filter((name) => name !== '');
  const record = storage.writtenConfiguration.find(recordName(origin));
  const stands = record ? await stillStand(record.edits) : false;
  const common = {
    origin,
    accountIds: accounts.map((account) => account.id),
    organizations: [...new Set(named)],
    revertible: stands,
    changedSince: record !== undefined && !stands,
  };
  if (!git) return { ...common, effective: null, asked: null, setIn: null, change: null, obstacle: 'no-git' };
  const bases = new Set(accounts.map((account) => baseOf(account, origin)));
  const found = await readings(git, [...bases]);
  if (found.effective && found.asked) return { ...common, ...found, change: null, obstacle: null };
  // git would take the line of terminal git's own section for this one, and another setting wins over it anyway.
  const plan = (await standsForTerminal(storage, origin)) ? 'nothing' : await git.plan(keyOf(origin), 'true');
  if (plan === 'no-file' || plan === 'nothing')
    return { ...common, ...found, change: null, obstacle: plan === 'nothing' ? 'overridden' : 'no-file' };
  const { file, added, removed } = plan.edit;
  return {
    ...common,
    ...found,
    change: { file, lines: shownLines(added), removed: shownLines(removed) },
    obstacle: null,
  };
}

/** Each host with several accounts, and whether git there asks with the path. Tried with git itself. */
export function httpPathStates(parts: HttpPathParts): Promise<HttpPathState[]> {
  return Promise.all(
    sharedHosts(parts.storage.accounts.list()).map(({ origin, accounts }) =>
      stateOf(parts, origin, accounts),
    ),
  );
}

/** Makes the change that was shown, and no other. Rejects `invalid-input` (`change`). */
export async function setHttpPath(
  parts: HttpPathParts,
  origin: string,
  lines: readonly string[],
): Promise<void> {
  const { storage, engines } = parts;
  const git = engines.userGit();
  const isShared = sharedHosts(storage.accounts.list()).some((host) => host.origin === origin);
  const canPlan = git !== null && isShared && !(await standsForTerminal(storage, origin));
  const plan = canPlan ? await git.plan(keyOf(origin), 'true') : 'no-file';
  const refuse = () =>
    fail({
      kind: 'invalid-input',
      field: 'change',
      reason: 'The configuration is not as it was when the change was shown. Look at the change again.',
    });
  if (typeof plan === 'string' || shownLines(plan.edit.added).join('\n') !== lines.join('\n'))
    return refuse();
  const id = recordName(origin);
  const before = storage.writtenConfiguration.find(id);
  // Written down first: after a kill it can be taken back, or is found not to stand.
  storage.writtenConfiguration.put({ id, edits: [plan.edit] });
  const forget = () =>
    before ? storage.writtenConfiguration.put(before) : storage.writtenConfiguration.remove(id);
  let isMade: boolean;
  try {
    isMade = await make(plan);
  } catch (error) {
    forget();
    throw error;
  }
  if (isMade) return;
  forget();
  refuse();
}

/** Takes back what `setHttpPath` wrote, to the byte. Rejects `invalid-input` when it was changed since. */
export async function revertHttpPath({ storage }: HttpPathParts, origin: string): Promise<void> {
  const record = storage.writtenConfiguration.find(recordName(origin));
  if (!record) return;
  if (!(await takeBack(record.edits)))
    fail({
      kind: 'invalid-input',
      field: 'change',
      reason: 'The lines were changed since Polyforge wrote them, so they are left as they are.',
    });
  storage.writtenConfiguration.remove(record.id);
}
