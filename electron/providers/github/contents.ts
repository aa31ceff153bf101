import { z } from 'zod';
import { AppFailure } from '../../../shared/errors';
import type { RepositoryContents, TreeEntry } from '../provider';
import { createClient, naming } from './client';
import { repositorySchema } from './wire';

const branchSchema = z.object({
  commit: z.object({ commit: z.object({ tree: z.object({ sha: z.string() }) }) }),
});
const treeSchema = z.object({
  tree: z.array(z.object({ path: z.string(), mode: z.string(), type: z.string(), sha: z.string() })),
});
const blobSchema = z.object({ content: z.string() });

const at = (id: string): { owner: string; repo: string } => {
  const [owner = '', repo = ''] = id.split('/');
  return { owner, repo };
};

function kindOf({ type, mode }: { type: string; mode: string }): TreeEntry['kind'] {
  if (type === 'tree') return 'folder';
  return type === 'blob' && mode !== '120000' ? 'file' : 'other';
}

/** Ids are those of git's trees and blobs. */
export const contents: RepositoryContents = {
  async facts(session, repository, branch) {
    const client = createClient(session);
    const place = at(repository.id);
    const { data } = await naming(
      repository.fullName,
      client.get('GET /repos/{owner}/{repo}', place, repositorySchema),
    );
    const name = branch ?? data.default_branch;
    const sizeBytes = data.size == null ? null : data.size * 1024;
    if (name == null) return { sizeBytes, top: null };
    const asked = client.get(
      'GET /repos/{owner}/{repo}/branches/{branch}',
      { ...place, branch: name },
      branchSchema,
    );
    try {
      const found = await naming(name, asked);
      return { sizeBytes, top: found.data.commit.commit.tree.sha };
    } catch (error) {
      // Where nobody has pushed yet the default branch has a name all the same.
      const isEmpty = branch === null && data.size === 0;
      if (isEmpty && error instanceof AppFailure && error.error.kind === 'not-found')
        return { sizeBytes, top: null };
      throw error;
    }
  },
  async *folder(session, repository, folder) {
    const route = 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}';
    const { data } = await naming(
      folder.path || repository.fullName,
      createClient(session).get(route, { ...at(repository.id), tree_sha: folder.id }, treeSchema),
    );
    yield data.tree.map((entry) => ({
      path: folder.path === '' ? entry.path : `${folder.path}/${entry.path}`,
      kind: kindOf(entry),
      id: entry.sha,
    }));
  },
  async file(session, repository, file) {
    const route = 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}';
    const { data } = await naming(
      file.path,
      createClient(session).get(route, { ...at(repository.id), file_sha: file.id }, blobSchema),
    );
    return Buffer.from(data.content, 'base64').toString('utf8');
  },
};
