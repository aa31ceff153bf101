import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** Bytes of a socket's path on every system: sun_path holds 104 on macOS and 108 on Linux. */
const longestAddress = 100;

async function isOwnFolder(folder: string): Promise<boolean> {
  const status = await lstat(folder).catch(() => null);
  return status?.isDirectory() === true && status.uid === process.getuid?.() && (status.mode & 0o077) === 0;
}

/** Names a data directory without telling its path. */
function nameOf(dataDirectory: string): string {
  return createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16);
}

/** Whether something answers at a socket's path. */
function isAlive(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    );
  });
}

/**
 * Where the core of a data directory listens for git in a terminal: a socket
 * in that directory; where its path is too long for the system, or others may
 * enter it, in a folder of the user's own below XDG_RUNTIME_DIR or the
 * temporary folder; on Windows a pipe whose name cannot be guessed, since a
 * pipe has no folder. What a dead core left there is removed. Rejects when
 * something listens there, or when no folder is private enough.
 */
export async function agentAddress(dataDirectory: string): Promise<string> {
  if (process.platform === 'win32') {
    const name = nameOf(`${os.userInfo().username} ${dataDirectory}`);
    return `\\\\.\\pipe\\polyforge-${name}-${randomBytes(16).toString('hex')}`;
  }
  const address = await unixAddress(dataDirectory);
  if (await isAlive(address)) throw new Error(`Something else listens at ${address}.`);
  await rm(address, { force: true });
  return address;
}

async function unixAddress(dataDirectory: string): Promise<string> {
  const beside = path.join(dataDirectory, 'agent.sock');
  if (Buffer.byteLength(beside) <= longestAddress && (await isOwnFolder(dataDirectory))) return beside;
  const uid = process.getuid?.() ?? '';
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const candidates = [
    ...(runtime && path.isAbsolute(runtime) ? [path.join(runtime, 'polyforge')] : []),
    path.join(os.tmpdir(), `polyforge-${uid}`),
  ];
  for (const folder of candidates) {
    const address = path.join(folder, `${nameOf(dataDirectory)}.sock`);
    if (Buffer.byteLength(address) > longestAddress) continue;
    await mkdir(folder, { mode: 0o700 }).catch(() => undefined);
    // Anybody can put a folder or a link of that name into the temporary folder.
    if (await isOwnFolder(folder)) return address;
  }
  throw new Error('No folder for its socket is open to this user alone.');
}
