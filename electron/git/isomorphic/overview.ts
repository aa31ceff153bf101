import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as git from 'isomorphic-git';
import type { Head } from '../../../shared/contract/repositories';
import { shownRemote } from '../../../shared/shown-remote';
import { reachOf } from '../operations/reach';
import type { Jobs } from './messages';
import { type OpenRepository, openRepository } from './repository';
import { readRepositoryConfig, textOf } from './repository-config';

export async function overview(input: Jobs['overview']['in']): Promise<Jobs['overview']['out']> {
  const repository = await openRepository(input.directory);
  const { fs, gitdir } = repository;
  const remotes = await git.listRemotes({ fs, gitdir });
  return {
    head: await headOf(repository),
    bare: repository.bare,
    shallow: (await shallowCommits(gitdir)).size > 0,
    ...reachOf(
      readRepositoryConfig(gitdir).entries.flatMap(({ section, subsection, key, value }) =>
        section === 'remote' && subsection !== null
          ? [{ remote: textOf(subsection), key, value: textOf(value ?? 'true') }]
          : [],
      ),
    ),
    remotes: await Promise.all(
      remotes.map(async ({ remote, url }) => {
        const pushUrl: unknown = await git.getConfig({ fs, gitdir, path: `remote.${remote}.pushurl` });
        return {
          name: remote,
          url: shownRemote(url),
          pushUrl: typeof pushUrl === 'string' ? shownRemote(pushUrl) : null,
        };
      }),
    ),
  };
}

export async function headOf({ fs, gitdir }: OpenRepository): Promise<Head> {
  const text = (await readFile(path.join(gitdir, 'HEAD'), 'utf8')).trim();
  const target = /^ref: (.+)$/.exec(text)?.[1];
  if (target === undefined) return { state: 'detached', oid: text };
  const branch = target.replace(/^refs\/heads\//, '');
  const oid = await git.resolveRef({ fs, gitdir, ref: target }).catch(() => null);
  return oid === null ? { state: 'unborn', branch } : { state: 'branch', branch, oid };
}

/** Commits whose parents were not fetched. */
export async function shallowCommits(gitdir: string): Promise<Set<string>> {
  const file = path.join(gitdir, 'shallow');
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  const text = isFile ? await readFile(file, 'utf8').catch(() => '') : '';
  return new Set(text.split('\n').filter((line) => line !== ''));
}
