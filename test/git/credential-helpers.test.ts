import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeText, takeBack } from '../../electron/git/configuration';
import type { ConfigurationSection, GitPlace, PlannedText } from '../../electron/git/engine';
import { createUserGit } from '../../electron/git/system/configuration';
import { findGit } from '../../electron/git/system/program';
import { makeRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';

const program = (await findGit(process.env['PATH'] ?? '')) ?? '';
const git = createUserGit(program);

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let home: string;
let system: string;
let folder: string;
let repository: string;
let plain: string;

beforeEach(async () => {
  temporary = await temporaryDirectory();
  home = path.join(temporary.path, 'home');
  system = path.join(temporary.path, 'system.gitconfig');
  folder = path.join(temporary.path, 'work');
  mkdirSync(path.join(home, '.config', 'git'), { recursive: true });
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_CONFIG_HOME', path.join(home, '.config'));
  vi.stubEnv('GIT_CONFIG_GLOBAL', undefined);
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', undefined);
  vi.stubEnv('GIT_CONFIG_SYSTEM', system);
  repository = await makeRepository(path.join(folder, 'repository'), smallHistory);
  plain = await makeRepository(path.join(folder, 'plain'), smallHistory);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await temporary.remove();
});

/** git as a person runs it. */
function inTerminal(cwd: string, args: string[], input = '') {
  const result = spawnSync(program, args, {
    cwd,
    input,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      XDG_CONFIG_HOME: path.join(home, '.config'),
      GIT_CONFIG_SYSTEM: system,
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: 'false',
      LC_ALL: 'C',
    },
  });
  return { ok: result.status === 0, stdout: result.stdout, stderr: result.stderr };
}

const url = 'https://git.example.test:8443/acme/tools';
const patterns = [
  null,
  'https://git.example.test:8443',
  'https://git.example.test',
  'https://*.example.test:8443',
  'https://*:8443',
  'https://git.example.test:8443/acme',
  'https://git.example.test:8443/ac',
  'https://git.example.test:8443/acme/',
  'http://git.example.test:8443',
  'https://ada@git.example.test:8443',
  'HTTPS://GIT.Example.test:8443/',
  'git.example.test:8443',
  'https://',
  'https://other.test',
];

/** What a helper is: its number, said when git asks it. */
const recorder = (number: number) => `!f() { test \\"$1\\" != get || echo asked-${number} >&2; }; f`;
const numbers = (text: string) => [...text.matchAll(/asked-(\d+)$/gm)].map((found) => Number(found[1]));

describe('which helpers git asks', () => {
  it('is what git itself asks, in its order, whatever is configured where', async () => {
    const included = path.join(home, 'included');
    const conditional = path.join(home, 'conditional');
    const nested = path.join(home, 'nested');
    const local = path.join(repository, '.git', 'config');
    const worktree = path.join(repository, '.git', 'config.worktree');
    const xdg = path.join(home, '.config', 'git', 'config');
    const usual = path.join(home, '.gitconfig');
    const files = [system, xdg, usual, included, conditional, nested, local, worktree];
    const core =
      '[core]\n\trepositoryformatversion = 0\n\tbare = false\n[extensions]\n\tworktreeConfig = true\n';
    const entry = fc.record({
      file: fc.constantFrom(...files),
      pattern: fc.constantFrom(...patterns),
      isReset: fc.boolean(),
      weight: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 14 }), fc.nat(3), async (entries, includeAt) => {
        const texts = new Map(files.map((file) => [file, file === local ? core : '']));
        const write = (file: string, line: string) => texts.set(file, `${texts.get(file) ?? ''}${line}`);
        const includes = () => {
          write(
            usual,
            `[include]\n\tpath = included\n[includeIf "gitdir:${folder}/"]\n\tpath = ~/conditional\n`,
          );
          write(usual, `[includeIf "gitdir:${temporary.path}/elsewhere/"]\n\tpath = included\n`);
          write(conditional, `[includeIf "gitdir/i:${folder.toUpperCase()}/"]\n\tpath = nested\n`);
        };
        for (const [number, { file, pattern, isReset, weight }] of entries.entries()) {
          if (number === includeAt) includes();
          // Resets are rarer than helpers, or nothing would be left to compare.
          const value = isReset && weight === 0 ? '' : ` "${recorder(number)}"`;
          write(file, `[credential${pattern === null ? '' : ` "${pattern}"`}]\n\thelper =${value}\n`);
        }
        for (const [file, text] of texts) writeFileSync(file, text);
        const places: [GitPlace, string][] = [
          [{ kind: 'apart' }, '/'],
          [{ kind: 'repository', directory: repository }, repository],
          [{ kind: 'below', folder }, plain],
        ];
        for (const [place, cwd] of places) {
          const real = numbers(inTerminal(cwd, ['credential', 'fill'], `url=${url}\n\n`).stderr);
          const asked = await git.asked(await git.helpers(place), url);
          const found = asked.map(({ value }) => Number(/asked-(\d+)/.exec(value)?.[1]));
          expect({ place, found }).toEqual({ place, found: real });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('names the file of each, and runs none of them', async () => {
    const marker = path.join(home, 'ran');
    writeFileSync(system, '[credential]\n\thelper = manager\n');
    writeFileSync(
      path.join(home, '.gitconfig'),
      `[credential "https://git.example.test:8443"]\n\thelper = "!touch ${marker}"\n\thelper = store --file ~/mine\n`,
    );
    const entries = await git.helpers({ kind: 'apart' });
    expect(entries.map(({ file, scope }) => [file, scope])).toEqual([
      [system, 'system'],
      [path.join(home, '.gitconfig'), 'global'],
      [path.join(home, '.gitconfig'), 'global'],
    ]);
    expect((await git.asked(entries, url)).map(({ value }) => value)).toEqual([
      'manager',
      `!touch ${marker}`,
      'store --file ~/mine',
    ]);
    expect((await git.asked(entries, 'https://other.test/a')).map(({ value }) => value)).toEqual(['manager']);
    expect(existsSync(marker)).toBe(false);
  });

  it('says so when git cannot read its configuration', async () => {
    writeFileSync(path.join(home, '.gitconfig'), '[credential\n');
    await expect(git.helpers({ kind: 'apart' })).rejects.toMatchObject({
      error: { kind: 'git-failed', detail: expect.stringContaining('.gitconfig') },
    });
  });

  it.each([
    ['manager', 'manager'],
    ['manager-core', 'manager'],
    ['/usr/local/bin/git-credential-manager', 'manager'],
    [String.raw`/mnt/c/Program\ Files/Git/mingw64/bin/git-credential-manager.exe`, 'manager'],
    [String.raw`C:/Program\ Files/Git/mingw64/bin/git-credential-wincred.exe`, 'wincred'],
    ['!"C:/Program Files/GitHub CLI/gh.exe" auth git-credential', 'gh'],
    ['!/usr/bin/gh auth git-credential', 'gh'],
    ['!glab auth git-credential', 'glab'],
    ['store --file ~/.passwords', 'store'],
    ['cache --timeout=3600', 'cache'],
    ['/usr/share/doc/git/contrib/credential/libsecret/git-credential-libsecret', 'libsecret'],
    ['osxkeychain', 'osxkeychain'],
    ['!git credential-osxkeychain', 'osxkeychain'],
    ["!'/home/a b/polyforge/bin/git-credential-polyforge'", 'polyforge'],
    ['/home/ada/.local/share/polyforge/bin/git-credential-polyforge', 'polyforge'],
    ['!f() { echo manager; }; f', 'other'],
    ['!store', 'other'],
    ['/opt/manager', 'other'],
    ['', 'other'],
  ])('%s is known as %s', (value, name) => {
    expect(git.shownHelper(value).name).toBe(name);
  });

  it('shows what names a program, and the options of those that are known', () => {
    expect(git.shownHelper('cache --timeout=3600').value).toBe('cache --timeout=3600');
    expect(git.shownHelper('/opt/my/helper').value).toBe('/opt/my/helper');
    expect(git.shownHelper('!"/opt/my helper" get it').value).toBe('!"/opt/my helper" …');
    expect(git.shownHelper('!f() { x; }; f').value).toBe('!…');
  });

  it.each([
    '!f() { echo username=x; echo password=CANARY; }; f',
    '!f() { echo username=x; echo "password=CANARY"; }; f',
    "!f() { echo 'password=CANARY'; }; f",
    '!GITHUB_TOKEN=CANARY helper',
    '!curl -H "Authorization: Bearer CANARY" https://x.test',
    '!helper --secret CANARY',
    '!helper --api-key=CANARY',
    '!curl https://ada:CANARY@vault.test/',
    '!echo password=$(echo CANARY)',
    '!PASSWORD="a CANARY" helper',
    'my-helper --with CANARY',
    '!$(echo CANARY)',
    'store --password=CANARY',
  ])('no secret is shown of %s', (value) => {
    for (const secret of [
      'ghp_0123456789abcdefghijABCDEFGHIJ012345',
      'hunter2',
      'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5',
    ])
      expect(git.shownHelper(value.replace('CANARY', secret)).value).not.toContain(secret);
  });
});

const planned = (plan: PlannedText | string): PlannedText => {
  if (typeof plan === 'string') throw new Error(plan);
  return plan;
};

describe('sections of ours in a configuration file', () => {
  const sections: ConfigurationSection[] = [
    {
      section: 'credential',
      subsection: 'https://git.example.test:8443',
      entries: [
        ['helper', ''],
        ['helper', String.raw`!'/a b/c;d#e"f\g'	tab`],
        ['useHttpPath', 'true'],
      ],
    },
    {
      section: 'includeIf',
      subsection: String.raw`gitdir:/a "b"\\[c]/`,
      entries: [['path', ' /spaced ']],
    },
  ];
  const anyLine = fc.constantFrom(
    '[credential "https://git.example.test:8443"]',
    '\thelper =',
    '\thelper = store',
    '\tuseHttpPath = true',
    '[credential] helper = store',
    '[credential]',
    '\tname = "quoted ; text" # note',
    '\tname = two \\\n lines',
    '; note',
    '',
    '\tkey',
    '[alias]',
    '\tst = status\r',
  );

  it('read as they are meant, change nothing else, and are taken back to the byte', async () => {
    const file = path.join(home, 'any');
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyLine, { maxLength: 10 }),
        fc.constantFrom('\n', '', '\r\n'),
        fc.boolean(),
        async (lines, end, isUpdated) => {
          const text = `[a]\n${lines.join('\n')}${end}`;
          writeFileSync(file, text);
          const list = () => inTerminal(home, ['config', '--file', file, '-z', '--list']).stdout.split('\0');
          const before = list().slice(0, -1);
          let plan = planned(await git.planSections({ kind: 'file', file }, sections, null));
          expect(readFileSync(file, 'utf8')).toBe(text);
          expect(await makeText(plan)).toBe(true);
          let wanted = sections;
          if (isUpdated) {
            wanted = sections.slice(0, 1);
            plan = planned(await git.planSections({ kind: 'file', file }, wanted, plan.takesBack));
            expect(await makeText(plan)).toBe(true);
          }
          expect(list().slice(0, -1)).toEqual([
            ...before,
            ...wanted.flatMap(({ section, subsection, entries }) =>
              entries.map(([key, value]) =>
                `${section}.${subsection}.${key}\n${value}`.replace(/^[^.]*|[^.]*(?=\n)/g, (name) =>
                  name.toLowerCase(),
                ),
              ),
            ),
          ]);
          expect(await git.planSections({ kind: 'file', file }, wanted, plan.takesBack)).toBe('nothing');
          expect(await takeBack([plan.takesBack])).toBe(true);
          expect(readFileSync(file, 'utf8')).toBe(text);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are not written after a line that goes on, and not into what git cannot read', async () => {
    const file = path.join(home, 'any');
    for (const text of ['[a]\n\tb = goes on \\', '[a\n', '[a]\n\tb = "open\n']) {
      writeFileSync(file, text);
      await expect(git.planSections({ kind: 'file', file }, sections, null)).rejects.toMatchObject({
        error: { kind: 'git-failed' },
      });
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });

  it('leave a whole line behind when more was written after them', async () => {
    const file = path.join(home, 'any');
    writeFileSync(file, '[a]\n\tb = c');
    const plan = planned(await git.planSections({ kind: 'file', file }, sections, null));
    await makeText(plan);
    writeFileSync(file, `${readFileSync(file, 'utf8')}[d]\n\te = f\n`);
    expect(await takeBack([plan.takesBack])).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('[a]\n\tb = c\n[d]\n\te = f\n');
  });

  it('are written into the file as it was shown, or not at all', async () => {
    const file = path.join(home, 'any');
    writeFileSync(file, '[a]\n');
    const plan = planned(await git.planSections({ kind: 'file', file }, sections, null));
    writeFileSync(file, '[b]\n');
    expect(await makeText(plan)).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('[b]\n');
  });
});

describe('conditions on where a repository is', () => {
  it('hold where git says they hold', async () => {
    const file = path.join(home, '.gitconfig');
    const inside = path.join(temporary.path, 'p[a]q', 'b c', 'd.e');
    const real = await makeRepository(path.join(inside, 'zz'), smallHistory);
    writeFileSync(path.join(home, 'then'), '[credential]\n\thelper = then\n');
    const root = temporary.path.replace(/[\\*?[]/g, String.raw`\$&`);
    const part = fc.constantFrom(
      'p[a]q',
      String.raw`p\[a]q`,
      'p[[]a]q',
      'p[[]a[]]q',
      'p?a?q',
      'p*',
      '**',
      '*',
      'b c',
      'b[[:space:]]c',
      'b[!x]c',
      'b[^ ]c',
      'b[a- ]c',
      'd.e',
      'D.E',
      'd?e',
      'd[.-/]e',
      String.raw`d\.e`,
      'zzz',
      '',
    );
    const start = fc.constantFrom(`${root}/`, '**/', '', '~/', './', '~/../', '*/');
    let matches = 0;
    await fc.assert(
      fc.asyncProperty(
        start,
        fc.array(part, { maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        async (from, parts, slash, fold) => {
          const condition = `gitdir${fold ? '/i' : ''}:${from}${parts.join('/')}${slash ? '/' : ''}`;
          const quoted = condition.replace(/[\\"]/g, String.raw`\$&`);
          writeFileSync(file, `[includeIf "${quoted}"]\n\tpath = then\n`);
          const isTrue = inTerminal(real, ['config', 'credential.helper']).stdout === 'then\n';
          const found = await git.helpers({ kind: 'below', folder: inside });
          expect({ condition, holds: found.length > 0 }).toEqual({ condition, holds: isTrue });
          matches += Number(isTrue);
        },
      ),
      { numRuns: 120, examples: [[`${root}/`, [String.raw`p\[a]q`, '**'], false, false]] },
    );
    expect(matches).toBeGreaterThan(0);
  });
});
