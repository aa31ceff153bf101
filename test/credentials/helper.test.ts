import { stat } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SshAccess } from '../../electron/credentials/broker';
import { type CredentialChannel, createCredentialChannel } from '../../electron/credentials/channel';
import { fail } from '../../shared/errors';
import { temporaryDirectory } from '../fakes/repositories';
import { builtHelper, recordedCredentials } from '../git/operation';
import { hostileInputs } from '../security/hostile-inputs';
import { hostileRequests } from './hostile-requests';

const origin = 'https://good.test';
const credential = { kind: 'password' as const, username: 'ada', password: 'canary-77' };

describe('the credential helper', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let channel: CredentialChannel;
  let helper: Awaited<ReturnType<typeof builtHelper>>;
  beforeAll(async () => {
    temporary = await temporaryDirectory();
    channel = await createCredentialChannel();
    helper = await builtHelper(path.join(temporary.path, 'helper'));
  });
  afterAll(async () => {
    await channel.close();
    await temporary.remove();
  });

  const ask = async (action: string, input: string | Buffer, env: Record<string, string>) => {
    const result = await execa(helper.program, [...helper.args, action], {
      input,
      env,
      extendEnv: false,
      stripFinalNewline: false,
    });
    return result.stdout;
  };

  for (const request of hostileRequests)
    it(`${request.id}: ${request.must}`, async () => {
      const credentials = recordedCredentials(origin, [credential]);
      const lease = channel.open(credentials, origin);
      if (request.situation === 'other-user') {
        // Another user has neither the folder, nor the socket, nor the token of an operation.
        const address = lease.env['POLYFORGE_CREDENTIAL_SOCKET'] ?? '';
        expect((await stat(path.dirname(address))).mode & 0o777).toBe(0o700);
        expect((await stat(address)).mode & 0o777).toBe(0o600);
        const foreign = { ...lease.env, POLYFORGE_CREDENTIAL_TOKEN: 'A'.repeat(43) };
        expect(await ask(request.action, request.bytes, foreign)).toBe('');
        expect(credentials.asked).toEqual([]);
        return;
      }
      const other =
        request.situation === 'other-remote'
          ? channel.open(recordedCredentials('https://evil.test'), 'https://evil.test')
          : null;
      const output = await ask(request.action, request.bytes, (other ?? lease).env);
      lease.close();
      other?.close();
      const given = 'username=ada\npassword=canary-77\n';
      if (request.expects === 'credential') expect(output).toBe(given);
      else if (request.expects === 'either') expect(['quit=1\n', given]).toContain(output);
      else expect(output).not.toMatch(/username|password|canary/);
      if (request.expects !== 'either' && request.expects !== 'credential') {
        expect(credentials.events).toEqual([]);
        expect(lease.given).toEqual([]);
      }
    });

  describe('started by ssh to ask', () => {
    /** What came of it, and what reached the application. */
    const askFor = async (prompt: string, answer: string | null) => {
      const asked: string[] = [];
      const ssh = {
        interactive: true,
        key: async () => null,
        answer: async (text: string) => {
          asked.push(text);
          return answer;
        },
        approve: async () => undefined,
        failure: null,
      };
      const lease = channel.open({ ...recordedCredentials(origin, [credential]), ssh }, origin);
      const { stdout, stderr, exitCode } = await execa(helper.program, [...helper.args, 'askpass', prompt], {
        env: lease.env,
        extendEnv: false,
        reject: false,
        stripFinalNewline: false,
        stdin: 'ignore',
      });
      lease.close();
      return { asked, stdout, stderr, exitCode };
    };

    for (const { id, must, input } of hostileInputs('askpass-prompt'))
      it(`${id}: passes it on as it is and has no answer of its own. ${must}`, async () => {
        expect(await askFor(input, null)).toEqual({ asked: [input], stdout: '', stderr: '', exitCode: 1 });
      });

    it('prints what the application answers, and an empty answer too', async () => {
      for (const answer of ['open sesame', ''])
        expect(await askFor("Enter passphrase for key '/k': ", answer)).toMatchObject({
          stdout: `${answer}\n`,
          exitCode: 0,
        });
    });
  });

  it('answers nothing once the operation has ended', async () => {
    const credentials = recordedCredentials(origin, [credential]);
    const lease = channel.open(credentials, origin);
    lease.close();
    expect(await ask('get', 'protocol=https\nhost=good.test\n\n', lease.env)).toBe('');
    expect(credentials.asked).toEqual([]);
  });

  it('says nothing and ends well without an application', async () => {
    const gone = {
      POLYFORGE_CREDENTIAL_SOCKET: path.join(temporary.path, 'absent'),
      POLYFORGE_CREDENTIAL_TOKEN: 'x',
    };
    expect(await ask('get', 'protocol=https\nhost=good.test\n\n', gone)).toBe('');
  });

  it('gives ssh an answer as it is, and fails where there is none: an empty one would be a yes to some questions', async () => {
    const answers: (string | null)[] = ['yes', '', null, 'no\nyes', 'no\0'];
    const asked: string[] = [];
    const ssh: SshAccess = {
      interactive: true,
      key: async () => null,
      answer: async (prompt, kind) => {
        asked.push(`${kind}: ${prompt}`);
        const answer = answers[asked.length - 1];
        return answer === undefined ? fail({ kind: 'cancelled' }) : answer;
      },
      approve: async () => undefined,
      failure: null,
    };
    const lease = channel.open({ ...recordedCredentials(origin), ssh }, 'ssh://good.test');
    const forSsh = async () => {
      const { stdout, exitCode } = await execa(helper.program, [...helper.args, 'askpass', 'Go on?'], {
        env: { ...lease.env, SSH_ASKPASS_PROMPT: 'confirm' },
        extendEnv: false,
        reject: false,
        stripFinalNewline: false,
      });
      return [stdout, exitCode];
    };
    expect(await forSsh()).toEqual(['yes\n', 0]);
    expect(await forSsh()).toEqual(['\n', 0]);
    for (const _none of ['no answer', 'two lines', 'NUL', 'a failure'])
      expect(await forSsh()).toEqual(['', 1]);
    expect(asked).toEqual(Array(6).fill('confirm: Go on?'));
    lease.close();
    expect(await forSsh()).toEqual(['', 1]);
    expect(asked).toHaveLength(6);
  });

  it('passes on what git reports of the credential it was given, and of no other', async () => {
    const credentials = recordedCredentials(origin, [credential]);
    const lease = channel.open(credentials, origin);
    const about = (password: string) =>
      `protocol=https\nhost=good.test\nusername=ada\npassword=${password}\n\n`;
    await ask('erase', about('canary-77'), lease.env);
    expect(credentials.events).toEqual([]);
    await ask('get', 'protocol=https\nhost=good.test\npath=team/x.git\n\n', lease.env);
    await ask('erase', about('another'), lease.env);
    expect(lease.refused).toBe(false);
    await ask('store', about('canary-77'), lease.env);
    await ask('erase', about('canary-77'), lease.env);
    expect(credentials.events).toEqual(['approve']);
    expect(lease.refused).toBe(true);
    lease.close();
  });

  it('records the other origin that asked', async () => {
    const lease = channel.open(recordedCredentials(origin, [credential]), origin);
    expect(await ask('get', 'protocol=https\nhost=evil.test\n\n', lease.env)).toBe('quit=1\n');
    expect(lease.foreignOrigin).toBe('https://evil.test');
    lease.close();
  });

  it('outlives any bytes on its socket', async () => {
    const lease = channel.open(recordedCredentials(origin, [credential]), origin);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const received = await new Promise<string>((resolve) => {
          const socket = net.connect(lease.env['POLYFORGE_CREDENTIAL_SOCKET'] ?? '');
          let text = '';
          socket.on('data', (chunk) => (text += chunk.toString('latin1')));
          socket.on('error', () => resolve(text));
          socket.on('close', () => resolve(text));
          socket.end(Buffer.from(bytes));
        });
        expect(received).toBe('');
      }),
      { numRuns: 100 },
    );
    expect(await ask('get', 'protocol=https\nhost=good.test\n\n', lease.env)).toContain('password=');
    lease.close();
  });
});
