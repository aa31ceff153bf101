import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGit } from '../../electron/git/system/program';
import { change } from '../../electron/git/system/local';
import { createSystemEngine } from '../../electron/git/system/engine';
import { scan } from '../../electron/git/trust/scan';
import { createCredentialChannel, type CredentialChannel } from '../../electron/credentials/channel';
import { fixedNetwork } from '../fakes/network';
import { git, temporaryDirectory } from '../fakes/repositories';

/**
 * Where a repository keeps its settings is said by the repository. Each of
 * these says it so that only git itself finds a filter there.
 */
let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let program: string;
let channel: CredentialChannel;
const before = { ...process.env };
const names = ['HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM'] as const;

beforeAll(async () => {
  place = await temporaryDirectory();
  process.env['HOME'] = path.join(place.path, 'home');
  process.env['XDG_CONFIG_HOME'] = path.join(place.path, 'home/.config');
  process.env['GIT_CONFIG_GLOBAL'] = process.platform === 'win32' ? 'NUL' : '/dev/null';
  process.env['GIT_CONFIG_NOSYSTEM'] = '1';
  program = (await findGit(process.env['PATH'] ?? '')) ?? '';
  channel = await createCredentialChannel();
});
afterAll(async () => {
  for (const name of names)
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  await channel.close();
  await place.remove();
});

const settings = '[core]\n\trepositoryformatversion = 0\n';
const strange = Buffer.from([0xff]);
const bytes = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));
let made = 0;

/** A repository with a changed file that all its attributes give to the filter `x`. */
async function repository(inside = place.path) {
  made += 1;
  const directory = path.join(inside, `repository-${made}`);
  const mark = path.join(place.path, `mark-${made}`);
  await mkdir(directory, { recursive: true });
  const run = (...args: string[]) => git(directory, ...args);
  await run('init', '-q', '-b', 'main');
  await writeFile(path.join(directory, '.gitattributes'), '* filter=x\n');
  await writeFile(path.join(directory, 'file'), 'one\n');
  await run('add', '.');
  await run('commit', '-qm', 'one');
  await writeFile(path.join(directory, 'file'), 'two\n');
  const filter = `[filter "x"]\n\tclean = "touch '${mark.replaceAll('\\', '/')}'; cat"\n`;
  return { directory, mark, filter, at: (...parts: string[]) => path.join(directory, ...parts) };
}
type Repository = Awaited<ReturnType<typeof repository>>;

/** The git directory elsewhere, with the filter in its settings. */
async function moved({ at, filter }: Repository, to: string | Buffer) {
  await writeFile(at('.git/config'), settings + filter);
  await rename(at('.git'), to);
}

const ways: Record<string, (one: Repository) => Promise<void>> = {
  'a .git file with more than one line end': async (one) => {
    await moved(one, one.at('real'));
    await writeFile(one.at('.git'), 'gitdir: real\n\r\n');
  },
  'a .git file that goes on behind a NUL': async (one) => {
    await moved(one, one.at('real'));
    await writeFile(one.at('.git'), 'gitdir: real\0more\n');
  },
  'a .git file of many bytes': async (one) => {
    await moved(one, one.at('real'));
    await writeFile(one.at('.git'), `gitdir: real${'\n'.repeat(70_000)}`);
  },
  'a common directory with more than one line end': async (one) => {
    await moved(one, one.at('real'));
    await mkdir(one.at('.git'));
    for (const name of ['HEAD', 'index']) await cp(one.at('real', name), one.at('.git', name));
    await writeFile(one.at('.git/commondir'), '../real\n\n');
  },
};
const linkedWays: typeof ways = {
  'a .git file whose .. stands behind a link': async (one) => {
    await mkdir(one.at('a/b'), { recursive: true });
    await mkdir(one.at('real'));
    await moved(one, one.at('a/real'));
    await symlink('a/b', one.at('link'));
    await writeFile(one.at('.git'), 'gitdir: link/../real\n');
  },
  'an include whose .. stands behind a link': async ({ at, filter }) => {
    await mkdir(at('a/b'), { recursive: true });
    await symlink('../a/b', at('.git/link'));
    await writeFile(at('a/more'), filter);
    await writeFile(at('.git/config'), `${settings}[include]\n\tpath = link/../more\n`);
  },
  'a bare repository whose HEAD is a link to no branch yet': async ({ at, directory, filter }) => {
    await writeFile(at('.git/config'), `${settings}bare = false\nworktree = ${directory}\n${filter}`);
    for (const name of ['index', 'config', 'refs', 'objects']) await rename(at('.git', name), at(name));
    await rm(at('.git'), { recursive: true });
    await symlink('refs/heads/none', at('HEAD'));
  },
};
/** Other systems take no such names. */
const bytesWays: typeof ways = {
  'a .git file that names bytes': async (one) => {
    await moved(one, bytes(one.at('real'), strange));
    await writeFile(one.at('.git'), bytes('gitdir: real', strange, '\n'));
  },
  'an include that names bytes': async ({ at, filter }) => {
    await writeFile(bytes(at('.git/more'), strange), filter);
    await writeFile(at('.git/config'), bytes(settings, '[include]\n\tpath = more', strange, '\n'));
  },
};

const all = {
  ...ways,
  ...(process.platform === 'win32' ? {} : linkedWays),
  ...(process.platform === 'linux' ? bytesWays : {}),
};

describe('a filter nobody trusts', () => {
  it.each(Object.keys(all))('is found, and not run, behind %s', async (name) => {
    const one = await repository();
    await all[name]?.(one);
    // git itself, told nothing, runs it: the repository is one.
    const plain = await repository();
    await all[name]?.(plain);
    const bare = name.startsWith('a bare') ? ['--git-dir=.'] : [];
    await git(plain.directory, ...bare, 'status').catch(() => '');
    expect(existsSync(plain.mark)).toBe(true);

    const findings = await scan(one.directory);
    expect(findings.map(({ kind }) => kind)).toContain(
      name.endsWith('names bytes') ? 'unreadable' : 'program',
    );
    await change({ program }, one.directory, ['status']).catch(() => undefined);
    await change({ program }, one.directory, ['add', '--update']).catch(() => undefined);
    expect(existsSync(one.mark)).toBe(false);
  });

  it.each(['2', '4'])(
    'is not run in a repository that lies in this one as a submodule, index version %s',
    async (version) => {
      const outer = await repository();
      const nested = await repository(outer.directory);
      const name = path.basename(nested.directory);
      await git(outer.directory, 'add', name);
      await git(outer.directory, 'commit', '-qm', 'nested');
      await git(outer.directory, 'update-index', `--index-version=${version}`);
      // What a command is told by the repository's own settings outranks the usual.
      await writeFile(outer.at('.gitmodules'), `[submodule "x"]\n\tpath = ${name}\n\tignore = none\n`);
      await writeFile(nested.at('.git/config'), settings + nested.filter);

      expect((await scan(outer.directory)).map(({ key }) => key)).toEqual(['filter.x.clean']);
      const run = (...args: string[]) => change({ program }, outer.directory, args);
      await run('status');
      await run('diff', '--raw');
      await run('add', '--update');
      await run('stash', 'push', '--quiet').catch(() => undefined);
      expect(existsSync(nested.mark)).toBe(false);
      await git(outer.directory, 'status');
      expect(existsSync(nested.mark)).toBe(true);
    },
  );

  it('is not run in a repository that becomes a submodule of this one by a switch', async () => {
    const outer = await repository();
    const nested = await repository(outer.directory);
    await git(outer.directory, 'checkout', '-q', 'file');
    await git(outer.directory, 'switch', '-qc', 'linked');
    await git(outer.directory, 'add', path.basename(nested.directory));
    await writeFile(
      outer.at('.gitmodules'),
      `[submodule "x"]\n\tpath = ${path.basename(nested.directory)}\n\tignore = none\n`,
    );
    await git(outer.directory, 'add', '.gitmodules');
    await git(outer.directory, 'commit', '-qm', 'linked');
    await git(outer.directory, 'switch', '-q', 'main');
    await writeFile(nested.at('.git/config'), settings + nested.filter);
    const helper = { program: '/nonexistent', args: [], env: {} };
    const engine = createSystemEngine({ program, channel, network: fixedNetwork(), helper });
    const { signal } = new AbortController();
    await engine.switchTo(outer.directory, { kind: 'branch', branch: 'linked' }, { signal });
    expect(await git(outer.directory, 'symbolic-ref', 'HEAD')).toBe('refs/heads/linked');
    expect(existsSync(nested.mark)).toBe(false);
  });
});
