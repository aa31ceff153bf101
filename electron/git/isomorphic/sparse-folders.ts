import path from 'node:path';
import { pathFromBytes } from '../path-bytes';
import { parseConfig } from './config-text';
import { readIfFile } from './disk-path';
import type { RepositoryConfig } from './repository-config';

/**
 * Whether a sparse checkout in cone mode holds a path; every path where there
 * is none. git-sparse-checkout(1), "Internals — cone pattern set".
 */
export function heldFolders(gitdir: string, config: RepositoryConfig): (path: string) => boolean {
  const own = parseConfig(readIfFile(path.join(gitdir, 'config.worktree'))?.toString('latin1') ?? '');
  // Where git-sparse-checkout(1) writes it: git-worktree(1), "CONFIGURATION FILE".
  const ofTree = config.flag(['extensions', null, 'worktreeconfig']) === true ? (own?.entries ?? []) : [];
  const isOn = (key: string) => {
    const last = ofTree.findLast((one) => one.section === 'core' && one.key === key);
    return last
      ? last.value === null || /^(?:true|yes|on|1)$/i.test(last.value)
      : config.flag(['core', null, key]);
  };
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
