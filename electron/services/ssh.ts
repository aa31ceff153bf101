import { stat } from 'node:fs/promises';
import machine from 'node:os';
import path from 'node:path';
import type { SavedPassphrase, SshChoice } from '../../shared/contract/ssh';
import { fail } from '../../shared/errors';
import { isUsableKeyPath } from '../../shared/ssh-key-path';
import type { AccountChoices } from '../credentials/account-choice';
import { isKeyFile, listKeys } from '../credentials/ssh/keys';
import { passphraseName } from '../credentials/ssh/passphrases';
import type { Vault } from '../credentials/vault';
import type { Engines } from '../git/choose';
import type { EventSink } from '../platform';
import type { Storage, StoredRepository } from '../storage/storage';
import { repositoryChoice } from './identity';
import { os } from './procedure';

export interface SshServiceParts {
  storage: Storage;
  vault: Pick<Vault, 'delete'>;
  engines: Pick<Engines, 'forReading' | 'forWriting' | 'sshAgentKeys'>;
  choices: AccountChoices;
  events: EventSink;
  /** Where ssh looks for keys. Default: the user's .ssh. */
  folder?: string;
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function refuse(reason: string): never {
  return fail({ kind: 'invalid-input', field: 'path', reason });
}

/** A path as typed, `~` for the user's folder, as the absolute path of a key ssh can use. */
async function checkedPath(typed: string): Promise<string> {
  const text = typed.trim().replace(/^~(?=[\\/])/, machine.homedir());
  if (!path.isAbsolute(text)) refuse('absolute-path');
  const file = path.normalize(text);
  if (!isUsableKeyPath(file)) refuse('ssh cannot be given a file of this name. Rename it.');
  if (!(await isThere(file))) refuse('There is no such file.');
  if (!(await isKeyFile(file))) refuse('This file is no private key that ssh can use.');
  return file;
}

export function sshService(parts: SshServiceParts) {
  const { storage, vault, engines, events } = parts;
  const folder = parts.folder ?? path.join(machine.homedir(), '.ssh');
  const changed = () => events.emit({ type: 'ssh.changed' });

  const repository = (id: string): StoredRepository =>
    storage.repositories.find(id) ?? fail({ kind: 'gone', what: 'repository' });

  const choice = async (repositoryId: string): Promise<SshChoice> => {
    const stored = repository(repositoryId);
    const of = async (source: SshChoice['source'], file: string | null): Promise<SshChoice> => ({
      path: file,
      source,
      missing: file !== null && !(await isThere(file)),
    });
    if (stored.sshKey !== undefined) return of('repository', stored.sshKey);
    const { accountId } = await repositoryChoice(parts, repositoryId);
    const key = accountId === null ? undefined : storage.sshKeys.find(accountId)?.path;
    return key === undefined ? of('ssh', null) : of('account', key);
  };

  const passphrases = (): Promise<SavedPassphrase[]> =>
    Promise.all(
      storage.sshPassphrases.list().map(async ({ id, state, lastUsed }) => ({
        keyPath: id,
        state,
        lastUsed,
        missing: !(await isThere(id)),
      })),
    ).then((all) => all.sort((a, b) => a.keyPath.localeCompare(b.keyPath)));

  return os.ssh.router({
    keys: os.ssh.keys.handler(async () => {
      const chosen = [
        ...storage.sshKeys.list().map((key) => key.path),
        ...storage.repositories.list().flatMap((each) => each.sshKey ?? []),
      ];
      return listKeys(folder, chosen, await engines.sshAgentKeys());
    }),
    accountKeys: os.ssh.accountKeys.handler(() =>
      storage.sshKeys.list().map((key) => ({ accountId: key.id, path: key.path })),
    ),
    setAccountKey: os.ssh.setAccountKey.handler(async ({ input }) => {
      const file = input.path === null ? null : await checkedPath(input.path);
      if (!storage.accounts.find(input.accountId)) fail({ kind: 'gone', what: 'account' });
      if (file === null) storage.sshKeys.remove(input.accountId);
      else storage.sshKeys.put({ id: input.accountId, path: file });
      changed();
    }),
    choice: os.ssh.choice.handler(({ input }) => choice(input.repositoryId)),
    setRepositoryKey: os.ssh.setRepositoryKey.handler(async ({ input }) => {
      const file = input.path === null ? undefined : await checkedPath(input.path);
      storage.repositories.put({ ...repository(input.repositoryId), sshKey: file });
      changed();
      return choice(input.repositoryId);
    }),
    savedPassphrases: os.ssh.savedPassphrases.handler(passphrases),
    forgetPassphrase: os.ssh.forgetPassphrase.handler(async ({ input }) => {
      if (storage.sshPassphrases.find(input.keyPath)) {
        // The secret first: what is listed can be removed again, what is not never.
        await vault.delete(passphraseName(input.keyPath));
        storage.sshPassphrases.remove(input.keyPath);
        changed();
      }
      return passphrases();
    }),
  });
}
