/** What git work there is, in the words of the page. */
export type Ability = keyof typeof abilities;

/** True, or why this engine cannot: a whole sentence, in plain words. */
type Can = true | string;

/**
 * Which engine does what. The page offers what the engine in use can do and
 * shows the reason otherwise; ARCHITECTURE.md holds this table and a test holds
 * both to it, and the engine suite to what it says.
 */
export const abilities = {
  clone: { title: 'Clone', system: true, isomorphic: true },
  log: { title: 'History', system: true, isomorphic: true },
  branches: { title: 'Branches', system: true, isomorphic: true },
  status: { title: 'Changes in the working tree', system: true, isomorphic: true },
  diff: { title: 'What changed in a file', system: true, isomorphic: true },
  blame: { title: 'Where each line is from', system: true, isomorphic: true },
  tags: { title: 'Tags', system: true, isomorphic: true },
  remotes: { title: 'Remotes', system: true, isomorphic: true },
  commit: { title: 'Stage and commit', system: true, isomorphic: true },
  switch: { title: 'Switch branches', system: true, isomorphic: true },
  merge: { title: 'Merge, cherry-pick and revert', system: true, isomorphic: true },
  reset: { title: 'Reset', system: true, isomorphic: true },
  stash: { title: 'Stashes', system: true, isomorphic: true },
  sign: {
    title: 'Sign commits',
    system: true,
    isomorphic: 'The built-in engine cannot sign. Install Git to sign commits.',
  },
  hooks: {
    title: 'Hooks and filters of a trusted repository',
    system: true,
    isomorphic:
      'The built-in engine runs no programs. Install Git for repositories that need their hooks or filters.',
  },
  movedInMerges: {
    title: 'Merges with moved folders, or branches merged crosswise',
    system: true,
    isomorphic: 'The built-in engine refuses merges it could get wrong. Install Git to merge them.',
  },
  shallow: { title: 'Clone only the last commits', system: true, isomorphic: true },
  singleBranch: { title: 'Clone only one branch', system: true, isomorphic: true },
  partial: { title: 'Contents when they are needed', system: true, isomorphic: true },
  sparse: { title: 'Only some folders', system: true, isomorphic: true },
  reach: { title: 'More of the history later', system: true, isomorphic: true },
  fetch: { title: 'Fetch', system: true, isomorphic: true },
  push: { title: 'Push', system: true, isomorphic: true },
  submodules: {
    title: 'Submodules',
    system: true,
    isomorphic:
      'Submodules are fetched by Git; the built-in engine leaves them out. Install Git to get them.',
  },
  lfs: {
    title: 'Large files (Git LFS)',
    system: true,
    isomorphic:
      'Large files are fetched by Git LFS, which works with Git only. Install Git and Git LFS to get them.',
  },
  ssh: {
    title: 'Addresses of ssh',
    system: true,
    isomorphic: 'The built-in engine connects by https only. Use the https address, or install Git.',
  },
} as const satisfies Record<string, { title: string; system: Can; isomorphic: Can }>;
