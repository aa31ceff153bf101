import type { ClientContext, ClientLink } from '@orpc/client';

/** Where the core is: the preload's MessagePort in Electron, a WebSocket elsewhere. The only file that knows. */
export function createLink(): ClientLink<ClientContext> {
  throw new Error('not connected');
}
