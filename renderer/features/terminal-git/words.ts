import type {
  ConfiguredHelper,
  TerminalHost,
  TerminalScope,
  TerminalScopeState,
} from '../../../shared/contract/terminal-git';
import type { Tone } from '../../components/StatusBadge';
import { visibleText } from '../../components/visible-text';
import { hostWords } from '../../errors/describe-choice';

/** Programs as people know them. */
const programs: Record<string, string> = {
  polyforge: 'Polyforge',
  manager: 'Git Credential Manager',
  store: 'Git’s password file',
  cache: 'Git’s password cache',
  libsecret: 'the system keyring',
  osxkeychain: 'the macOS keychain',
  wincred: 'Windows Credential Manager',
  oauth: 'git-credential-oauth',
  gh: 'GitHub CLI',
  glab: 'GitLab CLI',
};

function helperWords(helper: ConfiguredHelper): string {
  const known = programs[helper.name];
  if (known) return known;
  const value = visibleText(helper.value);
  return value.length > 60 ? `${value.slice(0, 60)}…` : value;
}

/** Who answers a host now, and where that is set. */
export function nowWords({ helpers }: TerminalHost): { who: string; source: string | null } {
  const [first] = helpers;
  if (!first) return { who: 'nobody, Git asks you', source: null };
  return { who: helperWords(first), source: first.source === '' ? null : visibleText(first.source) };
}

export function afterWords({ after, helpers }: TerminalHost): string {
  if (after === 'polyforge') return 'Polyforge';
  const other = helpers.find(({ name }) => name !== 'polyforge');
  return after === 'other' && other ? helperWords(other) : 'nobody';
}

export function scopeName({ scope, name }: Pick<TerminalScopeState, 'scope' | 'name'>): string {
  return scope.kind === 'all' ? 'All repositories' : visibleText(name);
}

export function scopeTitle(scope: TerminalScope): string {
  switch (scope.kind) {
    case 'all':
      return 'Use Polyforge in every repository';
    case 'folder':
      return 'Use Polyforge in a folder';
    case 'repository':
      return 'Use Polyforge in one repository';
    default:
      return scope satisfies never;
  }
}

/** Hosts another program answers for although the lines stand. */
export function beaten({ state, hosts }: TerminalScopeState): TerminalHost[] {
  return state === 'on' ? hosts.filter(({ winner }) => winner !== 'polyforge') : [];
}

export function stateWords(state: TerminalScopeState): { tone: Tone; text: string } {
  switch (state.state) {
    case 'on':
      if (state.obstacle === 'no-helper') return { tone: 'warn', text: 'Program missing' };
      return beaten(state).length > 0
        ? { tone: 'warn', text: 'On, another goes first' }
        : { tone: 'good', text: 'On' };
    case 'partly':
      return { tone: 'warn', text: 'Not up to date' };
    case 'changed':
      return { tone: 'warn', text: 'Changed by hand' };
    case 'off':
      return { tone: 'neutral', text: 'Off' };
    default:
      return state.state satisfies never;
  }
}

/** What stands in the way, and what to do next. */
export const obstacles: Record<NonNullable<TerminalScopeState['obstacle']>, string> = {
  'no-git': 'No installed Git was found. Install Git, or name its path above, to use your accounts there.',
  'no-file':
    'Your Git is told to use no configuration file of its own (GIT_CONFIG_GLOBAL), so there is no place for the lines. Turn it on for single repositories instead.',
  'no-accounts':
    'There is no account Polyforge could answer with. Add one that is used for repositories first.',
  'folder-missing': 'The folder is not there: it was moved, or is on a drive that is not connected.',
  'no-helper':
    'The program Git would start is missing in Polyforge’s data folder. Start Polyforge again to put it there.',
};

/** A short second line of a scope's row. */
export function summary(state: TerminalScopeState): string | null {
  const wins = beaten(state)[0];
  if (wins) return `${hostWords(wins.origin)}: ${nowWords(wins).who} goes first.`;
  if (state.state === 'partly') return 'Accounts were added or removed since.';
  if (state.state === 'changed') return 'Somebody edited the lines, so Polyforge leaves them alone.';
  if (state.state === 'off') return null;
  const names = state.hosts.map(({ origin }) => hostWords(origin));
  const shown = names.slice(0, 3).join(', ');
  return names.length === 0
    ? null
    : `For ${shown}${names.length > 3 ? ` and ${names.length - 3} more` : ''}.`;
}
