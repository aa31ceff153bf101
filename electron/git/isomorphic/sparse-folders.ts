import path from 'node:path';
import { pathFromBytes } from '../path-bytes';
import { readIfFile } from './disk-path';
import type { RepositoryConfig } from './repository-config';

/**
 * Whether a sparse checkout in cone mode holds a path; every path where there
 * is none. git-sparse-checkout(1), "Internals — cone pattern set".
 */
export function heldFolders(gitdir: string, config: RepositoryConfig): (path: string) => boolean {
  const isOn = (key: string) => config.flag(['core', null, key]) === true;
  const file = readIfFile(path.join(gitdir, 'info/sparse-checkout'));
  if (!isOn('sparsecheckout') || !isOn('sparsecheckoutcone') || file === null) return () => true;
  const lines = pathFromBytes(file)
    .split('\n')
    .map((line) => line.replaceAll(/\\(.)/g, '$1'));
  const parents = new Set(['']);
  const chosen: string[] = [];
  for (const [index, line] of lines.entries()) {
    const folder = /^\/(.+)\/$/s.exec(line)?.[1];
    if (folder === undefined) continue;
    if (lines[index + 1] === `!/${folder}/*/`) parents.add(folder);
    else chosen.push(folder);
  }
  return (name) =>
    parents.has(name.slice(0, Math.max(0, name.lastIndexOf('/')))) ||
    chosen.some((folder) => name.startsWith(`${folder}/`));
}
