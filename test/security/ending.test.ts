import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuilt, root } from '../../electron/build.mjs';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { connectAsPage } from '../fakes/page-connection';
import { largeHistory, makeBareRepository } from '../fakes/repositories';

let directory: string;
let server: GitHttpServer;
let child: ChildProcess | undefined;

beforeAll(async () => {
  expect(await ensureBuilt()).toBe(true);
});
beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'polyforge-ending-'));
  server = await startGitHttpServer();
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Command lines of all processes that name `text`. */
function processesOf(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(text));
}

async function startHost() {
  const started = spawn(
    process.execPath,
    [
      path.join(root, 'electron/start.mjs'),
      '--browser',
      '--data',
      path.join(directory, 'data'),
      '--port',
      '0',
    ],
    {
      cwd: root,
      env: { PATH: process.env['PATH'], HOME: directory, CI: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  child = started;
  const ended = new Promise<number | null>((resolve) => {
    started.once('close', resolve);
  });
  const address = await new Promise<string>((resolve, reject) => {
    let output = '';
    started.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}/.exec(output)?.[0];
      if (found) resolve(found);
    });
    void ended.then(() => reject(new Error(output)));
  });
  return { started, ended, address };
}

describe('the end of the browser host', () => {
  it.runIf(process.platform === 'linux').for(['auto', 'isomorphic'] as const)(
    'stops a clone that is under way and leaves nothing of it (engine: %s)',
    async (engine) => {
      const bare = await makeBareRepository(path.join(directory, 'served.git'), largeHistory(3_000_000));
      const url = server.serve('team/large', { directory: bare });
      server.fault = { stage: 'fetch', stallAfter: 1_000_000 };
      const { started, ended, address } = await startHost();
      const page = await connectAsPage(address);
      await page.client.preferences.set({ engine });
      const parent = path.join(directory, 'clones');
      mkdirSync(parent);
      const clone = await page.client.repositories.clone({
        url,
        parent,
        name: 'large',
        accountId: null,
        hostedKey: null,
        branch: null,
      });
      const cloning = (async () => {
        for await (const progress of clone) void progress;
      })().catch(() => undefined);
      await server.stalled();
      expect(readdirSync(parent)).toHaveLength(1);
      started.kill('SIGINT');
      expect(await ended).toBe(0);
      await cloning;
      expect(readdirSync(parent)).toEqual([]);
      expect(processesOf(url)).toEqual([]);
    },
  );
});
