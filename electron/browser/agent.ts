import { defaultDataDirectory, prepareDataDirectory } from '../data/directory';
import { type Holder, takeLock } from '../data/lock';
import { type CoreOptions, openCore } from './core';

export interface BrowserAgentOptions extends CoreOptions {
  /** Default: the system's place for an application's data. */
  dataDirectory?: string;
  /** Milliseconds without a question of git's after which it ends. Default: ten minutes. */
  idle?: number;
}

export type BrowserAgent =
  | {
      running: true;
      /** Resolves once it has ended, by itself or by `close`. */
      ended: Promise<void>;
      close(): Promise<void>;
    }
  | { running: false; first: Holder };

const usualIdle = 10 * 60_000;

/**
 * The core without its page, for git in a terminal. Ends by itself when nothing
 * was asked for a while, and when a start with a page wants the data directory.
 */
export async function startBrowserAgent(options: BrowserAgentOptions): Promise<BrowserAgent> {
  const dataDirectory = prepareDataDirectory(options.dataDirectory ?? defaultDataDirectory());
  const taken = takeLock(dataDirectory, 'browser', undefined, true);
  if (!taken.held) return { running: false, first: taken.by };
  const { lock } = taken;
  // A socket that is listened on does not keep the program alive.
  const alive = setInterval(() => undefined, 2 ** 30);
  let settle = () => undefined as void;
  const ended = new Promise<void>((resolve) => {
    settle = resolve;
  });
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= core.close().finally(() => {
      lock.release();
      clearInterval(alive);
      settle();
    });
    return closing;
  };
  const closeSoon = () =>
    setImmediate(() => {
      // What went wrong at the end is nobody's business any more: it has ended.
      close().catch(() => undefined);
    });
  let core: Awaited<ReturnType<typeof openCore>>;
  try {
    core = await openCore(options, dataDirectory, {
      idle: { milliseconds: options.idle ?? usualIdle, end: closeSoon },
      giveWay() {
        // Later: the answer goes out first.
        closeSoon();
        return true;
      },
    });
  } catch (error) {
    clearInterval(alive);
    lock.release();
    throw error;
  }
  return { running: true, ended, close };
}
