import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { chmod, symlink } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeOf } from '../../electron/git/place';
import { git, gitEnvironment, makeRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';

describe('where git asks for credentials', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let top: string;
  let inner: string;
  const origins = async (folder: string, gitDirectory: string | null = null) => {
    const place = await placeOf(folder, gitDirectory);
    return place && { directory: place.directory, remotes: place.remotes.map(({ href }) => href) };
  };
  const remote = 'https://good.test/team/site.git';

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    top = await makeRepository(path.join(temporary.path, 'site'), smallHistory);
    await git(top, 'remote', 'add', 'origin', remote);
    const library = await makeRepository(path.join(temporary.path, 'library'), smallHistory);
    await execa(
      'git',
      ['-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', library, 'vendor/library'],
      { cwd: top, env: gitEnvironment, extendEnv: false },
    );
    inner = path.join(top, 'vendor/library');
    await git(inner, 'remote', 'set-url', 'origin', 'https://other.test/team/library.git');
  });
  afterAll(() => temporary.remove());

  it('is the repository around the folder', async () => {
    const found = { directory: top, remotes: [remote] };
    expect(await origins(top)).toEqual(found);
    expect(await origins(path.join(top, 'src'))).toEqual(found);
    expect(await origins(path.join(top, '.git'))).toEqual(found);
    expect(await origins(path.join(top, '.git/refs/heads'))).toEqual(found);
  });

  it('is the repository git was told of, wherever it was started', async () => {
    const found = { directory: top, remotes: [remote] };
    expect(await origins(temporary.path, path.join(top, '.git'))).toEqual(found);
    expect(await origins(path.join(top, '.git'), path.join(top, '.git'))).toEqual(found);
  });

  it('is of a submodule the repository it is part of', async () => {
    const found = { directory: top, remotes: [remote] };
    expect(await origins(inner)).toEqual(found);
    expect(await origins(inner, path.join(inner, '.git'))).toEqual(found);
    expect(await origins(top, path.join(top, '.git/modules/vendor/library'))).toEqual(found);
    expect(await origins(path.join(top, '.git/modules/vendor/library/refs'))).toEqual(found);
  });

  it('is of a linked working tree that one, with the remotes of all', async () => {
    const linked = path.join(temporary.path, 'linked');
    await git(top, 'worktree', 'add', '--quiet', linked, 'feature/side');
    const found = { directory: linked, remotes: [remote] };
    expect(await origins(linked)).toEqual(found);
    expect(await origins(linked, path.join(top, '.git/worktrees/linked'))).toEqual(found);
  });

  it('is of a bare repository itself', async () => {
    const bare = path.join(temporary.path, 'bare.git');
    await git(temporary.path, 'init', '--quiet', '--bare', bare);
    await git(bare, 'remote', 'add', 'origin', 'git@good.test:team/site.git');
    expect(await origins(path.join(bare, 'objects'))).toMatchObject({ directory: bare });
    expect((await placeOf(bare, null))?.remotes).toMatchObject([{ protocol: 'ssh', host: 'good.test' }]);
  });

  it('knows every address of every remote but those that are none of a server', async () => {
    const many = await makeRepository(path.join(temporary.path, 'many'), smallHistory);
    await git(many, 'remote', 'add', 'origin', remote);
    await git(many, 'remote', 'add', 'odd.name', 'https://second.test/x.git');
    await git(many, 'config', 'remote.origin.pushurl', 'https://push.test/team/site.git');
    await git(many, 'remote', 'add', 'disk', temporary.path);
    await git(many, 'remote', 'add', 'hostile', String.raw`https://good.test\@evil.test/x`);
    expect((await origins(many))?.remotes).toEqual([
      remote,
      'https://push.test/team/site.git',
      'https://second.test/x.git',
    ]);
  });

  it('tells a server’s address that is refused from none, and from a shortcut of the user’s', async () => {
    const odd = await makeRepository(path.join(temporary.path, 'odd'), smallHistory);
    await git(odd, 'remote', 'add', 'origin', temporary.path);
    const unread = async (address: string) => {
      await git(odd, 'config', 'remote.origin.url', address);
      const place = await placeOf(odd, null);
      return place?.remotes.length === 0 && place.unread;
    };
    for (const address of [
      'https://evil.test./x.git',
      'https://good.test?@evil.test/x',
      'HTTP://good.test#@evil.test/x',
      'git://evil.test/x.git',
      String.raw`https://good.test\@evil.test/x`,
      'ssh://-oProxyCommand=x@evil.test/x',
      'git@evil.test:../x y',
      'evil.test.:x',
    ])
      expect([address, await unread(address)]).toEqual([address, true]);
    for (const address of [temporary.path, './a.b:c', `file://${temporary.path}`, 'gh:team/site', 'gh://x'])
      expect([address, await unread(address)]).toEqual([address, false]);
    for (const behind of ['', '?version=GBmain', '#readme']) {
      await git(odd, 'config', 'remote.origin.url', remote + behind);
      expect(await placeOf(odd, null)).toMatchObject({ remotes: [{ href: remote }], unread: false });
    }
  });

  it('is nowhere outside of repositories, where a folder is gone, and where one is damaged', async () => {
    expect(await placeOf(temporary.path, null)).toBeNull();
    expect(await placeOf(path.join(temporary.path, 'gone'), null)).toBeNull();
    expect(await placeOf(temporary.path, path.join(temporary.path, 'gone.git'))).toBeNull();
    const damaged = path.join(temporary.path, 'damaged');
    mkdirSync(path.join(damaged, '.git'), { recursive: true });
    writeFileSync(path.join(damaged, '.git/HEAD'), 'x');
    expect(await placeOf(damaged, null)).toBeNull();
    const loop = path.join(temporary.path, 'loop');
    await symlink(loop, loop);
    expect(await placeOf(loop, null)).toBeNull();
  });

  it('runs nothing a configuration names', async () => {
    const hostile = await makeRepository(path.join(temporary.path, 'hostile'), smallHistory);
    const mark = path.join(temporary.path, 'mark');
    const program = path.join(temporary.path, 'program');
    writeFileSync(program, `#!/bin/sh\ntouch ${mark}\n`);
    await chmod(program, 0o755);
    await git(hostile, 'remote', 'add', 'origin', remote);
    for (const key of ['core.fsmonitor', 'core.sshCommand', 'core.pager', 'credential.helper'])
      await git(hostile, 'config', key, key === 'credential.helper' ? `!${program}` : program);
    expect((await origins(hostile))?.remotes).toEqual([remote]);
    expect(existsSync(mark)).toBe(false);
  });
});
