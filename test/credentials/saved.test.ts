import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSavedCredentials, type SavedCredentials } from '../../electron/credentials/saved';
import { createVault, type Vault } from '../../electron/credentials/vault';
import { createStorage } from '../../electron/storage/create';
import type { Storage } from '../../electron/storage/storage';
import { AppFailure } from '../../shared/errors';
import type { AppEvent } from '../../shared/contract/application';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';

const at = { origin: 'https://git.example.test', path: 'team/private.git' };
const typed = { source: 'application' as const };

describe('saved credentials', () => {
  let directory: string;
  let storage: Storage;
  let vault: Vault;
  let events: AppEvent[];
  let saved: SavedCredentials;

  beforeEach(() => {
    directory = temporaryDirectory();
    const platform = fakePlatform(directory);
    storage = createStorage(platform);
    vault = createVault(path.join(directory, 'vault.json'), platform);
    events = [];
    saved = createSavedCredentials(storage, vault, { emit: (event) => void events.push(event) });
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const keep = (username: string, password: string, more: object = {}) =>
    saved.keep(at, { ...typed, username, password, ...more });

  it('are told apart by user, and the one used last is given when nobody asks for a user', async () => {
    await keep('ada', 'of ada');
    const grace = await keep('grace', 'of grace');
    expect(storage.savedCredentials.list()).toHaveLength(2);
    expect(saved.find(at, 'ada')).toMatchObject({ username: 'ada' });
    expect(saved.find(at, 'grace')?.id).toBe(grace.id);
    expect(saved.find(at, 'Ada')).toBeNull();
    for (const one of storage.savedCredentials.list())
      storage.savedCredentials.put({ ...one, lastUsed: one.username === 'ada' ? 2 : 1 });
    expect(saved.find(at)?.username).toBe('ada');
    expect(saved.find(at, '')?.username).toBe('ada');
    expect(await saved.password(grace)).toBe('of grace');
  });

  it('never hide a working one behind one that was refused or has expired', async () => {
    const old = await keep('ada', 'refused');
    await keep('grace', 'works');
    saved.mark(old.id, 'refused');
    expect(saved.kept(at).map(({ username }) => username)).toContain('ada');
    expect(saved.find(at)?.username).toBe('grace');
    expect(saved.find(at, 'ada')).toBeNull();
    await keep('grace', 'works', { expiresAt: Date.now() - 1 });
    expect(saved.find(at)).toBeNull();
    await keep('grace', 'works', { expiresAt: Date.now() + 60_000 });
    expect(saved.find(at)?.username).toBe('grace');
  });

  it('answer for exactly their address: origin and path, with and without .git', async () => {
    await keep('ada', 'of ada');
    expect(saved.find({ ...at, path: 'team/private' })?.username).toBe('ada');
    for (const other of [
      { ...at, path: 'team/other.git' },
      { ...at, path: '' },
      { ...at, path: 'team' },
      { ...at, path: 'TEAM/private.git' },
      { ...at, origin: 'http://git.example.test' },
      { ...at, origin: 'https://git.example.test:8443' },
    ])
      expect(saved.find(other)).toBeNull();
  });

  it('kept without a path answer what is asked without a path, and nothing else', async () => {
    await saved.keep({ ...at, path: '' }, { source: 'terminal', username: 'ada', password: 'host' });
    expect(saved.find({ ...at, path: '' })).toMatchObject({ source: 'terminal', path: '' });
    expect(saved.find(at)).toBeNull();
  });

  it('keep the refresh token beside the password, and nothing secret in the settings', async () => {
    const one = await keep('ada', 'canary-password', { refreshToken: 'canary-refresh' });
    expect(await saved.refreshToken(one)).toBe('canary-refresh');
    expect(readFileSync(path.join(directory, 'config.json'), 'utf8')).not.toContain('canary');
    const again = await keep('ada', 'typed anew');
    expect(again.id).toBe(one.id);
    expect(await saved.refreshToken(again)).toBeNull();
  });

  it('are one record when the same is kept twice at the same time', async () => {
    await Promise.all(['first', 'second', 'third'].map((password) => keep('ada', password)));
    const [only, ...more] = storage.savedCredentials.list();
    expect(more).toEqual([]);
    expect(only && (await saved.password(only))).toBe('third');
  });

  it('go with their secrets when they are removed', async () => {
    const one = await keep('ada', 'of ada', { refreshToken: 'more' });
    await saved.remove(one.id);
    expect(storage.savedCredentials.list()).toEqual([]);
    expect(await saved.password(one)).toBeNull();
    expect(await saved.refreshToken(one)).toBeNull();
    expect(readFileSync(path.join(directory, 'vault.json'), 'utf8')).not.toContain(one.id);
    saved.mark(one.id, 'working');
    expect(storage.savedCredentials.list()).toEqual([]);
  });

  it('are refused only with the password that was refused', async () => {
    const one = await keep('ada', 'old');
    await saved.replace(one.id, 'ada', 'new');
    await saved.refuse(one, 'old');
    expect(saved.find(at)).toMatchObject({ state: 'unchecked' });
    await saved.refuse(one, 'new');
    expect(storage.savedCredentials.find(one.id)?.state).toBe('refused');
    expect(await saved.password(one)).toBe('new');
  });

  it('can be given another user, another password, or both', async () => {
    const ada = await keep('ada', 'of ada', { expiresAt: Date.now() + 60_000 });
    expect(await saved.replace(ada.id, 'grace', null)).toMatchObject({ id: ada.id, state: 'unchecked' });
    expect(await saved.password(ada)).toBe('of ada');
    expect(await saved.replace(ada.id, 'grace', 'fresh')).toMatchObject({ expiresAt: null });
    expect(await saved.password(ada)).toBe('fresh');
    expect(await saved.replace('gone', 'x', 'y')).toBeNull();
  });

  it('of another user of the address are not lost to one that takes the name', async () => {
    const ada = await keep('ada', 'of ada');
    const grace = await keep('grace', 'of grace');
    await expect(saved.replace(ada.id, 'grace', 'fresh')).rejects.toMatchObject({
      error: { kind: 'invalid-input', field: 'username' },
    });
    expect(await saved.password(grace)).toBe('of grace');
    expect(await saved.password(ada)).toBe('of ada');
    expect(storage.savedCredentials.list().map(({ username }) => username)).toEqual(['ada', 'grace']);
  });

  it('keep the refresh token of a password that could not be replaced', async () => {
    const one = await keep('ada', 'old', { refreshToken: 'of old' });
    const full = vi
      .spyOn(vault, 'set')
      .mockRejectedValue(new AppFailure({ kind: 'disk-full', path: directory }));
    await expect(keep('ada', 'new')).rejects.toMatchObject({ error: { kind: 'disk-full' } });
    await expect(saved.replace(one.id, 'ada', 'new')).rejects.toMatchObject({ error: { kind: 'disk-full' } });
    expect(await saved.password(one)).toBe('old');
    expect(await saved.refreshToken(one)).toBe('of old');
    full.mockRestore();
    await saved.replace(one.id, 'ada', 'new');
    expect(await saved.refreshToken(one)).toBeNull();
  });

  it('are not found for another origin, whatever is made of the record', async () => {
    const one = await keep('ada', 'of ada');
    storage.savedCredentials.put({ ...one, origin: 'https://evil.test' });
    const moved = saved.find({ ...at, origin: 'https://evil.test' });
    expect(moved && (await saved.password(moved))).toBeNull();
  });

  it('leave no secret behind when their record cannot be written', async () => {
    storage.savedCredentials.put = () => {
      throw new AppFailure({ kind: 'disk-full', path: directory });
    };
    await expect(keep('ada', 'of ada')).rejects.toMatchObject({ error: { kind: 'disk-full' } });
    expect(readFileSync(path.join(directory, 'vault.json'), 'utf8')).not.toContain('saved:');
  });

  it('say that they changed', async () => {
    const one = await keep('ada', 'of ada');
    saved.mark(one.id, 'refused');
    await saved.replace(one.id, 'ada', 'new');
    await saved.remove(one.id);
    expect(events).toEqual(events.map(() => ({ type: 'saved-credentials.changed' })));
    expect(events).toHaveLength(4);
  });
});
