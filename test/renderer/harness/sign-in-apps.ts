import type { implement } from '@orpc/server';
import type { AppEvent } from '../../../shared/contract/application';
import type { contract } from '../../../shared/contract/index';
import type { CoreState } from './core';
import { kinds } from './kinds';

type Os = ReturnType<typeof implement<typeof contract>>;

/** Client ids over plain state. */
export function signInAppsOf(state: CoreState, os: Os, emit: (event: AppEvent) => void) {
  return os.signInApps.router({
    kinds: os.signInApps.kinds.handler(() =>
      kinds
        .filter((kind) => kind.authentication.some(({ type }) => type === 'oauth'))
        .map((kind) => ({
          kind: kind.kind,
          label: kind.label,
          flows: ['device' as const],
          url: 'https://github.com',
          hasTenant: kind.provider === 'azure-devops',
          steps: ['Register an application.', 'Copy its Client ID here.'],
          page: 'https://github.com/settings/applications/new',
        })),
    ),
    list: os.signInApps.list.handler(() => state.signInApps),
    put: os.signInApps.put.handler(({ input }) => {
      const id = input.id ?? `app-${state.signInApps.length + 1}`;
      state.signInApps = [...state.signInApps.filter((app) => app.id !== id), { ...input, id }];
      emit({ type: 'preferences.changed' });
      return state.signInApps;
    }),
    remove: os.signInApps.remove.handler(({ input }) => {
      state.signInApps = state.signInApps.filter((app) => app.id !== input.id);
      emit({ type: 'preferences.changed' });
      return state.signInApps;
    }),
    of: os.signInApps.of.handler(({ input }) => ({
      app: state.signInApps.find((app) => app.kind === input.kind && app.url === input.url) ?? null,
    })),
  });
}
