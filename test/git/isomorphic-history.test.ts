import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import type { Commit } from '../../shared/contract/history';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import { git, gitEnvironment, temporaryDirectory } from '../fakes/repositories';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let worker: Awaited<ReturnType<typeof buildGitWorker>>;
let engine: ReturnType<typeof createIsomorphicEngine>;
let directory: string;
let oids: string[];

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

const commits = 160;

/** Merges of two and more, several roots, dates that go back and are equal, and names at many places. */
function stream(): Buffer {
  const next = random(0xc0ffee);
  const out: (string | Buffer)[] = [];
  const data = (text: string | Buffer) =>
    out.push(`data ${Buffer.from(text as string).length}\n`, text, '\n');
  for (let number = 1; number <= commits; number += 1) {
    const parents = new Set<number>();
    if (number > 1 && number % 50 !== 0)
      for (let count = next(6) === 0 ? 1 + next(4) : 1; count > 0; count -= 1)
        parents.add(Math.max(1, number - 1 - next(4)));
    if (number % 50 === 1 && number > 1) parents.add(number - 2);
    const date = 1_700_000_000 + number * 60 - (next(9) === 0 ? next(5000) : 0) - (number % 3) * 60;
    out.push(`commit refs/heads/b${number}\nmark :${number}\n`);
    const latin = number % 11 === 0;
    out.push(
      `author Ada ${latin ? '' : 'Ünï '}<ada@example.test> ${date - 30} +0130\n`,
      `committer C <c@example.test> ${date} -0500\n`,
    );
    if (latin) out.push('encoding ISO-8859-1\n');
    data(
      latin
        ? Buffer.from(`Gr\xfcn ${number}\n\nK\xf6rper\n`, 'latin1')
        : `\n  Subject ${number}\n more of it  \n\n\nBody\n\nof ${number}\n\n`,
    );
    for (const [at, parent] of [...parents].entries())
      out.push(`${at === 0 ? 'from' : 'merge'} :${parent}\n`);
    out.push(`M 100644 inline f${number % 7}\n`);
    data(`${number}\n`);
    out.push('\n');
  }
  out.push(`reset refs/heads/main\nfrom :${commits}\n\n`);
  for (let number = 5; number <= commits; number += 40) {
    out.push(`reset refs/tags/light${number}\nfrom :${number}\n\n`);
    out.push(`tag heavy${number}\nfrom :${number}\ntagger T <t@example.test> 1700000000 +0000\n`);
    data('Tag\n');
  }
  return Buffer.concat(out.map((part) => Buffer.from(part as string)));
}

beforeAll(async () => {
  place = await temporaryDirectory();
  worker = await buildGitWorker();
  engine = createIsomorphicEngine(worker.file, fixedNetwork());
  directory = path.join(place.path, 'repo');
  await git(place.path, 'init', '--quiet', '-b', 'main', directory);
  await execa('git', ['fast-import', '--quiet'], {
    cwd: directory,
    env: gitEnvironment,
    extendEnv: false,
    input: stream(),
  });
  oids = (await git(directory, 'rev-list', '--all')).split('\n');
});
afterAll(async () => {
  await worker.remove();
  await place.remove();
});

const fields = ['%H', '%P', '%an', '%ae', '%at', '%D', '%s', '%b'];

async function gitLog(...args: string[]): Promise<string[][]> {
  const out = await git(
    directory,
    'log',
    '-z',
    '--decorate=full',
    '--encoding=UTF-8',
    `--format=${fields.join('%x01')}`,
    ...args,
  );
  return out === ''
    ? []
    : out
        .replace(/\0$/, '')
        .split('\0')
        .map((row) => {
          const [oid = '', parents = '', name = '', email = '', at = '', refs = '', subject = '', body = ''] =
            row.split('\u0001');
          const names = refs
            .split(', ')
            .map((one) => one.replace(/^(?:HEAD -> |tag: )?refs\/(?:heads|tags|remotes)\//, ''))
            .filter(
              (one) =>
                one !== '' &&
                !one.startsWith('refs/') &&
                one !== 'HEAD' &&
                !/^(?:replaced|grafted)$/.test(one),
            );
          return [oid, parents, name, email, at, names.join(' '), subject, body.trimEnd()];
        });
}

const written = (list: readonly Commit[]) =>
  list.map((one) => [
    one.oid,
    one.parents.join(' '),
    one.author.name,
    one.author.email,
    String(one.authoredAt / 1000),
    one.refs.join(' '),
    one.subject,
    one.body,
  ]);

async function expectAlike(ref = 'main'): Promise<void> {
  const whole = await engine.log(directory, { ref, skip: 0, limit: 500 });
  expect(written(whole.commits)).toEqual(await gitLog(ref));
  expect(whole.more).toBe(false);
}

/** For every pair of some commits, as branch and upstream. */
async function expectCounts(): Promise<void> {
  const chosen = Array.from({ length: 14 }, (_, at) => oids[at * 11] ?? '');
  const config = path.join(directory, '.git/config');
  const before = readFileSync(config);
  let text = before.toString();
  const pairs: { name: string; one: string; two: string }[] = [];
  const refs: string[] = [];
  for (const [at, one] of chosen.entries())
    for (const [number, two] of chosen.entries()) {
      if (at === number) continue;
      const name = `p${at}-${number}`;
      pairs.push({ name, one, two });
      refs.push(`create refs/heads/${name} ${one}`, `create refs/heads/up-${name} ${two}`);
      text += `[branch "${name}"]\n\tremote = .\n\tmerge = refs/heads/up-${name}\n`;
    }
  writeFileSync(config, text);
  const update = (lines: string[]) =>
    execa('git', ['update-ref', '--stdin'], {
      cwd: directory,
      env: gitEnvironment,
      extendEnv: false,
      input: `${lines.join('\n')}\n`,
    });
  await update(refs);
  const told = new Map(
    (
      await git(
        directory,
        'for-each-ref',
        '--format=%(refname:short) %(upstream:track,nobracket)',
        'refs/heads/p*',
      )
    )
      .split('\n')
      .map((row) => [row.split(' ')[0] ?? '', row] as const),
  );
  const found = await engine.branches(directory);
  const wrong: string[] = [];
  for (const { name } of pairs) {
    const row = told.get(name) ?? '';
    const branch = found.find((one) => one.name === name);
    const ahead = Number(/ahead (\d+)/.exec(row)?.[1] ?? 0);
    const behind = Number(/behind (\d+)/.exec(row)?.[1] ?? 0);
    if (branch?.ahead !== ahead || branch.behind !== behind)
      wrong.push(`${row}: ${branch?.ahead} ${branch?.behind}`);
  }
  expect(wrong).toEqual([]);
  await update(refs.map((line) => line.replace(/^create (\S+) .*/, 'delete $1')));
  writeFileSync(config, before);
}

describe('the history of the embedded engine', () => {
  it('is git own, page by page and with every name', async () => {
    await expectAlike();
    await git(directory, 'pack-refs', '--all');
    await expectAlike();
    const all = await gitLog('main');
    for (const [skip, limit] of [
      [0, 7],
      [7, 7],
      [50, 3],
      [3, 60],
      [all.length - 2, 10],
      [all.length, 10],
    ] as const) {
      const page = await engine.log(directory, { skip, limit });
      expect(written(page.commits)).toEqual(all.slice(skip, skip + limit));
      expect(page.more).toBe(skip + limit < all.length);
    }
    expect(written([await engine.show(directory, 'heavy45^{}~2')])).toEqual(
      await gitLog('-1', 'heavy45^{}~2'),
    );
    await expectCounts();
  });

  it('is the same with a commit-graph, in one file and in several', async () => {
    await git(directory, 'commit-graph', 'write', '--reachable');
    await expectAlike();
    await expectCounts();
    const info = path.join(directory, '.git/objects/info');
    const file = path.join(info, 'commit-graph');
    const good = readFileSync(file);
    const next = random(77);
    // Whatever is changed or cut in it, the engine answers or says what is wrong; where git's own check sees it, the answer is right.
    for (let round = 0; round < 12; round += 1) {
      const bad = Buffer.from(good);
      if (round % 3 === 0) writeFileSync(file, good.subarray(0, next(good.length)));
      else {
        for (let change = 0; change < 8; change += 1)
          bad[next(round % 3 === 1 ? 1200 : bad.length)] = next(256);
        writeFileSync(file, bad);
      }
      const told = await engine.log(directory, { skip: 0, limit: 500 }).then(
        ({ commits }) => commits.length <= oids.length,
        (error: { error?: { kind: string } }) => error.error?.kind,
      );
      expect([true, 'repository-damaged']).toContain(told);
    }
    writeFileSync(file, good.subarray(0, 1000));
    await expectAlike();
    await execa('rm', ['-f', file]);
    const older = oids.slice(80).join('\n');
    const write = (input: string) =>
      execa('git', ['commit-graph', 'write', '--split=no-merge', '--stdin-commits'], {
        cwd: directory,
        env: gitEnvironment,
        extendEnv: false,
        input,
      });
    await write(`${older}\n`);
    await write(`${oids.slice(20).join('\n')}\n`);
    expect(
      readFileSync(path.join(info, 'commit-graphs/commit-graph-chain'), 'latin1').split('\n').length,
    ).toBeGreaterThan(2);
    await expectAlike();
    await expectCounts();
    await execa('rm', ['-rf', path.join(info, 'commit-graphs')]);
  });

  it('follows replaced and grafted commits as git does', async () => {
    const [one = '', two = ''] = [oids[30], oids[90]];
    await git(directory, 'commit-graph', 'write', '--reachable');
    await git(directory, 'replace', one, two);
    await expectAlike();
    await git(directory, 'config', 'core.useReplaceRefs', 'false');
    await expectAlike();
    await git(directory, 'config', '--unset', 'core.useReplaceRefs');
    await git(directory, 'replace', '-d', one);
    await mkdir(path.join(directory, '.git/info'), { recursive: true });
    writeFileSync(
      path.join(directory, '.git/info/grafts'),
      `# a comment\n${one} ${oids[100]} ${oids[120]}\n${oids[60]}\n`,
    );
    await expectAlike();
    await execa('rm', [path.join(directory, '.git/info/grafts')]);
    writeFileSync(path.join(directory, '.git/shallow'), `${one}\n${two}\n`);
    await expectAlike();
    await execa('rm', [path.join(directory, '.git/shallow')]);
    await expectAlike();
  });
});
