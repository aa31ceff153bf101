import { execFileSync } from 'node:child_process';
import { type GitProgram, findGit, parseVersion } from '../../electron/git/system/program';

export function programAt(path: string): GitProgram {
  const version = parseVersion(execFileSync(path, ['--version'], { encoding: 'utf8' }));
  if (version === null) throw new Error(`${path} is no git`);
  return { path, version };
}

/**
 * The git programs to show behaviour with: the one of this machine, and the
 * one POLYFORGE_TEST_GIT names, such as a git 2.46 or newer, whose helpers may
 * answer with headers. Says so when there is none of those.
 */
export async function gitPrograms(): Promise<GitProgram[]> {
  const installed = await findGit(process.env['PATH'] ?? '');
  if (installed === null) throw new Error('git is not installed');
  const other = process.env['POLYFORGE_TEST_GIT'];
  if (!other) console.log('POLYFORGE_TEST_GIT is not set: only the installed git is tested.');
  return [installed, ...(other ? [other] : [])].map(programAt);
}
