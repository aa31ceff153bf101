import { access } from 'node:fs/promises';
import path from 'node:path';
import { parseRemoteUrl, type RemoteUrl } from '../../../shared/remote-url';
import { attributesUseLfs, readGitmodules } from '../operations/gitmodules';
import type { RepositoryNeeds } from '../operations/transfer';
import { read } from './local';
import type { LocalGit } from './repository-environment';

/** Bytes of a `.gitmodules` or `.gitattributes`; more is not read. */
const mostBytes = 1024 * 1024;
/** Files of attributes looked into. */
const mostAttributes = 1000;

interface Staged {
  /** Not checked out: outside of the folders of a sparse checkout. */
  isLeftOut: boolean;
  mode: string;
  oid: string;
  path: string;
}

/** `git ls-files --stage -t -z`: tag, mode, id and stage, tab, path. */
async function staged(git: LocalGit, directory: string, pathspecs: string[]): Promise<Staged[]> {
  const args = ['ls-files', '--stage', '-t', '-z', '--', ...pathspecs];
  // The patterns are ours; names of the repository are behind :(literal).
  const outcome = await read(git, directory, args, {
    env: { GIT_LITERAL_PATHSPECS: '0' },
    // In a bare repository nothing is checked out.
    accept: /must be run in a work tree/,
  });
  return outcome.stdout
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, tag, mode = '', oid = '', name = ''] =
        /^(\S) (\d+) ([0-9a-f]+) 0\t([\s\S]*)$/.exec(line) ?? [];
      return mode === '' ? [] : [{ isLeftOut: tag === 'S', mode, oid, path: name }];
    });
}

const isFile = ({ mode }: Staged) => mode === '100644' || mode === '100755';

/** Null: too large, or, in a partial clone, not here. */
async function contentOf(git: LocalGit, directory: string, { oid }: Staged): Promise<string | null> {
  const size = await read(git, directory, ['cat-file', '-s', oid], { allowed: [1, 128] });
  if (size.exitCode !== 0 || Number(size.stdout.toString('utf8')) > mostBytes) return null;
  return (await read(git, directory, ['cat-file', 'blob', oid])).stdout.toString('utf8');
}

/** Of the attributes that are checked out, all in one process. */
async function usesLfs(git: LocalGit, directory: string, attributes: Staged[]): Promise<boolean> {
  if (attributes.length === 0) return false;
  const oids = attributes.slice(0, mostAttributes).map(({ oid }) => `${oid}\n`);
  const outcome = await read(git, directory, ['cat-file', '--batch'], {
    input: oids.join(''),
    // In a partial clone it ends at the first one that is not here.
    allowed: [128],
  });
  return attributesUseLfs(outcome.stdout.toString('utf8'));
}

/** Where relative addresses of submodules start: the remote of the current branch, else `origin` (git-submodule(1), add). */
async function ownUrl(git: LocalGit, directory: string): Promise<RemoteUrl | null> {
  const one = async (args: string[]) => {
    const outcome = await read(git, directory, args, { allowed: [1, 128] });
    return outcome.exitCode === 0 ? outcome.stdout.toString('utf8').replace(/\n$/, '') : '';
  };
  const branch = await one(['symbolic-ref', '--quiet', '--short', 'HEAD']);
  const remote = branch === '' ? '' : await one(['config', '--get', `branch.${branch}.remote`]);
  const parsed = parseRemoteUrl(await one(['config', '--get', `remote.${remote || 'origin'}.url`]));
  return parsed.ok ? parsed.url : null;
}

async function isRepository(folder: string): Promise<boolean> {
  return access(path.join(folder, '.git')).then(
    () => true,
    () => false,
  );
}

/** See `RemoteTransfer.needs`. Reads the index, so that what is not checked out (a sparse checkout) counts too. */
export async function needs(git: LocalGit, directory: string): Promise<RepositoryNeeds> {
  const found = await staged(git, directory, [':(top,literal).gitmodules', ':(top,glob)**/.gitattributes']);
  const modules = found.find((entry) => entry.path === '.gitmodules' && isFile(entry));
  const lfs = await usesLfs(
    git,
    directory,
    found.filter((one) => one !== modules && isFile(one) && !one.isLeftOut),
  );
  if (!modules) return { submodules: [], unreadable: false, lfs };
  const text = await contentOf(git, directory, modules);
  const named = text === null ? null : readGitmodules(text, await ownUrl(git, directory));
  if (named === null) return { submodules: [], unreadable: true, lfs };
  const usable = named.filter(({ refused }) => refused === null);
  const links =
    usable.length === 0
      ? []
      : await staged(
          git,
          directory,
          usable.map((need) => `:(top,literal)${need.path}`),
        );
  const linked = new Set(links.filter(({ mode }) => mode === '160000').map((link) => link.path));
  const submodules = await Promise.all(
    named
      // What the commit has no submodule for was one once.
      .filter((need) => need.refused !== null || linked.has(need.path))
      .map(async (need) => ({
        ...need,
        fetched: need.refused === null && (await isRepository(path.join(directory, need.path))),
      })),
  );
  return { submodules, unreadable: false, lfs };
}
