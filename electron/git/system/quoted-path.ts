const letters: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };
const escapes = new Map(Object.entries(letters).map(([letter, byte]) => [byte, letter]));

/** A path as git writes it into a patch with core.quotePath (quote.c, quote_c_style). One character a byte. */
export function quotedPath(prefix: string, path: Uint8Array): string {
  let quoted = false;
  let text = '';
  for (const byte of path) {
    const letter = escapes.get(byte);
    if (letter !== undefined) text += `\\${letter}`;
    else if (byte < 0x20 || byte >= 0x7f) text += `\\${byte.toString(8).padStart(3, '0')}`;
    else {
      text += String.fromCharCode(byte);
      continue;
    }
    quoted = true;
  }
  return quoted ? `"${prefix}${text}"` : `${prefix}${text}`;
}

/** Bytes of a path git quoted, or did not have to. */
export function unquotedPath(line: Buffer): Buffer {
  if (line[0] !== 0x22) return line;
  const bytes: number[] = [];
  for (let at = 1; at < line.length - 1; at += 1) {
    const byte = line[at] ?? 0;
    if (byte !== 0x5c) {
      bytes.push(byte);
      continue;
    }
    const next = String.fromCharCode(line[(at += 1)] ?? 0);
    const known = letters[next];
    if (known !== undefined) bytes.push(known);
    else {
      bytes.push(Number.parseInt(line.toString('latin1', at, at + 3), 8) & 0xff);
      at += 2;
    }
  }
  return Buffer.from(bytes);
}
