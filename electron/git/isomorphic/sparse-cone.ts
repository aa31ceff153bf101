import { fail } from '../../../shared/errors';

/** The folders of a cone-mode sparse checkout: git-sparse-checkout(1), "Internals — cone pattern set". */
export interface Cone {
  /** Whether files right in this folder are written: it is chosen, below a chosen one, or on the way to one. With `/` at its end; empty: the top. */
  reaches(folder: string): boolean;
  /** What stands in info/sparse-checkout. */
  text: string;
}

/** Rejects `invalid-input` for what is no folder of a repository. */
export function coneOf(folders: readonly string[]): Cone {
  for (const folder of folders)
    if (folder.split('/').some((part) => /^\.{0,2}$/.test(part)) || /[\0\n]/.test(folder))
      fail({ kind: 'invalid-input', field: 'sparse', reason: `${folder} is no folder of a repository.` });
  const unique = [...new Set(folders)];
  const chosen = unique.filter((folder) => !unique.some((other) => folder.startsWith(`${other}/`)));
  const parents = new Set<string>();
  for (const folder of chosen)
    for (let slash = folder.lastIndexOf('/'); slash > 0; slash = folder.lastIndexOf('/', slash - 1))
      parents.add(folder.slice(0, slash));
  const recursive = new Set(chosen);

  function reaches(folder: string): boolean {
    const name = folder.slice(0, -1);
    if (folder === '' || parents.has(name) || recursive.has(name)) return true;
    for (let slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1))
      if (recursive.has(name.slice(0, slash))) return true;
    return false;
  }

  const lines = ['/*', '!/*/'];
  const inOrder = (names: Iterable<string>) =>
    [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const folder of inOrder(parents)) lines.push(`/${escaped(folder)}/`, `!/${escaped(folder)}/*/`);
  for (const folder of inOrder(recursive)) lines.push(`/${escaped(folder)}/`);
  return { reaches, text: `${lines.join('\n')}\n` };
}

/** As sparse-checkout.c, escaped_pattern(). */
function escaped(folder: string): string {
  return folder.replaceAll(/[*?[\\]/g, String.raw`\$&`);
}
