import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Repository } from '../../shared/contract/repositories';
import { git, makeRepository, smallHistory } from '../fakes/repositories';
import { endOf, type Started, startWatchedCore, type WatchedCore } from './hostile-core';

/** Values somebody else chose, each of them an option of git's, ssh's or of a program they start. */
const options = [
  '-untrusted',
  '--untrusted',
  '--upload-pack=touch untrusted',
  '-utouch untrusted',
  '--output=untrusted',
  '--exec=touch untrusted',
  '-oProxyCommand=touch untrusted',
  '--config=core.sshCommand=touch untrusted',
  '-c core.fsmonitor=untrusted',
  '--bundle-uri=file:///untrusted',
  '--template=/untrusted',
  '--end-of-options',
  '--',
];

/** Branches the repository really has. */
const names = ['-untrusted', '--output=untrusted'];

/** Where an option would still be read as one: in front of what ends them. */
function couldBeRead({ program, args }: Started): string[] {
  const end = args.findIndex((word) => word === '--end-of-options' || word === '--');
  const open = end < 0 ? args : args.slice(0, end);
  // git config reads no option behind the key.
  const key =
    program === 'git' && args[0] === 'config' ? args.findIndex((word) => /^[a-z]+\.[^=]/i.test(word)) : -1;
  return (key < 0 ? open : open.slice(0, key)).filter(
    (word) => word.startsWith('-') && word.includes('untrusted'),
  );
}

function configuration({ env }: Started): Map<string, string> {
  return new Map(
    Array.from({ length: Number(env['GIT_CONFIG_COUNT'] ?? 0) }, (_, index) => [
      (env[`GIT_CONFIG_KEY_${index}`] ?? '').toLowerCase(),
      env[`GIT_CONFIG_VALUE_${index}`] ?? '',
    ]),
  );
}

describe.runIf(process.platform === 'linux')('the programs Polyforge starts', () => {
  let core: WatchedCore;
  let repository: Repository;
  let folder: string;
  const every: Started[] = [];
  const collect = () => {
    const started = core.started();
    every.push(...started);
    core.forget();
    return started;
  };

  beforeAll(async () => {
    core = await startWatchedCore('system', []);
    folder = await makeRepository(path.join(core.folder, 'work'), smallHistory);
    const oid = await git(folder, 'rev-parse', 'HEAD');
    for (const name of names) await git(folder, 'update-ref', `refs/heads/${name}`, oid);
    for (const [index, url] of options.entries()) {
      await git(folder, 'config', `remote.-r${index}.url`, url);
      await git(folder, 'config', `remote.-r${index}.pushurl`, url);
    }
    repository = await core.client.repositories.open({ path: folder });
  });
  afterAll(() => core.close());

  const clone = async (input: { url: string; name: string; branch: string | null }) => {
    const run = await core.client.repositories.clone({
      ...core.target(),
      ...input,
      accountId: null,
      withoutAccount: true,
      hostedKey: null,
      applyIdentity: true,
    });
    for await (const _progress of run);
  };

  it.each(options)('take %s for a value, whatever it is put in as', async (value) => {
    const { client } = core;
    const id = { repositoryId: repository.id };
    const signal = { signal: new AbortController().signal };
    collect();
    const ends = await Promise.all(
      [
        client.history.log({ ...id, ref: value, skip: 0, limit: 10 }),
        client.repositories.open({ path: path.join(folder, value) }),
        client.repositories.open({ path: value }),
        client.repositories.remoteBranches({ url: value, accountId: null }, signal),
        client.repositories.remoteBranches({ url: `git@${value}:x/y`, accountId: null }, signal),
        client.repositories.remoteBranches({ url: `ssh://${value}@good.test/x`, accountId: null }, signal),
        client.repositories.remoteBranches({ url: `git@good.test:${value}`, accountId: null }, signal),
        client.bindings.choiceFor({ url: `https://good.test/${value}/${value}`, directory: `/${value}` }),
        clone({ url: 'https://good.test/team/repo.git', name: 'repo', branch: value }),
        clone({ url: 'https://good.test/team/repo.git', name: value, branch: null }),
        clone({ url: `https://good.test/${value}`, name: 'repo', branch: null }),
        clone({ url: value, name: 'repo', branch: null }),
      ].map(endOf),
    );
    // None of them is what it says it is.
    for (const [index, end] of ends.entries()) {
      const isName = names.includes(value) && index === 0;
      if (!isName && index !== 7) expect([index, end]).not.toEqual([index, null]);
    }
    const started = collect();
    expect(started.length).toBeGreaterThan(0);
    expect(started.flatMap(couldBeRead)).toEqual([]);
    expect(existsSync(path.join(core.folder, 'untrusted'))).toBe(false);
    expect(existsSync(path.join(folder, 'untrusted'))).toBe(false);
    expect(existsSync('untrusted')).toBe(false);
  });

  it('read a repository whose branches and remotes are called like options', async () => {
    const { client } = core;
    const id = { repositoryId: repository.id };
    collect();
    const overview = await client.repositories.overview(id);
    expect(overview.remotes).toHaveLength(options.length);
    const listed = (await client.branches.list(id)).map(({ name }) => name);
    expect(listed).toEqual(expect.arrayContaining(names));
    for (const ref of ['-untrusted', 'refs/heads/--output=untrusted', '--output=untrusted'])
      await endOf(client.history.log({ ...id, ref, skip: 0, limit: 10 }));
    await client.bindings.choice(id);
    await client.terminalGit.scopes();
    await client.bindings.httpPaths();
    expect(collect().flatMap(couldBeRead)).toEqual([]);
    expect(existsSync(path.join(folder, 'untrusted'))).toBe(false);
  });

  it('write an identity that looks like options as it is', async () => {
    const { client } = core;
    const identity = { name: '--unset', email: '-untrusted@example.test', signingKey: '--list' };
    await client.bindings.bindRepository({ repositoryId: repository.id, accountId: null, identity });
    await client.bindings.applyIdentity({ repositoryId: repository.id });
    expect(await git(folder, 'config', '--local', 'user.name')).toBe('--unset');
    expect(await git(folder, 'config', '--local', 'user.email')).toBe('-untrusted@example.test');
    expect(await git(folder, 'config', '--local', 'user.signingKey')).toBe('--list');
    expect(collect().flatMap(couldBeRead)).toEqual([]);
  });

  it('are told what they may use: no transport but the one wanted, no bundles, no commands of a repository', async () => {
    const { client } = core;
    await endOf(client.repositories.remoteBranches({ url: 'git@good.test:x/y', accountId: null }));
    await endOf(client.repositories.remoteBranches({ url: 'http://good.test/x/y', accountId: null }));
    await client.application.programs();
    collect();
    const allowed = new Set<string | undefined>();
    const gits = every.filter(({ program }) => program === 'git');
    expect(gits.length).toBeGreaterThan(50);
    for (const one of gits) {
      allowed.add(one.env['GIT_ALLOW_PROTOCOL']);
      const settings = configuration(one);
      expect(settings.get('protocol.ext.allow')).toBe('never');
      expect(settings.get('transfer.bundleuri')).toBe('false');
      expect(settings.get('safe.barerepository')).toBe('explicit');
      expect(settings.get('core.fsmonitor')).toBe('false');
      expect(one.env['GIT_TERMINAL_PROMPT']).toBe('0');
      const read = one.args.slice(0, one.args.indexOf('--end-of-options') + 1 || undefined);
      expect(read.join('\n')).not.toMatch(/^--bundle-uri|^--recurse-submodules|^-c$/m);
      for (const entry of (one.env['PATH'] ?? '').split(path.delimiter))
        expect(path.isAbsolute(entry)).toBe(true);
      const ssh = one.env['GIT_SSH_COMMAND'];
      if (ssh !== undefined) expect(ssh).toContain(`'${path.join(core.folder, 'bin/ssh')}'`);
      if (one.env['GIT_ALLOW_PROTOCOL'] === 'ssh') expect(ssh).toBeDefined();
    }
    expect(allowed).toEqual(new Set(['http:https', 'https', 'none', 'ssh']));
  });

  it('are not those that lie in the folder of a repository, or in the one it was started in', async () => {
    const mark = path.join(core.folder, 'foreign-program-ran');
    for (const place of [folder, path.join(folder, 'bin')]) {
      await mkdir(place, { recursive: true });
      for (const name of ['git', 'ssh', 'sh', 'ssh-add', 'git-remote-https', 'git-upload-pack', 'env']) {
        await writeFile(path.join(place, name), `#!/bin/sh\ntouch '${mark}'\nexit 1\n`);
        await chmod(path.join(place, name), 0o755);
      }
    }
    const before = process.cwd();
    process.chdir(folder);
    try {
      const { client } = core;
      const id = { repositoryId: repository.id };
      collect();
      await client.preferences.set({ engine: 'auto' });
      expect((await client.application.info()).engine).toBe('system');
      const programs = await client.application.programs();
      expect(programs.git?.path).toBe(path.join(core.folder, 'bin/git'));
      expect(programs.ssh?.path).toBe(path.join(core.folder, 'bin/ssh'));
      expect(path.isAbsolute(programs.shell ?? '')).toBe(true);
      await client.repositories.overview(id);
      await client.branches.list(id);
      await client.ssh.keys();
      await endOf(client.repositories.remoteBranches({ url: 'git@good.test:x/y', accountId: null }));
      await endOf(clone({ url: 'https://good.test/team/repo.git', name: 'repo', branch: null }));
      expect(existsSync(mark)).toBe(false);
      expect(collect().length).toBeGreaterThan(5);
      const line = core.logged.findLast((each) => each.includes('ssh:'));
      expect(line).toContain(`git: ${path.join(core.folder, 'bin/git')}`);
      expect(line).toContain(`ssh: ${path.join(core.folder, 'bin/ssh')}`);
    } finally {
      process.chdir(before);
    }
  });
});
