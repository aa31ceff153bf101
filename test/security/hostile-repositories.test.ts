import { existsSync } from 'node:fs';
import { appendFile, chmod, chown, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCredentialChannel, type CredentialChannel } from '../../electron/credentials/channel';
import { createEngines, type Engines } from '../../electron/git/choose';
import type { GitEngine } from '../../electron/git/engine';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { createSystemEngine } from '../../electron/git/system/engine';
import { environmentOf } from '../../electron/git/system/repository-environment';
import { findGit } from '../../electron/git/system/program';
import { createTrust, type Trust, type TrustedFolders } from '../../electron/git/trust';
import { AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import { recordedCredentials } from '../git/operation';
import {
  git,
  gitEnvironment,
  makeBareRepository,
  makeRepository,
  smallHistory,
  temporaryDirectory,
} from '../fakes/repositories';
import { hostileEntries } from './hostile-inputs';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let channel: CredentialChannel;
let program: string;
let template: string;
let system: ReturnType<typeof createSystemEngine>;
let embedded: ReturnType<typeof createIsomorphicEngine>;
let server: GitHttpServer;
let url: string;
/** With the git of this machine, and without any. */
const engines: Record<'system' | 'isomorphic', Engines> = {} as Record<'system' | 'isomorphic', Engines>;
let trust: Trust;
const before = { HOME: process.env['HOME'], XDG_CONFIG_HOME: process.env['XDG_CONFIG_HOME'] };
const at = (...parts: string[]) => path.join(place.path, ...parts);

function inMemory(): TrustedFolders {
  const folders = new Map<string, ReturnType<TrustedFolders['list']>[number]>();
  return {
    list: () => [...folders.values()],
    find: (id) => folders.get(id),
    put: (folder) => void folders.set(folder.id, folder),
    remove: (id) => void folders.delete(id),
  };
}

beforeAll(async () => {
  place = await temporaryDirectory();
  process.env['HOME'] = at('home');
  process.env['XDG_CONFIG_HOME'] = at('home/.config');
  channel = await createCredentialChannel();
  program = (await findGit(process.env['PATH'] ?? '')) ?? '';
  trust = createTrust(inMemory(), '/data/bin/git-credential-polyforge');
  const { file } = await buildGitWorker();
  embedded = createIsomorphicEngine(file, fixedNetwork());
  const helper = { program: '/nonexistent', args: [], env: {} };
  system = createSystemEngine({ program, channel, network: fixedNetwork(), helper, trust: trust.of });
  for (const engine of ['system', 'isomorphic'] as const)
    engines[engine] = await createEngines({
      preferences: { engine: engine === 'system' ? 'auto' : 'isomorphic', gitPath: '' },
      isomorphic: embedded,
      channel,
      network: fixedNetwork(),
      helper,
      trust: trust.of,
      log: () => undefined,
    });
  server = await startGitHttpServer();
  url = server.serve('team/origin', { directory: await makeBareRepository(at('origin.git'), smallHistory) });
  template = await makeRepository(at('template'), smallHistory);
  await git(template, 'remote', 'add', 'origin', url);
  await git(template, 'config', 'user.name', 'Ada');
  await git(template, 'config', 'user.email', 'ada@example.test');
  await writeFile(path.join(template, '.gitattributes'), '* filter=x diff=x merge=x\n');
  await git(template, 'add', '.');
  await git(template, 'commit', '-qm', 'attributes');
});
afterAll(async () => {
  for (const [name, value] of Object.entries(before))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  await channel.close();
  await server.close();
  await place.remove();
});

async function hostileRepository(name: string): Promise<{ directory: string; mark: string; config: string }> {
  const directory = at(name);
  await cp(template, directory, { recursive: true });
  const mark = at(`mark-${name}`);
  await mkdir(path.join(directory, 'evil-hooks'));
  for (const hook of ['pre-commit', 'post-checkout', 'reference-transaction', 'post-index-change']) {
    await writeFile(path.join(directory, 'evil-hooks', hook), `#!/bin/sh\ntouch '${mark}'\n`);
    await chmod(path.join(directory, 'evil-hooks', hook), 0o755);
  }
  await writeFile(path.join(directory, 'evil.inc'), `[core]\n\tfsmonitor = touch '${mark}'\n`);
  return { directory, mark, config: path.join(directory, '.git/config') };
}

/** `filter.x.clean` as lines of a configuration file. */
function lines(key: string, value: string): string {
  const first = key.indexOf('.');
  const last = key.lastIndexOf('.');
  const subsection = first === last ? '' : ` "${key.slice(first + 1, last)}"`;
  return `[${key.slice(0, first)}${subsection}]\n\t${key.slice(last + 1)} = ${JSON.stringify(value)}\n`;
}

const everyLook = (engine: GitEngine, directory: string) =>
  Promise.allSettled([
    engine.discover(directory),
    engine.overview(directory),
    engine.branches(directory),
    engine.log(directory, { skip: 0, limit: 10 }),
    engine.identity(directory),
  ]);

const running = () => ({ signal: new AbortController().signal });

/** There is something to fetch. */
async function fetched(use: 'system' | 'isomorphic', directory: string) {
  const { updated } = await (use === 'system' ? system : embedded).fetch(
    {
      directory,
      remote: 'origin',
      url: requireRemoteUrl(url),
      credentials: recordedCredentials(new URL(url).origin),
      prune: false,
      reach: null,
    },
    running(),
  );
  return updated;
}

/** Looks with the engine in use, also where the services would take the embedded one. */
async function look(use: 'system' | 'isomorphic', directory: string) {
  const found = await everyLook(use === 'system' ? system : embedded, directory);
  return use === 'system' ? [...found, ...(await Promise.allSettled([change(directory)]))] : found;
}

/** What git does in a working tree, with the engine that has the git of this machine. */
async function change(directory: string): Promise<void> {
  await writeFile(path.join(directory, 'changed.txt'), 'changed\n');
  const paths: string[] = [];
  const entries = (found: { path: string }[]) => paths.push(...found.map((entry) => entry.path));
  await system.status(directory, { untracked: 'all', entries }, running());
  expect(paths).toContain('changed.txt');
  await system.stage(directory, ['changed.txt']);
  const compared: (string | null)[] = [];
  await system.diff(
    {
      directory,
      sides: { kind: 'index' },
      paths: null,
      renames: true,
      context: 3,
      maximumBytes: 100_000,
      file: ({ to }) => void compared.push(to),
    },
    running(),
  );
  expect(compared).toContain('changed.txt');
  await system.commit(
    { directory, message: 'one', amend: false, signOff: true, sign: 'no', allowEmpty: false },
    running(),
  );
}

/** Nothing stands for "no proxy was ever named here". */
const isRefusedOnline = (key: string) => key.startsWith('http.') && key.endsWith('.proxy');

describe.each(['system', 'isomorphic'] as const)(
  'a hostile configuration, read with the %s engine',
  (use) => {
    for (const entry of hostileEntries('repo-config')) {
      const { key, value } = entry.input as { key?: string; value?: string };
      if (key === undefined || value === 'maybe') continue;
      it(`${entry.id}: ${key} runs nothing and is named`, async () => {
        const { directory, mark, config } = await hostileRepository(`${entry.id}-${use}`);
        const filled = (value ?? '')
          .replaceAll('{{MARK}}', `'${mark}'`)
          .replaceAll('{{HOME}}', at('home'))
          .replaceAll(/\{\{\w+\}\}/g, 'evil.test');
        const filledKey = key.replaceAll(/\{\{\w+\}\}/g, 'good.test');
        await appendFile(config, lines(filledKey, filled));
        const outcomes = await look(use, directory);
        if (use === 'system' && isRefusedOnline(key))
          await expect(fetched(use, directory)).rejects.toMatchObject({
            error: { kind: 'unsupported', what: 'Connecting from this repository' },
          });
        else expect((await fetched(use, directory)).length).toBeGreaterThan(0);
        expect(existsSync(mark)).toBe(false);
        expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
        const { state, findings } = await trust.of(directory);
        expect(state).toBe('untrusted');
        const first = filledKey.indexOf('.');
        const last = filledKey.lastIndexOf('.');
        const name = `${filledKey.slice(0, first)}${filledKey.slice(first, last)}${filledKey.slice(last).toLowerCase()}`;
        expect(findings).toContainEqual(expect.objectContaining({ key: name, file: config }));
        if (key === 'include.path') expect(findings.map((found) => found.key)).toContain('core.fsmonitor');
        expect((await engines[use].forReading(directory)).id).toBe('isomorphic');
      });
    }

    it('CFG-034: a value git cannot read ends in an error that names the file, or is not needed', async () => {
      const { directory, config } = await hostileRepository(`CFG-034-${use}`);
      await appendFile(config, '[core]\n\tbare = maybe\n');
      const overview = (await engines[use].forReading(directory)).overview(directory);
      if (use === 'isomorphic') await expect(overview).resolves.toMatchObject({ bare: false });
      else
        await expect(overview).rejects.toMatchObject({
          error: { kind: 'git-failed', detail: expect.stringMatching(/core\.bare/) },
        });
      expect(await readFile(config, 'utf8')).toContain('bare = maybe');
    });

    it('CFG-035: an empty configuration is read, or ends in an error, and stays as it is', async () => {
      const { directory, config } = await hostileRepository(`CFG-035-${use}`);
      await writeFile(config, '');
      for (const outcome of await look(use, directory))
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(AppFailure);
      expect(await readFile(config, 'utf8')).toBe('');
      expect(await trust.of(directory)).toEqual({ state: 'plain', findings: [] });
    });

    it.runIf(process.geteuid !== undefined)(
      'CFG-038: a repository of another user is shown as such, read by the embedded engine, and nothing is written about it',
      async () => {
        const { directory } = await hostileRepository(`CFG-038-${use}`);
        const somebodyElse = vi.spyOn(process, 'geteuid').mockReturnValue(54_321);
        try {
          expect(await trust.of(directory)).toMatchObject({
            state: 'untrusted',
            findings: [{ kind: 'owner', file: directory }],
          });
          const engine = await engines[use].forReading(directory);
          expect(engine.id).toBe('isomorphic');
          await expect(engine.overview(directory)).resolves.toBeDefined();
        } finally {
          somebodyElse.mockRestore();
        }
        expect(existsSync(at('home/.gitconfig'))).toBe(false);
      },
    );

    // Only root can give a folder away; elsewhere vitest prints it as skipped.
    it.runIf(process.getuid?.() === 0)(
      'git itself refuses a repository of another user, until the user trusts it',
      async () => {
        const { directory } = await hostileRepository(`foreign-${use}`);
        for (const folder of [directory, path.join(directory, '.git')]) await chown(folder, 12_345, 12_345);
        expect(await trust.of(directory)).toMatchObject({
          state: 'untrusted',
          findings: [{ kind: 'owner', value: 'user 12345', file: directory }],
        });
        const engine = await engines[use].forReading(directory);
        expect(engine.id).toBe('isomorphic');
        await expect(engine.overview(directory)).resolves.toBeDefined();
        expect(existsSync(at('home/.gitconfig'))).toBe(false);
        await trust.grant(directory);
        await expect((await engines[use].forReading(directory)).overview(directory)).resolves.toBeDefined();
        expect(existsSync(at('home/.gitconfig'))).toBe(false);
      },
    );

    it('a repository that names nothing is plain', async () => {
      const directory = await makeRepository(at(`plain-${use}`), smallHistory);
      expect(await trust.of(directory)).toEqual({ state: 'plain', findings: [] });
      expect((await engines[use].forReading(directory)).id).toBe(use);
    });
  },
);

/** Every operation by which git comes to something a configuration names. */
async function everything(directory: string, signs = false): Promise<void> {
  const env = { ...(await environmentOf({ program, trust: trust.of }, directory)) };
  Object.assign(env, {
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@b',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  });
  const run = (...args: string[]) =>
    execa(program, ['--no-pager', ...args], { cwd: directory, env, extendEnv: false, reject: false });
  await writeFile(path.join(directory, 'new.txt'), 'new\n');
  await run('status');
  await run('add', '.');
  await run('diff', '--cached');
  await run('diff', '--cached', '--no-ext-diff');
  await run('commit', '-m', 'one', '--trailer', 'x=y');
  if (signs) await run('commit', '--allow-empty', '-m', 'signed', '-S');
  await run('branch', 'side', 'HEAD~1');
  await run('checkout', 'side');
  await writeFile(path.join(directory, 'new.txt'), 'other\n');
  await run('add', '.');
  await run('commit', '-m', 'two');
  await run('merge', 'main');
  await run('log', '-p', '--show-signature');
  await run('interpret-trailers', '--trailer', 'x=y', 'new.txt');
  await run('fetch', '.', 'main');
}

describe('what a repository names', () => {
  const keys: [key: string, value: string][] = [
    ['core.fsmonitor', 'touch'],
    ['core.hooksPath', './evil-hooks'],
    ['filter.x.clean', 'touch'],
    ['filter.x.smudge', 'touch'],
    ['filter.x.process', 'touch'],
    ['diff.external', 'touch'],
    ['diff.x.command', 'touch'],
    ['diff.x.textconv', 'touch'],
    ['merge.x.driver', 'touch'],
    ['gpg.program', './.git/evil'],
    ['trailer.x.command', 'touch'],
  ];

  it.each(keys)('%s is not run before the user trusts the folder, and is afterwards', async (key, value) => {
    const { directory, mark, config } = await hostileRepository(`all-${key}`);
    await writeFile(path.join(directory, '.git/evil'), `#!/bin/sh\ntouch '${mark}'\nexit 1\n`);
    await chmod(path.join(directory, '.git/evil'), 0o755);
    await appendFile(config, lines(key, value === 'touch' ? `touch '${mark}';` : value));
    await cp(directory, at(`trusted-${key}`), { recursive: true });
    const signs = key === 'gpg.program';
    await everything(directory, signs);
    expect(existsSync(mark)).toBe(false);
    const trusted = at(`trusted-${key}`);
    await trust.grant(trusted);
    await everything(trusted, signs);
    expect(existsSync(mark)).toBe(true);
  });

  it('is merged as if there were no driver, where it names one', async () => {
    const { directory, mark, config } = await hostileRepository('merge-result');
    await appendFile(config, lines('merge.x.driver', `touch '${mark}'`));
    await everything(directory);
    expect(existsSync(mark)).toBe(false);
    expect(await readFile(path.join(directory, 'new.txt'), 'utf8')).toMatch(/^<{7}[\s\S]*={7}[\s\S]*>{7}/);
  });

  it('is not run in its submodules either', async () => {
    const inner = await makeRepository(at('inner'), smallHistory);
    const outer = await makeRepository(at('outer'), smallHistory);
    await git(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    await git(outer, 'commit', '-qm', 'sub');
    expect(await trust.of(outer)).toEqual({ state: 'plain', findings: [] });
    const mark = at('mark-sub');
    await appendFile(path.join(outer, '.git/modules/sub/config'), lines('filter.x.clean', `touch '${mark}'`));
    await writeFile(path.join(outer, 'sub/.gitattributes'), '* filter=x\n');
    for (const name of Object.keys(smallHistory.commits?.[0]?.files ?? {}))
      await appendFile(path.join(outer, 'sub', name), 'changed\n').catch(() => undefined);
    expect((await trust.of(outer)).findings).toMatchObject([{ key: 'filter.x.clean' }]);
    await everything(outer);
    expect(existsSync(mark)).toBe(false);
  });

  it('is found among its hooks, worktree settings, and what it includes', async () => {
    const { directory, config } = await hostileRepository('found');
    const hook = path.join(directory, '.git/hooks/pre-commit');
    await mkdir(path.dirname(hook), { recursive: true });
    await writeFile(hook, '#!/bin/sh\n');
    await writeFile(path.join(directory, '.git/hooks/update.sample'), '#!/bin/sh\n');
    await writeFile(path.join(directory, '.git/config.worktree'), lines('core.pager', 'x'));
    await writeFile(
      path.join(directory, '.git/one.inc'),
      lines('includeIf.onbranch:nowhere.path', 'two.inc'),
    );
    await writeFile(
      path.join(directory, '.git/two.inc'),
      `${lines('include.path', 'one.inc')}${lines('core.editor', 'x')}[broken\n`,
    );
    await appendFile(config, lines('include.path', 'one.inc'));
    const keysOf = async () => (await trust.of(directory)).findings.map(({ key }) => key);
    const found = [
      'include.path',
      'includeif.onbranch:nowhere.path',
      'include.path',
      'core.editor',
      'two.inc',
      'core.pager',
    ];
    expect(await keysOf()).toEqual(found);
    await chmod(hook, 0o755);
    expect(await keysOf()).toEqual([...found, 'hooks/pre-commit']);
  });

  it('keeps git away where it cannot be known, and the embedded engine reads on', async () => {
    const { directory, config } = await hostileRepository('unknown');
    await appendFile(config, lines('include.path', '~nobody/x'));
    await expect((await engines.system.forWriting(directory)).overview(directory)).rejects.toMatchObject({
      error: { kind: 'unsupported', reason: expect.stringContaining(config) },
    });
    const reader = await engines.system.forReading(directory);
    expect(reader.id).toBe('isomorphic');
    await expect(reader.branches(directory)).resolves.toHaveLength(2);
  });

  it('is read by git with everything off where the embedded engine cannot', async () => {
    const { directory, mark, config } = await hostileRepository('linked');
    await git(directory, 'worktree', 'add', '-q', at('linked-tree'), '-b', 'linked');
    await appendFile(config, lines('core.fsmonitor', `touch '${mark}'`));
    const { engine, reason } = await engines.system.reader(at('linked-tree'));
    expect(engine.id).toBe('system');
    expect(reason).toContain('switched off');
    await expect(engine.overview(at('linked-tree'))).resolves.toMatchObject({ head: { branch: 'linked' } });
    expect(existsSync(mark)).toBe(false);
  });
});

describe('trust', () => {
  it('is not asked for what Polyforge and git-lfs write themselves', async () => {
    const { directory, config } = await hostileRepository('own');
    await appendFile(
      config,
      [
        lines('credential.https://good.test.helper', ''),
        lines('credential.https://good.test.helper', '/data/bin/git-credential-polyforge'),
        lines('filter.lfs.clean', 'git-lfs clean -- %f'),
        lines('filter.lfs.process', 'git-lfs filter-process'),
        lines('filter.lfs.required', 'true'),
      ].join(''),
    );
    expect(await trust.of(directory)).toEqual({ state: 'plain', findings: [] });
    await appendFile(config, lines('filter.LFS.clean', 'git-lfs clean -- %f'));
    await appendFile(config, lines('credential.https://good.test.helper', '!touch x'));
    expect((await trust.of(directory)).findings).toMatchObject([
      { key: 'filter.LFS.clean' },
      { key: 'credential.https://good.test.helper', value: '!touch x' },
    ]);
  });

  it('is for one folder, and for the repository that lay there', async () => {
    const { directory, config } = await hostileRepository('given');
    await appendFile(config, lines('core.editor', 'x'));
    await trust.grant(directory);
    expect((await trust.of(directory)).state).toBe('trusted');
    expect((await engines.system.forReading(directory)).id).toBe('system');
    await cp(directory, at('copied'), { recursive: true });
    expect((await trust.of(at('copied'))).state).toBe('untrusted');
    await rm(directory, { recursive: true });
    await cp(at('copied'), directory, { recursive: true });
    expect((await trust.of(directory)).state).toBe('untrusted');
  });

  it('lets hooks run when a commit is made', async () => {
    const { directory, mark, config } = await hostileRepository('with-hooks');
    await appendFile(config, lines('core.hooksPath', './evil-hooks'));
    await change(directory);
    expect(existsSync(mark)).toBe(false);
    await trust.grant(directory);
    await writeFile(path.join(directory, 'more.txt'), 'more\n');
    await system.stage(directory, ['more.txt']);
    await rm(mark, { force: true });
    await system.commit(
      { directory, message: 'two', amend: false, signOff: false, sign: 'no', allowEmpty: false },
      running(),
    );
    expect(existsSync(mark)).toBe(true);
  });

  it('is taken back', async () => {
    const { directory, config } = await hostileRepository('taken-back');
    await appendFile(config, lines('core.editor', 'x'));
    await trust.grant(directory);
    expect(trust.list().map(({ id }) => id)).toContain(directory);
    trust.revoke(directory);
    expect((await trust.of(directory)).state).toBe('untrusted');
  });

  it('is not asked for by a folder that holds no repository', async () => {
    await mkdir(at('empty'), { recursive: true });
    expect(await trust.of(at('empty'))).toEqual({ state: 'plain', findings: [] });
    await expect(trust.grant(at('empty'))).rejects.toMatchObject({ error: { kind: 'not-a-repository' } });
    expect(gitEnvironment['HOME']).not.toBe(process.env['HOME']);
  });
});
