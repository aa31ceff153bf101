import { type Ask, createGitHttp } from './http';
import type { Jobs } from './messages';
import type { RemoteListing } from './protocol/remote-refs';
import { openUploadPack, type UploadPack } from './protocol/upload-pack';

/** What a server offers. */
export interface RemoteRefs {
  /** Short name -> oid, in the server's order. */
  branches: Map<string, string>;
  /** `branch`: where HEAD points to, even if that branch does not exist; both null: the server tells no HEAD. */
  head: { branch: string | null; oid: string | null };
  /** Branches and tags by their full names; `peeled`: what an annotated tag names in the end. */
  refs: { ref: string; oid: string; peeled: string | null }[];
}

const heads = 'refs/heads/';

/** Its branches, its tags and where its HEAD leads. */
export async function listRemote(server: UploadPack): Promise<RemoteRefs> {
  return remoteRefs(await server.list(['HEAD', heads, 'refs/tags/']));
}

function remoteRefs({ refs, head: told, tellsTargets }: RemoteListing): RemoteRefs {
  const branches = new Map<string, string>();
  for (const { name, oid } of refs) if (name.startsWith(heads)) branches.set(name.slice(heads.length), oid);
  const target = told?.target?.startsWith(heads) ? told.target.slice(heads.length) : null;
  const head = { branch: target, oid: told?.oid ?? null };
  // Some servers tell HEAD's commit without its branch: git takes a branch at the same commit.
  if (target === null && head.oid !== null && !tellsTargets) {
    const same = [...branches].filter(([, oid]) => oid === head.oid).map(([name]) => name);
    head.branch = same.find((name) => name === 'main' || name === 'master') ?? same[0] ?? null;
  }
  return { branches, head, refs: refs.map(({ name, oid, peeled }) => ({ ref: name, oid, peeled })) };
}

export async function remoteBranches(
  input: Jobs['remoteBranches']['in'],
  ask: Ask,
): Promise<Jobs['remoteBranches']['out']> {
  const http = createGitHttp({ url: input.url, route: input.route, ask });
  try {
    const server = await openUploadPack(http);
    const { branches, head } = remoteRefs(await server.list(['HEAD', heads]));
    const exists = head.branch !== null && branches.has(head.branch);
    return { branches: [...branches.keys()], head: exists ? head.branch : null };
  } finally {
    await http.close();
  }
}
