import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createHttp } from '../../electron/providers/http';
import { searchDirectory, searchFor } from '../e2e/leaks';
import { hostingCases } from '../fakes/hosting/cases';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { startCore } from '../services/core';

it('the private key of a GitHub App is on the disk sealed only, and in no answer to the page (row 1.18)', async () => {
  const one = hostingCases.find(({ name }) => name.endsWith('application'));
  if (!one) throw new Error('no case with an application');
  const directory = temporaryDirectory();
  const { server, draft } = await one.start();
  const http = createHttp({ retryDelay: 1 });
  const platform = fakePlatform(directory, {
    systemSealer: () => Promise.resolve({ sealer: null, why: 'this machine has no key store' }),
  });
  const { client, core } = await startCore(directory, [one.provider], platform, undefined, http);
  try {
    await client.preferences.chooseSecretStore({ choice: 'passphrase', passphrase: 'nine lives of a cat' });
    const saved = await client.accounts.save({ draft });
    expect(saved.account?.user?.name).toBe(one.user);
    const lines = (draft.privateKey ?? '').split('\n').filter((line) => line && !line.startsWith('-----'));
    expect(lines.length).toBeGreaterThan(10);
    const search = searchFor(Object.fromEntries(lines.map((line, index) => [`line ${index + 1}`, line])));
    const { files, found } = searchDirectory(search, directory);
    expect(files).toBeGreaterThan(1);
    expect(found).toEqual([]);
    const answers = JSON.stringify([saved, await client.accounts.list(), await client.accounts.kinds()]);
    expect(search('the answers', answers)).toEqual([]);
    expect(search('the log', platform.logged.join('\n'))).toEqual([]);
    // It is there all the same: a check signs with it.
    expect((await client.accounts.check({ accountId: saved.account?.id ?? '' })).state.status).toBe(
      'working',
    );
  } finally {
    await core.close();
    await http.close();
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
