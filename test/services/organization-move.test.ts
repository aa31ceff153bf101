import { rmSync } from 'node:fs';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assemble, type Core } from '../../electron/compose';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { azureDevOps } from '../../electron/providers/azure-devops';
import { createHttp } from '../../electron/providers/http';
import type { AccountDraftInput } from '../../shared/contract/accounts';
import { type AzureStandIn, startAzureDevOps } from '../fakes/hosting/azure-devops';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { buildGitWorker } from '../fakes/git-worker';
import { git } from '../fakes/repositories';
import { failureOf } from './core';

const globalToken = `${'Global'.repeat(12)}MiraAZDO4th0`;
const ownToken = `${'Single'.repeat(12)}MiraAZDO5th0`;

let directory: string;
let worker: Awaited<ReturnType<typeof buildGitWorker>>;
let azure: AzureStandIn;
let core: Core;

async function start() {
  const platform = fakePlatform(path.join(directory, 'data'));
  core = await assemble(platform, {
    providers: [azureDevOps],
    http: () => createHttp(),
    git: ({ network }) => {
      const engine = createIsomorphicEngine(worker.file, network);
      return Promise.resolve({
        engines: {
          forReading: async () => engine,
          forWriting: async () => engine,
          reader: async () => ({ engine, reason: '' }),
          discover: (path: string) => engine.discover(path),
          forNetwork: () => engine,
          clone: () => Promise.reject(new Error('nothing is cloned here')),
          describe: () => ({ git: { found: false }, engine: 'isomorphic', engineReason: '' }),
          programs: () => Promise.resolve({ git: null, ssh: null, lfs: null, shell: null }),
          reconsider: () => Promise.resolve(),
          close: () => Promise.resolve(),
        },
        credentials: {
          begin: () => {
            throw new Error('no credentials in this test');
          },
        },
        close: () => Promise.resolve(),
      } as never);
    },
  });
  return createRouterClient(core.router, { context: { log: () => undefined } });
}

async function repository(name: string, remote: string): Promise<string> {
  const folder = path.join(directory, name);
  await git(directory, 'init', '--quiet', folder);
  await git(folder, 'remote', 'add', 'origin', remote);
  return folder;
}

const old = (): AccountDraftInput => ({
  kind: 'azure-devops-services',
  alias: 'Everything',
  authenticationType: 'personal',
  url: azure.url,
  organization: '',
  token: globalToken,
});

beforeAll(async () => {
  worker = await buildGitWorker();
});
afterAll(() => worker.remove());

beforeEach(async () => {
  directory = temporaryDirectory();
  azure = await startAzureDevOps();
  const login = azure.tokens[0]?.login ?? '';
  azure.tokens.push(
    { secret: globalToken, login, organization: '*', scopes: ['vso.code_write', 'vso.profile'] },
    { secret: ownToken, login, organization: azure.organization, scopes: ['vso.code_write'] },
  );
});
afterEach(async () => {
  await core.close();
  await azure.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('moving from a token for all organizations to one each', () => {
  it('rows 2.10 3.6: plans it from the token, and repositories keep working with the new account', async () => {
    const client = await start();
    const { account } = await client.accounts.save({ draft: old() });
    const accountId = account?.id ?? '';
    expect(await client.organizationMove.ending()).toEqual([{ accountId, until: '2026-12-01' }]);

    const fleet = await client.repositories.open({
      path: await repository('fleet', `${azure.url}/harbour-vans/Fleet/_git/Fleet`),
    });
    const elsewhere = await client.repositories.open({
      path: await repository('elsewhere', 'https://example.com/team/thing.git'),
    });
    for (const { id } of [fleet, elsewhere])
      await client.repositories.bindAccount({ repositoryId: id, accountId });
    await client.bindings.putRule({
      id: null,
      scope: { kind: 'path', origin: azure.origin, path: 'harbour-vans/Fleet' },
      accountId,
      identity: null,
    });

    const plan = await client.organizationMove.plan({ accountId, also: ['Northwind'] });
    expect(plan).toMatchObject({
      until: '2026-12-01',
      listFailure: null,
      others: [{ id: elsewhere.id }],
      entries: [
        {
          organization: 'harbour-vans',
          account: null,
          repositories: [{ id: fleet.id }],
          tokenPage: `${azure.url}/harbour-vans/_usersSettings/tokens`,
        },
        { organization: 'Northwind', account: null, repositories: [] },
      ],
    });
    expect(JSON.stringify(plan)).not.toContain(globalToken);

    const [entry] = plan.entries;
    const saved = await client.accounts.save({
      draft: { ...old(), ...entry?.draft, token: ownToken },
    });
    expect(saved).toMatchObject({ test: { ok: true }, account: { organization: 'harbour-vans' } });
    const to = saved.account?.id ?? '';
    expect(to).not.toBe(accountId);
    // Left here and opened again: what is there tells how far it went.
    expect((await client.organizationMove.plan({ accountId })).entries[0]).toMatchObject({
      account: { id: to, working: true },
      repositories: [{ id: fleet.id }],
    });
    expect(await client.organizationMove.rebind({ accountId, organization: 'harbour-vans', to })).toEqual({
      repositories: 1,
    });
    const bound = (await client.repositories.list()).map(({ id, accountId: by }) => [id, by]);
    expect(Object.fromEntries(bound)).toEqual({ [fleet.id]: to, [elsewhere.id]: accountId });
    expect((await client.organizationMove.plan({ accountId })).entries[0]).toMatchObject({
      repositories: [],
    });

    await client.accounts.remove({ accountId });
    expect(await client.organizationMove.ending()).toEqual([]);
    expect((await client.repositories.list()).find(({ id }) => id === fleet.id)?.accountId).toBe(to);
  });

  it('row 2.10: finds the organizations of this machine when the token tells them no more', async () => {
    const client = await start();
    const { account } = await client.accounts.save({ draft: old() });
    const accountId = account?.id ?? '';
    await client.repositories.open({ path: await repository('fleet', `${azure.url}/Fabrikam/Web/_git/Web`) });
    for (const token of azure.tokens) if (token.secret === globalToken) token.refused = true;
    const plan = await client.organizationMove.plan({ accountId });
    expect(plan.listFailure).not.toBeNull();
    expect(plan.entries.map(({ organization }) => organization)).toEqual(['Fabrikam']);
  });

  it('keeps to accounts it is for', async () => {
    const client = await start();
    const one = await client.accounts.save({
      draft: { ...old(), organization: 'harbour-vans', token: ownToken },
    });
    const all = await client.accounts.save({ draft: old() });
    const accountId = all.account?.id ?? '';
    expect(await client.organizationMove.ending()).toMatchObject([{ accountId }]);
    expect(await failureOf(client.organizationMove.plan({ accountId: one.account?.id ?? '' }))).toMatchObject(
      { kind: 'unsupported' },
    );
    expect(
      await failureOf(
        client.organizationMove.rebind({ accountId, organization: 'other', to: one.account?.id ?? '' }),
      ),
    ).toMatchObject({ kind: 'invalid-input', field: 'organization' });
  });
});
