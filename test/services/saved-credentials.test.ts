import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSavedCredentials, type SavedCredentials, savedName } from '../../electron/credentials/saved';
import { createVault, type Vault } from '../../electron/credentials/vault';
import { createStorage } from '../../electron/storage/create';
import type { AppEvent } from '../../shared/contract/application';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { failureOf, startCore } from './core';

const origin = 'https://git.example.test';
const canary = 'canary-saved-0451';

describe('saved credentials in the preferences', () => {
  let directory: string;
  let core: Awaited<ReturnType<typeof startCore>>;

  /** What stands in the data directory before the program starts. */
  const given = async (
    fill: (saved: SavedCredentials, vault: Vault) => Promise<unknown>,
    allowed = false,
  ) => {
    const platform = fakePlatform(directory);
    const storage = createStorage(platform);
    const vault = createVault(path.join(directory, 'vault.json'), platform);
    await fill(createSavedCredentials(storage, vault), vault);
    if (allowed)
      for (const [id, otherOrigin] of [
        ['second', 'https://other.example.test'],
        ['first', 'http://plain.example.test'],
      ] as const)
        storage.allowedHosts.put({ id, origin, path: 'team/one.git', otherOrigin, addedAt: 1 });
    core = await startCore(directory, []);
  };

  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(async () => {
    await core.core.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('are listed by host, path and user, with where they are from and whether they work, without any secret', async () => {
    await given(async (saved) => {
      const kept = { password: canary, source: 'application' } as const;
      await saved.keep({ origin, path: 'team/b.git' }, { ...kept, username: 'grace', refreshToken: canary });
      const refused = await saved.keep({ origin, path: 'team/b.git' }, { ...kept, username: 'ada' });
      saved.mark(refused.id, 'refused');
      await saved.keep({ origin, path: '' }, { ...kept, username: '', source: 'terminal', expiresAt: 5 });
      await saved.keep({ origin: 'http://a.test:8080', path: 'x' }, { ...kept, username: 'ada' });
    });
    const list = await core.client.savedCredentials.list();
    expect(list.map(({ host, path: at, username }) => [host, at, username])).toEqual([
      ['git.example.test', '', ''],
      ['git.example.test', 'team/b.git', 'ada'],
      ['git.example.test', 'team/b.git', 'grace'],
      ['http://a.test:8080', 'x', 'ada'],
    ]);
    expect(list[0]).toMatchObject({ source: 'terminal', expiresAt: 5, missing: false });
    expect(list[1]).toMatchObject({ state: 'refused', source: 'application' });
    expect(JSON.stringify(list)).not.toContain('canary');
    expect(readFileSync(path.join(directory, 'config.json'), 'utf8')).not.toContain('canary');
  });

  it('say when the password is not there any more', async () => {
    await given(async (saved, vault) => {
      const typed = { username: 'ada', password: canary, source: 'application' } as const;
      await vault.delete(savedName(await saved.keep({ origin, path: 'x' }, typed)));
    });
    expect(await core.client.savedCredentials.list()).toMatchObject([{ username: 'ada', missing: true }]);
  });

  it('take another user or password, and say so to every page', async () => {
    await given((saved) =>
      saved.keep({ origin, path: 'x' }, { username: 'ada', password: canary, source: 'application' }),
    );
    const events: AppEvent[] = [];
    const ending = new AbortController();
    const stream = await core.client.application.events(undefined, { signal: ending.signal });
    const listening = (async () => {
      for await (const event of stream) events.push(event);
    })().catch(() => undefined);
    const [one] = await core.client.savedCredentials.list();
    const id = one?.id ?? '';
    const replaced = await core.client.savedCredentials.replace({ id, username: '', password: 'new' });
    expect(replaced).toMatchObject([{ id, username: '', state: 'unchecked' }]);
    await expect.poll(() => events.map(({ type }) => type)).toContain('saved-credentials.changed');
    ending.abort();
    await listening;
    expect(
      await failureOf(core.client.savedCredentials.replace({ id: 'gone', username: 'x', password: null })),
    ).toEqual({ kind: 'gone', what: 'saved-credential' });
    for (const [input, field] of [
      [{ id, username: 'a\nb', password: null }, 'username'],
      [{ id, username: 'a', password: 'b\rhost=evil.test' }, 'password'],
    ] as const)
      expect(await failureOf(core.client.savedCredentials.replace(input))).toMatchObject({
        kind: 'invalid-input',
        field,
      });
  });

  it('are removed with their secret, once, and from whichever window', async () => {
    await given((saved) =>
      saved.keep({ origin, path: 'x' }, { username: 'ada', password: canary, source: 'application' }),
    );
    const [one] = await core.client.savedCredentials.list();
    const input = { id: one?.id ?? '' };
    expect(await core.client.savedCredentials.remove(input)).toEqual([]);
    expect(await core.client.savedCredentials.remove(input)).toEqual([]);
    expect(readFileSync(path.join(directory, 'vault.json'), 'utf8')).not.toContain(one?.id ?? 'nothing');
  });

  it('show hosts that are allowed beside a repository’s own, and take them back', async () => {
    await given(async () => undefined, true);
    expect(await core.client.savedCredentials.allowedHosts()).toMatchObject([
      { id: 'first', host: 'git.example.test', path: 'team/one.git', otherHost: 'http://plain.example.test' },
      { id: 'second', otherHost: 'other.example.test' },
    ]);
    expect(await core.client.savedCredentials.disallowHost({ id: 'first' })).toMatchObject([
      { id: 'second' },
    ]);
    expect(await core.client.savedCredentials.disallowHost({ id: 'first' })).toHaveLength(1);
  });
});
