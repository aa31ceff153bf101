import { createRouterClient } from '@orpc/server';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { assemble } from '../../electron/compose';
import { github } from '../../electron/providers/github/index';
import { createHttp } from '../../electron/providers/http';
import type { RepositoryListPart } from '../../shared/contract/hosted-repositories';
import { handClock } from '../fakes/clock';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { noGit } from './core';

const fresh = 'ghp_0000000000000000000000000000000000Fresh';

let directory: string;
let server: Awaited<ReturnType<typeof startGitHub>>;
let close = () => Promise.resolve();
beforeEach(async () => {
  directory = temporaryDirectory();
  server = await startGitHub();
  const { world } = server;
  world.inflate(450, 'northwind', ['mira'], world.repository('northwind/warehouse').story);
});
afterEach(async () => {
  await close();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

async function drain<Part>(parts: AsyncIterable<Part>): Promise<Part[]> {
  const all: Part[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

it('API-044: a token revoked between two pages is one notice and no question, and all of the list comes with the next token', async () => {
  const core = await assemble(fakePlatform(directory), {
    providers: [github],
    clock: handClock(),
    http: (network) => createHttp({ network }),
    git: () => Promise.resolve(noGit),
  });
  close = () => core.close();
  const client = createRouterClient(core.router, { context: { log: () => undefined } });
  const saved = await client.accounts.save({
    draft: {
      kind: 'github-enterprise',
      alias: 'Work',
      authenticationType: 'personal',
      url: server.url,
      token: githubTokens.first,
    },
  });
  const accountId = saved.account?.id ?? '';

  server.inject({
    path: /[?&]page=3(&|$)/,
    times: 1,
    as: 'change',
    change(reply) {
      for (const token of server.tokens) token.refused = true;
      return reply;
    },
  });
  const parts = await drain(await client.hostedRepositories.list({ refresh: true }));
  const rows = (list: RepositoryListPart[]) =>
    list.reduce((sum, part) => sum + (part.kind === 'items' ? part.items.length : 0), 0);
  // What had come by then is kept, and the list is not told to be whole.
  expect(rows(parts)).toBe(300);
  expect(parts.at(-1)).toMatchObject({ kind: 'failed', error: { kind: 'token-refused' } });

  // Everything else that asks fails as well: together they are one matter.
  await Promise.all([
    drain(await client.hostedRepositories.list({ refresh: true })),
    drain(await client.pullRequests.list({ state: 'open', scope: 'mine' })),
    client.accounts.check({ accountId }),
  ]);
  expect(await client.prompts.open()).toEqual([]);
  expect(await client.accounts.notices()).toEqual([{ accountId, stage: 'refused' }]);

  server.tokens.push({ secret: fresh, login: 'mira', scopes: ['repo', 'read:org'] });
  const replaced = await client.accounts.replaceToken({ accountId, token: fresh });
  expect(replaced.account).toMatchObject({ id: accountId, state: { status: 'working' } });
  expect(await client.accounts.notices()).toEqual([]);
  const again = await drain(await client.hostedRepositories.list({ refresh: false }));
  expect(rows(again)).toBeGreaterThan(450);
  expect(again.at(-1)).toMatchObject({ kind: 'done' });
});
