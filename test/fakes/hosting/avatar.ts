import { Buffer } from 'node:buffer';
import { crc32, deflateSync } from 'node:zlib';
import type { Reply } from './server';

const size = 40;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** A picture of five by five squares that differs from person to person, as providers make them. */
export function avatar(id: number): Reply {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const colour = [60 + ((id * 47) % 140), 60 + ((id * 91) % 120), 90 + ((id * 29) % 140)];
  const rows = Buffer.alloc(size * (size * 3 + 1));
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const column = Math.min(Math.floor(x / 8), 4 - Math.floor(x / 8));
      const on = ((id * 2654435761) >>> (column * 5 + Math.floor(y / 8))) & 1;
      rows.set(on ? colour : [240, 240, 240], y * (size * 3 + 1) + 1 + x * 3);
    }
  const body = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { status: 200, body, type: 'image/png' };
}
