import { beforeEach, describe, expect, it } from 'vitest';
import type { CredentialContext } from '../../electron/credentials/broker';
import { type BrokerParts, createCredentialBroker } from '../../electron/credentials/create-broker';
import { createPromptBroker } from '../../electron/prompts/broker';
import type { HostingProvider } from '../../electron/providers/provider';
import type { Collection, SavedCredential } from '../../electron/storage/storage';
import type { Account } from '../../shared/contract/accounts';
import type { AccountRule } from '../../shared/contract/bindings';
import type { AppEvent } from '../../shared/contract/application';
import type { Answer, Question } from '../../shared/contract/prompts';
import { requireRemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { choicesOver, memoryCollection } from '../fakes/choices';

const url = requireRemoteUrl('https://git.example.test/team/private.git');
const wanted = { origin: url.origin, path: url.path };

describe('the broker, where several accounts fit', () => {
  let accounts: Collection<Account>;
  let rules: Collection<AccountRule>;
  let savedCredentials: Collection<SavedCredential>;
  let asked: Question[];
  let parts: BrokerParts;
  let answer: Answer | null;

  beforeEach(() => {
    accounts = memoryCollection();
    rules = memoryCollection();
    savedCredentials = memoryCollection();
    asked = [];
    answer = null;
    for (const id of ['work', 'private']) accounts.put(anAccount({ id, alias: id }));
    const prompts = createPromptBroker({
      emit(event: AppEvent) {
        if (event.type !== 'prompts.asked') return;
        asked.push(event.question);
        const { id } = event.question;
        if (answer) setImmediate(() => answer && prompts.answer(id, answer));
      },
    });
    parts = {
      storage: { accounts, savedCredentials, allowedHosts: memoryCollection() },
      vault: {
        get: async () => 'typed before',
        set: async () => undefined,
        delete: async () => undefined,
      },
      prompts,
      choices: choicesOver(accounts, prompts, { rules }),
      sessions: {
        async open(account, { signal }) {
          const credential =
            account.headerAuthentication === 'off'
              ? { kind: 'password', username: 'oauth2', password: `token of ${account.id}` }
              : { kind: 'header', header: `Basic of ${account.id}` };
          const provider = { gitCredential: async () => credential } as unknown as HostingProvider;
          return { provider, secret: '', session: { account, fetch: globalThis.fetch, signal } };
        },
      },
      events: { emit: () => undefined },
      log: () => undefined,
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

  it('asks nobody before the server wants to know: a public repository needs no account', async () => {
    answer = { kind: 'account', accountId: 'work', remember: 'once' };
    const operation = begin();
    expect(await operation.fill({ ...wanted, preemptive: true })).toBeNull();
    expect(asked).toEqual([]);
    expect(await operation.fill(wanted)).toMatchObject({ password: 'token of work' });
    expect(asked.map(({ kind }) => kind)).toEqual(['account']);
    // One answer for the whole operation, also after a refusal.
    await operation.approve();
    expect(await operation.fill(wanted)).toMatchObject({ password: 'token of work' });
    expect(asked).toHaveLength(1);
  });

  it('asks early where one of them signs in with a header, which cannot be given later', async () => {
    accounts.put(anAccount({ id: 'work', alias: 'work', headerAuthentication: 'basic' }));
    answer = { kind: 'account', accountId: 'work', remember: 'once' };
    expect(await begin().fill({ ...wanted, preemptive: true })).toEqual({
      kind: 'header',
      header: 'Basic of work',
    });
    expect(asked).toHaveLength(1);
  });

  it('never asks in the background: it gives none and says that several fit', async () => {
    const operation = begin({ interactive: false });
    expect(await operation.fill({ ...wanted, preemptive: true })).toBeNull();
    await expect(operation.fill(wanted)).rejects.toMatchObject({ error: { kind: 'several-accounts' } });
    expect(asked).toEqual([]);
  });

  it('takes what the user saved for exactly this address before asking about accounts', async () => {
    savedCredentials.put({
      id: 's',
      ...wanted,
      username: 'ada',
      state: 'working',
      lastUsed: 0,
      source: 'application',
      expiresAt: null,
    });
    expect(await begin({ interactive: false }).fill(wanted)).toMatchObject({ password: 'typed before' });
    expect(await begin().fill(wanted)).toMatchObject({ username: 'ada' });
    expect(asked).toEqual([]);
  });

  it('goes by rule without a question, also in the background, and by none when the user wants none', async () => {
    rules.put({ id: 'r', scope: { kind: 'host', origin: url.origin }, accountId: 'private', identity: null });
    expect(await begin({ interactive: false }).fill(wanted)).toMatchObject({ password: 'token of private' });
    expect(asked).toEqual([]);
    expect(await begin({ interactive: false, withoutAccount: true }).fill(wanted)).toBeNull();
    answer = { kind: 'dismiss' };
    expect(await begin({ withoutAccount: true }).fill(wanted)).toBeNull();
    expect(asked).toMatchObject([{ kind: 'credentials', accountId: null }]);
  });

  it('lets the user type a password when it is none of them', async () => {
    answer = { kind: 'account', accountId: null, remember: 'once' };
    const filled = begin().fill(wanted);
    while (asked.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(asked[1]).toMatchObject({ kind: 'credentials', reason: 'no-account' });
    const open = parts.prompts.open()[0];
    parts.prompts.answer(open?.id ?? '', {
      kind: 'credentials',
      username: 'ada',
      password: 'typed',
      save: 'no',
    });
    expect(await filled).toMatchObject({ password: 'typed' });
  });
});
