import { availableParallelism } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { AppFailure } from '../../../shared/errors';
import { hostWithPort } from '../../../shared/remote-url';
import { blame } from './blame';
import { branches } from './branches';
import { listenForCancel } from './cancellation';
import { clone } from './clone';
import { diff } from './diff';
import { type FailureContext, toAppError } from './errors';
import { fetchContents } from './contents';
import { fetch } from './fetch';
import type { Ask } from './http';
import { log, show } from './log';
import type { Credential, FromWorker, JobName, JobRequest, Jobs, ToWorker } from './messages';
import { needs } from './needs';
import type { ResolveBeside } from './objects/incoming-pack';
import { resolveDeltas } from './objects/resolve-deltas';
import { runInWorker } from './operation';
import { overview } from './overview';
import { createProgress, type ProgressReport } from './progress';
import { push } from './push';
import { remoteBranches } from './remote-branches';
import { remoteRef } from './remote-ref';
import { workJobs } from './work-jobs';
import { status } from './status';
import { helpScanning } from './status/scan';

/** Fewer deltas are resolved before another thread has started. */
const worthAThread = 10_000;

/** A thread of the same bundle, ended with this one. */
const resolveBeside: ResolveBeside = (input, deltas) =>
  deltas >= worthAThread && availableParallelism() > 1
    ? runInWorker('resolveDeltas', input, { worker: new URL(import.meta.url) })
    : null;

/** What a job has besides its input. */
interface JobContext {
  ask: Ask;
  progress: ProgressReport;
  /** Tells part of the answer before its end. */
  part: (part: unknown) => void;
  /** What is left takes a moment and must not stop halfway. */
  settling: () => void;
  /** Something is on its way that cannot be called back. */
  sent: () => void;
}

/** One row a job. */
const work: {
  [Name in JobName]: (input: Jobs[Name]['in'], context: JobContext) => Promise<Jobs[Name]['out']>;
} = {
  clone: (input, { ask, progress }) => clone(input, ask, progress, resolveBeside),
  resolveDeltas: async (input) => resolveDeltas(input),
  remoteBranches: (input, { ask }) => remoteBranches(input, ask),
  fetch: (input, { ask, progress, settling }) =>
    fetch(input, { ask, progress, settling, beside: resolveBeside }),
  fetchContents: (input, { ask, progress }) => fetchContents(input, ask, progress),
  push: (input, { ask, progress, sent }) => push(input, ask, progress, sent),
  remoteRef: (input, { ask }) => remoteRef(input, ask),
  overview,
  needs,
  branches,
  log,
  show,
  diff: (input, { part }) => diff(input, part),
  blame,
  ...workJobs,
  status: (input, { part }) => status(input, part),
};

/** The thread the engine works in: it computes for seconds without a pause, and ending a thread is the only way to stop it. */
function start(job: JobRequest, post: (message: FromWorker) => void): Promise<unknown> {
  const questions = new Map<
    number,
    { resolve: (credential: Credential) => void; reject: (error: unknown) => void }
  >();
  const listen = (answer: ToWorker) => {
    if ('job' in answer) return;
    const waiting = questions.get(answer.id);
    questions.delete(answer.id);
    if ('failed' in answer) waiting?.reject(new AppFailure(answer.failed));
    else waiting?.resolve(answer.credential);
  };
  parentPort?.on('message', listen);
  let asked = 0;
  const ask: Ask = (question) =>
    new Promise((resolve, reject) => {
      asked += 1;
      questions.set(asked, { resolve, reject });
      post({ type: 'ask', id: asked, question });
    });
  listenForCancel(job.cancel);
  const run = work[job.name] as (input: unknown, context: JobContext) => Promise<unknown>;
  return run(job.input, {
    ask,
    progress: createProgress((progress) => post({ type: 'progress', progress })),
    part: (part) => post({ type: 'part', part }),
    settling: () => post({ type: 'settling' }),
    sent: () => post({ type: 'sent' }),
  }).finally(() => parentPort?.off('message', listen));
}

function contextOf(job: JobRequest): FailureContext {
  const { input } = job;
  const url = 'url' in input && typeof input.url === 'object' ? input.url : null;
  return {
    command: job.name,
    host: url ? hostWithPort(url) : '',
    path: url?.path ?? '',
    directory: 'directory' in input ? input.directory : '',
  };
}

const port = parentPort;
if (port) {
  const post = (message: FromWorker) => port.postMessage(message);
  const run = (job: JobRequest) =>
    start(job, post).then(
      (output) => post({ type: 'done', output }),
      (error: unknown) => post({ type: 'failed', error: toAppError(error, contextOf(job)) }),
    );
  const first = workerData as JobRequest | 'scan' | null;
  if (first === 'scan') port.on('message', helpScanning);
  else if (first !== null) void run(first);
  else
    port.on('message', (message: ToWorker) => {
      if ('job' in message) void run(message.job);
    });
}
