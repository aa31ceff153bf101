import { randomBytes } from 'node:crypto';
import { fail } from '../../../shared/errors';
import type { RemoteUrl } from '../../../shared/remote-url';
import type { Configuration } from './environment';
import { read } from './local';
import type { LocalGit } from './repository-environment';

/** A remote of the repository as one command may use it. */
export interface NamedRemote {
  /** What stands in its place on the command line; nothing else knows this name. */
  alias: string;
  configuration: Configuration;
  /** As configured: `+refs/heads/*:refs/remotes/origin/*`. */
  refspecs: readonly string[];
}

/** Keys of a remote that say what is fetched; the others (vcs, uploadpack, proxy …) say how, which is ours to say. */
const kept = /^(?:fetch|tagopt|promisor|partialclonefilter)$/;

/** Everything a branch of the server can be, as git-clone writes it. */
export function allBranches(remote: string): string {
  return `+refs/heads/*:refs/remotes/${remote}/*`;
}

/**
 * Gives a remote a name of its own for one command, so that git contacts
 * exactly `url`. What the configuration says of how to reach the remote is left
 * behind: its addresses, programs and proxies stand under its own name, and
 * `url.*.insteadOf` cannot know the random text that stands for the address,
 * of which the longest match counts (remote.c, alias_url). A push writes the
 * remote-tracking branches by the same refspecs. `refspecs`: others than the
 * configured ones. Rejects `invalid-input` where there is no such remote.
 */
export async function namedRemote(
  git: LocalGit,
  directory: string,
  { remote, url, refspecs }: { remote: string; url: RemoteUrl; refspecs?: readonly string[] },
): Promise<NamedRemote> {
  const pattern = String.raw`^remote\..*\.[a-z]+$`;
  const found = await read(git, directory, ['config', '--includes', '-z', '--get-regexp', pattern], {
    allowed: [1],
  });
  const own = found.stdout
    .toString('utf8')
    .split('\0')
    .flatMap((pair) => {
      const [key = '', ...value] = pair.split('\n');
      const name = /^remote\.([\s\S]*)\.([^.]*)$/i.exec(key);
      return name?.[1] === remote ? [[name[2] ?? '', value.join('\n')] as const] : [];
    });
  if (own.length === 0)
    fail({ kind: 'invalid-input', field: 'remote', reason: `There is no remote ${remote}.` });
  const alias = `polyforge-${randomBytes(12).toString('hex')}`;
  const configured = refspecs ?? own.flatMap(([key, value]) => (key === 'fetch' ? [value] : []));
  return {
    alias,
    refspecs: configured,
    configuration: [
      [`url.${url.href}.insteadOf`, `${alias}:`],
      [`remote.${alias}.url`, `${alias}:`],
      // Without one of its own, url.*.pushInsteadOf would be asked.
      [`remote.${alias}.pushurl`, `${alias}:`],
      // git 2.48 would write refs/remotes/<alias>/HEAD.
      [`remote.${alias}.followRemoteHEAD`, 'never'],
      ...configured.map((refspec): [string, string] => [`remote.${alias}.fetch`, refspec]),
      ...own
        .filter(([key]) => key !== 'fetch' && kept.test(key))
        .map(([key, value]): [string, string] => [`remote.${alias}.${key}`, value]),
    ],
  };
}
