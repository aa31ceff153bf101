import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import type { RemoteUrl } from '../../../shared/remote-url';
import type { OperationCredentials } from '../../credentials/broker';
import type { Running } from '../engine';
import type { SubmoduleNeed } from '../operations/transfer';
import { configure } from './configuration';
import type { LargeFiles } from './large-files';
import { needs } from './needs';
import { type RemoteParts, runRemote } from './remote';

/** Submodules within submodules. */
const deepest = 8;

export interface SubmoduleFetch {
  /** Top folder of a repository that is checked out. */
  directory: string;
  /** Of the whole operation. */
  url: RemoteUrl;
  credentials: OperationCredentials;
  /** Origins they may come from. */
  allowed: readonly string[];
  large: LargeFiles;
}

/** Another host's ssh gets neither the key nor the answers that were chosen for this one. */
function credentialsFor(at: SubmoduleFetch, url: RemoteUrl): OperationCredentials {
  const { credentials } = at;
  if (url.origin === at.url.origin || !credentials.ssh) return credentials;
  return {
    fill: (request) => credentials.fill(request),
    approve: (credential) => credentials.approve(credential),
    reject: (credential) => credentials.reject(credential),
    get refused() {
      return credentials.refused;
    },
  };
}

/** No symbolic link on the way: what lies behind one is not this repository's. */
async function isOwnFolder(directory: string, folder: string): Promise<boolean> {
  const [top, at] = await Promise.all([realpath(directory), realpath(path.join(directory, folder))]);
  return at === path.join(top, folder);
}

/**
 * One submodule through git itself. The address is the one that was read and
 * checked here, not what git reads, and the command says what to do with it:
 * what `.gitmodules` says of `update` does not count. One whose address is not
 * configured is passed over by git, so that it takes no other.
 */
async function fetchOne(
  parts: RemoteParts,
  at: SubmoduleFetch,
  { name, path: folder, url }: SubmoduleNeed & { url: RemoteUrl },
  running: Running,
): Promise<void> {
  const own = [
    [`submodule.${name}.active`, 'true'],
    [`submodule.${name}.url`, url.href],
  ] as const;
  await configure(parts, at.directory, own, () => undefined);
  await runRemote(parts, {
    command: 'submodule',
    args: ['submodule', 'update', '--checkout', '--progress', '--', folder],
    cwd: at.directory,
    url,
    credentials: credentialsFor(at, url),
    running,
    directory: at.directory,
    branch: null,
    configuration: at.large.configuration,
    // git-submodule reads no pathspecs but its own, and copies no hooks from a template.
    more: { ...at.large.more, GIT_TEMPLATE_DIR: '' },
    maximumOutput: 1024 * 1024,
  });
}

/**
 * Fetches the submodules of a commit that come from the allowed origins, and
 * theirs, one by one: git's own recursion would follow whatever a nested
 * `.gitmodules` names. Refused ones and those from elsewhere are left out.
 */
export async function fetchSubmodules(
  parts: RemoteParts,
  at: SubmoduleFetch,
  running: Running,
  depth = 1,
): Promise<void> {
  if (depth > deepest)
    fail({
      kind: 'unsupported',
      what: 'This repository',
      reason: `Its submodules lie in one another more than ${deepest} deep.`,
    });
  const wanted = (await needs(parts, at.directory)).submodules.filter(
    (need): need is SubmoduleNeed & { url: RemoteUrl } =>
      need.url !== null && at.allowed.includes(need.url.origin),
  );
  for (const need of wanted) {
    running.progress?.({ phase: 'Fetching submodules', detail: need.path });
    await fetchOne(parts, at, need, running);
    if (await isOwnFolder(at.directory, need.path))
      await fetchSubmodules(
        parts,
        { ...at, directory: path.join(at.directory, need.path) },
        running,
        depth + 1,
      );
  }
}
