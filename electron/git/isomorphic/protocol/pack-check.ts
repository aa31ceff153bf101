import { createHash } from 'node:crypto';

const length = 20;

/**
 * Follows a pack while it passes: SHA-1 over all but its last 20 bytes, which
 * are that SHA-1. `checksum` null: they are not. gitformat-pack(5).
 */
export function createPackCheck(): { push(bytes: Buffer): void; bytes(): number; checksum(): string | null } {
  const hash = createHash('sha1');
  let tail: Buffer = Buffer.alloc(0);
  let total = 0;
  return {
    push(bytes) {
      total += bytes.length;
      if (bytes.length >= length) {
        hash.update(tail);
        hash.update(bytes.subarray(0, bytes.length - length));
        tail = Buffer.from(bytes.subarray(bytes.length - length));
        return;
      }
      const all = Buffer.concat([tail, bytes]);
      const end = Math.max(0, all.length - length);
      hash.update(all.subarray(0, end));
      tail = all.subarray(end);
    },
    bytes: () => total,
    checksum: () => (tail.length === length && hash.digest().equals(tail) ? tail.toString('hex') : null),
  };
}
