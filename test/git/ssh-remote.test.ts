import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CredentialChannel, createCredentialChannel } from '../../electron/credentials/channel';
import { createCredentialBroker } from '../../electron/credentials/create-broker';
import { createSshAccess } from '../../electron/credentials/ssh/access';
import type { GitEngine } from '../../electron/git/engine';
import { createSystemEngine } from '../../electron/git/system/engine';
import { findGit } from '../../electron/git/system/program';
import { createPromptBroker } from '../../electron/prompts/broker';
import type {
  AccountSshKey,
  AllowedHost,
  SavedCredential,
  SavedPassphrase,
  StoredRepository,
} from '../../electron/storage/storage';
import type { Account } from '../../shared/contract/accounts';
import type { Answer, Question } from '../../shared/contract/prompts';
import { AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { choicesOver, memoryCollection } from '../fakes/choices';
import { fixedNetwork } from '../fakes/network';
import { makeBareRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import { isolatedSsh } from '../fakes/ssh-client';
import {
  makeSshKey,
  type SshKeyPair,
  type SshServer,
  startSshServer,
  whyNoSshServer,
} from '../fakes/ssh-server';
import { builtHelper } from './operation';

const why = whyNoSshServer();
if (why !== null) console.log(`git over ssh is not tested here: ${why}`);

describe.skipIf(why !== null)('git over ssh', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: SshServer;
  let channel: CredentialChannel;
  let engine: GitEngine;
  let engineParts: Parameters<typeof createSystemEngine>[0];
  let client: Awaited<ReturnType<typeof isolatedSsh>>;
  let plainKey: SshKeyPair;
  let lockedKey: SshKeyPair;
  let clones = 0;

  const accounts = memoryCollection<Account>();
  const repositories = memoryCollection<StoredRepository>();
  const sshKeys = memoryCollection<AccountSshKey>();
  const sshPassphrases = memoryCollection<SavedPassphrase>();
  const secrets = new Map<string, string>();
  const asked: Question[] = [];
  let answer: (question: Question) => Answer | null = () => ({ kind: 'dismiss' });
  const prompts = createPromptBroker({
    emit(event) {
      if (event.type !== 'prompts.asked') return;
      asked.push(event.question);
      setImmediate(() => {
        const given = answer(event.question);
        if (given) prompts.answer(event.question.id, given);
      });
    },
  });
  const vault = {
    get: async (name: string) => secrets.get(name),
    set: async (name: string, secret: string) => void secrets.set(name, secret),
    delete: async (name: string) => void secrets.delete(name),
  };
  const storage = {
    accounts,
    repositories,
    sshKeys,
    sshPassphrases,
    savedCredentials: memoryCollection<SavedCredential>(),
    allowedHosts: memoryCollection<AllowedHost>(),
  };
  const choices = choicesOver(accounts, prompts, { repositories });
  const events = { emit: () => undefined };
  const log = () => undefined;
  const broker = createCredentialBroker({
    storage,
    vault,
    prompts,
    choices,
    sessions: { open: () => Promise.reject(new Error('no provider in this test')) },
    events,
    ssh: (ask, context) => createSshAccess({ storage, vault, choices, ask, events, log }, context),
    log,
  });

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    const root = path.join(temporary.path, 'served');
    await makeBareRepository(path.join(root, 'team/one.git'), smallHistory);
    await makeBareRepository(path.join(root, 'team/two.git'), smallHistory);
    server = await startSshServer(path.join(temporary.path, 'sshd'), root);
    channel = await createCredentialChannel();
    client = await isolatedSsh(temporary.path);
    engineParts = {
      program: (await findGit(process.env['PATH'] ?? '')) ?? '',
      ssh: client.program,
      channel,
      network: fixedNetwork(),
      helper: await builtHelper(path.join(temporary.path, 'helper')),
    };
    engine = createSystemEngine(engineParts);
    plainKey = await makeSshKey(path.join(temporary.path, "keys of 'mine'/plain key"));
    lockedKey = await makeSshKey(path.join(temporary.path, 'keys/locked'), 'open sesame');
    await server.allow(plainKey);
    await server.allow(lockedKey);
  });
  afterAll(async () => {
    await channel.close();
    await server.close();
    await temporary.remove();
  });
  beforeEach(async () => {
    asked.length = 0;
    secrets.clear();
    for (const collection of [accounts, repositories, sshKeys, sshPassphrases])
      for (const { id } of collection.list()) collection.remove(id);
    accounts.put(anAccount({ id: 'a1' }));
    sshKeys.put({ id: 'a1', path: plainKey.path });
    const { port, hostKey } = server;
    await writeFile(client.knownHosts, `[127.0.0.1]:${port} ${hostKey.publicKey}\n`);
    answer = () => ({ kind: 'dismiss' });
  });
  afterEach(() => {
    expect(prompts.open()).toEqual([]);
  });

  const clone = async (
    options: {
      accountId?: string | null;
      interactive?: boolean;
      signal?: AbortSignal;
      repository?: string;
    } = {},
  ): Promise<string> => {
    const { accountId = 'a1', interactive = true, repository = 'team/one.git' } = options;
    const signal = options.signal ?? new AbortController().signal;
    const url = requireRemoteUrl(server.url(repository));
    clones += 1;
    const directory = path.join(temporary.path, `clone-${clones}`);
    const credentials = broker.begin({
      operation: 'clone',
      url,
      accountId,
      repositoryId: null,
      interactive,
      signal,
    });
    await engine.clone({ url, directory, branch: null, credentials }, { signal });
    return directory;
  };
  const failureOf = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return error instanceof AppFailure ? error.error : error;
  };
  /** Those of these tests alone: their settings stand in this folder. */
  const sshProcesses = (): number => {
    if (process.platform !== 'linux') return 0;
    return readdirSync('/proc').filter((name) => {
      if (!/^\d+$/.test(name)) return false;
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`${temporary.path}/ssh_config`);
      } catch {
        return false;
      }
    }).length;
  };
  const useLockedKey = () => sshKeys.put({ id: 'a1', path: lockedKey.path });

  it('clones with the key of the account, whatever its file is called, and asks nothing', async () => {
    const directory = await clone();
    expect(existsSync(path.join(directory, '.git'))).toBe(true);
    expect(asked).toEqual([]);
  });

  it('shows the fingerprint of an unknown server, and ssh itself remembers the one that was accepted', async () => {
    await rm(client.knownHosts);
    answer = (question) => (question.kind === 'ssh-host-key' ? { kind: 'ssh-host-key', accept: true } : null);
    await clone();
    expect(asked).toMatchObject([
      {
        kind: 'ssh-host-key',
        operation: 'clone',
        host: `127.0.0.1:${server.port}`,
        address: null,
        repositoryHost: null,
        keyType: 'ED25519',
        fingerprint: server.hostKey.fingerprint,
        otherTypesKnown: false,
        published: null,
      },
    ]);
    expect(await readFile(client.knownHosts, 'utf8')).toContain(server.hostKey.publicKey.split(' ')[1]);
    await clone();
    expect(asked).toHaveLength(1);
  });

  it('sends nothing to a server whose key was not accepted', async () => {
    await rm(client.knownHosts);
    const before = server.log().length;
    expect(await failureOf(clone())).toEqual({
      kind: 'ssh-host-key-unknown',
      host: `127.0.0.1:${server.port}`,
      reason: 'declined',
      fingerprint: server.hostKey.fingerprint,
      published: null,
    });
    expect(asked).toHaveLength(1);
    expect(existsSync(client.knownHosts)).toBe(false);
    expect(server.log().slice(before)).not.toMatch(/Accepted|Failed|Postponed/);
  });

  it('stops at a changed server key without a question, and says where the known one stands', async () => {
    const other = await makeSshKey(path.join(temporary.path, `other-host-${clones}`));
    await writeFile(client.knownHosts, `# mine\n[127.0.0.1]:${server.port} ${other.publicKey}\n`);
    expect(await failureOf(clone())).toEqual({
      kind: 'ssh-host-key-changed',
      host: `127.0.0.1:${server.port}`,
      cause: 'changed',
      keyType: 'ED25519',
      fingerprint: server.hostKey.fingerprint,
      known: { file: client.knownHosts, line: 2 },
      published: null,
    });
    expect(asked).toEqual([]);
  });

  it('stops at a revoked server key without a question', async () => {
    const { port, hostKey } = server;
    await writeFile(client.knownHosts, `@revoked [127.0.0.1]:${port} ${hostKey.publicKey}\n`);
    expect(await failureOf(clone())).toMatchObject({
      kind: 'ssh-host-key-changed',
      cause: 'revoked',
      host: `127.0.0.1:${port}`,
    });
    expect(asked).toEqual([]);
  });

  it('opens a key with the passphrase the user types, and keeps it only where that was wanted', async () => {
    useLockedKey();
    answer = () => ({ kind: 'ssh-passphrase', passphrase: 'open sesame', save: false });
    await clone();
    expect(asked).toMatchObject([
      {
        kind: 'ssh-passphrase',
        keyPath: lockedKey.path,
        reason: 'needed',
        canSave: true,
        path: 'team/one.git',
      },
    ]);
    expect(secrets.size).toBe(0);
    answer = () => ({ kind: 'ssh-passphrase', passphrase: 'open sesame', save: true });
    await clone();
    expect([...secrets]).toEqual([[`ssh-passphrase:${lockedKey.path}`, 'open sesame']]);
    asked.length = 0;
    await clone();
    expect(asked).toEqual([]);
  });

  it('asks once more after a wrong passphrase, and never keeps a wrong one', async () => {
    useLockedKey();
    let times = 0;
    answer = () => {
      times += 1;
      return { kind: 'ssh-passphrase', passphrase: times === 1 ? 'wrong' : 'open sesame', save: times === 1 };
    };
    await clone();
    expect(asked.map((question) => question.kind === 'ssh-passphrase' && question.reason)).toEqual([
      'needed',
      'wrong',
    ]);
    expect(secrets.size).toBe(0);
  });

  it('says that the passphrase was wrong when it stays wrong', async () => {
    useLockedKey();
    answer = () => ({ kind: 'ssh-passphrase', passphrase: 'wrong', save: true });
    expect(await failureOf(clone())).toMatchObject({
      kind: 'ssh-passphrase',
      keyPath: lockedKey.path,
      reason: 'wrong',
    });
    expect(secrets.size).toBe(0);
  });

  it('tries a kept passphrase once; one that is wrong is marked, kept, and not tried again', async () => {
    useLockedKey();
    secrets.set(`ssh-passphrase:${lockedKey.path}`, 'of an older key');
    sshPassphrases.put({ id: lockedKey.path, state: 'working', lastUsed: 0 });
    answer = () => ({ kind: 'ssh-passphrase', passphrase: 'open sesame', save: false });
    await clone();
    expect(asked).toMatchObject([{ kind: 'ssh-passphrase', reason: 'wrong' }]);
    expect(sshPassphrases.find(lockedKey.path)?.state).toBe('refused');
    expect(secrets.get(`ssh-passphrase:${lockedKey.path}`)).toBe('of an older key');
    asked.length = 0;
    answer = () => ({ kind: 'ssh-passphrase', passphrase: 'open sesame', save: true });
    await clone();
    expect(asked).toMatchObject([{ kind: 'ssh-passphrase', reason: 'wrong' }]);
    expect(sshPassphrases.find(lockedKey.path)?.state).toBe('working');
    expect(secrets.get(`ssh-passphrase:${lockedKey.path}`)).toBe('open sesame');
  });

  it('reports a key that stayed locked when the question was closed', async () => {
    useLockedKey();
    expect(await failureOf(clone())).toMatchObject({ kind: 'ssh-passphrase', reason: 'not-given' });
    expect(asked).toHaveLength(1);
  });

  it('ends ssh and withdraws the question when the operation is cancelled', async () => {
    useLockedKey();
    const controller = new AbortController();
    let during = 0;
    answer = () => {
      during = sshProcesses();
      controller.abort();
      return null;
    };
    expect(await failureOf(clone({ signal: controller.signal }))).toEqual({ kind: 'cancelled' });
    expect(asked).toHaveLength(1);
    if (process.platform === 'linux') expect(during).toBeGreaterThan(0);
    await expect.poll(sshProcesses, { timeout: 20_000 }).toBe(0);
  });

  it('ends with a clear failure when whoever would ask is gone', async () => {
    useLockedKey();
    const own = await createCredentialChannel();
    let closing: Promise<void> | undefined;
    answer = () => {
      closing = own.close();
      // What the application would do by ending.
      for (const { id } of prompts.open()) prompts.answer(id, { kind: 'dismiss' });
      return null;
    };
    const gone = createSystemEngine({ ...engineParts, channel: own });
    const url = requireRemoteUrl(server.url('team/one.git'));
    const { signal } = new AbortController();
    const credentials = broker.begin({
      operation: 'clone',
      url,
      accountId: 'a1',
      repositoryId: null,
      interactive: true,
      signal,
    });
    const directory = path.join(temporary.path, 'never');
    expect(
      await failureOf(gone.clone({ url, directory, branch: null, credentials }, { signal })),
    ).toMatchObject({ kind: 'ssh-passphrase', reason: 'not-given' });
    await closing;
    expect(existsSync(directory)).toBe(false);
  });

  it('never asks in the background', async () => {
    useLockedKey();
    expect(await failureOf(clone({ interactive: false }))).toMatchObject({
      kind: 'ssh-key-refused',
      keyPath: lockedKey.path,
    });
    await rm(client.knownHosts);
    expect(await failureOf(clone({ interactive: false }))).toMatchObject({
      kind: 'ssh-host-key-unknown',
      reason: 'not-asked',
    });
    expect(asked).toEqual([]);
  });

  it('tells two accounts of one host apart by their keys', async () => {
    const first = await makeSshKey(path.join(temporary.path, 'keys/100% first'));
    const second = await makeSshKey(path.join(temporary.path, 'keys/-second'));
    await server.allow(first, 'team/one.git');
    await server.allow(second, 'team/two.git');
    accounts.put(anAccount({ id: 'a2' }));
    sshKeys.put({ id: 'a1', path: first.path });
    sshKeys.put({ id: 'a2', path: second.path });
    await clone({ accountId: 'a1', repository: 'team/one.git' });
    await clone({ accountId: 'a2', repository: 'team/two.git' });
    expect(await failureOf(clone({ accountId: 'a2', repository: 'team/one.git' }))).toMatchObject({
      kind: 'repository-not-found',
    });
    answer = (question) =>
      question.kind === 'account' ? { kind: 'account', accountId: 'a2', remember: 'once' } : null;
    await clone({ accountId: null, repository: 'team/two.git' });
    expect(asked).toMatchObject([{ kind: 'account' }]);
  });

  it('says which key a server does not know', async () => {
    const stranger = await makeSshKey(path.join(temporary.path, 'keys/stranger'));
    sshKeys.put({ id: 'a1', path: stranger.path });
    expect(await failureOf(clone())).toEqual({
      kind: 'ssh-key-refused',
      host: `127.0.0.1:${server.port}`,
      path: 'team/one.git',
      keyPath: stranger.path,
    });
    expect(asked).toEqual([]);
  });

  it('does not go on with another key when the chosen one is gone', async () => {
    sshKeys.put({ id: 'a1', path: path.join(temporary.path, 'keys/gone') });
    const before = server.log().length;
    expect(await failureOf(clone())).toMatchObject({
      kind: 'ssh-key-refused',
      detail: 'The file is not there.',
    });
    expect(server.log().length).toBe(before);
  });

  it('leaves no trace of an operation in the folder of the socket', async () => {
    await clone();
    expect(existsSync(path.join(channel.folder, 'git.sock'))).toBe(true);
    expect((await readdir(channel.folder)).filter((name) => name.startsWith('ask-'))).toEqual([]);
  });
});
