import * as git from 'isomorphic-git';
import type { HttpClient } from 'isomorphic-git';
import type { RemoteUrl } from '../../../shared/remote-url';
import { type Ask, createGitHttp } from './http';
import type { Jobs } from './messages';

/** What a server offers. */
export interface RemoteRefs {
  /** Short name -> oid, in the server's order. */
  branches: Map<string, string>;
  /** `branch`: where HEAD points to, even if that branch does not exist; both null: the server tells no HEAD. */
  head: { branch: string | null; oid: string | null };
  /** Branches and tags by their full names; `peeled`: what an annotated tag names in the end. */
  refs: { ref: string; oid: string; peeled: string | undefined }[];
}

const heads = 'refs/heads/';

/** Protocol v2's ls-refs, or the advertisement of a server that has only the older ones. */
export async function listRemote(http: HttpClient, url: RemoteUrl): Promise<RemoteRefs> {
  const refs = await git.listServerRefs({
    http,
    url: url.href,
    symrefs: true,
    peelTags: true,
    protocolVersion: 2,
  });
  const branches = new Map<string, string>();
  const kept: RemoteRefs['refs'] = [];
  let head: RemoteRefs['head'] = { branch: null, oid: null };
  for (const { ref, oid, target, peeled } of refs) {
    if (ref === 'HEAD') head = { oid, branch: target?.startsWith(heads) ? target.slice(heads.length) : null };
    else if (ref.startsWith(heads)) branches.set(ref.slice(heads.length), oid);
    if (ref.startsWith(heads) || ref.startsWith('refs/tags/')) kept.push({ ref, oid, peeled });
  }
  // Some servers tell HEAD's commit without its branch: git takes a branch at the same commit.
  if (head.branch === null && head.oid !== null) {
    const same = [...branches].filter(([, oid]) => oid === head.oid).map(([name]) => name);
    const told = refs.some((one) => one.target !== undefined);
    const branch = told ? undefined : (same.find((name) => name === 'main' || name === 'master') ?? same[0]);
    head = { oid: head.oid, branch: branch ?? null };
  }
  return { branches, head, refs: kept };
}

export async function remoteBranches(
  input: Jobs['remoteBranches']['in'],
  ask: Ask,
): Promise<Jobs['remoteBranches']['out']> {
  const http = createGitHttp({ url: input.url, route: input.route, ask });
  try {
    const { branches, head } = await listRemote(http, input.url);
    const exists = head.branch !== null && branches.has(head.branch);
    return { branches: [...branches.keys()], head: exists ? head.branch : null };
  } finally {
    await http.close();
  }
}
