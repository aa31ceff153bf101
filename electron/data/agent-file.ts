import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** A program, and how it is started. */
export interface Start {
  /** Absolute path. */
  program: string;
  args: string[];
  env: Record<string, string>;
}

/**
 * How git's helper finds the core that works in a data directory, and what to
 * start where none does. Only its owner may read it: the token in it is what
 * proves a request to be this user's where sockets know no owner.
 */
export interface AgentFile {
  /** Path of the socket or named pipe; null: no core runs. */
  address: string | null;
  /** New with each start of the core. */
  token: string | null;
  /** What becomes a core without a window; null: this kind of start has none. */
  start: Start | null;
}

const name = 'agent.json';
const windows = process.platform === 'win32';

export function agentFile(dataDirectory: string): string {
  return path.join(dataDirectory, name);
}

function isStart(value: unknown): value is Start {
  const { program, args, env } = Object(value) as Record<string, unknown>;
  return (
    typeof program === 'string' &&
    path.isAbsolute(program) &&
    Array.isArray(args) &&
    args.every((each) => typeof each === 'string') &&
    typeof env === 'object' &&
    env !== null &&
    Object.values(env).every((each) => typeof each === 'string')
  );
}

/** Whether only this user can have written it, and nobody else can read it. */
function isPrivate(status: { uid: number; mode: number }): boolean {
  return windows || (status.uid === process.getuid?.() && (status.mode & 0o077) === 0);
}

/** Null: absent, damaged, a link, another user's, or open to others. */
export function readAgentFile(dataDirectory: string): AgentFile | null {
  let opened: number | undefined;
  try {
    opened = openSync(
      agentFile(dataDirectory),
      constants.O_RDONLY | (windows ? 0 : constants.O_NOFOLLOW | constants.O_NONBLOCK),
    );
    const status = fstatSync(opened);
    if (!status.isFile() || status.size > 65_536 || !isPrivate(status)) return null;
    const { address, token, start } = Object(JSON.parse(readFileSync(opened, 'utf8'))) as Record<
      string,
      unknown
    >;
    const isReachable = typeof address === 'string' && typeof token === 'string' && token !== '';
    return {
      address: isReachable ? address : null,
      token: isReachable ? token : null,
      start: isStart(start) ? start : null,
    };
  } catch {
    return null;
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

/** Old-or-new. Nothing in it outlives a loss of power usefully, so it is not forced to the disk. */
export function writeAgentFile(dataDirectory: string, content: AgentFile): void {
  const file = agentFile(dataDirectory);
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
  renameSync(draft, file);
}

/** Whether what listens at an address is this user's own. A pipe's name is known to its owner alone. */
export function isOwnSocket(address: string): boolean {
  if (windows) return true;
  try {
    const status = lstatSync(address);
    return status.isSocket() && status.uid === process.getuid?.();
  } catch {
    return false;
  }
}
