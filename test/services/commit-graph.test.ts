import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { GitEngine } from '../../electron/git/engine';
import { writeCommitGraph } from '../../electron/git/system/commit-graph';
import type { TrustState } from '../../electron/git/trust';
import { createEventBus } from '../../electron/services/application';
import { startCommitGraphs } from '../../electron/services/commit-graph';
import type { Storage } from '../../electron/storage/storage';
import { handClock } from '../fakes/clock';
import { git, gitEnvironment, temporaryDirectory } from '../fakes/repositories';
import { gitPrograms } from '../git/programs';

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let program: string;
const at = (name: string) => path.join(temporary.path, name);

/** `blobs` objects and two commits in one pack. */
async function packed(name: string, blobs: number): Promise<void> {
  await git(temporary.path, 'init', '-q', '-b', 'main', at(name));
  const lines: string[] = [];
  for (let blob = 1; blob <= blobs; blob += 1) {
    const text = `blob number ${blob}`;
    lines.push('blob', `mark :${blob}`, `data ${text.length}`, text);
  }
  for (const [index, mark] of [1, 2].entries()) {
    const when = `Ada <ada@example.test> ${1_767_600_000 + index} +0000`;
    lines.push('commit refs/heads/main', `committer ${when}`, 'data 1', 'x', `M 100644 :${mark} a.txt`);
  }
  await execa('git', ['fast-import', '--quiet', '--force'], {
    cwd: at(name),
    env: { ...gitEnvironment },
    extendEnv: false,
    input: `${lines.join('\n')}\n`,
  });
}

beforeAll(async () => {
  temporary = await temporaryDirectory();
  program = (await gitPrograms())[0]?.path ?? '';
  await packed('large', 50_010);
  await packed('small', 10);
});
afterAll(() => temporary.remove());

interface Scene {
  wish?: boolean;
  state?: TrustState['state'];
  embedded?: boolean;
}

/** Says that a repository was fetched into, lets the time pass, and closes once `until` holds. */
async function fetched(name: string, scene: Scene, until?: () => boolean): Promise<void> {
  const events = createEventBus();
  const clock = handClock();
  const asked = vi.fn(() => Promise.resolve({ state: scene.state ?? 'plain', findings: [] } as TrustState));
  const engine = (
    scene.embedded
      ? {}
      : {
          writeCommitGraph: (directory: string, running: { signal: AbortSignal }) =>
            writeCommitGraph({ program }, directory, running),
        }
  ) as GitEngine;
  const graphs = startCommitGraphs({
    storage: {
      repositories: { find: () => ({ id: 'one', path: at(name) }), list: () => [] },
      preferences: { get: () => ({ writeCommitGraph: scene.wish ?? true }) },
    } as unknown as Storage,
    engines: { forWriting: () => Promise.resolve(engine) },
    trust: asked,
    events,
    clock,
    log: () => undefined,
  });
  events.emit({ type: 'repository.changed', repositoryId: 'one' });
  // Listeners are told a moment later.
  await clock.pass(0);
  await clock.pass(10_000);
  if (until) await expect.poll(until).toBe(true);
  await graphs.close();
}

const layers = (name: string) => {
  const folder = path.join(at(name), '.git/objects/info/commit-graphs');
  return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.graph')) : [];
};

it.each([
  ['a small repository', 'small', {}],
  ['where the preferences say no', 'large', { wish: false }],
  ['a repository nobody trusts', 'large', { state: 'untrusted' }],
  ['with an engine that writes none', 'large', { embedded: true }],
] as const)('no commit-graph is written: %s', async (_why, name, scene) => {
  await fetched(name, scene);
  expect(layers(name)).toEqual([]);
});

it('a large repository without a commit-graph gets one that git finds sound', async () => {
  await fetched('large', {}, () => layers('large').length === 1);
  await git(at('large'), 'commit-graph', 'verify');
  expect(readdirSync(path.join(at('large'), '.git/objects/info/commit-graphs'))).toHaveLength(2);
});
