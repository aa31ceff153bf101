import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttributeValue, createAttributes } from '../../electron/git/isomorphic/patterns/attributes';
import { conversionOf, toFile, toObject } from '../../electron/git/isomorphic/patterns/conversion';
import { compileGlob } from '../../electron/git/isomorphic/patterns/glob';
import { createIgnoreRules } from '../../electron/git/isomorphic/patterns/ignore';
import { git, gitEnvironment, temporaryDirectory } from '../fakes/repositories';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let made = 0;

beforeAll(async () => {
  place = await temporaryDirectory();
});
afterAll(() => place.remove());

async function repository(): Promise<string> {
  made += 1;
  const directory = path.join(place.path, `repo-${made}`);
  await git(place.path, 'init', '--quiet', '--template=', directory);
  return directory;
}

/** The same every time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

async function ask(directory: string, args: string[], paths: readonly string[]): Promise<string[]> {
  const { stdout } = await execa('git', [...args, '-z', '--stdin'], {
    cwd: directory,
    env: gitEnvironment,
    extendEnv: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    reject: false,
    input: Buffer.from(paths.map((one) => `${one}\0`).join(''), 'latin1'),
  });
  return Buffer.from(stdout).toString('latin1').split('\0').slice(0, -1);
}

const names = ['a', 'b', 'ab', 'ba', 'aab', 'a.b', 'A', '[a]', 'a b', 'a*', '#a', '!a', 'é', '-'];
const pieces = [
  'a',
  'b',
  'a',
  'b',
  '*',
  '**',
  '?',
  '/',
  '/',
  '/',
  '**/',
  '/**',
  '/**/',
  '[ab]',
  '[!a]',
  '[^b-z]',
  '[[:upper:]]',
  '[]a]',
  '[a',
  '[[:no:]]',
  '\\a',
  '\\*',
  '.',
  '\\',
  '*.b',
  ' ',
  '\\ ',
  '[a-]',
  '[b-a]',
  '\u00c3\u00a9',
  '?b',
  '[\\]a]',
  '[[:alpha:]-]',
];

function patternLine(next: (below: number) => number): string {
  let text = next(6) === 0 ? '!' : next(8) === 0 ? '/' : '';
  for (let count = 1 + next(5); count > 0; count -= 1) text += pieces[next(pieces.length)] ?? '';
  return text + (next(5) === 0 ? '/' : '') + (next(12) === 0 ? '  ' : '') + (next(20) === 0 ? '\r' : '');
}

/** Folders with a file of patterns each over the same tree. */
function fill(
  directory: string,
  file: string,
  folders: number,
  lines: (number: number) => string[],
): string[] {
  const paths: string[] = [];
  for (let number = 0; number < folders; number += 1) {
    const folder = `d${number}`;
    for (const one of names.slice(0, 4))
      for (const two of ['a', 'b', 'ab'])
        mkdirSync(path.join(directory, folder, one, two), { recursive: true });
    const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
    for (const one of names) {
      paths.push(latin1(`${folder}/${one}`));
      if (names.indexOf(one) >= 4) writeFileSync(path.join(directory, folder, one), '');
    }
    for (const one of names.slice(0, 4))
      for (const two of ['a', 'b', 'ab', 'a.b']) {
        paths.push(`${folder}/${one}/${two}`);
        if (two !== 'a.b')
          for (const three of ['a', 'ba', 'ab']) paths.push(`${folder}/${one}/${two}/${three}`);
      }
    writeFileSync(path.join(directory, folder, file), Buffer.from(lines(number).join('\n'), 'latin1'));
  }
  return paths;
}

describe('ignore rules', () => {
  it('are git own rules, on patterns made at random', async () => {
    const directory = await repository();
    const next = random(0x1234567);
    const written: string[][] = [];
    const paths = fill(directory, '.gitignore', 120, (number) => {
      written[number] = Array.from({ length: 1 + next(3) }, () => patternLine(next));
      return written[number] ?? [];
    });
    writeFileSync(path.join(directory, '.gitignore'), 'd1?/ab\n!d17/ab\nd2/**/ba\n*.no\n');
    mkdirSync(path.join(directory, '.git/info'), { recursive: true });
    writeFileSync(path.join(directory, '.git/info/exclude'), '\u00ef\u00bb\u00bf#x\nd3/a/\nd3*/b/ab\n');
    const ignored = new Set(await ask(directory, ['check-ignore', '--no-index'], paths));
    const rules = createIgnoreRules({
      worktree: directory,
      gitdir: path.join(directory, '.git'),
      excludesFile: null,
      ignoreCase: false,
    });
    const isFolder = (one: string) => {
      const parts = one.split('/');
      return (
        parts.slice(1).every((part, at) => names.slice(0, at === 0 ? 4 : 3).includes(part)) &&
        parts.length < 4
      );
    };
    const wrong = paths
      .filter((one) => rules.isIgnored(one, isFolder(one)) !== ignored.has(one))
      .map((one) => `${one}: ${JSON.stringify(written[Number(/\d+/.exec(one)?.[0])])}`);
    expect(wrong).toEqual([]);
    expect(ignored.size).toBeGreaterThan(500);
    expect(ignored.size).toBeLessThan(paths.length / 2);
  });

  it('fold case where the file system does', async () => {
    const directory = await repository();
    await git(directory, 'config', 'core.ignoreCase', 'true');
    writeFileSync(path.join(directory, '.gitignore'), 'Build\n/Out/*.OBJ\n[A-C]x\n');
    const paths = ['build', 'BUILD', 'out/a.obj', 'OUT/A.Obj', 'bx', 'Cx', 'dx'];
    const ignored = await ask(directory, ['check-ignore', '--no-index'], paths);
    const rules = createIgnoreRules({
      worktree: directory,
      gitdir: path.join(directory, '.git'),
      excludesFile: null,
      ignoreCase: true,
    });
    expect(paths.filter((one) => rules.isIgnored(one, false))).toEqual(ignored);
  });

  it('take no time that grows without bound', () => {
    const hostile = compileGlob(`${'*a'.repeat(200)}b`, { paths: true, ignoreCase: false });
    expect(hostile('a'.repeat(20_000))).toBe(false);
    const deep = compileGlob(`${'**/a/'.repeat(100)}b`, { paths: true, ignoreCase: false });
    expect(deep('a/'.repeat(2000))).toBe(false);
  });
});

describe('attributes', () => {
  it('are what git says they are, macros and values included', async () => {
    const directory = await repository();
    const next = random(0x7654321);
    const words = [
      'text',
      '-text',
      '!text',
      'text=auto',
      'eol=crlf',
      'binary',
      '-binary',
      'mine',
      'mine=x',
      '-mine',
      'bad/name',
    ];
    const paths = fill(directory, '.gitattributes', 60, () =>
      Array.from({ length: 1 + next(3) }, () => {
        // A pattern with a space in it goes in quotes.
        const pattern = patternLine(next).replaceAll(/[ \r]/g, '');
        return `${pattern === '' ? 'a' : pattern} ${words[next(words.length)]} ${words[next(words.length)]}`;
      }),
    );
    writeFileSync(
      path.join(directory, '.gitattributes'),
      '[attr]mine text other=1 -third\n"a b" text=quoted\nd1*/a* binary\n/d2/** -diff\n*.b\ttext eol=lf\n',
    );
    mkdirSync(path.join(directory, '.git/info'), { recursive: true });
    writeFileSync(path.join(directory, '.git/info/attributes'), 'd5/** third=info\n');
    const asked = await ask(directory, ['check-attr', '-a'], paths);
    const told = new Map<string, string[]>();
    for (let at = 0; at + 2 < asked.length; at += 3)
      told.set(asked[at] ?? '', [...(told.get(asked[at] ?? '') ?? []), `${asked[at + 1]}=${asked[at + 2]}`]);
    const attributes = createAttributes({
      worktree: directory,
      gitdir: path.join(directory, '.git'),
      attributesFile: null,
      ignoreCase: false,
    });
    const word = (value: AttributeValue) => (value === true ? 'set' : value === false ? 'unset' : value);
    const wrong: unknown[] = [];
    for (const one of paths) {
      const ours = [...attributes.of(one)]
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `${name}=${word(value)}`);
      const theirs = told.get(one) ?? [];
      if (ours.sort().join() !== theirs.sort().join()) wrong.push({ one, ours, theirs });
    }
    expect(wrong).toEqual([]);
    expect(told.size).toBeGreaterThan(200);
  });
});

describe('contents between objects and files', () => {
  const contents: Record<string, Buffer> = {
    lf: Buffer.from('one\ntwo\n'),
    crlf: Buffer.from('one\r\ntwo\r\n'),
    mixed: Buffer.from('one\r\ntwo\nthree'),
    lone: Buffer.from('one\rtwo\r\nthree\n'),
    zero: Buffer.from('one\0\r\ntwo\n'),
    bytes: Buffer.from(`${'\u0001'.repeat(9)}text\r\nmore\n`, 'latin1'),
    end: Buffer.from('dos\r\nend\n\u001a'),
    ident: Buffer.from('$Id$ and $Id: old$ and $Id: not\n$ x\n'),
    empty: Buffer.alloc(0),
  };
  const attributes = [
    '',
    'text',
    '-text',
    'text=auto',
    'text eol=crlf',
    'text eol=lf',
    'text=auto eol=crlf',
    'text=auto eol=lf',
    'eol=crlf',
    'crlf=input',
    'ident',
    'text ident eol=crlf',
  ];

  it('change line ends and $Id$ as git changes them, in both directions', async () => {
    for (const autocrlf of ['false', 'true', 'input'] as const)
      for (const eol of ['native', 'crlf'] as const) {
        // git takes this for a contradiction.
        if (autocrlf === 'input' && eol === 'crlf') continue;
        const directory = await repository();
        const gitdir = path.join(directory, '.git');
        await git(directory, 'config', 'core.autocrlf', autocrlf);
        await git(directory, 'config', 'core.eol', eol);
        await git(directory, 'config', 'core.safecrlf', 'false');
        const files: [string, Buffer][] = [];
        const lines: string[] = [];
        for (const [number, said] of attributes.entries()) {
          lines.push(`/w${number}/** ${said}`, `/r${number}/** ${said}`);
          for (const folder of ['w', 'r']) mkdirSync(path.join(directory, `${folder}${number}`));
          for (const [name, content] of Object.entries(contents)) files.push([`${number}/${name}`, content]);
        }
        writeFileSync(path.join(directory, '.gitattributes'), `${lines.join('\n')}\n`);
        for (const [file, content] of files) writeFileSync(path.join(directory, `w${file}`), content);
        await git(directory, 'add', '.');
        // Objects with every content are there as they are, below r, and checked out.
        const list: string[] = [];
        for (const [name, content] of Object.entries(contents)) {
          writeFileSync(path.join(directory, '.git/content'), content);
          const oid = await git(directory, 'hash-object', '-w', '--no-filters', '.git/content');
          for (const number of attributes.keys()) list.push(`100644 ${oid}\tr${number}/${name}`);
        }
        await execa('git', ['update-index', '--index-info'], {
          cwd: directory,
          env: gitEnvironment,
          extendEnv: false,
          input: `${list.join('\n')}\n`,
        });
        await git(directory, 'checkout-index', '--all', '--force');
        const staged = new Map(
          (await git(directory, 'ls-files', '--stage')).split('\n').map((row) => {
            const [head = '', file = ''] = row.split('\t');
            return [file, head.split(' ')[1] ?? ''] as const;
          }),
        );
        const rules = createAttributes({
          worktree: directory,
          gitdir,
          attributesFile: null,
          ignoreCase: false,
        });
        const wrong: string[] = [];
        for (const [file, content] of files) {
          const read = conversionOf(rules.of(`w${file}`), { autocrlf, eol });
          const object = toObject(content, read, () => null);
          writeFileSync(path.join(directory, '.git/content'), object);
          const said = attributes[Number(file.split('/')[0])];
          const oid = blobOf(object);
          if (oid !== staged.get(`w${file}`)) wrong.push(`to the object: ${autocrlf} ${eol} ${said} ${file}`);
          const written = toFile(
            content,
            conversionOf(rules.of(`r${file}`), { autocrlf, eol }),
            blobOf(content),
          );
          if (!written.equals(readFileSync(path.join(directory, `r${file}`))))
            wrong.push(`to the file: ${autocrlf} ${eol} ${said} ${file}`);
        }
        expect(wrong).toEqual([]);
      }
  });

  it('keep line ends the index already has, where git only guesses', () => {
    const how = conversionOf(new Map(), { autocrlf: 'true', eol: 'native' });
    const content = Buffer.from('one\r\ntwo\r\n');
    expect(toObject(content, how, () => null)).toEqual(Buffer.from('one\ntwo\n'));
    expect(toObject(content, how, () => Buffer.from('one\r\n'))).toEqual(content);
  });

  it('change encodings, and say which they do not know', async () => {
    const directory = await repository();
    const how = conversionOf(new Map([['working-tree-encoding', 'UTF-16']]), {
      autocrlf: 'false',
      eol: 'native',
    });
    writeFileSync(path.join(directory, '.gitattributes'), 'u working-tree-encoding=UTF-16\n');
    writeFileSync(path.join(directory, 'u'), Buffer.from('\ufeffgrün\n', 'utf16le'));
    await git(directory, 'add', 'u');
    expect(toObject(readFileSync(path.join(directory, 'u')), how, () => null)).toEqual(Buffer.from('grün\n'));
    await git(directory, 'checkout-index', '--force', 'u');
    const object = Buffer.from('grün\n');
    expect(toFile(object, how, blobOf(object))).toEqual(readFileSync(path.join(directory, 'u')));
    expect(() => toFile(object, { ...how, encoding: 'klingon' }, '')).toThrow('unsupported');
  });
});

function blobOf(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}
