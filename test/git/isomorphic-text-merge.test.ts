import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergeText } from '../../electron/git/isomorphic/text-merge';
import { git, makeRepository, temporaryDirectory } from '../fakes/repositories';

/** The same numbers every time. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const cases = 600;

/** A text of few different lines, so that runs can stand in several places, and two changed copies of it. */
function generated(
  random: (below: number) => number,
  number: number,
): [base: string, ours: string, theirs: string] {
  const kinds = 3 + random(number % 5 === 0 ? 3 : 40);
  const end = number % 7 === 0 ? '\r\n' : '\n';
  const line = () => (random(9) === 0 ? '' : `line ${random(kinds)}`);
  const base = Array.from({ length: 1 + random(number % 11 === 0 ? 200 : 30) }, line);
  const changed = () => {
    const copy = [...base];
    for (let edits = 1 + random(4); edits > 0; edits -= 1) {
      const at = random(copy.length + 1);
      const kind = random(4);
      if (kind === 0) copy.splice(at, random(4));
      else if (kind === 1) copy.splice(at, 0, ...Array.from({ length: 1 + random(3) }, line));
      else if (kind === 2) copy.splice(at, random(3), ...Array.from({ length: 1 + random(3) }, line));
      else copy.splice(at, 0, ...copy.slice(at, at + 3));
    }
    return copy;
  };
  const text = (lines: string[]) => lines.join(end) + (random(6) === 0 ? '' : end);
  // The base has its own end of line sometimes, so that markers have to choose.
  return [text(base), text(changed()), text(changed())];
}

describe('a merge of texts', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  const texts = new Map<string, [string, string, string]>();
  beforeAll(async () => {
    temporary = await temporaryDirectory();
    const random = randomNumbers(20_260_105);
    for (let number = 0; number < cases; number += 1)
      texts.set(`case-${number}.txt`, generated(random, number));
    const side = (at: 0 | 1 | 2) => Object.fromEntries([...texts].map(([name, three]) => [name, three[at]]));
    await makeRepository(temporary.path, {
      commits: [
        { message: 'Base', files: side(0) },
        { message: 'Theirs', files: side(2), branch: 'theirs', from: 'main' },
        { message: 'Ours', files: side(1) },
      ],
    });
    await git(temporary.path, '-c', 'merge.renames=false', 'merge', 'theirs').catch(() => undefined);
  });
  afterAll(() => temporary.remove());

  it(`is byte for byte git's in ${cases} cases, clean ones and conflicts`, async () => {
    const unmerged = new Set(
      (await git(temporary.path, 'diff', '--name-only', '--diff-filter=U')).split('\n'),
    );
    const different: string[] = [];
    let conflicts = 0;
    for (const [name, three] of texts) {
      const [base, ours, theirs] = three.map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];
      const merged =
        base.equals(ours) || ours.equals(theirs)
          ? { data: theirs, conflicts: 0 }
          : base.equals(theirs)
            ? { data: ours, conflicts: 0 }
            : mergeText(base, ours, theirs, { ours: 'HEAD', theirs: 'theirs' });
      const expected = await readFile(path.join(temporary.path, name));
      if (!merged.data.equals(expected) || merged.conflicts > 0 !== unmerged.has(name)) different.push(name);
      if (merged.conflicts > 0) conflicts += 1;
    }
    expect(different).toEqual([]);
    expect(conflicts).toBeGreaterThan(cases / 10);
    expect(conflicts).toBeLessThan((cases * 9) / 10);
  });
});
