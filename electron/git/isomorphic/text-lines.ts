/**
 * Two or more texts as lines with numbers in the place of their contents:
 * equal lines, their ends included, have equal numbers.
 */
export interface Lines {
  /** Each line with its end, one character a byte. */
  text: string[];
  ids: Int32Array;
}

export function createLineNumbers(): (data: Uint8Array) => Lines {
  const numbers = new Map<string, number>();
  return (data) => {
    const all = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
    const text = all.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    const ids = Int32Array.from(text, (line) => {
      const known = numbers.get(line);
      if (known !== undefined) return known;
      numbers.set(line, numbers.size);
      return numbers.size - 1;
    });
    return { text, ids };
  };
}

/** As git tells binary from text: a zero byte in the first 8000, xdiff-interface.c. */
export function isBinary(data: Uint8Array): boolean {
  return Buffer.from(data.buffer, data.byteOffset, Math.min(data.byteLength, 8000)).includes(0);
}

/** How many lines there are, without holding any of them. */
export function countLines(data: Buffer): number {
  let count = 0;
  for (let at = data.indexOf(0x0a); at !== -1; at = data.indexOf(0x0a, at + 1)) count += 1;
  return data.length > 0 && data[data.length - 1] !== 0x0a ? count + 1 : count;
}
