import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'vite';
import { environment } from '../../electron/git/system/environment';
import { run } from '../../electron/git/system/run';
import { collectLines } from '../../electron/git/system/run-lines';
import { findGit } from '../../electron/git/system/program';
import { git, largeHistory, makeBareRepository, temporaryDirectory } from '../fakes/repositories';

describe('the door git is started through', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let program: string;
  let repository: string;
  const at = (name: string) => path.join(temporary.path, name);
  const env = () => environment([], { GIT_DIR: repository });
  const call = (args: string[]) => ({ program, args, cwd: repository, env: env() });

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    program = (await findGit(process.env['PATH'] ?? '')) ?? '';
    repository = await makeBareRepository(at('large.git'), largeHistory(3_000_000));
  });
  afterAll(() => temporary.remove());

  const everything = ['cat-file', '--batch', '--batch-all-objects', '--buffer'];

  it('hands on output in pieces, holds none, and lets git wait for whoever reads', async () => {
    let seen = 0;
    let busy = 0;
    let most = 0;
    const outcome = await run({
      ...call(everything),
      onOutput: async (piece) => {
        most = Math.max(most, (busy += 1));
        seen += piece.length;
        await new Promise((resolve) => setImmediate(resolve));
        busy -= 1;
      },
    });
    expect(outcome).toMatchObject({ exitCode: 0, overflow: false });
    expect(outcome.stdout).toHaveLength(0);
    expect(seen).toBeGreaterThan(3_000_000);
    expect(most).toBe(1);
    const whole = await run(call(everything));
    expect(whole.stdout).toHaveLength(seen);
  });

  it('ends git at the limit, streamed or not', async () => {
    let seen = 0;
    const limited = { ...call(everything), maximumOutput: 100_000 };
    expect((await run(limited)).overflow).toBe(true);
    const outcome = await run({ ...limited, onOutput: (piece) => void (seen += piece.length) });
    expect(outcome.overflow).toBe(true);
    expect(seen).toBeLessThanOrEqual(100_000);
  });

  it('ends git where reading fails, and says why', async () => {
    const failure = new Error('not as it should be');
    const work = run({
      ...call(everything),
      onOutput: () => {
        throw failure;
      },
    });
    await expect(work).rejects.toBe(failure);
  });

  it('takes bytes', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const outcome = await run({ ...call(['hash-object', '--stdin']), input: bytes });
    await writeFile(at('bytes'), bytes);
    expect(outcome.stdout.toString()).toBe(`${await git(repository, 'hash-object', at('bytes'))}\n`);
  });

  it('keeps the first lines of much that is said, and the last ones, with the bytes of paths', () => {
    const lines: string[] = [];
    const kept = collectLines((line) => lines.push(line));
    const said = Buffer.concat([
      Buffer.from('first\nn'),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(Array.from({ length: 50_000 }, (_, index) => `line ${index}\n`).join('')),
      Buffer.from('Updating: 1%\rUpdating: 100%\nthe last \u00e9'),
    ]);
    // Cut anywhere, letters included.
    for (let at = 0; at < said.length; at += 997) kept.add(said.subarray(at, at + 997));
    expect(lines[1]).toBe('n\udcff');
    const text = kept.text();
    expect(text.length).toBeLessThan(100_000);
    expect(text.startsWith('first\nn\udcff\nline 0\n')).toBe(true);
    expect(text.endsWith('line 49999\nUpdating: 100%\nthe last \u00e9')).toBe(true);
  });

  // Where there is no /proc vitest prints this as skipped.
  it.runIf(process.platform === 'linux')('leaves no git behind when we are killed ourselves', async () => {
    const output = at('parent');
    await build({
      configFile: false,
      logLevel: 'silent',
      ssr: { noExternal: true },
      build: {
        ssr: path.resolve(import.meta.dirname, '../../electron/git/system/run.ts'),
        outDir: output,
        target: 'node20',
        rolldownOptions: { output: { format: 'es', entryFileNames: 'run.mjs', codeSplitting: false } },
      },
    });
    // git reads from us, writes to us, or tells us of its progress: each time the pipe's end is ours.
    const calls = [
      { args: ['cat-file', '--batch'], input: 'endless' },
      { args: everything, onOutput: true },
      {
        args: ['pack-objects', '--all', '--progress', '--stdout', '--delta-base-offset', '--window=250'],
        onOutput: true,
      },
    ];
    for (const one of calls) {
      const script = at('parent.mjs');
      await writeFile(
        script,
        `import { run } from ${JSON.stringify(path.join(output, 'run.mjs'))};
           import { Readable } from 'node:stream';
           const onOutput = ${one.onOutput ? '() => new Promise((resolve) => { console.log("started"); setTimeout(resolve, 1e9); })' : 'undefined'};
           void run({ program: ${JSON.stringify(program)}, args: ${JSON.stringify(one.args)}, cwd: ${JSON.stringify(repository)},
             env: ${JSON.stringify(env())}, onOutput,
             ${one.input ? "input: Readable.from((async function* () { yield 'HEAD\\n'; console.log('started'); await new Promise(() => undefined); })())," : ''} });
           setInterval(() => undefined, 1000);`,
      );
      const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        await once(parent.stdout, 'data');
        const children = (await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8'))
          .trim()
          .split(' ');
        const gits: string[] = [];
        for (const pid of children)
          if ((await readlink(`/proc/${pid}/exe`).catch(() => '')).includes('git')) gits.push(pid);
        expect(gits).toHaveLength(1);
        parent.kill('SIGKILL');
        await once(parent, 'exit');
        const alive = async () => {
          const state = await readFile(`/proc/${gits[0]}/stat`, 'utf8').catch(() => '');
          return state !== '' && !/\) Z /.test(state);
        };
        await expect.poll(alive, { timeout: 10_000 }).toBe(false);
      } finally {
        parent.kill('SIGKILL');
      }
    }
  });
});
