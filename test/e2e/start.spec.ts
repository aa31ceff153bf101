import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';

const root = path.resolve(import.meta.dirname, '../..');

/** The start command as a user runs it; resolves its address once it has printed it. */
async function start(dataDirectory: string) {
  const child = spawn(
    process.execPath,
    ['electron/start.mjs', '--browser', '--no-open', '--port', '0', '--data', dataDirectory],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/.exec(output)?.[0];
      if (found) resolve(found);
    });
    void ended.then(() => reject(new Error(`It ended: ${output}`)));
  });
  return { url, ended, child };
}

test('the start command shows the page, a second start finds the first, Ctrl+C ends it', async ({ page }) => {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'polyforge-start-'));
  const first = await start(dataDirectory);
  try {
    await page.goto(first.url);
    await expect(page.getByRole('navigation').first()).toBeVisible();
    // The token is out of the address, kept for this tab only, and no cookie carries it to other ports.
    expect(new URL(page.url()).hash).toBe('');
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.reload();
    await expect(page.getByRole('navigation').first()).toBeVisible();

    const second = await start(dataDirectory);
    expect(second.url).toBe(first.url);
    expect(await second.ended).toBe(0);

    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);

    // The page says so, and comes back by itself when Polyforge is there again under a new address.
    await expect(page.getByText(/lost/i).first()).toBeVisible();
  } finally {
    first.child.kill('SIGKILL');
    await rm(dataDirectory, { recursive: true, force: true });
  }
});
