import path from 'node:path';
import { app, type BrowserWindow, dialog, protocol, session } from 'electron';
import { compose } from '../compose';
import { DataDirectoryError, defaultDataDirectory, prepareDataDirectory } from '../data/directory';
import { type LockResult, takeLock } from '../data/lock';
import { takeLockFromAgent } from '../data/takeover';
import { handOutPorts } from './core-port';
import { guardAllContents, guardSession } from './guard';
import { setMenu } from './menu';
import { desktopPlatform } from './platform';
import { scheme, servePage } from './protocol';
import { openWindowState } from './settings';
import { openWindow } from './window';

const log = (line: string) => void process.stderr.write(`${line}\n`);

// A closed terminal is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
// One request that goes wrong must not take repositories under way with it.
process.on('uncaughtException', (error) => log(`uncaught: ${error.stack ?? error.message}`));
process.on('unhandledRejection', (reason) =>
  log(`unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`),
);

const dist = path.resolve(import.meta.dirname, '..');
/** Where the archive's unpacked files are; the same place when nothing is packed. */
const unpacked = dist.replace(/([\\/])app\.asar([\\/])/, '$1app.asar.unpacked$2');

function givenDataDirectory(): string | undefined {
  const position = process.argv.indexOf('--data');
  return position === -1 ? undefined : process.argv[position + 1];
}

/** Started by git's helper: no window until a question needs one. */
const isAgent = process.argv.includes('--agent');
/** Milliseconds without a question of git's after which such a process ends. */
const idle = 10 * 60_000;

function refuseToStart(title: string, sentence: string): void {
  log(sentence);
  if (app.isPackaged) dialog.showErrorBox(title, sentence);
  app.exit(1);
}

const longestGoodbye = 5_000;

async function start(dataDirectory: string): Promise<void> {
  guardAllContents(log);
  await app.whenReady();
  guardSession(session.defaultSession);
  servePage(path.join(dist, 'renderer'));
  const state = openWindowState(dataDirectory);
  let window: BrowserWindow | null = null;
  const isShown = () => window !== null && !window.isDestroyed();
  const show = () => {
    void app.dock?.show();
    if (window && !window.isDestroyed()) {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      return;
    }
    window = openWindow({ preload: path.join(dist, 'preload/preload.cjs'), state, log });
  };
  const core = await compose(
    desktopPlatform({
      dataDirectory,
      credentialHelper: path.join(unpacked, 'helper/git-credential-polyforge.cjs'),
      gitWorker: path.join(unpacked, 'worker/git-worker.js'),
      log,
      show,
      agent: isAgent
        ? {
            giveWay() {
              if (isShown()) return false;
              // Later: the answer goes out first.
              setImmediate(() => app.quit());
              return true;
            },
            idle: { milliseconds: idle, end: () => void (isShown() || app.quit()) },
          }
        : {},
    }),
  );
  handOutPorts(core.router, (contents) => window !== null && contents === window.webContents, log);
  setMenu((command) => {
    show();
    core.emit({ type: 'command', command });
  });
  app.on('second-instance', (_event, argv) => {
    // git's helper was faster than our socket: it finds it now.
    if (!argv.includes('--agent')) show();
  });
  app.on('activate', show);
  app.on('window-all-closed', () => {
    // A Mac application stays when its last window closes, and so does what git started, until it is idle.
    if (process.platform !== 'darwin' && !isAgent) app.quit();
  });
  let isClosed = false;
  app.on('will-quit', (event) => {
    if (isClosed) return;
    event.preventDefault();
    const late = setTimeout(() => app.exit(1), longestGoodbye);
    core
      .close()
      .catch((error: unknown) => log(`closing: ${String(error)}`))
      .finally(() => {
        clearTimeout(late);
        isClosed = true;
        app.quit();
      });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
  if (isAgent) app.dock?.hide();
  else show();
}

function begin(): void {
  app.setName('Polyforge');
  // Windows shows notifications only of programs it can name; the same name as in electron-builder.yml.
  if (process.platform === 'win32') app.setAppUserModelId('example.polyforge.app');
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([scheme]);
  let dataDirectory: string;
  try {
    dataDirectory = prepareDataDirectory(givenDataDirectory() ?? defaultDataDirectory());
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    refuseToStart('Polyforge cannot start', error.message);
    return;
  }
  // Chromium's own files beside ours; Electron's instance lock follows this directory.
  app.setPath('userData', path.join(dataDirectory, 'chromium'));
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  startWith(dataDirectory).catch((error: unknown) => {
    log(`start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    refuseToStart('Polyforge cannot start', `Polyforge cannot start: ${String(error)}`);
  });
}

async function startWith(dataDirectory: string): Promise<void> {
  const taken: LockResult = isAgent
    ? takeLock(dataDirectory, 'desktop', undefined, true)
    : await takeLockFromAgent(dataDirectory, 'desktop');
  if (taken.held) return start(dataDirectory);
  // Whoever was first answers git.
  if (isAgent) app.exit(0);
  else
    refuseToStart(
      'Polyforge already runs',
      `Polyforge already runs in the browser with the data directory ${dataDirectory} (process ${taken.by.pid}).`,
    );
}

begin();
