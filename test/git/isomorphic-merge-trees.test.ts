import { lstatSync, mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MergedTrees, mergeTrees } from '../../electron/git/isomorphic/merge-trees';
import { framed } from '../../electron/git/isomorphic/objects/hash';
import type { GitObject, ObjectStore } from '../../electron/git/isomorphic/objects/store';
import type { Leaf } from '../../electron/git/isomorphic/tree-walk';
import { treeOfLeaves } from '../../electron/git/isomorphic/write-tree';
import { AppFailure } from '../../shared/errors';
import { git, temporaryDirectory } from '../fakes/repositories';
import { oracle } from './twins';

/** The same numbers every time. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const cases = 400;
type Files = Map<string, { mode: number; content: string }>;

/** A few files in a few folders. */
function baseOf(random: (below: number) => number, number: number): Files {
  const files: Files = new Map();
  for (let at = 0, count = 2 + random(4); at < count; at += 1) {
    const folder = ['', '', 'a/', 'b/', 'a/deep/'][random(5)] ?? '';
    const lines = Array.from(
      { length: 6 + random(10) },
      (_, line) => `${number}.${at} line ${line} ${random(1000)}\n`,
    );
    files.set(`${folder}file-${at}`, {
      mode: random(6) === 0 ? 0o100755 : 0o100644,
      content: lines.join(''),
    });
  }
  return files;
}

/** What one side makes of them. */
function sideOf(random: (below: number) => number, base: Files, number: number): Files {
  const files = new Map([...base].map(([name, file]) => [name, { ...file }]));
  // A link holds no text to edit.
  const pick = () => [...files.keys()].filter((name) => name !== 'link')[random(files.size)];
  const edit = (content: string) => {
    const lines = content.split('\n');
    lines[random(lines.length)] = `edited ${number} ${random(3)}`;
    return lines.join('\n');
  };
  for (let edits = 1 + random(3); edits > 0; edits -= 1) {
    const name = pick();
    const file = name === undefined ? undefined : files.get(name);
    const kind = random(16);
    if (kind < 6 && file) file.content = edit(file.content);
    else if (kind < 8 && name !== undefined) files.delete(name);
    else if (kind === 8 && file) file.mode = file.mode === 0o100755 ? 0o100644 : 0o100755;
    else if (kind < 11)
      files.set(`new-${random(2)}`, { mode: 0o100644, content: `new ${number} ${random(2)}\nin all\n` });
    else if (kind === 11 && file) file.content = `${file.content}\0${random(3)}`;
    else if (kind === 12) files.set('link', { mode: 0o120000, content: `to-${random(3)}` });
    else if (kind < 15 && name !== undefined && file) {
      files.delete(name);
      const content = random(2) === 0 ? file.content : edit(file.content);
      files.set(`${random(3) === 0 ? 'moved/' : ''}renamed-${random(2)}`, { ...file, content });
    } else if (name !== undefined && file) {
      files.delete(name);
      files.set(`${name}/now-a-folder`, { mode: 0o100644, content: `inside ${number}\n` });
    }
    // No tree has a file and a folder of one name.
    for (const file of files.keys())
      for (const other of files.keys()) if (other.startsWith(`${file}/`)) files.delete(other);
  }
  return files;
}

function objectsInMemory(): ObjectStore {
  const objects = new Map<string, GitObject>();
  const keyOf = (oid: string | Uint8Array) =>
    typeof oid === 'string' ? oid : Buffer.from(oid).toString('hex');
  const find = (oid: string | Uint8Array) => objects.get(keyOf(oid)) ?? null;
  return {
    find,
    read(oid) {
      const object = find(oid);
      if (!object) throw new Error(`There is no ${keyOf(oid)}.`);
      return object;
    },
    header(oid) {
      const object = find(oid);
      return object && { type: object.type, size: object.data.length };
    },
    order: () => 0,
    has: (oid) => find(oid) !== null,
    abbreviated: () => [],
    write(type, data) {
      const oid = framed(type, data).oid.toString('hex');
      objects.set(oid, { type, data: Buffer.from(data) });
      return oid;
    },
    refresh: () => undefined,
    close: () => undefined,
  };
}

describe('a merge of trees', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  const store = objectsInMemory();
  let directory: string;
  const made = new Map<string, { base: Files; ours: Files; theirs: Files }>();
  const staged = new Map<string, string[]>();
  const leavesOf = (folder: string, files: Files) =>
    [...files].map(([name, { mode, content }]): [string, Leaf] => [
      `${folder}/${name}`,
      { mode, oid: store.write('blob', Buffer.from(content)) },
    ]);
  const treeOf = (side: 'base' | 'ours' | 'theirs', folder?: string) =>
    treeOfLeaves(
      store,
      [...made].flatMap(([name, three]) =>
        folder === undefined || name === folder ? leavesOf(name, three[side]) : [],
      ),
    );

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    directory = path.join(temporary.path, 'repository');
    mkdirSync(directory);
    await git(directory, 'init', '--quiet', '-b', 'main', '--template=');
    const random = randomNumbers(19_700_101);
    for (let number = 0; number < cases; number += 1) {
      const base = baseOf(random, number);
      made.set(`case-${number}`, {
        base,
        ours: sideOf(random, base, number),
        theirs: sideOf(random, base, number),
      });
    }
    await oracle(directory, ['fast-import', '--quiet'], {
      input: Buffer.concat(['base', 'theirs', 'ours'].map(stream)),
    });
    await git(directory, 'reset', '--quiet', '--hard', 'main');
    await oracle(directory, ['-c', 'merge.renameLimit=100000', 'merge', 'theirs']);
    for (const line of (await git(directory, 'ls-files', '--stage', '-z')).split('\0')) {
      const folder = /\t(case-\d+)\//.exec(line)?.[1];
      if (folder !== undefined) staged.set(folder, [...(staged.get(folder) ?? []), line]);
    }
  });
  afterAll(() => temporary.remove());

  /** One commit with every case, for git. */
  function stream(side: string): Buffer {
    const files = [...made].flatMap(([folder, three]) =>
      [...three[side as 'base' | 'ours' | 'theirs']].map(([name, { mode, content }]) => {
        const bytes = Buffer.from(content);
        return `M ${mode.toString(8)} inline ${folder}/${name}\ndata ${bytes.length}\n${content}\n`;
      }),
    );
    const from = side === 'base' ? '' : 'from refs/heads/base\n';
    const branch = side === 'ours' ? 'main' : side;
    const head = `commit refs/heads/${branch}\ncommitter Ada <ada@example.test> 1767600000 +0000\ndata 4\nside\n${from}`;
    return Buffer.from(`${head}deleteall\n${files.join('')}\n`);
  }

  /** The index our merge leaves, as `git ls-files --stage` shows it. */
  function indexOf(folder: string, ours: Files, merged: MergedTrees): string[] {
    const rows: [string, number, Leaf][] = leavesOf(folder, ours).flatMap(([name, leaf]) =>
      merged.paths.has(name) ? [] : [[name, 0, leaf] as [string, number, Leaf]],
    );
    for (const [name, { result, stages }] of merged.paths) {
      if (!stages && result) rows.push([name, 0, result]);
      for (const [stage, leaf] of [stages?.base, stages?.ours, stages?.theirs].entries())
        if (leaf) rows.push([name, stage + 1, leaf]);
    }
    return rows
      .sort((a, b) => Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])) || a[1] - b[1])
      .map(([name, stage, { mode, oid }]) => `${mode.toString(8)} ${oid} ${stage}\t${name}`);
  }

  it(`leaves index and files as git's in ${cases} cases, or refuses`, () => {
    const different: string[] = [];
    const refused: string[] = [];
    let conflicts = 0;
    for (const [folder, three] of made) {
      const trees = {
        base: treeOf('base', folder),
        ours: treeOf('ours', folder),
        theirs: treeOf('theirs', folder),
      };
      let merged: MergedTrees;
      try {
        merged = mergeTrees(store, trees, { ours: 'HEAD', theirs: 'theirs' });
      } catch (error) {
        if (!(error instanceof AppFailure) || error.error.kind !== 'unsupported') throw error;
        refused.push(folder);
        continue;
      }
      if (merged.conflicts.length > 0) conflicts += 1;
      if (indexOf(folder, three.ours, merged).join('\n') !== (staged.get(folder) ?? []).join('\n')) {
        different.push(`${folder}: index`);
        continue;
      }
      for (const [name, { result }] of merged.paths) {
        const place = path.join(directory, name);
        const there = lstatSync(place, { throwIfNoEntry: false });
        const found =
          !there || there.isDirectory()
            ? null
            : there.isSymbolicLink()
              ? readlinkSync(place)
              : readFileSync(place, 'latin1');
        const expected = result ? store.read(result.oid).data.toString('latin1') : null;
        if (found !== expected) different.push(`${name}: content`);
      }
    }
    expect(different).toEqual([]);
    expect(conflicts).toBeGreaterThan(cases / 10);
    expect(refused.length).toBeLessThan(cases / 4);
  });
});
