import { readdir } from 'node:fs/promises';
import os_ from 'node:os';
import path from 'node:path';
import { EventPublisher } from '@orpc/server';
import type { AppEvent, Notice } from '../../shared/contract/application';
import { fail } from '../../shared/errors';
import { externalUrl } from '../../shared/external-url';
import type { Engines } from '../git/choose';
import type { EventSink, EventSource, Platform } from '../platform';
import type { Storage } from '../storage/storage';
import { os } from './procedure';

export type EventBus = EventSink &
  EventSource & {
    subscribe(signal: AbortSignal | undefined): AsyncGenerator<AppEvent>;
    /** How many pages listen: somebody is there to answer a question. */
    pages(): number;
  };

/** What happened, to every page that listens. */
export function createEventBus(): EventBus {
  // Events are few and small; a page that sleeps keeps at most these.
  const publisher = new EventPublisher<{ event: AppEvent }>({ maxBufferedEvents: 1000 });
  const pages = new Set<symbol>();
  return {
    pages: () => pages.size,
    emit: (event) => publisher.publish('event', event),
    // Later: whoever emits is in the middle of its work, and must not see a listener fail.
    listen: (listener) => publisher.subscribe('event', (event) => queueMicrotask(() => listener(event))),
    subscribe(signal) {
      const source = publisher.subscribe('event', { signal });
      const page = Symbol('page');
      const heard = (async function* () {
        try {
          yield* source;
        } finally {
          pages.delete(page);
        }
      })();
      pages.add(page);
      // One that is never asked for its first event ends without its `finally`.
      signal?.addEventListener('abort', () => pages.delete(page), { once: true });
      return heard;
    },
  };
}

export interface ApplicationParts {
  platform: Platform;
  storage: Storage;
  engines: Engines;
  events: EventBus;
  /** Notices besides the storage's own. */
  notices: readonly Notice[];
}

const completions = 50;

export function applicationService({ platform, storage, engines, events, notices }: ApplicationParts) {
  const dismissed = new Set<string>();
  return os.application.router({
    info: os.application.info.handler(() => ({
      version: platform.version,
      shell: platform.shell,
      platform: process.platform,
      dataDirectory: platform.dataDirectory,
      homeDirectory: os_.homedir(),
      ...engines.describe(),
    })),
    programs: os.application.programs.handler(() => engines.programs()),
    events: os.application.events.handler(({ signal }) => events.subscribe(signal)),
    notices: os.application.notices.handler(() =>
      [...storage.notices.list(), ...notices].filter((notice) => !dismissed.has(notice.id)),
    ),
    dismissNotice: os.application.dismissNotice.handler(({ input }) => {
      dismissed.add(input.id);
      storage.notices.dismiss(input.id);
      events.emit({ type: 'notices.changed' });
    }),
    openExternal: os.application.openExternal.handler(async ({ input }) => {
      const url = externalUrl(input.url);
      if (url === null) fail({ kind: 'address-invalid', part: 'scheme', reason: 'https-only' });
      await platform.openExternal(url);
    }),
    pickDirectory: os.application.pickDirectory.handler(async ({ input }) => {
      const picked = await platform.pickDirectory(input.title, input.start);
      return picked === undefined
        ? { supported: false as const }
        : { supported: true as const, path: picked };
    }),
    completeDirectory: os.application.completeDirectory.handler(async ({ input }) => {
      const typed = input.typed.startsWith('~')
        ? path.join(os_.homedir(), input.typed.slice(1))
        : input.typed;
      if (!path.isAbsolute(typed)) return [];
      const parent = typed.endsWith(path.sep) ? typed : path.dirname(typed);
      const prefix = typed.endsWith(path.sep) ? '' : path.basename(typed).toLowerCase();
      const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => entry.isDirectory() && entry.name.toLowerCase().startsWith(prefix))
        .filter((entry) => prefix.startsWith('.') || !entry.name.startsWith('.'))
        .map((entry) => path.join(parent, entry.name))
        .sort()
        .slice(0, completions);
    }),
  });
}
