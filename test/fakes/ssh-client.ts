import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findProgram } from '../../electron/git/system/program';

/**
 * The machine's ssh with settings of its own: ssh reads those of the user from
 * the password database, not from HOME.
 */
export async function isolatedSsh(
  folder: string,
  more: string[] = [],
): Promise<{ program: string; knownHosts: string }> {
  const real = await findProgram('ssh', process.env['PATH'] ?? '');
  if (real === null) throw new Error('ssh is not installed');
  const knownHosts = path.join(folder, 'known_hosts');
  const config = path.join(folder, 'ssh_config');
  await writeFile(
    config,
    [
      // The first value of a setting wins.
      ...more,
      `UserKnownHostsFile "${knownHosts}"`,
      'GlobalKnownHostsFile /dev/null',
      'IdentityFile none',
      'IdentityAgent none',
      'UpdateHostKeys no',
      'ConnectTimeout 20',
      '',
    ].join('\n'),
  );
  const program = path.join(folder, 'ssh');
  await writeFile(program, `#!/bin/sh\nexec '${real}' -F '${config}' "$@"\n`, { mode: 0o700 });
  return { program, knownHosts };
}
