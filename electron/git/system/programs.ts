import type { Programs } from '../../../shared/contract/application';
import { environment, neutralDirectory } from './environment';
import { atLeast, type GitProgram } from './program';
import { run } from './run';
import { sshAbility } from './ssh';

/** Milliseconds; these programs only say what they are. */
const patience = 10_000;

/** What a program says about itself on both outputs; empty where it does not start. */
async function told(program: string, ...args: string[]): Promise<string> {
  try {
    const outcome = await run({
      program,
      args,
      cwd: neutralDirectory(),
      env: environment([], {}),
      signal: AbortSignal.timeout(patience),
      maximumOutput: 65_536,
    });
    return outcome.exitCode === 0 ? `${outcome.stdout.toString('utf8')}\n${outcome.stderr}` : '';
  } catch {
    return '';
  }
}

/** The first release of each line that looks at the owner (CVE-2022-24765, release notes of 2.35.2). */
const ownerChecked: Record<string, string> = {
  '2.31': '2.31.2',
  '2.32': '2.32.1',
  '2.33': '2.33.2',
  '2.34': '2.34.2',
  '2.35': '2.35.2',
};

function gitLacks(version: string): NonNullable<Programs['git']>['lacks'] {
  const line = /^\d+\.\d+/.exec(version)?.[0] ?? '';
  return [
    ...(atLeast(version, ownerChecked[line] ?? '2.36.0') ? [] : ['owner-check' as const]),
    // safe.bareRepository, release notes of 2.38.0.
    ...(atLeast(version, '2.38.0') ? [] : ['bare-check' as const]),
  ];
}

async function sshFacts(path: string): Promise<NonNullable<Programs['ssh']>> {
  const { version, asks, marksQuestions } = await sshAbility(path);
  return {
    path,
    version,
    lacks: [
      ...(asks ? [] : ['questions' as const]),
      ...(marksQuestions ? [] : ['server-questions' as const]),
    ],
  };
}

/**
 * The shell git hands its commands to: helpers, and how to start ssh. On POSIX
 * its path is compiled in (git's run-command.c), so PATH has no say; git says
 * which since 2.42 (git-var(1), GIT_SHELL_PATH), before that as its
 * `shell-path` (git-version(1)). Git for Windows looks for its own at run
 * time, so there only the first of the two is true.
 */
async function shellOf(git: string): Promise<string | null> {
  const named = (await told(git, 'var', 'GIT_SHELL_PATH')).split('\n', 1)[0]?.trim();
  if (named) return named;
  if (process.platform === 'win32') return null;
  return /^shell-path: (.+)$/m.exec(await told(git, 'version', '--build-options'))?.[1]?.trim() ?? null;
}

/** What there is to tell about the programs in use: starts each of them once. */
export async function programFacts(git: GitProgram | null, ssh: string | null): Promise<Programs> {
  const [shell, sshProgram, large] = await Promise.all([
    git === null ? null : shellOf(git.path),
    ssh === null ? null : sshFacts(ssh),
    git === null ? '' : told(git.path, 'lfs', 'version'),
  ]);
  const lfs = /^git-lfs\/(\d[\w.-]*)/.exec(large)?.[1] ?? null;
  return { git: git && { ...git, lacks: gitLacks(git.version) }, ssh: sshProgram, lfs, shell };
}
