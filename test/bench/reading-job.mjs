// The embedded engine's looks at a repository in a process of its own, for its memory: node reading-job.mjs WORKER DIRECTORY
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { peakMemory } from './peak-memory.mjs';

const [worker, directory] = process.argv.slice(2);
const thread = new Worker(worker, { workerData: null });
const jobs = [
  { name: 'log', input: { directory, skip: 0, limit: 200 } },
  { name: 'branches', input: { directory } },
  { name: 'status', input: { directory, untracked: 'normal' } },
];
for (const job of jobs) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  thread.postMessage({ job });
  for (let isDone = false; !isDone; ) {
    const [message] = await once(thread, 'message');
    if (message.type === 'failed') throw new Error(JSON.stringify(message.error));
    isDone = message.type === 'done';
  }
}
process.stdout.write(JSON.stringify({ kilobytes: peakMemory() }));
process.exit(0);
