import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { defaultDataDirectory, prepareDataDirectory } from '../data/directory';
import { type Holder, takeLock } from '../data/lock';
import { takeLockFromAgent } from '../data/takeover';
import { startBrowserAgent } from './agent';
import { openCore, toStandardError } from './core';
import { openOwnPage } from './open-external';
import { type BrowserServer, serve } from './server';
import { builtPage, type Page } from './static';

export { defaultDataDirectory, openOwnPage, startBrowserAgent };

export interface BrowserHostOptions {
  /** Default: the system's place for an application's data. */
  dataDirectory?: string;
  /** Undefined: the usual one, or any if that is taken. */
  port?: number;
  /** Directory of all bundles. */
  dist: string;
  /** Instead of the built page; development only. */
  page?: Page;
  /** Development only: the page stays connected when the core restarts. */
  token?: string;
  log?: (line: string) => void;
}

export type BrowserHost =
  | { running: true; url: string; dataDirectory: string; server: BrowserServer; close(): Promise<void> }
  | { running: false; dataDirectory: string; first: Holder };

/** The same port at each start keeps what the browser remembers for the page. */
const usualPort = 47615;

async function serveAnywhere(port: number | undefined, options: Omit<Parameters<typeof serve>[0], 'port'>) {
  if (port !== undefined) return serve({ ...options, port });
  try {
    return await serve({ ...options, port: usualPort });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return serve({ ...options, port: 0 });
  }
}

/** Nothing listens there any more; an answer of any kind, or none within a second, is no proof. */
async function isSilent(url: string): Promise<boolean> {
  try {
    await fetch(new URL('/session', url), { signal: AbortSignal.timeout(1000) });
    return false;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
    return cause?.code === 'ECONNREFUSED';
  }
}

/** Starts the core and serves it with its page, or says which start was first. */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const dataDirectory = prepareDataDirectory(options.dataDirectory ?? defaultDataDirectory());
  let taken = await takeLockFromAgent(dataDirectory, 'browser');
  // Outside Linux a process id may have been given to another program since.
  if (!taken.held && taken.by.started === null && taken.by.url !== null && (await isSilent(taken.by.url)))
    taken = takeLock(dataDirectory, 'browser', taken.by);
  if (!taken.held) return { running: false, dataDirectory, first: taken.by };
  const { lock } = taken;
  try {
    const log = options.log ?? toStandardError;
    const core = await openCore(options, dataDirectory);
    const token = options.token ?? randomBytes(32).toString('base64url');
    let server: BrowserServer;
    try {
      server = await serveAnywhere(options.port, {
        router: core.router,
        page: options.page ?? builtPage(path.join(options.dist, 'renderer')),
        token,
        log,
      });
    } catch (error) {
      await core.close();
      throw error;
    }
    const url = `${server.address}#token=${token}`;
    lock.publish(url);
    return {
      running: true,
      url,
      dataDirectory,
      server,
      async close() {
        await server.close();
        await core.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
