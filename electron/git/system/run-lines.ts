import { pathFromBytes } from '../path-bytes';

const kept = 65_536;
const keptFirst = 16_384;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Splits standard error at line ends and carriage returns; keeps what was not progress. */
export function collectLines(onLine: ((line: string) => void) | undefined) {
  let rest: Uint8Array[] = [];
  let restLength = 0;
  /** What git lists (files in the way) stands below its first line, which must not get lost. */
  let first = '';
  let lines = '';
  /** Ended by a carriage return: overwritten by what follows, or, as ssh ends its lines, by nothing. */
  let overwritten: string | null = null;

  const keep = (line: string) => {
    if (lines === '' && first.length < keptFirst) first += `${line}\n`;
    else lines = `${lines}${line}\n`.slice(-kept);
  };
  const hold = (piece: Uint8Array) => {
    rest.push(piece);
    restLength += piece.length;
    if (restLength <= kept) return;
    // A line that never ends must not fill the memory.
    rest = [Buffer.concat(rest).subarray(-kept)];
    restLength = rest[0]?.length ?? 0;
  };
  const take = () => {
    const line = pathFromBytes(rest.length === 1 ? (rest[0] ?? new Uint8Array()) : Buffer.concat(rest));
    rest = [];
    restLength = 0;
    return line;
  };
  return {
    add(chunk: Uint8Array) {
      let from = 0;
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at];
        if (byte !== lineFeed && byte !== carriageReturn) continue;
        hold(chunk.subarray(from, at));
        from = at + 1;
        const line = take();
        const isWhole = line === '' && overwritten !== null;
        if (!isWhole) onLine?.(line);
        if (byte === carriageReturn) {
          overwritten = isWhole ? overwritten : line;
          continue;
        }
        keep(isWhole ? (overwritten ?? '') : line);
        overwritten = null;
      }
      if (from < chunk.length) hold(chunk.subarray(from));
    },
    text: () => `${first}${lines}${pathFromBytes(Buffer.concat(rest))}`,
  };
}
