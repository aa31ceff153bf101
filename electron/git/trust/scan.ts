import { readdir, readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Entry, parseConfiguration } from './grammar';
import { gitlinksOf } from './gitlinks';
import { type GitDirectories, gitDirectoriesOf, placeNamed, realFolder } from './git-directory';
import { partsOf, ruleOf, switchedOff } from './keys';
import { foreignOwner } from './owner';
import type { FindingKind } from './rule';

/** Something in a repository by which git runs a program, connects elsewhere, or reads and writes elsewhere. */
export interface Finding {
  /** `unreadable`: what stands there is not known. `owner`: the folder is somebody else's. */
  kind: FindingKind | 'unreadable' | 'owner';
  /** As git names it: `core.fsmonitor`, `filter.LFS.clean`; of a hook `hooks/pre-commit`; of a folder `owner`. */
  key: string;
  /** Absolute. */
  file: string;
  /** From 1; null: the file as a whole. */
  line: number | null;
  /** As it stands, one character a byte: nothing to show as it is. */
  value: string;
  /** What it makes git do: a whole sentence in plain words. */
  does: string;
  /** What git is told so that it has no effect; null: nothing does that. */
  off: readonly (readonly [key: string, value: string])[] | null;
}

/** Bounds of a scan. What is beyond them counts as unreadable. */
const limits = { bytes: 1024 * 1024, files: 100, depth: 10, hooks: 1000, modules: 300, findings: 1000 };

class Full extends Error {}

interface Scan {
  directories: GitDirectories;
  findings: Finding[];
  /** Configuration files read, by their real path. */
  seen: Set<string>;
  /** Git directories looked through. */
  repositories: Set<string>;
  /** Folders of submodules looked into. */
  nested: Set<string>;
}

function add(scan: Scan, finding: Finding): void {
  if (scan.findings.length >= limits.findings) throw new Full();
  scan.findings.push(finding);
}

function unreadable(scan: Scan, file: string, why: string, line: number | null = null): void {
  add(scan, { kind: 'unreadable', key: path.basename(file), file, line, value: '', does: why, off: null });
}

/** A path of `include.path`, as git finds it (config.c, handle_path_include); null: only git knows where that is. */
async function includedFile(value: string, from: string): Promise<string | null> {
  if (value.startsWith('~/')) return placeNamed(value.slice(2), process.env['HOME'] ?? os.homedir());
  if (value === '' || value.startsWith('~') || value.startsWith('%(')) return null;
  return placeNamed(value, path.dirname(from));
}

/** What lies outside of this repository may be a worktree of another one: git would show, and clear away, files that are not in the folder. */
async function elsewhere(scan: Scan, value: string, gitDirectory: string): Promise<boolean> {
  const top = scan.directories.worktree;
  const target = await placeNamed(value, gitDirectory);
  if (top === null || target === null) return true;
  const own = await realFolder(top);
  if (target === own) return false;
  // A submodule's working tree lies in the one of the repository it is part of.
  const isModule = gitDirectory !== scan.directories.gitDirectory;
  return !(isModule && target.startsWith(own + path.sep));
}

async function judge(scan: Scan, entry: Entry, file: string, gitDirectory: string): Promise<void> {
  const { name, value, line } = entry;
  const shared = { key: name, file, line, value: value ?? '' };
  if (name === 'core.worktree') {
    if (!(await elsewhere(scan, value ?? '', gitDirectory))) return;
    const does = 'Takes the files of another folder for those of this repository.';
    add(scan, { kind: 'place', ...shared, does, off: [] });
    return;
  }
  const rule = ruleOf(name, value);
  if (rule) add(scan, { kind: rule.kind, ...shared, does: rule.does, off: switchedOff(name, rule) });
}

async function readConfigurationFile(
  scan: Scan,
  file: string,
  gitDirectory: string,
  depth: number,
): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code !== 'ENOENT' && found.code !== 'ENOTDIR') unreadable(scan, file, 'It cannot be read.');
    return;
  }
  if (!found.isFile()) return unreadable(scan, file, 'It is no file.');
  if (found.size > limits.bytes) return unreadable(scan, file, 'It is too large to be looked through.');
  const real = await realFolder(file);
  if (scan.seen.has(real)) return;
  if (scan.seen.size >= limits.files || depth > limits.depth)
    return unreadable(scan, file, 'There are more settings than can be looked through.');
  scan.seen.add(real);
  const text = await readFile(file, 'latin1').catch(() => null);
  if (text === null) return unreadable(scan, file, 'It cannot be read.');
  const { entries, damagedAt } = parseConfiguration(text);
  for (const entry of entries) {
    await judge(scan, entry, file, gitDirectory);
    const { section, key } = partsOf(entry.name);
    if ((section !== 'include' && section !== 'includeif') || key !== 'path' || entry.value === null)
      continue;
    const included = await includedFile(entry.value, file);
    if (included === null)
      unreadable(scan, file, 'It takes settings from a place only Git knows.', entry.line);
    // Whatever the condition says now: it may hold in the next moment.
    else await readConfigurationFile(scan, included, gitDirectory, depth + 1);
  }
  if (damagedAt !== null) unreadable(scan, file, 'Git cannot read it from this line on.', damagedAt);
}

/** Programs below `hooks`; the samples git puts there are none. Windows knows no executable files. */
async function readHooks(scan: Scan, common: string): Promise<void> {
  const folder = path.join(common, 'hooks');
  const names = await readdir(folder).catch(() => []);
  for (const name of names.slice(0, limits.hooks).sort()) {
    if (name.endsWith('.sample')) continue;
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => null);
    if (!found?.isFile() || (process.platform !== 'win32' && (found.mode & 0o111) === 0)) continue;
    const does = 'Is a hook: a program that runs at commit, checkout, merge or push.';
    add(scan, { kind: 'program', key: `hooks/${name}`, file, line: null, value: '', does, off: [] });
  }
  if (names.length > limits.hooks) unreadable(scan, folder, 'There are too many hooks to look through.');
}

/** The git directories of submodules, at any depth: git works in them when it looks at this repository. */
async function modulesOf(scan: Scan, common: string): Promise<string[]> {
  const found: string[] = [];
  const look = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const at = path.join(folder, entry.name);
      if (!entry.isDirectory() && !entry.isSymbolicLink()) continue;
      if (found.length >= limits.modules || depth > limits.depth)
        return unreadable(scan, folder, 'There are more submodules than can be looked through.');
      const isRepository = (await stat(path.join(at, 'HEAD')).catch(() => null))?.isFile() === true;
      // A submodule's name may hold slashes.
      if (!isRepository) {
        if (entry.isDirectory()) await look(at, depth + 1);
        continue;
      }
      found.push(at);
      await look(path.join(at, 'modules'), depth + 1);
    }
  };
  await look(path.join(common, 'modules'), 0);
  return found;
}

/** Settings, and hooks, of the repository in a git directory, and of the submodules it keeps. */
async function readRepository(scan: Scan, { gitDirectory, common, unknown }: GitDirectories): Promise<void> {
  if (unknown !== null) unreadable(scan, unknown, 'It names a place only Git can find.');
  const modules = await modulesOf(scan, common);
  for (const [at, shared] of [[gitDirectory, common], ...modules.map((one) => [one, one])] as const) {
    const real = await realFolder(at);
    if (scan.repositories.has(real)) continue;
    scan.repositories.add(real);
    await readConfigurationFile(scan, path.join(shared, 'config'), at, 0);
    await readConfigurationFile(scan, path.join(at, 'config.worktree'), at, 0);
    await readHooks(scan, shared);
  }
}

/**
 * Repositories that lie in the working tree as submodules, wherever their git
 * directories are: git runs itself in them to see whether they have changed.
 */
async function readNested(scan: Scan, directories: GitDirectories, depth: number): Promise<void> {
  const { gitDirectory, worktree } = directories;
  if (worktree === null) return;
  const index = path.join(gitDirectory, 'index');
  const links = await gitlinksOf(gitDirectory);
  if (links === null) return unreadable(scan, index, 'It names submodules only Git can find.');
  for (const link of links) {
    const at = await placeNamed(link, worktree);
    if (at === null) return unreadable(scan, index, 'It names submodules only Git can find.');
    const nested = await gitDirectoriesOf(at);
    if (nested === null || nested.worktree === null) continue;
    if (scan.nested.has(at)) continue;
    scan.nested.add(at);
    if (scan.nested.size > limits.modules || depth > limits.depth)
      return unreadable(scan, index, 'There are more submodules than can be looked through.');
    const real = { ...nested, gitDirectory: await realFolder(nested.gitDirectory) };
    await readRepository(scan, real);
    await readNested(scan, real, depth + 1);
  }
}

/**
 * What a repository's own files make git do beyond reading and writing it. Only
 * files are read, nothing is run; bounded. `directory`: its top folder, or
 * itself where it is bare.
 */
export async function scan(directory: string): Promise<Finding[]> {
  const directories = await gitDirectoriesOf(directory);
  if (directories === null) return [];
  const { common } = directories;
  const found: Scan = {
    directories,
    findings: [],
    seen: new Set(),
    repositories: new Set(),
    nested: new Set(),
  };
  try {
    await readRepository(found, directories);
    await readNested(found, directories, 0);
  } catch (error) {
    if (!(error instanceof Full)) throw error;
    found.findings.pop();
    unreadable(found, path.join(common, 'config'), 'There is more to it than can be looked through.');
  }
  const owner = await foreignOwner(directories);
  return owner === null ? found.findings : [owner, ...found.findings];
}
