import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { Notice } from '../../shared/contract/application';
import { fail } from '../../shared/errors';
import type { Platform } from '../platform';
import { parseObject, readPrivateFile, writeFailure, writePrivateFile } from './atomic-file';
import { copyPath, loadStateFile, setAside } from './damaged-file';

/** Version of the settings' shape. A file of a higher version is read but never written. */
const settingsVersion = 1;

export interface Settings {
  value(key: string): unknown;
  /** The value as a list; a value of another type is set aside with the whole file first. */
  list(key: string): unknown[];
  /** Throws AppFailure `disk-full`, `directory-not-writable` or `unsupported` (newer file). */
  write(key: string, value: unknown): void;
  notice(id: string, title: string, text: string): void;
  notices: { list(): Notice[]; dismiss(id: string): void };
}

/** Repairs the settings file where needed, opens it through the platform and keeps its last good copy. */
export function openSettings(platform: Pick<Platform, 'dataDirectory' | 'openSettings'>): Settings {
  const expected = path.join(platform.dataDirectory, 'config.json');
  const loaded = loadStateFile(expected);
  let notices = loaded.notices;
  const file = platform.openSettings({ directory: platform.dataDirectory });
  const version = Number(loaded.data?.['version'] ?? settingsVersion);
  const newer = Number.isFinite(version) && version > settingsVersion;
  const notice = (id: string, title: string, text: string) => {
    if (!notices.some((existing) => existing.id === id)) notices = [...notices, { id, title, text }];
  };
  if (newer)
    notice(
      'newer-settings',
      'These settings were written by a newer Polyforge',
      'They are shown but changes cannot be kept. Start the newer version, or use another data directory.',
    );

  const write = (key: string, value: unknown) => {
    if (newer)
      fail({
        kind: 'unsupported',
        what: 'Saving settings',
        reason: 'They were written by a newer Polyforge.',
      });
    // Without a way back nothing is written over.
    const before = existsSync(copyPath(file.path)) ? undefined : readPrivateFile(file.path);
    if (before !== undefined) writePrivateFile(copyPath(file.path), before);
    try {
      if (file.get('version') === undefined) file.set('version', settingsVersion);
      file.set(key, value);
    } catch (error) {
      throw writeFailure(error, file.path);
    }
    const text = readPrivateFile(file.path);
    // conf takes a short write for success: on a disk that fills up midway the
    // new file is cut. The copy is the state before; renaming needs no space.
    if (text === undefined || !parseObject(text)) {
      if (existsSync(copyPath(file.path))) renameSync(copyPath(file.path), file.path);
      fail({ kind: 'disk-full', path: file.path });
    }
    // The copy follows the file; a failure here leaves the older copy, which is good too.
    try {
      writePrivateFile(copyPath(file.path), text);
    } catch {
      notice(
        'no-copy',
        'The safety copy of the settings could not be written',
        'The settings themselves were saved. Free some disk space.',
      );
    }
  };

  return {
    value: (key) => file.get(key),
    list(key) {
      const value = file.get(key);
      if (Array.isArray(value)) return value;
      if (value !== undefined) {
        const aside = setAside(file.path, 'copy');
        notice(
          `wrong-type:${key}`,
          'Part of the settings was damaged',
          `"${key}" could not be read. The file as it was is kept as ${path.basename(aside)}.`,
        );
      }
      return [];
    },
    write,
    notice,
    notices: {
      list: () => [...notices],
      dismiss(id) {
        notices = notices.filter((existing) => existing.id !== id);
      },
    },
  };
}
