import { chmod, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textContent } from '../../electron/git/isomorphic/diff/file-hunks';
import { lineChanges } from '../../electron/git/isomorphic/diff/line-diff';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import type { FileDiff, Sides } from '../../electron/git/operations/comparison';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import { git, makeRepository, temporaryDirectory } from '../fakes/repositories';
import { withoutOwnConfiguration } from './twins';

/** The same every time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Lines two texts have in common at most, by the plain table. */
function common(a: Int32Array, b: Int32Array): number {
  let before = new Int32Array(b.length + 1);
  for (const left of a) {
    const row = new Int32Array(b.length + 1);
    for (let at = 1; at <= b.length; at += 1)
      row[at] = left === b[at - 1] ? (before[at - 1] ?? 0) + 1 : Math.max(before[at] ?? 0, row[at - 1] ?? 0);
    before = row;
  }
  return before[b.length] ?? 0;
}

const occurs = (ids: Int32Array, id: number) => ids.filter((one) => one === id).length;
const linesOf = (ids: Int32Array) => ({ ids, text: [...ids].map((id) => `${id}\n`) });

describe('comparing lines', () => {
  it('makes one text the other with the fewest lines there are', () => {
    const next = random(0xd1ff);
    for (let round = 0; round < 1500; round += 1) {
      const kinds = 1 + next(20);
      const a = Int32Array.from({ length: next(30) }, () => next(kinds));
      const b =
        next(2) === 0
          ? Int32Array.from({ length: next(30) }, () => next(kinds))
          : a.filter(() => next(5) > 0);
      const changes = lineChanges(linesOf(a), linesOf(b));
      const made: number[] = [];
      let at = 0;
      let lines = 0;
      for (const { from, fromCount, to, toCount } of changes) {
        made.push(...a.subarray(at, from));
        expect(made.length).toBe(to);
        made.push(...b.subarray(to, to + toCount));
        at = from + fromCount;
        lines += fromCount + toCount;
      }
      made.push(...a.subarray(at));
      expect(made).toEqual([...b]);
      const fewest = a.length + b.length - 2 * common(a, b);
      // A line that is often there is not searched for where it tells little.
      const often = Math.min(a.length, b.length) < 4 ? 2 : 4;
      const isOften = [...Array(kinds).keys()].some((id) => [a, b].some((ids) => occurs(ids, id) >= often));
      if (isOften) expect(lines).toBeGreaterThanOrEqual(fewest);
      else expect(lines).toBe(fewest);
    }
  });

  it('comes to an end with large texts that have nothing, or only few kinds of lines, in common', () => {
    const next = random(0x50000);
    const large = (line: () => string) => Buffer.from(Array.from({ length: 50_000 }, line).join(''));
    for (const kinds of [500, 1e9]) {
      const [from, to] = [1, 2].map((side) => large(() => `${next(kinds)} ${kinds > 500 ? side : ''}\n`));
      if (!from || !to) throw new Error('there are two');
      const content = textContent(from, to, { context: 0, maximumBytes: 10_000_000 });
      if (content.kind !== 'text') throw new Error(content.kind);
      const without = (kind: string) => (line: { kind: string }) => line.kind !== kind;
      const lines = content.hunks.flatMap((hunk) => hunk.lines);
      const [gone, added] = (['added', 'removed'] as const).map((kind) => lines.filter(without(kind)).length);
      expect(added).toBe(gone);
      if (kinds > 500)
        expect(textContent(from, to, { context: 0, maximumBytes: 1000 }).kind).toBe('too-large');
    }
  });
});

describe('the differences of the embedded engine', () => {
  let place: Awaited<ReturnType<typeof temporaryDirectory>>;
  let worker: Awaited<ReturnType<typeof buildGitWorker>>;
  let restore: () => void;
  beforeAll(async () => {
    place = await temporaryDirectory();
    restore = withoutOwnConfiguration(place.path);
    worker = await buildGitWorker();
  });
  afterAll(async () => {
    await worker.remove();
    restore();
    await place.remove();
  });

  it('name the files and count the lines git does, on every pair of sides', async () => {
    const engine = createIsomorphicEngine(worker.file, fixedNetwork());
    const text = (seed: number) =>
      Array.from({ length: 30 }, (_, at) => `line ${seed} ${at * seed}\n`).join('');
    const names = Array.from({ length: 10 }, (_, at) => `d${at % 3}/f${at}`);
    const directory = await makeRepository(path.join(place.path, 'repo'), {
      commits: [
        {
          message: 'Start',
          files: {
            ...Object.fromEntries(names.map((name, at) => [name, text(at + 1)])),
            crlf: 'a\n',
            '.gitattributes': 'crlf text\n*.dat -diff\n',
          },
        },
        { message: 'More', files: { 'd0/f0': `${text(1)}more\n`, 'new.dat': 'text\n', 'd1/f1': null } },
      ],
    });
    const at = (name: string) => path.join(directory, name);
    await rename(at('d2/f2'), at('d2/moved'));
    await writeFile(at('d0/f3'), text(4).replace('line 4 8\n', 'another\nand one more\n'));
    await git(directory, 'add', '--all');
    await writeFile(at('d0/f3'), text(4));
    await writeFile(at('d1/f4'), text(5).replaceAll('line 5 1', 'other 5 1'));
    await rm(at('d2/f5'));
    await rm(at('d0/f6'));
    await symlink('nowhere', at('d0/f6'));
    await chmod(at('d1/f7'), 0o755);
    await writeFile(at('new.dat'), 'other\n');
    await writeFile(at('crlf'), 'a\r\nb\r\n');
    const sides: [Sides, string[]][] = [
      [{ kind: 'working-tree' }, []],
      [{ kind: 'index' }, ['--cached']],
      [{ kind: 'head' }, ['HEAD']],
      [{ kind: 'commits', from: 'main~1', to: 'main' }, ['main~1', 'main']],
      [{ kind: 'commit', oid: 'main' }, ['main~1', 'main']],
    ];
    for (const [side, args] of sides) {
      const found: FileDiff[] = [];
      await engine.diff(
        {
          directory,
          sides: side,
          paths: null,
          renames: true,
          context: 2,
          maximumBytes: 100_000,
          file: (file) => found.push(file),
        },
        { signal: new AbortController().signal },
      );
      const count = (file: FileDiff, kind: 'added' | 'removed') =>
        file.content.kind === 'text'
          ? file.content.hunks.flatMap(({ lines }) => lines).filter((line) => line.kind === kind).length
          : '-';
      const rows = found.map(
        (file) => `${count(file, 'added')}\t${count(file, 'removed')}\t${file.to ?? file.from}`,
      );
      const told = (await git(directory, 'diff', '--minimal', '--find-renames', '--numstat', '-z', ...args))
        .replaceAll(/\t\0[^\0]*\0/g, '\t')
        .split('\0')
        .filter((row) => row !== '');
      expect(rows, side.kind).toEqual(told);
      expect(found.length).toBeGreaterThan(1);
    }
  });

  it('show in code the very lines git shows', async () => {
    const engine = createIsomorphicEngine(worker.file, fixedNetwork());
    const next = random(0xc0de);
    const block = (name: number) =>
      `function f${name}() {\n  if (a${name}) {\n    b(${name});\n  }\n}\n\n`.split(/(?<=\n)/);
    const before = Array.from({ length: 40 }, () => Array.from({ length: 8 }, (_, at) => block(at)).flat());
    const after = before.map((lines) =>
      lines.flatMap((line) => {
        const what = next(25);
        if (what === 0) return [];
        if (what === 1) return [...block(100 + next(9)), line];
        return what === 2 ? [line, '\n'] : [line];
      }),
    );
    const files = (texts: string[][]) =>
      Object.fromEntries(texts.map((lines, at) => [`f${at}`, lines.join('')]));
    const directory = await makeRepository(path.join(place.path, 'code'), {
      commits: [
        { message: 'Before', files: files(before) },
        { message: 'After', files: files(after) },
      ],
    });
    const signs = { context: ' ', added: '+', removed: '-' } as const;
    const ours: string[] = [];
    await engine.diff(
      {
        directory,
        sides: { kind: 'commit', oid: 'main' },
        paths: null,
        renames: true,
        context: 3,
        maximumBytes: 100_000,
        file: ({ to, content }) => {
          if (content.kind !== 'text') throw new Error(content.kind);
          ours.push(`+++ b/${to}`);
          for (const { lines } of content.hunks) {
            ours.push('@@');
            ours.push(...lines.map(({ kind, text }) => `${signs[kind]}${text}`));
          }
        },
      },
      { signal: new AbortController().signal },
    );
    const patch = await git(directory, 'diff', 'main~1', 'main');
    expect(ours).toEqual(
      patch
        .split('\n')
        .filter((line) => /^(?:[ +@]|-(?!-- a\/))/.test(line))
        .map((line) => line.replace(/^@@.*/, '@@')),
    );
  });
});
