import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTrust } from '../../electron/git/trust';
import { trustService } from '../../electron/services/trust';
import { createStorage } from '../../electron/storage/create';
import type { Storage } from '../../electron/storage/storage';
import type { AppEvent } from '../../shared/contract/application';
import type { GitEngine } from '../../electron/git/engine';
import { fakePlatform } from '../fakes/platform';
import { makeRepository, temporaryDirectory } from '../fakes/repositories';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let count = 0;
let directory: string;
let data: string;
let storage: Storage;
const events: AppEvent[] = [];

beforeAll(async () => {
  place = await temporaryDirectory();
});
afterAll(() => place.remove());

function serve() {
  storage = createStorage(fakePlatform(data));
  storage.repositories.put({
    id: 'one',
    name: 'one',
    path: directory,
    accountId: null,
    lastOpened: 0,
    hostedKey: null,
  });
  const service = trustService({
    storage,
    trust: createTrust(storage.trustedFolders, ''),
    engines: { reader: async () => ({ engine: { id: 'system' } as GitEngine, reason: 'Because.' }) },
    events: { emit: (event) => events.push(event) },
  });
  return createRouterClient(service, { context: { log: () => undefined } });
}

beforeEach(async () => {
  count += 1;
  events.length = 0;
  data = path.join(place.path, `data-${count}`);
  directory = await makeRepository(path.join(place.path, `one-${count}`));
});

describe('trust of a repository', () => {
  const name = (text: string) => appendFile(path.join(directory, '.git/config'), text);
  const repositoryId = 'one';

  it('tells what was found without the secrets in it', async () => {
    await name(
      [
        '[http]\n\textraHeader = Authorization: Basic czNjcjN0LWNhbmFyeQ==\n',
        '[url "https://x-token:s3cr3t-canary@evil.test/"]\n\tinsteadOf = https://ada:s3cr3t-canary@good.test/\n',
        '[core]\n\tsshCommand = ssh --token=s3cr3t-canary ghp_s3cr3tcanary00000 -i k\n',
      ].join(''),
    );
    const state = await serve().state({ repositoryId });
    expect(state).toMatchObject({ state: 'untrusted', total: 3, engine: 'system', reason: 'Because.' });
    expect(state.findings.map(({ file, value }) => [file, value])).toEqual([
      ['.git/config', 'Authorization: •••'],
      ['.git/config', 'https://•••@good.test/'],
      ['.git/config', 'ssh --token=••• ••• -i k'],
    ]);
    expect(JSON.stringify(state)).not.toMatch(/s3cr3t|czNjcjN0/);
  });

  it('is given, listed after a new start, and taken back; the page hears of both', async () => {
    await name('[core]\n\teditor = x\n');
    expect(await serve().grant({ repositoryId })).toMatchObject({ state: 'trusted' });
    expect(events).toEqual([{ type: 'trust.changed' }]);
    const again = serve();
    expect(await again.state({ repositoryId })).toMatchObject({ state: 'trusted', folder: directory });
    expect(await again.list()).toMatchObject([{ folder: directory, stands: true }]);
    expect(await again.revoke({ folder: directory })).toEqual([]);
    expect(events).toHaveLength(2);
    expect(await serve().state({ repositoryId })).toMatchObject({ state: 'untrusted' });
  });

  it('shows some of very many, and how many there are', async () => {
    await name(Array.from({ length: 400 }, (_, index) => `[alias]\n\ta${index} = !true\n`).join(''));
    const state = await serve().state({ repositoryId });
    expect(state.total).toBe(400);
    expect(state.findings).toHaveLength(200);
  });

  it('is of no use for a repository that is gone from the list', async () => {
    await expect(serve().state({ repositoryId: 'two' })).rejects.toMatchObject({
      data: { kind: 'gone', what: 'repository' },
    });
  });
});
