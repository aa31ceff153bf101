import type { RemoteUrl } from '../../../shared/remote-url';
import type { OperationCredentials } from '../../credentials/broker';
import type { Running } from '../engine';
import { neutralDirectory } from './environment';
import { type RemoteParts, runRemote } from './remote';

const heads = 'refs/heads/';

/** `git ls-remote --symref`, branches and HEAD only. */
export async function remoteBranches(
  parts: RemoteParts,
  url: RemoteUrl,
  credentials: OperationCredentials,
  running: Running,
): Promise<{ branches: string[]; head: string | null }> {
  const outcome = await runRemote(parts, {
    command: 'ls-remote',
    args: ['ls-remote', '--symref', '--end-of-options', url.href, 'HEAD', 'refs/heads/*'],
    cwd: neutralDirectory(),
    url,
    credentials,
    running,
    directory: neutralDirectory(),
    branch: null,
    maximumOutput: 32 * 1024 * 1024,
  });
  const branches: string[] = [];
  let head: string | null = null;
  for (const line of outcome.stdout.toString('utf8').split('\n')) {
    const [left = '', name = ''] = line.split('\t');
    if (name === 'HEAD' && left.startsWith(`ref: ${heads}`)) head = left.slice(`ref: ${heads}`.length);
    else if (name.startsWith(heads) && !left.startsWith('ref: ')) branches.push(name.slice(heads.length));
  }
  return { branches, head };
}
