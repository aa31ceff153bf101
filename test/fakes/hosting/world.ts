import { Buffer } from 'node:buffer';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { git, gitEnvironment, makeBareRepository, temporaryDirectory } from '../repositories';
import { type Author, History } from './history';

/** What the stand-ins know: people, repositories, pull requests. Each puts it into its provider's own words. */
export interface WorldUser extends Author {
  id: number;
  login: string;
  /** A program, not a person. */
  bot?: boolean;
}

export interface WorldRepository {
  id: number;
  /** Owner, group path, workspace or Azure project. */
  namespace: string;
  name: string;
  /** What stands in addresses. */
  slug: string;
  /** Bitbucket's project inside a workspace. */
  project?: { key: string; name: string };
  description: string;
  visibility: 'public' | 'internal' | 'private';
  archived: boolean;
  /** Full name of the repository this one is a fork of. */
  forkOf: string | null;
  empty: boolean;
  defaultBranch: string;
  /** Epoch milliseconds. */
  createdAt: number;
  updatedAt: number;
  sizeBytes: number;
  /** Logins that may read it; public and internal ones are open to every signed-in user. */
  readers: string[];
  /** Tells its commits. */
  story: (history: History, repository: WorldRepository) => void;
}

export type WorldVote =
  | 'none'
  | 'approved'
  | 'approved-with-suggestions'
  | 'waiting'
  | 'changes-requested'
  | 'commented';

export interface WorldComment {
  id: number;
  author: WorldUser;
  body: string;
  at: number;
  system: boolean;
}

export interface WorldThread {
  id: number;
  path: string;
  /** Text that stands in the line the thread is about. */
  at: string;
  side: 'old' | 'new';
  /** The line is of the branch's first commit and has changed since. */
  outdated: boolean;
  resolved: boolean;
  comments: WorldComment[];
}

export interface WorldCheck {
  id: number;
  name: string;
  state: 'pending' | 'passed' | 'failed' | 'skipped' | 'neutral';
  description: string;
  url: string;
  at: number;
}

export interface WorldPullRequest {
  id: number;
  number: number;
  repository: WorldRepository;
  title: string;
  description: string;
  author: WorldUser;
  source: string;
  target: string;
  /** The fork the source branch is in; null: the same repository. */
  fork: WorldRepository | null;
  state: 'open' | 'merged' | 'closed';
  draft: boolean;
  reviewers: { user: WorldUser; vote: WorldVote; required: boolean; at: number }[];
  checks: WorldCheck[];
  labels: string[];
  comments: WorldComment[];
  threads: WorldThread[];
  createdAt: number;
  updatedAt: number;
  mergeable: boolean;
}

export interface WorldCommit {
  oid: string;
  parents: string[];
  message: string;
  subject: string;
  author: Author;
  at: number;
}

export interface WorldFile {
  path: string;
  previousPath: string | null;
  status: 'added' | 'modified' | 'deleted' | 'renamed';
  additions: number | null;
  deletions: number | null;
  oldOid: string;
  newOid: string;
  /** From the first @@ on; empty for binary files and pure renames. */
  hunks: string;
  /** The file's complete section of `git diff`. */
  section: string;
}

/** What the real repository says about a pull request. */
export interface PullFacts {
  head: string;
  /** Where the branch left its target. */
  base: string;
  /** Present end of the target branch (the merge's first parent once merged). */
  target: string;
  merge: string | null;
  /** Oldest first. */
  commits: WorldCommit[];
  files: WorldFile[];
  diff: string;
}

/** An entry of a tree, in git's words. */
export interface WorldEntry {
  mode: string;
  type: 'tree' | 'blob' | 'commit';
  oid: string;
  name: string;
}

export interface RepositoryFacts {
  directory: string;
  /** Branch -> oid. */
  branches: Map<string, string>;
}

const hour = 3_600_000;

/** Like `git`, every byte of the output kept. */
async function exact(directory: string, ...args: string[]): Promise<string> {
  const result = await execa('git', args, {
    cwd: directory,
    env: gitEnvironment,
    extendEnv: false,
    stripFinalNewline: false,
  });
  return result.stdout;
}

/** A data model with its own real repositories, made when somebody first looks at them. */
export class World {
  readonly users: WorldUser[] = [];
  readonly repositories: WorldRepository[] = [];
  readonly pullRequests: WorldPullRequest[] = [];
  /** Epoch milliseconds; full hours, so that two answers agree. */
  readonly now = Math.floor(Date.now() / hour) * hour;
  private nextId = 1;
  private readonly made = new Map<WorldRepository, Promise<RepositoryFacts>>();
  private readonly facts = new Map<WorldPullRequest, Promise<PullFacts>>();
  private directory: Promise<string> | undefined;

  /** `firstId`: where the numbers of users, repositories and comments begin. */
  constructor(firstId = 1) {
    this.nextId = firstId;
  }

  id(): number {
    return this.nextId++;
  }

  /** Epoch milliseconds so many hours before the world began. */
  ago(hours: number): number {
    return this.now - hours * hour;
  }

  addUser(login: string, name: string, email: string, options: { bot?: boolean } = {}): WorldUser {
    const user = { id: this.id(), login, name, email, ...options };
    this.users.push(user);
    return user;
  }

  user(login: string): WorldUser {
    const found = this.users.find((user) => user.login === login);
    if (!found) throw new Error(`nobody is called ${login}`);
    return found;
  }

  addRepository(
    repository: Pick<WorldRepository, 'namespace' | 'name' | 'story'> & Partial<WorldRepository>,
  ): WorldRepository {
    const made: WorldRepository = {
      slug: repository.name,
      description: '',
      visibility: 'private',
      archived: false,
      forkOf: null,
      empty: false,
      defaultBranch: 'main',
      createdAt: this.ago(24 * 500),
      updatedAt: this.ago(24 * 20),
      sizeBytes: 420_000,
      readers: [],
      ...repository,
      id: this.id(),
    };
    this.repositories.push(made);
    return made;
  }

  repository(fullName: string): WorldRepository {
    const found = this.repositories.find(
      (one) => `${one.namespace}/${one.slug}`.toLowerCase() === fullName.toLowerCase(),
    );
    if (!found) throw new Error(`no repository is called ${fullName}`);
    return found;
  }

  /** Adds so many more repositories to a namespace, for load. They can be cloned like any other. */
  inflate(count: number, namespace: string, readers: string[], story: WorldRepository['story']): void {
    const words = ['api', 'worker', 'web', 'schema', 'infra', 'docs', 'tools', 'client', 'gateway', 'jobs'];
    const areas = [
      'billing',
      'search',
      'media',
      'ledger',
      'orders',
      'catalog',
      'identity',
      'pricing',
      'stock',
    ];
    for (let index = 0; index < count; index++) {
      const area = areas[index % areas.length];
      const word = words[Math.floor(index / areas.length) % words.length];
      this.addRepository({
        namespace,
        name: `${area}-${word}-${String(index).padStart(5, '0')}`,
        description: `The ${word} of ${area}, number ${index}`,
        readers,
        story,
        updatedAt: this.ago(index % 9000),
      });
    }
  }

  /** Whether somebody (null: nobody is signed in) may read a repository. */
  readable(repository: WorldRepository, login: string | null): boolean {
    if (repository.visibility === 'public') return true;
    if (login === null) return false;
    return repository.visibility === 'internal' || repository.readers.includes(login);
  }

  pullRequestsOf(repository: WorldRepository): WorldPullRequest[] {
    return this.pullRequests.filter((one) => one.repository === repository);
  }

  materialize(repository: WorldRepository): Promise<RepositoryFacts> {
    let making = this.made.get(repository);
    if (!making) {
      making = this.make(repository);
      this.made.set(repository, making);
    }
    return making;
  }

  private async make(repository: WorldRepository): Promise<RepositoryFacts> {
    this.directory ??= temporaryDirectory().then((made) => made.path);
    const history = new History(this.now, (login) => this.user(login), repository.defaultBranch);
    if (!repository.empty) repository.story(history, repository);
    const directory = await makeBareRepository(path.join(await this.directory, `${repository.id}.git`), {
      branch: repository.defaultBranch,
      commits: history.commits,
    });
    const refs = await git(
      directory,
      'for-each-ref',
      '--format=%(objectname) %(refname:short)',
      'refs/heads',
    );
    const branches = new Map(
      refs
        .split('\n')
        .filter(Boolean)
        .map((line) => [line.slice(41), line.slice(0, 40)]),
    );
    return { directory, branches };
  }

  pull(pullRequest: WorldPullRequest): Promise<PullFacts> {
    let reading = this.facts.get(pullRequest);
    if (!reading) {
      reading = this.read(pullRequest);
      this.facts.set(pullRequest, reading);
    }
    return reading;
  }

  private async read(pullRequest: WorldPullRequest): Promise<PullFacts> {
    const { directory, branches } = await this.materialize(pullRequest.repository);
    const head = branches.get(pullRequest.source);
    const end = branches.get(pullRequest.target);
    if (!head || !end) throw new Error(`pull request ${pullRequest.number} names a branch that is not there`);
    const merges = await git(directory, 'rev-list', '--merges', '--parents', end);
    const merged = merges.split('\n').find((line) => line.split(' ')[2] === head);
    const target = merged?.split(' ')[1] ?? end;
    const base = await git(directory, 'merge-base', target, head);
    const format = '--format=%H%x00%P%x00%an%x00%ae%x00%at%x00%B%x01';
    const log = await git(directory, 'log', '--reverse', format, `${base}..${head}`);
    const commits = log
      .split('\u0001')
      .map((record) => record.replace(/^\n/, ''))
      .filter(Boolean)
      .map((record): WorldCommit => {
        const [oid = '', parents = '', name = '', email = '', at = '0', message = ''] = record.split('\0');
        return {
          oid,
          parents: parents.split(' ').filter(Boolean),
          message: message.trimEnd(),
          subject: message.split('\n')[0] ?? '',
          author: { name, email },
          at: Number(at) * 1000,
        };
      });
    const options = ['-c', 'core.quotePath=false', 'diff', '-M', '--no-color', '--full-index', '--no-abbrev'];
    const raw = await git(directory, ...options, '--raw', '-z', base, head);
    const counts = await git(directory, ...options, '--numstat', base, head);
    const diff = await exact(directory, ...options, base, head);
    const sections = diff.split(/^(?=diff --git )/m).filter(Boolean);
    const files = fields(raw, counts.split('\n'), sections);
    return { head, base, target, merge: merged?.split(' ')[0] ?? null, commits, files, diff };
  }

  /** A file of a commit, or null. */
  async blob(repository: WorldRepository, commit: string, file: string): Promise<string | null> {
    const { directory } = await this.materialize(repository);
    try {
      return await exact(directory, 'cat-file', 'blob', `${commit}:${file}`);
    } catch {
      return null;
    }
  }

  /** What stands directly in a folder (`path` without a slash at the end), or null. `commit` may be any tree. */
  async tree(repository: WorldRepository, commit: string, path: string): Promise<WorldEntry[] | null> {
    const { directory } = await this.materialize(repository);
    const place = commit.replace(/^refs\/heads\//, '');
    const listed = await git(directory, 'ls-tree', '-z', `${place}${path === '' ? '' : `:${path}`}`).catch(
      () => null,
    );
    return (
      listed
        ?.split('\0')
        .filter(Boolean)
        .map((line) => {
          const [mode = '', type = '', oid = ''] = line.slice(0, line.indexOf('\t')).split(' ');
          return { mode, type: type as WorldEntry['type'], oid, name: line.slice(line.indexOf('\t') + 1) };
        }) ?? null
    );
  }

  /** The bytes of an object, or null. */
  async object(repository: WorldRepository, oid: string): Promise<Buffer | null> {
    const { directory } = await this.materialize(repository);
    if (!/^[0-9a-f]{40}$/.test(oid)) return null;
    const result = await execa('git', ['cat-file', 'blob', oid], {
      cwd: directory,
      env: gitEnvironment,
      extendEnv: false,
      encoding: 'buffer',
      reject: false,
    });
    return result.exitCode === 0 ? Buffer.from(result.stdout) : null;
  }

  /** Line number (from 1) of a thread, in the file it was written on, and that file's commit. */
  async place(pullRequest: WorldPullRequest, thread: WorldThread): Promise<{ line: number; commit: string }> {
    const facts = await this.pull(pullRequest);
    const commit = thread.side === 'old' ? facts.base : thread.outdated ? facts.commits[0]?.oid : facts.head;
    const content =
      commit === undefined ? null : await this.blob(pullRequest.repository, commit, thread.path);
    const index = content?.split('\n').findIndex((line) => line.includes(thread.at)) ?? -1;
    if (commit === undefined || index < 0)
      throw new Error(`the thread at "${thread.at}" in ${thread.path} has no line to stand at`);
    return { line: index + 1, commit };
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.made.values());
    if (this.directory) await rm(await this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Joins `--raw -z`, `--numstat` and the sections of the patch: all three are in the same order. */
function fields(raw: string, counts: string[], sections: string[]): WorldFile[] {
  const parts = raw.split('\0').filter(Boolean);
  const files: WorldFile[] = [];
  for (let at = 0; at < parts.length; ) {
    const head = (parts[at] ?? '').slice(1).split(' ');
    const letter = (head[4] ?? '').charAt(0);
    const first = parts[at + 1] ?? '';
    const renamed = letter === 'R' || letter === 'C';
    const file = renamed ? (parts[at + 2] ?? '') : first;
    at += renamed ? 3 : 2;
    const [additions = '-', deletions = '-'] = (counts[files.length] ?? '').split('\t');
    const section = sections[files.length] ?? '';
    const hunk = section.search(/^@@ /m);
    files.push({
      path: file,
      previousPath: renamed ? first : null,
      status: letter === 'A' ? 'added' : letter === 'D' ? 'deleted' : renamed ? 'renamed' : 'modified',
      additions: additions === '-' ? null : Number(additions),
      deletions: deletions === '-' ? null : Number(deletions),
      oldOid: head[2] ?? '',
      newOid: head[3] ?? '',
      hunks: hunk < 0 ? '' : section.slice(hunk).replace(/\n$/, ''),
      section,
    });
  }
  return files;
}
