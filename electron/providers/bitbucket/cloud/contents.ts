import { z } from 'zod';
import { fail } from '../../../../shared/errors';
import { cloudApiBase } from '../address';
import { pages, readJson } from '../../http';
import type { RepositoryContents, Session, TreeEntry } from '../../provider';
import { asking, cloud, expected, read } from './client';
import { pathOf } from './pull-requests';
import * as wire from './wire';

const branch = z.object({ target: z.object({ hash: z.string() }) });
const page = z.object({
  values: z.array(
    z.object({ path: z.string(), type: z.string(), attributes: z.array(z.string()).nullish() }),
  ),
  next: z.string().nullish(),
});

type Found = z.infer<typeof page>['values'][number];

function kindOf({ type, attributes }: Found): TreeEntry['kind'] {
  if (type === 'commit_directory') return 'folder';
  return attributes?.includes('link') || attributes?.includes('subrepository') ? 'other' : 'file';
}

/** Slashes of a path stay as they are, which the client built from the description does not do. */
function sourceUrl(session: Session, id: string, place: Pick<TreeEntry, 'path' | 'id'>): string {
  const parts = ['repositories', ...id.split('/'), 'src', place.id, ...place.path.split('/')];
  return `${cloudApiBase(session.account)}/${parts.map(encodeURIComponent).join('/')}`;
}

/** Ids are those of commits: Bitbucket reads folders and files by commit and path. */
export const contents: RepositoryContents = {
  async facts(session, repository, wanted) {
    const path = pathOf(repository.id);
    const found = await read(
      cloud(session).GET('/repositories/{workspace}/{repo_slug}', { params: { path }, ...asking() }),
      wire.repository,
    );
    const name = wanted ?? found.mainbranch?.name ?? null;
    const sizeBytes = found.size ?? null;
    if (name === null) return { sizeBytes, top: null };
    const { target } = await read(
      cloud(session).GET('/repositories/{workspace}/{repo_slug}/refs/branches/{name}', {
        params: { path: { ...path, name } },
        ...asking(),
      }),
      branch,
    );
    return { sizeBytes, top: target.hash };
  },
  async *folder(session, repository, folder) {
    const list = pages(
      session.fetch,
      `${sourceUrl(session, repository.id, folder)}?pagelen=100`,
      async (answer) => {
        const { values, next } = await readJson(answer, page, expected);
        return { value: values, next: next || null };
      },
    );
    for await (const values of list)
      yield values.map((entry) => ({ path: entry.path, kind: kindOf(entry), id: folder.id }));
  },
  async file(session, repository, file) {
    const answer = await session.fetch(sourceUrl(session, repository.id, file));
    if (/html/i.test(answer.headers.get('content-type') ?? ''))
      return fail({ kind: 'sign-in-page', host: new URL(answer.url).host, status: answer.status });
    return await answer.text();
  },
};
