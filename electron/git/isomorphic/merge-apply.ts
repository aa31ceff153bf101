import { noStat } from './index-entry';
import { conflictsIn } from './index-change';
import type { MergedTrees } from './merge-trees';
import { applyUpdate, planUpdate, type WorkingTreeAt } from './working-tree-update';

/** Brings what a merge made into index and working tree; conflicts as git writes them. Nothing where a file is in the way. Returns the paths with conflicts. */
export function applyMerge(at: WorkingTreeAt, merged: MergedTrees, step?: (part: number) => void): string[] {
  const changes = [...merged.paths].map(([path, { ours, result }]) => ({ path, from: ours, to: result }));
  const planned = planUpdate(at, changes);
  applyUpdate(at, planned, step);
  for (const [path, { stages }] of merged.paths) {
    if (!stages) continue;
    at.draft.remove(path);
    for (const [stage, leaf] of [
      [1, stages.base],
      [2, stages.ours],
      [3, stages.theirs],
    ] as const)
      if (leaf)
        at.draft.put({
          path,
          stage,
          ...leaf,
          stat: noStat,
          assumeValid: false,
          skipWorktree: false,
          intentToAdd: false,
        });
  }
  return conflictsIn(at.draft);
}

/** The message of a commit that waits for conflicts to be resolved: sequencer.c, append_conflicts_hint(). */
export function withConflicts(message: string, paths: readonly string[]): string {
  return `${message.replace(/\n+$/, '')}\n\n# Conflicts:\n${paths.map((path) => `#\t${path}\n`).join('')}`;
}
