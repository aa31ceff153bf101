import type { Commit } from '../../../shared/contract/history';
import { fail } from '../../../shared/errors';
import { read } from './local';
import type { LocalGit } from './repository-environment';

const fields = ['%H', '%P', '%an', '%ae', '%at', '%D', '%s', '%b'];

/** Arguments by which git writes what `commitsOf` reads. */
export const commitFormat = [
  '-z',
  '--no-color',
  '--no-show-signature',
  '--no-ext-diff',
  '--no-textconv',
  '--no-patch',
  '--decorate=full',
  '--encoding=UTF-8',
  `--format=${fields.join('%x00')}`,
];

/** `HEAD -> refs/heads/main, tag: refs/tags/v1` -> `main`, `v1`. A ref's name holds no space. */
function refsOf(decoration: string): string[] {
  return decoration
    .split(', ')
    .map((name) => name.replace(/^HEAD -> /, '').replace(/^tag: /, ''))
    .filter((name) => /^refs\/(heads|tags|remotes)\//.test(name) && !/^refs\/remotes\/.*\/HEAD$/.test(name))
    .map((name) => name.replace(/^refs\/(heads|tags|remotes)\//, ''));
}

/** Commits as `commitFormat` writes them. */
export function commitsOf(output: Buffer): Commit[] {
  const values = output.toString('utf8').split('\0');
  const commits: Commit[] = [];
  for (let at = 0; at + fields.length <= values.length; at += fields.length) {
    const [oid = '', parents = '', name = '', email = '', time = '', refs = '', subject = '', body = ''] =
      values.slice(at, at + fields.length);
    commits.push({
      oid,
      parents: parents === '' ? [] : parents.split(' '),
      subject,
      body: body.trimEnd(),
      author: { name, email },
      authoredAt: (Number.parseInt(time, 10) || 0) * 1000,
      refs: refsOf(refs),
    });
  }
  return commits;
}

/** One page of `git log`, newest first. A repository without commits has an empty page. */
export async function log(
  git: LocalGit,
  directory: string,
  options: { ref?: string; skip: number; limit: number },
): Promise<{ commits: Commit[]; more: boolean }> {
  // Even behind --end-of-options git takes it for the end of the revisions: HEAD would be shown.
  if (options.ref === '--') fail({ kind: 'branch-not-found', branch: options.ref });
  const outcome = await read(
    git,
    directory,
    [
      'log',
      ...commitFormat,
      `--skip=${options.skip}`,
      // One more tells whether there is more.
      `--max-count=${options.limit + 1}`,
      '--end-of-options',
      options.ref ?? 'HEAD',
      '--',
    ],
    { accept: /does not have any commits yet|bad revision|unknown revision|ambiguous argument/ },
  );
  if (outcome.exitCode !== 0) {
    if (options.ref !== undefined) fail({ kind: 'branch-not-found', branch: options.ref });
    return { commits: [], more: false };
  }
  const commits = commitsOf(outcome.stdout);
  return { commits: commits.slice(0, options.limit), more: commits.length > options.limit };
}
