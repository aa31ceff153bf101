import type { OperationCredentials } from '../../electron/credentials/broker';
import type { GitEngine, Running } from '../../electron/git/engine';
import { cloneGuarded } from '../../electron/git/guard';
import type { WorkingTree } from '../../electron/git/operations/working-tree';
import { requireRemoteUrl } from '../../shared/remote-url';

/** An engine, whatever of the working tree it can change. */
export type FaultedEngine = GitEngine & Partial<WorkingTree>;

/** Where one operation works. */
export interface Place {
  /** Of the working tree; a clone makes it. */
  directory: string;
  url: string;
  /** Told of the folder a clone works in, before it is made. */
  track?: (folder: string) => void;
}

/** The server asks for nothing. */
export const noCredentials: OperationCredentials = {
  fill: () => Promise.resolve(null),
  approve: () => Promise.resolve(),
  reject: () => Promise.resolve(),
  refused: false,
};

interface Operation {
  /** Which repository it finds: see scene.ts. */
  template: 'none' | 'edited' | 'staged';
  offered(engine: FaultedEngine): boolean;
  perform(engine: FaultedEngine, place: Place, running: Running): Promise<unknown>;
}

const missing = (): never => {
  throw new Error('The engine does not offer this.');
};

/** What is killed and finds no space, by name; an engine takes part where it offers it. */
export const operations = {
  clone: {
    template: 'none',
    offered: () => true,
    perform: (engine, { directory, url, track }, running) =>
      cloneGuarded(
        engine,
        {
          url: requireRemoteUrl(url),
          directory,
          branch: null,
          credentials: noCredentials,
          track: { begin: (folder) => track?.(folder), end: () => undefined },
        },
        running,
      ),
  },
  fetch: {
    template: 'edited',
    offered: () => true,
    perform: (engine, { directory, url }, running) =>
      engine.fetch(
        {
          directory,
          remote: 'origin',
          url: requireRemoteUrl(url),
          credentials: noCredentials,
          prune: true,
          reach: null,
        },
        running,
      ),
  },
  commit: {
    template: 'staged',
    offered: (engine) => engine.commit !== undefined,
    perform: (engine, { directory }, running) =>
      engine.commit?.(
        { directory, message: 'Keep this', amend: false, signOff: false, sign: 'no', allowEmpty: false },
        running,
      ) ?? missing(),
  },
  checkout: {
    template: 'edited',
    offered: (engine) => engine.switchTo !== undefined,
    perform: (engine, { directory }, running) =>
      engine.switchTo?.(directory, { kind: 'branch', branch: 'side' }, running) ?? missing(),
  },
  merge: {
    template: 'edited',
    offered: (engine) => engine.merge !== undefined,
    perform: (engine, { directory }, running) =>
      engine.merge?.({ directory, ref: 'side', fastForward: 'possible', message: null }, running) ??
      missing(),
  },
  stash: {
    template: 'edited',
    offered: (engine) => engine.stashPush !== undefined,
    perform: (engine, { directory }, running) =>
      engine.stashPush?.({ directory, message: null, untracked: true }, running) ?? missing(),
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
export const operationNames = Object.keys(operations) as OperationName[];
