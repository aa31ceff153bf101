import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../electron/git/trust/grammar';
import { partsOf, ruleOf, switchedOff } from '../../electron/git/trust/keys';
import { gitEnvironment, temporaryDirectory } from '../fakes/repositories';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeAll(async () => {
  place = await temporaryDirectory();
});
afterAll(() => place.remove());

/** What git itself reads in a text; null: it refuses it. */
async function asGitReads(text: string): Promise<[string, string | null][] | null> {
  const file = path.join(place.path, 'config');
  await writeFile(file, text, 'latin1');
  const found = await execa('git', ['config', '--file', file, '--list', '-z'], {
    cwd: place.path,
    env: gitEnvironment,
    extendEnv: false,
    reject: false,
    encoding: 'buffer',
  });
  if (found.exitCode !== 0) return null;
  return Buffer.from(found.stdout)
    .toString('latin1')
    .split('\0')
    .slice(0, -1)
    .map((pair) => {
      const at = pair.indexOf('\n');
      return at < 0 ? [pair, null] : [pair.slice(0, at), pair.slice(at + 1)];
    });
}

const asWeRead = (text: string) => {
  const { entries, damagedAt } = parseConfiguration(text);
  return { entries: entries.map(({ name, value }): [string, string | null] => [name, value]), damagedAt };
};

/** git before 2.45 keeps other blanks in a value; which keys there are is what counts. */
const blanks = (entries: [string, string | null][]) =>
  entries.map(([name, value]) => [name, value?.replaceAll(/\s/g, ' ').trim() ?? null]);

describe('the grammar of configuration files', () => {
  it.each([
    ['[core]\n\tfsmonitor = touch x\n'],
    ['[CORE]\nFsMonitor=touch x'],
    ['[core] fsmonitor = touch x ; why\n'],
    ['[filter "LFS"]\r\n\tclean = git-lfs clean -- %f\r\n'],
    ['[filter.LFS]\nclean = x\n'],
    ['[filter "a.b\\"c\\\\d"]\nclean = "a;b" c # d\n'],
    ['[diff "x"] textconv\n[a]b\n'],
    ['\u00ef\u00bb\u00bf[core]\nbare = false\n'],
    ['[core]\n  editor = a\\\n  b\\t"  c "  \n'],
    ['; only a comment\n\n# another\n'],
    [''],
    ['[url "https://evil.test/"]\n\tinsteadOf = https://good.test/\n'],
    ['[includeIf "gitdir:/**"] path = ../evil\n'],
    ['[core]\r\nfsmonitor = x\r\r\n'],
    ['[a "b"]c=1\n[a "b" ]d=2\n'],
  ])('reads %j as git does', async (text) => {
    const expected = await asGitReads(text);
    const found = asWeRead(text);
    if (expected === null) expect(found.damagedAt).not.toBeNull();
    else {
      expect(found.damagedAt).toBeNull();
      expect(blanks(found.entries)).toEqual(blanks(expected));
    }
  });

  it('reads what chance puts together as git does', async () => {
    const pieces = [
      '[',
      ']',
      '"',
      '\\',
      '=',
      ' ',
      '\n',
      '\r\n',
      '\t',
      ';',
      '#',
      'core',
      'fsmonitor',
      '.',
      'x',
      '-',
      'T',
      '\r',
      '\u00ff',
    ];
    const starts = ['', '[core]\n', '[a "b"]\nc = ', '[filter "x"] clean='];
    let seed = 7;
    const chance = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    const texts = Array.from({ length: 250 }, () => {
      const body = Array.from({ length: 1 + chance(9) }, () => pieces[chance(pieces.length)]).join('');
      return `${starts[chance(starts.length)]}${body}`;
    });
    const wrong: unknown[] = [];
    for (const text of texts) {
      const expected = await asGitReads(text);
      const found = asWeRead(text);
      const same =
        expected === null
          ? found.damagedAt !== null
          : found.damagedAt === null &&
            JSON.stringify(blanks(found.entries)) === JSON.stringify(blanks(expected));
      if (!same) wrong.push({ text, expected, found });
    }
    expect(wrong).toEqual([]);
  });

  it('sees a name as git does, which ends at a NUL', () => {
    expect(asWeRead('[filter "x.clean\0"]\nharmless = touch x\n').entries).toEqual([
      ['filter.x.clean', 'touch x'],
    ]);
  });

  it('tells the line of each entry, and the one git stops at', () => {
    const text = '[core]\n\tbare = false\n\n\tfsmonitor = x\n[broken\n';
    const { entries, damagedAt } = parseConfiguration(text);
    expect(entries.map(({ name, line }) => [name, line])).toEqual([
      ['core.bare', 2],
      ['core.fsmonitor', 4],
    ]);
    expect(damagedAt).toBe(5);
  });
});

describe('the keys that make git do something', () => {
  it('are known in any spelling, with any subsection', () => {
    for (const name of [
      'core.fsmonitor',
      'filter.A.b.clean',
      'http.https://x/.proxy',
      'http.proxy',
      'pager.log',
    ])
      expect(ruleOf(name, 'touch x'), name).not.toBeNull();
    expect(partsOf('filter.A.b.clean')).toEqual({ section: 'filter', subsection: 'A.b', key: 'clean' });
    expect(ruleOf('lfs.customtransfer.x.path', 'x')).not.toBeNull();
    expect(ruleOf('lfs.https://x/.standalonetransferagent', 'x')).not.toBeNull();
  });

  it.each([
    ['core.fsmonitor', 'true'],
    ['core.fsmonitor', null],
    ['pager.log', 'false'],
    ['alias.st', 'status'],
    ['submodule.x.update', 'rebase'],
    ['submodule.x.url', 'https://x.test/y'],
    ['http.sslverify', 'true'],
    ['http.postbuffer', '1'],
    ['remote.origin.url', 'https://x.test/y'],
    ['core.hookspath', '/dev/null'],
    ['core.excludesfile', '.gitignore-local'],
    ['filter.x.required', 'true'],
    ['core.x.fsmonitor', 'touch x'],
    ['constructor', 'x'],
    ['user.name', 'Ada'],
    ['protocol.ext.allow', 'never'],
  ])('are none where %s is %s', (name, value) => {
    expect(ruleOf(name, value)).toBeNull();
  });

  it('cannot be switched off where their name is no text', () => {
    const rule = ruleOf('filter.\u00ff.clean', 'x');
    expect(rule && switchedOff('filter.\u00ff.clean', rule)).toBeNull();
    expect(rule && switchedOff('filter.$&.clean', rule)).toContainEqual(['filter.$&.clean', '']);
  });
});
