// Preloaded (`node --import`) into a process and its threads: counts what they write to disk, and at
// one of these points kills the process or finds the disk full from there on. One count for all threads.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

const name = 'polyforge-write-points';
if (getEnvironmentData(name) === undefined) setEnvironmentData(name, new SharedArrayBuffer(12));
/** What happens, how many writes there were, at which one it happens. */
const cells = new Int32Array(getEnvironmentData(name));
const modes = { off: 0, count: 1, kill: 2, full: 3 };

globalThis.writePoints = {
  /** @param {keyof typeof modes} mode @param {number} at */
  arm(mode, at = 0) {
    Atomics.store(cells, 0, modes.off);
    Atomics.store(cells, 1, 0);
    Atomics.store(cells, 2, at);
    Atomics.store(cells, 0, modes[mode]);
  },
  seen: () => Atomics.load(cells, 1),
};

function die() {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** `torn`: does half of it before a kill. */
function reach(call, needsSpace, torn) {
  const mode = Atomics.load(cells, 0);
  if (mode === modes.off) return;
  const count = Atomics.add(cells, 1, 1) + 1;
  if (mode === modes.kill && count === Atomics.load(cells, 2)) {
    torn();
    die();
  }
  if (mode === modes.full && needsSpace && count >= Atomics.load(cells, 2))
    throw Object.assign(new Error(`ENOSPC: no space left on device, ${call}`), {
      code: 'ENOSPC',
      errno: -28,
      syscall: call,
    });
}

const nothing = () => undefined;
const isMaking = (flags) =>
  typeof flags === 'number'
    ? (flags & (fs.constants.O_CREAT | fs.constants.O_TRUNC)) !== 0
    : typeof flags === 'string' && /[wa]/.test(flags);
const { writeSync } = fs;
const half = (descriptor, data) => () => {
  if (ArrayBuffer.isView(data) && data.byteLength > 1)
    writeSync(descriptor, new Uint8Array(data.buffer, data.byteOffset, data.byteLength >> 1));
};

/** Which calls write, and whether a full disk refuses them. */
const calls = {
  open: true,
  write: true,
  writev: true,
  writeFile: true,
  appendFile: true,
  copyFile: true,
  mkdir: true,
  symlink: true,
  link: true,
  rename: false,
  rm: false,
  unlink: false,
  rmdir: false,
  truncate: false,
  ftruncate: false,
  fsync: false,
  fdatasync: false,
};

for (const [call, needsSpace] of Object.entries(calls)) {
  const counts = (args) => call !== 'open' || isMaking(args[1]);
  const torn = (args) => (call === 'write' ? half(args[0], args[1]) : nothing);
  const sync = fs[`${call}Sync`];
  fs[`${call}Sync`] = (...args) => {
    if (counts(args)) reach(call, needsSpace, torn(args));
    return sync(...args);
  };
  const plain = fs[call];
  fs[call] = (...args) => {
    try {
      if (counts(args)) reach(call, needsSpace, torn(args));
    } catch (error) {
      process.nextTick(args.at(-1), error);
      return;
    }
    plain(...args);
  };
  const promised = fs.promises[call];
  if (promised)
    fs.promises[call] = async (...args) => {
      if (counts(args)) reach(call, needsSpace, nothing);
      return promised.apply(fs.promises, args);
    };
}

const opened = await fs.promises.open(new URL(import.meta.url));
const handles = Object.getPrototypeOf(opened);
await opened.close();
for (const [call, needsSpace] of [
  ['write', true],
  ['writev', true],
  ['writeFile', true],
  ['appendFile', true],
  ['truncate', false],
  ['sync', false],
  ['datasync', false],
]) {
  const own = handles[call];
  handles[call] = async function writing(...args) {
    reach(call, needsSpace, call === 'write' ? half(this.fd, args[0]) : nothing);
    return own.apply(this, args);
  };
}
syncBuiltinESMExports();
