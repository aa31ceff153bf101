import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compose, type Core } from '../../electron/compose';
import { wholeClone } from '../../shared/clone-plan';
import type { ClonePlan } from '../../shared/contract/clone-plan';
import type { RepositoryOverview } from '../../shared/contract/repositories';
import { abilities } from '../../shared/engine-abilities';
import { buildGitWorker } from '../fakes/git-worker';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import type { WorldRepository } from '../fakes/hosting/world';
import { fakePlatform } from '../fakes/platform';
import { git, temporaryDirectory } from '../fakes/repositories';
import { builtHelper } from '../git/operation';
import { failureOf } from './core';

/** What is in a clone of each plan, or why the engine takes no such plan. */
interface Row {
  name: string;
  ability: keyof typeof abilities;
  plan: Partial<ClonePlan>;
  holds: (directory: string, overview: RepositoryOverview) => Promise<void> | void;
}

const count = (directory: string, ...args: string[]) =>
  git(directory, 'rev-list', '--count', ...args).then(Number);

const rows: Row[] = [
  {
    name: 'the last two commits of one branch',
    ability: 'shallow',
    plan: { depth: 2, singleBranch: true },
    async holds(directory, overview) {
      expect(await count(directory, '--all')).toBe(2);
      expect(overview).toMatchObject({ shallow: true, narrow: 'origin', partial: false });
    },
  },
  {
    name: 'one branch',
    ability: 'singleBranch',
    plan: { singleBranch: true },
    async holds(directory, overview) {
      expect(await git(directory, 'branch', '-r')).not.toContain('feature/');
      expect(overview).toMatchObject({ shallow: false, narrow: 'origin' });
    },
  },
  {
    name: 'contents when they are needed',
    ability: 'partial',
    plan: { filter: { kind: 'blobs' } },
    async holds(directory, overview) {
      const missing = await git(directory, 'rev-list', '--objects', '--all', '--missing=print');
      expect(missing).toMatch(/^\?[0-9a-f]{40}$/m);
      expect(overview).toMatchObject({ partial: true, narrow: null });
    },
  },
  {
    name: 'chosen folders',
    ability: 'sparse',
    plan: { sparse: ['src/payments'] },
    holds(directory) {
      expect(
        readdirSync(path.join(directory, 'src'), { withFileTypes: true })
          .filter((each) => each.isDirectory())
          .map(({ name }) => name),
      ).toEqual(['payments']);
      expect(existsSync(path.join(directory, 'README.md'))).toBe(true);
    },
  },
];

describe.each(['system', 'isomorphic'] as const)(
  'clones by plan through the services, %s engine',
  (engine) => {
    let server: Awaited<ReturnType<typeof startGitHub>>;
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let core: Core;
    let client: ReturnType<typeof clientOf>;
    let accountId: string;
    let url: string;
    const clientOf = (of: Core) => createRouterClient(of.router, { context: { log: () => undefined } });
    const parent = () => path.join(temporary.path, 'code');

    beforeAll(async () => {
      temporary = await temporaryDirectory();
      server = await startGitHub();
      vi.stubEnv('HOME', temporary.path);
      vi.stubEnv('XDG_CONFIG_HOME', undefined);
      vi.stubEnv('GIT_CONFIG_GLOBAL', undefined);
      vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
      const repository: WorldRepository = server.world.repository('northwind/storefront');
      url = `${server.url}/${repository.namespace}/${repository.slug}.git`;
      const credentialHelper = await builtHelper(path.join(temporary.path, 'helper'));
      const { file: gitWorker } = await buildGitWorker();
      core = await compose(fakePlatform(path.join(temporary.path, 'data'), { credentialHelper, gitWorker }));
      client = clientOf(core);
      await client.preferences.set({ engine });
      const { account } = await client.accounts.save({
        draft: {
          kind: 'github-enterprise',
          authenticationType: 'personal',
          alias: 'Work',
          url: server.url,
          token: githubTokens.first,
        },
      });
      accountId = account?.id ?? '';
    });
    afterAll(async () => {
      await core.close();
      await server.close();
      await temporary.remove();
      vi.unstubAllEnvs();
    });

    let made = 0;
    const clone = async (plan: Partial<ClonePlan>, from = url) => {
      made += 1;
      const name = `${engine}-${made}`;
      const steps = await client.repositories.clone({
        url: from,
        parent: parent(),
        name,
        accountId,
        branch: null,
        hostedKey: null,
        plan: { ...wholeClone, ...plan },
      });
      for await (const _ of steps);
      const known = (await client.repositories.list()).find((each) => each.name === name);
      return { directory: path.join(parent(), name), repositoryId: known?.id ?? '' };
    };
    const bring = async (
      repositoryId: string,
      reach: Parameters<typeof client.clonePlan.reach>[0]['reach'],
    ) => {
      for await (const _ of await client.clonePlan.reach({ repositoryId, reach }));
    };

    it.each(rows)('$name', async ({ ability, plan, holds }) => {
      const can: true | string = abilities[ability][engine];
      if (can === true) {
        const { directory, repositoryId } = await clone(plan);
        await holds(directory, await client.repositories.overview({ repositoryId }));
        expect(await git(directory, 'status', '--porcelain')).toBe('');
      } else {
        expect(await failureOf(clone(plan))).toMatchObject({ kind: 'unsupported', reason: can });
        expect(existsSync(path.join(parent(), `${engine}-${made}`))).toBe(false);
      }
    });

    it('brings more commits, then all of them, then all branches', async () => {
      const { directory, repositoryId } = await clone({ depth: 1, singleBranch: true });
      await bring(repositoryId, { kind: 'deepen', by: 1 });
      expect(await count(directory, 'HEAD')).toBe(2);
      await bring(repositoryId, { kind: 'unshallow' });
      expect(await client.repositories.overview({ repositoryId })).toMatchObject({
        shallow: false,
        narrow: 'origin',
      });
      await bring(repositoryId, { kind: 'all-branches' });
      expect(await client.repositories.overview({ repositoryId })).toMatchObject({
        shallow: false,
        narrow: null,
      });
      expect(await git(directory, 'branch', '-r')).toContain('origin/feature/');
      const { directory: bare } = await server.world.materialize(
        server.world.repository('northwind/storefront'),
      );
      expect(await count(directory, 'HEAD')).toBe(await count(bare, 'main'));
    });

    it('fetches submodules when they are wanted, from hosts that were shown only', async () => {
      const { directory: bare } = await server.world.materialize(
        server.world.repository('northwind/legacy-shop'),
      );
      const module = await server.world.materialize(server.world.repository('northwind/warehouse'));
      const work = path.join(temporary.path, 'with-submodule');
      await git(temporary.path, 'clone', '--quiet', bare, work);
      await writeFile(
        path.join(work, '.gitmodules'),
        '[submodule "stock"]\n\tpath = lib/stock\n\turl = ../warehouse.git\n',
      );
      await git(work, 'add', '.gitmodules');
      const oid = module.branches.get('main') ?? '';
      await git(work, 'update-index', '--add', '--cacheinfo', `160000,${oid},lib/stock`);
      await git(
        work,
        '-c',
        'user.name=A',
        '-c',
        'user.email=a@x.test',
        'commit',
        '--quiet',
        '-m',
        'Add stock',
      );
      await git(work, 'push', '--quiet', 'origin', 'HEAD');

      const address = `${server.url}/northwind/legacy-shop.git`;
      const unseen = await failureOf(clone({ submodules: ['https://elsewhere.example'] }, address));
      const { directory, repositoryId } = await clone({}, address);
      expect(await client.clonePlan.needs({ repositoryId })).toEqual({
        submodules: [{ origin: server.origin, paths: ['lib/stock'] }],
        placeholders: false,
      });
      const fetching = async (origin: string) => {
        for await (const _ of await client.clonePlan.fetchSubmodules({ repositoryId, origins: [origin] }));
      };
      if (engine === 'isomorphic') {
        expect(unseen.kind).toBe('unsupported');
        expect((await failureOf(fetching(server.origin))).kind).toBe('unsupported');
        return;
      }
      expect(unseen.kind).toBe('invalid-input');
      expect((await failureOf(fetching('https://elsewhere.example'))).kind).toBe('invalid-input');
      await fetching(server.origin);
      expect(await git(path.join(directory, 'lib/stock'), 'rev-parse', 'HEAD')).toBe(oid);
      expect((await client.clonePlan.needs({ repositoryId })).submodules).toEqual([]);

      const whole = await clone({ submodules: [server.origin] }, address);
      expect(existsSync(path.join(whole.directory, 'lib/stock', '.git'))).toBe(true);
    });
  },
);
