import { execa } from 'execa';
import { AppFailure, fail } from '../../../shared/errors';
import { collectLines } from './run-lines';

export interface Run {
  /** Absolute path of the program. */
  program: string;
  args: string[];
  cwd: string;
  /** Complete: nothing is inherited. */
  env: Record<string, string>;
  signal?: AbortSignal;
  /** Written to standard input; nothing there otherwise. */
  input?: string | Uint8Array;
  /** Called with each piece of standard error, line ends and carriage returns split off. */
  onLine?: (line: string) => void;
  /**
   * Called with each piece of standard output, in the place of `Outcome.stdout`,
   * which stays empty. The process waits while a promise it returns is open;
   * what it throws ends the process and comes out of `run`.
   */
  onOutput?: (piece: Buffer) => void | Promise<void>;
  /** Bytes of standard output before the process is ended. Default 64 MiB. */
  maximumOutput?: number;
}

export interface Outcome {
  exitCode: number | null;
  stdout: Buffer;
  /** The first 16 and the last 64 kB, without progress lines that were overwritten; bytes that are no UTF-8 as in path-bytes.ts. */
  stderr: string;
  /** More output than `maximumOutput`. */
  overflow: boolean;
}

const grace = 400;
const windows = process.platform === 'win32';

/** Ends one process and everything it started. */
type End = (how: 'SIGTERM' | 'SIGKILL') => void;
const running = new Map<object, End>();

// A process group of its own does not hear the terminal's signals: it is ended here when we go.
// Killed (SIGKILL) we can end nobody. git then ends by itself at its next read or write of a pipe
// whose other end was ours: its input, its output, its progress. Work without any of these is
// short and local, and comes to its end. Linux could tie a child to us (PR_SET_PDEATHSIG), but
// only a child that asks for it, which takes native code or another program around git.
process.on('exit', () => {
  for (const end of running.values()) end('SIGTERM');
});

function ender(pid: number | undefined): End {
  return (how) => {
    if (pid === undefined) return;
    try {
      if (windows) {
        void execa('taskkill', ['/pid', String(pid), '/T', '/F'], { reject: false, stdio: 'ignore' });
      } else process.kill(-pid, how);
    } catch {
      // The group is gone already.
    }
  };
}

/**
 * Starts a program and waits for its end: the only place that starts one.
 * A non-zero exit is an outcome, not an error. Rejects `cancelled` once the
 * whole process tree has ended, at most a second after the signal, and
 * `unsupported` when the program cannot be started.
 */
export async function run(options: Run): Promise<Outcome> {
  const { signal } = options;
  if (signal?.aborted) fail({ kind: 'cancelled' });
  const maximumOutput = options.maximumOutput ?? 64 * 1024 * 1024;
  const child = execa(options.program, options.args, {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    reject: false,
    encoding: 'buffer',
    buffer: { stdout: options.onOutput === undefined, stderr: false },
    maxBuffer: maximumOutput,
    stripFinalNewline: false,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    stderr: 'pipe',
    // Its own process group, so that all of it can be ended at once.
    detached: !windows,
    windowsHide: true,
    cleanup: false,
  });
  const end = ender(child.pid);
  const key = {};
  running.set(key, end);
  const stderr = collectLines(options.onLine);
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
  let force: NodeJS.Timeout | undefined;
  const abort = () => {
    end('SIGTERM');
    force = setTimeout(() => {
      end('SIGKILL');
      // A grandchild may hold the pipes open after its parent has gone.
      child.stdout.destroy();
      child.stderr.destroy();
    }, grace);
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    let overflow = false;
    let thrown: { error: unknown } | null = null;
    if (options.onOutput)
      try {
        overflow = await handOut(child.stdout, options.onOutput, maximumOutput);
      } catch (error) {
        thrown = { error };
      }
    if ((overflow || thrown) && !signal?.aborted) abort();
    const result = await child;
    if (signal?.aborted) {
      end('SIGKILL');
      fail({ kind: 'cancelled' });
    }
    if (thrown) throw thrown.error;
    if (result.exitCode === undefined && result.signal === undefined && !result.isMaxBuffer)
      fail(
        {
          kind: 'unsupported',
          what: 'Git',
          reason: `The program ${options.program} cannot be started (${result.code ?? 'unknown cause'}).`,
        },
        result.cause,
      );
    return {
      exitCode: result.exitCode ?? null,
      stdout: options.onOutput ? Buffer.alloc(0) : Buffer.from(result.stdout ?? []),
      stderr: stderr.text(),
      overflow: overflow || result.isMaxBuffer,
    };
  } catch (error) {
    if (error instanceof AppFailure || !signal?.aborted) throw error;
    return fail({ kind: 'cancelled' }, error);
  } finally {
    clearTimeout(force);
    signal?.removeEventListener('abort', abort);
    running.delete(key);
  }
}

/** True: there was more than the limit, and the rest was not read. */
async function handOut(
  stdout: AsyncIterable<Buffer>,
  onOutput: NonNullable<Run['onOutput']>,
  limit: number,
): Promise<boolean> {
  let seen = 0;
  for await (const piece of stdout) {
    seen += piece.length;
    if (seen > limit) return true;
    const more = onOutput(piece);
    if (more) await more;
  }
  return false;
}
