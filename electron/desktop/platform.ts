import path from 'node:path';
import { app, BrowserWindow, dialog, session } from 'electron';
import type { Platform, TerminalRole } from '../platform';
import { notify } from './notify';
import { openExternal } from './open-external';
import { systemSealer } from './sealer';
import { openSettings } from './settings';

export interface DesktopPlatformOptions {
  /** Absolute and prepared. */
  dataDirectory: string;
  /** Absolute, outside the archive: git and worker threads cannot look into it. */
  credentialHelper: string;
  gitWorker: string;
  log: (line: string) => void;
  /** Brings the window to the front. */
  show: () => void;
  /** When a core without a window ends. */
  agent?: Pick<TerminalRole, 'giveWay' | 'idle'>;
}

/** How git's helper starts this program without a window. An AppImage's own binary is gone when it is not mounted. */
function terminalRole(options: DesktopPlatformOptions): TerminalRole {
  const image = process.env['APPIMAGE'];
  const passphraseFile = process.env['POLYFORGE_PASSPHRASE_FILE'];
  return {
    start: {
      program: image ?? process.execPath,
      args: [...(app.isPackaged ? [] : [app.getAppPath()]), '--agent', '--data', options.dataDirectory],
      env: {},
    },
    ...(image === undefined ? {} : { lastingProgram: image }),
    ...(passphraseFile ? { passphraseFile: path.resolve(passphraseFile) } : {}),
    summon: options.show,
    ...options.agent,
  };
}

/** The machine as Electron shows it. */
export function desktopPlatform(options: DesktopPlatformOptions): Platform {
  return {
    shell: 'desktop',
    version: app.getVersion(),
    log: options.log,
    dataDirectory: options.dataDirectory,
    systemSealer: systemSealer(),
    openExternal,
    systemProxy: (url) => session.defaultSession.resolveProxy(url),
    async pickDirectory(title, start) {
      const settings: Electron.OpenDialogOptions = {
        title,
        properties: ['openDirectory', 'createDirectory'],
        ...(start === undefined ? {} : { defaultPath: start }),
      };
      const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
      const { canceled, filePaths } = window
        ? await dialog.showOpenDialog(window, settings)
        : await dialog.showOpenDialog(settings);
      return canceled ? null : (filePaths[0] ?? null);
    },
    openSettings,
    notify: (notification) => notify(notification, options.show),
    credentialHelper: {
      // Electron's own binary as Node; only the helper's process gets the variable.
      program: process.execPath,
      args: [options.credentialHelper],
      env: { ELECTRON_RUN_AS_NODE: '1' },
    },
    gitWorker: options.gitWorker,
    terminal: terminalRole(options),
  };
}
