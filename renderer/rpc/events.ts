import type { AppEvent } from '../../shared/contract/application';
import { client } from './client';
import { linkState } from './port';

type EventListener = (event: AppEvent) => void;
const listeners = new Set<EventListener>();

/** Calls `listener` with everything that happens in the core until the returned function is called. */
export function onAppEvent(listener: EventListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Between two tries while the link is open but the stream ends at once. */
const pause = 500;

/** Resolves when the link changes its state, after `pause`, or with the signal. */
function somethingNew(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener('abort', settle);
      resolve();
    };
    const stop = linkState.subscribe(settle);
    const timer = setTimeout(settle, pause);
    signal.addEventListener('abort', settle);
  });
}

/**
 * Follows the core's events until the signal ends. After a lost connection it
 * follows again, and calls `onReconnected` first: what happened meanwhile is unknown.
 */
export async function followEvents(signal: AbortSignal, onReconnected: () => void): Promise<void> {
  let everOpen = false;
  while (!signal.aborted) {
    try {
      const events = await client.application.events(undefined, { signal });
      if (everOpen) onReconnected();
      everOpen = true;
      for await (const event of events) for (const listener of listeners) listener(event);
    } catch {
      // The bar shows the link's state; here the cure is the same whatever ended the stream.
    }
    if (!signal.aborted) await somethingNew(signal);
  }
}
