import { fail } from '../../../shared/errors';
import { type Finding, shownKey, type TrustOf, type TrustState, trustNothing } from '../trust';
import { type Configuration, environment } from './environment';

/** The git of this machine, and what it may run where. */
export interface LocalGit {
  /** Absolute path. */
  program: string;
  /** Absent: no folder is trusted. */
  trust?: TrustOf;
}

/** What the user has in the place of ssh in a repository they trust; null: nothing. */
export async function ownSshCommand(git: LocalGit, directory: string): Promise<string | null> {
  const { state, findings } = await (git.trust ?? trustNothing)(directory);
  const found = findings.findLast(({ key }) => key === 'core.sshcommand');
  if (state !== 'trusted' || found === undefined || found.value === '') return null;
  return Buffer.from(found.value, 'latin1').toString('utf8');
}

/** What cannot be switched off, and stands in the way of what is to be done. */
function inTheWay(findings: readonly Finding[], isOnline: boolean): Finding | undefined {
  return findings.find(({ kind, off }) => off === null && (isOnline || kind !== 'connection'));
}

/** Entries of the environment's configuration that take the place of what was found. */
function switchedOff(findings: readonly Finding[]): Configuration {
  const all = new Map<string, [string, string]>();
  for (const { off } of findings) for (const [key, value] of off ?? []) all.set(key, [key, value]);
  return [...all.values()];
}

/** The user's yes to a folder is a yes to its owner: for our own git alone, and for exactly this folder. */
function owned({ findings }: TrustState, directory: string): Configuration {
  return findings.some(({ kind }) => kind === 'owner') ? [['safe.directory', directory]] : [];
}

/**
 * Environment of a git process in a repository: the one place that decides
 * what of the repository's own configuration it may follow. Whoever starts git
 * in a folder that may hold a repository takes it from here. Rejects
 * `unsupported` where the folder is not trusted and something it names cannot
 * be switched off. `isOnline`: it will connect to a server.
 */
export async function environmentOf(
  git: LocalGit,
  directory: string,
  options: {
    configuration?: Configuration;
    more?: Record<string, string>;
    without?: readonly string[];
    isOnline?: boolean;
  } = {},
): Promise<Record<string, string>> {
  const { configuration = [], more = {}, without = [], isOnline = false } = options;
  const trust = await (git.trust ?? trustNothing)(directory);
  if (trust.state === 'trusted')
    return environment([...owned(trust, directory), ...configuration], more, without, 'trusted');
  const finding = inTheWay(trust.findings, isOnline);
  if (finding) {
    const { file, line, does } = finding;
    const where = line === null ? file : `${file}, line ${line}`;
    const what =
      finding.kind === 'unreadable' ? does : `${shownKey(finding)} cannot be switched off. ${does}`;
    fail({
      kind: 'unsupported',
      what: isOnline ? 'Connecting from this repository' : 'Starting Git in this repository',
      reason: `${where}: ${what} Look at it, and trust the repository if it is yours.`,
    });
  }
  const elsewhere =
    trust.findings.some(({ key }) => key === 'core.worktree') && more['GIT_DIR'] === undefined;
  const env = environment([...switchedOff(trust.findings), ...configuration], more, without);
  return elsewhere ? { ...env, GIT_WORK_TREE: directory } : env;
}
