import { contextBridge, ipcRenderer } from 'electron';

/** The part of the page's window that is needed; this project of TypeScript has no DOM. */
declare const window: { postMessage(message: string, target: string, transfer: unknown[]): void };

// A port cannot pass the bridge; a window message of the page to itself can carry it. "/" is the page's own origin.
ipcRenderer.on('polyforge:port', (event) => {
  const [port] = event.ports;
  if (port) window.postMessage('polyforge:port', '/', [port]);
});

contextBridge.exposeInMainWorld('polyforge', {
  connect: () => ipcRenderer.send('polyforge:connect'),
});
