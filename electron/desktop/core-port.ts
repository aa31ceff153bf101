import { RPCHandler } from '@orpc/server/message-port';
import { ipcMain, MessageChannelMain, type MessagePortMain, type WebContents } from 'electron';
import type { Core } from '../compose';
import { isPage } from './protocol';

/** A call carries form fields, a key file at most. The same limit as over the WebSocket. */
const largestMessage = 4 * 1024 * 1024;

/** What the core hears of a port: text and bytes of a sane size. Anything else ends the connection. */
function limited(port: MessagePortMain, log: (line: string) => void) {
  return {
    on(event: string, callback: (message?: { data: unknown }) => void) {
      if (event === 'close') port.on('close', () => callback());
      if (event !== 'message') return;
      port.on('message', ({ data }: { data: unknown }) => {
        const size =
          typeof data === 'string' ? data.length : data instanceof Uint8Array ? data.byteLength : Infinity;
        if (size <= largestMessage) {
          callback({ data });
          return;
        }
        log('A message of the page was too large or no message; its connection was closed.');
        port.close();
      });
    },
    postMessage: (data: unknown) => port.postMessage(data),
  };
}

/**
 * The one channel between a page and this process: a page of ours asks, in its
 * main frame, and gets a port to the core. Everything else is ignored.
 */
export function handOutPorts(
  router: Core['router'],
  isOurs: (contents: WebContents) => boolean,
  log: (line: string) => void,
): void {
  const handler = new RPCHandler(router);
  ipcMain.on('polyforge:connect', (event) => {
    const frame = event.senderFrame;
    if (!frame || frame.parent !== null || !isPage(frame.url) || !isOurs(event.sender)) {
      log(`A page that is not ours asked for the core: ${frame?.url.slice(0, 200) ?? 'gone'}`);
      return;
    }
    const { port1, port2 } = new MessageChannelMain();
    handler.upgrade(limited(port1, log), { context: { log } });
    port1.start();
    frame.postMessage('polyforge:port', null, [port2]);
  });
}
