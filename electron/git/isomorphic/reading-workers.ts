import type { Worker } from 'node:worker_threads';
import type { Progress } from '../../../shared/contract/procedure';
import { AppFailure } from '../../../shared/errors';
import type { FromWorker, Jobs, PartOf, QuickName, ReadingName } from './messages';
import { crashed, startWorker } from './operation';

/** More would only fight for the processor and the disk, each with its own cache. */
const most = 2;
/** What they know of a repository is dropped with them. */
const idleTime = 60_000;

type KeptName = ReadingName | QuickName;

interface ReadingOptions<Name extends KeptName> {
  signal?: AbortSignal;
  progress?: (progress: Progress) => void;
  /** Called with each part, in order, all before the answer. */
  part?: (part: PartOf<Name>) => void;
}

/**
 * Threads for jobs that only read, kept while they are used: what they know of
 * a repository, and their warmth, serves the next job. None of them keeps the
 * application from ending.
 */
export interface ReadingWorkers {
  /** The signal ends the thread the job runs in, whatever it is doing; another one takes its place. */
  run<Name extends KeptName>(
    name: Name,
    input: Jobs[Name]['in'],
    options?: ReadingOptions<Name>,
  ): Promise<Jobs[Name]['out']>;
}

interface Thread {
  worker: Worker;
  idle: NodeJS.Timeout | null;
}

interface Waiting {
  start(thread: Thread): void;
}

/** `file`: the worker's bundle. `idleMilliseconds`: another time in tests. */
export function createReadingWorkers(file: string | URL, idleMilliseconds = idleTime): ReadingWorkers {
  const idle: Thread[] = [];
  const queue: Waiting[] = [];
  let threads = 0;

  function end(thread: Thread): void {
    if (thread.idle) clearTimeout(thread.idle);
    const at = idle.indexOf(thread);
    if (at !== -1) idle.splice(at, 1);
    threads -= 1;
    thread.worker.removeAllListeners();
    // Its last words are of no use to anybody.
    thread.worker.on('error', () => undefined);
    void thread.worker.terminate();
    next();
  }

  function rest(thread: Thread): void {
    thread.worker.unref();
    idle.push(thread);
    thread.worker.once('error', () => end(thread));
    thread.worker.once('exit', () => end(thread));
    thread.idle = setTimeout(() => end(thread), idleMilliseconds);
    thread.idle.unref();
    next();
  }

  /** The thread used last first: it is the warmest, and the others may end. */
  function next(): void {
    while (queue.length > 0) {
      let thread = idle.pop();
      if (!thread) {
        if (threads >= most) return;
        threads += 1;
        thread = { worker: startWorker(file, null), idle: null };
      }
      if (thread.idle) clearTimeout(thread.idle);
      thread.worker.removeAllListeners();
      thread.worker.ref();
      queue.shift()?.start(thread);
    }
  }

  return {
    run<Name extends KeptName>(name: Name, input: Jobs[Name]['in'], options: ReadingOptions<Name> = {}) {
      const { signal } = options;
      return new Promise<Jobs[Name]['out']>((resolve, reject) => {
        let stop: () => void = () => {
          queue.splice(queue.indexOf(waiting), 1);
        };
        const abort = () => {
          stop();
          reject(new AppFailure({ kind: 'cancelled' }));
        };
        const waiting: Waiting = {
          start(thread) {
            const { worker } = thread;
            const settle = (then: () => void, isAlive: boolean) => {
              signal?.removeEventListener('abort', abort);
              worker.removeAllListeners();
              then();
              if (isAlive) rest(thread);
              else end(thread);
            };
            stop = () => end(thread);
            worker.once('error', (error) => settle(() => reject(crashed(name, error)), false));
            worker.once('exit', () => settle(() => reject(crashed(name, undefined)), false));
            worker.on('message', (message: FromWorker) => {
              try {
                if (message.type === 'progress') options.progress?.(message.progress);
                else if (message.type === 'part') options.part?.(message.part as PartOf<Name>);
                else if (message.type === 'done')
                  settle(() => resolve(message.output as Jobs[Name]['out']), true);
                else if (message.type === 'failed') settle(() => reject(new AppFailure(message.error)), true);
              } catch (error) {
                // Who listens to the parts failed: the rest of them is of no use.
                settle(() => reject(error), false);
              }
            });
            // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
            worker.postMessage({ job: { name, input } });
          },
        };
        if (signal?.aborted) return reject(new AppFailure({ kind: 'cancelled' }));
        signal?.addEventListener('abort', abort, { once: true });
        queue.push(waiting);
        next();
      });
    },
  };
}
