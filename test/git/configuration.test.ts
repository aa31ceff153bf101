import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { make, shownLines, stillStand, takeBack } from '../../electron/git/configuration';
import * as embedded from '../../electron/git/isomorphic/configuration';
import * as system from '../../electron/git/system/configuration';
import type { PlannedEdit } from '../../electron/git/engine';
import { createUserGit } from '../../electron/git/system/configuration';
import { findGit } from '../../electron/git/system/program';
import type { ConfigurationEdit } from '../../shared/configuration-edit';
import { makeRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';

const program = (await findGit(process.env['PATH'] ?? '')) ?? '';
const engines = {
  'the installed git': {
    identity: (directory: string) => system.identity({ program }, directory),
    async configure(directory: string, values: [string, string][]) {
      let made: ConfigurationEdit[] = [];
      await system.configure({ program }, directory, values, (edits) => {
        made = edits;
      });
      return made;
    },
  },
  'the built-in engine': {
    identity: embedded.identity,
    async configure(directory: string, values: [string, string][]) {
      let made: ConfigurationEdit[] = [];
      await embedded.configure(directory, values, (edits) => {
        made = edits;
      });
      return made;
    },
  },
};

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let home: string;
let repository: string;
let file: string;

beforeEach(async () => {
  temporary = await temporaryDirectory();
  home = path.join(temporary.path, 'home');
  mkdirSync(home);
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_CONFIG_HOME', path.join(home, '.config'));
  vi.stubEnv('GIT_CONFIG_GLOBAL', undefined);
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
  repository = await makeRepository(path.join(temporary.path, 'repository'), smallHistory);
  file = path.join(repository, '.git', 'config');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await temporary.remove();
});

/** What the user's own git says in a terminal. */
const inTerminal = (directory: string, ...args: string[]) =>
  spawnSync(program, args, { cwd: directory, encoding: 'utf8' }).stdout.replace(/\n$/, '');
const core = '[core]\n\trepositoryformatversion = 0\n\tbare = false\n';

describe.each(Object.entries(engines))('row 0.5: an identity written by %s', (name, engine) => {
  it.each([
    ['nothing about a user', core],
    [
      'another identity, with comments',
      `${core}[user]\n\t# mine\n\tname = Old Name ; for now\n\temail=old@x.test\n[remote "origin"]\n\turl = https://x.test/a\n`,
    ],
    [
      'several values of a key',
      `${core}[user]\n\tname = One\n[alias]\n\tst = status\n[user]\n\tname = Two\n`,
    ],
    ['line ends of another system', '[core]\r\n\tbare = false\r\n[user]\r\n\tname = Ada\r\n'],
    ['no line end at its end', `${core}[user]\n\tname = Ada`],
    ['bytes that are no text', Buffer.concat([Buffer.from(`${core}# `), Buffer.from([0xff, 0xfe, 0x0a])])],
  ])('is what git then uses, and is taken back to the byte: %s', async (_case, before) => {
    writeFileSync(file, before);
    const original = readFileSync(file);
    const values: [string, string][] = [
      ['user.name', 'Ada "the first" Lovelace; #1 \\ Ünïcode'],
      ['user.email', 'ada@work.test'],
      ['user.signingkey', '-----key'],
    ];
    const edits = await engine.configure(repository, values);
    for (const [key, value] of values) expect(inTerminal(repository, 'config', '--get', key)).toBe(value);
    expect(await engine.identity(repository)).toMatchObject({
      effective: { name: values[0]?.[1], email: 'ada@work.test', signingKey: '-----key' },
      source: 'local',
    });
    expect(await stillStand(edits)).toBe(true);
    expect(await takeBack(edits)).toBe(true);
    expect(readFileSync(file).equals(original)).toBe(true);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('writes nothing where everything is so already', async () => {
    const values: [string, string][] = [['user.email', 'ada@work.test']];
    await engine.configure(repository, values);
    const before = readFileSync(file);
    expect(await engine.configure(repository, values)).toEqual([]);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('keeps what others changed meanwhile, and takes back its own lines wherever they are now', async () => {
    const original = readFileSync(file, 'utf8');
    const edits = await engine.configure(repository, [['user.email', 'ada@work.test']]);
    writeFileSync(file, `[alias]\n\tst = status\n${readFileSync(file, 'utf8')}`);
    expect(await takeBack(edits)).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(`[alias]\n\tst = status\n${original}`);
  });

  it('takes nothing back that the user changed since', async () => {
    const edits = await engine.configure(repository, [['user.email', 'ada@work.test']]);
    inTerminal(repository, 'config', 'user.email', 'mine@home.test');
    const before = readFileSync(file);
    expect(await stillStand(edits)).toBe(false);
    expect(await takeBack(edits)).toBe(false);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('leaves what the user wrote into the same section where it is', async () => {
    // Without the section it would belong to the one before: core.signingkey.
    writeFileSync(file, core);
    const edits = await engine.configure(repository, [
      ['user.name', 'Ada'],
      ['user.email', 'ada@work.test'],
    ]);
    inTerminal(repository, 'config', 'user.signingkey', 'ABCD');
    expect(await takeBack(edits)).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(`${core}[user]\n\tsigningkey = ABCD\n`);
  });

  it('waits for nobody: a lock of another program is named, and nothing is written', async () => {
    writeFileSync(`${file}.lock`, '');
    const before = readFileSync(file);
    await expect(engine.configure(repository, [['user.email', 'a@b.test']])).rejects.toMatchObject({
      error: { kind: 'git-failed', detail: expect.stringContaining('config.lock') },
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(`${file}.lock`)).toBe(true);
  });

  it('is taken back to the byte from any configuration', async () => {
    const anyLine = fc.constantFrom(
      '[user]',
      '\tname = A',
      '\temail = b ; c',
      '[user] name = D',
      '# note',
      '',
      '[core]',
      '\tbare = false',
      '[user "x"]',
      '\tsigningKey = k',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine, { maxLength: 12 }), fc.boolean(), async (lines, ended) => {
        // Without a section before them, keys are no configuration.
        const text = `[core]\n\tbare = false\n${lines.join('\n')}${ended ? '\n' : ''}`;
        writeFileSync(file, text);
        if (name === 'the built-in engine' && text.includes('[user] name')) {
          await expect(engine.configure(repository, [['user.name', 'Ada']])).rejects.toMatchObject({
            error: { kind: 'unsupported' },
          });
          expect(readFileSync(file, 'utf8')).toBe(text);
          return;
        }
        const edits = await engine.configure(repository, [
          ['user.name', 'Ada'],
          ['user.email', 'ada@work.test'],
        ]);
        expect(inTerminal(repository, 'config', '--get', 'user.email')).toBe('ada@work.test');
        expect(inTerminal(repository, 'config', '--get', 'user.name')).toBe('Ada');
        expect(await takeBack(edits)).toBe(true);
        expect(readFileSync(file, 'utf8')).toBe(text);
      }),
      { numRuns: 25 },
    );
  });
});

describe('row 1.19: the identity git would use', () => {
  const identity = () => system.identity({ program }, repository);

  it('is read with the place it comes from: none, global, an included file, the repository', async () => {
    expect(await identity()).toEqual({
      effective: { name: '', email: '', signingKey: '' },
      source: null,
      complete: true,
    });
    const global = path.join(home, '.gitconfig');
    const work = path.join(home, 'work.gitconfig');
    writeFileSync(global, '[user]\n\tname = Ada\n\temail = ada@home.test\n');
    expect(await identity()).toMatchObject({ effective: { email: 'ada@home.test' }, source: 'global' });
    writeFileSync(work, '[user]\n\temail = ada@work.test\n');
    writeFileSync(
      global,
      `${readFileSync(global, 'utf8')}[includeIf "gitdir:${temporary.path}/"]\n\tpath = work.gitconfig\n`,
    );
    expect(await identity()).toMatchObject({
      effective: { name: 'Ada', email: 'ada@work.test' },
      source: work,
    });
    inTerminal(repository, 'config', 'user.email', 'ada@here.test');
    expect(await identity()).toMatchObject({ effective: { email: 'ada@here.test' }, source: 'local' });
    inTerminal(repository, 'config', 'author.email', 'author@here.test');
    expect((await identity()).effective.email).toBe('author@here.test');
  });

  it('says what the built-in engine cannot know', async () => {
    writeFileSync(path.join(home, '.gitconfig'), '[user]\n\temail = ada@home.test\n');
    expect(await embedded.identity(repository)).toEqual({
      effective: { name: '', email: '', signingKey: '' },
      source: null,
      complete: false,
    });
  });

  it('runs nothing the repository names', async () => {
    const marker = path.join(temporary.path, 'ran');
    writeFileSync(
      file,
      `${core}\tfsmonitor = touch ${marker}\n\tpager = touch ${marker}\n\tsshCommand = touch ${marker}\n[alias]\n\tconfig = !touch ${marker}\n[user]\n\temail = a@b.test\n`,
    );
    expect((await identity()).effective.email).toBe('a@b.test');
    await system.configure({ program }, repository, [['user.name', 'Ada']], () => undefined);
    expect(existsSync(marker)).toBe(false);
  });
});

/** A plan that there must be. */
const planned = async (plan: Promise<PlannedEdit | string>): Promise<PlannedEdit> => {
  const found = await plan;
  if (typeof found === 'string') throw new Error(found);
  return found;
};

describe('row 3.9: asking with the path on a host with several accounts', () => {
  const url = 'https://dev.azure.com/contoso/Shop/_git/web';
  const key = 'credential.https://dev.azure.com.useHttpPath';
  const git = createUserGit(program);
  const global = () => path.join(home, '.gitconfig');

  /** What a helper of the user's own is told: the whole request, as a `git pull` would make it. */
  const told = (record: string): string => {
    execFileSync(program, ['credential', 'fill'], { cwd: home, input: `url=${url}\n\n` });
    return readFileSync(record, 'utf8');
  };

  it('shows the exact change, makes it, git then asks with the complete address, and it is taken back to the byte', async () => {
    const record = path.join(home, 'asked');
    const helper = path.join(home, 'helper.sh');
    writeFileSync(
      helper,
      `#!/bin/sh\ntest "$1" = get || exit 0\ncat > '${record}'\necho username=x\necho password=y\n`,
      { mode: 0o755 },
    );
    const original = `[user]\n\tname = Ada\n[credential]\n\thelper = "!'${helper}'"\n`;
    writeFileSync(global(), original);
    expect(await git.httpPath(url)).toEqual({ effective: false, file: null });
    expect(await git.asksWithPath(url)).toBe(false);
    expect(told(record)).not.toContain('path=');

    const plan = await planned(git.plan(key, 'true'));
    expect(plan.edit).toMatchObject({ file: global(), removed: [], created: false });
    expect(shownLines(plan.edit.added)).toEqual([
      '[credential "https://dev.azure.com"]',
      '\tuseHttpPath = true',
    ]);
    expect(readFileSync(global(), 'utf8')).toBe(original);

    expect(await make(plan)).toBe(true);
    expect(await git.httpPath(url)).toEqual({ effective: true, file: global() });
    expect(await git.asksWithPath(url)).toBe(true);
    expect(told(record)).toBe('protocol=https\nhost=dev.azure.com\npath=contoso/Shop/_git/web\n');
    // Other hosts are asked as before.
    expect(await git.asksWithPath('https://github.com/acme/x')).toBe(false);

    expect(await takeBack([plan.edit])).toBe(true);
    expect(readFileSync(global(), 'utf8')).toBe(original);
    expect(told(record)).not.toContain('path=');
  });

  it('tries git without any helper of the user, also one set for the host', async () => {
    const marker = path.join(home, 'ran');
    writeFileSync(
      global(),
      `[credential]\n\thelper = "!touch ${marker}"\n[credential "https://dev.azure.com"]\n\thelper = "!touch ${marker}"\n\tuseHttpPath = yes\n[core]\n\taskPass = "touch ${marker}"\n`,
    );
    expect(await git.asksWithPath(url)).toBe(true);
    expect(await git.httpPath(url)).toEqual({ effective: true, file: global() });
    expect(existsSync(marker)).toBe(false);
  });

  it('sees a setting for one organization only, and one that says no', async () => {
    writeFileSync(global(), '[credential "https://dev.azure.com/contoso"]\n\tuseHttpPath = true\n');
    expect((await git.httpPath(url)).effective).toBe(true);
    expect((await git.httpPath('https://dev.azure.com/fabrikam')).effective).toBe(false);
    writeFileSync(
      global(),
      '[credential]\n\tuseHttpPath = true\n[credential "https://dev.azure.com"]\n\tuseHttpPath = no # not here\n',
    );
    expect((await git.httpPath(url)).effective).toBe(false);
    const plan = await planned(git.plan(key, 'true'));
    expect(shownLines(plan.edit.removed)).toEqual(['\tuseHttpPath = no # not here']);
    expect(await make(plan)).toBe(true);
    expect(await git.asksWithPath(url)).toBe(true);
    expect(await takeBack([plan.edit])).toBe(true);
    expect(readFileSync(global(), 'utf8')).toContain('no # not here');
  });

  it('writes where git writes: behind a link, in the other usual place, in a new file that goes again', async () => {
    const dotfiles = path.join(temporary.path, 'dotfiles');
    writeFileSync(dotfiles, '[user]\n\tname = Ada\n');
    chmodSync(dotfiles, 0o640);
    symlinkSync(dotfiles, global());
    const linked = await planned(git.plan(key, 'true'));
    expect(await make(linked)).toBe(true);
    expect(lstatSync(global()).isSymbolicLink()).toBe(true);
    expect(readFileSync(dotfiles, 'utf8')).toContain('useHttpPath');
    expect(statSync(dotfiles).mode & 0o777).toBe(0o640);

    vi.stubEnv('HOME', path.join(temporary.path, 'second'));
    vi.stubEnv('XDG_CONFIG_HOME', undefined);
    mkdirSync(path.join(temporary.path, 'second', '.config', 'git'), { recursive: true });
    const fresh = await planned(git.plan(key, 'true'));
    expect(fresh.edit).toMatchObject({
      file: path.join(temporary.path, 'second', '.gitconfig'),
      created: true,
    });
    expect(await make(fresh)).toBe(true);
    expect(await git.asksWithPath(url)).toBe(true);
    expect(await takeBack([fresh.edit])).toBe(true);
    expect(existsSync(path.join(temporary.path, 'second', '.gitconfig'))).toBe(false);
    writeFileSync(path.join(temporary.path, 'second', '.config', 'git', 'config'), '');
    expect((await planned(git.plan(key, 'true'))).edit.file).toBe(
      path.join(temporary.path, 'second', '.config', 'git', 'config'),
    );

    vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
    expect(await git.plan(key, 'true')).toBe('no-file');
  });

  it('keeps the rights of the file, and a link to a file that is not there', async () => {
    const dotfiles = path.join(temporary.path, 'dotfiles');
    mkdirSync(dotfiles);
    symlinkSync(path.join('..', 'dotfiles', 'gitconfig'), global());
    const fresh = await planned(git.plan(key, 'true'));
    expect(await make(fresh)).toBe(true);
    expect(lstatSync(global()).isSymbolicLink()).toBe(true);
    expect(readFileSync(path.join(dotfiles, 'gitconfig'), 'utf8')).toContain('useHttpPath');
    // Wider than any umask: the file is shared with the user's group.
    chmodSync(path.join(dotfiles, 'gitconfig'), 0o666);
    expect(await takeBack([{ ...fresh.edit, created: false }])).toBe(true);
    expect(statSync(path.join(dotfiles, 'gitconfig')).mode & 0o777).toBe(0o666);
    expect(lstatSync(global()).isSymbolicLink()).toBe(true);
  });

  it('makes only the change that was shown', async () => {
    writeFileSync(global(), '[user]\n\tname = Ada\n');
    const plan = await planned(git.plan(key, 'true'));
    writeFileSync(global(), '[user]\n\tname = Ada\n\temail = a@b.test\n');
    expect(await make(plan)).toBe(false);
    expect(readFileSync(global(), 'utf8')).not.toContain('useHttpPath');
  });
});
