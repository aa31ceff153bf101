import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { WebSocket } from 'ws';
import type { Contract } from '../../shared/contract/index';

/** Talks to a running browser host as its page does: same path, same origin, same token. */
export async function connectAsPage(
  url: string,
): Promise<{ client: ContractRouterClient<Contract>; close(): void }> {
  const page = new URL(url);
  const token = new URLSearchParams(page.hash.slice(1)).get('token') ?? '';
  const socket = new WebSocket(`ws://${page.host}/ws`, ['polyforge', `token.${token}`], {
    origin: page.origin,
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const client: ContractRouterClient<Contract> = createORPCClient(new RPCLink({ websocket: socket }));
  return { client, close: () => socket.close() };
}
