import path from 'node:path';
import type { ApplicationInfo, Programs } from '../../shared/contract/application';
import type { Preferences } from '../../shared/contract/preferences';
import { AppFailure } from '../../shared/errors';
import type { CredentialChannel } from '../credentials/channel';
import type { NetworkWithFiles } from '../network/network';
import type { CloneRequest, GitEngine, Running, UserGit } from './engine';
import { cloneGuarded } from './guard';
import { openRepository } from './isomorphic/repository';
import { createUserGit } from './system/configuration';
import { createSystemEngine } from './system/engine';
import { environment, neutralDirectory } from './system/environment';
import { programFacts } from './system/programs';
import { atLeast, findGit, findSsh, type GitProgram, minimumVersion, parseVersion } from './system/program';
import { run } from './system/run';
import { sshAgentKeys } from './system/ssh-agent';
import type { TrustOf, TrustState } from './trust';
import { gitDirectoriesOf } from './trust/git-directory';

/** The engines of this machine and which one is in use. */
export interface Engines {
  /** For looking into a repository. `directory`: its top folder. Another than the one in use where that one would follow what an untrusted repository says. */
  forReading(directory: string): Promise<GitEngine>;
  /** For changing a repository, and for connecting from it. */
  forWriting(directory: string): Promise<GitEngine>;
  /** Which engine reads a repository, and why this one: one plain sentence. */
  reader(directory: string): Promise<{ engine: GitEngine; reason: string }>;
  /** Top directory of the repository that holds `path` (bare: the repository itself). Rejects `not-a-repository`. */
  discover(path: string): Promise<string>;
  /** For ls-remote and the like. */
  forNetwork(): GitEngine;
  /** Checks the target before any engine starts, then clones with the engine in use. */
  clone(request: CloneRequest, running: Running): Promise<void>;
  /** The git of this machine for the user's own configuration, whichever engine is in use; null: there is none that works. */
  userGit(): UserGit | null;
  /** For the page: what was found and why this engine. */
  describe(): Pick<ApplicationInfo, 'git' | 'engine' | 'engineReason'>;
  /** The programs in use; asks each of them once for its version, at the first call. */
  programs(): Promise<Programs>;
  /** Public halves of the keys the ssh agent holds, as `ssh-add -L` writes them; none where there is no agent. */
  sshAgentKeys(): Promise<string[]>;
  /** Looks for git again after `engine` or `gitPath` changed. */
  reconsider(preferences: Pick<Preferences, 'engine' | 'gitPath'>): Promise<void>;
  /** Cancels the clones under way and resolves once what they had written is gone; no other starts. */
  close(): Promise<void>;
}

type Wish = Pick<Preferences, 'engine' | 'gitPath'>;

export interface EngineParts {
  preferences: Wish;
  /** The embedded engine; works everywhere. */
  isomorphic: GitEngine;
  channel: CredentialChannel;
  network: NetworkWithFiles;
  helper: { program: string; args: string[]; env: Record<string, string> };
  trust: TrustOf;
  /** PATH of this process; another one in tests. */
  searchPath?: string;
  log: (line: string) => void;
}

/** What was found of git: null where there is none, its path where it does not say a version. */
type Found = GitProgram | string | null;

const versionOf = (found: Found): string | null =>
  found === null || typeof found === 'string' ? null : found.version;
const pathOf = (found: Found): string | null => (typeof found === 'string' ? found : (found?.path ?? null));

/**
 * Which engine does the work, by wish and by what was found. First row that
 * fits wins; both engines do every operation of GitEngine, system git also
 * does ssh.
 */
const rows: {
  when: (wish: Wish, found: Found) => boolean;
  engine: GitEngine['id'];
  why: (found: Found, wish: Wish) => string;
}[] = [
  {
    when: (wish) => wish.engine === 'isomorphic',
    engine: 'isomorphic',
    why: () => 'The built-in engine was chosen in the preferences.',
  },
  {
    when: (_wish, found) => atLeast(versionOf(found) ?? '0', minimumVersion),
    engine: 'system',
    why: (found) => `Git ${versionOf(found)} was found at ${pathOf(found)}.`,
  },
  {
    when: (_wish, found) => versionOf(found) !== null,
    engine: 'isomorphic',
    why: (found) =>
      `Git ${versionOf(found)} at ${pathOf(found)} is older than ${minimumVersion}, so the built-in engine is used.`,
  },
  {
    when: (_wish, found) => found !== null,
    engine: 'isomorphic',
    why: (found) =>
      `${pathOf(found)} does not start or does not say which version of Git it is, so the built-in engine is used.`,
  },
  {
    when: (wish) => wish.gitPath !== '',
    engine: 'isomorphic',
    why: (_found, wish) =>
      `${wish.gitPath} is no complete path of a program, so the built-in engine is used.`,
  },
  {
    when: () => true,
    engine: 'isomorphic',
    why: () => 'No Git was found on this computer, so the built-in engine is used.',
  },
];

/** What decides who reads a repository. */
interface Read {
  state: TrustState['state'];
  inUse: GitEngine['id'];
  version: string;
  /** The folder is somebody else's. */
  foreign: boolean;
  /** The embedded engine can read repositories of this kind. */
  embedded: boolean;
}

/** Which engine looks into a repository; first row that fits wins. */
const readers: { when: (read: Read) => boolean; engine: 'in-use' | 'isomorphic'; why: string }[] = [
  {
    when: ({ inUse }) => inUse === 'isomorphic',
    engine: 'isomorphic',
    why: 'The built-in engine is in use, and runs nothing a repository names.',
  },
  {
    when: ({ state }) => state === 'plain',
    engine: 'in-use',
    why: 'Nothing was found in this repository that names a program.',
  },
  {
    // Older ones take no safe.directory from the environment (git 2.38, release notes).
    when: ({ state, foreign, version }) => state === 'trusted' && foreign && !atLeast(version, '2.38.0'),
    engine: 'isomorphic',
    why: 'The folder belongs to another user, and the Git of this computer is too old to be told that you trust it: the built-in engine reads it.',
  },
  { when: ({ state }) => state === 'trusted', engine: 'in-use', why: 'You trust this repository.' },
  {
    when: ({ embedded }) => embedded,
    engine: 'isomorphic',
    why: 'You have not said that you trust this repository, so the built-in engine reads it.',
  },
  {
    when: () => true,
    engine: 'in-use',
    why: 'You have not said that you trust this repository, and the built-in engine cannot read it: Git does, with everything the repository names switched off.',
  },
];

/** Top folder of the repository that holds `start`, by its files alone; null: none was found. */
async function topOf(start: string): Promise<string | null> {
  for (let at = start; ; at = path.dirname(at)) {
    if (path.basename(at) !== '.git' && (await gitDirectoriesOf(at)) !== null) return at;
    if (path.dirname(at) === at) return null;
  }
}

/** The git to use: the one named in the preferences, else the first on PATH. */
async function look(wish: Wish, searchPath: string): Promise<Found> {
  const named = wish.gitPath;
  const program = named === '' ? await findGit(searchPath) : path.isAbsolute(named) ? named : null;
  if (program === null) return null;
  try {
    const outcome = await run({
      program,
      args: ['--version'],
      cwd: neutralDirectory(),
      env: environment([], {}),
      signal: AbortSignal.timeout(10_000),
      maximumOutput: 65_536,
    });
    const version = parseVersion(outcome.stdout.toString('utf8'));
    return version === null ? program : { path: program, version };
  } catch {
    // What does not start or never answers is no git.
    return program;
  }
}

/** Finds git once and decides which engine is in use. */
export async function createEngines(parts: EngineParts): Promise<Engines> {
  let described: ReturnType<Engines['describe']>;
  let inUse: GitEngine = parts.isomorphic;
  let programs: () => Promise<Programs>;
  let agentKeys: () => Promise<string[]> = async () => [];

  const decide = async (wish: Wish): Promise<ReturnType<Engines['describe']>> => {
    const searchPath = parts.searchPath ?? process.env['PATH'] ?? '';
    const looked = await look(wish, searchPath);
    const found = typeof looked === 'string' ? null : looked;
    const ssh = await findSsh(searchPath, found?.path ?? null);
    const row = rows.find((candidate) => candidate.when(wish, looked)) ?? rows[rows.length - 1];
    const engine = row?.engine ?? 'isomorphic';
    inUse =
      engine === 'system' && found
        ? createSystemEngine({
            program: found.path,
            version: found.version,
            ssh,
            channel: parts.channel,
            network: parts.network,
            helper: parts.helper,
            trust: parts.trust,
          })
        : parts.isomorphic;
    let facts: Promise<Programs> | undefined;
    programs = () => (facts ??= programFacts(found, ssh));
    agentKeys = () => sshAgentKeys(ssh, searchPath);
    const engineReason = row?.why(looked, wish) ?? '';
    parts.log(`git engine: ${engine}. ${engineReason}`);
    parts.log(`git: ${found?.path ?? 'none found'}, ssh: ${ssh ?? 'none found'}`);
    return {
      git: found
        ? { found: true, ...found, usable: atLeast(found.version, minimumVersion) }
        : { found: false },
      engine,
      engineReason,
    };
  };
  described = await decide(parts.preferences);

  const closing = new AbortController();
  const clones = new Set<Promise<void>>();

  const reader: Engines['reader'] = async (directory) => {
    const { state, findings } = await parts.trust(directory);
    const isKnown = findings.every(({ kind }) => kind !== 'unreadable');
    const embedded =
      state !== 'untrusted' ||
      !isKnown ||
      (await openRepository(directory).then(
        () => true,
        (error: unknown) => !(error instanceof AppFailure) || error.error.kind !== 'unsupported',
      ));
    const foreign = findings.some(({ kind }) => kind === 'owner');
    const version = described.git.found ? described.git.version : '0';
    const read = { state, inUse: inUse.id, version, foreign, embedded };
    const row = readers.find((candidate) => candidate.when(read));
    return { engine: row?.engine === 'in-use' ? inUse : parts.isomorphic, reason: row?.why ?? '' };
  };

  return {
    forReading: async (directory) => (await reader(directory)).engine,
    forWriting: async () => inUse,
    reader,
    async discover(start) {
      const top = await topOf(start);
      return (top === null ? inUse : (await reader(top)).engine).discover(start);
    },
    forNetwork: () => inUse,
    clone(request, running) {
      const signal = AbortSignal.any([running.signal, closing.signal]);
      const clone = cloneGuarded(inUse, request, { ...running, signal });
      const forget = () => clones.delete(clone);
      clones.add(clone);
      clone.then(forget, forget);
      return clone;
    },
    userGit: () => (described.git.found && described.git.usable ? createUserGit(described.git.path) : null),
    describe: () => described,
    programs: () => programs(),
    sshAgentKeys: () => agentKeys(),
    async reconsider(preferences) {
      described = await decide(preferences);
    },
    async close() {
      closing.abort();
      await Promise.allSettled(clones);
    },
  };
}
