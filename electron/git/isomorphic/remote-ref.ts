import { type Ask, createGitHttp } from './http';
import type { Jobs } from './messages';
import { openUploadPack } from './protocol/upload-pack';
import { branchRef } from '../ref-name';

export async function remoteRef(input: Jobs['remoteRef']['in'], ask: Ask): Promise<Jobs['remoteRef']['out']> {
  const name = branchRef(input.branch, 'branch');
  const http = createGitHttp({ url: input.url, route: input.route, ask });
  try {
    const server = await openUploadPack(http);
    const { refs } = await server.list([name]);
    return refs.find((ref) => ref.name === name)?.oid ?? null;
  } finally {
    await http.close();
  }
}
