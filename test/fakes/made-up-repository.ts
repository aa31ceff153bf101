import { createHash } from 'node:crypto';
import { deflateSync, gunzipSync } from 'node:zlib';
import type { GitHttpServer } from './git-http-server';

/** Objects as a hostile server would make them: nothing is checked. */
export interface MadeUpObjects {
  add(type: 'commit' | 'tree' | 'blob', content: string | Buffer): string;
  /** In the order they are given. */
  tree(entries: readonly { mode: string; name: string | Buffer; oid: string }[]): string;
  commit(tree: string): string;
  pack(): Buffer;
}

const types = { commit: 1, tree: 2, blob: 3 };

/** gitformat-pack(5): type and size in groups of bits, lowest first. */
function head(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)];
  for (let rest = size >>> 4; rest > 0; rest >>>= 7) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

export function madeUpObjects(): MadeUpObjects {
  const objects = new Map<string, { type: keyof typeof types; data: Buffer }>();
  const made: MadeUpObjects = {
    add(type, content) {
      const data = Buffer.from(content as string);
      const oid = createHash('sha1').update(`${type} ${data.length}\0`).update(data).digest('hex');
      objects.set(oid, { type, data });
      return oid;
    },
    tree(entries) {
      return made.add(
        'tree',
        Buffer.concat(
          entries.flatMap(({ mode, name, oid }) => [
            Buffer.from(`${mode} `),
            Buffer.from(name as string),
            Buffer.from([0]),
            Buffer.from(oid, 'hex'),
          ]),
        ),
      );
    },
    commit(tree) {
      const who = 'Eve <eve@example.test> 1767600000 +0000';
      return made.add('commit', `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nMade up\n`);
    },
    pack() {
      const count = Buffer.alloc(4);
      count.writeUInt32BE(objects.size);
      const content = Buffer.concat([
        Buffer.from('PACK\0\0\0\x02', 'latin1'),
        count,
        ...[...objects.values()].flatMap(({ type, data }) => [
          head(types[type], data.length),
          deflateSync(data),
        ]),
      ]);
      return Buffer.concat([content, createHash('sha1').update(content).digest()]);
    },
  };
  return made;
}

export function pkt(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

/** In pieces of what one packet may hold. */
function banded(data: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; at < data.length; at += 65_000)
    packets.push(pkt(Buffer.concat([Buffer.from([1]), data.subarray(at, at + 65_000)])));
  return packets;
}

/**
 * Answers every request of git's protocol, version 2, with made-up refs and
 * objects, whatever is asked for. `refs`: lines of `ls-refs` without their end,
 * gitprotocol-v2(5).
 */
export function answerWith(server: GitHttpServer, refs: readonly (string | Buffer)[], pack: Buffer): void {
  const flush = Buffer.from('0000');
  server.gate = (request, response) => {
    const kind = request.method === 'GET' ? 'advertisement' : 'result';
    const answer = (parts: Buffer[]) => {
      response.writeHead(200, { 'Content-Type': `application/x-git-upload-pack-${kind}` });
      response.end(Buffer.concat(parts));
    };
    if (request.method === 'GET') {
      const lines = ['version 2\n', 'ls-refs=unborn\n', 'fetch=shallow\n', 'object-format=sha1\n'];
      answer([pkt('# service=git-upload-pack\n'), flush, ...lines.map(pkt), flush]);
      return true;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      if (plain.includes('command=ls-refs'))
        answer([
          ...refs.map((ref) => pkt(Buffer.concat([Buffer.from(ref as string), Buffer.from('\n')]))),
          flush,
        ]);
      else if (plain.includes('0009done')) answer([pkt('packfile\n'), ...banded(pack), flush]);
      else answer([pkt('acknowledgments\n'), pkt('NAK\n'), flush]);
    });
    return true;
  };
}
