import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { abilities, type Ability } from '../../shared/engine-abilities';
import { fixedNetwork } from '../fakes/network';

/** What an engine has to have for an ability: names of its methods. Abilities that are a choice within one are not here. */
const methods: Partial<Record<Ability, string[]>> = {
  clone: ['clone', 'remoteBranches'],
  log: ['log', 'show'],
  branches: ['branches', 'createBranch', 'renameBranch', 'deleteBranch', 'setUpstream'],
  status: ['status'],
  diff: ['diff'],
  blame: ['blame'],
  tags: ['tags', 'createTag', 'deleteTag'],
  commit: ['stage', 'unstage', 'commit'],
  switch: ['switchTo'],
  merge: ['merge', 'cherryPick', 'revert', 'abort'],
  reset: ['reset'],
  stash: ['stashes', 'stashPush', 'stashApply', 'stashDrop'],
  fetch: ['fetch', 'fetchContents'],
  push: ['push', 'remoteRef'],
  remotes: ['remotes', 'addRemote', 'setRemoteUrl', 'removeRemote'],
};

describe('what the engines can do', () => {
  it('stands in ARCHITECTURE.md as it is', () => {
    const text = readFileSync(path.resolve(import.meta.dirname, '../../ARCHITECTURE.md'), 'utf8');
    const section = text.split(/^## \d+\. Which engine does what$/m)[1]?.split(/^## /m)[0] ?? '';
    const rows = section.split('\n').filter((line) => line.startsWith('|'));
    const word = (can: string | true) => (can === true ? 'yes' : can);
    expect(rows).toEqual([
      '| work | system git | built-in |',
      '|---|---|---|',
      ...Object.values(abilities).map(
        ({ title, system, isomorphic }) => `| ${title} | ${word(system)} | ${word(isomorphic)} |`,
      ),
    ]);
  });

  it('gives a whole sentence wherever one cannot', () => {
    for (const { system, isomorphic } of Object.values(abilities))
      for (const can of [system, isomorphic] as (string | true)[])
        if (can !== true) expect(can).toMatch(/^[A-Z].*\.$/s);
  });

  it('is what the built-in engine has', () => {
    const engine = createIsomorphicEngine('file:///nowhere', fixedNetwork()) as unknown as Record<
      string,
      unknown
    >;
    for (const [ability, names] of Object.entries(methods))
      for (const name of names)
        expect([name, typeof engine[name] === 'function'], ability).toEqual([
          name,
          abilities[ability as Ability].isomorphic === true,
        ]);
  });
});
