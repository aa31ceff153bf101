import { assert, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathFromBytes, pathToBytes } from '../../electron/git/path-bytes';
import { shownPath } from '../../shared/git-path';

describe('a path of a repository', () => {
  it('comes back byte for byte, through JSON as well, whatever its bytes are', () => {
    assert(
      property(uint8Array({ maxLength: 300 }), (bytes) => {
        const path = JSON.parse(JSON.stringify(pathFromBytes(bytes))) as string;
        expect(Buffer.from(pathToBytes(path)).equals(Buffer.from(bytes))).toBe(true);
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  it('is plain text where its bytes are UTF-8, a mark at its start included', () => {
    expect(pathFromBytes(Buffer.from('src/näme 😀.txt'))).toBe('src/näme 😀.txt');
    expect(pathToBytes('\ufeffx')).toEqual(new Uint8Array([0xef, 0xbb, 0xbf, 0x78]));
    expect(pathFromBytes(Buffer.from([0xef, 0xbb, 0xbf, 0x78]))).toBe('\ufeffx');
  });

  it('is shown with its other bytes in hexadecimal', () => {
    expect(shownPath(pathFromBytes(Buffer.from([0x61, 0xff, 0xe4, 0x2e, 0x74])))).toBe(
      String.raw`a\xff\xe4.t`,
    );
    expect(shownPath(pathFromBytes(Buffer.from('😀/ä')))).toBe('😀/ä');
    expect(shownPath(pathFromBytes(Buffer.from([0xed, 0xa0, 0x80])))).toBe(String.raw`\xed\xa0\x80`);
  });
});
