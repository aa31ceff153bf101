/**
 * git's deltas: gitformat-pack(5), "Deltified representation". Every function
 * throws a plain Error on what is none; the caller knows whose fault it is.
 */

/** A size of seven bits a byte, lowest first. */
export interface Varint {
  value: number;
  next: number;
}

export function readVarint(bytes: Uint8Array, at: number, end: number): Varint {
  let value = 0;
  for (let factor = 1; ; factor *= 128, at += 1) {
    const byte = bytes[at];
    if (byte === undefined || at >= end || factor > 2 ** 42) throw new Error('a size cannot be read');
    value += (byte & 0x7f) * factor;
    if ((byte & 0x80) === 0) return { value, next: at + 1 };
  }
}

/** What the delta in `bytes[0, end)` is made from and what it makes. */
export function deltaSizes(bytes: Uint8Array, end: number): { base: number; result: number; next: number } {
  const base = readVarint(bytes, 0, end);
  const result = readVarint(bytes, base.next, end);
  return { base: base.value, result: result.value, next: result.next };
}

interface Region {
  buffer: Buffer;
  start: number;
  size: number;
}

/** Shorter copies are faster byte by byte than as a call into native code. */
const short = 48;

/** Fills `out` with what `delta[0, end)` makes of `base`; `out.size` is what `deltaSizes` told. */
export function applyDelta(delta: Buffer, end: number, base: Region, out: Region): void {
  const sizes = deltaSizes(delta, end);
  if (sizes.base !== base.size) throw new Error('a delta is for another object');
  if (sizes.result !== out.size) throw new Error('a delta makes another size');
  const from = base.buffer;
  const to = out.buffer;
  const last = out.start + out.size;
  let at = out.start;
  let p = sizes.next;
  // Beyond its end a buffer reads as undefined, which the operators take for zero; `p` tells at the end.
  const byte = () => delta[p++] as number;
  while (p < end) {
    const code = byte();
    if (code === 0) throw new Error('a delta holds an unknown instruction');
    if ((code & 0x80) === 0) {
      if (p + code > end || at + code > last) throw new Error('a delta goes beyond its end');
      if (code < short) for (let i = 0; i < code; i += 1) to[at + i] = delta[p + i] as number;
      else delta.copy(to, at, p, p + code);
      p += code;
      at += code;
      continue;
    }
    let offset = 0;
    let size = 0;
    if (code & 0x01) offset = byte();
    if (code & 0x02) offset |= byte() << 8;
    if (code & 0x04) offset |= byte() << 16;
    if (code & 0x08) offset += byte() * 2 ** 24;
    if (code & 0x10) size = byte();
    if (code & 0x20) size |= byte() << 8;
    if (code & 0x40) size |= byte() << 16;
    if (size === 0) size = 0x10000;
    if (p > end || offset + size > base.size || at + size > last)
      throw new Error('a delta goes beyond its end');
    const start = base.start + offset;
    if (size < short) for (let i = 0; i < size; i += 1) to[at + i] = from[start + i] as number;
    else from.copy(to, at, start, start + size);
    at += size;
  }
  if (p !== end || at !== last) throw new Error('a delta ends too early');
}
