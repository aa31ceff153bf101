import type { ClonePlan } from './contract/clone-plan';

/** Folders a plan may name. */
export const mostFolders = 1000;

/** A folder inside a working tree: with `/`, none at its ends, and nothing that leads out of it. */
export function isTreeFolder(text: string): boolean {
  return (
    // oxlint-disable-next-line no-control-regex
    !/[\u0000-\u001f\\]/.test(text) &&
    text
      .split('/')
      .every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git')
  );
}

/** All of it, without submodules; large files as the user's git is set up. */
export const wholeClone: ClonePlan = {
  depth: null,
  singleBranch: false,
  filter: null,
  sparse: null,
  submodules: null,
  lfs: null,
};
