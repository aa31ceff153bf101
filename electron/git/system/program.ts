import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

/** A git program as found: absolute path and what it says its version is (`2.39.5`). */
export interface GitProgram {
  path: string;
  version: string;
}

/** Oldest git that takes configuration from its environment (GIT_CONFIG_COUNT, release notes of 2.31.0), where all that protects us stands. */
export const minimumVersion = '2.31.0';

export function atLeast(version: string, minimum: string): boolean {
  const parts = (text: string) => text.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const have = parts(version);
  const need = parts(minimum);
  for (let at = 0; at < 3; at += 1) {
    const difference = (have[at] ?? 0) - (need[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** `git version 2.39.5 (Apple Git-154)` -> `2.39.5`; null: that is no git. */
export function parseVersion(output: string): string | null {
  return /^git version (\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1] ?? null;
}

/** PATH without relative entries: those name the current directory, which belongs to whoever wrote the files in it. */
export function absoluteSearchPath(searchPath: string): string[] {
  return searchPath
    .split(path.delimiter)
    .map((entry) => entry.replace(/^"(.*)"$/, '$1'))
    .filter((entry) => path.isAbsolute(entry));
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/**
 * Absolute path of the first program of this name on PATH, or null. On Windows
 * only `.exe`: other endings go through a shell, which reads arguments anew.
 */
export async function findProgram(
  name: 'git' | 'ssh' | 'ssh-add',
  searchPath: string,
): Promise<string | null> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of absoluteSearchPath(searchPath)) {
    const found = path.join(folder, file);
    if (await isProgram(found)) return found;
  }
  return null;
}

/** Absolute path of the first `git` on PATH, or null. */
export function findGit(searchPath: string): Promise<string | null> {
  return findProgram('git', searchPath);
}

/**
 * Absolute path of the ssh that belongs to this git, or null. Git for Windows
 * brings its own and puts it before PATH, so that is the one a terminal runs.
 */
export async function findSsh(searchPath: string, git: string | null): Promise<string | null> {
  if (process.platform === 'win32' && git !== null) {
    const own = path.resolve(path.dirname(git), '..', 'usr', 'bin', 'ssh.exe');
    if (await isProgram(own)) return own;
  }
  return findProgram('ssh', searchPath);
}
