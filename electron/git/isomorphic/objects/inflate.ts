import { constants, createInflate, inflateSync } from 'node:zlib';

/**
 * Unpacks zlib streams whose end nobody knows before: a pack says what an
 * object unfolds to and not how long it is in the pack. One stream at a time,
 * in as many steps as the input comes in.
 */
export interface Inflater {
  /** Bytes of the input the last step took. */
  readonly taken: number;
  /** Bytes of the output the last step wrote. */
  readonly made: number;
  /** The stream is over, its checksum right. */
  readonly ended: boolean;
  /** Begins a stream, whatever became of the one before. */
  start(): void;
  /**
   * Reads `input[from, to)` and writes `output[at, end)`. The end is seen only
   * with room left: give one byte more than is due. Throws where it is no zlib stream.
   */
  step(input: Uint8Array, from: number, to: number, output: Uint8Array, at: number, end: number): void;
}

/** What node:zlib's own streams are made of. */
interface Handle {
  reset(): void;
  writeSync(
    flush: number,
    input: Uint8Array,
    from: number,
    length: number,
    output: Uint8Array,
    at: number,
    room: number,
  ): void;
  onerror: (message: string) => void;
}

/**
 * One native handle for millions of streams. `inflateSync` makes a new one and
 * a buffer of its own for each, which takes most of the time there. Not
 * documented, so it is tried out before it is trusted. Null: this Node has it not.
 */
function createNative(): Inflater | null {
  const stream = createInflate() as unknown as { _handle?: Handle; _writeState?: Uint32Array };
  const { _handle: handle, _writeState: state } = stream;
  if (typeof handle?.writeSync !== 'function' || typeof handle.reset !== 'function') return null;
  if (!(state instanceof Uint32Array)) return null;
  let failure: string | null = null;
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a native handle, no event target
  handle.onerror = (message) => {
    failure = message;
  };
  const inflater = {
    // Holds the stream: its handle goes with it.
    stream,
    taken: 0,
    made: 0,
    ended: false,
    start() {
      failure = null;
      handle.reset();
      inflater.ended = false;
    },
    step(input: Uint8Array, from: number, to: number, output: Uint8Array, at: number, end: number) {
      handle.writeSync(constants.Z_NO_FLUSH, input, from, to - from, output, at, end - at);
      if (failure !== null) throw new Error(failure);
      const [room = 0, rest = 0] = state;
      inflater.taken = to - from - rest;
      inflater.made = end - at - room;
      inflater.ended = rest > 0 && room > 0;
    },
  };
  return inflater;
}

/** The same with documented means: every step begins anew with all input so far. */
function createDocumented(): Inflater {
  let input: Buffer = Buffer.alloc(0);
  let given = 0;
  const inflater = {
    taken: 0,
    made: 0,
    ended: false,
    start() {
      input = Buffer.alloc(0);
      given = 0;
      inflater.ended = false;
    },
    step(bytes: Uint8Array, from: number, to: number, output: Uint8Array, at: number, end: number) {
      const before = input.length;
      input = Buffer.concat([input, bytes.subarray(from, to)]);
      inflater.taken = to - from;
      inflater.made = 0;
      try {
        // `info` changes what is returned, which the types do not say.
        const { buffer, engine } = inflateSync(input, {
          info: true,
          maxOutputLength: Math.max(1, given + end - at),
        }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
        output.set(buffer.subarray(given), at);
        inflater.made = buffer.length - given;
        inflater.taken = engine.bytesWritten - before;
        inflater.ended = inflater.made < end - at;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'Z_BUF_ERROR') return;
        if (code !== 'ERR_BUFFER_TOO_LARGE') throw error;
        inflater.made = end - at;
      }
      given += inflater.made;
    },
  };
  return inflater;
}

function works(inflater: Inflater): boolean {
  try {
    const input = Buffer.concat([Buffer.from('789c4b4c4a0600024d0127', 'hex'), Buffer.alloc(9, 1)]);
    const output = Buffer.alloc(4);
    for (let round = 0; round < 2; round += 1) {
      inflater.start();
      inflater.step(input, 0, 5, output, 0, 4);
      const { taken, made } = inflater;
      inflater.step(input, taken, input.length, output, made, 4);
      if (!inflater.ended || taken + inflater.taken !== 11 || made + inflater.made !== 3) return false;
      if (output.toString('latin1', 0, 3) !== 'abc') return false;
      let refused = false;
      inflater.start();
      try {
        inflater.step(Buffer.from('no zlib at all'), 0, 14, output, 0, 4);
      } catch {
        refused = true;
      }
      if (!refused) return false;
    }
    return true;
  } catch {
    return false;
  }
}

let nativeWorks: boolean | undefined;

/** `documented`: only with what node:zlib documents; slower. */
export function createInflater(documented = false): Inflater {
  if (documented || nativeWorks === false) return createDocumented();
  const native = createNative();
  nativeWorks ??= native !== null && works(native);
  return native !== null && nativeWorks ? native : createDocumented();
}
