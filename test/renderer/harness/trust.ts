import { implement } from '@orpc/server';
import type { AppEvent } from '../../../shared/contract/application';
import { contract } from '../../../shared/contract/index';
import type { CoreState } from './core';

const os = implement(contract).trust;

/** Trusted folders over plain state. No repository of the stand-in names anything. */
export function trustOf(state: CoreState, emit: (event: AppEvent) => void) {
  return os.router({
    state: os.state.handler(() => ({
      state: 'plain',
      findings: [],
      total: 0,
      folder: '/',
      engine: 'system',
      reason: '',
    })),
    grant: os.grant.handler(({ errors }) => {
      throw errors.APP_ERROR({ data: { kind: 'gone', what: 'repository' } });
    }),
    revoke: os.revoke.handler(({ input }) => {
      state.calls.push({ name: 'trust.revoke', input });
      state.trustedFolders = state.trustedFolders.filter(({ folder }) => folder !== input.folder);
      emit({ type: 'trust.changed' });
      return state.trustedFolders;
    }),
    list: os.list.handler(() => state.trustedFolders),
  });
}
