import { createAccountChoices } from '../../electron/credentials/account-choice';
import { createCredentialBroker } from '../../electron/credentials/create-broker';
import { createGitConversation } from '../../electron/credentials/git-conversation';
import { createSavedCredentials } from '../../electron/credentials/saved';
import { createTerminalGit } from '../../electron/credentials/terminal';
import { createPromptBroker } from '../../electron/prompts/broker';
import { azureDevOps } from '../../electron/providers/azure-devops';
import { bitbucket } from '../../electron/providers/bitbucket';
import { github } from '../../electron/providers/github';
import { gitlab } from '../../electron/providers/gitlab';
import { createRegistry } from '../../electron/providers/registry';
import type { AllowedHost, SavedCredential, StoredRepository } from '../../electron/storage/storage';
import type { Account } from '../../shared/contract/accounts';
import type { AccountRule } from '../../shared/contract/bindings';
import { requireRemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { memoryCollection } from '../fakes/choices';
import { handClock } from '../fakes/clock';
import { fuzzedOrigins } from './request-mutations';

const registry = createRegistry([github, gitlab, bitbucket, azureDevOps]);
const shapes: Partial<Account>[] = [
  { kind: 'gitlab-self-managed', provider: 'gitlab' },
  { kind: 'gitlab-self-managed', provider: 'gitlab' },
  { kind: 'github-enterprise', provider: 'github', headerAuthentication: 'bearer' },
  { kind: 'azure-devops-server', provider: 'azure-devops', collection: '', headerAuthentication: 'basic' },
  { kind: 'gitlab-self-managed', provider: 'gitlab' },
  { kind: 'gitlab-self-managed', provider: 'gitlab' },
];

/** The real broker over one account for each origin, asked as the application's own git asks and as git in a terminal does. */
export function brokerWithAccounts() {
  const accounts = memoryCollection<Account>();
  const secrets = new Map<string, string>();
  fuzzedOrigins.forEach(({ origin, secret }, at) => {
    const id = `a${at}`;
    accounts.put(anAccount({ ...shapes[at], id, url: origin, origins: { api: [origin], git: [origin] } }));
    secrets.set(id, secret);
  });
  const events = { emit: () => undefined };
  const prompts = createPromptBroker(events);
  const savedCredentials = memoryCollection<SavedCredential>();
  const repositories = memoryCollection<StoredRepository>();
  const allowedHosts = memoryCollection<AllowedHost>();
  const storage = { accounts, savedCredentials, repositories, allowedHosts };
  const vault = { get: async () => undefined, set: async () => undefined, delete: async () => undefined };
  const saved = createSavedCredentials(storage, vault, events);
  const broker = createCredentialBroker({
    storage,
    vault,
    saved,
    prompts,
    choices: createAccountChoices({
      storage: {
        accounts,
        rules: memoryCollection<AccountRule>(),
        repositories,
        repositoryCache: {
          read: async () => null,
          write: async () => undefined,
          remove: async () => undefined,
        },
      },
      registry,
      prompts,
      events,
    }),
    sessions: {
      async open(account, { signal }) {
        const session = { account, fetch: globalThis.fetch, signal };
        return { provider: registry.of(account.kind), secret: secrets.get(account.id) ?? '', session };
      },
    },
    events,
    log: () => undefined,
  });
  const begin = (origin: string, signal: AbortSignal) =>
    broker.begin({
      operation: 'clone',
      url: requireRemoteUrl(`${origin}/team/x.git`),
      accountId: null,
      repositoryId: null,
      interactive: false,
      signal,
    });
  const terminal = createTerminalGit({
    broker,
    storage,
    saved,
    placeOf: async () => null,
    canAsk: () => false,
    keepTyped: async () => undefined,
    clock: handClock(),
  });
  const { signal } = new AbortController();
  const noWay = { proxy: null, certificate: null };
  return {
    /** An operation of the application on one origin. */
    begin: (origin: string) => begin(origin, signal),
    /** git of the operation on `origin` asks. */
    askApplication: (origin: string, action: string, bytes: Buffer) =>
      createGitConversation(begin(origin, signal), origin, noWay).answer(action, bytes),
    askTerminal: (action: 'get' | 'store' | 'erase', bytes: Buffer) =>
      terminal.answer({ action, input: bytes, folder: '/', gitDirectory: null, interactive: false }, signal),
  };
}

const start = 'protocol=https\nhost=good.test\n';

/** Requests that are much of one thing. */
export const largeRequests: Record<string, string> = {
  'many values of a list': `${start}${'state[]=polyforge.x\n'.repeat(45_000)}`,
  'many challenges': `${start}${'wwwauth[]=\t\n'.repeat(80_000)}`,
  'many unknown keys': `${start}${'a=b\n'.repeat(250_000)}`,
  'a line without an end': `${start}path=${'a'.repeat(1_000_000)}`,
  'many parts of a path': `${start}path=${'a/'.repeat(30_000)}\n`,
  'many steps upwards': `${start}path=${'../'.repeat(20_000)}\n`,
  'a long host': `protocol=https\nhost=${'a.'.repeat(30_000)}test\n`,
  'a long host in other letters': `protocol=https\nhost=${'ü.'.repeat(20_000)}test\n`,
  'a long port': `protocol=https\nhost=good.test:${'4'.repeat(60_000)}\n`,
  'a long address': `url=https://good.test/${'%41'.repeat(20_000)}\n`,
  'many at signs': `url=https://${'@'.repeat(60_000)}good.test/x\n`,
  'spaces around an address': `url=${' '.repeat(60_000)}x${' '.repeat(5000)}\n`,
  'many colons': `protocol=https\nhost=[${':'.repeat(60_000)}]\n`,
};
