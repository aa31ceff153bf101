import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { AppEvent } from '../../shared/contract/application';

type Command = Extract<AppEvent, { type: 'command' }>['command'];

/** The application's menu in the manner of the system. The keys are those the page listens to as well. */
export function menuTemplate(
  system: NodeJS.Platform,
  isPackaged: boolean,
  run: (command: Command) => void,
): MenuItemConstructorOptions[] {
  const isMac = system === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const item = (label: string, accelerator: string, command: Command): MenuItemConstructorOptions => ({
    id: command,
    label,
    accelerator,
    click: () => run(command),
  });
  const preferences = item(isMac ? 'Settings…' : 'Preferences…', 'CmdOrCtrl+,', 'preferences');

  const application: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      separator,
      preferences,
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  };
  const file: MenuItemConstructorOptions = {
    label: '&File',
    submenu: [
      item('Clone Repository…', 'CmdOrCtrl+Shift+O', 'clone'),
      item('Open Repository…', 'CmdOrCtrl+O', 'open'),
      // Windows keeps preferences with the files, Linux desktops with editing, a Mac with the application.
      ...(system === 'win32' ? [separator, preferences] : []),
      separator,
      isMac ? { role: 'close' } : { role: 'quit' },
    ],
  };
  const edit: MenuItemConstructorOptions = {
    label: '&Edit',
    submenu: [
      { role: 'undo' },
      { role: 'redo' },
      separator,
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      ...(isMac ? [{ role: 'pasteAndMatchStyle' } as const] : []),
      { role: 'delete' },
      { role: 'selectAll' },
      ...(isMac || system === 'win32' ? [] : [separator, preferences]),
    ],
  };
  const view: MenuItemConstructorOptions = {
    label: '&View',
    submenu: [
      item('Repositories', 'CmdOrCtrl+1', 'repositories'),
      item('Pull Requests', 'CmdOrCtrl+3', 'pull-requests'),
      separator,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
      ...(isPackaged ? [] : [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
    ],
  };
  const help: MenuItemConstructorOptions = { role: 'help', submenu: isMac ? [] : [{ role: 'about' }] };
  return [...(isMac ? [application] : []), file, edit, view, { role: 'windowMenu' }, help];
}

export function setMenu(run: (command: Command) => void): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, app.isPackaged, run)));
}
