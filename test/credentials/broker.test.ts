import { beforeEach, describe, expect, it } from 'vitest';
import type { CredentialContext } from '../../electron/credentials/broker';
import { type BrokerParts, createCredentialBroker } from '../../electron/credentials/create-broker';
import { createPromptBroker, type PromptBroker } from '../../electron/prompts/broker';
import type { GitCredential, HostingProvider } from '../../electron/providers/provider';
import type { Collection, SavedCredential } from '../../electron/storage/storage';
import type { Account } from '../../shared/contract/accounts';
import type { AppEvent } from '../../shared/contract/application';
import type { Answer, Question } from '../../shared/contract/prompts';
import { type AppError, AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { choicesOver, memoryCollection } from '../fakes/choices';

const url = requireRemoteUrl('https://git.example.test/team/private.git');
const wanted = { origin: url.origin, path: url.path };

describe('the credential broker', () => {
  let accounts: Collection<Account>;
  let savedCredentials: Collection<SavedCredential>;
  let secrets: Map<string, string>;
  let prompts: PromptBroker;
  let events: AppEvent[];
  let log: string[];
  let given: GitCredential;
  let opening: AppError | null;
  let parts: BrokerParts;

  beforeEach(() => {
    accounts = memoryCollection();
    savedCredentials = memoryCollection();
    secrets = new Map();
    events = [];
    log = [];
    given = { kind: 'password', username: 'oauth2', password: 'account-token' };
    opening = null;
    const sink = { emit: (event: AppEvent) => void events.push(event) };
    prompts = createPromptBroker(sink);
    parts = {
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
          if (opening) throw new AppFailure(opening);
          const provider = { gitCredential: async () => given } as unknown as HostingProvider;
          return { provider, secret: '', session: { account, fetch: globalThis.fetch, signal } };
        },
      },
      events: sink,
      log: (line) => log.push(line),
    };
  });

  const begin = (more: Partial<CredentialContext> = {}) =>
    createCredentialBroker(parts).begin({
      operation: 'clone',
      url,
      accountId: null,
      repositoryId: null,
      interactive: true,
      signal: new AbortController().signal,
      ...more,
    });
  /** The next open question, once it is there. */
  const question = async (): Promise<Question> => {
    for (;;) {
      const open = prompts.open()[0];
      if (open) return open;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const answering = async (answer: Answer): Promise<Question> => {
    const open = await question();
    prompts.answer(open.id, answer);
    return open;
  };
  const typed = (password: string, save: 'no' | 'repository' = 'no'): Answer => ({
    kind: 'credentials',
    username: 'ada',
    password,
    save,
  });

  it('gives the account that was chosen, without a question', async () => {
    accounts.put(anAccount());
    expect(await begin({ accountId: 'a1' }).fill(wanted)).toEqual(given);
    expect(await begin().fill(wanted)).toEqual(given);
  });

  it('gives nothing to another origin, and asks nobody', async () => {
    accounts.put(anAccount());
    const operation = begin({ accountId: 'a1' });
    for (const origin of [
      'https://evil.test',
      'http://git.example.test',
      'https://git.example.test:8443',
      'https://git.example.test.evil.test',
      'https://GIT.example.test',
    ])
      expect(await operation.fill({ origin, path: url.path })).toBeNull();
    expect(prompts.open()).toEqual([]);
  });

  it('gives no account of another origin, even a chosen one', async () => {
    accounts.put(anAccount({ origins: { api: [], git: ['https://other.test'] } }));
    expect(await begin({ accountId: 'a1', interactive: false }).fill(wanted)).toBeNull();
  });

  it('marks a refused account, keeps it, asks once, and stops after the next refusal', async () => {
    accounts.put(anAccount());
    const operation = begin({ accountId: 'a1' });
    await operation.fill(wanted);
    await operation.reject();
    expect(accounts.find('a1')?.state).toEqual({
      status: 'refused',
      error: { kind: 'token-refused', host: 'git.example.test' },
    });
    expect(events).toContainEqual({ type: 'accounts.changed' });
    const second = operation.fill(wanted);
    expect(await answering(typed('mistyped'))).toMatchObject({
      kind: 'credentials',
      reason: 'account-refused',
      host: 'git.example.test',
      path: 'team/private.git',
      accountAlias: 'Work',
    });
    expect(await second).toMatchObject({ password: 'mistyped' });
    await operation.reject();
    expect(await operation.fill(wanted)).toBeNull();
    expect(operation.refused).toBe(true);
    expect(accounts.list()).toHaveLength(1);
  });

  it('renews a refused sign-in of the provider’s page once before the account counts as refused', async () => {
    accounts.put(anAccount({ authenticationType: 'oauth' }));
    const fresh: GitCredential = { kind: 'password', username: 'oauth2', password: 'renewed-token' };
    const reopened: string[] = [];
    parts.sessions.reopen = async (account, refused, signal) => {
      reopened.push(refused);
      const provider = { gitCredential: async () => fresh } as unknown as HostingProvider;
      return { provider, secret: 'new', session: { account, fetch: globalThis.fetch, signal } };
    };
    const operation = begin({ accountId: 'a1', interactive: false });
    expect(await operation.fill(wanted)).toEqual(given);
    await operation.reject();
    expect(accounts.find('a1')?.state.status).toBe('unchecked');
    expect(await operation.fill(wanted)).toEqual(fresh);
    await operation.reject();
    expect(accounts.find('a1')?.state.status).toBe('refused');
    expect(await operation.fill(wanted)).toBeNull();
    expect(reopened).toEqual(['']);
  });

  it('marks a refused sign-in at once when there is no newer token, and a header is renewed too', async () => {
    accounts.put(anAccount({ authenticationType: 'oauth', headerAuthentication: 'bearer' }));
    given = { kind: 'header', header: 'Bearer old' };
    const early = { ...wanted, preemptive: true };
    const operation = begin({ accountId: 'a1', interactive: false });
    parts.sessions.reopen = async (account, _refused, signal) => {
      const header: GitCredential = { kind: 'header', header: 'Bearer new' };
      const provider = { gitCredential: async () => header } as unknown as HostingProvider;
      return { provider, secret: 'new', session: { account, fetch: globalThis.fetch, signal } };
    };
    expect(await operation.fill(early)).toEqual(given);
    await operation.reject();
    expect(await operation.fill(early)).toEqual({ kind: 'header', header: 'Bearer new' });
    await operation.reject();
    expect(await operation.fill(early)).toBeNull();
    expect(accounts.find('a1')?.state.status).toBe('refused');

    accounts.put(anAccount({ authenticationType: 'oauth', state: { status: 'working' } }));
    parts.sessions.reopen = async () => null;
    const other = begin({ accountId: 'a1', interactive: false });
    await other.fill(wanted);
    await other.reject();
    expect(await other.fill(wanted)).toBeNull();
    expect(accounts.find('a1')?.state.status).toBe('refused');
  });

  it('asks without an account, once more after a refusal, and then stops', async () => {
    const operation = begin();
    for (const reason of ['no-account', 'answer-refused']) {
      const filled = operation.fill(wanted);
      expect(await answering(typed('wrong'))).toMatchObject({ reason, accountId: null });
      await filled;
      await operation.reject();
    }
    expect(await operation.fill(wanted)).toBeNull();
    expect(prompts.open()).toEqual([]);
  });

  it('keeps an answer for exactly one repository, but only after it worked', async () => {
    const operation = begin();
    const filled = operation.fill(wanted);
    await answering(typed('right', 'repository'));
    await filled;
    expect(savedCredentials.list()).toEqual([]);
    expect(secrets.size).toBe(0);
    await operation.approve();
    const [saved] = savedCredentials.list();
    expect(saved).toMatchObject({ origin: url.origin, path: url.path, username: 'ada', state: 'working' });
    expect(secrets.get(`saved:${saved?.id}@${url.origin}`)).toBe('right');
    expect(await begin({ interactive: false }).fill(wanted)).toMatchObject({ password: 'right' });
    const elsewhere = requireRemoteUrl('https://git.example.test/team/other.git');
    const other = begin({ url: elsewhere, interactive: false });
    expect(await other.fill({ origin: elsewhere.origin, path: elsewhere.path })).toBeNull();
  });

  it('marks a refused saved password, keeps it, and asks', async () => {
    savedCredentials.put({
      id: 's',
      ...wanted,
      username: 'ada',
      state: 'working',
      lastUsed: 0,
      source: 'application',
      expiresAt: null,
    });
    secrets.set(`saved:s@${url.origin}`, 'old');
    const operation = begin();
    expect(await operation.fill(wanted)).toMatchObject({ password: 'old' });
    await operation.reject();
    expect(savedCredentials.find('s')?.state).toBe('refused');
    const filled = operation.fill(wanted);
    expect(await answering(typed('new', 'repository'))).toMatchObject({
      reason: 'answer-refused',
      username: 'ada',
    });
    await filled;
    await operation.approve();
    expect(savedCredentials.list()).toHaveLength(1);
    expect(savedCredentials.find('s')?.state).toBe('working');
    expect(secrets.get(`saved:s@${url.origin}`)).toBe('new');
  });

  it.each([
    [{ useForRepositories: false }, null, 'not-for-repositories'],
    [{}, { kind: 'secret-unavailable', reason: 'locked' }, 'secret-unavailable'],
    [{}, { kind: 'token-refused', host: 'git.example.test' }, 'account-refused'],
  ] as const)('asks with the reason when the account cannot answer (%j, %j)', async (more, error, reason) => {
    accounts.put(anAccount(more));
    opening = error;
    const filled = begin({ accountId: 'a1' }).fill(wanted);
    expect(await answering({ kind: 'dismiss' })).toMatchObject({ reason, accountId: 'a1' });
    expect(await filled).toBeNull();
  });

  it('passes on why an account could not be opened', async () => {
    accounts.put(anAccount());
    opening = { kind: 'host-unreachable', host: 'git.example.test', cause: 'dns' };
    await expect(begin({ accountId: 'a1' }).fill(wanted)).rejects.toMatchObject({ error: opening });
  });

  it('never asks for work in the background, nor runs a known refusal again', async () => {
    expect(await begin({ interactive: false }).fill(wanted)).toBeNull();
    accounts.put(
      anAccount({ state: { status: 'refused', error: { kind: 'token-refused', host: 'git.example.test' } } }),
    );
    expect(await begin({ interactive: false }).fill(wanted)).toBeNull();
    expect(prompts.open()).toEqual([]);
  });

  it('gives a header before the first request, and asks nobody then', async () => {
    expect(await begin().fill({ ...wanted, preemptive: true })).toBeNull();
    accounts.put(anAccount());
    expect(await begin().fill({ ...wanted, preemptive: true })).toBeNull();
    given = { kind: 'header', header: 'Bearer account-token' };
    const operation = begin();
    expect(await operation.fill({ ...wanted, preemptive: true })).toEqual(given);
    await operation.reject();
    expect(accounts.find('a1')?.state.status).toBe('refused');
    expect(prompts.open()).toEqual([]);
  });

  it('asks one question for operations that ask the same, and closes it with the last of them', async () => {
    const broker = createCredentialBroker(parts);
    const controllers = [new AbortController(), new AbortController()];
    const fills = controllers.map(({ signal }) =>
      broker
        .begin({ operation: 'clone', url, accountId: null, repositoryId: null, interactive: true, signal })
        .fill(wanted),
    );
    const outcomes = Promise.allSettled(fills);
    await question();
    expect(prompts.open()).toHaveLength(1);
    controllers[0]?.abort();
    await expect(fills[0]).rejects.toMatchObject({ error: { kind: 'cancelled' } });
    expect(prompts.open()).toHaveLength(1);
    controllers[1]?.abort();
    await outcomes;
    expect(prompts.open()).toEqual([]);
  });

  it('says in the log when an answer could not be kept, and the work goes on', async () => {
    parts.vault.set = async () => {
      throw new AppFailure({ kind: 'secret-unavailable', reason: 'no-store' });
    };
    const operation = begin();
    const filled = operation.fill(wanted);
    await answering(typed('right', 'repository'));
    await filled;
    await operation.approve();
    expect(savedCredentials.list()).toEqual([]);
    expect(log.join('\n')).toContain('secret-unavailable');
    expect(log.join('\n')).not.toContain('right');
  });
});
