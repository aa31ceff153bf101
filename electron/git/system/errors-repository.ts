import path from 'node:path';
import type { AppError } from '../../../shared/errors';
import { type ErrorContext, type Make, type Row, unsupported, unsupportedAsTold } from './error-row';

const noRepository: Make = ({ directory }) => ({ kind: 'not-a-repository', path: directory });

function broken({ command }: ErrorContext, _match: RegExpExecArray, detail: string): AppError {
  return { kind: 'git-failed', command, exitCode: 128, detail };
}

/** Never answered with `safe.directory=*`: the user decides folder by folder (electron/git/trust). */
function whose(owner: string | undefined): string {
  return owner === undefined ? '' : ` (${owner})`;
}

function busy(directory: string, file: string): AppError {
  return { kind: 'repository-busy', path: path.join(directory, file) };
}

/** Of the repository itself: where it is, whose, its format, its files. */
export const repositoryRows: readonly Row[] = [
  [
    // Windows names the owner on the lines below (compat/mingw.c).
    /detected dubious ownership in repository(?:[^\n]*\n'[^\n]*' is owned by:\n\t'?([^\n]*?)'? \(S-[^\n]*\)\n)?/,
    ({ directory, owner }, match) => ({
      kind: 'unsupported',
      what: 'Opening this repository',
      reason: `The folder ${directory} belongs to another user of this computer${whose(owner ?? match[1])}, and Git does not trust it.`,
    }),
  ],
  [/cannot use bare repository '[^\n]*' \(safe\.bareRepository is 'explicit'\)/, noRepository],
  [/not a git repository/i, noRepository],
  [/bad config (?:line|variable|value)|bad (?:boolean|numeric) config value/, broken],
  [
    /unknown repository extensions? found:\s+refstorage\b/,
    unsupported(
      'opening a repository with its refs as reftable',
      'Only Git 2.45 or later can read it. Update Git.',
    ),
  ],
  [
    /unknown repository extensions? found:\s+([\w-]+)|Expected git repo version <= \d+, found (\d+)/,
    (_context, [, extension, version]) => ({
      kind: 'unsupported',
      what: `opening a repository ${extension ? `with the extension ${extension}` : `of the format ${version ?? ''}`}`,
      reason: 'This Git is too old to read it. Update Git.',
    }),
  ],
  [
    /(?:empty filename|malformed mode) in tree entry|too-short tree (?:object|file)/,
    unsupported('writing these files', 'The repository holds a file name Git refuses. Nothing was written.'),
  ],
  [
    /attempting to allocate \d+ over limit \d+/,
    unsupported('a file of more than 3 GiB', 'It does not fit into memory.'),
  ],
  [
    /this operation must be run in a work tree/,
    unsupported('Files of this repository', 'It is a bare repository: it has a history and no files.'),
  ],
  [/shallow file has changed since we read it/, ({ directory }) => busy(directory, '.git/shallow')],
  [
    /attempt to fetch\/clone from a shallow repository|source repository is shallow/,
    unsupportedAsTold('A repository with a part of its history as the source'),
  ],
  [
    /does not support shallow (?:clients|requests|capabilities)|does not support --(?:depth|deepen|shallow-\w+)/i,
    unsupported('A part of the history', 'This server gives only whole histories.'),
  ],
  [
    /--unshallow on a complete repository does not make sense/,
    unsupported('Fetching the rest of the history', 'All of it is here already.'),
  ],
  [
    /lazy fetching disabled/,
    unsupported(
      'Contents that were not fetched',
      'This clone leaves contents on the server until they are needed. Fetch once, then try again.',
    ),
  ],
  [
    /No url found for submodule path '([^\n]*)' in \.gitmodules/,
    (_context, match) => ({
      kind: 'unsupported',
      what: `The submodule ${match[1] ?? ''}`,
      reason: 'The repository does not say where it comes from (.gitmodules).',
    }),
  ],
  [
    /git-lfs(?:\.exe)?: (?:command )?not found|'lfs' is not a git command|git-lfs filter-process: /,
    unsupported('Large files', 'git-lfs is not installed on this computer, or cannot be found.'),
  ],
];
