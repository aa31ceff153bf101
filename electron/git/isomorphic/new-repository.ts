import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { GitFs } from './fs';

/** A value of .git/config as git writes it: git-config(1), Syntax. */
function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}

/**
 * What `git init` and `git remote add` make. isomorphic-git's own init
 * declares every file system one without modes, links and case, and git then
 * shows a clean clone as changed.
 */
export async function initRepository(
  fs: GitFs,
  directory: string,
  options: { url: string; branch: string; tracked: boolean },
): Promise<void> {
  const gitdir = path.join(directory, '.git');
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info', 'hooks'])
    await mkdir(path.join(gitdir, folder), { recursive: true });
  await fs.promises.writeFile(path.join(gitdir, 'HEAD'), `ref: refs/heads/${options.branch}\n`);
  const probe = path.join(gitdir, 'info/Case');
  await writeFile(probe, '');
  const folds = await stat(path.join(gitdir, 'info/cASE')).then(
    () => true,
    () => false,
  );
  await fs.promises.unlink(probe);
  const lines = [
    '[core]',
    '\trepositoryformatversion = 0',
    `\tfilemode = ${process.platform !== 'win32'}`,
    '\tbare = false',
    '\tlogallrefupdates = true',
    ...(folds ? ['\tignorecase = true'] : []),
    ...(process.platform === 'darwin' ? ['\tprecomposeunicode = true'] : []),
    ...(process.platform === 'win32' ? ['\tsymlinks = false'] : []),
    '[remote "origin"]',
    `\turl = ${quoted(options.url)}`,
    '\tfetch = +refs/heads/*:refs/remotes/origin/*',
    ...(options.tracked
      ? [
          `[branch ${quoted(options.branch)}]`,
          '\tremote = origin',
          `\tmerge = ${quoted(`refs/heads/${options.branch}`)}`,
        ]
      : []),
  ];
  await fs.promises.writeFile(path.join(gitdir, 'config'), `${lines.join('\n')}\n`);
}
