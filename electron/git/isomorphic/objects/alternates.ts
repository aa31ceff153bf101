import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/** git follows no further either (object-file.c, link_alt_odb_entry). */
const deepest = 5;
/** More of them is no repository anybody made on purpose. */
const most = 64;
const largestFile = 1024 ** 2;

/**
 * This `objects` folder, and those its `info/alternates` lead to, each once.
 * What is not there is left out, as git leaves it out.
 */
export function objectFolders(objects: string): string[] {
  const found = new Map<string, string>();

  function add(folder: string, depth: number): void {
    let real: string;
    try {
      real = realpathSync(folder);
      if (!statSync(real).isDirectory()) return;
    } catch {
      return;
    }
    if (found.has(real) || found.size >= most) return;
    found.set(real, folder);
    if (depth >= deepest) return;
    for (const line of lines(path.join(folder, 'info/alternates')))
      add(path.resolve(folder, line), depth + 1);
  }

  add(objects, 0);
  return [...found.values()];
}

function lines(file: string): string[] {
  try {
    const text = readFileSync(file);
    if (text.length > largestFile) return [];
    return text
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#') && !line.includes('\0'));
  } catch {
    return [];
  }
}
