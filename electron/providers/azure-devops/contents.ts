import { z } from 'zod';
import type { RepositoryContents, TreeEntry } from '../provider';
import { baseOf } from './address';
import { checked, get, gitApi, versionOf } from './client';
import { blob } from './files';
import { placeOf } from './location';
import * as wire from './wire';

const item = z.object({
  objectId: z.string().nullish(),
  path: z.string(),
  isFolder: z.boolean().nullish(),
  isSymLink: z.boolean().nullish(),
  gitObjectType: z.string().nullish(),
});

function kindOf(found: z.infer<typeof item>): TreeEntry['kind'] {
  if (found.isFolder === true || found.gitObjectType === 'tree') return 'folder';
  return found.isSymLink === true || found.gitObjectType === 'commit' ? 'other' : 'file';
}

/** Ids of folders are names of branches, those of files git's own of their contents. */
export const contents: RepositoryContents = {
  async facts(session, repository, branch) {
    const place = placeOf(repository.id);
    const found = await checked(
      session,
      gitApi(session, place.organization).getRepository(place.repository, place.project),
      wire.repository,
    );
    const top = branch ?? found.defaultBranch?.replace(/^refs\/heads\//, '') ?? null;
    return { sizeBytes: found.size ?? null, top: top || null };
  },
  async *folder(session, repository, folder) {
    const place = placeOf(repository.id);
    const [project, name] = [place.project, place.repository].map(encodeURIComponent);
    const query = new URLSearchParams({
      scopePath: `/${folder.path}`,
      recursionLevel: 'oneLevel',
      'versionDescriptor.version': folder.id,
      'versionDescriptor.versionType': 'branch',
      'api-version': versionOf(session),
    });
    const { value } = await get(
      session,
      `${baseOf(session.account, place.organization)}/${project}/_apis/git/repositories/${name}/items?${query.toString()}`,
      wire.listOf(item),
    );
    // The folder itself comes first.
    yield value
      .map((found) => ({ ...found, path: found.path.replace(/^\//, '') }))
      .filter(({ path }) => path !== folder.path)
      .map((found) => {
        const kind = kindOf(found);
        return { path: found.path, kind, id: kind === 'folder' ? folder.id : (found.objectId ?? '') };
      });
  },
  async file(session, repository, file) {
    const bytes = await blob(session, placeOf(repository.id), file.id);
    return new TextDecoder().decode(bytes ?? undefined);
  },
};
