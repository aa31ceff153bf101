/** What the index knows of a file on disk: gitformat-index(5). Numbers of 32 bits, as git cuts them. */
export interface IndexStat {
  ctimeSeconds: number;
  ctimeNanoseconds: number;
  mtimeSeconds: number;
  mtimeNanoseconds: number;
  dev: number;
  ino: number;
  uid: number;
  gid: number;
  size: number;
}

/** Of an entry that was made without looking at a file: git reads the file before it believes anything. */
export const noStat: IndexStat = {
  ctimeSeconds: 0,
  ctimeNanoseconds: 0,
  mtimeSeconds: 0,
  mtimeNanoseconds: 0,
  dev: 0,
  ino: 0,
  uid: 0,
  gid: 0,
  size: 0,
};

/** 0: merged. 1 to 3: base, ours and theirs of a conflict. */
export type Stage = 0 | 1 | 2 | 3;

/** One entry of the index. Paths as electron/git/path-bytes.ts has them. */
export interface IndexEntry {
  path: string;
  stage: Stage;
  /** `0o100644`, `0o100755`, `0o120000` (link) or `0o160000` (submodule). */
  mode: number;
  oid: string;
  stat: IndexStat;
  assumeValid: boolean;
  skipWorktree: boolean;
  intentToAdd: boolean;
}
