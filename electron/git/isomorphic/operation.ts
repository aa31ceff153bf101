import { Worker } from 'node:worker_threads';
import type { Progress } from '../../../shared/contract/procedure';
import { type AppError, AppFailure } from '../../../shared/errors';
import type { OperationCredentials } from '../../credentials/broker';
import type { Credential, FromWorker, JobName, JobRequest, Jobs, Question, ToWorker } from './messages';

export interface OperationOptions {
  /** Absolute path or URL of the worker's bundle. */
  worker: string | URL;
  signal?: AbortSignal;
  progress?: (progress: Progress) => void;
  /** Who answers the worker's questions; none for work on disk. */
  credentials?: OperationCredentials;
  /** What a cancel means once something was sent that cannot be called back; absent: it was cancelled. */
  unknown?: AppError;
  /** It holds locks from its begin on: the signal asks it to end, and its thread is ended only where it does not. */
  endsItself?: boolean;
}

/** Milliseconds a job that is settling gets to its end after a cancel; nobody waits longer than a second. */
const settlingTime = 800;

/**
 * Runs one job in a thread of its own. Ends with the thread: the signal
 * terminates it whatever it is doing, so nothing of it goes on afterwards. Only
 * while it puts the repository in order (`settling`) it gets a moment first: a
 * thread that is ended there would leave git's lock files.
 */
export async function runInWorker<Name extends JobName>(
  name: Name,
  input: Jobs[Name]['in'],
  options: OperationOptions,
): Promise<Jobs[Name]['out']> {
  const { signal, credentials } = options;
  if (signal?.aborted) throw new AppFailure({ kind: 'cancelled' });
  const flag = options.endsItself ? new SharedArrayBuffer(4) : undefined;
  const worker = startWorker(options.worker, { name, input, cancel: flag } as JobRequest);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const post = (message: ToWorker) => worker.postMessage(message);
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  try {
    return await new Promise<Jobs[Name]['out']>((resolve, reject) => {
      let isSettling = false;
      let ended: AppError = { kind: 'cancelled' };
      const cancel = () => reject(new AppFailure(ended));
      const stop = () => {
        if (flag) Atomics.store(new Int32Array(flag), 0, 1);
        if (isSettling || flag) setTimeout(cancel, settlingTime);
        else cancel();
      };
      signal?.addEventListener('abort', stop, { once: true });
      worker.once('error', (error) => reject(crashed(name, error)));
      worker.once('exit', () => reject(crashed(name, undefined)));
      worker.on('message', (message: FromWorker) => {
        switch (message.type) {
          case 'progress':
            options.progress?.(message.progress);
            break;
          case 'settling':
            isSettling = true;
            break;
          case 'sent':
            ended = options.unknown ?? ended;
            break;
          case 'ask':
            void answer(credentials, message.question).then((reply) => post({ id: message.id, ...reply }));
            break;
          case 'done':
            resolve(message.output as Jobs[Name]['out']);
            break;
          case 'failed':
            reject(new AppFailure(message.error));
            break;
        }
      });
    });
  } finally {
    await worker.terminate();
    await exited;
  }
}

/** `job` null: it waits for jobs, one at a time. */
export function startWorker(file: string | URL, job: JobRequest | null): Worker {
  const worker = new Worker(file, { workerData: job, stdout: true, stderr: true });
  // isomorphic-git writes its troubles to the console; they come back as errors, the text names files.
  worker.stdout.resume();
  worker.stderr.resume();
  return worker;
}

async function answer(
  credentials: OperationCredentials | undefined,
  question: Question,
): Promise<{ credential: Credential } | { failed: AppFailure['error'] }> {
  if (!credentials) return { credential: null };
  try {
    if (question.method === 'fill') return { credential: await credentials.fill(question.request) };
    await credentials[question.method]();
    return { credential: null };
  } catch (error) {
    return { failed: error instanceof AppFailure ? error.error : { kind: 'cancelled' } };
  }
}

/** Mostly: out of memory, which ends the thread and not the application. */
export function crashed(name: string, error: Error | undefined): AppFailure {
  const memory = error !== undefined && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return new AppFailure(
    memory
      ? {
          kind: 'unsupported',
          what: 'a repository this large',
          reason: 'The built-in engine ran out of memory; install git.',
        }
      : {
          kind: 'git-failed',
          command: name,
          exitCode: null,
          detail: 'The built-in engine ended unexpectedly.',
        },
    { cause: error },
  );
}
