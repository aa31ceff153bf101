import { inflateSync } from 'node:zlib';
import { fail } from '../../../shared/errors';

/** isomorphic-git holds an object several times over, in the memory of the whole application. GitHub takes no file above 100 MiB. */
const largestObject = 128 * 1024 ** 2;

const offsetDelta = 6;
const namedDelta = 7;

function tooLarge(): never {
  return fail({
    kind: 'unsupported',
    what: 'a file of more than 128 MiB',
    reason: 'The built-in engine cannot hold it; install git to clone this repository.',
  });
}

/** Seven bits a byte, lowest first, as long as the highest bit is set. Beyond any limit at eight bytes. */
function readSize(bytes: Buffer, at: number, first = 0, shift = 0): { size: number; next: number } {
  let size = first;
  for (let bits = shift; ; bits += 7, at += 1) {
    const byte = bytes[at];
    if (byte === undefined || bits > 49) throw new Error('The pack cannot be read.');
    size += (byte & 0x7f) * 2 ** bits;
    if ((byte & 0x80) === 0) return { size, next: at + 1 };
  }
}

/**
 * Refuses a pack with an object too large to be held: a megabyte can unfold
 * to gigabytes, by compression or as a change to another object. Every object
 * is unpacked once, never beyond the limit. Format: gitformat-pack(5).
 */
export function checkObjectSizes(pack: Buffer): void {
  const count = pack.readUInt32BE(8);
  let at = 12;
  for (let index = 0; index < count; index += 1) {
    const head = pack[at] ?? 0;
    at += 1;
    const type = (head >> 4) & 7;
    let size = head & 0x0f;
    if ((head & 0x80) !== 0) ({ size, next: at } = readSize(pack, at, size, 4));
    if (size > largestObject) tooLarge();
    if (type === offsetDelta) {
      while (((pack[at] ?? 0) & 0x80) !== 0) at += 1;
      at += 1;
    } else if (type === namedDelta) at += 20;
    const { object, read } = unpacked(pack.subarray(at));
    if (type === offsetDelta || type === namedDelta) {
      // A change begins with the sizes of what it is made from and of what it makes.
      const made = readSize(object, readSize(object, 0).next).size;
      if (made > largestObject) tooLarge();
    }
    at += read;
  }
}

function unpacked(bytes: Buffer): { object: Buffer; read: number } {
  try {
    // `info` changes what is returned, which the types do not say.
    const { buffer, engine } = inflateSync(bytes, {
      info: true,
      maxOutputLength: largestObject,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return { object: buffer, read: engine.bytesWritten };
  } catch (error) {
    if (error instanceof RangeError) tooLarge();
    throw error;
  }
}
