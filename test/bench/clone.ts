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

/** What opens the repositories of the bench. */
export const credential = { kind: 'basic' as const, username: 'bench', password: 'bench-secret' };

export interface CloningPage {
  /** Clones as the page does; resolves at its end. */
  clone(url: string, parent: string, name: string): Promise<void>;
  close(): Promise<void>;
}

/** A page whose first clone of an address is asked for a password; the answer is saved, so that the others are not. */
export async function openCloningPage(host: RunningHost): Promise<CloningPage> {
  const connection = await connectAsPage(host.url);
  const { client } = connection;
  await client.preferences.chooseSecretStore({ choice: 'session' });
  const { username, password } = credential;
  const answering = (async () => {
    try {
      for await (const event of await client.application.events())
        if (event.type === 'prompts.asked')
          await client.prompts.answer({
            id: event.question.id,
            answer: { kind: 'credentials', username, password, save: 'repository' },
          });
    } catch {
      // The connection ends with the measurement.
    }
  })();
  return {
    async clone(url, parent, name) {
      const input = { url, parent, name, accountId: null, branch: null, hostedKey: null };
      for await (const _progress of await client.repositories.clone(input));
    },
    async close() {
      connection.close();
      await answering;
    },
  };
}

/** A clone through the app, as the page asks for it, against `git clone` with the same credentials. */
export async function benchClone(host: RunningHost, server: GitHttpServer, bare: string): Promise<Figure> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'polyforge-bench-'));
  const url = server.serve('bench/repository', { directory: bare, accepts: [credential] });
  const authorized = url.replace('://', `://${credential.username}:${credential.password}@`);
  const page = await openCloningPage(host);
  try {
    // Each starts with nothing left to be written by the one before.
    const timed = async (clone: () => Promise<unknown>) => {
      await execa('sync');
      const started = performance.now();
      await clone();
      return performance.now() - started;
    };
    const { ours, ratio, spread } = await alternate(
      9,
      (run) => timed(() => page.clone(url, work, `app-${run}`)),
      (run) => timed(() => execa('git', ['clone', '--quiet', authorized, path.join(work, `git-${run}`)])),
    );
    return {
      name: 'clone through the app',
      value: ours,
      unit: 'ms',
      ratio,
      spread,
      goal: 'ratio <= 1.1 of git clone',
    };
  } finally {
    await page.close();
    rmSync(work, { recursive: true, force: true });
  }
}
