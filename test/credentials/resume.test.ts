import { beforeEach, describe, expect, it } from 'vitest';
import type { CredentialContext, OperationCredentials } from '../../electron/credentials/broker';
import { type BrokerParts, createCredentialBroker } from '../../electron/credentials/create-broker';
import { createPromptBroker, type PromptBroker } from '../../electron/prompts/broker';
import type { HostingProvider } from '../../electron/providers/provider';
import { createEventBus, type EventBus } from '../../electron/services/application';
import type { Collection, SavedCredential } from '../../electron/storage/storage';
import type { Account } from '../../shared/contract/accounts';
import type { Answer, Question } from '../../shared/contract/prompts';
import { AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { choicesOver, memoryCollection } from '../fakes/choices';

const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('operations that wait for an account', () => {
  let accounts: Collection<Account>;
  let prompts: PromptBroker;
  let events: EventBus;
  let parts: BrokerParts;
  /** What the vault holds for the account; null: it is locked. */
  let token: string | null;

  beforeEach(() => {
    accounts = memoryCollection();
    accounts.put(anAccount({ state: { status: 'working' }, lastChecked: 1 }));
    events = createEventBus();
    prompts = createPromptBroker(events);
    token = 'old-token';
    parts = {
      storage: {
        accounts,
        savedCredentials: memoryCollection<SavedCredential>(),
        allowedHosts: memoryCollection(),
      },
      vault: {
        get: () => Promise.resolve(undefined),
        set: () => Promise.resolve(),
        delete: () => Promise.resolve(),
      },
      prompts,
      choices: choicesOver(accounts, prompts),
      sessions: {
        async open(account, { signal }) {
          const secret = token;
          if (secret === null) throw new AppFailure({ kind: 'secret-unavailable', reason: 'locked' });
          const provider = {
            gitCredential: async () => ({ kind: 'password', username: 'oauth2', password: secret }),
          } as unknown as HostingProvider;
          return { provider, secret, session: { account, fetch: globalThis.fetch, signal } };
        },
      },
      events,
      changes: events,
      log: () => undefined,
    };
  });

  let broker: ReturnType<typeof createCredentialBroker>;
  const operation = (path: string, more: Partial<CredentialContext> = {}) => {
    const url = requireRemoteUrl(`https://git.example.test/${path}`);
    const made = broker.begin({
      operation: 'clone',
      url,
      accountId: 'a1',
      repositoryId: null,
      interactive: true,
      signal: new AbortController().signal,
      ...more,
    });
    return { made, fill: () => made.fill({ origin: url.origin, path: url.path }) };
  };
  /** Takes the account's token to the server, is refused, and waits for the question's answer. */
  const refuse = async (one: { made: OperationCredentials; fill: () => Promise<unknown> }) => {
    await one.fill();
    await one.made.reject();
    const waiting = one.fill();
    await settle();
    return waiting;
  };
  beforeEach(() => {
    broker = createCredentialBroker(parts);
  });

  /** What the service does when the user puts in a new token. */
  const replaceToken = (next: string) => {
    token = next;
    accounts.put(anAccount({ state: { status: 'working' }, lastChecked: Date.now() }));
    events.emit({ type: 'accounts.changed' });
  };
  const open = () => prompts.open() as Extract<Question, { kind: 'credentials' }>[];
  const given = (password: string) => ({ kind: 'password', username: 'oauth2', password });

  it('go on with the new token when it is replaced, and the question is withdrawn', async () => {
    const waiting = refuse(operation('team/one.git'));
    await settle();
    expect(open()).toMatchObject([{ reason: 'account-refused', accountId: 'a1', path: 'team/one.git' }]);
    replaceToken('new-token');
    expect(await waiting).toEqual(given('new-token'));
    expect(open()).toEqual([]);
  });

  it('share one question, which tells how many wait, and all go on', async () => {
    const all = [
      refuse(operation('team/one.git')),
      refuse(operation('team/two.git')),
      refuse(operation('team/three.git')),
    ];
    await settle();
    expect(open()).toHaveLength(1);
    expect(open()[0]).toMatchObject({ path: 'team/one.git', waiting: 2 });
    replaceToken('new-token');
    expect(await Promise.all(all)).toEqual([given('new-token'), given('new-token'), given('new-token')]);
    expect(open()).toEqual([]);
  });

  it('are through together when the user cancels', async () => {
    const all = [refuse(operation('team/one.git')), refuse(operation('team/two.git'))];
    await settle();
    prompts.answer(open()[0]?.id ?? '', { kind: 'dismiss' });
    expect(await Promise.all(all)).toEqual([null, null]);
    expect(open()).toEqual([]);
  });

  it('get typed credentials for their own repository only; the next is asked about', async () => {
    const one = refuse(operation('team/one.git'));
    const two = refuse(operation('team/two.git'));
    await settle();
    const typed: Answer = { kind: 'credentials', username: 'ada', password: 'typed', save: 'no' };
    prompts.answer(open()[0]?.id ?? '', typed);
    expect(await one).toEqual({ kind: 'password', username: 'ada', password: 'typed' });
    await settle();
    expect(open()).toMatchObject([{ path: 'team/two.git' }]);
    expect(open()[0]?.waiting).toBeUndefined();
    replaceToken('new-token');
    expect(await two).toEqual(given('new-token'));
  });

  it('leave the question to the others when one of them is cancelled', async () => {
    const ending = new AbortController();
    const one = refuse(operation('team/one.git', { signal: ending.signal }));
    const two = refuse(operation('team/two.git'));
    await settle();
    const outcome = expect(one).rejects.toMatchObject({ error: { kind: 'cancelled' } });
    const before = open()[0]?.id ?? '';
    ending.abort();
    await outcome;
    expect(open()).toMatchObject([{ path: 'team/two.git' }]);
    // What was typed for the first repository does not go to the second.
    const late: Answer = { kind: 'credentials', username: 'ada', password: 'for-one', save: 'no' };
    expect(prompts.answer(before, late)).toBe(false);
    await settle();
    expect(open()).toMatchObject([{ path: 'team/two.git' }]);
    replaceToken('new-token');
    expect(await two).toEqual(given('new-token'));
    expect(open()).toEqual([]);
  });

  it('go on when the store that holds the token is opened elsewhere', async () => {
    token = null;
    const waiting = operation('team/one.git').fill();
    await settle();
    expect(open()).toMatchObject([{ reason: 'secret-unavailable' }]);
    token = 'old-token';
    events.emit({ type: 'secret-store.changed' });
    expect(await waiting).toEqual(given('old-token'));
    expect(open()).toEqual([]);
  });

  it('try the same token once more when a check finds that it works, and not for ever', async () => {
    const one = operation('team/one.git');
    const waiting = refuse(one);
    await settle();
    replaceToken('old-token');
    expect(await waiting).toEqual(given('old-token'));
    await one.made.reject();
    const again = one.fill();
    await settle();
    expect(open()).toHaveLength(1);
    replaceToken('old-token');
    await settle();
    expect(open()).toHaveLength(1);
    replaceToken('new-token');
    expect(await again).toEqual(given('new-token'));
  });

  it('stay waiting while the new token is refused as well', async () => {
    const waiting = refuse(operation('team/one.git'));
    await settle();
    token = 'also-bad';
    const error = { kind: 'token-refused', host: 'git.example.test' } as const;
    accounts.put(anAccount({ state: { status: 'refused', error }, lastChecked: Date.now() }));
    events.emit({ type: 'accounts.changed' });
    await settle();
    expect(open()).toHaveLength(1);
    replaceToken('new-token');
    expect(await waiting).toEqual(given('new-token'));
  });

  it('that come back with the old token late do not mark the new one refused', async () => {
    const late = operation('team/late.git');
    await late.fill();
    replaceToken('new-token');
    await late.made.reject();
    expect(accounts.find('a1')?.state.status).toBe('working');
    expect(await late.fill()).toEqual(given('new-token'));
    expect(open()).toEqual([]);
  });

  it('that no account fitted go on with one that is added', async () => {
    accounts.remove('a1');
    const waiting = operation('team/one.git', { accountId: null }).fill();
    await settle();
    expect(open()).toMatchObject([{ reason: 'no-account' }]);
    replaceToken('new-token');
    expect(await waiting).toEqual(given('new-token'));
    expect(open()).toEqual([]);
  });
});
