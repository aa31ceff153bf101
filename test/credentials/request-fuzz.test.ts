import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccountChoices } from '../../electron/credentials/account-choice';
import { type CredentialChannel, createCredentialChannel } from '../../electron/credentials/channel';
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
import { temporaryDirectory } from '../fakes/repositories';
import { builtHelper } from '../git/operation';
import {
  fuzzedOrigins,
  fuzzedRequest,
  hostMutations,
  mayBeGiven,
  secretsIn,
  seeded,
} from './request-mutations';

/** Another one each time; a failure names it, and POLYFORGE_TEST_SEED repeats it. */
const seed = Number(process.env['POLYFORGE_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

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
function brokerWithAccounts() {
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
  return { begin, terminal };
}

describe('generated requests', () => {
  const signal = new AbortController().signal;
  const noWay = { proxy: null, certificate: null };
  const { begin, terminal } = brokerWithAccounts();
  const askApplication = (origin: string, action: string, bytes: Buffer) =>
    createGitConversation(begin(origin, signal), origin, noWay).answer(action, bytes);
  const askTerminal = (action: 'get' | 'store' | 'erase', bytes: Buffer) =>
    terminal.answer({ action, input: bytes, folder: '/', gitDirectory: null, interactive: false }, signal);

  const told = (bytes: Buffer) => `seed ${seed}: ${JSON.stringify(bytes.toString('latin1'))}`;
  /** Only the secret the bytes entitle to, and in the application only that of its own operation. */
  const judge = (answer: string, bytes: Buffer, operation: string | null): boolean => {
    const given = secretsIn(answer).map(({ origin }) => origin);
    if (given.length === 0) return false;
    expect(given, told(bytes)).toEqual([mayBeGiven(bytes)?.origin]);
    if (operation !== null) expect(given, told(bytes)).toEqual([operation]);
    return true;
  };

  it('get an answer for no other origin than theirs, 100,000 of them', async () => {
    const random = seeded(seed);
    let answers = 0;
    let slowest = 0;
    for (let count = 0; count < 50_000; count += 1) {
      const { bytes, action, plain } = fuzzedRequest(random);
      const own = plain ?? random.pick(fuzzedOrigins);
      const before = process.cpuUsage();
      const application = await askApplication(own.origin, action, bytes);
      const inTerminal = await askTerminal(action as 'get', bytes);
      const { user, system } = process.cpuUsage(before);
      slowest = Math.max(slowest, user + system);
      const one = judge(application, bytes, own.origin);
      const two = judge(inTerminal, bytes, null);
      answers += Number(one) + Number(two);
      const asked = bytes.toString();
      const takesIt = !plain?.isHeader || asked.includes('authtype');
      if (plain !== null && action === 'get' && takesIt) {
        expect(one, told(bytes)).toBe(true);
        expect(two, told(bytes)).toBe(true);
      }
    }
    // The check would hold for a broker that gives nothing, too.
    expect(answers, `seed ${seed}`).toBeGreaterThan(10_000);
    // Work of this process for one request asked twice, in microseconds.
    expect(slowest, `seed ${seed}`).toBeLessThan(1_000_000);
  });

  for (const { name, change, same } of hostMutations)
    it(`get ${same ? 'the same' : 'no other'} answer for a host that is changed by: ${name}`, async () => {
      for (const own of fuzzedOrigins) {
        const host = change(own.host);
        const bytes = Buffer.from(
          `capability[]=authtype\nprotocol=${own.protocol}\nhost=${host}\npath=team/x.git\n`,
        );
        const whole = Buffer.from(`capability[]=authtype\nurl=${own.protocol}://${host}/team/x.git\n`);
        for (const asked of [bytes, whole]) {
          const application = judge(await askApplication(own.origin, 'get', asked), asked, own.origin);
          const inTerminal = judge(await askTerminal('get', asked), asked, null);
          if (same) expect([application, inTerminal], told(asked)).toEqual([true, true]);
        }
        // Without encryption it is another origin, and the other way round.
        const otherProtocol = own.protocol === 'https' ? 'http' : 'https';
        const crossed = Buffer.from(bytes.toString().replace(`=${own.protocol}\n`, `=${otherProtocol}\n`));
        expect(secretsIn(await askApplication(own.origin, 'get', crossed)), told(crossed)).toEqual([]);
        expect(secretsIn(await askTerminal('get', crossed)), told(crossed)).toEqual([]);
      }
    });

  it('get an end without much work, however large they are', async () => {
    const start = 'protocol=https\nhost=good.test\n';
    const large: Record<string, string> = {
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
    for (const [name, text] of Object.entries(large)) {
      const bytes = Buffer.from(text);
      const before = process.cpuUsage();
      const application = await askApplication('https://good.test', 'get', bytes);
      const inTerminal = await askTerminal('get', bytes);
      const { user, system } = process.cpuUsage(before);
      expect(user + system, name).toBeLessThan(1_000_000);
      judge(application, bytes, 'https://good.test');
      judge(inTerminal, bytes, null);
    }
  });

  describe('as bytes on the standard input of the shipped helper', () => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let channel: CredentialChannel;
    let helper: Awaited<ReturnType<typeof builtHelper>>;
    beforeAll(async () => {
      temporary = await temporaryDirectory();
      channel = await createCredentialChannel();
      helper = await builtHelper(path.join(temporary.path, 'helper'));
    });
    afterAll(async () => {
      await channel.close();
      await temporary.remove();
    });

    it('get the same answers over the real socket', async () => {
      const random = seeded(seed + 1);
      let answers = 0;
      const one = async () => {
        const { bytes, action, plain } = fuzzedRequest(random);
        const { origin } = plain ?? random.pick(fuzzedOrigins);
        const lease = channel.open(begin(origin, signal), origin);
        try {
          const { stdout, exitCode } = await execa(helper.program, [...helper.args, action], {
            input: bytes,
            env: lease.env,
            extendEnv: false,
            stripFinalNewline: false,
          });
          expect(exitCode, told(bytes)).toBe(0);
          answers += Number(judge(stdout, bytes, origin));
        } finally {
          lease.close();
        }
      };
      const worker = async () => {
        for (let count = 0; count < 25; count += 1) await one();
      };
      await Promise.all([worker(), worker(), worker()]);
      expect(answers, `seed ${seed}`).toBeGreaterThan(0);
    });
  });
});
