import { appendFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { git, makeBareRepository, makeRepository, smallHistory } from '../fakes/repositories';
import { put } from './twins';

/** Makes a repository at a place and returns its top folder. */
type Make = (at: string) => Promise<string>;

async function changed(directory: string): Promise<string> {
  await put(directory, 'README.md', '# Changed\n');
  await put(directory, 'new.txt', 'new\n');
  await git(directory, 'rm', '--quiet', '--cached', 'src/one.txt');
  return directory;
}

/** A parent with one submodule that is at another commit than recorded, and holds changes. */
async function withSubmodule(at: string): Promise<string> {
  const inner = await makeRepository(`${at}-inner`, smallHistory);
  const directory = await makeRepository(at, smallHistory);
  await git(directory, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
  await git(directory, 'commit', '--quiet', '-m', 'Add a submodule');
  await git(path.join(directory, 'sub'), 'checkout', '--quiet', 'HEAD~1');
  await changed(path.join(directory, 'sub'));
  return directory;
}

/**
 * A repository whose refs are a reftable, with one commit on `main`. Older gits
 * can neither make nor read it: the table was written by git 2.47.3 (`git init
 * --ref-format=reftable`, `git fast-import`, `git pack-refs --all`) for the very
 * commit that is made here.
 */
const reftable = Buffer.from(
  [
    'UkVGVAEAEAAAAAAAAAAAAQAAAAAAAAACcgAAYQAjSEVBRAAPcmVmcy9oZWFkcy9tYWluAHlyZWZzL2hlYWRzL21haW4B',
    'ISSp2YnKLRkxeLVZHKsmAJJEqqQAABwAADMAAmcAAOh42mPI9HB1dGH4DwF/GbAARZWVNztP6UoaVmyNlFmtxjDJZdUS',
    'bseURAXXisTcgpxUgcSURIdUCFuvJLW4pPXkm3tAfTxpicUlupm5BflFJVwMDY5FqWnF+hmpiSnF+rmJmXl0sJOBhYEh',
    'h4EJAM4QTIVSRUZUAQAQAAAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAYQAAAAAA',
    'AAAAHu7Vzw==',
  ].join(''),
  'base64',
);

async function withReftable(directory: string): Promise<string> {
  await makeRepository(directory, { commits: [{ message: 'Start', files: { 'a.txt': 'one\n' } }] });
  const at = (...parts: string[]) => path.join(directory, '.git', ...parts);
  await rm(at('refs'), { recursive: true });
  await rm(at('packed-refs'), { force: true });
  await mkdir(at('refs'));
  await writeFile(at('refs/heads'), 'this repository uses the reftable format\n');
  await writeFile(at('HEAD'), 'ref: refs/heads/.invalid\n');
  const table = '0x000000000001-0x000000000002-ef540763.ref';
  await mkdir(at('reftable'));
  await writeFile(at('reftable', table), reftable);
  await writeFile(at('reftable/tables.list'), `${table}\n`);
  await git(directory, 'config', '--file', '.git/config', 'core.repositoryformatversion', '1');
  await git(directory, 'config', '--file', '.git/config', 'extensions.refstorage', 'reftable');
  return directory;
}

/** The same for every engine: nothing in them is changed by a look. */
export const unusualRepositories = {
  async unborn(at) {
    const directory = await makeRepository(at);
    await put(directory, 'staged.txt', 'staged\n');
    await git(directory, 'add', '.');
    await put(directory, 'new.txt', 'new\n');
    return directory;
  },
  async 'detached HEAD'(at) {
    const directory = await makeRepository(at, smallHistory);
    await git(directory, 'checkout', '--quiet', '--detach', 'HEAD~1');
    return changed(directory);
  },
  bare: (at) => makeBareRepository(at, smallHistory),
  async shallow(at) {
    const source = await makeRepository(`${at}-source`, smallHistory);
    await git(
      path.dirname(at),
      'clone',
      '--quiet',
      '--depth=2',
      '--no-single-branch',
      `file://${source}`,
      at,
    );
    return changed(at);
  },
  async 'linked working tree'(at) {
    const main = await makeRepository(`${at}-main`, smallHistory);
    await git(main, 'worktree', 'add', '--quiet', at, 'feature/side');
    return changed(at);
  },
  async 'the main one of linked working trees'(at) {
    const directory = await makeRepository(at, smallHistory);
    await git(directory, 'worktree', 'add', '--quiet', `${at}-linked`, 'feature/side');
    return changed(directory);
  },
  async 'inside a submodule'(at) {
    return path.join(await withSubmodule(at), 'sub');
  },
  'with a submodule': withSubmodule,
  async 'git folder elsewhere'(at) {
    const source = await makeBareRepository(`${at}-source`, smallHistory);
    await git(path.dirname(at), 'clone', '--quiet', `--separate-git-dir=${at}.gitdir`, source, at);
    return changed(at);
  },
  async 'SHA-256'(directory) {
    await mkdir(directory);
    await git(directory, 'init', '--quiet', '--template=', '--object-format=sha256', '--initial-branch=main');
    for (const name of ['one', 'two']) {
      await put(directory, `${name}.txt`, `${name}\n`);
      await git(directory, 'add', '.');
      await git(directory, 'commit', '--quiet', '-m', name);
    }
    await git(directory, 'branch', 'side', 'HEAD~1');
    await put(directory, 'one.txt', 'changed\n');
    return directory;
  },
  reftable: withReftable,
  async 'packed refs only'(at) {
    const directory = await makeRepository(at, smallHistory);
    await git(directory, 'tag', '-a', '-m', 'Annotated', 'v2.0', 'feature/side');
    await git(directory, 'pack-refs', '--all', '--prune');
    await rm(path.join(directory, '.git/refs/heads'), { recursive: true });
    await rm(path.join(directory, '.git/refs/tags'), { recursive: true, force: true });
    return changed(directory);
  },
  async alternates(at) {
    const source = await makeRepository(`${at}-source`, smallHistory);
    await git(path.dirname(at), 'clone', '--quiet', '--shared', source, at);
    await git(at, 'commit', '--quiet', '--allow-empty', '-m', 'One of its own');
    return changed(at);
  },
  async 'names that differ in case'(at) {
    const directory = await makeRepository(at, {
      commits: [
        {
          message: 'Start',
          files: { README: 'one\n', readme: 'two\n', 'Folder/a': '1\n', 'folder/a': '2\n' },
        },
      ],
    });
    await git(directory, 'branch', 'Topic');
    await git(directory, 'branch', 'topic');
    await put(directory, 'readme', 'changed\n');
    return directory;
  },
  async 'NFD and NFC names'(at) {
    const directory = await makeRepository(at, {
      commits: [{ message: 'Start', files: { 'caf\u00e9.txt': 'NFC\n', 'cafe\u0301.txt': 'NFD\n' } }],
    });
    await git(directory, 'branch', 'cafe\u0301');
    await put(directory, 'cafe\u0301.txt', 'changed\n');
    await put(directory, 'n\u0303ew.txt', 'new\n');
    return directory;
  },
  async 'CRLF by .gitattributes'(at) {
    const attributes = '*.txt text eol=crlf\n*.sh text eol=lf\n*.bin -text\n*.auto text=auto\n';
    const directory = await makeRepository(at, {
      commits: [
        {
          message: 'Start',
          files: {
            '.gitattributes': attributes,
            'same.txt': 'one\ntwo\n',
            'changed.txt': 'one\ntwo\n',
            'as-it-is.bin': 'one\r\ntwo\n',
            'was-crlf.sh': 'one\r\ntwo\r\n',
            'mixed.auto': 'one\r\ntwo\n',
          },
        },
      ],
    });
    // The same content in other files than the ones git wrote: it has to be read, and converted.
    await put(directory, 'same.txt', 'one\r\ntwo\r\n');
    await put(directory, 'changed.txt', 'one\r\nthree\r\n');
    await put(directory, 'as-it-is.bin', 'one\ntwo\n');
    return directory;
  },
  async 'names of 255 bytes and names that are not UTF-8'(at) {
    const bytes = Buffer.from([0x61, 0xff, 0xfe, 0x2e, 0x74]);
    const directory = await makeRepository(at, {
      commits: [
        {
          message: 'Start',
          files: new Map([
            [bytes, 'bytes\n'],
            [Buffer.concat([Buffer.from('f\xe9/', 'latin1'), bytes]), 'deeper\n'],
            [Buffer.from('x'.repeat(255)), 'long\n'],
            [Buffer.from(`${'y'.repeat(120)}/${'z'.repeat(255)}`), 'longer\n'],
          ]),
        },
      ],
    });
    await put(directory, bytes, 'changed\n');
    await put(directory, Buffer.from([0xc3, 0x28]), 'new\n');
    await put(directory, 'x'.repeat(255), 'changed\n');
    return directory;
  },
  async 'symbolic links'(at) {
    const directory = await makeRepository(at, smallHistory);
    const link = (target: string, name: string) => symlink(target, path.join(directory, name));
    await link('README.md', 'to-file');
    await link('nowhere/at/all', 'dangling');
    await link('src', 'to-folder');
    await link('/', 'to-root');
    await link('in-a-ring', 'in-a-ring');
    await link('README.md', 'becomes-file');
    await link('README.md', 'goes-elsewhere');
    await git(directory, 'add', '.');
    await git(directory, 'commit', '--quiet', '-m', 'Links');
    await rm(path.join(directory, 'becomes-file'));
    await put(directory, 'becomes-file', 'README.md');
    await rm(path.join(directory, 'goes-elsewhere'));
    await link('src', 'goes-elsewhere');
    await rm(path.join(directory, 'src'), { recursive: true });
    await link('/usr', 'src');
    await link('/usr', 'new-to-folder');
    return directory;
  },
  async 'octopus merges'(at) {
    const directory = await makeRepository(at, smallHistory);
    for (const name of ['one', 'two', 'three']) {
      await git(directory, 'switch', '--quiet', '-c', name, 'main~1');
      await put(directory, `${name}.txt`, `${name}\n`);
      await git(directory, 'add', '.');
      await git(directory, 'commit', '--quiet', '-m', name);
    }
    await git(directory, 'switch', '--quiet', 'main');
    await git(directory, 'merge', '--quiet', '-m', 'An octopus', 'one', 'two', 'three');
    return changed(directory);
  },
  async 'replaced history'(at) {
    const directory = await makeRepository(at, smallHistory);
    const side = await git(directory, 'rev-parse', 'feature/side');
    const other = await git(directory, 'commit-tree', '-m', 'Told otherwise', '-p', 'main~2', 'main^{tree}');
    await git(directory, 'replace', side, other);
    await git(directory, 'replace', '--graft', 'main~1', 'main~3');
    return changed(directory);
  },
  async 'a replaced HEAD'(at) {
    const directory = await makeRepository(at, smallHistory);
    const other = await git(directory, 'commit-tree', '-m', 'Told otherwise', 'feature/side^{tree}');
    await git(directory, 'replace', 'HEAD', other);
    return changed(directory);
  },
  async 'a history with grafts'(at) {
    const directory = await makeRepository(at, smallHistory);
    const [tip, first] = (await git(directory, 'rev-parse', 'main', 'main~3')).split('\n');
    await mkdir(path.join(directory, '.git/info'), { recursive: true });
    await appendFile(path.join(directory, '.git/info/grafts'), `# a comment\n${tip} ${first}\n`);
    return changed(directory);
  },
} satisfies Record<string, Make>;

export type UnusualName = keyof typeof unusualRepositories;
