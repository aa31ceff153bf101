// One clone by the embedded engine in a process of its own, for its memory: node clone-job.mjs WORKER INPUT
import { Worker } from 'node:worker_threads';
import { peakMemory } from './peak-memory.mjs';

const [worker, input] = process.argv.slice(2);
const started = performance.now();
const thread = new Worker(worker, { workerData: { name: 'clone', input: JSON.parse(input) } });
thread.on('message', (message) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  if (message.type === 'ask') thread.postMessage({ id: message.id, credential: null });
  if (message.type !== 'done' && message.type !== 'failed') return;
  const milliseconds = performance.now() - started;
  const kilobytes = peakMemory();
  process.stdout.write(JSON.stringify({ error: message.error ?? null, milliseconds, kilobytes }));
  process.exit(message.type === 'done' ? 0 : 1);
});
