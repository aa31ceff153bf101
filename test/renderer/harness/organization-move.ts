import { implement } from '@orpc/server';
import type { AppEvent } from '../../../shared/contract/application';
import { contract } from '../../../shared/contract/index';
import type { MoveEntry, MovePlan } from '../../../shared/contract/organization-move';
import type { CoreState } from './core';

const os = implement(contract);

/** The move as the core tells it: what is done is read from the accounts there are. */
export function organizationMoveOf(state: CoreState, emit: (event: AppEvent) => void) {
  const planOf = (plan: MovePlan, also: string[]): MovePlan => {
    const entryOf = (entry: MoveEntry): MoveEntry => {
      const own = state.accounts.find((each) => each.organization === entry.organization);
      return {
        ...entry,
        account: own
          ? { id: own.id, alias: own.alias, working: own.state.status === 'working' }
          : entry.account,
      };
    };
    const [first] = plan.entries;
    const added = first
      ? also.map((organization): MoveEntry => ({ ...first, organization, repositories: [] }))
      : [];
    return { ...plan, entries: [...plan.entries, ...added].map(entryOf) };
  };
  return os.organizationMove.router({
    ending: os.organizationMove.ending.handler(() =>
      state.moves
        .filter((plan) => state.accounts.some((each) => each.id === plan.accountId))
        .map(({ accountId, until }) => ({ accountId, until })),
    ),
    plan: os.organizationMove.plan.handler(({ input, errors }) => {
      const plan = state.moves.find((each) => each.accountId === input.accountId);
      if (!plan) throw errors.APP_ERROR({ data: { kind: 'gone', what: 'account' } });
      return planOf(plan, input.also);
    }),
    rebind: os.organizationMove.rebind.handler(({ input }) => {
      state.calls.push({ name: 'organizationMove.rebind', input });
      let repositories = 0;
      for (const plan of state.moves)
        for (const entry of plan.entries)
          if (entry.organization === input.organization) repositories += entry.repositories.splice(0).length;
      emit({ type: 'repositories.changed' });
      return { repositories };
    }),
  });
}
