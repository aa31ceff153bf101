import Conf from 'conf';
import type { SettingsFile, SettingsOptions } from '../platform';

/** The same file electron-store keeps in the desktop shell. */
export function openSettings(options: SettingsOptions): SettingsFile {
  const conf = new Conf<Record<string, unknown>>({
    cwd: options.directory,
    configName: 'config',
    configFileMode: 0o600,
    // Keys are names, not paths: a host name holds dots.
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
  });
  return {
    path: conf.path,
    get: (key) => conf.get(key),
    set: (key, value) => conf.set(key, value),
  };
}
