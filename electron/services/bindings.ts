import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { AccountRule, ShownRule } from '../../shared/contract/bindings';
import { fail } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import type { AccountChoices } from '../credentials/account-choice';
import { checkedScope, inOrder, problemOf, sameScope } from '../credentials/account-rules';
import type { Engines } from '../git/choose';
import type { EventSink } from '../platform';
import type { Storage } from '../storage/storage';
import { httpPathStates, revertHttpPath, setHttpPath } from './http-path';
import { applyIdentity, identityState, repositoryChoice, restoreIdentity, shownChoice } from './identity';
import { os } from './procedure';

export interface BindingParts {
  storage: Storage;
  engines: Engines;
  choices: AccountChoices;
  events: EventSink;
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

export function bindingsService(parts: BindingParts) {
  const { storage, choices, events } = parts;
  const changed = () => events.emit({ type: 'bindings.changed' });

  const shown = (): Promise<ShownRule[]> =>
    Promise.all(
      inOrder(storage.rules.list()).map(async (rule) => {
        const { scope } = rule;
        const problem = problemOf(rule, storage.accounts.find(rule.accountId));
        const isMissing = scope.kind === 'folder' && !(await isFolder(scope.folder));
        return { ...rule, problem: problem ?? (isMissing ? ('folder-missing' as const) : null) };
      }),
    );

  const share = (one: string, other: string): boolean => {
    const origins = storage.accounts.find(one)?.origins.git ?? [];
    const others = storage.accounts.find(other)?.origins.git;
    // An account that is gone answers nowhere: its rule may be taken over.
    return !others || origins.some((origin) => others.includes(origin));
  };

  return os.bindings.router({
    rules: os.bindings.rules.handler(shown),
    putRule: os.bindings.putRule.handler(({ input }) => {
      const account = storage.accounts.find(input.accountId) ?? fail({ kind: 'gone', what: 'account' });
      const scope = checkedScope(input.scope, account);
      const isSame = (rule: AccountRule) => sameScope(rule.scope, scope, share(account.id, rule.accountId));
      const id = input.id ?? storage.rules.list().find(isSame)?.id ?? randomUUID();
      storage.rules.put({ id, scope, accountId: account.id, identity: input.identity });
      for (const rule of storage.rules.list())
        if (rule.id !== id && isSame(rule)) storage.rules.remove(rule.id);
      changed();
      return shown();
    }),
    removeRule: os.bindings.removeRule.handler(({ input }) => {
      storage.rules.remove(input.id);
      changed();
      return shown();
    }),
    choice: os.bindings.choice.handler(({ input }) => repositoryChoice(parts, input.repositoryId)),
    choiceFor: os.bindings.choiceFor.handler(async ({ input }) => {
      const url = requireRemoteUrl(input.url);
      const subject = { url, repositoryId: null, directory: input.directory };
      return shownChoice(await choices.choose(subject, { forGit: true }), url, choices);
    }),
    bindRepository: os.bindings.bindRepository.handler(({ input }) => {
      const stored =
        storage.repositories.find(input.repositoryId) ?? fail({ kind: 'gone', what: 'repository' });
      if (input.accountId !== null && !storage.accounts.find(input.accountId))
        fail({ kind: 'gone', what: 'account' });
      storage.repositories.put({
        ...stored,
        accountId: input.accountId,
        identity: input.identity ?? undefined,
      });
      events.emit({ type: 'repositories.changed' });
      changed();
    }),
    identity: os.bindings.identity.handler(({ input }) => identityState(parts, input.repositoryId)),
    applyIdentity: os.bindings.applyIdentity.handler(async ({ input }) => {
      const state = await applyIdentity(parts, input.repositoryId);
      changed();
      return state;
    }),
    restoreIdentity: os.bindings.restoreIdentity.handler(async ({ input }) => {
      const state = await restoreIdentity(parts, input.repositoryId);
      changed();
      return state;
    }),
    httpPaths: os.bindings.httpPaths.handler(() => httpPathStates(parts)),
    setHttpPath: os.bindings.setHttpPath.handler(async ({ input }) => {
      await setHttpPath(parts, input.origin, input.lines);
      changed();
      return httpPathStates(parts);
    }),
    revertHttpPath: os.bindings.revertHttpPath.handler(async ({ input }) => {
      await revertHttpPath(parts, input.origin);
      changed();
      return httpPathStates(parts);
    }),
  });
}
