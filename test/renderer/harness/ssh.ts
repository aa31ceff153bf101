import { implement } from '@orpc/server';
import type { AppEvent } from '../../../shared/contract/application';
import { contract } from '../../../shared/contract/index';
import type { SavedPassphrase, SshKey } from '../../../shared/contract/ssh';
import type { CoreState } from './core';

const os = implement(contract);

/** What the stand-in knows of ssh. */
export interface SshState {
  keys: SshKey[];
  accountKeys: { accountId: string; path: string }[];
  repositoryKeys: { repositoryId: string; path: string }[];
  passphrases: SavedPassphrase[];
}

/** Keys over plain state; a path that is no key of it is refused. */
export function sshOf(state: CoreState, emit: (event: AppEvent) => void) {
  const changed = () => emit({ type: 'ssh.changed' });
  const isKey = (path: string | null) => path === null || state.ssh.keys.some((key) => key.path === path);
  const refusal = {
    data: { kind: 'invalid-input' as const, field: 'path', reason: 'There is no such file.' },
  };
  const choiceOf = (repositoryId: string) => {
    const own = state.ssh.repositoryKeys.find((each) => each.repositoryId === repositoryId)?.path;
    const account = state.ssh.accountKeys[0]?.path;
    const path = own ?? account ?? null;
    return {
      path,
      source: own ? ('repository' as const) : account ? ('account' as const) : ('ssh' as const),
      missing: !isKey(path),
    };
  };
  return os.ssh.router({
    keys: os.ssh.keys.handler(({ errors }) => {
      if (state.listFails) throw errors.APP_ERROR({ data: state.listFails });
      return state.ssh.keys;
    }),
    accountKeys: os.ssh.accountKeys.handler(() => state.ssh.accountKeys),
    setAccountKey: os.ssh.setAccountKey.handler(({ input, errors }) => {
      state.calls.push({ name: 'ssh.setAccountKey', input });
      if (!isKey(input.path)) throw errors.APP_ERROR(refusal);
      state.ssh.accountKeys = state.ssh.accountKeys.filter((each) => each.accountId !== input.accountId);
      if (input.path !== null) state.ssh.accountKeys.push({ accountId: input.accountId, path: input.path });
      changed();
    }),
    choice: os.ssh.choice.handler(({ input }) => choiceOf(input.repositoryId)),
    setRepositoryKey: os.ssh.setRepositoryKey.handler(({ input, errors }) => {
      state.calls.push({ name: 'ssh.setRepositoryKey', input });
      if (!isKey(input.path)) throw errors.APP_ERROR(refusal);
      const { repositoryId, path } = input;
      state.ssh.repositoryKeys = path === null ? [] : [{ repositoryId, path }];
      changed();
      return choiceOf(repositoryId);
    }),
    savedPassphrases: os.ssh.savedPassphrases.handler(() => state.ssh.passphrases),
    forgetPassphrase: os.ssh.forgetPassphrase.handler(({ input }) => {
      state.calls.push({ name: 'ssh.forgetPassphrase', input });
      state.ssh.passphrases = state.ssh.passphrases.filter((each) => each.keyPath !== input.keyPath);
      changed();
      return state.ssh.passphrases;
    }),
  });
}

const key = (name: string, rest: Partial<SshKey> = {}): SshKey => ({
  path: `/home/jane/.ssh/${name}`,
  type: 'ed25519',
  comment: 'jane@laptop',
  fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
  inAgent: false,
  ...rest,
});

const nothing: SshState = { keys: [], accountKeys: [], repositoryKeys: [], passphrases: [] };

/** Every kind of key, and more of them than fit. */
export const manyKeys: SshState = {
  ...nothing,
  keys: [
    key('id_ed25519', { inAgent: true }),
    key('id_rsa', {
      type: 'rsa 4096',
      comment: 'Jane Wilhelmina Doe-Featherstonehaugh, old laptop of the office',
    }),
    key('naked', { type: null, comment: '', fingerprint: null }),
    key(
      'of the department/contoso/id_ed25519_with_a_name_that_is_longer_than_any_dialog_is_wide_and_goes_on',
    ),
    key('id_ecdsa_sk', { type: 'ecdsa-sk', inAgent: true }),
  ],
  accountKeys: [{ accountId: 'one', path: '/home/jane/.ssh/id_rsa' }],
};

export const savedPassphrases: SshState = {
  ...nothing,
  passphrases: [
    {
      keyPath: '/home/jane/.ssh/id_ed25519',
      state: 'working',
      lastUsed: Date.now() - 60_000,
      missing: false,
    },
    {
      keyPath: '/home/jane.wilhelmina.doe/Documents/company keys/contoso/department/id_ed25519_of_the_year',
      state: 'refused',
      lastUsed: Date.now() - 86_400_000,
      missing: true,
    },
  ],
};
