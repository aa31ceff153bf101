import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findProgram } from '../../electron/git/system/program';
import { sshAgentKeys } from '../../electron/git/system/ssh-agent';
import { sshAbility, sshCommand, writeAskpass } from '../../electron/git/system/ssh';
import { recognizeSsh } from '../../electron/git/system/ssh-errors';
import { AppFailure } from '../../shared/errors';
import { temporaryDirectory } from '../fakes/repositories';
import { makeSshKey, whyNoSshServer } from '../fakes/ssh-server';

const at = { host: 'git.example.test', path: 'team/one.git' };
const posix = process.platform !== 'win32';
const why = posix ? null : 'The shell of these tests is that of POSIX systems.';
if (why !== null) console.log(`how ssh is started is not tested here: ${why}`);

describe.skipIf(why !== null)('how ssh is started', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    temporary = await temporaryDirectory();
  });
  afterEach(() => temporary.remove());

  /** Runs the command as git does, with a program that tells its arguments and environment. */
  const started = async (start: Partial<Parameters<typeof sshCommand>[0]>) => {
    const program = path.join(temporary.path, "it's ssh");
    await writeFile(
      program,
      '#!/bin/sh\nfor each in "$@"; do printf "%s\\n" "$each"; done\nprintf "askpass=%s %s %s\\n" "$SSH_ASKPASS" "$SSH_ASKPASS_REQUIRE" "${DISPLAY:+display}"\n',
    );
    await chmod(program, 0o700);
    const command = sshCommand({ program, askpass: null, key: null, marksQuestions: true, ...start }, at);
    const { stdout } = await execa(
      '/bin/sh',
      ['-c', `${command} "$@"`, command, 'git@host', 'git-upload-pack'],
      {
        env: { PATH: process.env['PATH'] ?? '' },
        extendEnv: false,
      },
    );
    return { command, lines: stdout.split('\n') };
  };

  it('says not to ask where nobody may be asked', async () => {
    const { lines } = await started({});
    expect(lines).toEqual(['-x', '-o', 'BatchMode=yes', 'git@host', 'git-upload-pack', 'askpass=  ']);
  });

  it('never loosens the check of a server’s key', async () => {
    for (const askpass of [null, '/private/ask'])
      expect((await started({ askpass })).command).not.toMatch(/StrictHostKeyChecking|UserKnownHostsFile/i);
  });

  it('asks with our program, also before OpenSSH 8.4, which wants a display', async () => {
    const { lines } = await started({ askpass: "/private/it's ask" });
    expect(lines).toEqual(['-x', 'git@host', 'git-upload-pack', "askpass=/private/it's ask force display"]);
  });

  it('lets no server ask where its questions could pass for ssh’s own', async () => {
    const { lines } = await started({ askpass: '/private/ask', marksQuestions: false });
    expect(lines.slice(0, 3)).toEqual(['-x', '-o', 'KbdInteractiveAuthentication=no']);
  });

  it.each([
    ['/keys/id_ed25519', ['-i', '/keys/id_ed25519']],
    [
      '/keys/jane\'s "best" key; rm -rf $HOME `id` \\',
      ['-i', '/keys/jane\'s "best" key; rm -rf $HOME `id` \\'],
    ],
    ['-oProxyCommand=evil', ['-i', '-oProxyCommand=evil']],
    ['/keys/100% mine', ['-o', 'IdentityFile="/keys/100%% mine"']],
  ])('names the key %s so that shell and ssh read it as it is', async (key, words) => {
    const { lines } = await started({ key });
    expect(lines.slice(3, 3 + words.length + 2)).toEqual([...words, '-o', 'IdentitiesOnly=yes']);
  });

  // oxlint-disable-next-line no-template-curly-in-string
  it.each(['/keys/${HOME}', '/keys/100% "mine"', '/keys/a\nb'])(
    'refuses the key %j, which cannot be said',
    (key) => {
      const command = () =>
        sshCommand({ program: '/usr/bin/ssh', askpass: null, key, marksQuestions: true }, at);
      expect(command).toThrow(AppFailure);
    },
  );

  it('asks with a file only this user can read, which holds the token and takes nothing of git’s line', async () => {
    const tell = path.join(temporary.path, 'tell.sh');
    await writeFile(tell, 'printf "%s|%s|%s|%s" "$1" "$2" "$TOKEN" "$(cat)"\n');
    const helper = { program: '/bin/sh', args: [tell], env: { FIRST: '1' } };
    const written = await writeAskpass(temporary.path, helper, { env: { TOKEN: "it's secret" } });
    expect((await stat(written.file)).mode & 0o777).toBe(0o700);
    const hostile = "Password for 'x'\"; touch $(id) `id` %PATH%\n--flag";
    const { stdout } = await execa(written.file, [hostile], { input: 'git’s own bytes' });
    expect(stdout).toBe(`askpass|${hostile}|it's secret|`);
    await written.remove();
    expect(existsSync(written.file)).toBe(false);
    await written.remove();
  });

  it('knows since when a server’s questions are marked', async () => {
    const saying = async (text: string) => {
      const program = path.join(temporary.path, `ssh-${text.replaceAll(/\W/g, '')}`);
      await writeFile(program, `#!/bin/sh\necho '${text}' >&2\n`, { mode: 0o700 });
      return sshAbility(program);
    };
    expect(await saying('OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19')).toMatchObject({
      marksQuestions: true,
    });
    expect(await saying('OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2')).toMatchObject({ marksQuestions: true });
    expect(await saying('OpenSSH_8.2p1 Ubuntu-4ubuntu0.13')).toMatchObject({ marksQuestions: false });
    expect(await saying('plink: Release 0.80')).toMatchObject({ marksQuestions: false });
    expect(await sshAbility(path.join(temporary.path, 'none'))).toMatchObject({ marksQuestions: false });
  });
});

const agentMissing = whyNoSshServer();
if (agentMissing !== null) console.log(`the ssh agent is not tested here: ${agentMissing}`);

describe.skipIf(agentMissing !== null)('the ssh agent', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('tells the keys it holds, and nothing where there is none', async () => {
    const temporary = await temporaryDirectory();
    const socket = path.join(temporary.path, 'agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      // It names its socket once that is there.
      await new Promise((resolve) => agent.stdout.once('data', resolve));
      vi.stubEnv('SSH_AUTH_SOCK', socket);
      const ssh = await findProgram('ssh', process.env['PATH'] ?? '');
      expect(await sshAgentKeys(ssh, '')).toEqual([]);
      const key = await makeSshKey(path.join(temporary.path, 'key'));
      await execa('ssh-add', ['-q', key.path], { env: { SSH_AUTH_SOCK: socket } });
      expect(await sshAgentKeys(ssh, '')).toEqual([(await readFile(`${key.path}.pub`, 'utf8')).trim()]);
      vi.stubEnv('SSH_AUTH_SOCK', path.join(temporary.path, 'nobody'));
      expect(await sshAgentKeys(ssh, '')).toEqual([]);
      expect(await sshAgentKeys(null, '')).toEqual([]);
    } finally {
      agent.kill();
      await temporary.remove();
    }
  });
});

describe('what ssh says when it fails', () => {
  const context = { ...at, keyPath: '/home/jane/.ssh/work' };
  it.each([
    [
      'ssh: Could not resolve hostname git.example.test: Name or service not known',
      { kind: 'host-unreachable', cause: 'dns', ssh: true },
    ],
    [
      'ssh: connect to host git.example.test port 22: Connection refused',
      { kind: 'host-unreachable', cause: 'refused', ssh: true },
    ],
    [
      'ssh: connect to host git.example.test port 22: Connection timed out',
      { kind: 'host-unreachable', cause: 'timeout', ssh: true },
    ],
    [
      'ssh: connect to host git.example.test port 22: Operation timed out',
      { kind: 'host-unreachable', cause: 'timeout' },
    ],
    [
      'ssh: connect to host git.example.test port 22: No route to host',
      { kind: 'host-unreachable', cause: 'other' },
    ],
    [
      'kex_exchange_identification: Connection closed by remote host',
      { kind: 'host-unreachable', cause: 'reset' },
    ],
    [
      'banner exchange: Connection to 192.0.2.1 port 22: invalid format',
      { kind: 'host-unreachable', cause: 'reset' },
    ],
    [
      'Unable to negotiate with 192.0.2.1 port 22: no matching host key type found. Their offer: ssh-rsa',
      { kind: 'unsupported', what: 'this SSH server' },
    ],
    [
      'No ED25519 host key is known for [git.example.test]:2222 and you have requested strict checking.\nHost key verification failed.',
      { kind: 'ssh-host-key-unknown', reason: 'strict', host: 'git.example.test:2222' },
    ],
    ['Host key verification failed.', { kind: 'ssh-host-key-unknown', reason: 'not-asked', host: at.host }],
    [
      'git@git.example.test: Permission denied (publickey).',
      { kind: 'ssh-key-refused', keyPath: context.keyPath },
    ],
    [
      'Load key "/home/jane/.ssh/work": bad permissions\ngit@git.example.test: Permission denied (publickey).',
      { kind: 'ssh-key-refused', detail: 'Load key "/home/jane/.ssh/work": bad permissions' },
    ],
    [
      'Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures\nDisconnected from 192.0.2.1 port 22',
      { kind: 'ssh-key-refused', detail: 'It was shown too many keys: choose the one that is meant.' },
    ],
    ['remote: Public key authentication failed.', { kind: 'ssh-key-refused' }],
    ['error: cannot run /opt/gone/ssh: No such file or directory', { kind: 'ssh-missing' }],
  ])('%s', (stderr, expected) => {
    const whole = `Cloning into 'one'...\n${stderr}\nfatal: Could not read from remote repository.\n`;
    expect(recognizeSsh(whole, context)).toMatchObject(expected);
  });

  it('a changed key of GitHub comes with what GitHub publishes', () => {
    const stderr = `@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Someone could be eavesdropping on you right now (man-in-the-middle attack)!
It is also possible that a host key has just been changed.
The fingerprint for the RSA key sent by the remote host is
SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s.
Please contact your system administrator.
Add correct host key in /home/jane doe/.ssh/known_hosts to get rid of this message.
Offending RSA key in /home/jane doe/.ssh/known_hosts:7
Host key for github.com has changed and you have requested strict checking.
Host key verification failed.
fatal: Could not read from remote repository.
`;
    expect(recognizeSsh(stderr, { ...context, host: 'github.com' })).toEqual({
      kind: 'ssh-host-key-changed',
      host: 'github.com',
      cause: 'changed',
      keyType: 'RSA',
      fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s',
      known: { file: '/home/jane doe/.ssh/known_hosts', line: 7 },
      published: expect.objectContaining({ by: 'GitHub', matches: true }),
    });
  });

  it('nothing of ssh’s is left to git', () => {
    expect(
      recognizeSsh('ERROR: Repository not found.\nfatal: Could not read from remote repository.', context),
    ).toBeNull();
  });
});
