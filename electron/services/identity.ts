import type {
  AccountChoice,
  CommitIdentity,
  IdentityState,
  RepositoryChoice,
} from '../../shared/contract/bindings';
import { fail } from '../../shared/errors';
import { hostWithPort, parseRemoteUrl, type RemoteUrl } from '../../shared/remote-url';
import type { RepositoryOverview } from '../../shared/contract/repositories';
import type { AccountChoices, Choice } from '../credentials/account-choice';
import type { Engines } from '../git/choose';
import { stillStand, takeBack } from '../git/configuration';
import type { Storage, StoredRepository } from '../storage/storage';

export interface IdentityParts {
  storage: Pick<Storage, 'repositories' | 'accounts' | 'writtenConfiguration'>;
  engines: Pick<Engines, 'forReading' | 'forWriting'>;
  choices: Pick<AccountChoices, 'choose' | 'identityIn' | 'organizationOf'>;
}

/** The addresses of remotes that can be read, `origin` first. */
export function remoteUrls(remotes: RepositoryOverview['remotes']): RemoteUrl[] {
  return [...remotes]
    .sort((a, b) => Number(b.name === 'origin') - Number(a.name === 'origin'))
    .map((remote) => parseRemoteUrl(remote.url))
    .flatMap((parsed) => (parsed.ok ? [parsed.url] : []));
}

/** A choice as the page sees it. `url` null: there is no remote. */
export function shownChoice(
  choice: Choice,
  url: RemoteUrl | null,
  choices: Pick<AccountChoices, 'organizationOf'>,
): AccountChoice {
  const about = choice.account ?? choice.candidates[0] ?? null;
  const origin = url?.protocol === 'ssh' ? (about?.origins.git[0] ?? null) : (url?.origin ?? null);
  return {
    accountId: choice.account?.id ?? null,
    source: choice.source,
    rule: choice.rule,
    candidates: choice.candidates.map((account) => account.id),
    identity: choice.identity,
    warnings: choice.warnings,
    place:
      url && origin !== null
        ? {
            origin,
            host: hostWithPort(url),
            path: url.path,
            organization: about ? choices.organizationOf(url, about) : null,
          }
        : null,
  };
}

function requireRepository({ storage }: IdentityParts, repositoryId: string): StoredRepository {
  return storage.repositories.find(repositoryId) ?? fail({ kind: 'gone', what: 'repository' });
}

/** Which account answers for a repository on this machine; asks nobody. The remote that fits the binding goes first. */
export async function repositoryChoice(
  parts: IdentityParts,
  repositoryId: string,
): Promise<RepositoryChoice> {
  const { storage, engines, choices } = parts;
  const stored = requireRepository(parts, repositoryId);
  const { remotes } = await (await engines.forReading(stored.path)).overview(stored.path);
  const urls = remoteUrls(remotes);
  const all = await Promise.all(
    urls.map(async (url) => ({ url, choice: await choices.choose({ url, repositoryId }) })),
  );
  const best =
    all.find(({ choice }) => choice.source === 'bound') ?? all.find(({ choice }) => choice.account) ?? all[0];
  const bound = { accountId: stored.accountId, identity: stored.identity ?? null };
  if (best) return { ...shownChoice(best.choice, best.url, choices), bound, folder: stored.path };
  // Nothing to sign in to, and commits are made all the same.
  const account = stored.accountId === null ? undefined : storage.accounts.find(stored.accountId);
  const choice: Choice = {
    account: account ?? null,
    source: account ? 'bound' : null,
    rule: null,
    candidates: [],
    identity: stored.identity ?? (await choices.identityIn(stored.path)),
    warnings: stored.accountId !== null && !account ? [{ kind: 'account-gone' }] : [],
  };
  return { ...shownChoice(choice, null, choices), bound, folder: stored.path };
}

const fields = [
  ['name', 'user.name'],
  ['email', 'user.email'],
  ['signingKey', 'user.signingKey'],
] as const;

function differs(wanted: CommitIdentity, effective: CommitIdentity): boolean {
  return fields.some(([field]) => wanted[field] !== '' && wanted[field] !== effective[field]);
}

const recordName = (repositoryId: string) => `identity:${repositoryId}`;

/**
 * Who a commit or push here would be by, and who the binding wants it to be
 * by. Ask before either; `mismatch` is what the user is warned of.
 */
export async function identityState(parts: IdentityParts, repositoryId: string): Promise<IdentityState> {
  const stored = requireRepository(parts, repositoryId);
  const [{ identity: wanted }, read] = await Promise.all([
    repositoryChoice(parts, repositoryId),
    parts.engines.forWriting(stored.path).then((engine) => engine.identity(stored.path)),
  ]);
  const record = parts.storage.writtenConfiguration.find(recordName(repositoryId));
  return {
    ...read,
    wanted,
    mismatch: wanted !== null && differs(wanted, read.effective),
    written: record ? ((await stillStand(record.edits)) ? 'yes' : 'changed') : 'no',
  };
}

/** Writes the wanted identity into the repository's own configuration. Rejects `invalid-input` where none is wanted. */
export async function applyIdentity(parts: IdentityParts, repositoryId: string): Promise<IdentityState> {
  const { storage, engines } = parts;
  const stored = requireRepository(parts, repositoryId);
  const { identity } = await repositoryChoice(parts, repositoryId);
  if (!identity)
    return fail({
      kind: 'invalid-input',
      field: 'identity',
      reason: 'Neither this repository nor a rule for it has an identity.',
    });
  const id = recordName(repositoryId);
  // What was there before Polyforge wrote for the first time is what comes back.
  const before = storage.writtenConfiguration.find(id);
  if (before) {
    await takeBack(before.edits);
    storage.writtenConfiguration.remove(id);
  }
  const values = fields.flatMap(([field, key]) =>
    identity[field] === '' ? [] : [[key, identity[field]] as const],
  );
  try {
    const engine = await engines.forWriting(stored.path);
    await engine.configure(stored.path, values, (edits) => storage.writtenConfiguration.put({ id, edits }));
  } catch (error) {
    // Nothing was written, so there is nothing of ours to take back.
    storage.writtenConfiguration.remove(id);
    throw error;
  }
  return identityState(parts, repositoryId);
}

/** Puts back what was there. Rejects `invalid-input` when somebody changed those lines since. */
export async function restoreIdentity(parts: IdentityParts, repositoryId: string): Promise<IdentityState> {
  const { storage } = parts;
  requireRepository(parts, repositoryId);
  const record = storage.writtenConfiguration.find(recordName(repositoryId));
  if (record) {
    if (!(await takeBack(record.edits)))
      fail({
        kind: 'invalid-input',
        field: 'identity',
        reason:
          'The identity was changed in the configuration since Polyforge wrote it, so nothing was taken back.',
      });
    storage.writtenConfiguration.remove(record.id);
  }
  return identityState(parts, repositoryId);
}
