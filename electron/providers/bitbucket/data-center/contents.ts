import { z } from 'zod';
import { AppFailure, fail } from '../../../../shared/errors';
import { readJson } from '../../http';
import type { RepositoryContents, Session, TreeEntry } from '../../provider';
import { asking, type Asked, dataCenter, expected, read } from './client';
import { pathOf } from './pull-requests';
import { webUrl } from './repositories';

const sizes = z.object({ repository: z.number() });
const paging = { isLastPage: z.boolean().nullish(), nextPageStart: z.number().nullish() };
const folderPage = z.object({
  children: z.object({
    values: z.array(z.object({ path: z.object({ toString: z.string() }), type: z.string() })),
    ...paging,
  }),
});
const filePage = z.object({ lines: z.array(z.object({ text: z.string() })), ...paging });

type Place = Pick<TreeEntry, 'path' | 'id'>;

const kinds: Record<string, TreeEntry['kind']> = { DIRECTORY: 'folder', FILE: 'file' };
/** Lines of a file that are read; `.gitmodules` and the like have far fewer. */
const mostLines = 20_000;

/** No REST resource tells the size; the repository's own page asks this one, and some servers answer it to tokens. */
async function sizeOf(session: Session, id: string): Promise<number | null> {
  try {
    const answer = await session.fetch(`${webUrl(session.account.url, id)}/sizes`, {
      headers: { Accept: 'application/json' },
    });
    return (await readJson(answer, sizes, expected)).repository;
  } catch (error) {
    if (!(error instanceof AppFailure) || error.error.kind === 'cancelled') throw error;
    return null;
  }
}

function browse(session: Session, id: string, { path, id: at }: Place, start: number): Asked {
  // The description knows no paging here; the server pages folders and lines as it does every list.
  const query = { at, start, limit: 1000 };
  return path === ''
    ? dataCenter(session).GET('/api/latest/projects/{projectKey}/repos/{repositorySlug}/browse', {
        params: { path: pathOf(id), query },
        ...asking,
      })
    : dataCenter(session).GET('/api/latest/projects/{projectKey}/repos/{repositorySlug}/browse/{path}', {
        params: { path: { ...pathOf(id), path }, query },
        ...asking,
      });
}

/** Where the next page begins; null: this was the last. A server that leads in a circle fails. */
function following(
  session: Session,
  start: number,
  page: { isLastPage?: boolean | null; nextPageStart?: number | null },
): number | null {
  if (page.isLastPage !== false || page.nextPageStart == null) return null;
  if (page.nextPageStart > start) return page.nextPageStart;
  return fail({
    kind: 'unexpected-answer',
    host: new URL(session.account.url).host,
    detail: 'the pages of the list lead in a circle',
  });
}

/** Ids are names of branches (`refs/heads/…`): the server reads folders and files by path. */
export const contents: RepositoryContents = {
  async facts(session, { id }, branch) {
    const sizeBytes = await sizeOf(session, id);
    if (branch !== null) return { sizeBytes, top: `refs/heads/${branch}` };
    const asked = dataCenter(session).GET(
      '/api/latest/projects/{projectKey}/repos/{repositorySlug}/branches/default',
      { params: { path: pathOf(id) }, ...asking },
    );
    const { response } = await asked;
    // No content: there is no branch yet.
    if (response.status === 204) return { sizeBytes, top: null };
    const found = await readJson(response, z.object({ id: z.string() }), expected);
    return { sizeBytes, top: found.id };
  },
  async *folder(session, { id }, folder) {
    for (let start: number | null = 0; start !== null; ) {
      const { children }: z.infer<typeof folderPage> = await read(
        browse(session, id, folder, start),
        folderPage,
      );
      // Paths begin at the folder that was asked for.
      yield children.values.map(({ path, type }) => ({
        path: folder.path === '' ? path.toString : `${folder.path}/${path.toString}`,
        kind: kinds[type] ?? 'other',
        id: folder.id,
      }));
      start = following(session, start, children);
    }
  },
  async file(session, { id }, file) {
    const lines: string[] = [];
    for (let start: number | null = 0; start !== null && lines.length < mostLines; ) {
      const page: z.infer<typeof filePage> = await read(browse(session, id, file, start), filePage);
      for (const { text } of page.lines) lines.push(text);
      start = following(session, start, page);
    }
    return lines.join('\n');
  },
};
