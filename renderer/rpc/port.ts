import type { ClientContext, ClientLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { AppError } from '../../shared/errors';

/** What the preload of the desktop shell gives the page; absent in a browser. */
interface DesktopBridge {
  /** Asks for a fresh port; it arrives as a window message `polyforge:port`. */
  connect(): void;
}

declare global {
  interface Window {
    readonly polyforge?: DesktopBridge;
  }
}

/**
 * `refused`: this tab has no token, or one of an earlier start; only opening
 * the address that Polyforge printed helps. `lost`: trying again by itself.
 */
export type LinkState = 'connecting' | 'open' | 'lost' | 'refused';

type Link = ClientLink<ClientContext>;

interface Channel {
  link: Link;
  /** Resolves when nothing more will come. */
  closed: Promise<void>;
  isClosed(): boolean;
}

/** Listens before the link does, so a call that ends with the connection finds `isClosed` true. */
function ending(target: EventTarget): Pick<Channel, 'closed' | 'isClosed'> {
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    target.addEventListener(
      'close',
      () => {
        isClosed = true;
        resolve();
      },
      { once: true },
    );
  });
  return { closed, isClosed: () => isClosed };
}

/** A call that the core cannot have answered: `toAppError` reads `data`. */
class CoreUnreachable extends Error {
  readonly data: AppError = { kind: 'host-unreachable', host: 'Polyforge', cause: 'reset' };
}

class TokenRefused extends Error {}

const tokenKey = 'polyforge.token';

/** The token for a word that works once: a browser is started with an address others can read. */
async function redeemed(word: string): Promise<string | null> {
  const answer = await fetch('/opening', { headers: { authorization: `Word ${word}` } });
  return answer.ok ? answer.text() : null;
}

/** Moves the token out of the address, where history, screenshots and bookmarks would keep it. */
async function takeToken(): Promise<string | null> {
  const [, what, given] = /^#(token|open)=([\w-]+)$/.exec(location.hash) ?? [];
  if (given !== undefined) {
    history.replaceState(history.state, '', location.pathname + location.search);
    const token = what === 'token' ? given : await redeemed(given);
    if (token !== null) sessionStorage.setItem(tokenKey, token);
  }
  return sessionStorage.getItem(tokenKey);
}

/** A core that is stopping may take a connection and never answer on it; this long a try waits, milliseconds. */
const handshakeTime = 5_000;

async function openSocket(): Promise<Channel> {
  const token = await takeToken();
  if (token === null) throw new TokenRefused();
  const socket = new WebSocket(`ws://${location.host}/ws`, ['polyforge', `token.${token}`]);
  const end = ending(socket);
  const link = new SocketLink<ClientContext>({ websocket: socket });
  const isOpen = await Promise.race([
    new Promise<true>((resolve) => {
      socket.addEventListener('open', () => resolve(true), { once: true });
    }),
    end.closed.then(() => false as const),
    new Promise<false>((resolve) => setTimeout(() => resolve(false), handshakeTime)),
  ]);
  if (isOpen) return { link, ...end };
  socket.close();
  // A page is not told why a handshake failed, so it asks.
  const answer = await fetch('/session', {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(handshakeTime),
  });
  throw answer.status === 401 ? new TokenRefused() : new CoreUnreachable();
}

async function openPort(bridge: DesktopBridge): Promise<Channel> {
  const port = await new Promise<MessagePort>((resolve) => {
    const receive = (event: MessageEvent) => {
      const [received] = event.ports;
      if (event.source !== window || event.data !== 'polyforge:port' || !received) return;
      window.removeEventListener('message', receive);
      resolve(received);
    };
    window.addEventListener('message', receive);
    bridge.connect();
  });
  const end = ending(port);
  const link = new PortLink<ClientContext>({ port });
  port.start();
  return { link, ...end };
}

let state: LinkState = 'connecting';
const listeners = new Set<() => void>();
let channel: Channel | undefined;
let isRunning = false;
let wake: (() => void) | undefined;

function setState(next: LinkState): void {
  if (state === next) return;
  state = next;
  for (const listener of listeners) listener();
}

/** The connection itself, for `useSyncExternalStore(linkState.subscribe, linkState.get)`. */
export const linkState = {
  get: (): LinkState => state,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

async function keepConnected(): Promise<void> {
  let failures = 0;
  for (;;) {
    try {
      channel = await (window.polyforge ? openPort(window.polyforge) : openSocket());
      failures = 0;
      setState('open');
      await channel.closed;
    } catch (error) {
      if (error instanceof TokenRefused) setState('refused');
    }
    channel = undefined;
    if (state === 'refused') {
      // The user pastes the printed address into this tab: only its fragment changes, the page stays.
      await new Promise((resolve) => window.addEventListener('hashchange', resolve, { once: true }));
      setState('connecting');
      continue;
    }
    setState('lost');
    await pause(Math.min(200 * 2 ** failures, 5_000));
    failures += 1;
  }
}

/** How long a call waits for a lost connection before it fails. */
const patience = 10_000;

function openChannel(signal: AbortSignal | undefined): Promise<Channel> {
  if (!isRunning) {
    isRunning = true;
    void keepConnected();
  }
  if (channel) return Promise.resolve(channel);
  if (state === 'refused') return Promise.reject(new CoreUnreachable());
  wake?.();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(new CoreUnreachable())), patience);
    const cancel = () => settle(() => reject(signal?.reason));
    const look = () => {
      const open = channel;
      if (open) settle(() => resolve(open));
      else if (state === 'refused') settle(() => reject(new CoreUnreachable()));
    };
    const settle = (end: () => void) => {
      clearTimeout(timer);
      listeners.delete(look);
      signal?.removeEventListener('abort', cancel);
      end();
    };
    listeners.add(look);
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

/** oRPC rejects what was under way with AbortError when the connection ends, which would read as "the user cancelled". */
function asLost(error: unknown, used: Channel, signal: AbortSignal | undefined): unknown {
  return used.isClosed() && signal?.aborted !== true ? new CoreUnreachable('', { cause: error }) : error;
}

function stream(
  source: AsyncIterator<unknown, unknown>,
  used: Channel,
  signal: AbortSignal | undefined,
): AsyncIterableIterator<unknown, unknown> {
  return {
    async next() {
      try {
        return await source.next();
      } catch (error) {
        throw asLost(error, used, signal);
      }
    },
    async return(value) {
      return source.return?.(value) ?? { done: true, value: await value };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function isIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** Where the core is: the preload's MessagePort in Electron, a WebSocket elsewhere. The only file that knows. */
export function createLink(): Link {
  return {
    async call(path, input, options) {
      const used = await openChannel(options.signal);
      try {
        const output = await used.link.call(path, input, options);
        return isIterator(output) ? stream(output, used, options.signal) : output;
      } catch (error) {
        throw asLost(error, used, options.signal);
      }
    },
  };
}
