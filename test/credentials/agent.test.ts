import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Agent, type AgentParts, startAgent } from '../../electron/credentials/agent';
import type { TerminalRequest } from '../../electron/credentials/terminal';
import { type AgentAnswer, callAgent } from '../../electron/data/agent-call';
import { agentFile, readAgentFile, writeAgentFile } from '../../electron/data/agent-file';
import { handClock } from '../fakes/clock';
import { temporaryDirectory } from '../fakes/repositories';

const windows = process.platform === 'win32';
const start = { program: process.execPath, args: ['agent'], env: {} };

describe('the socket git’s helper asks', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let data: string;
  let clock: ReturnType<typeof handClock>;
  let asked: TerminalRequest[];
  let agents: Agent[];
  let log: string[];

  beforeEach(async () => {
    temporary = await temporaryDirectory();
    data = path.join(temporary.path, 'data');
    mkdirSync(data, { mode: 0o700 });
    clock = handClock();
    asked = [];
    agents = [];
    log = [];
    vi.stubEnv('XDG_RUNTIME_DIR', undefined);
    vi.stubEnv('TMPDIR', temporary.path);
  });
  afterEach(async () => {
    for (const agent of agents) await agent.close();
    vi.unstubAllEnvs();
    await temporary.remove();
  });

  const begin = async (more: Partial<AgentParts> = {}): Promise<Agent> => {
    const agent = await startAgent({
      dataDirectory: data,
      start,
      terminal: {
        answer: async (request) => {
          asked.push(request);
          return 'username=ada\npassword=secret\n';
        },
      },
      clock,
      log: (line) => log.push(line),
      ...more,
    });
    agents.push(agent);
    return agent;
  };
  const words = [
    'get',
    Buffer.from('x\n').toString('base64'),
    Buffer.from('/a b').toString('base64'),
    '',
    'yes',
  ];
  const call = (given: readonly string[] = words, token?: string): Promise<AgentAnswer> => {
    const file = readAgentFile(data) ?? { address: null, token: null };
    return new Promise((resolve) => callAgent({ ...file, ...(token ? { token } : {}) }, given, resolve));
  };
  const addressOf = () => readAgentFile(data)?.address ?? '';

  it('answers whoever knows the token of this start, and passes on what was said', async () => {
    await begin();
    expect(await call()).toEqual({ answer: 'username=ada\npassword=secret\n' });
    expect(asked).toMatchObject([
      { action: 'get', input: Buffer.from('x\n'), folder: '/a b', gitDirectory: null, interactive: true },
    ]);
  });

  it('passes on why there is no credential', async () => {
    await begin({
      terminal: {
        answer: async ({ note }) => {
          note?.('locked');
          return '';
        },
      },
    });
    expect(await call()).toEqual({ answer: '', note: 'locked' });
  });

  it('answers nobody else, and no action it does not know', async () => {
    await begin();
    expect(await call(words, 'A'.repeat(43))).toEqual({ none: 'broken' });
    expect(await call(words, 'x')).toEqual({ none: 'broken' });
    expect(await call(['list', ...words.slice(1)])).toEqual({ answer: '' });
    expect(asked).toEqual([]);
  });

  it.runIf(!windows)('lies beside the data, open to its owner alone', async () => {
    await begin();
    expect(addressOf()).toBe(path.join(data, 'agent.sock'));
    expect(statSync(addressOf()).mode & 0o777).toBe(0o600);
    expect(statSync(agentFile(data)).mode & 0o777).toBe(0o600);
  });

  it.runIf(!windows)(
    'lies in a private folder where the path would be too long or others may enter',
    async () => {
      data = path.join(temporary.path, 'd'.repeat(120));
      mkdirSync(data, { mode: 0o700 });
      await begin();
      const folder = path.dirname(addressOf());
      expect(folder).toBe(path.join(temporary.path, `polyforge-${process.getuid?.()}`));
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      expect(await call()).toMatchObject({ answer: expect.any(String) });
      data = path.join(temporary.path, 'open');
      mkdirSync(data);
      chmodSync(data, 0o755);
      await begin();
      expect(path.dirname(addressOf())).toBe(folder);
      expect(await call()).toMatchObject({ answer: expect.any(String) });
    },
  );

  it.runIf(!windows)(
    'prefers the runtime folder, and takes no folder that is a link or open to others',
    async () => {
      chmodSync(data, 0o755);
      const runtime = path.join(temporary.path, 'run');
      mkdirSync(runtime, { mode: 0o700 });
      vi.stubEnv('XDG_RUNTIME_DIR', runtime);
      const first = await begin();
      expect(path.dirname(addressOf())).toBe(path.join(runtime, 'polyforge'));
      await first.close();
      rmSync(path.join(runtime, 'polyforge'), { recursive: true });
      mkdirSync(path.join(temporary.path, 'elsewhere'), { mode: 0o700 });
      symlinkSync(path.join(temporary.path, 'elsewhere'), path.join(runtime, 'polyforge'));
      const wide = path.join(temporary.path, `polyforge-${process.getuid?.()}`);
      mkdirSync(wide);
      chmodSync(wide, 0o777);
      await expect(begin()).rejects.toThrow('No folder');
    },
  );

  it.runIf(!windows)('takes the place of a dead one, never of a live one', async () => {
    const address = path.join(data, 'agent.sock');
    const child = spawn(process.execPath, [
      '-e',
      `require('node:net').createServer().listen(${JSON.stringify(address)}, () => console.log('up'))`,
    ]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await expect(begin()).rejects.toThrow('listens');
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(address)).toBe(true);
    await begin();
    expect(await call()).toMatchObject({ answer: expect.any(String) });
  });

  it.runIf(!windows)('is not believed where its file or socket is not the user’s own', async () => {
    await begin();
    chmodSync(agentFile(data), 0o644);
    expect(readAgentFile(data)).toBeNull();
    chmodSync(agentFile(data), 0o600);
    const file = readFileSync(agentFile(data));
    rmSync(agentFile(data));
    writeFileSync(path.join(data, 'real'), file, { mode: 0o600 });
    symlinkSync('real', agentFile(data));
    expect(readAgentFile(data)).toBeNull();
    rmSync(agentFile(data));
    for (const damaged of ['', '{', '[]', '{"address":1}', 'null']) {
      writeFileSync(agentFile(data), damaged, { mode: 0o600 });
      expect(readAgentFile(data)?.address ?? null).toBeNull();
    }
    writeAgentFile(data, { address: path.join(data, 'real'), token: 'x', start: null });
    expect(await call()).toEqual({ none: 'absent' });
  });

  it('breaks off what is asked when it ends, and leaves word of how it is started', async () => {
    let signal: AbortSignal | null = null;
    const agent = await begin({
      terminal: {
        answer: (_request, until) => {
          signal = until;
          return new Promise(() => undefined);
        },
      },
    });
    const open = call();
    await vi.waitFor(() => expect(signal).not.toBeNull(), 20_000);
    await agent.close();
    expect(await open).toEqual({ none: 'broken' });
    expect(readAgentFile(data)).toEqual({ address: null, token: null, start });
    expect(await call()).toEqual({ none: 'absent' });
  });

  it('answers what is under way before it ends', async () => {
    let settle: (answer: string) => void = () => undefined;
    const agent = await begin({
      terminal: {
        answer: () =>
          new Promise((resolve) => {
            settle = resolve;
          }),
      },
    });
    const before = settle;
    const open = call();
    await vi.waitFor(() => expect(settle).not.toBe(before), 20_000);
    const closed = agent.close();
    settle('username=late\n');
    expect(await open).toEqual({ answer: 'username=late\n' });
    await closed;
  });

  it('tells the broker when a helper is gone', async () => {
    let signal: AbortSignal | undefined;
    await begin({
      terminal: {
        answer: (_request, until) => {
          signal = until;
          return new Promise((resolve) => until.addEventListener('abort', () => resolve('')));
        },
      },
    });
    const socket = net.connect(addressOf());
    socket.write(`${readAgentFile(data)?.token} ${words.join(' ')}\n`);
    await vi.waitFor(() => expect(signal).toBeDefined(), 20_000);
    expect(signal?.aborted).toBe(false);
    socket.destroy();
    await vi.waitFor(() => expect(signal?.aborted).toBe(true), 20_000);
  });

  it('gives an empty answer where the broker fails, and says so without git’s words', async () => {
    await begin({ terminal: { answer: () => Promise.reject(new Error('several-accounts')) } });
    expect(await call()).toEqual({ answer: '' });
    expect(log).toEqual(['git in a terminal (get): several-accounts']);
  });

  it('ends when nothing was asked for a while, but not while something is', async () => {
    let ended = 0;
    let settle = () => undefined as void;
    await begin({
      idle: { milliseconds: 1000, end: () => void (ended += 1) },
      terminal: {
        answer: () =>
          new Promise((resolve) => {
            settle = () => resolve('');
          }),
      },
    });
    await clock.pass(900);
    const before = settle;
    const open = call();
    await vi.waitFor(() => expect(settle).not.toBe(before), 20_000);
    await clock.pass(5000);
    expect(ended).toBe(0);
    settle();
    await open;
    await clock.pass(900);
    expect(ended).toBe(0);
    await clock.pass(200);
    expect(ended).toBe(1);
  });

  it('ends when what it could give is locked, which nobody can unlock in it', async () => {
    let ended = 0;
    const notes = ['several-accounts', 'locked', 'passphrase-file'] as const;
    const left = [...notes];
    await begin({
      idle: { milliseconds: 1000, end: () => void (ended += 1) },
      terminal: {
        answer: async ({ note }) => {
          const next = left.shift();
          if (next) note?.(next);
          return '';
        },
      },
    });
    for (const [index, note] of notes.entries()) {
      expect(await call()).toEqual({ answer: '', note });
      expect(ended).toBe(index);
    }
  });

  it('outlives any bytes, and gives none for them', async () => {
    await begin();
    const address = addressOf();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, line) => {
        const received = await new Promise<string>((resolve) => {
          const socket = net.connect(address);
          let text = '';
          socket.on('data', (chunk) => (text += chunk.toString('latin1')));
          socket.on('error', () => resolve(text));
          socket.on('close', () => resolve(text));
          socket.end(Buffer.concat([Buffer.from(bytes), Buffer.from(line ? '\n' : '')]));
        });
        expect(received).toBe('');
      }),
      { numRuns: 100 },
    );
    expect(asked).toEqual([]);
    expect(await call()).toMatchObject({ answer: expect.any(String) });
  });

  it('asks its owner before it gives way', async () => {
    let mayEnd = false;
    await begin({ giveWay: () => mayEnd });
    expect(await call(['end'])).toEqual({ answer: 'no' });
    mayEnd = true;
    expect(await call(['end'])).toEqual({ answer: 'yes' });
    expect(await call(['end'], 'A'.repeat(43))).toEqual({ none: 'broken' });
  });
});
