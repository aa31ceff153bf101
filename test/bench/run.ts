import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { startGitHttpServer } from '../fakes/git-http-server';
import { chromiumArgs, ensureChromium } from '../tools/chromium.mjs';
import { benchClone, makeRepository } from './clone';
import { benchEngine } from './engine';
import { benchFilter, seedRepositories } from './filter';
import { print } from './figure';
import { benchHelper } from './helper';
import { startHost } from './host';
import { benchPage } from './page';
import { benchReading } from './reading';
import { benchRequests } from './requests';

/** Runs all figures, or the one named; the exit code of the command. */
export async function runBench(only: string | undefined, isLarge = false): Promise<number> {
  const names = ['page', 'filter', 'helper', 'requests', 'clone', 'engine', 'reading'];
  if (only !== undefined && !names.includes(only)) {
    process.stderr.write(`--only takes one of: ${names.join(', ')}\n`);
    return 2;
  }
  // The engines need no page, and nothing beside them.
  if (only === undefined || only === 'engine') for await (const figure of benchEngine(isLarge)) print(figure);
  if (only === undefined || only === 'engine' || only === 'reading')
    for await (const figure of benchReading(isLarge)) print(figure);
  if (only === 'engine' || only === 'reading') return 0;
  const wants = (name: string) => only === undefined || only === name;
  const work = mkdtempSync(path.join(os.tmpdir(), 'polyforge-bench-'));
  const data = path.join(work, 'data');
  await seedRepositories(data);
  const host = await startHost(data);
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumArgs });
  const server = await startGitHttpServer();
  try {
    if (wants('page')) print(await benchPage(host));
    if (wants('filter')) for (const figure of await benchFilter(host, browser)) print(figure);
    if (wants('helper')) for (const figure of await benchHelper(host, server)) print(figure);
    if (wants('requests')) for (const figure of await benchRequests()) print(figure);
    if (wants('clone')) print(await benchClone(host, server, await makeRepository(work)));
    const memory = host.memory();
    if (memory !== null)
      print({
        name: 'main process after all of it',
        value: memory,
        unit: 'MB',
        ratio: null,
        goal: 'value <= 250',
      });
    return 0;
  } finally {
    await browser.close();
    await host.stop();
    await server.close();
    rmSync(work, { recursive: true, force: true });
  }
}
