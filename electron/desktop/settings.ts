import { ipcMain } from 'electron';
import Store from 'electron-store';
import type { SettingsFile, SettingsOptions } from '../platform';

function open(directory: string, name: string, clearInvalidConfig: boolean): Store {
  const store = new Store<Record<string, unknown>>({
    cwd: directory,
    name,
    configFileMode: 0o600,
    // Keys are names, not paths: a host name holds dots.
    accessPropertiesByDotNotation: false,
    clearInvalidConfig,
  });
  // The library offers the data directory to every page; no page of ours asks for it that way.
  ipcMain.removeAllListeners('electron-store-get-data');
  return store;
}

/** The same file conf keeps in the browser host. */
export function openSettings(options: SettingsOptions): SettingsFile {
  const store = open(options.directory, 'config', false);
  return {
    path: store.path,
    get: (key) => store.get(key),
    set: (key, value) => store.set(key, value),
  };
}

/** Where the window was. Worth nothing when damaged, so it starts over then. */
export function openWindowState(directory: string): Pick<SettingsFile, 'get' | 'set'> {
  const store = open(directory, 'window', true);
  return { get: (key) => store.get(key), set: (key, value) => store.set(key, value) };
}
