import { type BigIntStats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** More than any index git can make use of in memory. */
const longest = 1n << 30n;
/** Repositories whose last answer is kept. */
const mostKept = 50;
const kept = new Map<string, { state: string; links: string[] | null }>();

/** The mode of a submodule as an index holds it, gitformat-index(5). */
const gitlink = Buffer.from([0x00, 0x00, 0xe0, 0x00]);

/**
 * Paths of the submodules the indexes in a git directory name, one character a
 * byte; null: they cannot be known. The indexes are read once for each change.
 */
export async function gitlinksOf(gitDirectory: string): Promise<string[] | null> {
  const names = await readdir(gitDirectory).catch(() => []);
  const links: string[] = [];
  // Of a split index the other half is named by its checksum.
  for (const name of names.filter((one) => one === 'index' || one.startsWith('sharedindex.'))) {
    const found = await linksIn(path.join(gitDirectory, name));
    if (found === null) return null;
    links.push(...found);
  }
  return links;
}

async function linksIn(file: string): Promise<string[] | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  if (found === null) return [];
  if (!found.isFile() || found.size > longest) return null;
  const state = stateOf(found);
  const known = kept.get(file);
  if (known?.state === state) return known.links;
  const data = await readFile(file).catch(() => null);
  const links = data && namesOf(data);
  kept.delete(file);
  kept.set(file, { state, links });
  for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
  return links;
}

function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

function namesOf(data: Buffer): string[] | null {
  if (!data.includes(gitlink)) return [];
  // Whether ids have 20 or 32 bytes stands elsewhere; read the wrong way, its entries end nowhere.
  const both = [20, 32].map((idBytes) => namesWith(data, idBytes));
  return both.every((names) => names === null) ? null : both.flatMap((names) => names ?? []);
}

/** Never stricter than git itself. Null: git could not read it either, or a name is in the other half of the index. */
function namesWith(data: Buffer, idBytes: number): string[] | null {
  if (data.length < 12) return null;
  const version = data.readUInt32BE(4);
  const count = data.readUInt32BE(8);
  const names: string[] = [];
  let before = '';
  let at = 12;
  for (let entry = 0; entry < count; entry += 1) {
    const flags = at + 40 + idBytes;
    if (flags + 4 > data.length) return null;
    const isExtended = version > 2 && (data.readUInt16BE(flags) & 0x4000) !== 0;
    let start = flags + (isExtended ? 4 : 2);
    let shared = '';
    if (version === 4) {
      const cut = varint(data, start);
      if (cut === null || cut.value > before.length) return null;
      start = cut.at;
      shared = before.slice(0, before.length - cut.value);
    }
    const end = data.indexOf(0, start);
    if (end < 0) return null;
    const isLink = data.readUInt32BE(at + 24) >>> 12 === 0o16;
    if (version === 4 || isLink) before = shared + data.toString('latin1', start, end);
    if (isLink && before === '') return null;
    if (isLink) names.push(before);
    at = version === 4 ? end + 1 : at + ((end - at + 8) & ~7);
  }
  return names;
}

/** decode_varint() in varint.c. */
function varint(data: Buffer, from: number): { value: number; at: number } | null {
  let at = from;
  let byte = data[at++] ?? 0;
  let value = byte & 127;
  while (byte & 128) {
    if (value > 0xff_ffff || at >= data.length) return null;
    byte = data[at++] ?? 0;
    value = (value + 1) * 128 + (byte & 127);
  }
  return { value, at };
}
