import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CredentialChannel, createCredentialChannel } from '../../electron/credentials/channel';
import { createCredentialBroker } from '../../electron/credentials/create-broker';
import type { GitEngine } from '../../electron/git/engine';
import { cloneGuarded } from '../../electron/git/guard';
import { createSystemEngine } from '../../electron/git/system/engine';
import { findGit } from '../../electron/git/system/program';
import { createPromptBroker, type PromptBroker } from '../../electron/prompts/broker';
import type { HostingProvider } from '../../electron/providers/provider';
import type { SavedCredential } from '../../electron/storage/storage';
import type { Account } from '../../shared/contract/accounts';
import type { Question } from '../../shared/contract/prompts';
import { requireRemoteUrl } from '../../shared/remote-url';
import { fixedNetwork } from '../fakes/network';
import { anAccount } from '../fakes/account';
import { choicesOver, memoryCollection } from '../fakes/choices';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { makeBareRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import { builtHelper } from './operation';

describe('a clone that asks', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: GitHttpServer;
  let channel: CredentialChannel;
  let engine: GitEngine;
  let url: ReturnType<typeof requireRemoteUrl>;
  const accounts = memoryCollection<Account>();
  const savedCredentials = memoryCollection<SavedCredential>();
  const secrets = new Map<string, string>();
  const asked: Question[] = [];
  let answer: (question: Question) => void = () => undefined;
  const prompts: PromptBroker = createPromptBroker({
    emit(event) {
      if (event.type !== 'prompts.asked') return;
      asked.push(event.question);
      setImmediate(() => answer(event.question));
    },
  });
  const broker = createCredentialBroker({
    storage: { accounts, savedCredentials, allowedHosts: memoryCollection() },
    vault: {
      get: async (name) => secrets.get(name),
      set: async (name, secret) => void secrets.set(name, secret),
      delete: async (name) => void secrets.delete(name),
    },
    prompts,
    choices: choicesOver(accounts, prompts),
    sessions: {
      async open(account, { signal }) {
        const provider = {
          gitCredential: async () => ({ kind: 'password', username: 'oauth2', password: 'expired' }),
        } as unknown as HostingProvider;
        return { provider, secret: 'expired', session: { account, fetch: globalThis.fetch, signal } };
      },
    },
    events: { emit: () => undefined },
    log: () => undefined,
  });

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    server = await startGitHttpServer();
    channel = await createCredentialChannel();
    const program = (await findGit(process.env['PATH'] ?? '')) ?? '';
    const helper = await builtHelper(path.join(temporary.path, 'helper'));
    engine = createSystemEngine({ program, channel, network: fixedNetwork(), helper });
    const directory = await makeBareRepository(path.join(temporary.path, 'small.git'), smallHistory);
    const accepts = [{ kind: 'basic' as const, username: 'ada', password: 'right' }];
    url = requireRemoteUrl(server.serve('team/private', { directory, accepts }));
    accounts.put(anAccount({ origins: { api: [server.origin], git: [server.origin] } }));
  });
  afterAll(async () => {
    await channel.close();
    await server.close();
    await temporary.remove();
  });

  const clone = async (signal = new AbortController().signal) => {
    const directory = path.join(temporary.path, 'clone');
    const context = {
      operation: 'clone',
      url,
      accountId: null,
      repositoryId: null,
      interactive: true,
      signal,
    };
    await cloneGuarded(
      engine,
      { url, directory, branch: null, credentials: broker.begin(context) },
      { signal },
    );
    await rm(directory, { recursive: true });
  };

  it('reports a refusal when the question is closed', async () => {
    answer = (question) => prompts.answer(question.id, { kind: 'dismiss' });
    await expect(clone()).rejects.toMatchObject({ error: { kind: 'authentication-failed' } });
    expect(asked.map((question) => (question.kind === 'credentials' ? question.reason : ''))).toEqual([
      'account-refused',
    ]);
    expect(accounts.find('a1')?.state.status).toBe('refused');
    asked.length = 0;
  });

  it('withdraws its question when it is cancelled', async () => {
    const controller = new AbortController();
    answer = () => controller.abort();
    await expect(clone(controller.signal)).rejects.toMatchObject({ error: { kind: 'cancelled' } });
    expect(prompts.open()).toEqual([]);
    asked.length = 0;
  });

  it('asks after a refused token, keeps the right answer, and does not ask the next time', async () => {
    answer = (question) =>
      prompts.answer(question.id, {
        kind: 'credentials',
        username: 'ada',
        password: 'right',
        save: 'repository',
      });
    await clone();
    expect(asked).toHaveLength(1);
    expect(savedCredentials.list()).toMatchObject([{ path: 'team/private.git', state: 'working' }]);
    await clone();
    expect(asked).toHaveLength(1);
  });
});
