import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Expected,
  type IncomingPackOptions,
  openIncomingPack,
  type ResolveBeside,
} from '../../electron/git/isomorphic/objects/incoming-pack';
import { openObjectStore } from '../../electron/git/isomorphic/objects/store';
import { runInWorker } from '../../electron/git/isomorphic/operation';
import { type AppError, AppFailure } from '../../shared/errors';
import { buildGitWorker } from '../fakes/git-worker';
import {
  type CommitSpec,
  git,
  gitEnvironment,
  makeBareRepository,
  temporaryDirectory,
} from '../fakes/repositories';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let worker: Awaited<ReturnType<typeof buildGitWorker>>;
let source: string;
let main: string;
let oids: string[];
const commits: CommitSpec[] = Array.from({ length: 30 }, (_, index) => ({
  message: `Change ${index}`,
  files: {
    'src/deep/text.txt': Array.from(
      { length: 300 },
      (_, line) => `line ${line}${line % 30 === index ? ` of ${index}` : ''}\n`,
    ).join(''),
    [`d${index % 5}/other.txt`]: `${index}\n`,
    ...(index === 3 ? { 'zeros.bin': Buffer.alloc(300_000), empty: '' } : {}),
  },
}));

beforeAll(async () => {
  [place, worker] = await Promise.all([temporaryDirectory(), buildGitWorker()]);
  source = await makeBareRepository(path.join(place.path, 'source'), { commits });
  await git(source, 'tag', '-a', '-m', 'A tag', 'v1', 'main');
  main = await git(source, 'rev-parse', 'main');
  oids = (await git(source, 'rev-list', '--objects', '--all')).split('\n').map((line) => line.slice(0, 40));
});
afterAll(() => Promise.all([place.remove(), worker.remove()]));

async function packOf(ids: readonly string[], ...options: string[]): Promise<Buffer> {
  const { stdout } = await execa('git', ['pack-objects', '--stdout', '-q', ...options], {
    cwd: source,
    env: gitEnvironment,
    extendEnv: false,
    encoding: 'buffer',
    input: `${ids.join('\n')}\n`,
  });
  return Buffer.from(stdout);
}

let made = 0;
async function empty(): Promise<string> {
  made += 1;
  const directory = path.join(place.path, `target${made}`);
  await git(place.path, 'init', '--quiet', '--bare', directory);
  return directory;
}

/** Hands a pack over in pieces. */
async function take(
  directory: string,
  pack: Buffer,
  expected: Partial<Expected> = {},
  options: Partial<IncomingPackOptions> & { piece?: number } = {},
) {
  const incoming = openIncomingPack({
    gitdir: directory,
    host: 'host.test',
    store: null,
    beside: null,
    ...options,
  });
  try {
    const piece = options.piece ?? 5000;
    for (let at = 0; at < pack.length; at += piece) incoming.write(pack.subarray(at, at + piece));
    return await incoming.finish({
      tips: [main],
      checksum: pack.subarray(-20).toString('hex'),
      shallow: [],
      promised: 'nothing',
      ...expected,
    });
  } finally {
    incoming.abandon();
  }
}

/** The failure; nothing may be left of it. */
async function refusal(pack: Buffer, expected: Partial<Expected> = {}): Promise<AppError | 'taken'> {
  made += 1;
  const directory = path.join(place.path, `refused${made}`);
  for (const folder of ['info', 'pack'])
    await mkdir(path.join(directory, 'objects', folder), { recursive: true });
  const result = await take(directory, pack, expected).then(
    () => 'taken' as const,
    (error: unknown) => {
      if (error instanceof AppFailure) return error.error;
      throw error;
    },
  );
  const objects = readdirSync(path.join(directory, 'objects'), { recursive: true }).map(String).sort();
  if (result !== 'taken') expect(objects).toEqual(['info', 'pack']);
  return result;
}

/** The pack with its checksum put right. */
function summed(pack: Buffer): Buffer {
  const body = pack.subarray(0, -20);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

const entry = (type: number, size: number, content: Buffer, before: Buffer = Buffer.alloc(0)) => {
  const head: number[] = [];
  let rest = Math.floor(size / 16);
  for (let byte = (type << 4) | (size % 16); ; byte = rest % 128, rest = Math.floor(rest / 128)) {
    head.push(rest > 0 ? byte | 0x80 : byte);
    if (rest === 0) break;
  }
  return Buffer.concat([Buffer.from(head), before, deflateSync(content)]);
};
const whole = (type: number, content: Buffer | string) =>
  entry(type, Buffer.from(content as string).length, Buffer.from(content as string));
const packWith = (entries: Buffer[], count = entries.length) => {
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  head.writeUInt32BE(count, 8);
  return summed(Buffer.concat([head, ...entries, Buffer.alloc(20)]));
};
const idOf = (type: string, content: Buffer | string) =>
  createHash('sha1')
    .update(`${type} ${Buffer.from(content as string).length}\0`)
    .update(content)
    .digest();

describe('a pack that arrives', () => {
  it.each([
    ['deltas by offset', ['--delta-base-offset'], 1],
    ['deltas by name', [], 7],
    ['deltas in long chains', ['--delta-base-offset', '--depth=200', '--window=50'], 1_000_000],
    ['no deltas', ['--window=0'], 333],
  ] as const)('gets the index git makes: %s', async (_name, options, piece) => {
    const pack = await packOf(oids, ...options);
    const inThread: ResolveBeside = (input) => runInWorker('resolveDeltas', input, { worker: worker.file });
    for (const beside of [null, inThread]) {
      const directory = await empty();
      expect(await take(directory, pack, {}, { piece, beside })).toEqual({ objects: oids.length });
      const folder = path.join(directory, 'objects/pack');
      const name = `pack-${pack.subarray(-20).toString('hex')}`;
      expect(readdirSync(folder).sort()).toEqual([`${name}.idx`, `${name}.pack`]);
      expect(readdirSync(path.join(directory, 'objects')).sort()).toEqual(['info', 'pack']);
      const index = path.join(place.path, 'reference.idx');
      await git(directory, 'index-pack', '-o', index, path.join(folder, `${name}.pack`));
      expect(readFileSync(path.join(folder, `${name}.idx`)).equals(readFileSync(index))).toBe(true);
      await git(directory, 'update-ref', 'refs/heads/main', main);
      expect(await git(directory, 'fsck', '--strict', '--no-dangling')).toBe('');
    }
  });

  it('that is thin is completed with what is here', async () => {
    const directory = await empty();
    const old = await git(source, 'rev-parse', 'main~5');
    await git(directory, 'fetch', '--quiet', source, `${old}:refs/heads/old`);
    const store = openObjectStore(directory);
    const { stdout } = await execa('git', ['pack-objects', '--stdout', '-q', '--thin', '--revs'], {
      cwd: source,
      env: gitEnvironment,
      extendEnv: false,
      encoding: 'buffer',
      input: `main\n^${old}\n`,
    });
    const pack = Buffer.from(stdout);
    // It is one: git takes it only where it may complete it.
    await writeFile(path.join(place.path, 'thin.pack'), pack);
    await expect(git(await empty(), 'index-pack', path.join(place.path, 'thin.pack'))).rejects.toThrow();
    await take(directory, pack, {}, { store });
    expect(store.read(main).type).toBe('commit');
    store.close();
    await git(directory, 'update-ref', 'refs/heads/main', main);
    expect(await git(directory, 'fsck', '--strict', '--no-dangling')).toBe('');
    for (const file of readdirSync(path.join(directory, 'objects/pack')))
      if (file.endsWith('.idx'))
        await git(directory, 'verify-pack', path.join(directory, 'objects/pack', file));
  });

  it('with nothing in it is fine where the tips are here', async () => {
    const directory = await empty();
    const pack = packWith([]);
    await expect(take(directory, pack)).rejects.toThrow(AppFailure);
    expect(await take(directory, pack, { tips: [] })).toEqual({ objects: 0 });
    expect(readdirSync(path.join(directory, 'objects/pack'))).toEqual([]);
  });
});

describe('what a pack must have', () => {
  it('every object that is named, of the kind it is named as', async () => {
    const named = async (revision: string) => git(source, 'rev-parse', revision);
    for (const revision of ['main:empty', 'main~12:d1/other.txt', 'main:src', 'main~7^{tree}', 'main~4']) {
      const oid = await named(revision);
      expect(await refusal(await packOf(oids.filter((one) => one !== oid)))).toMatchObject({
        kind: 'transfer-incomplete',
        host: 'host.test',
      });
    }
    expect(await refusal(await packOf(oids), { tips: [main, '1'.repeat(40)] })).toMatchObject({
      kind: 'transfer-incomplete',
    });
    const blob = idOf('blob', 'x');
    const tree = Buffer.concat([Buffer.from('40000 folder\0'), blob]);
    expect(
      await refusal(packWith([whole(3, 'x'), whole(2, tree)]), {
        tips: [idOf('tree', tree).toString('hex')],
      }),
    ).toMatchObject({ kind: 'unexpected-answer', detail: 'an object is named as two kinds' });
  });

  it('except behind the cut of a shallow history, and what is promised', async () => {
    const recent = (await git(source, 'rev-list', '--objects', '--no-object-names', '-1', 'main')).split(
      '\n',
    );
    const cut = [main, ...recent];
    expect(await refusal(await packOf([...new Set(cut)]))).toMatchObject({ detail: 'a commit is missing' });
    expect(await refusal(await packOf([...new Set(cut)]), { shallow: [main] })).toBe('taken');
    const directory = await empty();
    const blobless = (
      await git(source, 'rev-list', '--objects', '--no-object-names', '--filter=blob:none', 'main')
    ).split('\n');
    expect(await refusal(await packOf(blobless))).toMatchObject({ detail: 'a file or folder is missing' });
    await take(directory, await packOf(blobless), { promised: 'contents' });
    expect(readdirSync(path.join(directory, 'objects/pack')).some((name) => name.endsWith('.promisor'))).toBe(
      true,
    );
    const tree = await git(source, 'rev-parse', 'main:src');
    const treeless = await packOf(blobless.filter((oid) => oid !== tree));
    expect(await refusal(treeless, { promised: 'contents' })).toMatchObject({ kind: 'transfer-incomplete' });
    expect(await refusal(treeless, { promised: 'everything' })).toBe('taken');
  });
});

describe('a hostile pack', () => {
  it('is refused wherever it is cut, and with a byte changed', async () => {
    const pack = packWith([whole(3, 'one\n'), whole(3, 'two\n'), whole(3, 'x'.repeat(500))]);
    const tips = [idOf('blob', 'two\n').toString('hex')];
    expect(await refusal(pack, { tips })).toBe('taken');
    for (let cut = 0; cut < pack.length; cut += 1) {
      const part = pack.subarray(0, cut);
      expect(await refusal(part, { tips })).not.toBe('taken');
      const other = Buffer.from(pack);
      other[cut] = (other[cut] ?? 0) ^ 0x41;
      expect(await refusal(summed(other), { tips })).toSatisfy(
        (found: AppError | 'taken') => found !== 'taken' || cut >= pack.length - 20,
      );
    }
  });

  it('is refused for sizes, kinds, counts, garbage, doubles and rings', async () => {
    const small = whole(3, 'small');
    const tips: string[] = [];
    const delta = Buffer.from([5, 5, 0x91, 0, 5]);
    const huge = Buffer.from([5, 0x80, 0x80, 0x80, 0x80, 0x40, 0x91, 0, 5]);
    const a = Buffer.alloc(20, 1);
    const unexpected = { kind: 'unexpected-answer', host: 'host.test' };
    const cases: [Buffer, object][] = [
      [packWith([entry(3, 5, Buffer.alloc(129 * 1024 ** 2))]), unexpected],
      [packWith([entry(3, 500, Buffer.from('small'))]), unexpected],
      [packWith([entry(3, 2 ** 33, Buffer.from('small'))]), { kind: 'unsupported' }],
      [packWith([small, entry(6, huge.length, huge, Buffer.from([small.length]))]), { kind: 'unsupported' }],
      [packWith([small, entry(6, 4, delta.subarray(0, 4), Buffer.from([small.length]))]), unexpected],
      [packWith([small, entry(6, 5, delta, Buffer.from([small.length - 1]))]), unexpected],
      [packWith([small, entry(6, 5, delta, Buffer.from([0]))]), unexpected],
      [packWith([small, entry(6, 5, delta, Buffer.from([0xff, 0xff, 0x7f]))]), unexpected],
      [packWith([small, entry(6, 5, Buffer.from([5, 5, 0, 0, 0]), Buffer.from([small.length]))]), unexpected],
      [packWith([entry(5, 5, Buffer.from('small'))]), unexpected],
      [packWith([entry(0, 5, Buffer.from('small'))]), unexpected],
      [packWith([small], 2), unexpected],
      [packWith([small, small], 1), unexpected],
      [packWith([small], 0xffff_ffff), unexpected],
      [packWith([small, small]), { ...unexpected, detail: 'an object is there twice' }],
      [packWith([small, Buffer.from('garbage')], 1), unexpected],
      [packWith([whole(2, 'no tree')]), unexpected],
      [packWith([whole(1, 'no commit')]), unexpected],
      [packWith([whole(4, 'no tag')]), unexpected],
      [packWith([small, entry(7, 5, delta, a)]), { kind: 'transfer-incomplete' }],
      [Buffer.from('no pack at all, but long enough to be one'), unexpected],
    ];
    for (const [at, [pack, failure]] of cases.entries())
      expect([at, await refusal(pack, { tips })]).toMatchObject([at, failure]);
    expect(await refusal(packWith([small]), { tips, checksum: '0'.repeat(40) })).toMatchObject(unexpected);
  });

  it('cannot put other content in the place of what is here', async () => {
    const directory = await empty();
    const store = openObjectStore(directory);
    const oid = store.write('blob', Buffer.from('ours\n'));
    await expect(
      take(directory, packWith([whole(3, 'ours\n')]), { tips: [oid] }, { store }),
    ).resolves.toEqual({ objects: 1 });
    // A collision cannot be made here: the store says that it has something else under this id.
    const lying = {
      ...store,
      has: () => true,
      read: () => ({ type: 'blob' as const, data: Buffer.from('other') }),
    };
    await expect(
      take(directory, packWith([whole(3, 'theirs\n')]), { tips: [] }, { store: lying }),
    ).rejects.toMatchObject({ error: { kind: 'unexpected-answer' } });
    store.close();
  });

  it('of long chains and much memory is resolved with what is left', async () => {
    // Each made of the one before, all of them 3 MiB: more than is kept.
    const size = 3 * 1024 ** 2;
    const length = 40;
    const varint = (value: number) => {
      const bytes: number[] = [];
      for (let rest = value; ; rest = Math.floor(rest / 128)) {
        bytes.push(rest >= 128 ? (rest % 128) | 0x80 : rest);
        if (rest < 128) return bytes;
      }
    };
    let content = Buffer.alloc(size, 'a');
    const entries = [whole(3, content)];
    const contents = [content];
    const offsetOf = (distance: number) => {
      const bytes = [distance & 0x7f];
      for (let rest = distance >> 7; rest > 0; rest >>= 7) bytes.unshift(0x80 | (--rest & 0x7f));
      return Buffer.from(bytes);
    };
    for (let n = 1; n < length; n += 1) {
      const text = Buffer.from(`change ${n}`.padEnd(20));
      // Two children of every second one: what was given up must be made again.
      const base = n % 3 === 2 ? n - 2 : n - 1;
      content = Buffer.concat([text, (contents[base] ?? content).subarray(20)]);
      contents.push(content);
      const rest = size - 20;
      const delta = Buffer.from([
        ...varint(size),
        ...varint(size),
        20,
        ...text,
        0x80 | 0x01 | 0x10 | 0x20 | 0x40,
        20,
        rest & 0xff,
        (rest >> 8) & 0xff,
        (rest >> 16) & 0xff,
      ]);
      const distance = entries.slice(base).reduce((sum, one) => sum + one.length, 0);
      entries.push(entry(6, delta.length, delta, offsetOf(distance)));
    }
    const directory = await empty();
    const tips = contents.map((one) => idOf('blob', one).toString('hex'));
    await mkdir(path.join(directory, 'objects'), { recursive: true });
    expect(await take(directory, packWith(entries), { tips })).toEqual({ objects: length });
    expect(existsSync(path.join(directory, 'objects/pack'))).toBe(true);
  });
});
