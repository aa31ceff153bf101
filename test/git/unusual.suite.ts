import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GitEngine } from '../../electron/git/engine';
import type { Comparison } from '../../electron/git/operations/comparison';
import type { WorkingTree } from '../../electron/git/operations/working-tree';
import { pathFromBytes } from '../../electron/git/path-bytes';
import type { Branch } from '../../shared/contract/branches';
import type { Commit } from '../../shared/contract/history';
import { temporaryDirectory } from '../fakes/repositories';
import { gitStatusLines, statusLines } from './status-lines';
import { type AreaFactory, failureOf, oracle, running, titleOf, withoutOwnConfiguration } from './twins';
import { unusualRepositories, type UnusualName } from './unusual-repositories';

type Looking = GitEngine & Pick<WorkingTree, 'status'> & Pick<Comparison, 'show'> & Partial<Comparison>;

export interface LookingFactory extends AreaFactory<Looking> {
  /** Where the git stands that is the oracle; absent: the one of this machine. */
  git?: string;
  /** What this engine cannot read, and the sentences that say which one can. */
  unsupported: Partial<Record<UnusualName, { what: RegExp; reason: RegExp }>>;
}

/** Of the oracle. */
let env: Record<string, string> = {};

const names = Object.keys(unusualRepositories) as UnusualName[];

async function text(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await oracle(directory, ['--no-optional-locks', ...args], { env });
  return stdout.toString('utf8').replace(/\n$/, '');
}

/** Bare, shallow and HEAD as git tells them. */
async function gitOverview(directory: string) {
  const [state, symbolic, oid] = await Promise.all([
    text(directory, 'rev-parse', '--is-bare-repository', '--is-shallow-repository'),
    text(directory, 'symbolic-ref', '--quiet', 'HEAD'),
    text(directory, 'rev-parse', '--quiet', '--verify', 'HEAD'),
  ]);
  const branch = symbolic.replace(/^refs\/heads\//, '');
  const [bare, shallow] = state.split('\n').map((word) => word === 'true');
  const head =
    symbolic === ''
      ? { state: 'detached', oid }
      : oid === ''
        ? { state: 'unborn', branch }
        : { state: 'branch', branch, oid };
  return { bare, shallow, head };
}

async function gitBranches(directory: string): Promise<string[]> {
  const format = '%(refname) %(objectname) %(upstream:short) %(upstream:track,nobracket) %(HEAD)%(symref)';
  const list = await text(directory, 'for-each-ref', `--format=${format}`, 'refs/heads', 'refs/remotes');
  return list.split('\n').filter((line) => line !== '' && !/ [ *]refs\/\S+$/.test(line));
}

function branchLine({ name, remote, current, oid, upstream, ahead, behind }: Branch): string {
  const track = [ahead ? `ahead ${ahead}` : '', behind ? `behind ${behind}` : ''].filter(Boolean).join(', ');
  return `refs/${remote ? 'remotes' : 'heads'}/${name} ${oid} ${upstream ?? ''} ${track} ${current ? '*' : ' '}`;
}

async function gitLog(directory: string, ...revisions: string[]): Promise<string[]> {
  const log = await text(
    directory,
    'log',
    '-z',
    '--decorate=full',
    '--format=%H|%P|%an <%ae> %at|%s|%D',
    ...revisions,
    '--',
  );
  const refs = (decoration: string) =>
    decoration
      .split(', ')
      .map((name) => name.replace(/^HEAD -> /, '').replace(/^tag: /, ''))
      .filter((name) => /^refs\/(?:heads|tags|remotes)\//.test(name) && !name.endsWith('/HEAD'))
      .map((name) => name.replace(/^refs\/(?:heads|tags|remotes)\//, ''))
      .sort()
      .join(' ');
  return log === ''
    ? []
    : log
        .split('\0')
        .filter((line) => line !== '')
        .map((line) => line.replace(/\|([^|]*)$/, (_all, found: string) => `|${refs(found)}`));
}

function commitLine({ oid, parents, author, authoredAt, subject, refs }: Commit): string {
  return `${oid}|${parents.join(' ')}|${author.name} <${author.email}> ${authoredAt / 1000}|${subject}|${refs.toSorted().join(' ')}`;
}

/** Status and paths of `git diff`. */
async function gitDiff(directory: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await oracle(
    directory,
    ['--no-optional-locks', 'diff', '--name-status', '-z', '-M', ...args],
    { env },
  );
  const parts = stdout.toString('latin1').split('\0').slice(0, -1);
  const shown = (name: string | undefined) => pathFromBytes(Buffer.from(name ?? '', 'latin1'));
  const lines: string[] = [];
  while (parts.length > 0) {
    const status = (parts.shift() ?? '').slice(0, 1);
    const first = shown(parts.shift());
    lines.push(`${status} ${first} ${/[RC]/.test(status) ? shown(parts.shift()) : first}`);
  }
  return lines;
}

const letters = {
  added: 'A',
  deleted: 'D',
  modified: 'M',
  renamed: 'R',
  copied: 'C',
  'type-changed': 'T',
  conflict: 'U',
} as const;

/** Repositories of every state a user may open: each look equals git's, or says who can look. */
export function unusualSuite(factories: readonly LookingFactory[]): void {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let restore: () => void;
  const made = new Map<UnusualName, string>();

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    restore = withoutOwnConfiguration(temporary.path);
    await Promise.all(
      names.map(async (name, number) => {
        made.set(name, await unusualRepositories[name](path.join(temporary.path, `repository-${number}`)));
      }),
    );
  });
  afterAll(async () => {
    restore();
    await temporary.remove();
  });

  describe.each(factories.map((factory) => [titleOf(factory, 'unusual repositories'), factory] as const))(
    '%s',
    (_title, factory) => {
      let engine: Looking;
      let close: () => Promise<void>;

      beforeAll(async () => {
        const one = await factory.create(path.join(temporary.path, titleOf(factory, 'engine')));
        ({ engine } = one);
        close = () => one.close();
        env = factory.git
          ? { PATH: `${path.dirname(factory.git)}${path.delimiter}${process.env['PATH'] ?? ''}` }
          : {};
      });
      afterAll(() => close());

      const looks = (directory: string): Record<string, () => Promise<unknown>> => ({
        overview: () => engine.overview(directory),
        branches: () => engine.branches(directory),
        log: () => engine.log(directory, { skip: 0, limit: 100 }),
        status: () => engine.status(directory, { untracked: 'all', entries: () => undefined }, running()),
        show: () => engine.show(directory, 'HEAD'),
      });

      for (const name of names) {
        const refused = factory.unsupported[name];
        if (refused) {
          it(`${name}: says which engine can, and why this one cannot`, async () => {
            const directory = made.get(name) ?? '';
            for (const [look, run] of Object.entries(looks(directory)))
              expect([look, await failureOf(run())]).toEqual([
                look,
                {
                  kind: 'unsupported',
                  what: expect.stringMatching(refused.what),
                  reason: expect.stringMatching(refused.reason),
                  ...(factory.name === 'isomorphic' && { needs: 'git' }),
                },
              ]);
          });
          continue;
        }

        it(`${name}: is read as git reads it`, async () => {
          const directory = made.get(name) ?? '';
          const { bare, shallow, head } = await engine.overview(directory);
          expect(await engine.discover(directory)).toBe(directory);
          expect({ bare, shallow, head }).toEqual(await gitOverview(directory));
          const branches = await engine.branches(directory);
          expect(branches.map(branchLine)).toEqual(await gitBranches(directory));
          const { commits, more } = await engine.log(directory, { skip: 0, limit: 100 });
          expect(more).toBe(false);
          expect(commits.map(commitLine)).toEqual(await gitLog(directory));
          for (const { name: branch } of branches)
            expect(
              (await engine.log(directory, { ref: branch, skip: 0, limit: 1 })).commits.map(commitLine),
            ).toEqual(await gitLog(directory, '--max-count=1', branch));
          if (head.state === 'unborn')
            expect(await failureOf(engine.show(directory, 'HEAD'))).toEqual({
              kind: 'revision-not-found',
              name: 'HEAD',
            });
          else
            expect([commitLine(await engine.show(directory, 'HEAD'))]).toEqual(
              await gitLog(directory, '--max-count=1'),
            );
          if (bare) {
            expect(
              await failureOf(
                engine.status(directory, { untracked: 'all', entries: () => undefined }, running()),
              ),
            ).toMatchObject({ kind: 'unsupported', reason: expect.stringMatching(/bare/) });
            return;
          }
          for (const untracked of ['all', 'normal'] as const)
            expect(await statusLines(engine, directory, untracked)).toEqual(
              await gitStatusLines(directory, untracked, env),
            );
          if (!engine.diff) return;
          for (const [kind, ...args] of [['working-tree'], ['index', '--cached']] as const) {
            const found: string[] = [];
            await engine.diff(
              {
                directory,
                sides: { kind },
                paths: null,
                renames: true,
                context: 3,
                maximumBytes: 1_000_000,
                file: ({ status, from, to }) =>
                  void found.push(`${letters[status]} ${from ?? to} ${to ?? from}`),
              },
              running(),
            );
            expect([kind, found]).toEqual([kind, await gitDiff(directory, ...args)]);
          }
        });
      }
    },
  );
}
