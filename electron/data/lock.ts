import {
  constants,
  copyFileSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/**
 * One Polyforge per data directory, whatever its shell: two writers would lose
 * each other's settings. The file says who the first is and how to reach it.
 */
const holderSchema = z.object({
  pid: z.number().int().positive(),
  /** Linux: the process's start in clock ticks and the boot it happened in. A process id alone is used again. */
  started: z.string().nullable(),
  shell: z.enum(['desktop', 'browser']),
  /** With the token; null until the page is served, and in the desktop shell. */
  url: z.string().nullable(),
  /** A core without a window, there for git in a terminal: it ends for a start with one. */
  agent: z.boolean().optional(),
});
export type Holder = z.infer<typeof holderSchema>;

export type LockResult = { held: true; lock: Lock } | { held: false; by: Holder };

export interface Lock {
  /** Lets a second start find the page. */
  publish(url: string): void;
  release(): void;
}

const name = 'instance.json';

function startOf(pid: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    // The second field may hold spaces and parentheses; the start is the 20th after it (proc(5)).
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return ticks === undefined ? null : `${boot}/${ticks}`;
  } catch {
    return null;
  }
}

function isRunning(holder: Holder): boolean {
  // Where starts cannot be told apart, our own process id in a file is from an earlier boot.
  if (holder.pid === process.pid && holder.started === null) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return holder.started === null || holder.started === (startOf(holder.pid) ?? holder.started);
}

/** Gives a finished file a second name; fails with EEXIST if that is taken. */
function claim(finished: string, file: string): void {
  try {
    linkSync(finished, file);
  } catch (error) {
    // A file system without links (exFAT, some network shares).
    if (
      !['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'].includes(
        (error as NodeJS.ErrnoException).code ?? '',
      )
    )
      throw error;
    copyFileSync(finished, file, constants.COPYFILE_EXCL);
  }
}

function read(file: string): { text: string; holder: Holder | null } | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return { text, holder: holderSchema.parse(JSON.parse(text)) };
  } catch {
    return { text, holder: null };
  }
}

/**
 * Takes the lock, or says who has it. A lock whose process is gone, or that is
 * no lock at all, is taken over. The file appears complete: a name is linked
 * to a finished file, which fails if the name is taken. `gone` is a holder
 * the caller knows to be dead although its process id runs. `agent` as in the
 * holder.
 */
export function takeLock(
  directory: string,
  shell: Holder['shell'],
  gone?: Holder,
  agent = false,
): LockResult {
  const file = path.join(directory, name);
  const own: Holder = {
    pid: process.pid,
    started: startOf(process.pid),
    shell,
    url: null,
    ...(agent ? { agent } : {}),
  };
  const draft = path.join(directory, `${name}.${process.pid}.tmp`);
  const write = (holder: Holder) => {
    rmSync(draft, { force: true });
    writeFileSync(draft, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
  };
  write(own);
  try {
    for (;;) {
      try {
        claim(draft, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const found = read(file);
      if (found === null) continue;
      if (found.holder && found.text !== JSON.stringify(gone) && isRunning(found.holder))
        return { held: false, by: found.holder };
      moveAside(file, found.text);
    }
  } finally {
    rmSync(draft, { force: true });
  }

  const release = () => {
    if (read(file)?.holder?.pid === process.pid) rmSync(file, { force: true });
  };
  process.once('exit', release);
  return {
    held: true,
    lock: {
      publish(url) {
        write({ ...own, url });
        renameSync(draft, file);
      },
      release() {
        process.off('exit', release);
        release();
      },
    },
  };
}

/** Removes a dead lock; if a third process replaced it since it was read, puts that one back. */
function moveAside(file: string, expected: string): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    if (readFileSync(aside, 'utf8') !== expected) claim(aside, file);
  } catch {
    // Somebody took the free name meanwhile; the next look finds them.
  } finally {
    unlinkSync(aside);
  }
}
