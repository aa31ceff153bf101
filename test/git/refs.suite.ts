import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Refs } from '../../electron/git/operations/refs';
import { git, makeRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import {
  type AreaFactory,
  expectAlike,
  failureOf,
  oracle,
  setIdentity,
  titleOf,
  twinOf,
  withoutOwnConfiguration,
} from './twins';

/** Names git-check-ref-format(1) refuses, and those that would be an option. */
const badNames = ['', '-x', '--delete', 'a..b', 'a b', 'a~1', 'a^', 'a:b', 'a?', 'a*', 'a[', 'a\\b'].concat([
  '/a',
  'a/',
  'a//b',
  '.a',
  'a/.b',
  'a.lock',
  'a.',
  'a@{b',
  'HEAD',
  'a\u0007',
  'a\nb',
]);
const goodNames = ['feature/ünï', 'a/b/c', '@x', 'refs/heads/odd', 'x'.repeat(200), '日本', "it's;$(x)"];

/** Branches, tags, remotes and configuration, with git as the oracle. */
export function refsSuite(factory: AreaFactory<Refs>): void {
  describe(titleOf(factory, 'refs'), () => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let engine: Refs;
    let made: Awaited<ReturnType<AreaFactory<Refs>['create']>>;
    let restore: () => void;
    const at = (name: string) => path.join(temporary.path, name);

    beforeAll(async () => {
      temporary = await temporaryDirectory();
      restore = withoutOwnConfiguration(temporary.path);
      made = await factory.create(at('engine'));
      engine = made.engine;
    });
    afterAll(async () => {
      await made.close();
      restore();
      await temporary.remove();
    });

    /** A repository with a remote's branches, and the same once more for git. */
    async function repository(name: string): Promise<[ours: string, gits: string]> {
      const directory = await makeRepository(at(name), smallHistory);
      await setIdentity(directory);
      await git(directory, 'remote', 'add', 'origin', 'https://git.example.test/team/small.git');
      await git(directory, 'update-ref', 'refs/remotes/origin/main', 'main~1');
      await git(directory, 'update-ref', 'refs/remotes/origin/other', 'feature/side');
      return [directory, await twinOf(directory)];
    }
    const configOf = async (directory: string) =>
      (await oracle(directory, ['config', '--local', '--list'])).stdout.toString('utf8');

    describe('branches', () => {
      it('are created where they are to start, with and without an upstream', async () => {
        const [ours, gits] = await repository('create');
        await engine.createBranch(ours, { name: 'plain', start: 'main~1', track: false });
        await git(gits, 'branch', '--no-track', 'plain', 'main~1');
        await engine.createBranch(ours, { name: 'follows', start: 'origin/other', track: true });
        await git(gits, 'branch', '--track', 'follows', 'origin/other');
        await engine.createBranch(ours, { name: 'not-follows', start: 'origin/main', track: false });
        await git(gits, 'branch', '--no-track', 'not-follows', 'origin/main');
        for (const name of goodNames) {
          await engine.createBranch(ours, { name, start: 'HEAD', track: false });
          await git(gits, 'branch', '--no-track', name, 'HEAD');
        }
        await expectAlike(ours, gits);
        expect(await configOf(ours)).toBe(await configOf(gits));
        const found = await engine.branches(ours);
        expect(found.find((branch) => branch.name === 'follows')?.upstream).toBe('origin/other');
      });

      it('say how far they went apart from their upstream', async () => {
        const [ours] = await repository('apart');
        await git(ours, 'branch', '--quiet', '--set-upstream-to=origin/other', 'main');
        await git(ours, 'config', 'branch.feature/side.remote', 'origin');
        await git(ours, 'config', 'branch.feature/side.merge', 'refs/heads/gone');
        const found = await engine.branches(ours);
        expect(found.some((branch) => branch.remote)).toBe(true);
        expect(await engine.branches(ours, 'local')).toEqual(found.filter((branch) => !branch.remote));
        const counts = (await git(ours, 'rev-list', '--left-right', '--count', 'main...origin/other')).split(
          '\t',
        );
        expect(found.find((branch) => branch.name === 'main')).toMatchObject({
          upstream: 'origin/other',
          ahead: Number(counts[0]),
          behind: Number(counts[1]),
        });
        expect(found.find((branch) => branch.name === 'feature/side')).toMatchObject({
          ahead: null,
          behind: null,
        });
      });

      it('refuse names git refuses, names that are taken, and starts that are not there', async () => {
        const [ours, gits] = await repository('names');
        for (const name of badNames) {
          const failure = await failureOf(engine.createBranch(ours, { name, start: 'main', track: false }));
          expect([name, failure]).toMatchObject([name, { kind: 'invalid-input', field: 'name' }]);
          expect((await failureOf(engine.renameBranch(ours, { from: 'main', to: name }))).kind).toBe(
            'invalid-input',
          );
        }
        expect(
          await failureOf(engine.createBranch(ours, { name: 'main', start: 'HEAD', track: false })),
        ).toEqual({ kind: 'already-exists', name: 'main' });
        // `feature` cannot be a branch while `feature/side` is one.
        for (const name of ['feature', 'main/below'])
          expect(
            (await failureOf(engine.createBranch(ours, { name, start: 'HEAD', track: false }))).kind,
          ).toBe('already-exists');
        for (const start of ['absent', '--help', ''])
          expect(await failureOf(engine.createBranch(ours, { name: 'new', start, track: false }))).toEqual({
            kind: 'revision-not-found',
            name: start,
          });
        await expectAlike(ours, gits);
      });

      it('are renamed with their reflog, their upstream and HEAD', async () => {
        const [ours, gits] = await repository('rename');
        for (const directory of [ours, gits]) {
          await git(directory, 'branch', '--quiet', '--set-upstream-to=origin/main', 'main');
          await git(directory, 'branch', 'second', 'main~1');
        }
        await engine.renameBranch(ours, { from: 'main', to: 'trunk' });
        await git(gits, 'branch', '-m', 'main', 'trunk');
        await engine.renameBranch(ours, { from: 'second', to: 'group/second' });
        await git(gits, 'branch', '-m', 'second', 'group/second');
        await expectAlike(ours, gits);
        expect(await configOf(ours)).toBe(await configOf(gits));
        expect(await git(ours, 'reflog', 'show', '--format=%gs', 'trunk')).toBe(
          await git(gits, 'reflog', 'show', '--format=%gs', 'trunk'),
        );
        expect(await failureOf(engine.renameBranch(ours, { from: 'absent', to: 'x' }))).toEqual({
          kind: 'branch-not-found',
          branch: 'absent',
        });
        expect(await failureOf(engine.renameBranch(ours, { from: 'trunk', to: 'feature/side' }))).toEqual({
          kind: 'already-exists',
          name: 'feature/side',
        });
      });

      it('are deleted with their settings, and kept where their commits are nowhere else', async () => {
        const [ours, gits] = await repository('delete');
        for (const directory of [ours, gits]) {
          await git(directory, 'branch', '--quiet', '--track', 'merged', 'origin/main');
          await git(directory, 'switch', '--quiet', '-c', 'lonely', 'main');
          await git(directory, 'commit', '--quiet', '--allow-empty', '-m', 'Nowhere else');
          await git(directory, 'switch', '--quiet', 'main');
        }
        const oid = await git(ours, 'rev-parse', 'merged');
        expect(await engine.deleteBranch(ours, { name: 'merged', force: false })).toEqual({ oid });
        await git(gits, 'branch', '-d', 'merged');
        await expectAlike(ours, gits);
        expect(await configOf(ours)).toBe(await configOf(gits));
        const lonely = await git(ours, 'rev-parse', 'lonely');
        expect(await failureOf(engine.deleteBranch(ours, { name: 'lonely', force: false }))).toEqual({
          kind: 'not-merged',
          branch: 'lonely',
        });
        expect(await git(ours, 'rev-parse', 'lonely')).toBe(lonely);
        expect(await engine.deleteBranch(ours, { name: 'lonely', force: true })).toEqual({ oid: lonely });
        await git(gits, 'branch', '-D', 'lonely');
        await expectAlike(ours, gits);
        expect(
          (await git(ours, 'for-each-ref', '--format=%(objectname)', 'refs/polyforge/kept')).split('\n'),
        ).toContain(lonely);
        expect((await failureOf(engine.deleteBranch(ours, { name: 'main', force: true }))).kind).toBe(
          'unsupported',
        );
        for (const name of ['absent', '--all'])
          expect(await failureOf(engine.deleteBranch(ours, { name, force: false }))).toEqual({
            kind: 'branch-not-found',
            branch: name,
          });
        expect(await git(ours, 'rev-parse', 'main')).toBe(await git(gits, 'rev-parse', 'main'));
      });

      it('get an upstream, another one, and none', async () => {
        const [ours, gits] = await repository('upstream');
        for (const upstream of ['origin/main', 'origin/other', 'feature/side', null, null]) {
          await engine.setUpstream(ours, { name: 'main', upstream });
          await oracle(
            gits,
            upstream === null
              ? ['branch', '--unset-upstream', 'main']
              : ['branch', `--set-upstream-to=${upstream}`, 'main'],
          );
          const values = async (directory: string) =>
            (await configOf(directory)).split('\n').filter((line) => line.startsWith('branch.'));
          expect(await values(ours)).toEqual(await values(gits));
        }
        for (const upstream of ['origin/absent', '--unset-upstream'])
          expect(await failureOf(engine.setUpstream(ours, { name: 'main', upstream }))).toEqual({
            kind: 'branch-not-found',
            branch: upstream,
          });
        expect(
          await failureOf(engine.setUpstream(ours, { name: 'absent', upstream: 'origin/main' })),
        ).toMatchObject({ kind: 'branch-not-found', branch: 'absent' });
      });

      it('can be renamed and not deleted before the first commit', async () => {
        const ours = await makeRepository(at('unborn'));
        const gits = await twinOf(ours);
        await engine.renameBranch(ours, { from: 'main', to: 'trunk' });
        await git(gits, 'branch', '-m', 'main', 'trunk');
        expect(await git(ours, 'symbolic-ref', 'HEAD')).toBe(await git(gits, 'symbolic-ref', 'HEAD'));
        expect(
          await failureOf(engine.createBranch(ours, { name: 'x', start: 'HEAD', track: false })),
        ).toEqual({
          kind: 'revision-not-found',
          name: 'HEAD',
        });
        expect(await engine.branches(ours)).toEqual([]);
        expect(await engine.tags(ours)).toEqual([]);
      });
    });

    describe('tags', () => {
      it('are made plain and with a message, and read back', async () => {
        const [ours, gits] = await repository('tags');
        const message = 'A release\n\nwith a body  \n\n\n# and what looks like a comment\n';
        await engine.createTag(ours, { name: 'plain', target: 'main~1', message: null });
        await git(gits, 'tag', 'plain', 'main~1');
        await engine.createTag(ours, { name: 'told/v2', target: 'feature/side', message });
        await oracle(
          gits,
          ['tag', '--annotate', '--file=-', '--cleanup=whitespace', 'told/v2', 'feature/side'],
          { input: message },
        );
        await engine.createTag(ours, { name: 'nested', target: 'told/v2', message: 'Of a tag' });
        await oracle(gits, ['tag', '--annotate', '--file=-', 'nested', 'told/v2'], { input: 'Of a tag' });
        await expectAlike(ours, gits);
        for (const tag of ['told/v2', 'nested']) {
          const body = async (directory: string) =>
            (await oracle(directory, ['cat-file', 'tag', tag])).stdout
              .toString('utf8')
              .replace(/^tagger (.*>).*$/m, 'tagger $1')
              .replace(/^object .*$/m, '');
          expect(await body(ours)).toBe(await body(gits));
        }
        const found = await engine.tags(ours);
        expect(found.map((tag) => tag.name)).toEqual(['nested', 'plain', 'told/v2', 'v1.0']);
        const side = await git(ours, 'rev-parse', 'feature/side');
        expect(found.find((tag) => tag.name === 'told/v2')).toEqual({
          name: 'told/v2',
          oid: await git(ours, 'rev-parse', 'told/v2'),
          target: side,
          message: 'A release\n\nwith a body\n\n# and what looks like a comment',
        });
        expect(found.find((tag) => tag.name === 'nested')?.target).toBe(side);
        expect(found.find((tag) => tag.name === 'plain')).toMatchObject({
          target: await git(ours, 'rev-parse', 'main~1'),
          message: null,
        });
      });

      it('refuse bad names, taken names, targets that are not there and an empty message', async () => {
        const [ours, gits] = await repository('tag-names');
        for (const name of badNames.filter((one) => one !== 'HEAD'))
          expect(
            (await failureOf(engine.createTag(ours, { name, target: 'main', message: null }))).kind,
          ).toBe('invalid-input');
        expect(
          await failureOf(engine.createTag(ours, { name: 'v1.0', target: 'main', message: null })),
        ).toEqual({ kind: 'already-exists', name: 'v1.0' });
        for (const target of ['absent', '--force'])
          expect(await failureOf(engine.createTag(ours, { name: 'x', target, message: null }))).toEqual({
            kind: 'revision-not-found',
            name: target,
          });
        expect(
          await failureOf(engine.createTag(ours, { name: 'x', target: 'main', message: ' \n\t' })),
        ).toMatchObject({ kind: 'invalid-input', field: 'message' });
        await expectAlike(ours, gits);
      });

      it('ask for an identity only where they have a message', async () => {
        const ours = await makeRepository(at('nobody'), smallHistory);
        await engine.createTag(ours, { name: 'plain', target: 'main', message: null });
        expect(
          await failureOf(engine.createTag(ours, { name: 'told', target: 'main', message: 'x' })),
        ).toEqual({
          kind: 'identity-missing',
        });
      });

      it('are deleted', async () => {
        const [ours, gits] = await repository('tag-delete');
        await engine.deleteTag(ours, 'v1.0');
        await git(gits, 'tag', '-d', 'v1.0');
        await expectAlike(ours, gits);
        for (const name of ['v1.0', '--list'])
          expect(await failureOf(engine.deleteTag(ours, name))).toEqual({ kind: 'revision-not-found', name });
      });
    });

    describe('remotes', () => {
      it('are added, moved and removed with their branches and settings', async () => {
        const [ours, gits] = await repository('remotes');
        const steps: [() => Promise<void>, string[]][] = [
          [
            () => engine.addRemote(ours, { name: 'fork', url: 'https://git.example.test/ada/small.git' }),
            ['remote', 'add', 'fork', 'https://git.example.test/ada/small.git'],
          ],
          [
            () =>
              engine.setRemoteUrl(ours, { name: 'fork', url: 'ssh://git@git.example.test/ada/small.git' }),
            ['remote', 'set-url', 'fork', 'ssh://git@git.example.test/ada/small.git'],
          ],
          [
            () => engine.setUpstream(ours, { name: 'main', upstream: 'origin/main' }),
            ['branch', '--set-upstream-to=origin/main', 'main'],
          ],
          [() => engine.removeRemote(ours, 'origin'), ['remote', 'remove', 'origin']],
        ];
        for (const [mine, args] of steps) {
          await mine();
          await git(gits, ...args);
          expect(await configOf(ours)).toBe(await configOf(gits));
          await expectAlike(ours, gits);
        }
        expect(await engine.remotes(ours)).toEqual([
          { name: 'fork', url: 'ssh://git@git.example.test/ada/small.git', pushUrl: null },
        ]);
      });

      it('refuse what is no name and no address, and names that are taken or not there', async () => {
        const [ours, gits] = await repository('remote-names');
        const url = 'https://git.example.test/x.git';
        for (const name of ['', '-x', 'a b', 'a..b', 'a.lock', 'a\nb'])
          expect(await failureOf(engine.addRemote(ours, { name, url }))).toMatchObject({
            kind: 'invalid-input',
            field: 'name',
          });
        for (const bad of ['', '--upload-pack=touch x', 'https://a\nb'])
          expect(await failureOf(engine.addRemote(ours, { name: 'x', url: bad }))).toMatchObject({
            kind: 'invalid-input',
            field: 'url',
          });
        expect(await failureOf(engine.addRemote(ours, { name: 'origin', url }))).toEqual({
          kind: 'already-exists',
          name: 'origin',
        });
        expect(await failureOf(engine.setRemoteUrl(ours, { name: 'absent', url }))).toEqual({
          kind: 'revision-not-found',
          name: 'absent',
        });
        expect(await failureOf(engine.removeRemote(ours, 'absent'))).toEqual({
          kind: 'revision-not-found',
          name: 'absent',
        });
        expect(await configOf(ours)).toBe(await configOf(gits));
      });
    });

    describe('configuration', () => {
      it('is read value by value, with the letters of a subsection as they are', async () => {
        const [ours] = await repository('configuration');
        await git(ours, 'config', '--add', 'polyforge.Many', 'one');
        await git(ours, 'config', '--add', 'polyforge.many', 'two\nlines');
        await git(ours, 'config', 'branch.Feature/X.remote', 'origin');
        const values = async (key: string) =>
          (await engine.configuration(ours, key))
            .filter((one) => one.scope === 'local')
            .map((one) => one.value);
        expect(await values('polyforge.many')).toEqual(['one', 'two\nlines']);
        expect(await values('POLYFORGE.MANY')).toEqual(['one', 'two\nlines']);
        expect(await values('branch.Feature/X.remote')).toEqual(['origin']);
        expect(await values('branch.feature/x.remote')).toEqual([]);
        expect(await values('absent.key')).toEqual([]);
        for (const key of ['', 'nothing', '--global', 'a.b\nc'])
          expect(await failureOf(engine.configuration(ours, key))).toMatchObject({
            kind: 'invalid-input',
            field: 'key',
          });
      });
    });

    it("waits for nobody's lock, names it, and changes nothing", async () => {
      const [ours, gits] = await repository('locked');
      await git(ours, 'update-ref', 'refs/heads/held', 'main');
      await git(gits, 'update-ref', 'refs/heads/held', 'main');
      const held = path.join(ours, '.git/refs/heads/held.lock');
      await writeFile(held, '');
      expect(await failureOf(engine.deleteBranch(ours, { name: 'held', force: false }))).toEqual({
        kind: 'repository-busy',
        path: held,
      });
      await rm(held);
      await writeFile(path.join(ours, '.git/config.lock'), '');
      expect(
        await failureOf(engine.addRemote(ours, { name: 'x', url: 'https://git.example.test/x' })),
      ).toEqual({ kind: 'repository-busy', path: path.join(ours, '.git/config.lock') });
      await rm(path.join(ours, '.git/config.lock'));
      await expectAlike(ours, gits);
    });
  });
}
