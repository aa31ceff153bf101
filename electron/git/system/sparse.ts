import { fail } from '../../../shared/errors';
import type { RemoteUrl } from '../../../shared/remote-url';
import type { OperationCredentials } from '../../credentials/broker';
import type { Running } from '../engine';
import { pathToBytes } from '../path-bytes';
import type { LargeFiles } from './large-files';
import { change, read } from './local';
import { type RemoteParts, runRemote } from './remote';

export interface SparseCheckout {
  /** A clone without a checkout. */
  directory: string;
  url: RemoteUrl;
  credentials: OperationCredentials;
  folders: readonly string[];
  large: LargeFiles;
  onLine?: ((line: string) => void) | undefined;
}

/** A folder as a line of `sparse-checkout set --stdin`, in git's quotes (quote.c), where every byte can be written. */
function quoted(folder: string): string {
  const isFolder = folder !== '' && !folder.startsWith('/') && !folder.endsWith('/');
  const parts = folder.split('/');
  if (!isFolder || parts.some((part) => part === '' || part === '.' || part === '..'))
    fail({ kind: 'invalid-input', field: 'sparse', reason: `${folder} is no folder of a repository.` });
  const characters = Array.from(pathToBytes(folder), (byte) =>
    byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `"${characters.join('')}"\n`;
}

/** Checks out the files at the top and these folders, git-sparse-checkout(1) in cone mode; in a partial clone only their contents are fetched. */
export async function checkOutFolders(
  parts: RemoteParts,
  { directory, url, credentials, folders, large, onLine }: SparseCheckout,
  running: Running,
): Promise<void> {
  const input = folders.map(quoted).join('');
  await change(parts, directory, ['sparse-checkout', 'set', '--cone', '--stdin'], {
    input,
    running: { signal: running.signal },
  });
  const head = await read(parts, directory, ['rev-parse', '--quiet', '--verify', 'HEAD^0'], {
    allowed: [1, 128],
  });
  // A repository without commits.
  if (head.exitCode !== 0) return;
  await runRemote(parts, {
    command: 'checkout',
    args: ['checkout', '--progress', '--no-recurse-submodules'],
    cwd: directory,
    url,
    credentials,
    running,
    directory,
    branch: null,
    configuration: large.configuration,
    more: { ...large.more, GIT_NO_LAZY_FETCH: '0' },
    ...(onLine ? { onLine } : {}),
  });
}
