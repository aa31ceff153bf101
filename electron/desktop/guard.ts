import { app, type Session, type WebContents } from 'electron';
import { openExternal } from './open-external';
import { isPage } from './protocol';

/** Everything a web page may ask of the system is refused, but for writing text to the clipboard from our own page. */
function isPermitted(permission: string, contents: WebContents | null, isMainFrame: boolean): boolean {
  return (
    permission === 'clipboard-sanitized-write' &&
    isMainFrame &&
    contents !== null &&
    isPage(contents.getURL())
  );
}

export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, callback, details) => {
    callback(isPermitted(permission, contents, details.isMainFrame));
  });
  session.setPermissionCheckHandler((contents, permission, _origin, details) =>
    isPermitted(permission, contents, details.isMainFrame),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback({}));
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
}

/** Whatever contents come to be: they stay on our page and open nothing but the user's browser. */
function guardContents(contents: WebContents, log: (line: string) => void): void {
  const open = (url: string) => {
    openExternal(url).catch((error: unknown) => log(`link refused: ${String(error)}`));
  };
  contents.setWindowOpenHandler(({ url }) => {
    open(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => {
    if (isPage(event.url)) return;
    event.preventDefault();
    if (event.isMainFrame) open(event.url);
  });
  contents.on('will-frame-navigate', (event) => {
    if (!isPage(event.url) || !event.isMainFrame) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

export function guardAllContents(log: (line: string) => void): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, log));
}
