import path from 'node:path';
import { fail } from '../../../shared/errors';
import type { Head } from '../../../shared/contract/repositories';
import { type ObjectStore, openObjectStore } from './objects/store';
import { openRefFiles, type RefFiles } from './refs-files';
import type { RefLogging } from './refs-transaction';
import { readRepositoryConfig, refLogging, type RepositoryConfig } from './repository-config';
import { openRepository } from './repository';

/** A repository open for work that changes it. */
export interface Workplace {
  /** Its top folder. */
  directory: string;
  gitdir: string;
  bare: boolean;
  store: ObjectStore;
  refs: RefFiles;
  config: RepositoryConfig;
  logging: (message: string) => RefLogging;
}

/** Opens a repository for one piece of work and closes it afterwards. */
export async function inRepository<Result>(
  directory: string,
  work: (place: Workplace) => Result | Promise<Result>,
): Promise<Result> {
  const { gitdir, bare } = await openRepository(directory);
  const config = readRepositoryConfig(gitdir);
  const store = openObjectStore(gitdir);
  try {
    return await work({
      directory: path.resolve(directory),
      gitdir,
      bare,
      store,
      refs: openRefFiles(gitdir),
      config,
      logging: (message) => refLogging(config, message, bare),
    });
  } finally {
    store.close();
  }
}

/** The same where there are files to work on. */
export function inWorkingTree<Result>(
  directory: string,
  work: (place: Workplace) => Result | Promise<Result>,
): Promise<Result> {
  return inRepository(directory, (place) => {
    if (place.bare)
      fail({
        kind: 'unsupported',
        what: 'this',
        reason: 'The repository is bare: it has no files to work on.',
      });
    return work(place);
  });
}

export interface CurrentHead {
  /** `refs/heads/…`; null: detached. */
  ref: string | null;
  /** Null: no commit yet. */
  oid: string | null;
}

export function currentHead({ refs, gitdir }: Pick<Workplace, 'refs' | 'gitdir'>): CurrentHead {
  const value = refs.read('HEAD');
  if (value === null)
    return fail({ kind: 'repository-damaged', path: gitdir, detail: 'HEAD cannot be read.' });
  if (value.kind === 'direct') return { ref: null, oid: value.oid };
  return { ref: value.target, oid: refs.resolve('HEAD').oid };
}

export function headAsShown({ ref, oid }: CurrentHead): Head {
  if (ref === null) return { state: 'detached', oid: oid ?? '' };
  const branch = ref.replace(/^refs\/heads\//, '');
  return oid === null ? { state: 'unborn', branch } : { state: 'branch', branch, oid };
}
