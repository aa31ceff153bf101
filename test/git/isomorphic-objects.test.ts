import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInflater } from '../../electron/git/isomorphic/objects/inflate';
import { type ObjectStore, openObjectStore } from '../../electron/git/isomorphic/objects/store';
import { createWindows } from '../../electron/git/isomorphic/objects/windows';
import { AppFailure } from '../../shared/errors';
import {
  type CommitSpec,
  git,
  gitEnvironment,
  makeBareRepository,
  temporaryDirectory,
} from '../fakes/repositories';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeAll(async () => {
  place = await temporaryDirectory();
});
afterAll(() => place.remove());

const lines = (change: number) =>
  Array.from({ length: 120 }, (_, line) => `line ${line}${line === change ? ' changed' : ''}\n`).join('');

/** Files that become deltas, one beyond a window that does not compress, one that compresses to nothing. */
const commits: CommitSpec[] = Array.from({ length: 12 }, (_, index) => ({
  message: `Change ${index}`,
  files: {
    'src/text.txt': lines(index),
    [`d${index % 3}/other.txt`]: `${index}\n`,
    ...(index === 3 ? { 'noise.bin': noise(300_000), 'zeros.bin': Buffer.alloc(400_000) } : {}),
    ...(index === 4 ? { empty: '' } : {}),
  },
}));

/** The same bytes every time. */
function noise(length: number): Buffer {
  const parts: Buffer[] = [];
  for (let n = 0; n * 20 < length; n += 1) parts.push(createHash('sha1').update(`${n}`).digest());
  return Buffer.concat(parts).subarray(0, length);
}

async function repository(name: string, spec = commits): Promise<string> {
  const directory = await makeBareRepository(path.join(place.path, name), { commits: spec });
  await execa('git', ['tag', '-a', '-m', 'A tag', 'v1', 'main'], {
    cwd: directory,
    env: gitEnvironment,
    extendEnv: false,
  });
  return directory;
}

interface Known {
  type: string;
  size: number;
  hash: string;
}

/** Every object as git has it. */
async function known(directory: string): Promise<Map<string, Known>> {
  const all = new Map<string, Known>();
  const list = await git(
    directory,
    'cat-file',
    '--batch-all-objects',
    '--batch-check=%(objectname) %(objecttype) %(objectsize)',
  );
  for (const row of list.split('\n')) {
    const [oid = '', type = '', size = ''] = row.split(' ');
    const { stdout } = await execa('git', ['cat-file', type, oid], {
      cwd: directory,
      env: gitEnvironment,
      extendEnv: false,
      encoding: 'buffer',
      stripFinalNewline: false,
    });
    all.set(oid, { type, size: Number(size), hash: createHash('sha1').update(stdout).digest('hex') });
  }
  return all;
}

function seen(store: ObjectStore, oid: string): Known {
  const { type, data } = store.read(oid);
  expect(store.header(Buffer.from(oid, 'hex'))).toEqual({ type, size: data.length });
  return { type, size: data.length, hash: createHash('sha1').update(data).digest('hex') };
}

function sameAs(directory: string, all: Map<string, Known>): void {
  const store = openObjectStore(directory);
  try {
    for (const [oid, object] of all) expect([oid, seen(store, oid)]).toEqual([oid, object]);
    // Once more, now that all of it is kept.
    for (const [oid, object] of all) expect(seen(store, oid)).toEqual(object);
  } finally {
    store.close();
  }
}

const packFolder = (directory: string) => path.join(directory, 'objects/pack');
function packOf(directory: string, extension = '.pack'): string {
  const name = readdirSync(packFolder(directory)).find((file) => file.endsWith(extension));
  return path.join(packFolder(directory), name ?? 'none');
}

describe('the object store', () => {
  let directory: string;
  let all: Map<string, Known>;
  beforeAll(async () => {
    directory = await repository('all');
    all = await known(directory);
  });

  it('reads what git reads: deltas by offset, large and empty files', async () => {
    await git(directory, 'repack', '-adfq', '--depth=50');
    const deltas = await git(directory, 'verify-pack', '-v', packOf(directory, '.idx'));
    expect(deltas).toMatch(/chain length = [2-9]/);
    sameAs(directory, all);
  });

  it('reads deltas that name their base, and both versions of the index, with 64-bit places too', async () => {
    const copy = path.join(place.path, 'named');
    await git(place.path, 'clone', '--quiet', '--bare', directory, copy);
    const names = [...all.keys()].join('\n');
    for (const format of ['1', '2', '2,0x40']) {
      await rm(packFolder(copy), { recursive: true });
      await mkdir(packFolder(copy), { recursive: true });
      const pack = path.join(packFolder(copy), 'pack-made.pack');
      const made = await execa('git', ['pack-objects', '--stdout', '-q'], {
        cwd: directory,
        env: gitEnvironment,
        extendEnv: false,
        encoding: 'buffer',
        input: names,
      });
      await writeFile(pack, made.stdout);
      await git(copy, 'index-pack', `--index-version=${format}`, pack);
      sameAs(copy, all);
    }
  });

  it('reads loose objects and many packs, and knows what is not there', async () => {
    const loose = path.join(place.path, 'loose');
    await git(place.path, 'init', '--quiet', '--bare', loose);
    await execa('git', ['unpack-objects', '-q'], {
      cwd: loose,
      env: gitEnvironment,
      extendEnv: false,
      input: readFileSync(packOf(directory)),
    });
    sameAs(loose, all);
    const oids = [...all.keys()];
    for (let at = 0; at < oids.length; at += 7)
      await execa('git', ['pack-objects', '-q', path.join(packFolder(loose), 'pack')], {
        cwd: loose,
        env: gitEnvironment,
        extendEnv: false,
        input: oids.slice(at, at + 7).join('\n'),
      });
    await git(loose, 'prune-packed');
    sameAs(loose, all);
    const store = openObjectStore(loose);
    expect([store.has('1'.repeat(40)), store.find('1'.repeat(40)), store.header('1'.repeat(40))]).toEqual([
      false,
      null,
      null,
    ]);
    expect(() => store.read('1'.repeat(40))).toThrow(AppFailure);
    expect(store.has(oids[0] ?? '')).toBe(true);
    store.close();
  });

  it('finds beginnings of ids as git does', async () => {
    const store = openObjectStore(directory);
    for (const oid of [...all.keys()].slice(0, 10))
      for (const length of [4, 5, 40]) {
        const prefix = oid.slice(0, length);
        const expected = (await git(directory, 'rev-parse', `--disambiguate=${prefix}`)).split('\n').sort();
        expect(store.abbreviated(prefix, 100).sort()).toEqual(expected);
      }
    expect(store.abbreviated('0123', 100)).toEqual([]);
    expect(store.abbreviated('012', 100)).toEqual([]);
    store.close();
  });

  it('writes objects git takes, once, and finds them in other packs later', async () => {
    const target = path.join(place.path, 'written');
    await git(place.path, 'clone', '--quiet', '--bare', directory, target);
    const store = openObjectStore(target);
    const here = [...all.keys()][0] ?? '';
    expect(store.has(here)).toBe(true);
    const oid = store.write('blob', Buffer.from('new\n'));
    const file = path.join(target, 'objects', oid.slice(0, 2), oid.slice(2));
    expect(statSync(file).mode & 0o777).toBe(0o444);
    expect(readdirSync(path.dirname(file))).toEqual([oid.slice(2)]);
    expect(await git(target, 'cat-file', '-p', oid)).toBe('new');
    expect(store.write('blob', Buffer.from('new\n'))).toBe(oid);
    expect(store.read(oid).data.toString()).toBe('new\n');
    await git(target, 'fsck', '--strict');

    // Another program packs everything anew; the packs known so far are gone.
    await git(target, 'update-ref', 'refs/heads/kept', 'main');
    await git(target, 'repack', '-adfq', '--depth=3');
    const tree = await git(target, 'rev-parse', 'main^{tree}');
    expect(store.read(tree).type).toBe('tree');
    const added = await git(target, 'commit-tree', '-m', 'Later', tree);
    await git(target, 'update-ref', 'refs/heads/kept', added);
    await git(target, 'repack', '-adq');
    await git(target, 'prune-packed');
    expect(store.read(added).type).toBe('commit');
    store.close();
  });

  it('follows alternates: relative, in a ring, five deep and no deeper', async () => {
    const folders = [];
    for (let level = 0; level < 8; level += 1) {
      const at = path.join(place.path, `chain${level}`);
      await git(place.path, 'init', '--quiet', '--bare', at);
      const next = level === 7 ? path.join(place.path, 'chain0/objects') : `../../chain${level + 1}/objects`;
      await writeFile(
        path.join(at, 'objects/info/alternates'),
        `# others\n\n${next}\n/nowhere/at/all\n/dev/zero\n`,
      );
      folders.push({ at, oid: openObjectStore(at).write('blob', Buffer.from(`level ${level}\n`)) });
    }
    const store = openObjectStore(folders[0]?.at ?? '');
    expect(folders.map(({ oid }) => store.has(oid))).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    store.close();
  });
});

describe('what is damaged', () => {
  const small: CommitSpec[] = Array.from({ length: 4 }, (_, index) => ({
    message: `Change ${index}`,
    files: { 'a.txt': lines(index).slice(0, 900) },
  }));

  /** Reads every object: what comes is right, or the failure says that the repository is damaged. */
  function honest(directory: string, all: Map<string, Known>): 'right' | 'refused' {
    const store = openObjectStore(directory);
    let refused = 0;
    for (const [oid, object] of all)
      try {
        const { type, data } = store.read(oid);
        expect([type, createHash('sha1').update(data).digest('hex')]).toEqual([object.type, object.hash]);
      } catch (error) {
        expect(error).toBeInstanceOf(AppFailure);
        expect((error as AppFailure).error.kind).toMatch(/^(repository-damaged|unsupported)$/);
        refused += 1;
      }
    store.close();
    return refused > 0 ? 'refused' : 'right';
  }

  it.each(['.pack', '.idx'])('is never taken for right: any byte of the %s', async (extension) => {
    const directory = await repository(`damaged${extension}`, small);
    await git(directory, 'repack', '-adfq');
    const all = await known(directory);
    const file = packOf(directory, extension);
    await chmod(file, 0o644);
    const whole = readFileSync(file);
    expect(honest(directory, all)).toBe('right');
    let refused = 0;
    for (let at = 0; at < whole.length; at += 1) {
      const other = Buffer.from(whole);
      other[at] = (other[at] ?? 0) ^ (at % 2 ? 0x41 : 0xff);
      await writeFile(file, other);
      if (honest(directory, all) === 'refused') refused += 1;
    }
    expect(refused).toBeGreaterThan(whole.length / 2);
    for (let cut = 0; cut < whole.length; cut += 37) {
      await writeFile(file, whole.subarray(0, cut));
      expect(honest(directory, all)).toBe('refused');
    }
  });

  it('is never taken for right: any byte of a loose object', async () => {
    const directory = path.join(place.path, 'damaged-loose');
    await git(place.path, 'init', '--quiet', '--bare', directory);
    const oid = openObjectStore(directory).write('blob', Buffer.from('some content\n'));
    const all = await known(directory);
    const file = path.join(directory, 'objects', oid.slice(0, 2), oid.slice(2));
    await chmod(file, 0o644);
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 1) {
      const other = Buffer.from(whole);
      other[at] = (other[at] ?? 0) ^ 0x41;
      await writeFile(file, other);
      honest(directory, all);
      await writeFile(file, whole.subarray(0, at));
      expect(honest(directory, all)).toBe('refused');
    }
  });

  /** One object of a pack: its type, the size it tells, what stands before its packed content. */
  const entry = (type: number, size: number, content: Buffer, before: Buffer = Buffer.alloc(0)) => {
    const head: number[] = [];
    let rest = Math.floor(size / 16);
    for (let byte = (type << 4) | (size % 16); ; byte = rest % 128, rest = Math.floor(rest / 128)) {
      head.push(rest > 0 ? byte | 0x80 : byte);
      if (rest === 0) break;
    }
    return Buffer.concat([Buffer.from(head), before, deflateSync(content)]);
  };

  /** A repository with one pack of these objects, whatever they are. */
  async function packed(name: string, objects: { oid: Buffer; entry: Buffer }[]): Promise<ObjectStore> {
    const directory = path.join(place.path, name);
    await mkdir(packFolder(directory), { recursive: true });
    const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
    head.writeUInt32BE(objects.length, 8);
    const pack = Buffer.concat([head, ...objects.map((one) => one.entry), Buffer.alloc(20, 7)]);
    const rows = objects
      .map((one, at) => ({
        oid: one.oid,
        offset: 12 + objects.slice(0, at).reduce((sum, before) => sum + before.entry.length, 0),
      }))
      .sort((a, b) => a.oid.compare(b.oid));
    const index = Buffer.alloc(1024 + rows.length * 24 + 40);
    for (let first = 0; first < 256; first += 1)
      index.writeUInt32BE(rows.filter(({ oid }) => (oid[0] ?? 0) <= first).length, first * 4);
    for (const [at, { oid, offset }] of rows.entries()) {
      index.writeUInt32BE(offset, 1024 + at * 24);
      oid.copy(index, 1028 + at * 24);
    }
    index.fill(7, index.length - 40, index.length - 20);
    await writeFile(path.join(packFolder(directory), 'pack-x.pack'), pack);
    await writeFile(path.join(packFolder(directory), 'pack-x.idx'), index);
    return openObjectStore(directory);
  }

  const kind = (read: () => unknown) => {
    try {
      read();
    } catch (error) {
      return error instanceof AppFailure ? error.error.kind : String(error);
    }
    return 'read';
  };

  it('deltas in a ring, to themselves and to nothing', async () => {
    const [a, b, c] = [randomBytes(20), randomBytes(20), randomBytes(20)] as [Buffer, Buffer, Buffer];
    const delta = Buffer.from([5, 5, 0x91, 0, 5]);
    const store = await packed('ring', [
      { oid: a, entry: entry(7, delta.length, delta, b) },
      { oid: b, entry: entry(7, delta.length, delta, a) },
      { oid: c, entry: entry(7, delta.length, delta, randomBytes(20)) },
    ]);
    for (const oid of [a, b, c])
      expect([kind(() => store.read(oid)), kind(() => store.header(oid))]).toEqual([
        'repository-damaged',
        'repository-damaged',
      ]);
    store.close();
  });

  it('objects that unfold to more than they say, or than fits', async () => {
    const zeros = Buffer.alloc(64 * 1024 ** 2);
    const [a, b, c, d] = [1, 2, 3, 4].map((n) => Buffer.alloc(20, n)) as [Buffer, Buffer, Buffer, Buffer];
    const huge = Buffer.from([5, 0x80, 0x80, 0x80, 0x80, 0x40, 0x91, 0, 5]);
    const store = await packed('bombs', [
      { oid: a, entry: entry(3, 5, zeros) },
      { oid: b, entry: entry(3, 2 ** 33, Buffer.from('small')) },
      { oid: c, entry: entry(3, 5, Buffer.from('small')) },
      { oid: d, entry: entry(7, huge.length, huge, c) },
    ]);
    expect([a, b, d].map((oid) => kind(() => store.read(oid)))).toEqual([
      'repository-damaged',
      'unsupported',
      'unsupported',
    ]);
    // Its id is not the one of its content.
    expect(kind(() => store.read(c))).toBe('repository-damaged');
    store.close();
  });
});

describe('unpacking', () => {
  it.each([false, true])(
    'finds the end of a stream in any pieces (documented means only: %s)',
    (documented) => {
      const inflater = createInflater(documented);
      const content = noise(5000);
      const input = Buffer.concat([deflateSync(content), Buffer.alloc(30, 9)]);
      for (const piece of [1, 7, 1000, input.length]) {
        if (documented && piece === 1) continue;
        const output = Buffer.alloc(content.length + 1);
        let from = 0;
        let at = 0;
        inflater.start();
        while (!inflater.ended) {
          inflater.step(input, from, Math.min(input.length, from + piece), output, at, output.length);
          from += inflater.taken;
          at += inflater.made;
        }
        expect([from, at]).toEqual([input.length - 30, content.length]);
        expect(output.subarray(0, at).equals(content)).toBe(true);
      }
      const output = Buffer.alloc(11);
      inflater.start();
      inflater.step(input, 0, input.length, output, 0, 11);
      expect([inflater.made, inflater.ended]).toEqual([11, false]);
      inflater.start();
      expect(() => inflater.step(Buffer.from('nothing packed'), 0, 14, output, 0, 11)).toThrow();
    },
  );
});

describe('windows over files', () => {
  it('read any part, keep little, and reopen what was closed for others', async () => {
    const content = noise(700_000);
    const files = [];
    for (let n = 0; n < 5; n += 1) {
      files.push(path.join(place.path, `window${n}`));
      await writeFile(files[n] ?? '', content);
    }
    const windows = createWindows(300_000, 2);
    const open = files.map((file) => windows.file(file));
    for (const [from, length] of [
      [0, 10],
      [131_070, 5],
      [100_000, 400_000],
      [699_990, 10],
    ] as const)
      for (const file of open)
        expect(file.bytes(from, length).equals(content.subarray(from, from + length))).toBe(true);
    expect(() => open[0]?.bytes(699_999, 2)).toThrow(AppFailure);
    windows.close();
  });
});
