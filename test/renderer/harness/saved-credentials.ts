import { implement } from '@orpc/server';
import type { AppEvent } from '../../../shared/contract/application';
import { contract } from '../../../shared/contract/index';
import type { ShownAllowedHost, ShownSavedCredential } from '../../../shared/contract/saved-credentials';
import type { CoreState } from './core';

const os = implement(contract);

/** Lists that can be changed; every change is in `calls`. */
export function savedCredentialsOf(state: CoreState, emit: (event: AppEvent) => void) {
  const changed = () => emit({ type: 'saved-credentials.changed' });
  return os.savedCredentials.router({
    list: os.savedCredentials.list.handler(({ errors }) => {
      if (state.listFails) throw errors.APP_ERROR({ data: state.listFails });
      return state.savedCredentials;
    }),
    replace: os.savedCredentials.replace.handler(({ input, errors }) => {
      state.calls.push({ name: 'savedCredentials.replace', input });
      const { id, username, password } = input;
      if (/[\r\n]/.test(username))
        throw errors.APP_ERROR({ data: { kind: 'invalid-input', field: 'username', reason: 'line-end' } });
      if (!state.savedCredentials.some((each) => each.id === id))
        throw errors.APP_ERROR({ data: { kind: 'gone', what: 'saved-credential' } });
      state.savedCredentials = state.savedCredentials.map((each) =>
        each.id === id
          ? {
              ...each,
              username,
              state: 'unchecked',
              expiresAt: password === null ? each.expiresAt : null,
              missing: password === null && each.missing,
            }
          : each,
      );
      changed();
      return state.savedCredentials;
    }),
    remove: os.savedCredentials.remove.handler(({ input }) => {
      state.savedCredentials = state.savedCredentials.filter(({ id }) => id !== input.id);
      changed();
      return state.savedCredentials;
    }),
    allowedHosts: os.savedCredentials.allowedHosts.handler(() => state.allowedHosts),
    disallowHost: os.savedCredentials.disallowHost.handler(({ input }) => {
      state.allowedHosts = state.allowedHosts.filter(({ id }) => id !== input.id);
      changed();
      return state.allowedHosts;
    }),
  });
}

export function savedCredential(id: string, rest: Partial<ShownSavedCredential> = {}): ShownSavedCredential {
  const host = rest.host ?? 'git.example.com';
  return {
    id,
    origin: `https://${host}`,
    host,
    path: `team/${id}`,
    username: 'jane',
    state: 'working',
    lastUsed: Date.now() - 3 * 3_600_000,
    source: 'application',
    expiresAt: null,
    missing: false,
    ...rest,
  };
}

/** One in every state, with names that are long where names can be. */
export const everyCredential: ShownSavedCredential[] = [
  savedCredential('api'),
  savedCredential('website', { state: 'unchecked', source: 'terminal' }),
  savedCredential('whole', { path: '', username: '', source: 'terminal' }),
  savedCredential('ended', { expiresAt: Date.now() - 86_400_000 }),
  savedCredential('lost', { missing: true }),
  savedCredential('plain', { origin: 'http://intranet', host: 'http://intranet', username: 'j' }),
  savedCredential('long', {
    host: 'gitlab.department.contoso.example.com:8443',
    path: `${'a-group-with-a-name/'.repeat(6)}a-repository-with-a-long-name`,
    username: 'jane.wilhelmina.doe-featherstonehaugh@department.contoso.example.com',
    state: 'refused',
  }),
];

export const allowedHosts: ShownAllowedHost[] = [
  {
    id: 'lfs',
    host: 'gitlab.department.contoso.example.com:8443',
    path: `${'a-group-with-a-name/'.repeat(6)}website`,
    otherHost: 'large-files.another-department.contoso.example.net',
    addedAt: Date.now() - 40 * 86_400_000,
  },
  {
    id: 'module',
    host: 'git.example.com',
    path: 'team/api',
    otherHost: 'modules.example.net',
    addedAt: Date.now() - 60_000,
  },
];
