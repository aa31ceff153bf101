import type { CommitSpec } from '../repositories';

/** The files of one branch while its commits are told. */
export class Tree {
  readonly files: Map<string, string>;
  readonly changed: Record<string, string | Buffer | null> = {};

  constructor(files: Map<string, string>) {
    this.files = new Map(files);
  }

  write(path: string, content: string): this {
    this.files.set(path, content);
    this.changed[path] = content;
    return this;
  }

  /** A file that is no text. */
  bytes(path: string, content: Buffer): this {
    this.files.set(path, content.toString('latin1'));
    this.changed[path] = content;
    return this;
  }

  replace(path: string, from: string, to: string): this {
    const before = this.files.get(path);
    if (before === undefined || !before.includes(from))
      throw new Error(`the story of ${path} does not hold together: ${from}`);
    return this.write(
      path,
      before.replace(from, () => to),
    );
  }

  remove(path: string): this {
    if (!this.files.delete(path)) throw new Error(`${path} is not there to be removed`);
    this.changed[path] = null;
    return this;
  }

  rename(from: string, to: string): this {
    const content = this.files.get(from);
    if (content === undefined) throw new Error(`${from} is not there to be renamed`);
    return this.remove(from).write(to, content);
  }
}

export interface Author {
  name: string;
  email: string;
}

/** Tells the commits of a repository one after the other; `commits` goes to `git fast-import`. */
export class History {
  readonly commits: CommitSpec[] = [];
  private readonly trees = new Map<string, Map<string, string>>();
  private readonly changedSince = new Map<string, Set<string>>();
  private branch: string;

  /** `now`: epoch milliseconds from which hours are counted back. */
  constructor(
    private readonly now: number,
    private readonly people: (login: string) => Author,
    readonly first = 'main',
  ) {
    this.branch = first;
    this.trees.set(first, new Map());
  }

  /** Starts a branch at another's present end, or goes on with one that exists. */
  on(branch: string, from = this.first): this {
    if (!this.trees.has(branch)) {
      this.trees.set(branch, new Map(this.trees.get(from)));
      this.changedSince.set(branch, new Set());
      this.starts.set(branch, from);
    }
    this.branch = branch;
    return this;
  }

  private readonly starts = new Map<string, string>();

  commit(author: string, hoursAgo: number, message: string, change: (tree: Tree) => unknown): this {
    const tree = new Tree(this.trees.get(this.branch) ?? new Map());
    change(tree);
    this.trees.set(this.branch, tree.files);
    for (const path of Object.keys(tree.changed)) this.changedSince.get(this.branch)?.add(path);
    const from = this.starts.get(this.branch);
    this.starts.delete(this.branch);
    this.commits.push({
      message,
      branch: this.branch,
      ...(from ? { from } : {}),
      author: this.people(author),
      date: Math.floor(this.now / 1000 - hoursAgo * 3600),
      files: tree.changed,
    });
    return this;
  }

  /** Merges a branch into the first one with a merge commit. */
  merge(branch: string, author: string, hoursAgo: number, message: string): this {
    const source = this.trees.get(branch);
    const target = new Tree(this.trees.get(this.first) ?? new Map());
    for (const path of this.changedSince.get(branch) ?? []) {
      const content = source?.get(path);
      if (content !== undefined) target.write(path, content);
      else if (target.files.has(path)) target.remove(path);
    }
    this.trees.set(this.first, target.files);
    this.commits.push({
      message,
      branch: this.first,
      from: branch,
      merge: true,
      author: this.people(author),
      date: Math.floor(this.now / 1000 - hoursAgo * 3600),
      files: target.changed,
    });
    this.branch = this.first;
    return this;
  }
}
