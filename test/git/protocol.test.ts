import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Advertisement, readAdvertisement } from '../../electron/git/isomorphic/protocol/advertisement';
import { type PackAnswer, readPackAnswer } from '../../electron/git/isomorphic/protocol/pack-answer';
import { type PackRequest, packRequest } from '../../electron/git/isomorphic/protocol/pack-request';
import { createPacketReader } from '../../electron/git/isomorphic/protocol/packets';
import { readPushAnswer } from '../../electron/git/isomorphic/protocol/push-answer';
import { readListing } from '../../electron/git/isomorphic/protocol/remote-refs';
import { AppFailure } from '../../shared/errors';

const oid = (digit: string) => digit.repeat(40);

function pkt(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}
const flush = Buffer.from('0000');
const delimiter = Buffer.from('0001');
const band = (number: number, content: string | Buffer) =>
  pkt(Buffer.concat([Buffer.from([number]), Buffer.from(content as string)]));

/** In pieces of a size no packet has. */
async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const readerOf = (bytes: Buffer, size = 7) => createPacketReader(pieces(bytes, size), 'host.test', 'fetch');

async function failure(work: Promise<unknown>): Promise<AppFailure['error']> {
  const error: unknown = await work.then(
    () => expect.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof AppFailure) return error.error;
  throw error;
}

const pack = (() => {
  const content = Buffer.concat([Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1'), Buffer.alloc(300, 7)]);
  return Buffer.concat([content, createHash('sha1').update(content).digest()]);
})();
const checksum = pack.subarray(-20).toString('hex');
const packet1 = band(1, pack.subarray(0, 5));
const packet2 = band(1, pack.subarray(5, 300));
const packet3 = band(1, pack.subarray(300));

const asked: PackRequest = {
  wants: [oid('1')],
  haves: [oid('2'), oid('3')],
  done: false,
  shallow: [oid('4')],
  deepen: { commits: 2, relative: false },
  filter: null,
  includeTag: false,
  thin: false,
  progress: true,
};
const server = (version: 0 | 2, ...names: string[]): Advertisement => ({
  version,
  capabilities: new Map(names.map((name) => [name, ['shallow filter']])),
  refs: [],
  haves: [],
});

const version2 = Buffer.concat([
  pkt('acknowledgments\n'),
  pkt(`ACK ${oid('2')}\n`),
  pkt('ready\n'),
  delimiter,
  pkt('shallow-info\n'),
  pkt(`shallow ${oid('5')}\n`),
  pkt(`unshallow ${oid('4')}\n`),
  delimiter,
  pkt('packfile\n'),
  band(2, 'Counting objects: 50'),
  band(2, '% (1/2)\rCounting objects: 100% (2/2), done.\n'),
  packet1,
  band(1, ''),
  packet2,
  packet3,
  flush,
]);

async function read(
  bytes: Buffer,
  options: { server?: Advertisement; request?: Partial<PackRequest>; size?: number } = {},
): Promise<PackAnswer & { data: Buffer; lines: string[] }> {
  const data: Buffer[] = [];
  const lines: string[] = [];
  const answer = await readPackAnswer(
    readerOf(bytes, options.size),
    options.server ?? server(2, 'fetch'),
    { ...asked, ...options.request },
    {
      data: async (piece) => {
        await Promise.resolve();
        data.push(Buffer.from(piece));
      },
      message: (line) => lines.push(line),
    },
  );
  return { ...answer, data: Buffer.concat(data), lines };
}

describe('the answer to a fetch of version 2', () => {
  it.each([1, 7, 64, 100_000])('is read whole, in pieces of %i bytes', async (size) => {
    const answer = await read(version2, { size });
    expect(answer).toMatchObject({
      common: [oid('2')],
      ready: true,
      shallow: [oid('5')],
      unshallow: [oid('4')],
      pack: checksum,
      lines: ['Counting objects: 50% (1/2)', 'Counting objects: 100% (2/2), done.'],
    });
    expect(answer.data.equals(pack)).toBe(true);
  });

  it('is never taken for whole when it is cut, wherever that is', async () => {
    for (let cut = 0; cut < version2.length; cut += 1)
      expect(await failure(read(version2.subarray(0, cut), { size: 50 }))).toMatchObject({
        kind: 'transfer-incomplete',
      });
  });

  it('without `ready` asks for more, and brings nothing', async () => {
    const more = Buffer.concat([pkt('acknowledgments\n'), pkt('NAK\n'), flush]);
    expect(await read(more)).toMatchObject({ common: [], ready: false, pack: null });
  });

  const start = [pkt('packfile\n'), packet1, packet2];
  const done = { request: { done: true } };
  const wrong: [string, Buffer[], object, { request?: Partial<PackRequest> }?][] = [
    [
      'a wrong byte in the pack',
      [...start, band(1, Buffer.from(pack.subarray(300)).fill(1, 0, 1)), flush],
      { kind: 'transfer-incomplete' },
      done,
    ],
    ['no pack in the packfile', [pkt('packfile\n'), flush], { kind: 'transfer-incomplete' }, done],
    ['a missing flush', [...start, packet3], { kind: 'transfer-incomplete' }, done],
    ['a delimiter for the flush', [...start, packet3, delimiter], { kind: 'unexpected-answer' }, done],
    ['something behind the end', [...start, packet3, flush, flush], { kind: 'unexpected-answer' }, done],
    [
      'an error in the pack',
      [...start, band(3, 'no \u001b[2Jmemory\n')],
      { kind: 'git-failed', detail: 'no [2Jmemory' },
      done,
    ],
    [
      'an error in the place of an answer',
      [pkt('ERR upload-pack: not our ref')],
      { kind: 'git-failed', detail: 'upload-pack: not our ref' },
    ],
    [
      'a side-band that is none',
      [...start, band(4, 'x'), packet3, flush],
      { kind: 'unexpected-answer' },
      done,
    ],
    ['an empty packet in the pack', [...start, pkt(''), packet3, flush], { kind: 'unexpected-answer' }, done],
    ['acknowledgments nobody waits for', [version2], { kind: 'unexpected-answer' }, done],
    ['a pack nobody waits for', [...start, packet3, flush], { kind: 'unexpected-answer' }],
    [
      '`ready` without a pack',
      [pkt('acknowledgments\n'), pkt('ready\n'), flush],
      { kind: 'transfer-incomplete' },
    ],
    [
      'a pack without `ready`',
      [pkt('acknowledgments\n'), pkt('NAK\n'), delimiter, ...start, packet3, flush],
      { kind: 'unexpected-answer' },
    ],
    [
      'addresses of packs',
      [pkt('packfile-uris\n'), pkt(`${oid('1')} https://evil.test/\n`), delimiter, ...start, packet3, flush],
      { kind: 'unexpected-answer' },
      done,
    ],
    [
      'sections in the wrong order',
      [pkt('packfile\n'), packet1, pkt('shallow-info\n'), flush],
      { kind: 'unexpected-answer' },
      done,
    ],
    [
      'a parent that was never missing',
      [pkt('shallow-info\n'), pkt(`unshallow ${oid('9')}\n`), delimiter, ...start, packet3, flush],
      { kind: 'unexpected-answer' },
      done,
    ],
    [
      'an id that is none',
      [pkt('shallow-info\n'), pkt('shallow ../../config\n'), delimiter],
      { kind: 'unexpected-answer' },
      done,
    ],
    [
      'more acknowledgments than questions',
      [pkt('acknowledgments\n'), ...Array.from({ length: 9 }, () => pkt(`ACK ${oid('2')}\n`)), flush],
      { kind: 'unexpected-answer' },
    ],
    ['a length of three', [Buffer.from('0003')], { kind: 'unexpected-answer' }],
    ['a response end, which is not for clients', [Buffer.from('0002')], { kind: 'unexpected-answer' }],
    [
      "a length beyond git's largest packet",
      [Buffer.from('fff1'), Buffer.alloc(70_000, 1)],
      { kind: 'unexpected-answer' },
    ],
    ['a length that is no number', [Buffer.from('+004abcd')], { kind: 'unexpected-answer' }],
    ['nothing', [], { kind: 'transfer-incomplete' }],
  ];
  it.each(wrong)('is refused with %s', async (_name, parts, expected, options = {}) => {
    expect(await failure(read(Buffer.concat(parts), options))).toMatchObject(expected);
  });

  it('is not read further than its receiver takes it', async () => {
    let taken = 0;
    async function* endless() {
      yield Buffer.concat([pkt('packfile\n'), packet1]);
      for (;;) {
        taken += 1;
        yield band(1, Buffer.alloc(60_000));
      }
    }
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const reading = readPackAnswer(
      createPacketReader(endless(), 'host.test', 'fetch'),
      server(2, 'fetch'),
      { ...asked, done: true },
      {
        data: () => {
          if (taken === 3) throw full;
        },
      },
    );
    await expect(reading).rejects.toBe(full);
    expect(taken).toBe(3);
  });
});

describe('the answer of an older server', () => {
  const detailed = server(0, 'multi_ack_detailed', 'side-band-64k', 'shallow');
  const cuts = [pkt(`shallow ${oid('5')}\n`), flush];
  const acks = [pkt(`ACK ${oid('2')} common\n`), pkt(`ACK ${oid('3')} ready\n`)];

  it('tells in rounds what is common', async () => {
    const answer = await read(Buffer.concat([...cuts, ...acks, pkt('NAK\n')]), { server: detailed });
    expect(answer).toMatchObject({
      common: [oid('2'), oid('3')],
      ready: true,
      shallow: [oid('5')],
      pack: null,
    });
  });

  it.each([
    ['side-bands', detailed, [band(2, 'words\n'), packet1, packet2, packet3, flush]],
    ['no side-bands', server(0, 'multi_ack_detailed'), [pack]],
  ] as const)('brings the pack with %s, and never half of it', async (_name, from, body) => {
    const whole = Buffer.concat([...acks, pkt(`ACK ${oid('3')}\n`), ...body]);
    const options = { server: from, request: { done: true, deepen: null, shallow: [] } };
    const answer = await read(whole, options);
    expect(answer).toMatchObject({ common: [oid('2'), oid('3')], pack: checksum });
    expect(answer.data.equals(pack)).toBe(true);
    for (let cut = 0; cut < whole.length; cut += 1)
      expect((await failure(read(whole.subarray(0, cut), options))).kind).toBe('transfer-incomplete');
  });
});

describe('a request for a pack', () => {
  async function lines(body: Buffer): Promise<string> {
    const reader = readerOf(body);
    let text = '';
    for (let one = await reader.read(); one !== 'end'; one = await reader.read())
      text += typeof one === 'string' ? `${one}\n` : one.toString();
    return text;
  }

  it('says what is wanted, in the version of the server', async () => {
    const request: PackRequest = {
      ...asked,
      thin: true,
      includeTag: true,
      progress: false,
      filter: 'blob:none',
    };
    expect(await lines(packRequest(server(2, 'fetch', 'object-format'), 'git/x', request))).toBe(
      `command=fetch\nobject-format=sha1\ndelimiter\nthin-pack\nno-progress\ninclude-tag\nofs-delta\nshallow ${oid('4')}\ndeepen 2\nfilter blob:none\nwant ${oid('1')}\nhave ${oid('2')}\nhave ${oid('3')}\nflush\n`,
    );
    const old = server(
      0,
      'multi_ack_detailed',
      'multi_ack',
      'side-band-64k',
      'shallow',
      'filter',
      'ofs-delta',
      'agent',
    );
    expect(await lines(packRequest(old, 'git/x', { ...request, done: true }))).toBe(
      `want ${oid('1')} multi_ack_detailed side-band-64k ofs-delta filter agent=git/x\nshallow ${oid('4')}\ndeepen 2\nfilter blob:none\nflush\nhave ${oid('2')}\nhave ${oid('3')}\ndone\n`,
    );
  });

  it('is refused where the server does not have what it asks for', () => {
    const bare: Advertisement = { ...server(2), capabilities: new Map([['fetch', ['']]]) };
    for (const part of [{ ...asked }, { ...asked, shallow: [], deepen: null, filter: 'blob:none' }])
      expect(() => packRequest(bare, 'git/x', part)).toThrow('unsupported');
  });
});

describe('the answer to a push', () => {
  const name = 'refs/heads/main';
  const report = (...lines: string[]) => Buffer.concat([...lines.map((line) => pkt(`${line}\n`)), flush]);
  const answered = (bytes: Buffer, sideBand = true) => readPushAnswer(readerOf(bytes, 11), name, sideBand);
  const good = report('unpack ok', `ok ${name}`);
  const whole = Buffer.concat([
    band(2, 'hello\n'),
    band(1, good.subarray(0, 9)),
    band(1, good.subarray(9)),
    flush,
  ]);

  it('is read with and without side-bands, and never from half of it', async () => {
    expect(await answered(whole)).toEqual({ result: 'ok', oid: null });
    expect(await answered(good, false)).toEqual({ result: 'ok', oid: null });
    for (const [bytes, sideBand] of [[whole, true] as const, [good, false] as const])
      for (let cut = 0; cut < bytes.length; cut += 1)
        expect((await failure(answered(bytes.subarray(0, cut), sideBand))).kind).toBe('transfer-incomplete');
  });

  it('tells the words of a refusal, made visible', async () => {
    const refused = report('unpack ok', `ng ${name} pre-receive hook declined`);
    expect(await answered(Buffer.concat([band(2, 'no \u001b[31mway\n'), band(1, refused), flush]))).toEqual({
      result: 'refused',
      reason: 'pre-receive hook declined',
      words: ['no [31mway'],
    });
    expect(
      await answered(report('unpack index-pack failed', `ng ${name} unpacker error`), false),
    ).toMatchObject({
      result: 'refused',
    });
  });

  it('may tell that the server made another commit of it', async () => {
    const options = report('unpack ok', `ok ${name}`, `option new-oid ${oid('3')}`);
    expect(await answered(options, false)).toEqual({ result: 'ok', oid: oid('3') });
  });

  it.each([
    ['only another branch', report('unpack ok', 'ok refs/heads/other')],
    ['nothing', report()],
    ['a longer name', report('unpack ok', `ok ${name}-2`)],
  ])('is no success when it names %s', async (_name, bytes) => {
    expect((await failure(answered(bytes, false))).kind).toBe('transfer-incomplete');
  });
});

describe('what a server advertises', () => {
  const advertised = (parts: Buffer[]) =>
    readAdvertisement(readerOf(Buffer.concat(parts), 1000), 'git-upload-pack');
  const service = [pkt('# service=git-upload-pack\n'), flush];

  it('is version 2, with or without the name of the service', async () => {
    const told = [
      pkt('version 2\n'),
      pkt('agent=git/2\n'),
      pkt('ls-refs=unborn\n'),
      pkt('fetch=shallow\n'),
      flush,
    ];
    for (const parts of [told, [...service, ...told]]) {
      const { version, capabilities } = await advertised(parts);
      expect([version, capabilities.get('fetch'), capabilities.get('ls-refs')]).toEqual([
        2,
        ['shallow'],
        ['unborn'],
      ]);
    }
  });

  it('is version 0 or 1, with refs, peeled tags and where HEAD leads', async () => {
    const told = [
      pkt(`${oid('1')} HEAD\0multi_ack symref=HEAD:refs/heads/main agent=git/1\n`),
      pkt(`${oid('1')} refs/heads/main\n`),
      pkt(`${oid('2')} refs/tags/v1\n`),
      pkt(`${oid('1')} refs/tags/v1^{}\n`),
      pkt(`shallow ${oid('7')}\n`),
      flush,
    ];
    for (const parts of [
      [...service, ...told],
      [...service, pkt('version 1\n'), ...told],
    ]) {
      const { version, refs, capabilities } = await advertised(parts);
      expect(version).toBe(0);
      expect(capabilities.get('agent')).toEqual(['git/1']);
      expect(refs).toEqual([
        { name: 'HEAD', oid: oid('1'), peeled: null, target: 'refs/heads/main' },
        { name: 'refs/heads/main', oid: oid('1'), peeled: null, target: null },
        { name: 'refs/tags/v1', oid: oid('2'), peeled: oid('1'), target: null },
      ]);
    }
  });

  it('may be an empty repository', async () => {
    const empty = await advertised([...service, pkt(`${oid('0')} capabilities^{}\0side-band-64k\n`), flush]);
    expect([empty.refs, [...empty.capabilities.keys()]]).toEqual([[], ['side-band-64k']]);
  });

  it.each([
    ['ids that are not SHA-1 (version 2)', [pkt('version 2\n'), pkt('object-format=sha256\n'), flush]],
    ['ids that are not SHA-1', [...service, pkt(`${'1'.repeat(64)} HEAD\0object-format=sha256\n`), flush]],
  ])('is refused with a reason: %s', async (_name, parts) => {
    expect(await failure(advertised(parts))).toMatchObject({
      kind: 'unsupported',
      what: 'a repository with ids of the kind sha256',
      needs: 'git',
    });
  });

  it.each([
    [
      'another service',
      [pkt('# service=git-receive-pack\n'), flush, pkt('version 2\n'), flush],
      'unexpected-answer',
    ],
    ['no end', [...service, pkt('version 2\n'), pkt('fetch\n')], 'transfer-incomplete'],
    ['nothing', [...service], 'transfer-incomplete'],
    ['more after its end', [pkt('version 2\n'), flush, pkt('fetch\n')], 'unexpected-answer'],
    ['a line of nonsense', [...service, pkt('hello\n'), flush], 'unexpected-answer'],
  ])('is refused with %s', async (_name, parts, kind) => {
    expect(await failure(advertised(parts))).toMatchObject({ kind });
  });
});

describe('a list of refs', () => {
  const prefixes = ['HEAD', 'refs/heads/', 'refs/tags/'];
  const list = (parts: (string | Buffer)[]) =>
    readListing(readerOf(Buffer.concat([...parts.map(pkt), flush]), 65_536), prefixes);

  it('tells tags, where HEAD leads, names that are no UTF-8 and names of objects', async () => {
    const { refs, head } = await list([
      `${oid('1')} HEAD symref-target:refs/heads/main\n`,
      `${oid('1')} refs/heads/__proto__\n`,
      Buffer.concat([Buffer.from(`${oid('1')} refs/heads/`), Buffer.from([0x66, 0xff, 0x0a])]),
      `${oid('2')} refs/tags/v1 peeled:${oid('1')}\n`,
      `${oid('2')} refs/pull/1/head\n`,
    ]);
    expect(head).toMatchObject({ oid: oid('1'), target: 'refs/heads/main' });
    expect(refs.map(({ name, peeled }) => [name, peeled])).toEqual([
      ['refs/heads/__proto__', null],
      ['refs/heads/f\udcff', null],
      ['refs/tags/v1', oid('1')],
    ]);
    expect(({} as Record<string, unknown>)['name']).toBeUndefined();
  });

  it('tells the branch of a repository without commits', async () => {
    expect(await list(['unborn HEAD symref-target:refs/heads/trunk\n'])).toMatchObject({
      refs: [],
      head: { oid: null, target: 'refs/heads/trunk' },
    });
  });

  it('may hold symbolic refs that lead to each other, which nobody follows', async () => {
    const { refs } = await list([
      `${oid('1')} refs/heads/a symref-target:refs/heads/b\n`,
      `${oid('1')} refs/heads/b symref-target:refs/heads/a\n`,
    ]);
    expect(refs).toHaveLength(2);
  });

  it.each([
    `${oid('1')} refs/heads/../../config\n`,
    `${oid('1')} refs/heads/a b\n`,
    `${oid('1')} refs/heads/a.lock\n`,
    `${oid('1')} refs/heads/a\u0000b\n`,
    `${oid('1')} config\n`,
    `${oid('1')} \n`,
    `${oid('1')} HEAD symref-target:refs/heads/../../config\n`,
    `${oid('1')} refs/tags/a peeled:../config\n`,
    'unborn HEAD symref-target:../../config\n',
    'unborn refs/heads/main symref-target:refs/heads/main\n',
    '../../config refs/heads/main\n',
    `${'1'.repeat(64)} refs/heads/main\n`,
  ])('is refused with %j', async (line) => {
    expect(await failure(list([line]))).toMatchObject({ kind: 'unexpected-answer' });
  });

  it('names nothing twice', async () => {
    const line = (digit: string) => `${oid(digit)} refs/heads/main\n`;
    expect(await failure(list([line('1'), line('2')]))).toMatchObject({ kind: 'unexpected-answer' });
  });

  it('of 30,000 is read', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${oid('a')} refs/heads/topic/${index}\n`);
    expect((await list(lines)).refs).toHaveLength(30_000);
  });
});
