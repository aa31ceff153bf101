import { implement } from '@orpc/server';
import type { AppEvent } from '../../../shared/contract/application';
import { contract } from '../../../shared/contract/index';
import type { TerminalScope, TerminalScopeState } from '../../../shared/contract/terminal-git';
import type { CoreState } from './core';

const os = implement(contract).terminalGit;

/** Nothing is written yet, and two hosts would be answered. */
export function scopeState(more: Partial<TerminalScopeState> = {}): TerminalScopeState {
  return {
    scope: { kind: 'all' },
    name: '',
    state: 'off',
    hosts: [
      {
        origin: 'https://github.com',
        accountIds: ['a1', 'a2'],
        helpers: [
          { name: 'manager', value: '/usr/local/bin/git-credential-manager', source: '/etc/gitconfig' },
        ],
        winner: 'other',
        after: 'polyforge',
      },
      {
        origin: 'https://gitlab.example.test:8443',
        accountIds: ['a3'],
        helpers: [],
        winner: 'nobody',
        after: 'polyforge',
      },
    ],
    enable: [
      {
        file: '/home/jane/.gitconfig',
        lines: ['https://github.com', 'https://gitlab.example.test:8443'].flatMap((origin) => [
          `[credential "${origin}"]`,
          '\thelper =',
          '\thelper = /home/jane/.local/share/polyforge/bin/git-credential-polyforge',
          '\tuseHttpPath = true',
        ]),
        removed: [],
      },
    ],
    disable: null,
    written: [],
    obstacle: null,
    ...more,
  };
}

/** The same, written. */
export function turnedOn(state: TerminalScopeState): TerminalScopeState {
  const polyforge = { name: 'polyforge', value: 'polyforge', source: '/home/jane/.gitconfig' };
  return {
    ...state,
    state: 'on',
    hosts: state.hosts.map((host) => ({ ...host, helpers: [polyforge], winner: 'polyforge' })),
    enable: null,
    disable: (state.enable ?? []).map(({ file, lines }) => ({ file, lines: [], removed: lines })),
  };
}

const isSame = (a: TerminalScope, b: TerminalScope) => JSON.stringify(a) === JSON.stringify(b);

/** Scopes over plain state: what is not listed is off. A folder called `missing` is not there. */
export function terminalGitOf(state: CoreState, emit: (event: AppEvent) => void) {
  const find = (scope: TerminalScope): TerminalScopeState => {
    const listed = state.terminalScopes.find((one) => isSame(one.scope, scope));
    if (listed) return listed;
    const name =
      scope.kind === 'folder' ? scope.folder : scope.kind === 'repository' ? scope.repositoryId : '';
    const isMissing = name.endsWith('/missing');
    return scopeState({
      scope,
      name,
      ...(isMissing ? { obstacle: 'folder-missing' as const, enable: null } : {}),
    });
  };
  const put = (next: TerminalScopeState): TerminalScopeState => {
    const others = state.terminalScopes.filter((one) => !isSame(one.scope, next.scope));
    const isListed = next.scope.kind === 'all' || next.state !== 'off';
    const all = isListed ? [...others, next] : others;
    state.terminalScopes = all.sort(
      (a, b) => Number(b.scope.kind === 'all') - Number(a.scope.kind === 'all'),
    );
    emit({ type: 'terminal-git.changed' });
    return next;
  };
  return os.router({
    scopes: os.scopes.handler(() => {
      const all = find({ kind: 'all' });
      return [all, ...state.terminalScopes.filter((one) => one.scope.kind !== 'all')];
    }),
    scope: os.scope.handler(({ input, errors }) => {
      if (input.scope.kind === 'folder' && !input.scope.folder.startsWith('/'))
        throw errors.APP_ERROR({
          data: { kind: 'invalid-input', field: 'folder', reason: 'absolute-path' },
        });
      return find(input.scope);
    }),
    enable: os.enable.handler(({ input, errors }) => {
      state.calls.push({ name: 'terminalGit.enable', input });
      if (state.terminalFails) throw errors.APP_ERROR({ data: state.terminalFails });
      return put(turnedOn(find(input.scope)));
    }),
    disable: os.disable.handler(({ input, errors }) => {
      state.calls.push({ name: 'terminalGit.disable', input });
      if (state.terminalFails) throw errors.APP_ERROR({ data: state.terminalFails });
      const found = find(input.scope);
      return put(scopeState({ scope: found.scope, name: found.name }));
    }),
  });
}
