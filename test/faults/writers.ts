import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppFailure } from '../../shared/errors';
import { type EngineName, makeEngine } from './engines';
import { count, type Outcome, startOutcome } from './outcome';
import { copyOf, randomFrom, type Scene, say } from './scene';

/** Stages one file and commits; resolves with the commit's id, or with why it must be tried again. */
type Writer = (directory: string, file: string) => Promise<{ id: string } | { busy: string }>;

async function writerOf(
  scene: Scene,
  name: EngineName | 'terminal',
): Promise<{ write: Writer; close(): Promise<void> } | null> {
  if (name === 'terminal') return { write: terminal, close: () => Promise.resolve() };
  const made = await makeEngine(name, scene.bundles.worker, scene.root);
  const { engine } = made;
  if (!engine.stage || !engine.commit) {
    await made.close();
    return null;
  }
  return {
    close: () => made.close(),
    async write(directory, file) {
      try {
        await engine.stage?.(directory, [file]);
        const request = {
          message: file,
          amend: false,
          signOff: false,
          sign: 'no',
          allowEmpty: true,
        } as const;
        const id = await engine.commit?.({ directory, ...request }, { signal: new AbortController().signal });
        return { id: id ?? 'none' };
      } catch (error) {
        if (error instanceof AppFailure && error.error.kind === 'repository-busy')
          return { busy: error.error.path };
        throw error;
      }
    },
  };
}

const terminal: Writer = async (directory, file) => {
  const added = await say(directory, 'add', '--', file);
  const done = added.isGood ? await say(directory, 'commit', '--allow-empty', '--message', file) : added;
  if (done.isGood) return { id: /^\[\S+ ([0-9a-f]+)\]/m.exec(done.out)?.[1] ?? 'none' };
  if (/\.lock': File exists|cannot lock ref/.test(done.error)) return { busy: done.error };
  throw new Error(done.error);
};

/** Two that commit to one repository at the same time: whoever cannot says so, and no commit is lost. */
export async function writersFamily(
  scene: Scene,
  name: EngineName,
  /** Half of the rounds with its like, half with git in a terminal. */
  options: { seed: number; rounds: number },
): Promise<Outcome> {
  const outcome = startOutcome(`two writers, ${name} engine`, 'rounds', 'commits', 'tried again');
  const random = randomFrom(options.seed);
  for (const other of [name, 'terminal'] as const) {
    const writers = [await writerOf(scene, name), await writerOf(scene, other)];
    const directory = path.join(scene.root, `writers-${name}-${other}`);
    await copyOf(scene, 'edited', directory);
    const done: { id: string; file: string }[] = [];
    try {
      if (writers.includes(null)) {
        outcome.left.push('it makes no commits');
        return outcome;
      }
      for (let round = 0; round < options.rounds / 2; round += 1) {
        count(outcome, 'rounds');
        await Promise.all(
          writers.map(async (writer, who) => {
            const file = `written-${round}-by-${who}.txt`;
            await writeFile(path.join(directory, file), file);
            for (;;) {
              const ended = await writer?.write(directory, file);
              if (ended && 'id' in ended) {
                done.push({ id: ended.id, file });
                count(outcome, 'commits');
                return;
              }
              count(outcome, 'tried again');
              await wait(random() * 30);
            }
          }),
        );
      }
    } catch (error) {
      const detail = error instanceof AppFailure ? JSON.stringify(error.error) : String(error);
      outcome.problems.push(`with ${other}: neither done nor busy: ${detail}`);
    } finally {
      for (const writer of writers) await writer?.close();
    }
    const kept = (await say(directory, 'rev-list', 'HEAD')).out.split('\n');
    const files = (await say(directory, 'ls-tree', '-r', '--name-only', 'HEAD')).out.split('\n');
    for (const { id, file } of done) {
      if (!kept.some((one) => one.startsWith(id)))
        outcome.problems.push(`with ${other}: commit ${id} of ${file} is lost`);
      // git's own commit reads the index before it locks it (builtin/commit.c), and may write what
      // it read over what was staged in between: beside it only commits are held to account.
      if (name === 'isomorphic' && other === name && !files.includes(file))
        outcome.problems.push(`with ${other}: ${file} is in no commit`);
    }
    const fsck = await say(directory, 'fsck', '--strict', '--no-dangling', '--no-progress');
    if (!fsck.isGood) outcome.problems.push(`with ${other}: fsck: ${fsck.out} ${fsck.error}`);
  }
  return outcome;
}
