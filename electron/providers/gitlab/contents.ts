import { z } from 'zod';
import type { RepositoryContents, TreeEntry } from '../provider';
import { createClient, naming, projectPath } from './client';

const projectSchema = z.object({
  default_branch: z.string().nullish(),
  empty_repo: z.boolean().nullish(),
  /** Only for those who are at least Reporter. */
  statistics: z.object({ repository_size: z.number().nullish() }).nullish(),
});
const treeSchema = z.array(z.object({ path: z.string(), mode: z.string(), type: z.string() }));
const fileSchema = z.object({ content: z.string() });

function kindOf({ type, mode }: { type: string; mode: string }): TreeEntry['kind'] {
  if (type === 'tree') return 'folder';
  return type === 'blob' && mode !== '120000' ? 'file' : 'other';
}

/** Ids are names of branches: GitLab reads folders and files by path. */
export const contents: RepositoryContents = {
  async facts(session, { id, fullName }, branch) {
    const project = await naming(
      fullName,
      createClient(session).get(projectPath(id), { statistics: true }, projectSchema),
    );
    const top = project.empty_repo === true ? null : (branch ?? project.default_branch ?? null);
    return { sizeBytes: project.statistics?.repository_size ?? null, top };
  },
  async *folder(session, { id }, folder) {
    const list = createClient(session).pages(
      `${projectPath(id)}/repository/tree`,
      { ref: folder.id, ...(folder.path === '' ? {} : { path: folder.path }) },
      treeSchema,
    );
    for await (const page of list)
      yield page.map((entry) => ({ path: entry.path, kind: kindOf(entry), id: folder.id }));
  },
  async file(session, { id }, file) {
    const path = `${projectPath(id)}/repository/files/${encodeURIComponent(file.path)}`;
    const found = await naming(file.path, createClient(session).get(path, { ref: file.id }, fileSchema));
    return Buffer.from(found.content, 'base64').toString('utf8');
  },
};
