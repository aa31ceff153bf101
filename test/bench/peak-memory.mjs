import { readFileSync } from 'node:fs';

/** The most memory this process had, in kilobytes. Not what getrusage tells: that counts what started this process too. */
export function peakMemory() {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
