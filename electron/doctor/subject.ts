import { stat } from 'node:fs/promises';
import type { z } from 'zod';
import type { Account, AccountDraft } from '../../shared/contract/accounts';
import type { doctorSubjectSchema } from '../../shared/contract/doctor';
import { type AppError, AppFailure, fail } from '../../shared/errors';
import { parseRemoteUrl, type RemoteUrl } from '../../shared/remote-url';
import { accountOfDraft } from '../credentials/account-draft';
import { secretName } from '../credentials/sessions';
import type { DoctorParts, Examination, Patient, SecretSource } from './examination';
import type { Mask } from './mask';

export type Subject = z.output<typeof doctorSubjectSchema>;

/** What a subject comes to, or the reason why its address cannot be one. */
type Found<T> = { value: T; error: null } | { value: null; error: AppError };

function remoteOf(text: string): Found<RemoteUrl> {
  const parsed = parseRemoteUrl(text);
  return parsed.ok ? { value: parsed.url, error: null } : { value: null, error: parsed.error };
}

function patientOf({ registry }: DoctorParts, account: Account, source: SecretSource): Patient {
  const provider = registry.of(account.kind);
  const kind = provider.kinds.find((one) => one.kind === account.kind);
  if (!kind) throw new Error(`no kind ${account.kind}`);
  return { account, provider, kind, source, secret: null, session: null, signedIn: null };
}

function draftPatient(parts: DoctorParts, draft: AccountDraft): Found<Patient> {
  const stored = draft.accountId === undefined ? undefined : parts.storage.accounts.find(draft.accountId);
  const typed = draft.authenticationType === 'app' ? draft.privateKey : draft.token;
  try {
    const account = accountOfDraft(draft, parts.registry.of(draft.kind), stored);
    // A blank field stands for the stored secret, and only for the address and the way it was added for.
    const isStored =
      typed.trim() === '' &&
      stored?.authenticationType === account.authenticationType &&
      secretName(stored) === secretName(account);
    return {
      value: patientOf(parts, account, isStored ? { kind: 'stored' } : { kind: 'typed', typed }),
      error: null,
    };
  } catch (error) {
    if (error instanceof AppFailure) return { value: null, error: error.error };
    throw error;
  }
}

/** The first remote of a repository on this machine; null: it has none. */
async function remoteOfRepository(parts: DoctorParts, path: string): Promise<string | null> {
  const isThere = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere) return fail({ kind: 'path-not-found', path });
  const engine = await parts.engines.forReading(path);
  const { remotes } = await engine.overview(path);
  return (remotes.find(({ name }) => name === 'origin') ?? remotes[0])?.url ?? null;
}

/** Puts together what is known before the first step. Rejects `gone`, and what reading the repository rejects. */
export async function examinationOf(
  parts: DoctorParts,
  subject: Subject,
  mask: Mask,
  signal: AbortSignal,
): Promise<Examination> {
  const { storage } = parts;
  const repository =
    subject.repositoryId === null
      ? undefined
      : (storage.repositories.find(subject.repositoryId) ?? fail({ kind: 'gone', what: 'repository' }));
  const address = subject.url ?? (repository ? await remoteOfRepository(parts, repository.path) : null);
  const remote = address === null ? null : remoteOf(address);
  const choice =
    subject.accountId === null && subject.draft === null && remote?.value
      ? await parts.choices.choose(
          { url: remote.value, repositoryId: subject.repositoryId },
          { forGit: true },
        )
      : null;

  let patient: Found<Patient> | null = null;
  const stored =
    subject.accountId === null
      ? choice?.account
      : (storage.accounts.find(subject.accountId) ?? fail({ kind: 'gone', what: 'account' }));
  if (subject.draft) patient = draftPatient(parts, subject.draft);
  else if (stored) patient = { value: patientOf(parts, stored, { kind: 'stored' }), error: null };

  const self = patient?.value?.account.id;
  return {
    parts,
    signal,
    mask,
    isDraft: subject.draft !== null,
    chosen: choice === null || (choice.source !== 'namespace' && choice.source !== 'only'),
    candidates: choice?.account ? [] : (choice?.candidates ?? []),
    patient: patient?.value ?? null,
    addressError: patient?.error ?? remote?.error ?? null,
    remote: remote?.value ?? null,
    repository: null,
    others: storage.accounts
      .list()
      .filter(
        ({ id, origins }) =>
          id !== self &&
          remote?.value !== undefined &&
          remote?.value !== null &&
          origins.git.includes(remote.value.origin),
      ),
  };
}
