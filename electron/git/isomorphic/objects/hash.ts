import { hash } from 'node:crypto';
import type { ObjectType } from './store';

/** Room kept in front of an object's content, so that its head can be written there and both be hashed in one piece. */
export const headroom = 32;

/**
 * The id, one character a byte, of an object that lies in `buffer` behind
 * `headroom` bytes, which are overwritten. As text it takes half the time a
 * buffer of its own takes. OpenSSL's SHA-1: faster than git's, and unlike git's
 * it does not notice a collision attack (SHAttered). So an id that is known
 * already is compared byte by byte where objects come from a server.
 */
export function hashInPlace(buffer: Buffer, start: number, size: number, type: ObjectType): string {
  const head = `${type} ${size}\0`;
  const from = start - head.length;
  buffer.write(head, from, 'latin1');
  return hash('sha1', buffer.subarray(from, start + size), 'binary');
}

/** Puts an id of `hashInPlace` among others. */
export function putId(ids: Uint8Array, at: number, id: string): void {
  for (let i = 0; i < 20; i += 1) ids[at + i] = id.charCodeAt(i);
}

/** The whole object as git hashes and stores it, and its id. */
export function framed(type: ObjectType, data: Uint8Array): { bytes: Buffer; oid: Buffer } {
  const bytes = Buffer.concat([Buffer.from(`${type} ${data.length}\0`, 'latin1'), data]);
  return { bytes, oid: hash('sha1', bytes, 'buffer') };
}
