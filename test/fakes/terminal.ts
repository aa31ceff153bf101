import { createCredentialBroker } from '../../electron/credentials/create-broker';
import { createSavedCredentials } from '../../electron/credentials/saved';
import {
  createTerminalGit,
  type TerminalParts,
  type TerminalPlace,
  type TerminalRequest,
} from '../../electron/credentials/terminal';
import { createKeepTyped } from '../../electron/credentials/typed-in-terminal';
import { createPromptBroker } from '../../electron/prompts/broker';
import type { GitCredential, HostingProvider } from '../../electron/providers/provider';
import type { AllowedHost, SavedCredential, StoredRepository } from '../../electron/storage/storage';
import type { Account } from '../../shared/contract/accounts';
import type { AccountRule } from '../../shared/contract/bindings';
import type { AppEvent } from '../../shared/contract/application';
import { preferencesSchema } from '../../shared/contract/preferences';
import type { Answer, Question } from '../../shared/contract/prompts';
import { choicesOver, memoryCollection } from './choices';
import { handClock } from './clock';

/** The real broker and what serves git in a terminal, over lists in memory. `placeOf`: instead of `state.place`. */
export function terminalOver(placeOf?: TerminalParts['placeOf']) {
  const clock = handClock(Date.now());
  const accounts = memoryCollection<Account>();
  const savedCredentials = memoryCollection<SavedCredential>();
  const allowedHosts = memoryCollection<AllowedHost>();
  const repositories = memoryCollection<StoredRepository>();
  const rules = memoryCollection<AccountRule>();
  const secrets = new Map<string, string>();
  const events: AppEvent[] = [];
  const log: string[] = [];
  const state = {
    /** What accounts give, by id. */
    given: new Map<string, GitCredential>(),
    canAsk: true,
    isLocked: false,
    /** What helpers were told beside their answers. */
    notes: [] as string[],
    place: null as TerminalPlace | null,
    preferences: preferencesSchema.parse({}),
  };
  const sink = { emit: (event: AppEvent) => void events.push(event) };
  const prompts = createPromptBroker(sink);
  const vault = {
    get: async (name: string) => secrets.get(name),
    set: async (name: string, secret: string) => void secrets.set(name, secret),
    delete: async (name: string) => void secrets.delete(name),
  };
  const saved = createSavedCredentials({ savedCredentials }, vault, sink);
  const broker = createCredentialBroker({
    storage: { accounts, savedCredentials, allowedHosts },
    vault,
    saved,
    prompts,
    choices: choicesOver(accounts, prompts, { repositories, rules }),
    sessions: {
      async open(account, { signal }) {
        const credential = state.given.get(account.id);
        if (!credential) throw new Error(`nothing to give for ${account.id}`);
        const provider = { gitCredential: async () => credential } as unknown as HostingProvider;
        const secret = credential.kind === 'password' ? credential.password : credential.header;
        return { provider, secret, session: { account, fetch: globalThis.fetch, signal } };
      },
    },
    events: sink,
    log: (line) => log.push(line),
  });
  const terminal = createTerminalGit({
    broker,
    storage: { accounts, repositories },
    saved,
    placeOf: placeOf ?? (async () => state.place),
    canAsk: () => state.canAsk,
    whyLocked: async () => (state.isLocked ? 'locked' : null),
    keepTyped: createKeepTyped({
      storage: {
        preferences: { get: () => state.preferences, set: () => state.preferences },
      },
      saved,
      prompts,
      canAsk: () => state.canAsk,
      clock,
      log: (line) => log.push(line),
    }),
    clock,
  });

  /** The next open question, once it is there. */
  const question = async (): Promise<Question> => {
    for (;;) {
      const open = prompts.open()[0];
      if (open) return open;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  return {
    state,
    clock,
    accounts,
    savedCredentials,
    allowedHosts,
    repositories,
    rules,
    secrets,
    saved,
    prompts,
    terminal,
    log,
    question,
    async answering(answer: Answer): Promise<Question> {
      const open = await question();
      prompts.answer(open.id, answer);
      return open;
    },
    /** One helper process of git. */
    helper(
      action: TerminalRequest['action'],
      lines: string | Buffer,
      more: Partial<TerminalRequest> & { signal?: AbortSignal } = {},
    ): Promise<string> {
      const { signal = new AbortController().signal, ...rest } = more;
      const input = typeof lines === 'string' ? Buffer.from(`${lines}\n\n`) : lines;
      return terminal.answer(
        {
          action,
          input,
          folder: '/home/ada/code',
          gitDirectory: null,
          interactive: true,
          note: (note) => void state.notes.push(note),
          ...rest,
        },
        signal,
      );
    },
  };
}
