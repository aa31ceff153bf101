import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { execa } from 'execa';

/** What was started below a process: how many processes, and the arguments of each program as strace shows them. */
export interface Started {
  processes: number;
  programs: string[];
}

const tracing = ['-f', '-qq', '-e', 'trace=execve,fork,vfork,clone,clone3', '-s', '4000', '-o'];

function read(file: string): Started {
  const lines = readFileSync(file, 'utf8').split('\n');
  const started = lines.filter(
    (line) => /^\d+ +(fork|vfork|clone3?)\(/.test(line) && !/CLONE_THREAD/.test(line),
  );
  const programs = lines.flatMap((line) => {
    const found = /^\d+ +execve\("[^"]*", (\[.*\]), 0x/.exec(line)?.[1];
    return found === undefined || line.includes(' = -1 ') ? [] : [found];
  });
  return { processes: started.length, programs };
}

/** Counts below a process that runs already. Null: strace may not look at it. */
export async function startedBelow(
  pid: number,
  file: string,
  work: () => Promise<unknown>,
): Promise<Started | null> {
  const strace = spawn('strace', [...tracing, file, '-p', String(pid)], { stdio: 'ignore' });
  const ended = once(strace, 'close');
  while (!/^TracerPid:\t[1-9]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) {
    if (strace.exitCode !== null) return null;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  try {
    await work();
  } finally {
    strace.kill('SIGINT');
    await ended;
  }
  return read(file);
}

/** Counts below a program until its end. */
export async function startedBy(command: string[], file: string): Promise<Started> {
  await execa('strace', [...tracing, file, ...command]);
  return read(file);
}
