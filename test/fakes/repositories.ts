import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

/** The environment real git gets in tests: nobody's configuration, fixed identity and dates. */
export const gitEnvironment: Record<string, string> = {
  PATH: process.env['PATH'] ?? '',
  HOME: path.join(os.tmpdir(), 'polyforge-no-home'),
  LC_ALL: 'C',
  TZ: 'UTC',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada Example',
  GIT_AUTHOR_EMAIL: 'ada@example.test',
  GIT_COMMITTER_NAME: 'Ada Example',
  GIT_COMMITTER_EMAIL: 'ada@example.test',
};

/** Runs git and returns its output without the last line end. Rejects with git's own message. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const result = await execa('git', args, { cwd, env: gitEnvironment, extendEnv: false });
  return result.stdout;
}

/** A fresh directory, removed by `remove`. Its path holds no symbolic link. */
export async function temporaryDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const made = await realpath(await mkdtemp(path.join(os.tmpdir(), 'polyforge-test-')));
  return {
    path: made,
    remove: () => rm(made, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export interface CommitSpec {
  /** Subject, or subject and body. */
  message: string;
  /** Submodules: path -> commit of the other repository. */
  links?: Record<string, string>;
  /** Path -> content (null deletes). Paths and contents may be bytes. */
  files?: Record<string, string | Buffer | null> | Map<Buffer, string | Buffer | null>;
  /** Branch to commit on. Default: the first branch. */
  branch?: string;
  /** Branch this branch starts at when it is new, or is merged from when `merge`. */
  from?: string;
  merge?: boolean;
  author?: { name: string | Buffer; email: string };
  /** Epoch seconds. Default: one minute after the commit before. */
  date?: number;
}

export interface RepositorySpec {
  /** First branch and HEAD. Default `main`. */
  branch?: string;
  commits?: CommitSpec[];
  /** Tag -> branch. */
  tags?: Record<string, string>;
}

/** `2026-01-05T08:00:00Z` */
const firstDate = 1_767_600_000;

function quoted(name: Buffer): Buffer {
  const escaped: number[] = [0x22];
  for (const byte of name) {
    if (byte === 0x22 || byte === 0x5c) escaped.push(0x5c, byte);
    else if (byte === 0x0a) escaped.push(0x5c, 0x6e);
    else escaped.push(byte);
  }
  escaped.push(0x22);
  return Buffer.from(escaped);
}

function stream(spec: RepositorySpec): Buffer {
  const out: (string | Buffer)[] = [];
  const data = (content: string | Buffer) => {
    const bytes = Buffer.from(content as string);
    out.push(`data ${bytes.length}\n`, bytes, '\n');
  };
  const started = new Set<string>();
  const first = spec.branch ?? 'main';
  for (const [index, commit] of (spec.commits ?? []).entries()) {
    const branch = commit.branch ?? first;
    const date = commit.date ?? firstDate + index * 60;
    const name = commit.author?.name ?? 'Ada Example';
    const email = commit.author?.email ?? 'ada@example.test';
    out.push(`commit refs/heads/${branch}\n`);
    out.push('author ', Buffer.from(name as string), ` <${email}> ${date} +0000\n`);
    out.push(`committer Ada Example <ada@example.test> ${date} +0000\n`);
    data(commit.message.endsWith('\n') ? commit.message : `${commit.message}\n`);
    if (!started.has(branch) && commit.from) out.push(`from refs/heads/${commit.from}\n`);
    else if (commit.merge && commit.from) out.push(`merge refs/heads/${commit.from}\n`);
    started.add(branch);
    const files =
      commit.files instanceof Map
        ? [...commit.files]
        : Object.entries(commit.files ?? {}).map(
            ([name, content]) => [Buffer.from(name), content] as [Buffer, string | Buffer | null],
          );
    for (const [file, content] of files) {
      if (content === null) out.push('D ', quoted(file), '\n');
      else {
        out.push('M 100644 inline ', quoted(file), '\n');
        data(content);
      }
    }
    for (const [file, oid] of Object.entries(commit.links ?? {}))
      out.push(`M 160000 ${oid} `, quoted(Buffer.from(file)), '\n');
    out.push('\n');
  }
  for (const [tag, branch] of Object.entries(spec.tags ?? {}))
    out.push(`reset refs/tags/${tag}\nfrom refs/heads/${branch}\n\n`);
  return Buffer.concat(out.map((part) => Buffer.from(part as string)));
}

/** Makes a real bare repository with `git fast-import`. Returns its directory. */
export async function makeBareRepository(directory: string, spec: RepositorySpec = {}): Promise<string> {
  await mkdir(directory, { recursive: true });
  await git(directory, 'init', '--quiet', '--bare', '--template=');
  await git(directory, 'symbolic-ref', 'HEAD', `refs/heads/${spec.branch ?? 'main'}`);
  if (spec.commits?.length)
    await execa('git', ['fast-import', '--quiet'], {
      cwd: directory,
      env: gitEnvironment,
      extendEnv: false,
      input: stream(spec),
    });
  return directory;
}

/** Makes a real repository with a working tree. Returns its directory. */
export async function makeRepository(directory: string, spec: RepositorySpec = {}): Promise<string> {
  await makeBareRepository(path.join(directory, '.git'), spec);
  await git(directory, '--git-dir=.git', 'config', 'core.bare', 'false');
  if (spec.commits?.length) await git(directory, 'reset', '--hard', '--quiet');
  return directory;
}

/** A small history with two branches, a merge and a tag. */
export const smallHistory: RepositorySpec = {
  commits: [
    { message: 'Start', files: { 'README.md': '# Sample\n', 'src/one.txt': 'one\n' } },
    { message: 'Add two\n\nWith a body of\ntwo lines.', files: { 'src/two.txt': 'two\n' } },
    { message: 'Work on the side', branch: 'feature/side', from: 'main', files: { 'side.txt': 'side\n' } },
    { message: 'Add three', files: { 'src/three.txt': 'three\n' } },
    { message: 'Merge the side', from: 'feature/side', merge: true, files: { 'side.txt': 'side\n' } },
  ],
  tags: { 'v1.0': 'main' },
};

/** A history whose pack is at least `bytes` long: content that does not compress. The same every time. */
export function largeHistory(bytes: number, files = 8): RepositorySpec {
  let state = 0x2545f491;
  const noise = (length: number) => {
    const buffer = Buffer.alloc(length);
    for (let at = 0; at + 4 <= length; at += 4) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      buffer.writeInt32LE(state | 0, at);
    }
    return buffer;
  };
  const each = Math.ceil(bytes / files / 4) * 4;
  return {
    commits: Array.from({ length: files }, (_, index) => ({
      message: `Add part ${index}`,
      files: { [`part-${index}.bin`]: noise(each) },
    })),
  };
}
