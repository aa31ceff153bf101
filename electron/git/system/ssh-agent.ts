import { stat } from 'node:fs/promises';
import path from 'node:path';
import { environment, neutralDirectory } from './environment';
import { findProgram } from './program';
import { run } from './run';

/** ssh-add of the same OpenSSH, else the first on PATH: on Windows there may be two, with an agent each. */
async function findSshAdd(ssh: string | null, searchPath: string): Promise<string | null> {
  if (ssh !== null) {
    const beside = path.join(path.dirname(ssh), process.platform === 'win32' ? 'ssh-add.exe' : 'ssh-add');
    const isThere = await stat(beside).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isThere) return beside;
  }
  return findProgram('ssh-add', searchPath);
}

/** Lines of `ssh-add -L`: type, base64, comment. None where there is no agent, or it does not answer. */
export async function sshAgentKeys(ssh: string | null, searchPath: string): Promise<string[]> {
  const program = await findSshAdd(ssh, searchPath);
  if (program === null) return [];
  try {
    const outcome = await run({
      program,
      args: ['-L'],
      cwd: neutralDirectory(),
      env: environment([], {}),
      signal: AbortSignal.timeout(5000),
      maximumOutput: 1024 * 1024,
    });
    // 1: it holds no key. 2: there is no agent.
    if (outcome.exitCode !== 0) return [];
    return outcome.stdout
      .toString('utf8')
      .split('\n')
      .filter((line) => /^\S+ [A-Za-z0-9+/=]+(?: |$)/.test(line));
  } catch {
    return [];
  }
}
