import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '../..');

export interface RunningHost {
  url: string;
  dataDirectory: string;
  pid: number;
  /** Resident memory of the main process in MB, as the system counts it; null where it does not tell. */
  memory(): number | null;
  stop(): Promise<void>;
}

/** `npm start -- --browser` as a user would have it, in a process of its own. */
export async function startHost(dataDirectory: string): Promise<RunningHost> {
  const child = spawn(
    process.execPath,
    [path.join(root, 'electron/start.mjs'), '--browser', '--no-open', '--port', '0', '--data', dataDirectory],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/127\.0\.0\.1:\d+\/\S*#token=\S+/.exec(line)?.[0];
    if (!url) continue;
    child.stdout.resume();
    return {
      url,
      dataDirectory,
      pid: child.pid ?? 0,
      memory() {
        try {
          const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
          return kilobytes ? Number(kilobytes) / 1024 : null;
        } catch {
          return null;
        }
      },
      async stop() {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error('the host ended before it served anything');
}
