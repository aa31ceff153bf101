import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClonePlans } from '../../electron/services/clone-plan';
import { isTreeFolder, wholeClone } from '../../shared/clone-plan';
import { type ClonePlan, clonePlanSchema } from '../../shared/contract/clone-plan';
import { abilities } from '../../shared/engine-abilities';
import { AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { temporaryDirectory } from '../fakes/platform';
import { fakeProvider } from '../fakes/provider';
import { failureOf, startCore } from './core';

const host = 'https://git.example.test';
const url = `${host}/team/app.git`;

describe('what a provider tells before a clone', () => {
  const fake = fakeProvider();
  const directory = temporaryDirectory();
  let client: Awaited<ReturnType<typeof startCore>>['client'];
  let accountId = '';

  beforeAll(async () => {
    ({ client } = await startCore(directory, [fake.provider]));
    fake.state.tokens.set('token-anna', 'anna');
    const { account } = await client.accounts.save({
      draft: {
        kind: 'github-enterprise',
        alias: 'anna',
        authenticationType: 'personal',
        url: host,
        token: 'token-anna',
      },
    });
    accountId = account?.id ?? '';
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  beforeEach(() => {
    fake.state.files = new Map([
      ['.gitattributes', '# binaries\n*.bin filter=lfs diff=lfs merge=lfs -text\n'],
      [
        '.gitmodules',
        '[submodule "theme"]\n\tpath = web/theme\n\turl = ../theme.git\n[submodule "lib"]\n\tpath = lib\n\turl = https://elsewhere.example/lib.git\n[submodule "x"]\n\tpath = x\n\turl = file:///etc\n',
      ],
      ['docs/guide.md', ''],
      ['src/core/a.ts', ''],
      ['src/web/b.ts', ''],
    ]);
    fake.state.sizeBytes = 310_000_000;
    fake.state.failures.clear();
  });

  const survey = (given: string | null = accountId) =>
    client.clonePlan.survey({ url, accountId: given, branch: null });
  const folders = async (path: string, id: string) => {
    const found: string[] = [];
    for await (const part of await client.clonePlan.folders({ url, accountId, folder: { path, id } }))
      found.push(...part.map((folder) => folder.path));
    return found;
  };

  it('tells size, large files, hosts of submodules and folders, level by level', async () => {
    const told = await survey();
    expect(told).toMatchObject({ asked: true, sizeBytes: 310_000_000, largeFiles: true, error: null });
    expect(told.submodules).toEqual([
      { origin: host, paths: ['web/theme'] },
      { origin: 'https://elsewhere.example', paths: ['lib'] },
      { origin: null, paths: ['x'] },
    ]);
    expect(await folders('', told.top?.id ?? '')).toEqual(['docs', 'src']);
    expect(await folders('src', 'src')).toEqual(['src/core', 'src/web']);
  });

  it('says that nobody was asked where there is no account', async () => {
    expect(await survey(null)).toEqual({
      asked: false,
      sizeBytes: null,
      bytesPerSecond: null,
      largeFiles: null,
      submodules: null,
      top: null,
      error: null,
    });
  });

  it('hands on a failure beside what is known, and a repository without commits as one without folders', async () => {
    fake.state.failures.set('anna', { kind: 'rate-limited', host: 'git.example.test', retryAt: 1 });
    expect((await survey()).error).toMatchObject({ kind: 'rate-limited' });
    fake.state.failures.clear();
    fake.state.files.clear();
    expect(await survey()).toMatchObject({ asked: true, top: null, submodules: null, error: null });
  });

  it('refuses to clone with a plan nobody was shown, before anything is contacted', async () => {
    const clone = async (plan: ClonePlan) => {
      for await (const _ of await client.repositories.clone({
        url,
        parent: directory,
        name: 'app',
        accountId,
        branch: null,
        hostedKey: null,
        plan,
      }));
    };
    const refused = await failureOf(clone({ ...wholeClone, submodules: ['https://third.example'] }));
    expect(['invalid-input', 'unsupported']).toContain(refused.kind);
  });
});

describe('a clone plan', () => {
  it.each([
    ['src', true],
    ['src/web ui/ä', true],
    ['', false],
    ['/src', false],
    ['src/', false],
    ['src//web', false],
    ['../src', false],
    ['src/../..', false],
    ['.git', false],
    ['src/.GIT/hooks', false],
    ['a\nb', false],
    ['a\\b', false],
  ])('takes folder %j: %s', (folder, isTaken) => {
    expect(isTreeFolder(folder)).toBe(isTaken);
    expect(clonePlanSchema.safeParse({ ...wholeClone, sparse: [folder] }).success).toBe(isTaken);
  });

  it('takes whole numbers from one up', () => {
    for (const depth of [0, -1, 1.5, Number.NaN, 2_000_000_000])
      expect(clonePlanSchema.safeParse({ ...wholeClone, depth }).success).toBe(false);
    expect(clonePlanSchema.safeParse({ ...wholeClone, depth: 1 }).success).toBe(true);
    expect(clonePlanSchema.safeParse({ ...wholeClone, filter: { kind: 'larger', bytes: 0 } }).success).toBe(
      false,
    );
  });

  const parts: [keyof typeof abilities, Partial<ClonePlan>][] = [
    ['shallow', { depth: 1 }],
    ['singleBranch', { singleBranch: true }],
    ['partial', { filter: { kind: 'blobs' } }],
    ['sparse', { sparse: ['src'] }],
    ['submodules', { submodules: [] }],
    ['lfs', { lfs: true }],
  ];
  it.each(parts)('asks only for what the engine in use can do: %s', (ability, part) => {
    for (const engine of ['system', 'isomorphic'] as const) {
      const plans = createClonePlans({
        describe: () => ({ git: { found: false }, engine, engineReason: '' }),
      });
      const check = () => plans.check({ ...wholeClone, ...part }, requireRemoteUrl(url));
      const can: true | string = abilities[ability][engine];
      if (can === true) expect(check).not.toThrow();
      else expect(check).toThrow(AppFailure);
    }
  });
});
