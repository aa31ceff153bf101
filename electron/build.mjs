// Builds dist/ when something is newer than it. Used by the start command and by the tests of what ships.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const dist = path.join(root, 'dist');
const stamp = path.join(dist, 'built');
const lock = path.join(root, '.tsbuild/building');

/** A child that ends with us; resolves its exit code. */
export function run(program, args, settings = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...settings });
    const end = () => child.kill();
    process.once('exit', end);
    child.once('error', () => resolve(1));
    child.once('close', (code, signal) => {
      process.off('exit', end);
      resolve(signal ? 1 : code);
    });
  });
}

function changedAt(entry) {
  let status;
  try {
    status = statSync(entry);
  } catch {
    return 0;
  }
  if (!status.isDirectory()) return status.mtimeMs;
  return readdirSync(entry).reduce(
    (latest, name) => Math.max(latest, changedAt(path.join(entry, name))),
    status.mtimeMs,
  );
}

/** `never`, `stale` or `fresh`. A packaged copy has no sources and is always fresh. */
export function buildState() {
  if (!existsSync(path.join(root, 'vite.config.ts'))) return 'fresh';
  const built = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  if (built === 0) return 'never';
  const sources = ['electron', 'renderer', 'shared', 'vite.config.ts', 'package.json', 'package-lock.json'];
  return sources.some((name) => changedAt(path.join(root, name)) > built) ? 'stale' : 'fresh';
}

/** Resolves false after a failed build; Vite has said why. */
async function build() {
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  if (!existsSync(vite)) {
    process.stderr.write('The installed packages are missing. Run: npm ci\n');
    return false;
  }
  const started = new Date();
  // Test runners and dev servers set NODE_ENV; with it React would ship its slow development half.
  const env = { ...process.env, NODE_ENV: 'production' };
  const code = await run(process.execPath, [vite, 'build', '--app', '--logLevel', 'warn'], { env });
  if (code !== 0) return false;
  // What was saved while it built is not in it.
  writeFileSync(stamp, started.toISOString());
  utimesSync(stamp, started, started);
  return true;
}

/** Builds unless fresh; one process at a time, the others wait for it. */
export async function ensureBuilt(say = () => undefined) {
  for (;;) {
    const state = buildState();
    if (state === 'fresh') return true;
    try {
      mkdirSync(path.dirname(lock), { recursive: true });
      mkdirSync(lock);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      // Nobody builds for minutes: whoever made it is gone.
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 120_000)
        rmSync(lock, { recursive: true, force: true });
      await wait(200);
      continue;
    }
    const unlock = () => rmSync(lock, { recursive: true, force: true });
    process.once('exit', unlock);
    try {
      say(
        state === 'never'
          ? 'Building Polyforge (once, some seconds)…'
          : 'Something changed; building Polyforge…',
      );
      return await build();
    } finally {
      process.off('exit', unlock);
      unlock();
    }
  }
}
