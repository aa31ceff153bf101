// One clone by the embedded engine in a process of its own, for its memory: node clone-job.mjs WORKER INPUT
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** Not what getrusage tells: that counts what started this process too. */
function peak() {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

const [worker, input] = process.argv.slice(2);
const started = performance.now();
const thread = new Worker(worker, { workerData: { name: 'clone', input: JSON.parse(input) } });
thread.on('message', (message) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  if (message.type === 'ask') thread.postMessage({ id: message.id, credential: null });
  if (message.type !== 'done' && message.type !== 'failed') return;
  const milliseconds = performance.now() - started;
  const kilobytes = peak();
  process.stdout.write(JSON.stringify({ error: message.error ?? null, milliseconds, kilobytes }));
  process.exit(message.type === 'done' ? 0 : 1);
});
