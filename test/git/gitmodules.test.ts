import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attributesUseLfs, readGitmodules, submoduleUrl } from '../../electron/git/operations/gitmodules';
import { requireRemoteUrl } from '../../shared/remote-url';
import { git, makeRepository, temporaryDirectory } from '../fakes/repositories';

describe('what a .gitmodules says', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let work: string;
  beforeAll(async () => {
    temporary = await temporaryDirectory();
    work = await makeRepository(path.join(temporary.path, 'work'), {
      commits: [{ message: 'Start', files: { a: 'a\n' } }],
    });
    const oid = await git(work, 'rev-parse', 'HEAD');
    await git(work, 'update-index', '--add', '--cacheinfo', `160000,${oid},sub`);
  });
  afterAll(() => temporary.remove());

  it.each([
    '[submodule "sub"]\n\tpath = sub\n\turl = https://git.test/a/b.git\n',
    '[Submodule "a \\"b\\\\c"] path = "with space" # why\n url=https://git.test/x;y',
    '; first\r\n[submodule "sub"]\r\n  PATH = one\\\r\n two\r\n  url = " https://git.test/q "\r\n',
    '[core]\n\tx = 1\n[submodule.Old]\n\tpath = old  \t \n\turl = ./x\n',
    '[submodule "open]\n\tpath = x\n',
    '[submodule "x"]\n\tpath = "never closed\n',
    '[submodule "x"]\n\tpath = bad\\escape\n',
    '[submodule "x"]\n\tpath bad\n',
    'path = x\n[submodule "x"]\n',
  ])('is read as git reads it: %j', async (text) => {
    const file = path.join(temporary.path, 'text');
    await writeFile(file, text);
    const listed = await git(temporary.path, 'config', '--no-includes', '-z', '--file', file, '--list').catch(
      () => null,
    );
    const found = readGitmodules(text, requireRemoteUrl('https://git.test/team/outer.git'));
    if (listed === null) return expect(found).toBeNull();
    const values = new Map(listed.split('\0').map((pair) => pair.split('\n', 2) as [string, string]));
    const names = new Set(
      [...values.keys()].flatMap((key) => /^submodule\.(.*)\.[a-z]+$/s.exec(key)?.[1] ?? []),
    );
    expect(found?.map(({ name, path: folder, address }) => [name, folder, address])).toEqual(
      [...names].map((name) => [
        name,
        values.get(`submodule.${name}.path`),
        values.get(`submodule.${name}.url`),
      ]),
    );
  });

  it.each([
    ['https://git.test/team/outer.git', '../sub.git'],
    ['https://git.test/team/outer.git', './nested.git/'],
    ['https://git.test/team/outer.git', '../../other/./sub'],
    ['https://git.test:8443/a/b/c', './../../sub'],
    ['git@git.test:team/outer.git', '../sub.git'],
    ['git@git.test:outer.git', '../sub.git'],
    ['ssh://git@git.test:2222/team/outer.git', '../sub.git'],
  ])('leads from %s by %s where git is led', async (base, address) => {
    await git(work, 'config', 'remote.origin.url', base);
    await writeFile(path.join(work, '.gitmodules'), `[submodule "sub"]\n\tpath = sub\n\turl = ${address}\n`);
    await git(work, 'submodule', 'init', '--', 'sub');
    const found = await git(work, 'config', 'submodule.sub.url');
    await git(work, 'config', '--remove-section', 'submodule.sub');
    expect(submoduleUrl(address, requireRemoteUrl(base))?.href).toBe(requireRemoteUrl(found).href);
  });

  it.each([
    ['https://git.test/team/outer.git', '../../../evil.test/x'],
    ['https://git.test/team/outer.git', '../../../../evil.test/x'],
    ['https://git.test/team/outer.git', '../../../../../x'],
    ['https://git.test/team/outer.git', '../..//evil.test/x'],
    ['https://git.test/team/outer.git', '/srv/x.git'],
    ['https://git.test/team/outer.git', 'sub.git'],
    ['git@git.test:outer.git', '../../evil.test:x'],
  ])('leads from %s by %s to no other host', (base, address) => {
    const found = submoduleUrl(address, requireRemoteUrl(base));
    expect(found === null || found.origin === requireRemoteUrl(base).origin).toBe(true);
  });

  it('says no word of a password', () => {
    const [need] =
      readGitmodules('[submodule "x"]\npath = x\nurl = https://ada:secret@git.test/x.git\n', null) ?? [];
    expect(need).toMatchObject({ address: 'https://git.test/x.git', refused: null });
    expect(JSON.stringify(need)).not.toContain('secret');
  });

  it('finds large files in attributes, not in comments', () => {
    expect(attributesUseLfs('*.txt text\n*.bin filter=lfs diff=lfs -text\n')).toBe(true);
    expect(attributesUseLfs('# *.bin filter=lfs\n*.bin filter=lfsx\n')).toBe(false);
  });
});
