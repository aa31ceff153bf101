import * as git from 'isomorphic-git';
import type { ReadCommitResult } from 'isomorphic-git';
import type { Commit } from '../../../shared/contract/history';
import { AppFailure, fail } from '../../../shared/errors';
import { oidsBelow } from './branches';
import type { Jobs } from './messages';
import { headOf, shallowCommits } from './overview';
import { type OpenRepository, openRepository } from './repository';

/** Newest first by committer date, each commit once, as `git log`; isomorphic-git's own log repeats commits. */
export async function log(input: Jobs['log']['in']): Promise<Jobs['log']['out']> {
  const repository = await openRepository(input.directory);
  const start = await startOf(repository, input.ref);
  if (start === null) return { commits: [], more: false };
  const shallow = await shallowCommits(repository.gitdir);
  const read = (oid: string) => git.readCommit({ ...repository, oid });
  const waiting: ReadCommitResult[] = [await read(start)];
  const seen = new Set([start]);
  const found: ReadCommitResult[] = [];
  const wanted = input.skip + input.limit + 1;
  for (let next = waiting.shift(); next && found.length < wanted; next = waiting.shift()) {
    found.push(next);
    for (const parent of shallow.has(next.oid) ? [] : next.commit.parent) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      const commit = await read(parent);
      // Behind all that are as new: git keeps the order of discovery among equals.
      const at = waiting.findIndex(
        (one) => one.commit.committer.timestamp < commit.commit.committer.timestamp,
      );
      waiting.splice(at === -1 ? waiting.length : at, 0, commit);
    }
  }
  const decoration = await decorate(repository);
  return {
    commits: found.slice(input.skip, input.skip + input.limit).map((one) => commitOf(one, decoration)),
    more: found.length >= wanted,
  };
}

async function startOf(repository: OpenRepository, ref: string | undefined): Promise<string | null> {
  const { fs, gitdir, cache } = repository;
  if (ref === undefined || ref === 'HEAD') {
    const head = await headOf(repository);
    return head.state === 'unborn' ? null : head.oid;
  }
  const oid = /^[0-9a-f]{40}$/.test(ref)
    ? ref
    : await git.resolveRef({ fs, gitdir, ref }).catch(() => fail({ kind: 'branch-not-found', branch: ref }));
  const commit = await git.readCommit({ fs, gitdir, cache, oid }).catch((error: unknown) => {
    throw new AppFailure({ kind: 'branch-not-found', branch: ref }, { cause: error });
  });
  return commit.oid;
}

/** oid -> short names of branches, remote branches and tags there; annotated tags at what they name. */
async function decorate(repository: OpenRepository): Promise<Map<string, string[]>> {
  const names = new Map<string, string[]>();
  const add = (oid: string, name: string) => names.set(oid, [...(names.get(oid) ?? []), name]);
  for (const [name, oid] of await oidsBelow(repository, 'refs/heads')) add(oid, name);
  for (const [name, oid] of await oidsBelow(repository, 'refs/remotes'))
    if (!name.endsWith('/HEAD')) add(oid, name);
  for (const [name, oid] of await oidsBelow(repository, 'refs/tags')) {
    const commit = await git.readCommit({ ...repository, oid }).catch(() => null);
    add(commit?.oid ?? oid, name);
  }
  return names;
}

function commitOf({ oid, commit }: ReadCommitResult, decoration: Map<string, string[]>): Commit {
  const text = commit.message.replace(/^\n+/, '');
  const end = text.search(/\n\s*\n/);
  const subject = end === -1 ? text : text.slice(0, end);
  return {
    oid,
    parents: commit.parent,
    // As git's %s: the first paragraph on one line.
    subject: subject.trim().replaceAll(/\s*\n\s*/g, ' '),
    body: end === -1 ? '' : text.slice(end).trim(),
    author: { name: commit.author.name, email: commit.author.email },
    authoredAt: commit.author.timestamp * 1000,
    refs: decoration.get(oid) ?? [],
  };
}
