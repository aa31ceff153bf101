import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneGuarded } from '../../electron/git/guard';
import { pathFromBytes } from '../../electron/git/path-bytes';
import { visibleText } from '../../renderer/components/visible-text';
import type { StatusEntry } from '../../shared/contract/working-tree';
import { shownPath } from '../../shared/git-path';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { answerWith, type MadeUpObjects, madeUpObjects } from '../fakes/made-up-repository';
import { git, temporaryDirectory } from '../fakes/repositories';
import { recordedCredentials } from '../git/operation';
import { put, running, withoutOwnConfiguration } from '../git/twins';
import { type AnyEngine, ended, type Ended, engineFor } from './both-engines';
import { hostileEntries, hostileText, verdict } from './hostile-inputs';

interface EntryInput {
  mode?: string;
  name?: string | { repeat: string; times: number };
  nameBase64?: string;
  child?: string;
  target?: string;
  entries?: EntryInput[];
}

const evil = 'evil content\n';
const entries = hostileEntries('tree-entry');
const written = entries.filter(
  ({ input }) => !('tree' in (input as object)) && !('blob' in (input as object)),
);

/**
 * What git itself takes on this file system, because nothing is written through
 * a link there and a link in the place of its settings is not followed (2.32).
 * The built-in engine is the stricter one.
 */
const takenByGit = new Set(['PTH-016', 'PTH-017', 'PTH-021', 'PTH-022']);

const nameOf = (one: EntryInput) =>
  one.nameBase64 === undefined
    ? Buffer.from(hostileText(one.name ?? ''))
    : Buffer.from(one.nameBase64, 'base64');

/** Paths of the files, as bytes. */
const filesOf = (input: EntryInput): Buffer[] =>
  (input.entries ?? [input])
    .filter(({ mode }) => mode !== '160000')
    .map((one) =>
      Buffer.concat([nameOf(one), Buffer.from(one.mode === '40000' ? `/${one.child ?? 'x'}` : '')]),
    );

function treeOf(objects: MadeUpObjects, input: EntryInput): string {
  const rows = (input.entries ?? [input]).map((one) => {
    let oid = objects.add('blob', one.target ?? evil);
    if (one.mode === '160000') oid = '2'.repeat(40);
    if (one.mode === '40000')
      for (const [at, part] of (one.child ?? 'x').split('/').toReversed().entries())
        oid = objects.tree([{ mode: at === 0 ? '100644' : '40000', name: part, oid }]);
    return { mode: one.mode ?? '100644', name: nameOf(one), oid };
  });
  return objects.tree(rows.sort((a, b) => a.name.compare(b.name)));
}

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: GitHttpServer;
let url: string;
let restore: () => void;
const at = (...parts: string[]) => path.join(place.path, ...parts);

beforeAll(async () => {
  place = await temporaryDirectory();
  restore = withoutOwnConfiguration(place.path);
  server = await startGitHttpServer();
  url = server.urlOf('made/up');
  await git(place.path, 'init', '--quiet', '--template=', '--initial-branch=other', 'empty');
  await git(at('empty'), 'remote', 'add', 'origin', url);
});
afterAll(async () => {
  await server.close();
  restore();
  await place.remove();
});

function offer(make: (objects: MadeUpObjects) => string): void {
  const objects = madeUpObjects();
  const commit = objects.commit(make(objects));
  answerWith(
    server,
    [`${commit} HEAD symref-target:refs/heads/main`, `${commit} refs/heads/main`],
    objects.pack(),
  );
}

/** Every file below a folder that holds what the server wanted to have written. Links are not followed. */
async function evilFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const stats = await lstat(file).catch(() => null);
    if (stats?.isDirectory()) found.push(...(await evilFiles(file)));
    else if (stats?.isFile() && (await readFile(file, 'utf8')) === evil) found.push(file);
  }
  return found;
}

/** Nothing beside the working tree, and nothing of the server's choice in `.git`. */
async function expectHarmless(outer: string): Promise<void> {
  expect((await readdir(outer)).filter((name) => name !== 'work')).toEqual([]);
  expect(existsSync(at('escaped.txt'))).toBe(false);
  expect(existsSync('/abs.txt')).toBe(false);
  expect(existsSync('mark')).toBe(false);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  if (!existsSync(path.join(outer, 'work/.git'))) return;
  expect(await evilFiles(path.join(outer, 'work/.git'))).toEqual([]);
  expect(existsSync(path.join(outer, 'work/.git/hooks/post-checkout'))).toBe(false);
}

describe.each(['system', 'isomorphic'] as const)('hostile trees and the %s engine', (id) => {
  let engine: AnyEngine;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ engine, close } = await engineFor(id));
  });
  afterAll(() => close());

  async function cloned(outer: string): Promise<Ended> {
    await mkdir(outer, { recursive: true });
    const remote = requireRemoteUrl(url);
    const credentials = recordedCredentials(remote.origin);
    const directory = path.join(outer, 'work');
    return ended(cloneGuarded(engine, { url: remote, directory, branch: null, credentials }, running()));
  }

  async function fetched(outer: string): Promise<Ended> {
    await mkdir(outer, { recursive: true });
    const directory = path.join(outer, 'work');
    await cp(at('empty'), directory, { recursive: true });
    const remote = requireRemoteUrl(url);
    const credentials = recordedCredentials(remote.origin);
    const request = { directory, remote: 'origin', url: remote, credentials, prune: false, reach: null };
    return ended(engine.fetch(request, running()));
  }

  async function changes(directory: string): Promise<StatusEntry[]> {
    const found: StatusEntry[] = [];
    await engine.status(directory, { untracked: 'all', entries: (more) => found.push(...more) }, running());
    return found;
  }

  /** The files are there under the very bytes, and a change of one is told by them. */
  async function expectWhole(directory: string, input: EntryInput): Promise<void> {
    expect(await changes(directory)).toEqual([]);
    const files = filesOf(input);
    for (const file of files) {
      const name = Buffer.concat([Buffer.from(`${directory}/`), file]);
      expect(await readFile(name, 'utf8')).toBe(evil);
    }
    const [first] = files;
    if (!first) return;
    await put(directory, first, 'changed\n');
    const [changed, ...others] = await changes(directory);
    expect([changed?.path, changed?.workingTree, others]).toEqual([pathFromBytes(first), 'modified', []]);
    // oxlint-disable-next-line no-control-regex
    expect(visibleText(shownPath(changed?.path ?? ''))).not.toMatch(
      /[\u0000-\u001f\u202a-\u202e\ud800-\udfff]/u,
    );
  }

  it.each(written.map((entry) => [entry.id, entry.must, entry] as const))(
    '%s %s',
    async (_id, must, entry) => {
      const input = entry.input as EntryInput;
      const refuse = verdict(entry) === 'REFUSE' && !must.includes('on Linux a plain file');
      offer((objects) => treeOf(objects, input));
      const outer = at(`${entry.id}-${id}`);
      const clone = await cloned(outer);
      await expectHarmless(outer);
      const either = id === 'system' && takenByGit.has(entry.id);
      if (refuse && !either)
        expect(clone).toMatchObject({ kind: expect.stringMatching(/^(?:git-failed|unsupported)$/) });
      if (!refuse) expect(clone).toBe('done');
      expect(existsSync(path.join(outer, 'work'))).toBe(clone === 'done');
      if (!refuse) await expectWhole(path.join(outer, 'work'), input);

      const later = at(`${entry.id}-${id}-later`);
      const work = path.join(later, 'work');
      const fetch = await fetched(later);
      if (!refuse) expect(fetch).toBe('done');
      if (fetch === 'done') {
        const target = { kind: 'detached', ref: 'refs/remotes/origin/main' } as const;
        const end = await ended(engine.switchTo(work, target, running()));
        if (refuse && !either) expect(end).not.toBe('done');
        if (!refuse) expect(end).toBe('done');
        // git looks at every tree it writes by one function; here each command has its own way to the disk.
        if (refuse && id === 'isomorphic') {
          const ref = 'refs/remotes/origin/main';
          const merge = { directory: work, ref, fastForward: 'possible', message: null } as const;
          expect(await ended(engine.merge(merge, running()))).not.toBe('done');
          const hard = { directory: work, to: ref, mode: 'hard' } as const;
          expect(await ended(engine.reset(hard, running()))).not.toBe('done');
        }
        if (end !== 'done') expect(await readdir(work)).toEqual(['.git']);
      }
      await expectHarmless(later);
    },
  );

  it('PTH-046: folders 1,000 deep end without a full stack', async () => {
    offer((objects) => {
      let oid = objects.tree([{ mode: '100644', name: 'f', oid: objects.add('blob', evil) }]);
      for (let level = 0; level < 1000; level += 1) oid = objects.tree([{ mode: '40000', name: 'd', oid }]);
      return oid;
    });
    const outer = at(`deep-${id}`);
    const end = await cloned(outer);
    if (id === 'isomorphic') expect(end).toMatchObject({ kind: 'git-failed', command: 'checkout' });
    expect(existsSync(path.join(outer, 'work'))).toBe(end === 'done');
    await expectHarmless(outer);
  });

  it('PTH-047: a folder of more than 1,000,000 files is fetched, and refused where it would be written', async () => {
    offer((objects) => {
      const row = Buffer.concat([
        Buffer.from('100644 0000000\0'),
        Buffer.from(objects.add('blob', evil), 'hex'),
      ]);
      const tree = Buffer.alloc(row.length * 1_000_001);
      for (let entry = 0; entry <= 1_000_000; entry += 1) {
        row.copy(tree, entry * row.length);
        tree.write(String(entry).padStart(7, '0'), entry * row.length + 7, 'latin1');
      }
      return objects.add('tree', tree);
    });
    const outer = at(`wide-${id}`);
    expect(await fetched(outer)).toBe('done');
    const { commits } = await engine.log(path.join(outer, 'work'), {
      ref: 'refs/remotes/origin/main',
      skip: 0,
      limit: 10,
    });
    expect(commits.map(({ subject }) => subject)).toEqual(['Made up']);
    // git itself would write them all.
    if (id === 'isomorphic')
      expect(await cloned(at(`wide-${id}-clone`))).toMatchObject({ kind: 'git-failed', command: 'checkout' });
  });

  it('PTH-048: a tree that unfolds without end is fetched, and refused where it would be written', async () => {
    offer((objects) => {
      let oid = objects.add('blob', evil);
      for (let level = 0; level < 10; level += 1) {
        const below = oid;
        oid = objects.tree(
          Array.from({ length: 10 }, (_, number) => ({
            mode: level === 0 ? '100644' : '40000',
            name: `d${number}`,
            oid: below,
          })),
        );
      }
      return oid;
    });
    expect(await fetched(at(`bomb-${id}`))).toBe('done');
    // git itself has no limit.
    if (id === 'isomorphic')
      expect(await cloned(at(`bomb-${id}-clone`))).toMatchObject({ kind: 'git-failed', command: 'checkout' });
  });
});

describe('every hostile tree', () => {
  it('is one of these', () => {
    const shown = new Set([...written.map(({ id }) => id), 'PTH-046', 'PTH-047', 'PTH-048']);
    expect(entries.filter(({ id }) => !shown.has(id))).toEqual([]);
  });
});
