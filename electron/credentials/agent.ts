import { randomBytes, timingSafeEqual } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { type TerminalNote, wholeAnswer } from '../data/agent-call';
import { readAgentFile, type Start, writeAgentFile } from '../data/agent-file';
import { agentAddress } from './agent-address';
import type { Clock } from './clock';
import { listen } from './listen';
import type { TerminalGit } from './terminal';

export interface AgentParts {
  dataDirectory: string;
  /** What becomes a core without a window, for a helper that finds none. */
  start: Start;
  terminal: TerminalGit;
  clock: Clock;
  log: (line: string) => void;
  /** Another start wants the data directory: true when this process ends for it. Absent: it never does. */
  giveWay?: () => boolean;
  /** `end` is called when nothing was asked for so many milliseconds and nothing is under way, and when all is locked. */
  idle?: { milliseconds: number; end(): void };
}

/** The socket git's helper asks while a core runs. */
export interface Agent {
  close(): Promise<void>;
}

/** Milliseconds that what is being answered has at the end. */
const farewell = 1000;
const actions = new Set(['get', 'store', 'erase']);

/**
 * Listens for the helper of git in a terminal. A request is this user's when
 * it knows the token of this start, which stands in a file only the user can
 * read; the socket lies where nobody else can enter, too.
 */
export async function startAgent(parts: AgentParts): Promise<Agent> {
  const { dataDirectory, start, terminal, clock } = parts;
  const token = randomBytes(32).toString('base64url');
  const expected = Buffer.from(token);
  const underWay = new Set<Promise<unknown>>();
  let isClosing = false;

  let stopWaiting = () => undefined as void;
  const waitForIdle = () => {
    stopWaiting();
    if (!parts.idle || isClosing) return;
    stopWaiting = clock.after(parts.idle.milliseconds, () => {
      if (underWay.size > 0 || isClosing) return;
      parts.idle?.end();
      // Whoever could not end now is asked again.
      waitForIdle();
    });
  };

  const isOurs = (word: string): boolean => {
    const given = Buffer.from(word);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  const text = (word: string | undefined): string => Buffer.from(word ?? '', 'base64').toString('utf8');

  const answer = async (
    words: readonly string[],
    signal: AbortSignal,
    note: (note: TerminalNote) => void,
  ): Promise<string> => {
    const [given = '', action = '', input = '', folder, gitDirectory, interactive] = words;
    if (!isOurs(given) || isClosing) return '';
    if (action === 'end') return parts.giveWay?.() === true ? 'yes' : 'no';
    if (action !== 'get' && action !== 'store' && action !== 'erase') return '';
    const request = {
      action,
      input: Buffer.from(input, 'base64'),
      folder: text(folder),
      gitDirectory: text(gitDirectory) || null,
      interactive: interactive === 'yes',
      note,
    } as const;
    try {
      return await terminal.answer(request, signal);
    } catch (error) {
      // git goes on without an answer of ours; the request itself may hold a password.
      parts.log(`git in a terminal (${action}): ${error instanceof Error ? error.message : 'failed'}`);
      return '';
    }
  };

  const address = await agentAddress(dataDirectory);
  const listening = await listen(address, async (words, signal) => {
    // Nothing at all goes to whoever does not know the token.
    if (!isOurs(words[0] ?? '')) return '';
    if (actions.has(words[1] ?? '')) stopWaiting();
    let said: TerminalNote | null = null;
    const answered = answer(words, signal, (note) => {
      said = note;
    });
    underWay.add(answered);
    try {
      const whole = wholeAnswer(await answered, said);
      // Nobody can unlock what has no window: the next start may be told of a passphrase's file.
      if (said === 'locked' || said === 'passphrase-file') parts.idle?.end();
      return whole;
    } finally {
      underWay.delete(answered);
      if (actions.has(words[1] ?? '')) waitForIdle();
    }
  });
  writeAgentFile(dataDirectory, { address, token, start });
  waitForIdle();

  return {
    async close() {
      isClosing = true;
      stopWaiting();
      if (readAgentFile(dataDirectory)?.token === token)
        writeAgentFile(dataDirectory, { address: null, token: null, start });
      let late = () => undefined as void;
      const patience = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, farewell);
        late = () => clearTimeout(timer);
      });
      await Promise.race([Promise.allSettled(underWay), patience]);
      late();
      // What was settled just now is still being written.
      await new Promise((resolve) => setImmediate(resolve));
      await listening.close();
      if (process.platform !== 'win32') await rm(address, { force: true });
    },
  };
}
