import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneGuarded } from '../../electron/git/guard';
import { visibleName } from '../../renderer/components/visible-text';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { answerWith, madeUpObjects } from '../fakes/made-up-repository';
import { git, makeRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import { recordedCredentials } from '../git/operation';
import { running, withoutOwnConfiguration } from '../git/twins';
import { type AnyEngine, ended, type Ended, engineFor } from './both-engines';
import { hostileEntries, hostileText, verdict } from './hostile-inputs';

const entries = hostileEntries('ref-name');
const objects = madeUpObjects();
const commit = objects.commit(
  objects.tree([{ mode: '100644', name: 'a.txt', oid: objects.add('blob', 'a\n') }]),
);
const pack = objects.pack();

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
});
afterAll(async () => {
  await server.close();
  restore();
  await place.remove();
});

/** Lines of `ls-refs`: `main`, which is HEAD, and these. */
function offer(...names: string[]): void {
  const rows = ['refs/heads/main', ...names].sort().map((name) => `${commit} ${name}`);
  answerWith(server, [`${commit} HEAD symref-target:refs/heads/main`, ...rows], pack);
}

/** Everything in a git folder but objects, logs and refs, with its content. */
async function outsideRefs(gitdir: string): Promise<string[]> {
  const names = (await readdir(gitdir)).filter(
    (name) => !['objects', 'logs', 'refs', 'branches'].includes(name),
  );
  return names.sort();
}
/** What a clone without such refs has there; a template has none of them. */
const usual = [
  'FETCH_HEAD',
  'HEAD',
  'ORIG_HEAD',
  'config',
  'description',
  'hooks',
  'index',
  'info',
  'packed-refs',
];

describe.each(['system', 'isomorphic'] as const)('hostile names of refs and the %s engine', (id) => {
  let engine: AnyEngine;
  let close: () => Promise<void>;
  /** A repository of the user, to make branches in. */
  let own: string;
  let count = 0;
  beforeAll(async () => {
    ({ engine, close } = await engineFor(id));
    own = await makeRepository(at(`own-${id}`), smallHistory);
  });
  afterAll(() => close());

  async function cloned(branch: string | null = null): Promise<{ end: Ended; directory: string }> {
    count += 1;
    const directory = at(`${id}-${count}`, 'work');
    await mkdir(path.dirname(directory));
    const remote = requireRemoteUrl(url);
    const credentials = recordedCredentials(remote.origin);
    const end = await ended(cloneGuarded(engine, { url: remote, directory, branch, credentials }, running()));
    expect(await readdir(path.dirname(directory))).toEqual(end === 'done' ? ['work'] : []);
    if (end === 'done') {
      const gitdir = path.join(directory, '.git');
      expect((await outsideRefs(gitdir)).filter((name) => !usual.includes(name))).toEqual([]);
      expect(await readFile(path.join(gitdir, 'HEAD'), 'utf8')).not.toContain('..');
      expect(await readFile(path.join(gitdir, 'config'), 'utf8')).toContain('[core]');
      expect(existsSync(path.join(gitdir, 'hooks/post-checkout'))).toBe(false);
    }
    expect(existsSync('mark')).toBe(false);
    expect(Object.keys(Object.prototype)).toEqual([]);
    return { end, directory };
  }

  async function remoteNames(directory: string): Promise<string[]> {
    return (await engine.branches(directory)).filter(({ remote }) => remote).map(({ name }) => name);
  }

  /** Both ends of a fetch into a clone of `main` alone: what it says, and the branches there are then. */
  async function fetchedInto(directory: string): Promise<{ end: Ended; names: string[] }> {
    const remote = requireRemoteUrl(url);
    const credentials = recordedCredentials(remote.origin);
    const request = { directory, remote: 'origin', url: remote, credentials, prune: false, reach: null };
    const end = await ended(engine.fetch(request, running()));
    return { end, names: await remoteNames(directory) };
  }

  const texts = entries.filter(({ input }) => typeof input === 'string');
  it.each(
    texts
      .filter((entry) => verdict(entry) === 'REFUSE')
      .map((entry) => [entry.id, entry.must, entry] as const),
  )('%s %s', async (_id, _must, entry) => {
    const given = hostileText(entry.input);
    const name = given.replace(/^refs\/heads\//, '');
    const before = await git(own, 'for-each-ref');
    const invalid = { kind: 'invalid-input' };
    expect(await ended(engine.createBranch(own, { name, start: 'main', track: false }))).toMatchObject(
      invalid,
    );
    expect(await ended(engine.renameBranch(own, { from: 'feature/side', to: name }))).toMatchObject(invalid);
    expect(await git(own, 'for-each-ref')).toBe(before);
    offer();
    expect((await cloned(name)).end).not.toBe('done');
    // A server may name a branch `-d`, or `@`: git allows it there.
    if (!given.startsWith('refs/')) return;
    offer(given);
    const { end, directory } = await cloned();
    // Of a name with a space or NUL in it git reads what stands before that.
    const allowed = ['origin/main', ...(/^a[ \0]b$/.test(name) ? ['origin/a'] : [])];
    if (end === 'done')
      expect((await remoteNames(directory)).filter((one) => !allowed.includes(one))).toEqual([]);
    else expect(end.kind).toMatch(/^(?:unexpected-answer|git-failed|unsupported)$/);
  });

  it('REF-023 REFUSE: a branch without commits outside the refs is not taken for HEAD', async () => {
    answerWith(server, ['unborn HEAD symref-target:refs/heads/../../../TARGET'], pack);
    expect((await cloned()).end).toMatchObject({ kind: 'unexpected-answer' });
    expect(existsSync(at('TARGET'))).toBe(false);
  });

  it('REF-024 ERROR: refs that lead to each other come to an end', async () => {
    const directory = await makeRepository(at(`ring-${id}`), smallHistory);
    const refs = path.join(directory, '.git/refs/heads');
    await writeFile(path.join(refs, 'a'), 'ref: refs/heads/b\n');
    await writeFile(path.join(refs, 'b'), 'ref: refs/heads/a\n');
    const listed = await ended(engine.branches(directory));
    if (listed === 'done')
      expect((await engine.branches(directory)).map(({ name }) => name)).toEqual(['feature/side', 'main']);
    expect(await ended(engine.log(directory, { skip: 0, limit: 10 }))).toBe('done');
    expect(await ended(engine.log(directory, { ref: 'a', skip: 0, limit: 10 }))).not.toBe('done');
    await writeFile(path.join(directory, '.git/HEAD'), 'ref: refs/heads/a\n');
    await Promise.all(
      [
        engine.overview(directory),
        engine.branches(directory),
        engine.log(directory, { skip: 0, limit: 10 }),
        engine.status(directory, { untracked: 'all', entries: () => undefined }, running()),
      ].map(ended),
    );

    answerWith(
      server,
      [
        `${commit} HEAD symref-target:refs/heads/main`,
        `${commit} refs/heads/a symref-target:refs/heads/b`,
        `${commit} refs/heads/b symref-target:refs/heads/a`,
        `${commit} refs/heads/main`,
      ],
      pack,
    );
    const { end, directory: clone } = await cloned();
    if (end === 'done') expect(await remoteNames(clone)).toEqual(['origin/a', 'origin/b', 'origin/main']);
  });

  // With spaces git refuses them; what a shell would make of them stays the same.
  const legal = ['REF-025', 'REF-026', 'REF-028', 'REF-030', 'REF-031', 'REF-036'].map((ref) => {
    const entry = entries.find((one) => one.id === ref);
    return [ref, entry?.must ?? '', hostileText(entry?.input).replaceAll(' ', '${IFS}')] as const;
  });
  it.each(legal)('%s %s', async (ref, _must, full) => {
    const name = full.replace(/^refs\/heads\//, '');
    offer(full);
    const { end, directory } = await cloned(name);
    expect(end).toBe('done');
    expect((await remoteNames(directory)).toSorted()).toEqual([`origin/${name}`, 'origin/main'].toSorted());
    expect(await engine.overview(directory)).toMatchObject({ head: { state: 'branch', branch: name } });
    expect((await engine.log(directory, { ref: name, skip: 0, limit: 1 })).commits).toHaveLength(1);
    const shown = visibleName(name);
    if (ref === 'REF-030') expect(shown).toBe('ma⟨U+200B⟩in');
    else if (ref === 'REF-031') expect(shown).toBe('m⟨U+0430⟩in');
    else expect(shown).toBe(name);
  });

  it('REF-032 ERROR: a name longer than the file system has is told, and the others are there', async () => {
    offer();
    const { directory } = await cloned();
    const long = `refs/heads/${hostileText(entries.find(({ id: one }) => one === 'REF-032')?.input).replace(/^refs\/heads\//, '')}`;
    offer(long, 'refs/heads/other');
    const { end, names } = await fetchedInto(directory);
    expect(end).toMatchObject({ kind: 'git-failed' });
    expect(names).toEqual(['origin/main', 'origin/other']);
  });

  it('REF-033 KEEP: names that differ in case are both there', async () => {
    offer('refs/heads/A', 'refs/heads/a');
    const { end, directory } = await cloned();
    expect(end).toBe('done');
    expect((await remoteNames(directory)).toSorted()).toEqual(['origin/A', 'origin/a', 'origin/main']);
  });

  it('REF-034 ERROR: a branch and one below it are told, and the others are there', async () => {
    offer();
    const { directory } = await cloned();
    offer('refs/heads/a', 'refs/heads/a/b', 'refs/heads/other');
    const { end, names } = await fetchedInto(directory);
    expect(end).toMatchObject({ kind: 'git-failed' });
    expect(names).toContain('origin/other');
    expect(names.includes('origin/a') && names.includes('origin/a/b')).toBe(false);
  });

  it('names that mean something to JavaScript mean nothing here', async () => {
    const names = ['__proto__', 'constructor', 'hasOwnProperty', 'toString'];
    offer(...names.flatMap((name) => [`refs/heads/${name}`, `refs/tags/${name}`]));
    const { end, directory } = await cloned('__proto__');
    expect(end).toBe('done');
    expect((await remoteNames(directory)).toSorted()).toEqual(
      [...names, 'main'].map((name) => `origin/${name}`).toSorted(),
    );
    expect((await engine.tags(directory)).map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    const [first] = (await engine.log(directory, { skip: 0, limit: 1 })).commits;
    expect(first?.refs).toContain('__proto__');
  });
});

describe('every hostile name of a ref', () => {
  it('is one of these', async () => {
    const source = await readFile(import.meta.filename, 'utf8');
    const shown = (entry: (typeof entries)[number]) =>
      (typeof entry.input === 'string' && verdict(entry) === 'REFUSE') || source.includes(entry.id);
    expect(entries.filter((entry) => !shown(entry))).toEqual([]);
  });
});
