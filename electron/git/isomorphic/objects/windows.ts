import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { damaged } from './limits';

/** How much of a file is read at once. Commits lie beside commits in a pack, and trees beside trees. */
const windowSize = 128 * 1024;
const emptyBuffer = Buffer.alloc(0);

/** A part of a file in memory: the file's byte `position` is `buffer[at]`, and `buffer[end - 1]` the last one here. */
export interface Window {
  buffer: Buffer;
  at: number;
  end: number;
}

/**
 * Reads files in windows and keeps the last ones used, of all files together
 * at most `limit` bytes; open files are bounded as well.
 */
export interface Windows {
  /** Opens nothing yet. */
  file(path: string): WindowedFile;
  close(): void;
}

export interface WindowedFile {
  readonly path: string;
  /** As it was when it was opened. */
  size(): number;
  /** What holds `position`, with as much after it as is there. The same object for every call. */
  window(position: number): Window;
  /** `length` bytes, in one piece, good until something else is read. `repository-damaged` where the file ends before. */
  bytes(position: number, length: number): Buffer;
  /** Gives back the file and what is kept of it. */
  close(): void;
}

export function createWindows(limit: number, openFiles = 64): Windows {
  const kept = new Map<number, { buffer: Buffer; forgotten: () => void }>();
  /** Of a window that was given up: made anew for each, they would be garbage faster than it is collected. */
  let spare: Buffer | null = null;
  const open = new Map<WindowedFile, number>();
  let bytes = 0;
  let files = 0;

  function forget(key: number): void {
    const row = kept.get(key);
    if (row === undefined) return;
    kept.delete(key);
    bytes -= row.buffer.length;
    row.forgotten();
    if (row.buffer.length === windowSize) spare = row.buffer;
  }

  function file(path: string): WindowedFile {
    const number = files;
    files += 1;
    let size = -1;
    const result: Window = { buffer: emptyBuffer, at: 0, end: 0 };
    // The one used last, without a look into the map.
    let last = -1;

    function descriptor(): number {
      let known = open.get(self);
      if (known !== undefined) return known;
      if (open.size >= openFiles) for (const [other] of open) if (open.size >= openFiles) closeOf(other);
      known = openSync(path, 'r');
      open.set(self, known);
      const status = fstatSync(known);
      if (!status.isFile()) damaged(path, 'It is no file.');
      if (size !== -1 && size !== status.size) damaged(path, 'It changed while it was read.');
      size = status.size;
      return known;
    }

    function load(index: number): Buffer {
      // 2^20 windows of one file are 128 GiB; the numbers stay exact for 2^33 files.
      const key = number * 2 ** 20 + index;
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return known.buffer;
      }
      const from = index * windowSize;
      const handle = descriptor();
      const length = Math.min(windowSize, size - from);
      for (const [oldest] of kept) {
        if (bytes + length <= limit) break;
        forget(oldest);
      }
      const buffer = length === windowSize && spare ? spare : Buffer.allocUnsafeSlow(length);
      if (buffer === spare) spare = null;
      for (let done = 0; done < buffer.length; ) {
        const read = readSync(handle, buffer, done, buffer.length - done, from + done);
        if (read === 0) damaged(path, 'It ends too early.');
        done += read;
      }
      bytes += buffer.length;
      const forgotten = () => {
        if (last === index) result.buffer = emptyBuffer;
      };
      kept.set(key, { buffer, forgotten });
      return buffer;
    }

    const self: WindowedFile = {
      path,
      size() {
        if (size === -1) descriptor();
        return size;
      },
      window(position) {
        const index = Math.floor(position / windowSize);
        if (position < 0 || position >= self.size() || index >= 2 ** 20)
          damaged(path, 'It names a place outside itself.');
        if (index !== last || result.buffer === emptyBuffer) {
          result.buffer = load(index);
          result.end = result.buffer.length;
          last = index;
        }
        result.at = position - index * windowSize;
        return result;
      },
      bytes(position, length) {
        if (position + length > self.size()) damaged(path, 'It names a place outside itself.');
        if (length === 0) return emptyBuffer;
        const { buffer, at, end } = self.window(position);
        if (at + length <= end) return buffer.subarray(at, at + length);
        const joined = Buffer.allocUnsafe(length);
        for (let done = 0; done < length; ) {
          const part = self.window(position + done);
          done += part.buffer.copy(joined, done, part.at, Math.min(part.end, part.at + length - done));
        }
        return joined;
      },
      close() {
        closeOf(self);
        for (const key of kept.keys()) if (Math.floor(key / 2 ** 20) === number) forget(key);
        result.buffer = emptyBuffer;
        last = -1;
      },
    };
    return self;
  }

  function closeOf(one: WindowedFile): void {
    const handle = open.get(one);
    if (handle === undefined) return;
    open.delete(one);
    closeSync(handle);
  }

  return {
    file,
    close() {
      for (const [one] of open) closeOf(one);
      kept.clear();
      bytes = 0;
    },
  };
}
