import { createORPCClient } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { contract } from '../../shared/contract/index';

/** Names of all calls, as the page writes them. */
const names = Object.entries(contract).flatMap(([service, calls]) =>
  Object.keys(calls).map((call) => [service, call] as const),
);

describe('the calls between page and core', () => {
  it.each(names)('%s.%s is sent, not taken for a property of a function', async (service, call) => {
    const sent: (readonly string[])[] = [];
    const client: Record<string, Record<string, () => Promise<unknown>>> = createORPCClient({
      call: (path) => {
        sent.push(path);
        return Promise.resolve(undefined);
      },
    });
    await client[service]?.[call]?.();
    expect(sent).toEqual([[service, call]]);
  });
});
