import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import type { GitHttpServer } from '../fakes/git-http-server';
import { connectAsPage } from '../fakes/page-connection';
import { alternate, type Figure } from './figure';
import type { RunningHost } from './host';

const commits = 2000;
const files = 3000;

/** A repository of a believable size, written by git itself. */
export async function makeRepository(directory: string): Promise<string> {
  const bare = path.join(directory, 'bench.git');
  await execa('git', ['init', '--bare', '--initial-branch=main', bare]);
  const importer = spawn('git', ['-C', bare, 'fast-import', '--quiet'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const write = (text: string) => (importer.stdin.write(text) ? undefined : once(importer.stdin, 'drain'));
  const lines = (seed: number) =>
    Array.from(
      { length: 40 },
      (_, line) => `line ${line} of ${seed}: ${(seed * 2654435761 + line) >>> 0}`,
    ).join('\n');
  for (let n = 0; n < commits; n += 1) {
    const changed = n === 0 ? files : 3;
    await write(
      `commit refs/heads/main\ncommitter Bench <bench@example.test> ${1_700_000_000 + n * 60} +0000\ndata 8\ncommit ${n % 10}\n`,
    );
    for (let index = 0; index < changed; index += 1) {
      const file = n === 0 ? index : (n * 37 + index * 911) % files;
      const content = lines(file + n);
      await write(
        `M 100644 inline src/d${file % 60}/file${file}.txt\ndata ${Buffer.byteLength(content)}\n${content}\n`,
      );
    }
    await write('\n');
  }
  importer.stdin.end();
  await once(importer, 'close');
  await execa('git', ['-C', bare, 'repack', '-adq']);
  return bare;
}

/** A clone through the app, as the page asks for it, against `git clone` with the same credentials. */
export async function benchClone(host: RunningHost, server: GitHttpServer, bare: string): Promise<Figure> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'polyforge-bench-'));
  const credential = { kind: 'basic' as const, username: 'bench', password: 'bench-secret' };
  const url = server.serve('bench/repository', { directory: bare, accepts: [credential] });
  const connection = await connectAsPage(host.url);
  const { client } = connection;
  await client.preferences.chooseSecretStore({ choice: 'session' });
  const answering = answerPrompts(client);
  try {
    const { ours, ratio } = await alternate(
      5,
      async (run) => {
        const started = performance.now();
        const stream = await client.repositories.clone({
          url,
          parent: work,
          name: `app-${run}`,
          accountId: null,
          branch: null,
          hostedKey: null,
        });
        for await (const _progress of stream);
        return performance.now() - started;
      },
      async (run) => {
        const started = performance.now();
        const authorized = url.replace('://', '://bench:bench-secret@');
        await execa('git', ['clone', '--quiet', authorized, path.join(work, `git-${run}`)]);
        return performance.now() - started;
      },
    );
    return {
      name: 'clone through the app',
      value: ours,
      unit: 'ms',
      ratio,
      goal: 'ratio <= 1.1 of git clone',
    };
  } finally {
    connection.close();
    await answering;
    rmSync(work, { recursive: true, force: true });
  }

  /** The first clone asks; the answer is saved, so that the counted ones do not. */
  async function answerPrompts(page: typeof client) {
    try {
      for await (const event of await page.application.events())
        if (event.type === 'prompts.asked')
          await page.prompts.answer({
            id: event.question.id,
            answer: { kind: 'credentials', username: 'bench', password: 'bench-secret', save: 'repository' },
          });
    } catch {
      // The connection ends with the measurement.
    }
  }
}
