import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recognize } from '../../electron/git/system/errors';
import { pathsInTheWay } from '../../electron/git/system/in-the-way';
import type { AppError } from '../../shared/errors';
import { git, makeRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import { oracle, put, setIdentity } from './twins';

const context = { command: 'x', host: '', path: '', directory: '/repo', branch: null };

type Expected = Partial<AppError> & Pick<AppError, 'kind'>;

/** What git says (git 2.30 to 2.51, `LC_ALL=C`), and what it means. */
const told: [text: string, expected: Expected][] = [
  // Locks
  [
    "fatal: Unable to create '/repo/.git/index.lock': File exists.",
    { kind: 'repository-busy', path: '/repo/.git/index.lock' },
  ],
  [
    'error: could not lock config file .git/config: File exists',
    { kind: 'repository-busy', path: '/repo/.git/config.lock' },
  ],
  [
    "error: cannot lock ref 'refs/heads/x': Unable to create '/repo/.git/refs/heads/x.lock': File exists.",
    { kind: 'repository-busy', path: '/repo/.git/refs/heads/x.lock' },
  ],
  [
    "fatal: cannot lock ref 'refs/heads/x': is at 1111111111111111111111111111111111111111 but expected 2222222222222222222222222222222222222222",
    { kind: 'repository-busy' },
  ],
  ["fatal: cannot lock ref 'HEAD': reference already exists", { kind: 'repository-busy' }],
  [
    'fatal: shallow file has changed since we read it',
    { kind: 'repository-busy', path: '/repo/.git/shallow' },
  ],
  // Files in the way
  [
    'error: Your local changes to the following files would be overwritten by checkout:\n\ta.txt\n\tb/c.txt\nPlease commit your changes or stash them before you switch branches.\nAborting',
    { kind: 'would-overwrite', paths: ['a.txt', 'b/c.txt'] },
  ],
  [
    'error: The following untracked working tree files would be overwritten by merge:\n\tnew.txt\nPlease move or remove them before you merge.\nAborting',
    { kind: 'would-overwrite', paths: ['new.txt'] },
  ],
  [
    'error: The following untracked working tree files would be removed by checkout:\n\tnew.txt\nPlease move or remove them before you switch branches.\nAborting',
    { kind: 'would-overwrite', paths: ['new.txt'] },
  ],
  [
    'error: Updating the following directories would lose untracked files in them:\n\tfolder\n\nAborting',
    { kind: 'would-overwrite', paths: ['folder'] },
  ],
  [
    "error: Entry 'a.txt' would be overwritten by merge. Cannot merge.",
    { kind: 'would-overwrite', paths: ['a.txt'] },
  ],
  ["error: Entry 'a.txt' not uptodate. Cannot merge.", { kind: 'would-overwrite', paths: ['a.txt'] }],
  [
    "error: Untracked working tree file 'a.txt' would be overwritten by merge.",
    { kind: 'would-overwrite', paths: ['a.txt'] },
  ],
  [
    'mine.txt already exists, no checkout\nerror: could not restore untracked files from stash',
    { kind: 'would-overwrite', paths: ['mine.txt'] },
  ],
  [
    'error: your local changes would be overwritten by cherry-pick.\nfatal: cherry-pick failed',
    { kind: 'would-overwrite' },
  ],
  // Under way
  ['fatal: You have not concluded your merge (MERGE_HEAD exists).', { kind: 'unfinished', what: 'merge' }],
  [
    'fatal: You have not concluded your cherry-pick (CHERRY_PICK_HEAD exists).',
    { kind: 'unfinished', what: 'cherry-pick' },
  ],
  ['fatal: You are in the middle of a merge -- cannot amend.', { kind: 'unfinished', what: 'merge' }],
  [
    'fatal: You are in the middle of a cherry-pick -- cannot amend.',
    { kind: 'unfinished', what: 'cherry-pick' },
  ],
  ['fatal: You are in the middle of a rebase -- cannot amend.', { kind: 'unfinished', what: 'rebase' }],
  ['fatal: Cannot do a soft reset in the middle of a merge.', { kind: 'unfinished', what: 'merge' }],
  ['fatal: cannot switch branch while merging', { kind: 'unfinished', what: 'merge' }],
  ['fatal: cannot switch branch while rebasing', { kind: 'unfinished', what: 'rebase' }],
  ['fatal: cannot switch branch while cherry-picking', { kind: 'unfinished', what: 'cherry-pick' }],
  ['fatal: cannot switch branch while reverting', { kind: 'unfinished', what: 'revert' }],
  ['fatal: cannot switch branch in the middle of an am session', { kind: 'unfinished', what: 'am' }],
  ['error: a cherry-pick or revert is already in progress', { kind: 'unfinished', what: 'cherry-pick' }],
  ['error: revert is already in progress', { kind: 'unfinished', what: 'revert' }],
  [
    'fatal: It seems that there is already a rebase-merge directory, and',
    { kind: 'unfinished', what: 'rebase' },
  ],
  [
    'error: Merging is not possible because you have unmerged files.\nfatal: Exiting because of an unresolved conflict.',
    { kind: 'unfinished', what: 'conflicts' },
  ],
  ['error: you need to resolve your current index first', { kind: 'unfinished', what: 'conflicts' }],
  ['both.txt: needs merge\nerror: could not write index', { kind: 'unfinished', what: 'conflicts' }],
  ["error: path 'both.txt' is unmerged", { kind: 'unfinished', what: 'conflicts' }],
  // Nothing to do
  ['fatal: There is no merge to abort (MERGE_HEAD missing).', { kind: 'nothing-to-do', what: 'abort' }],
  [
    'error: no cherry-pick or revert in progress\nfatal: cherry-pick failed',
    { kind: 'nothing-to-do', what: 'abort' },
  ],
  [
    'You asked to amend the most recent commit, but doing so would make\nit empty.',
    { kind: 'nothing-to-do', what: 'commit' },
  ],
  // Merging
  ['fatal: Not possible to fast-forward, aborting.', { kind: 'not-fast-forward' }],
  [
    "hint: Diverging branches can't be fast-forwarded, you need to either:\nfatal: Not possible to fast-forward, aborting.",
    { kind: 'not-fast-forward' },
  ],
  ['fatal: refusing to merge unrelated histories', { kind: 'unsupported' }],
  [
    'error: commit 1111111 is a merge but no -m option was given.\nfatal: cherry-pick failed',
    { kind: 'invalid-input', field: 'mainline' },
  ],
  ['error: commit 1111111 does not have parent 3', { kind: 'invalid-input', field: 'mainline' }],
  ['merge: absent - not something we can merge', { kind: 'revision-not-found', name: 'absent' }],
  // Messages and who writes them
  ['Aborting commit due to empty commit message.', { kind: 'invalid-input', field: 'message' }],
  ['fatal: no tag message?', { kind: 'invalid-input', field: 'message' }],
  ['Author identity unknown\n\n*** Please tell me who you are.', { kind: 'identity-missing' }],
  ['fatal: no email was given and auto-detection is disabled', { kind: 'identity-missing' }],
  ["fatal: unable to auto-detect email address (got 'ada@host.(none)')", { kind: 'identity-missing' }],
  ['fatal: empty ident name (for <ada@example.test>) not allowed', { kind: 'identity-missing' }],
  [
    'error: gpg failed to sign the data\nfatal: failed to write commit object',
    { kind: 'unsupported', what: 'Signing' },
  ],
  // Refs
  ["fatal: a branch named 'x' already exists", { kind: 'already-exists', name: 'x' }],
  ["fatal: A branch named 'x' already exists.", { kind: 'already-exists', name: 'x' }],
  ["fatal: tag 'v1' already exists", { kind: 'already-exists', name: 'v1' }],
  ['error: remote origin already exists.', { kind: 'already-exists', name: 'origin' }],
  [
    "fatal: cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b'",
    { kind: 'already-exists', name: 'a' },
  ],
  ["fatal: 'a..b' is not a valid branch name", { kind: 'invalid-input', field: 'name' }],
  ["fatal: 'a..b' is not a valid tag name.", { kind: 'invalid-input', field: 'name' }],
  ["fatal: 'a b' is not a valid remote name", { kind: 'invalid-input', field: 'name' }],
  ["error: The branch 'x' is not fully merged.", { kind: 'not-merged', branch: 'x' }],
  ["error: Cannot delete branch 'main' checked out at '/repo'", { kind: 'unsupported' }],
  ["error: cannot delete branch 'main' used by worktree at '/repo'", { kind: 'unsupported' }],
  ["fatal: 'x' is already used by worktree at '/other'", { kind: 'unsupported' }],
  ["error: branch 'x' not found.", { kind: 'branch-not-found', branch: 'x' }],
  ["fatal: no branch named 'x'", { kind: 'branch-not-found', branch: 'x' }],
  [
    "fatal: the requested upstream branch 'origin/x' does not exist",
    { kind: 'branch-not-found', branch: 'origin/x' },
  ],
  [
    "fatal: cannot set up tracking information; starting point 'v1' is not a branch",
    { kind: 'branch-not-found', branch: 'v1' },
  ],
  ["fatal: a branch is expected, got commit 'main~1'", { kind: 'branch-not-found', branch: 'main~1' }],
  ["error: No such remote 'x'", { kind: 'revision-not-found', name: 'x' }],
  ["error: tag 'x' not found.", { kind: 'revision-not-found', name: 'x' }],
  ["fatal: log for 'stash' only has 1 entries", { kind: 'revision-not-found' }],
  ['No stash entries found.', { kind: 'revision-not-found' }],
  ["fatal: Failed to resolve 'x' as a valid ref.", { kind: 'revision-not-found', name: 'x' }],
  ['You do not have the initial commit yet', { kind: 'revision-not-found', name: 'HEAD' }],
  // Paths and contents
  ["fatal: pathspec 'absent.txt' did not match any files", { kind: 'path-not-found', path: 'absent.txt' }],
  ["fatal: no such path 'absent.txt' in HEAD", { kind: 'path-not-found', path: 'absent.txt' }],
  [
    "fatal: Cannot lstat 'absent.txt': No such file or directory",
    { kind: 'path-not-found', path: 'absent.txt' },
  ],
  ["fatal: '../x' is outside repository at '/repo'", { kind: 'path-not-found' }],
  ['The following paths are ignored by one of your .gitignore files:\nx.log', { kind: 'unsupported' }],
  [
    'The following paths and/or pathspecs matched paths that exist\noutside of your sparse-checkout definition, so will not be\nupdated in the index:',
    { kind: 'unsupported' },
  ],
  ["error: 'inner/' does not have a commit checked out\nfatal: adding files failed", { kind: 'unsupported' }],
  [
    'error: open("secret"): Permission denied\nfatal: adding files failed',
    { kind: 'directory-not-writable', path: 'secret' },
  ],
  [
    "error: unable to unlink old 'used.txt': Invalid argument",
    { kind: 'directory-not-writable', path: 'used.txt' },
  ],
  ["error: invalid path '.git/x'", { kind: 'unsupported', what: 'This file name' }],
  ['fatal: LF would be replaced by CRLF in a.txt', { kind: 'unsupported' }],
  ["error: external filter 'x' failed\nfatal: a.txt: clean filter 'y' failed", { kind: 'unsupported' }],
  // The repository
  [
    "fatal: detected dubious ownership in repository at '/repo'\nTo add an exception for this directory, call:",
    { kind: 'unsupported', what: 'Opening this repository' },
  ],
  ['fatal: this operation must be run in a work tree', { kind: 'unsupported' }],
  [
    'fatal: could not fetch 1111111111111111111111111111111111111111 from promisor remote',
    { kind: 'contents-missing' },
  ],
  [
    "fatal: No url found for submodule path 'sub' in .gitmodules",
    { kind: 'unsupported', what: 'The submodule sub' },
  ],
  [
    'git-lfs filter-process: git-lfs: command not found\nfatal: the remote end hung up unexpectedly',
    { kind: 'unsupported', what: 'Large files' },
  ],
  ['fatal: Server does not support shallow clients', { kind: 'unsupported' }],
  // Damage
  ['error: object file .git/objects/11/11 is empty', { kind: 'repository-damaged', path: '/repo' }],
  ['fatal: loose object 1111111 (stored in .git/objects/11/11) is corrupt', { kind: 'repository-damaged' }],
  ['error: inflate: data stream error (incorrect header check)', { kind: 'repository-damaged' }],
  ['fatal: .git/index: index file smaller than expected', { kind: 'repository-damaged' }],
  ['error: bad signature 0x00000000\nfatal: index file corrupt', { kind: 'repository-damaged' }],
  ['fatal: unable to read tree 1111111111111111111111111111111111111111', { kind: 'repository-damaged' }],
  ['fatal: bad object HEAD', { kind: 'repository-damaged' }],
  // The disk
  ['error: unable to write file a.txt: No space left on device', { kind: 'disk-full' }],
  ['error: unable to write file a.txt\nfatal: unable to checkout working tree', { kind: 'disk-full' }],
  ["fatal: sha1 file '/repo/.git/tmp_idx' write error. Out of diskspace", { kind: 'disk-full' }],
  ['error: failed to write new configuration file /repo/.git/config.lock', { kind: 'disk-full' }],
  [
    "error: cannot update ref 'refs/remotes/origin/main': couldn't write '/repo/.git/refs/remotes/origin/main.lock'",
    { kind: 'disk-full' },
  ],
  ["fatal: Unable to create '/repo/.git/index.lock': Permission denied", { kind: 'directory-not-writable' }],
  ['fatal: Unable to create temporary file: Read-only file system', { kind: 'directory-not-writable' }],
];

describe('the table of what git says', () => {
  it.each(told)('reads "%s"', (text, expected) => {
    expect(recognize(text, 128, context)).toMatchObject(expected);
  });

  it('has more than sixty of them, and says the same of none twice in vain', () => {
    expect(told.length).toBeGreaterThan(60);
    expect(new Set(told.map(([text]) => text)).size).toBe(told.length);
  });

  it('says whose a repository is, where that is known', () => {
    const posix = "fatal: detected dubious ownership in repository at '/repo'\nTo add an exception";
    expect(recognize(posix, 128, { ...context, owner: 'bob' })).toMatchObject({
      reason: expect.stringContaining('another user of this computer (bob)'),
    });
    const windows =
      "fatal: detected dubious ownership in repository at 'C:/repo'\n'C:/repo' is owned by:\n\tPC/bob (S-1-5-21-1-2-3-1001)\nbut the current user is:\n\tPC/ada (S-1-5-21-1-2-3-1002)\nTo add an exception";
    expect(recognize(windows, 128, context)).toMatchObject({
      reason: expect.stringContaining('another user of this computer (PC/bob)'),
    });
  });

  it('keeps to itself what could be a secret, and shows bytes that are no text', () => {
    const text = 'fatal: something new about https://ada:s3cret@git.example.test/x and n\udcff.txt';
    expect(recognize(text, 128, context)).toMatchObject({
      kind: 'git-failed',
      detail: 'fatal: something new about https://git.example.test/x and n\\xff.txt',
    });
  });

  it('reads paths that hold line feeds out of lists', () => {
    const heading = 'error: The following untracked working tree files would be overwritten by checkout:\n';
    expect(pathsInTheWay(`${heading}\tone\ntwo\n\tthree\nPlease move or remove them`)).toEqual([
      'one\ntwo',
      'three',
    ]);
    const many = Array.from({ length: 500 }, (_, index) => `\tfile-${index}`).join('\n');
    expect(pathsInTheWay(`${heading}${many}\nPlease`)).toHaveLength(100);
  });
});

describe('the git of this machine', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let directory: string;
  beforeAll(async () => {
    temporary = await temporaryDirectory();
    directory = await makeRepository(path.join(temporary.path, 'work'), {
      commits: [
        ...(smallHistory.commits ?? []),
        {
          message: 'Other',
          branch: 'other',
          from: 'feature/side',
          files: { 'README.md': '# Other\n', 'new.txt': 'new\n' },
        },
      ],
    });
    await setIdentity(directory);
    await git(directory, 'branch', 'apart', 'other');
    await git(directory, 'tag', 'v1', 'main');
    await git(directory, 'remote', 'add', 'origin', 'https://git.example.test/x.git');
  });
  afterAll(() => temporary.remove());

  const lock = async (name: string) => writeFile(path.join(directory, '.git', name), '');
  const unlock = async (...names: string[]) => {
    for (const name of names) await rm(path.join(directory, '.git', name), { force: true });
  };
  const merged = () => oracle(directory, ['merge', 'other']);
  const clean = async () => {
    await unlock('index.lock', 'config.lock', 'refs/heads/x.lock');
    await git(directory, 'reset', '--hard', '--quiet', 'main');
    await git(directory, 'clean', '-ffdq');
  };

  /** What provokes a message, and what it must be read as. */
  const provoked: [name: string, prepare: () => Promise<unknown>, args: string[], expected: Expected][] = [
    ['a held index', () => lock('index.lock'), ['add', '--all'], { kind: 'repository-busy' }],
    ['a held configuration', () => lock('config.lock'), ['config', 'x.y', 'z'], { kind: 'repository-busy' }],
    ['a held ref', () => lock('refs/heads/x.lock'), ['branch', 'x'], { kind: 'repository-busy' }],
    [
      'a ref that moved',
      () => Promise.resolve(),
      ['update-ref', 'refs/heads/other', 'main', 'main'],
      { kind: 'repository-busy' },
    ],
    [
      'changes in the way',
      () => put(directory, 'README.md', 'mine\n'),
      ['switch', 'other'],
      { kind: 'would-overwrite', paths: ['README.md'] },
    ],
    [
      'new files in the way',
      () => put(directory, 'new.txt', 'mine\n'),
      ['switch', 'other'],
      { kind: 'would-overwrite', paths: ['new.txt'] },
    ],
    [
      'a folder in the way',
      async () => {
        await mkdir(path.join(directory, 'new.txt'));
        await put(directory, 'new.txt/mine', 'mine\n');
      },
      ['switch', 'other'],
      { kind: 'would-overwrite', paths: ['new.txt'] },
    ],
    [
      'staged changes before a pick',
      async () => {
        await put(directory, 'README.md', 'x\n');
        await git(directory, 'add', '.');
      },
      ['cherry-pick', 'other'],
      { kind: 'would-overwrite' },
    ],
    [
      'a merge not concluded',
      async () => {
        await git(directory, 'merge', '--no-commit', '-s', 'ours', 'other');
      },
      ['merge', 'apart'],
      { kind: 'unfinished', what: 'merge' },
    ],
    [
      'amending in a merge',
      async () => {
        await git(directory, 'merge', '--no-commit', '-s', 'ours', 'other');
      },
      ['commit', '--amend', '-m', 'x'],
      { kind: 'unfinished', what: 'merge' },
    ],
    [
      'switching in a merge',
      async () => {
        await git(directory, 'merge', '--no-commit', '-s', 'ours', 'other');
      },
      ['switch', 'apart'],
      { kind: 'unfinished', what: 'merge' },
    ],
    [
      'no merge to abort',
      () => Promise.resolve(),
      ['merge', '--abort'],
      { kind: 'nothing-to-do', what: 'abort' },
    ],
    [
      'no pick to abort',
      () => Promise.resolve(),
      ['cherry-pick', '--abort'],
      { kind: 'nothing-to-do', what: 'abort' },
    ],
    [
      'branches that went apart',
      () => Promise.resolve(),
      ['merge', '--ff-only', 'other'],
      { kind: 'not-fast-forward' },
    ],
    [
      'a merge without a side',
      () => Promise.resolve(),
      ['cherry-pick', 'main'],
      { kind: 'invalid-input', field: 'mainline' },
    ],
    [
      'a side that is not there',
      () => Promise.resolve(),
      ['cherry-pick', '-m', '7', 'main'],
      { kind: 'invalid-input', field: 'mainline' },
    ],
    [
      'nothing to merge',
      () => Promise.resolve(),
      ['merge', 'absent'],
      { kind: 'revision-not-found', name: 'absent' },
    ],
    [
      'an empty message',
      () => Promise.resolve(),
      ['commit', '--allow-empty', '-m', ''],
      { kind: 'invalid-input', field: 'message' },
    ],
    [
      'a taken branch',
      () => Promise.resolve(),
      ['branch', 'other'],
      { kind: 'already-exists', name: 'other' },
    ],
    ['a taken tag', () => Promise.resolve(), ['tag', 'v1'], { kind: 'already-exists', name: 'v1' }],
    [
      'a taken remote',
      () => Promise.resolve(),
      ['remote', 'add', 'origin', 'x'],
      { kind: 'already-exists', name: 'origin' },
    ],
    [
      'a branch where a folder of branches is',
      () => Promise.resolve(),
      ['branch', 'feature'],
      { kind: 'already-exists' },
    ],
    [
      'a bad branch name',
      () => Promise.resolve(),
      ['branch', 'a..b'],
      { kind: 'invalid-input', field: 'name' },
    ],
    ['a bad tag name', () => Promise.resolve(), ['tag', 'a..b'], { kind: 'invalid-input', field: 'name' }],
    [
      'a bad remote name',
      () => Promise.resolve(),
      ['remote', 'add', 'a..b', 'x'],
      { kind: 'invalid-input', field: 'name' },
    ],
    [
      'a branch not merged',
      () => Promise.resolve(),
      ['branch', '-d', 'apart'],
      { kind: 'not-merged', branch: 'apart' },
    ],
    ['the current branch', () => Promise.resolve(), ['branch', '-d', 'main'], { kind: 'unsupported' }],
    [
      'no such branch',
      () => Promise.resolve(),
      ['branch', '-d', 'absent'],
      { kind: 'branch-not-found', branch: 'absent' },
    ],
    [
      'no such upstream',
      () => Promise.resolve(),
      ['branch', '-u', 'origin/absent', 'main'],
      { kind: 'branch-not-found', branch: 'origin/absent' },
    ],
    [
      'an upstream that is no branch',
      () => Promise.resolve(),
      ['branch', '--track', 'x', 'v1'],
      { kind: 'branch-not-found', branch: 'v1' },
    ],
    [
      'a commit for a branch',
      () => Promise.resolve(),
      ['switch', 'main~1'],
      { kind: 'branch-not-found', branch: 'main~1' },
    ],
    [
      'no such remote',
      () => Promise.resolve(),
      ['remote', 'remove', 'absent'],
      { kind: 'revision-not-found', name: 'absent' },
    ],
    [
      'no such tag',
      () => Promise.resolve(),
      ['tag', '-d', 'absent'],
      { kind: 'revision-not-found', name: 'absent' },
    ],
    [
      'no target of a tag',
      () => Promise.resolve(),
      ['tag', 'x', 'absent'],
      { kind: 'revision-not-found', name: 'absent' },
    ],
    ['no stash', () => Promise.resolve(), ['stash', 'pop'], { kind: 'revision-not-found' }],
    [
      'no such path',
      () => Promise.resolve(),
      ['add', 'absent.txt'],
      { kind: 'path-not-found', path: 'absent.txt' },
    ],
    [
      'no such path in a commit',
      () => Promise.resolve(),
      ['blame', 'HEAD', '--', 'absent.txt'],
      { kind: 'path-not-found', path: 'absent.txt' },
    ],
    ['a path elsewhere', () => Promise.resolve(), ['add', '../x'], { kind: 'path-not-found' }],
    [
      'an ignored path',
      async () => {
        await put(directory, '.gitignore', '*.log\n');
        await put(directory, 'x.log', '');
      },
      ['add', 'x.log'],
      { kind: 'unsupported' },
    ],
    [
      'an empty repository inside',
      () => git(directory, 'init', '--quiet', 'inner'),
      ['add', 'inner'],
      { kind: 'unsupported' },
    ],
    [
      'line ends that would change',
      () => put(directory, 'crlf.txt', 'a\r\n'),
      ['-c', 'core.autocrlf=input', '-c', 'core.safecrlf=true', 'add', 'crlf.txt'],
      { kind: 'unsupported' },
    ],
    [
      'a filter that fails',
      () => put(directory, '.gitattributes', '*.f filter=mine\n').then(() => put(directory, 'x.f', 'x')),
      ['-c', 'filter.mine.clean=false', '-c', 'filter.mine.required=true', 'add', 'x.f'],
      { kind: 'unsupported' },
    ],
    ['a bare repository', () => Promise.resolve(), ['-C', '.git', 'add', '.'], { kind: 'unsupported' }],
  ];

  it.each(provoked)('says what is read: %s', async (_name, prepare, args, expected) => {
    await prepare();
    try {
      const outcome = await oracle(directory, args);
      expect(outcome.exitCode).not.toBe(0);
      expect(recognize(outcome.stderr, outcome.exitCode, { ...context, directory })).toMatchObject(expected);
    } finally {
      await clean();
    }
  });

  it('says what is read: conflicts', async () => {
    await put(directory, 'README.md', '# Ours\n');
    await git(directory, 'commit', '--quiet', '-a', '-m', 'Ours');
    await merged();
    for (const args of [
      ['commit', '-m', 'x'],
      ['merge', 'apart'],
      ['cherry-pick', 'other'],
    ]) {
      const outcome = await oracle(directory, args);
      expect(recognize(outcome.stderr, outcome.exitCode, context)).toMatchObject({
        kind: 'unfinished',
        what: 'conflicts',
      });
    }
    await clean();
  });

  it('says what is read: damage', async () => {
    const copy = await makeRepository(path.join(temporary.path, 'damaged'), smallHistory);
    await put(copy, 'new.txt', 'new content\n');
    await git(copy, 'add', '.');
    const oid = await git(copy, 'rev-parse', ':new.txt');
    const loose = path.join(copy, '.git/objects', oid.slice(0, 2), oid.slice(2));
    await chmod(loose, 0o644);
    for (const content of ['', 'no zlib at all']) {
      await writeFile(loose, content);
      const outcome = await oracle(copy, ['cat-file', 'blob', oid]);
      expect(recognize(outcome.stderr, outcome.exitCode, context)).toMatchObject({
        kind: 'repository-damaged',
      });
    }
    for (const content of ['DIRC', 'x'.repeat(100)]) {
      await writeFile(path.join(copy, '.git/index'), content);
      const outcome = await oracle(copy, ['status']);
      expect(recognize(outcome.stderr, outcome.exitCode, context)).toMatchObject({
        kind: 'repository-damaged',
      });
    }
  });
});
