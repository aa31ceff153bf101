import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Account } from '../../shared/contract/accounts';
import type { ConfigurationChange, TerminalScope } from '../../shared/contract/terminal-git';
import type { ConfigurationEdit } from '../../shared/configuration-edit';
import { fail } from '../../shared/errors';
import {
  editOf,
  keptHeader,
  linesOf,
  placeOf,
  readConfiguration,
  realFile,
  shownLines,
} from '../git/configuration';
import type { ConfigurationSection, ConfigurationTarget, PlannedText, UserGit } from '../git/engine';
import type { Storage } from '../storage/storage';

/** Hosts git signs in to with an account, and those accounts; in the order of their names. */
export function accountHosts(accounts: readonly Account[]): { origin: string; accounts: Account[] }[] {
  const hosts = new Map<string, Account[]>();
  for (const account of accounts)
    if (account.useForRepositories)
      for (const origin of account.origins.git) hosts.set(origin, [...(hosts.get(origin) ?? []), account]);
  return [...hosts]
    .map(([origin, those]) => ({ origin, accounts: those }))
    .sort((a, b) => a.origin.localeCompare(b.origin));
}

/** The scope as it is kept: an absolute folder. Rejects `invalid-input` (`folder`). */
export function checkedTerminalScope(scope: TerminalScope): TerminalScope {
  if (scope.kind !== 'folder') return scope;
  if (!path.isAbsolute(scope.folder))
    fail({ kind: 'invalid-input', field: 'folder', reason: 'absolute-path' });
  // The name of a section ends with its line, git-config(1).
  if (/[\0\n]/.test(scope.folder))
    fail({
      kind: 'invalid-input',
      field: 'folder',
      reason: 'Git’s configuration cannot name a folder with a line break in its name.',
    });
  return { kind: 'folder', folder: path.resolve(scope.folder) };
}

const prefix = 'terminal:';

export function recordName(scope: TerminalScope): string {
  if (scope.kind === 'all') return `${prefix}all`;
  return scope.kind === 'folder'
    ? `${prefix}folder:${scope.folder}`
    : `${prefix}repository:${scope.repositoryId}`;
}

/** Folders and repositories something was written for. */
export function recordedScopes(storage: Pick<Storage, 'writtenConfiguration'>): TerminalScope[] {
  return storage.writtenConfiguration.list().flatMap(({ id }): TerminalScope[] => {
    const [, kind, name = ''] = /^terminal:(folder|repository):(.*)$/s.exec(id) ?? [];
    if (kind === 'folder') return [{ kind, folder: name }];
    return kind === 'repository' ? [{ kind, repositoryId: name }] : [];
  });
}

/**
 * The value of credential.helper for a program: git gives it to the shell,
 * and takes it for a path only where it starts as one (credential.c).
 */
export function helperValue(program: string): string {
  const slashed = process.platform === 'win32' ? program.replaceAll('\\', '/') : program;
  if (/^[\w/.:@%+,=\u0080-\u{10ffff}-]+$/u.test(slashed)) return slashed;
  return `!'${slashed.replaceAll("'", String.raw`'\''`)}'`;
}

/** The sections that make Polyforge answer for hosts, and for no other. The empty helper drops those named before. */
function hostSections(origins: readonly string[], launcher: string): ConfigurationSection[] {
  return origins.map((origin) => ({
    section: 'credential',
    subsection: origin,
    entries: [
      ['helper', ''],
      ['helper', helperValue(launcher)],
      ['useHttpPath', 'true'],
    ],
  }));
}

export interface Wanted {
  target: ConfigurationTarget;
  sections: ConfigurationSection[];
}

/** What belongs in which file, in the order it is written: what is included before what includes it. */
export async function wantedFor(
  scope: TerminalScope,
  parts: {
    git: UserGit;
    origins: readonly string[];
    launcher: string;
    dataDirectory: string;
    directory: string | null;
  },
): Promise<Wanted[]> {
  const sections = hostSections(parts.origins, parts.launcher);
  if (scope.kind === 'all') return [{ target: { kind: 'global' }, sections }];
  if (scope.kind === 'repository')
    return parts.directory === null
      ? []
      : [{ target: { kind: 'repository', directory: parts.directory }, sections }];
  const folder = await realFile(scope.folder);
  const name = createHash('sha256').update(scope.folder).digest('hex').slice(0, 12);
  const file = path.join(await realFile(parts.dataDirectory), 'terminal-git', `${name}.gitconfig`);
  const shown = process.platform === 'win32' ? file.replaceAll('\\', '/') : file;
  return [
    { target: { kind: 'file', file }, sections },
    {
      target: { kind: 'global' },
      sections: [
        { section: 'includeIf', subsection: parts.git.conditionFor(folder), entries: [['path', shown]] },
      ],
    },
  ];
}

/** The edit's lines that are ours alone, after those that were written again because they had no line end. */
function own(edit: ConfigurationEdit): string[] {
  return edit.added.slice(edit.removed.length);
}

/**
 * What a planned text does to the lines of ours in its file. The user's own
 * that lie between the old place and the new one stay as they are, and may
 * hold a secret: they are not shown.
 */
export function changeOf(
  { file, takesBack }: PlannedText,
  standing: readonly Standing[],
): ConfigurationChange {
  const before = standing.find(({ state, edit }) => state === 'stands' && edit.file === file);
  const now = own(takesBack);
  const old = before ? ownTaken(before) : [];
  const edit = before?.at === takesBack.at ? editOf(file, old.join(''), now.join('')) : null;
  return { file, lines: shownLines(edit?.added ?? now), removed: shownLines(edit?.removed ?? old) };
}

function ownTaken({ edit, kept }: Pick<Standing, 'edit' | 'kept'>): string[] {
  const lines = own(edit);
  return kept === null ? lines : lines.toSpliced(lines.lastIndexOf(kept), 1);
}

/** What taking an edit back does to its file; `kept` as of `Standing`. */
export function takenBack(standing: Standing): ConfigurationChange {
  return { file: standing.edit.file, lines: [], removed: shownLines(ownTaken(standing)) };
}

/** What became of one file's lines. */
export interface Standing {
  state: 'stands' | 'absent' | 'changed';
  edit: ConfigurationEdit;
  /** Line it stands at now; null: it does not. */
  at: number | null;
  /** The line of ours that stays because somebody has written into its section. */
  kept: string | null;
}

/** Lines nobody but us writes: those that name our program or file. */
function tellingLines(edit: ConfigurationEdit): Set<string> {
  return new Set(
    own(edit)
      .map((line) => line.trim())
      .filter((line) => /^(?:helper|path) = ./.test(line)),
  );
}

/**
 * For each file the record tells of: whether its lines stand. Of several
 * edits of one file, kept while it is written, the first that stands counts.
 */
export async function standings(edits: readonly ConfigurationEdit[]): Promise<Standing[]> {
  const files = [...new Set(edits.map((edit) => edit.file))];
  return Promise.all(
    files.map(async (file): Promise<Standing> => {
      const those = edits.filter((edit) => edit.file === file);
      const now = linesOf((await readConfiguration(file)) ?? '');
      for (const edit of those) {
        const at = placeOf(now, edit);
        if (at !== null) return { state: 'stands', edit, at, kept: keptHeader(now, at, edit) };
      }
      const [edit] = those;
      if (!edit) return fail({ kind: 'internal', reference: 'terminal-git' });
      const telling = new Set(those.flatMap((one) => [...tellingLines(one)]));
      const isLeft = now.some((line) => telling.has(line.trim()));
      return { state: isLeft ? 'changed' : 'absent', edit, at: null, kept: null };
    }),
  );
}
