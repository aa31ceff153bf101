import type { AppEvent } from '../../shared/contract/application';
import { client } from './client';

/** `connecting` only until the first success; later losses are `lost`. */
export type ConnectionState = 'connecting' | 'open' | 'lost';

type EventListener = (event: AppEvent) => void;
const listeners = new Set<EventListener>();
const stateListeners = new Set<() => void>();
let state: ConnectionState = 'connecting';

function setState(next: ConnectionState) {
  if (state === next) return;
  state = next;
  for (const listener of stateListeners) listener();
}

/** Calls `listener` with everything that happens in the core until the returned function is called. */
export function onAppEvent(listener: EventListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const connection = {
  get: (): ConnectionState => state,
  subscribe: (listener: () => void): (() => void) => {
    stateListeners.add(listener);
    return () => stateListeners.delete(listener);
  },
};

const longestWait = 5_000;

/**
 * Follows the core's events until the signal ends. After a lost connection it
 * tries again, and calls `onReconnected` first: what happened meanwhile is unknown.
 */
export async function followEvents(signal: AbortSignal, onReconnected: () => void): Promise<void> {
  let wait = 250;
  let everOpen = false;
  while (!signal.aborted) {
    try {
      const events = await client.application.events(undefined, { signal });
      if (everOpen) onReconnected();
      everOpen = true;
      wait = 250;
      setState('open');
      for await (const event of events) for (const listener of listeners) listener(event);
    } catch {
      // Whatever ended the stream, the cure is the same: show it and connect again.
    }
    if (signal.aborted) return;
    setState('lost');
    const pause = wait;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pause);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    wait = Math.min(wait * 2, longestWait);
  }
}
