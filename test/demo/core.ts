import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { WebSocket } from 'ws';
import type { Contract } from '../../shared/contract/index';
import { type AppError, appErrorSchema } from '../../shared/errors';
import type { DemoProvider } from './stand-ins';

export type Core = ContractRouterClient<Contract>;

/** The services of a running browser host, through the same door its page comes in. */
export async function connectCore(address: string): Promise<{ core: Core; close(): void }> {
  const url = new URL(address);
  const token = new URLSearchParams(url.hash.slice(1)).get('token') ?? '';
  const socket = new WebSocket(`ws://${url.host}/ws`, ['polyforge', `token.${token}`], {
    origin: url.origin,
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const core: Core = createORPCClient(new RPCLink({ websocket: socket }));
  return { core, close: () => socket.close() };
}

/** A call's failure as data, or undefined for anything else. */
export function appErrorOf(error: unknown): AppError | undefined {
  const data = typeof error === 'object' && error !== null && 'data' in error ? error.data : undefined;
  const parsed = appErrorSchema.safeParse(data);
  return parsed.success ? parsed.data : undefined;
}

/** Adds the account, or gives an earlier demo's account at the same address its token again. Resolves its id. */
export async function addAccount(core: Core, provider: DemoProvider): Promise<string> {
  const { draft, label } = provider;
  const known = (await core.accounts.list()).find((one) => one.kind === draft.kind && one.url === draft.url);
  const done = known
    ? await core.accounts.replaceToken({
        accountId: known.id,
        token: draft.token ?? '',
        expiresOn: draft.expiresOn ?? '',
      })
    : await core.accounts.save({ draft });
  if (!done.test.ok) throw new Error(`${label} refused the account: ${JSON.stringify(done.test.error)}`);
  if (!done.account) throw new Error(`${label}: the account was not saved`);
  return done.account.id;
}
