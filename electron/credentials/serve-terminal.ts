import type { EventSource, EventSink, Platform } from '../platform';
import type { PromptBroker } from '../prompts/broker';
import type { Storage } from '../storage/storage';
import { type Agent, startAgent } from './agent';
import type { CredentialBroker } from './broker';
import type { Clock } from './clock';
import { writeLauncher } from './launcher';
import { unlockByFile } from './passphrase-file';
import type { SavedCredentials } from './saved';
import { createTerminalGit, type TerminalParts } from './terminal';
import { createKeepTyped } from './typed-in-terminal';
import type { Vault } from './vault';

export interface ServedTerminal {
  platform: Platform;
  events: EventSource & EventSink & { pages(): number };
  storage: Storage;
  vault: Vault;
  saved: SavedCredentials;
  prompts: PromptBroker;
  broker: CredentialBroker;
  placeOf: TerminalParts['placeOf'];
  clock: Clock;
}

/** Answers git in a terminal while the core runs; null: this shell does not, or cannot, which the log says. */
export async function serveTerminal(parts: ServedTerminal): Promise<Agent | null> {
  const { platform, events, storage, vault, saved, prompts, broker, placeOf, clock } = parts;
  const { terminal: role, dataDirectory } = platform;
  if (!role) return null;
  const log = (line: string) => platform.log(line);
  if (role.passphraseFile !== undefined) await unlockByFile(vault, role.passphraseFile, log);
  const isShown = () => events.pages() > 0;
  const terminal = createTerminalGit({
    broker,
    storage,
    saved,
    placeOf,
    canAsk: () => isShown() || role.summon !== undefined,
    whyLocked: async () => {
      if (!(await vault.status()).locked) return null;
      return role.passphraseFile === undefined ? 'locked' : 'passphrase-file';
    },
    keepTyped: createKeepTyped({ storage, saved, prompts, canAsk: isShown, clock, log }),
    clock,
  });
  // Whoever types git's commands looks at the terminal; without a page there is nothing to look at at all.
  const stop = events.listen((event) => {
    if (event.type !== 'prompts.asked') return;
    const { question } = event;
    const isFromTerminal = 'operation' in question && question.operation.startsWith('git in ');
    if (isFromTerminal || !isShown()) role.summon?.();
  });
  try {
    writeLauncher(dataDirectory, platform.credentialHelper, role.lastingProgram);
    const agent = await startAgent({
      dataDirectory,
      start: role.start,
      terminal,
      clock,
      log,
      giveWay: () => role.giveWay?.() === true,
      idle: role.idle,
    });
    return {
      close() {
        stop();
        return agent.close();
      },
    };
  } catch (error) {
    stop();
    log(`Git in a terminal cannot be served: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}
