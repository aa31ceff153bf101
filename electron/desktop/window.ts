import { app, BrowserWindow, dialog, nativeTheme } from 'electron';
import type { SettingsFile } from '../platform';
import { pageAddress } from './protocol';
import { keepBounds, restoredBounds } from './window-state';

export interface WindowParts {
  preload: string;
  state: Pick<SettingsFile, 'get' | 'set'>;
  log: (line: string) => void;
}

/** A page that crashes again right after it was loaded again is not loaded a fourth time unasked. */
const mostReloads = 3;
const reloadPeriod = 60_000;

function reloadAfterCrash(window: BrowserWindow, log: (line: string) => void): void {
  let reloads: number[] = [];
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit' || window.isDestroyed()) return;
    log(`The page's process ended: ${details.reason} (${details.exitCode}).`);
    const now = Date.now();
    reloads = [...reloads.filter((time) => now - time < reloadPeriod), now];
    if (reloads.length <= mostReloads) {
      window.webContents.reload();
      return;
    }
    const choice = dialog.showMessageBoxSync(window, {
      type: 'error',
      message: 'Polyforge keeps failing to show its page.',
      detail: 'Your accounts, settings and repositories are not affected.',
      buttons: ['Try Again', 'Quit'],
      defaultId: 0,
      cancelId: 1,
    });
    if (choice === 0) window.webContents.reload();
    else app.quit();
  });
}

export function openWindow({ preload, state, log }: WindowParts): BrowserWindow {
  const { bounds, maximized } = restoredBounds(state);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 640,
    minHeight: 480,
    title: 'Polyforge',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#1f1f1f' : '#ffffff',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  keepBounds(window, state);
  reloadAfterCrash(window, log);
  window.loadURL(pageAddress).catch((error: unknown) => log(`The page did not load: ${String(error)}`));
  return window;
}
