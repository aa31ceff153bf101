import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRouterClient } from '@orpc/server';
import type { GitEngine } from '../../electron/git/engine';
import { createStorage } from '../../electron/storage/create';
import { createEventBus } from '../../electron/services/application';
import { sshService } from '../../electron/services/ssh';
import type { AppEvent } from '../../shared/contract/application';
import { anAccount } from '../fakes/account';
import { choicesOver } from '../fakes/choices';
import { fakePlatform } from '../fakes/platform';
import { temporaryDirectory } from '../fakes/repositories';
import { createPromptBroker } from '../../electron/prompts/broker';
import { failureOf } from './core';

/** Server keys that GitHub and GitLab publish together with their fingerprints. */
const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const ed25519Print = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU';
const rsa =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCsj2bNKTBSpIYDEGk9KxsGh3mySTRgMtXL583qmBpzeQ+jqCMRgBqB98u3z++J1sKlXHWfM9dyhSevkMwSbhoR8XIq/U0tCNyokEi/ueaBMCvbcTHhO7FcwzY92WK4Yt0aGROY5qX2UKSeOvuP4D6TPqKF1onrSzH9bx9XUf2lEdWT/ia1NEKjunUqu1xOB/StKDHMoX4/OKyIzuS0q/T1zOATthvasJFoPrAjkohTyaDUz2LN5JoH839hViyEG82yB+MjcFV5MU3N1l1QL3cVUCh93xSaua1N85qivl+siMkPGbO5xR/En4iEY6K2XPASUEMaieWVNTRCtJ4S8H+9';
const privateKey = '-----BEGIN OPENSSH PRIVATE KEY-----\nnot read\n-----END OPENSSH PRIVATE KEY-----\n';

describe('ssh keys', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let folder: string;
  let agent: string[];
  let emitted: AppEvent['type'][];
  const secrets = new Map<string, string>();

  beforeEach(async () => {
    temporary = await temporaryDirectory();
    folder = path.join(temporary.path, '.ssh');
    await mkdir(folder);
    agent = [];
    emitted = [];
    secrets.clear();
  });
  afterEach(() => temporary.remove());

  const start = () => {
    const storage = createStorage(fakePlatform(path.join(temporary.path, 'data')));
    const events = createEventBus();
    events.listen((event) => emitted.push(event.type));
    const prompts = createPromptBroker(events);
    const overview = async () => ({
      head: null,
      bare: false,
      shallow: false,
      narrow: null,
      partial: false,
      remotes: [{ name: 'origin', url: 'ssh://git@git.example.test/team/one.git', pushUrl: null }],
    });
    const service = sshService({
      storage,
      vault: { delete: async (name) => void secrets.delete(name) },
      engines: {
        forReading: async () => ({ overview }) as unknown as GitEngine,
        forWriting: async () => ({ overview }) as unknown as GitEngine,
        sshAgentKeys: async () => agent,
      },
      choices: choicesOver(storage.accounts, prompts, { repositories: storage.repositories }),
      events,
      folder,
    });
    return { storage, client: createRouterClient(service, { context: { log: () => undefined } }) };
  };
  const put = (name: string, text: string) => writeFile(path.join(folder, name), text);

  it('are listed with what their public half tells, and whether the agent has them', async () => {
    await put('id_ed25519', privateKey);
    await put('id_ed25519.pub', `${ed25519} jane@example.com\n`);
    await put('id_rsa', '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n');
    await put('id_rsa.pub', `${rsa} old laptop\n`);
    await put('naked', privateKey);
    await put('known_hosts', `github.com ${ed25519}\n`);
    await put('config', 'Host *\n');
    await put('strange.pub', 'no key at all');
    agent = [`${ed25519} other comment`];
    const { client } = start();
    expect(await client.keys()).toEqual([
      {
        path: path.join(folder, 'id_ed25519'),
        type: 'ed25519',
        comment: 'jane@example.com',
        fingerprint: ed25519Print,
        inAgent: true,
      },
      {
        path: path.join(folder, 'id_rsa'),
        type: 'rsa 2048',
        comment: 'old laptop',
        fingerprint: 'SHA256:ROQFvPThGrW4RuWLoL9tq9I9zJ42fK4XywyRtbOz/EQ',
        inAgent: false,
      },
      { path: path.join(folder, 'naked'), type: null, comment: '', fingerprint: null, inAgent: false },
    ]);
  });

  it('are named by their public half where the agent alone has the private one', async () => {
    await put('hardware.pub', `${ed25519} on a card\n`);
    const { client } = start();
    expect(await client.keys()).toEqual([]);
    agent = [ed25519];
    expect(await client.keys()).toMatchObject([{ path: path.join(folder, 'hardware.pub'), inAgent: true }]);
  });

  it('are none where there is no folder', async () => {
    await rm(folder, { recursive: true });
    expect(await start().client.keys()).toEqual([]);
  });

  it('are chosen for an account, and given up again', async () => {
    await put('work', privateKey);
    const { client, storage } = start();
    storage.accounts.put(anAccount());
    const file = path.join(folder, 'work');
    await client.setAccountKey({ accountId: 'a1', path: ` ${file} ` });
    expect(await client.accountKeys()).toEqual([{ accountId: 'a1', path: file }]);
    expect(emitted).toContain('ssh.changed');
    await client.setAccountKey({ accountId: 'a1', path: null });
    expect(await client.accountKeys()).toEqual([]);
    expect(await failureOf(client.setAccountKey({ accountId: 'gone', path: file }))).toEqual({
      kind: 'gone',
      what: 'account',
    });
  });

  it('may be written with the user’s folder in short', async () => {
    vi.stubEnv('HOME', temporary.path);
    vi.stubEnv('USERPROFILE', temporary.path);
    await put('work', privateKey);
    const { client, storage } = start();
    storage.accounts.put(anAccount());
    await client.setAccountKey({ accountId: 'a1', path: '~/.ssh/work' });
    vi.unstubAllEnvs();
    expect(await client.accountKeys()).toMatchObject([{ path: path.join(folder, 'work') }]);
  });

  it('are refused where they are none, or cannot be named to ssh', async () => {
    await put('id_rsa.txt', 'no key');
    // oxlint-disable-next-line no-template-curly-in-string
    await put('${HOME}', privateKey);
    const { client, storage } = start();
    storage.accounts.put(anAccount());
    // oxlint-disable-next-line no-template-curly-in-string
    for (const name of ['id_rsa.txt', 'not-there', '.', '${HOME}'])
      expect(
        await failureOf(client.setAccountKey({ accountId: 'a1', path: path.join(folder, name) })),
      ).toMatchObject({ kind: 'invalid-input', field: 'path' });
    expect(await failureOf(client.setAccountKey({ accountId: 'a1', path: 'id_rsa' }))).toMatchObject({
      kind: 'invalid-input',
      reason: 'absolute-path',
    });
    expect(await client.accountKeys()).toEqual([]);
  });

  it('of a repository go before that of its account', async () => {
    await put('work', privateKey);
    await put('other', privateKey);
    const { client, storage } = start();
    const repositoryId = 'r1';
    storage.repositories.put({
      id: repositoryId,
      name: 'one',
      path: temporary.path,
      accountId: null,
      lastOpened: 0,
      hostedKey: null,
    });
    expect(await client.choice({ repositoryId })).toEqual({ path: null, source: 'ssh', missing: false });
    storage.accounts.put(anAccount());
    await client.setAccountKey({ accountId: 'a1', path: path.join(folder, 'work') });
    expect(await client.choice({ repositoryId })).toEqual({
      path: path.join(folder, 'work'),
      source: 'account',
      missing: false,
    });
    const other = path.join(folder, 'other');
    expect(await client.setRepositoryKey({ repositoryId, path: other })).toMatchObject({
      path: other,
      source: 'repository',
    });
    await rm(other);
    expect(await client.choice({ repositoryId })).toMatchObject({ missing: true });
    expect(await client.keys()).toMatchObject([{ path: path.join(folder, 'work') }]);
    expect(await client.setRepositoryKey({ repositoryId, path: null })).toMatchObject({ source: 'account' });
    expect(await failureOf(client.choice({ repositoryId: 'gone' }))).toEqual({
      kind: 'gone',
      what: 'repository',
    });
  });

  it('lose their kept passphrase on request, the secret with the record', async () => {
    await put('work', privateKey);
    const { client, storage } = start();
    const keyPath = path.join(folder, 'work');
    secrets.set(`ssh-passphrase:${keyPath}`, 'canary');
    storage.sshPassphrases.put({ id: keyPath, state: 'working', lastUsed: 5 });
    storage.sshPassphrases.put({ id: '/gone/key', state: 'refused', lastUsed: 4 });
    expect(await client.savedPassphrases()).toEqual([
      { keyPath: '/gone/key', state: 'refused', lastUsed: 4, missing: true },
      { keyPath, state: 'working', lastUsed: 5, missing: false },
    ]);
    expect(await client.forgetPassphrase({ keyPath })).toMatchObject([{ keyPath: '/gone/key' }]);
    expect(secrets.size).toBe(0);
    expect(await client.forgetPassphrase({ keyPath })).toHaveLength(1);
  });
});
