import { accessSync, chmodSync, constants, mkdirSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Where Polyforge keeps its files unless told otherwise: in POLYFORGE_DATA, else in the system's place for such files. */
export function defaultDataDirectory(
  system: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): string {
  const chosen = environment['POLYFORGE_DATA'];
  if (chosen) return path.resolve(chosen);
  if (system === 'win32')
    return path.join(environment['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'), 'Polyforge');
  if (system === 'darwin') return path.join(home, 'Library', 'Application Support', 'Polyforge');
  // The XDG specification: a relative path is to be ignored.
  const data = environment['XDG_DATA_HOME'];
  return path.join(data && path.isAbsolute(data) ? data : path.join(home, '.local', 'share'), 'polyforge');
}

/** The directory cannot be used; the message is one sentence for the user. */
export class DataDirectoryError extends Error {}

/** Creates the directory for its owner alone and proves that it can be written. Returns its absolute path. */
export function prepareDataDirectory(directory: string): string {
  const absolute = path.resolve(directory);
  try {
    mkdirSync(absolute, { recursive: true, mode: 0o700 });
    // One that was there may be wider open. A folder of the user's own with other things in it keeps its rights.
    const entries = readdirSync(absolute);
    if (process.platform !== 'win32' && (entries.length === 0 || entries.includes('config.json')))
      chmodSync(absolute, 0o700);
    accessSync(absolute, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const cause =
      code === 'EEXIST' || code === 'ENOTDIR'
        ? 'there is a file in its place'
        : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
          ? 'it cannot be written'
          : code === 'ENOSPC'
            ? 'the disk is full'
            : code;
    throw new DataDirectoryError(
      `Polyforge cannot use the data directory ${absolute}: ${cause}. Choose another with --data DIR.`,
      { cause: error },
    );
  }
  return absolute;
}
