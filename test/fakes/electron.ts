import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

/**
 * Stand-in for the `electron` module: it does nothing and writes down what it
 * is asked to do. Only what the desktop shell uses exists; anything else fails.
 */
export const recorded = {
  sandboxed: false,
  schemes: [] as unknown[],
  protocols: new Map<string, (request: { url: string; method: string }) => Promise<Response>>(),
  windows: [] as BrowserWindow[],
  opened: [] as string[],
  errors: [] as string[],
  notifications: [] as Notification[],
  /** The user looks at one of the windows. */
  isLookedAt: false,
  menu: [] as MenuItem[],
  exits: [] as (number | 'quit')[],
  paths: new Map<string, string>(),
  /** What safeStorage finds on this machine. */
  storageBackend: 'gnome_libsecret',
  /** Texts whose key has been rotated since. */
  rotated: new Set<string>(),
  hasInstanceLock: true,
  displays: [{ x: 0, y: 0, width: 1920, height: 1080 }],
};

export interface MenuItem {
  id?: string;
  role?: string;
  label?: string;
  accelerator?: string;
  click?: () => void;
  submenu?: MenuItem[];
}

class App extends EventEmitter {
  readonly isPackaged = false;
  private name = 'polyforge';
  enableSandbox() {
    recorded.sandboxed = true;
  }
  setName(name: string) {
    this.name = name;
  }
  getName() {
    return this.name;
  }
  getVersion() {
    return '0.1.0';
  }
  getAppPath() {
    return '/project';
  }
  getPath(name: string) {
    return recorded.paths.get(name) ?? tmpdir();
  }
  setPath(name: string, value: string) {
    recorded.paths.set(name, value);
  }
  requestSingleInstanceLock() {
    return recorded.hasInstanceLock;
  }
  whenReady() {
    return Promise.resolve();
  }
  quit() {
    let isPrevented = false;
    this.emit('will-quit', {
      preventDefault: () => {
        isPrevented = true;
      },
    });
    if (!isPrevented) recorded.exits.push('quit');
  }
  exit(code: number) {
    recorded.exits.push(code);
  }
}
export const app = new App();

export const ipcMain = new EventEmitter();

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown[]) => recorded.schemes.push(...schemes),
  handle: (scheme: string, handler: (request: { url: string; method: string }) => Promise<Response>) =>
    recorded.protocols.set(scheme, handler),
};

type PermissionDetails = { isMainFrame: boolean };
class Session extends EventEmitter {
  request:
    | ((
        contents: WebContents,
        permission: string,
        callback: (granted: boolean) => void,
        details: PermissionDetails,
      ) => void)
    | undefined;
  check:
    | ((
        contents: WebContents | null,
        permission: string,
        origin: string,
        details: PermissionDetails,
      ) => boolean)
    | undefined;
  device: (() => boolean) | undefined;
  displayMedia: ((request: unknown, callback: (streams: unknown) => void) => void) | undefined;
  setPermissionRequestHandler(handler: Session['request']) {
    this.request = handler;
  }
  setPermissionCheckHandler(handler: Session['check']) {
    this.check = handler;
  }
  setDevicePermissionHandler(handler: Session['device']) {
    this.device = handler;
  }
  setDisplayMediaRequestHandler(handler: Session['displayMedia']) {
    this.displayMedia = handler;
  }
  setSpellCheckerEnabled() {}
  /** What the system says, by address; in the words of PAC files. */
  proxies = new Map<string, string>();
  resolveProxy(url: string) {
    return Promise.resolve(this.proxies.get(url) ?? 'DIRECT');
  }
}
export const session = { defaultSession: new Session() };

export class WebContents extends EventEmitter {
  url = '';
  reloads = 0;
  windowOpen: ((details: { url: string }) => { action: string }) | undefined;
  getURL() {
    return this.url;
  }
  reload() {
    this.reloads += 1;
  }
  setWindowOpenHandler(handler: WebContents['windowOpen']) {
    this.windowOpen = handler;
  }
}

export interface WindowOptions {
  x?: number;
  y?: number;
  width: number;
  height: number;
  show: boolean;
  webPreferences: Record<string, unknown>;
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  isShown = false;
  isFocused = false;
  isMaximizedNow = false;
  bounds = { x: 10, y: 20, width: 1000, height: 700 };
  constructor(readonly options: WindowOptions) {
    super();
    recorded.windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  static getFocusedWindow() {
    return recorded.isLookedAt ? (recorded.windows[0] ?? null) : null;
  }
  static getAllWindows() {
    return recorded.windows;
  }
  loadURL(url: string) {
    this.webContents.url = url;
    return Promise.resolve();
  }
  show() {
    this.isShown = true;
  }
  focus() {
    this.isFocused = true;
  }
  maximize() {
    this.isMaximizedNow = true;
  }
  isMaximized() {
    return this.isMaximizedNow;
  }
  isMinimized() {
    return false;
  }
  isDestroyedNow = false;
  isDestroyed() {
    return this.isDestroyedNow;
  }
  getNormalBounds() {
    return this.bounds;
  }
}

export class Notification extends EventEmitter {
  isShown = false;
  constructor(readonly options: { title: string; body: string }) {
    super();
    recorded.notifications.push(this);
  }
  static isSupported() {
    return true;
  }
  show() {
    this.isShown = true;
  }
}

export const shell = {
  openExternal: (url: string) => {
    recorded.opened.push(url);
    return Promise.resolve();
  },
};

export const dialog = {
  showErrorBox: (title: string, text: string) => recorded.errors.push(`${title}: ${text}`),
  showMessageBoxSync: () => 1,
  showOpenDialog: () => Promise.resolve({ canceled: true, filePaths: [] }),
};

export const Menu = {
  buildFromTemplate: (template: MenuItem[]) => template,
  setApplicationMenu: (menu: MenuItem[]) => {
    recorded.menu = menu;
  },
};

export const nativeTheme = { shouldUseDarkColors: false };

export const screen = {
  getAllDisplays: () => recorded.displays.map((workArea) => ({ workArea })),
  getPrimaryDisplay: () => ({ workArea: recorded.displays[0] }),
};

export const safeStorage = {
  getSelectedStorageBackend: () => recorded.storageBackend,
  isAsyncEncryptionAvailable: () => Promise.resolve(true),
  encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(text).reverse()),
  decryptStringAsync: (sealed: Buffer) =>
    Promise.resolve({
      result: Buffer.from(sealed).reverse().toString(),
      shouldReEncrypt: recorded.rotated.has(sealed.toString('base64')),
    }),
};

/** The main process's end: Node's port in the manner of Electron's, which wraps what it hears. */
class MessagePortMain extends EventEmitter {
  constructor(readonly port: MessagePort) {
    super();
    port.on('message', (data) => this.emit('message', { data }));
    port.on('close', () => this.emit('close'));
  }
  start() {
    this.port.start();
  }
  postMessage(data: unknown) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port goes to one place
    this.port.postMessage(data);
  }
  close() {
    this.port.close();
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain;
  /** What the page gets: a port as it is there. */
  readonly port2: MessagePort;
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new MessagePortMain(port1);
    this.port2 = port2;
  }
}

export default { app, ipcMain, shell };
