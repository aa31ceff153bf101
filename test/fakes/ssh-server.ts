import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { appendFile, chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

function found(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const searched = [
  ...(process.env['PATH'] ?? '').split(path.delimiter),
  '/usr/sbin',
  '/usr/local/sbin',
  '/sbin',
];
const programIn = (name: string) => searched.map((folder) => path.join(folder, name)).find(found) ?? null;
const sshd = programIn('sshd');

/** Why there can be no ssh server here, in one sentence; null: there can. */
export function whyNoSshServer(): string | null {
  if (process.platform === 'win32') return 'sshd is started on POSIX systems only.';
  if (sshd === null) return 'sshd is not installed (Debian: openssh-server).';
  if (!programIn('ssh') || !programIn('ssh-keygen')) return 'ssh is not installed (Debian: openssh-client).';
  return null;
}

/** A key pair made by ssh-keygen. */
export interface SshKeyPair {
  /** Absolute path of the private key; the public half stands beside it. */
  path: string;
  /** `SHA256:...` */
  fingerprint: string;
  /** A line of authorized_keys. */
  publicKey: string;
}

export async function makeSshKey(file: string, passphrase = '', type = 'ed25519'): Promise<SshKeyPair> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await execa('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', path.basename(file), '-f', file]);
  const { stdout } = await execa('ssh-keygen', ['-l', '-f', `${file}.pub`]);
  return {
    path: file,
    fingerprint: stdout.split(' ')[1] ?? '',
    publicKey: (await readFile(`${file}.pub`, 'utf8')).trim(),
  };
}

/** Git over a real sshd on loopback, which serves bare repositories to the keys that are let in. */
export interface SshServer {
  readonly port: number;
  readonly user: string;
  /** Its host key now. */
  readonly hostKey: SshKeyPair;
  /** Keys that are let in, and the repository each may reach (default: all). */
  allow(key: SshKeyPair, only?: string): Promise<void>;
  /** `ssh://user@127.0.0.1:port/<path>` of a bare repository below the served folder. */
  url(repository: string): string;
  /** Goes on at the same port with another host key. */
  replaceHostKey(): Promise<void>;
  /** What sshd logged so far. */
  log(): string;
  close(): Promise<void>;
}

/** Answers only git's commands, below `root`; a key may be bound to one repository. */
const forcedCommand = (root: string, log: string) => `#!/bin/sh
printf '%s %s\\n' "\${1:-*}" "$SSH_ORIGINAL_COMMAND" >> '${log}'
set -f
eval "set -- '\${1:-*}' $SSH_ORIGINAL_COMMAND"
only=$1 service=$2 repository=\${3#/}
case "$service" in git-upload-pack|git-receive-pack) ;; *) echo 'Shell access is not supported.' >&2; exit 1 ;; esac
if [ "$only" != '*' ] && [ "$only" != "$repository" ]; then echo 'ERROR: Repository not found.' >&2; exit 1; fi
exec "$service" "${root}/$repository"
`;

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Resolves once the port answers with ssh's greeting; rejects when sshd has ended. */
async function greets(port: number, child: ChildProcess, log: () => string): Promise<boolean> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      if (/Address already in use/.test(log())) return false;
      throw new Error(`sshd ended: ${log()}`);
    }
    const greeting = await new Promise<string>((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.once('data', (data: Buffer) => {
        resolve(data.toString('latin1'));
        socket.destroy();
      });
      socket.once('error', () => resolve(''));
      socket.once('close', () => resolve(''));
    });
    if (greeting.startsWith('SSH-2.0-')) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Starts sshd as this user. `folder`: its files; `root`: the served repositories. */
export async function startSshServer(folder: string, root: string): Promise<SshServer> {
  if (sshd === null) throw new Error(whyNoSshServer() ?? 'no sshd');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authorized = path.join(folder, 'authorized_keys');
  const command = path.join(folder, 'serve');
  const user = os.userInfo().username;
  await writeFile(authorized, '', { mode: 0o600 });
  await writeFile(command, forcedCommand(root, path.join(folder, 'commands.log')), { mode: 0o700 });
  await chmod(command, 0o700);
  // sshd as root wants the folder of its unprivileged child, which a package's start script makes.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  let logged = '';
  let keys = 0;
  let child: ChildProcess | null = null;
  let port = 0;

  const stop = async () => {
    const running = child;
    child = null;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await ended;
  };
  const start = async (hostKey: SshKeyPair, wanted: number | null): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      port = wanted ?? (await freePort());
      const config = path.join(folder, 'sshd_config');
      await writeFile(
        config,
        [
          `Port ${port}`,
          'ListenAddress 127.0.0.1',
          `HostKey "${hostKey.path}"`,
          `AuthorizedKeysFile "${authorized}"`,
          `PidFile "${path.join(folder, 'sshd.pid')}"`,
          'UsePAM no',
          'StrictModes no',
          'PasswordAuthentication no',
          'KbdInteractiveAuthentication no',
          'PermitRootLogin yes',
          'PermitUserEnvironment no',
          'LogLevel VERBOSE',
          'MaxStartups 100',
          '',
        ].join('\n'),
      );
      const started = spawn(sshd, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
      child = started;
      started.stderr.on('data', (chunk: Buffer) => {
        logged += chunk.toString('utf8');
      });
      // Another program took the port between finding and using it.
      if (await greets(port, started, () => logged)) return;
      if (attempt === 5) throw new Error(`sshd found no port: ${logged}`);
    }
  };
  const newHostKey = () => {
    keys += 1;
    return makeSshKey(path.join(folder, `host_key_${keys}`));
  };

  let hostKey = await newHostKey();
  await start(hostKey, null);
  return {
    get port() {
      return port;
    },
    user,
    get hostKey() {
      return hostKey;
    },
    async allow(key, only = '*') {
      await appendFile(authorized, `restrict,command="'${command}' '${only}'" ${key.publicKey}\n`);
    },
    url: (repository) => `ssh://${user}@127.0.0.1:${port}/${repository}`,
    async replaceHostKey() {
      await stop();
      hostKey = await newHostKey();
      await start(hostKey, port);
    },
    log: () => logged,
    close: stop,
  };
}
