import { rmSync } from 'node:fs';
import path from 'node:path';
import type { CredentialBroker, CredentialContext } from '../../electron/credentials/broker';
import { type Clock, machineClock } from '../../electron/credentials/clock';
import { createCredentialBroker } from '../../electron/credentials/create-broker';
import { createRefusals, type Refusals } from '../../electron/credentials/refusals';
import { createSavedCredentials, type SavedCredentials } from '../../electron/credentials/saved';
import { createSecretReader } from '../../electron/credentials/unlock';
import { createVault, type Vault } from '../../electron/credentials/vault';
import type { Platform } from '../../electron/platform';
import { createPromptBroker, type PromptBroker } from '../../electron/prompts/broker';
import type { GitCredential, HostingProvider } from '../../electron/providers/provider';
import { createEventBus, type EventBus } from '../../electron/services/application';
import { createStorage } from '../../electron/storage/create';
import type { Storage } from '../../electron/storage/storage';
import type { Account, SignInResult } from '../../shared/contract/accounts';
import type { Answer, Question } from '../../shared/contract/prompts';
import { requireRemoteUrl } from '../../shared/remote-url';
import { choicesOver } from './choices';
import { fakePlatform, temporaryDirectory } from './platform';

/** Turns of the event loop in which everything that does not wait for an answer is done. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The broker over real vault, storage and prompts; only the provider is none. */
export interface BrokerUnderTest {
  broker: CredentialBroker;
  storage: Storage;
  vault: Vault;
  saved: SavedCredentials;
  prompts: PromptBroker;
  events: EventBus;
  refusals: Refusals;
  log: string[];
  /** Every question that was asked. */
  asked: Question[];
  /** What git gets of an account. Default: its token as password of `oauth2`. */
  credentials: Map<string, GitCredential>;
  /** How the provider answers a check of an account; absent: it works. */
  checks: Map<string, () => Promise<SignInResult>>;
  /** Ids of the accounts that were checked. */
  checked: string[];
  begin(more?: Partial<CredentialContext>): ReturnType<CredentialBroker['begin']>;
  addAccount(account: Account): void;
  /** The next open question, once it is there. */
  question(): Promise<Question>;
  /** Answers the next open question and returns it. */
  answer(answer: Answer): Promise<Question>;
  settle(): Promise<void>;
  /** The vault as after a restart. */
  lock(): void;
  /** A second broker over the same data, as after a restart or in another part of the program. */
  again(): CredentialBroker;
  close(): Promise<void>;
}

export const ownUrl = requireRemoteUrl('https://git.example.test/team/private.git');

export function brokerUnderTest(
  platform: Partial<Platform> = {},
  clock: Clock = machineClock,
): BrokerUnderTest {
  const directory = temporaryDirectory();
  const real = fakePlatform(directory, platform);
  const storage = createStorage(real);
  const open = () => createVault(path.join(directory, 'vault.json'), real);
  let opened = open();
  const vault: Vault = {
    status: () => opened.status(),
    get: (name) => opened.get(name),
    set: (name, secret) => opened.set(name, secret),
    delete: (name) => opened.delete(name),
    choose: (choice) => opened.choose(choice),
    unlock: (passphrase) => opened.unlock(passphrase),
    notices: [],
  };
  const events = createEventBus();
  const log: string[] = [];
  const asked: Question[] = [];
  events.listen((event) => event.type === 'prompts.asked' && void asked.push(event.question));
  const prompts = createPromptBroker(events);
  const saved = createSavedCredentials(storage, vault, events);
  const credentials: BrokerUnderTest['credentials'] = new Map();
  const checks: BrokerUnderTest['checks'] = new Map();
  const checked: string[] = [];
  const sessions = {
    async open(account: Account, { signal }: { signal: AbortSignal }) {
      const secret = `token of ${account.id}`;
      const provider = {
        gitCredential: async () =>
          credentials.get(account.id) ?? { kind: 'password', username: 'oauth2', password: secret },
        async signIn() {
          checked.push(account.id);
          const working: SignInResult = {
            user: account.user ?? { id: account.id, login: account.id, name: account.id },
            expiresOn: null,
            scopes: null,
            missingScopes: [],
            installation: null,
            serverVersion: null,
            warnings: [],
            notes: [],
          };
          return (await checks.get(account.id)?.()) ?? working;
        },
      } as unknown as HostingProvider;
      return { provider, secret, session: { account, fetch: globalThis.fetch, signal } };
    },
  };
  const parts = { storage, events, log: (line: string) => void log.push(line) };
  const refusals = createRefusals({ ...parts, sessions, clock });
  const make = () =>
    createCredentialBroker({
      ...parts,
      vault,
      saved,
      secrets: createSecretReader(vault, prompts, events),
      refusals,
      sessions,
      prompts,
      choices: choicesOver(storage.accounts, prompts, {
        repositories: storage.repositories,
        rules: storage.rules,
      }),
      changes: events,
    });
  const broker = make();
  const question = async (): Promise<Question> => {
    for (;;) {
      const open = prompts.open()[0];
      if (open) return open;
      await turns(1);
    }
  };
  return {
    broker,
    storage,
    vault,
    saved,
    prompts,
    events,
    refusals,
    log,
    asked,
    credentials,
    checks,
    checked,
    question,
    again: make,
    lock() {
      opened = open();
    },
    settle: () => turns(40),
    begin: (more = {}) =>
      broker.begin({
        operation: 'clone',
        url: ownUrl,
        accountId: null,
        repositoryId: null,
        interactive: true,
        signal: new AbortController().signal,
        ...more,
      }),
    addAccount: (account) => storage.accounts.put(account),
    async answer(answer) {
      const open = await question();
      prompts.answer(open.id, answer);
      return open;
    },
    async close() {
      await refusals.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
