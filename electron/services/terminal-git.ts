import type {
  ConfigurationChange,
  TerminalScope,
  TerminalScopeState,
} from '../../shared/contract/terminal-git';
import { fail } from '../../shared/errors';
import { makeText, takeBack } from '../git/configuration';
import type { PlannedText } from '../git/engine';
import type { EventSink } from '../platform';
import { os } from './procedure';
import { checkedTerminalScope, recordedScopes, recordName, standings } from './terminal-lines';
import {
  listedScope,
  offState,
  readScope,
  type ScopeReading,
  type TerminalScopeParts,
} from './terminal-scopes';

export interface TerminalGitParts extends TerminalScopeParts {
  events: EventSink;
}

function refuse(reason: string): never {
  return fail({ kind: 'invalid-input', field: 'change', reason });
}

/** Writes all of the plans, or none. `record` says what takes them back before anything is written. */
async function write(plans: readonly PlannedText[], record: () => void, forget: () => void): Promise<void> {
  const done: PlannedText[] = [];
  record();
  try {
    for (const plan of plans) {
      if (!(await makeText(plan)))
        refuse('The configuration is not as it was when the lines were shown. Look at them again.');
      done.push(plan);
    }
  } catch (error) {
    for (const { file, before, after } of [...done].reverse())
      await makeText({ file, before: after, after: before });
    forget();
    throw error;
  }
}

const isSame = (a: readonly ConfigurationChange[], b: readonly ConfigurationChange[]) =>
  JSON.stringify(a.map(({ file, lines, removed }) => [file, lines, removed])) ===
  JSON.stringify(b.map(({ file, lines, removed }) => [file, lines, removed]));

export function terminalGitService(parts: TerminalGitParts) {
  const { storage, events } = parts;
  const records = storage.writtenConfiguration;
  // One write at a time: two of them would each be planned for the file as it was before the other.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const enable = async (scope: TerminalScope, { plans, standing }: ScopeReading) => {
    const id = recordName(scope);
    const before = records.find(id);
    const next = plans.map(({ takesBack }) => takesBack);
    const kept = standing.flatMap(({ state: found, edit }) => (found === 'stands' ? [edit] : []));
    const files = [...new Set([...standing.map(({ edit }) => edit.file), ...next.map(({ file }) => file)])];
    const of = (file: string) => [
      ...next.filter((edit) => edit.file === file),
      ...kept.filter((edit) => edit.file === file),
    ];
    await write(
      plans,
      // Both, so that a kill at any moment leaves one of them standing.
      () => records.put({ id, edits: files.flatMap(of) }),
      () => (before ? records.put(before) : records.remove(id)),
    );
    records.put({ id, edits: files.flatMap((file) => of(file).slice(0, 1)) });
  };

  // Rests on the files alone: also without git, and for a repository that is gone from the list.
  const disable = async (scope: TerminalScope) => {
    const standing = await standings(records.find(recordName(scope))?.edits ?? []);
    const leave = () =>
      refuse('The lines were changed since Polyforge wrote them, so they are left as they are.');
    if (standing.some(({ state }) => state === 'changed')) leave();
    // What includes goes before what is included.
    for (const { state, edit } of [...standing].reverse())
      if (state === 'stands' && !(await takeBack([edit]))) leave();
    records.remove(recordName(scope));
  };

  const stateAfter = async (scope: TerminalScope): Promise<TerminalScopeState> => {
    events.emit({ type: 'terminal-git.changed' });
    return (await listedScope(scope, parts)) ?? offState(scope, parts);
  };

  return os.terminalGit.router({
    scopes: os.terminalGit.scopes.handler(async () => {
      const { state: all } = await readScope({ kind: 'all' }, parts);
      const listed: TerminalScopeState[] = [];
      // One after the other: each of them starts git for each host.
      for (const scope of recordedScopes(storage)) {
        const state = await listedScope(scope, parts);
        if (state && state.state !== 'off') listed.push(state);
      }
      const folders = listed.filter(({ scope }) => scope.kind === 'folder');
      const repositories = listed.filter(({ scope }) => scope.kind === 'repository');
      const byName = (a: TerminalScopeState, b: TerminalScopeState) => a.name.localeCompare(b.name);
      return [all, ...folders.sort(byName), ...repositories.sort(byName)];
    }),
    scope: os.terminalGit.scope.handler(
      async ({ input }) => (await readScope(checkedTerminalScope(input.scope), parts)).state,
    ),
    enable: os.terminalGit.enable.handler(async ({ input }) => {
      const scope = checkedTerminalScope(input.scope);
      await inTurn(async () => {
        const reading = await readScope(scope, parts);
        const planned = reading.state.enable;
        if (!planned || !isSame(planned, input.changes))
          refuse('The configuration is not as it was when the lines were shown. Look at them again.');
        await enable(scope, reading);
      });
      return stateAfter(scope);
    }),
    disable: os.terminalGit.disable.handler(async ({ input }) => {
      const scope = checkedTerminalScope(input.scope);
      await inTurn(() => disable(scope));
      return stateAfter(scope);
    }),
  });
}
