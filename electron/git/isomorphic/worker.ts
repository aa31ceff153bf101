import { parentPort, workerData } from 'node:worker_threads';
import { AppFailure } from '../../../shared/errors';
import { hostWithPort } from '../../../shared/remote-url';
import { branches } from './branches';
import { clone } from './clone';
import { type FailureContext, toAppError } from './errors';
import type { Ask } from './http';
import { log } from './log';
import type { Credential, FromWorker, JobRequest, ToWorker } from './messages';
import { overview } from './overview';
import { createProgress } from './progress';
import { remoteBranches } from './remote-branches';

/** The thread isomorphic-git runs in: it computes for seconds without a pause, and ending a thread is the only way to stop it. */
function start(job: JobRequest, post: (message: FromWorker) => void): Promise<unknown> {
  const questions = new Map<
    number,
    { resolve: (credential: Credential) => void; reject: (error: unknown) => void }
  >();
  parentPort?.on('message', (answer: ToWorker) => {
    const waiting = questions.get(answer.id);
    questions.delete(answer.id);
    if ('failed' in answer) waiting?.reject(new AppFailure(answer.failed));
    else waiting?.resolve(answer.credential);
  });
  let asked = 0;
  const ask: Ask = (question) =>
    new Promise((resolve, reject) => {
      asked += 1;
      questions.set(asked, { resolve, reject });
      post({ type: 'ask', id: asked, question });
    });
  switch (job.name) {
    case 'clone':
      return clone(
        job.input,
        ask,
        createProgress((progress) => post({ type: 'progress', progress })),
      );
    case 'remoteBranches':
      return remoteBranches(job.input, ask);
    case 'overview':
      return overview(job.input);
    case 'branches':
      return branches(job.input);
    default:
      return log(job.input);
  }
}

function contextOf(job: JobRequest): FailureContext {
  const { input } = job;
  return {
    command: job.name,
    host: 'url' in input ? hostWithPort(input.url) : '',
    path: 'url' in input ? input.url.path : '',
    directory: 'directory' in input ? input.directory : '',
  };
}

const port = parentPort;
if (port) {
  const job = workerData as JobRequest;
  const post = (message: FromWorker) => port.postMessage(message);
  start(job, post).then(
    (output) => post({ type: 'done', output }),
    (error: unknown) => post({ type: 'failed', error: toAppError(error, contextOf(job)) }),
  );
}
