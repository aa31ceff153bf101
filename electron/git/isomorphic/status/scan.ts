import { type MessagePort, receiveMessageOnPort, MessageChannel, Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { IndexFile } from '../index-table';
import { foldersOf, type IndexFolders } from './index-folders';
import { scanFolder, type ScanSettings, type Unknown } from './scan-folder';

/** An index laid out so that a second thread can look at half of the files. */
export interface SharedIndex {
  index: IndexFile;
  folders: IndexFolders;
  tree: IndexFile['tree'];
  parts: ReturnType<IndexFile['shared']>;
}

interface ScanJob {
  parts: SharedIndex['parts'];
  folders: IndexFolders;
  settings: ScanSettings;
  results: Uint8Array;
  /** [0]: the next folder to look at; [1]: how many were looked at. */
  counters: Int32Array;
  port: MessagePort;
}

/** With fewer files starting a thread takes longer than looking at them. */
const worthThread = 4000;
/** Folders taken at a time. */
const batch = 16;
/** Milliseconds in which a few folders are looked at on any disk that works. */
const longestSilence = 30_000;
let helper: Worker | null = null;

export function sharedIndex(index: IndexFile): SharedIndex {
  const parts = index.shared();
  return { index: IndexFile.from(parts), folders: foldersOf(index), tree: index.tree, parts };
}

/** Compares every entry of an index with its file, in two threads where there are many. `results`: a `Found` for each. */
export function scan(
  shared: SharedIndex,
  settings: ScanSettings,
): { results: Uint8Array; unknown: Unknown[] } {
  const { index, folders } = shared;
  const results = new Uint8Array(new SharedArrayBuffer(index.length));
  const counters = new Int32Array(new SharedArrayBuffer(8));
  const unknown: Unknown[] = [];
  const channel = index.length >= worthThread ? new MessageChannel() : null;
  if (channel) {
    const { port1, port2 } = channel;
    helper ??= startHelper();
    const job: ScanJob = { parts: shared.parts, folders, settings, results, counters, port: port2 };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    helper?.postMessage(job, [port2]);
    port1.unref();
  }
  try {
    work(index, folders, settings, results, counters, (found) => unknown.push(found));
    // What the other thread has begun it ends.
    for (let done = Atomics.load(counters, 1); done < folders.names.length; done = Atomics.load(counters, 1))
      if (Atomics.wait(counters, 1, done, longestSilence) === 'timed-out') return scanAlone(shared, settings);
    for (
      let message = channel && receiveMessageOnPort(channel.port1);
      message;
      message = channel && receiveMessageOnPort(channel.port1)
    ) {
      const told = message.message as { unknown: Unknown[]; failed: Error | null };
      if (told.failed) throw told.failed;
      for (const one of told.unknown) unknown.push(one);
    }
  } finally {
    channel?.port1.close();
  }
  return { results, unknown };
}

/** The other thread died, or hangs: it gets nothing more, and all is done once more without it. */
function scanAlone({ index, folders }: SharedIndex, settings: ScanSettings): ReturnType<typeof scan> {
  void helper?.terminate();
  helper = null;
  const results = new Uint8Array(index.length);
  const unknown: Unknown[] = [];
  work(index, folders, settings, results, new Int32Array(new SharedArrayBuffer(8)), (found) =>
    unknown.push(found),
  );
  return { results, unknown };
}

function work(
  index: IndexFile,
  folders: IndexFolders,
  settings: ScanSettings,
  results: Uint8Array,
  counters: Int32Array,
  found: (unknown: Unknown) => void,
  told?: () => void,
): void {
  const numbers = new Map(folders.names.map((name, number) => [name, number]));
  for (;;) {
    const from = Atomics.add(counters, 0, batch);
    const to = Math.min(from + batch, folders.names.length);
    if (from >= to) return;
    try {
      for (let folder = from; folder < to; folder += 1)
        scanFolder(index, folders, numbers, folder, settings, results, found);
      // Before it is counted, so that whoever sees the count has the message.
      told?.();
    } finally {
      Atomics.add(counters, 1, to - from);
      Atomics.notify(counters, 1);
    }
  }
}

/** The same bundle once more. Null where this is none, as in a test that imports the source: one thread does it all. */
function startHelper(): Worker | null {
  const file = fileURLToPath(import.meta.url);
  if (!file.endsWith('.mjs') && !file.endsWith('.js')) return null;
  const started = new Worker(file, { workerData: 'scan', stdout: true, stderr: true });
  started.on('error', () => {
    helper = null;
  });
  started.unref();
  return started;
}

/** What the second thread does when it is asked. */
export function helpScanning({ parts, folders, settings, results, counters, port }: ScanJob): void {
  let unknown: Unknown[] = [];
  const tell = (failed: Error | null) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
    if (unknown.length > 0 || failed) port.postMessage({ unknown, failed });
    unknown = [];
  };
  try {
    const index = IndexFile.from(parts);
    const found = (one: Unknown) => unknown.push(one);
    work(index, folders, settings, results, counters, found, () => tell(null));
  } catch (error) {
    tell(error instanceof Error ? error : new Error(String(error)));
  }
  port.close();
}
