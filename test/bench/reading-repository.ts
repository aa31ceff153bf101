import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { git, gitEnvironment } from '../fakes/repositories';
import { importSyntheticHistory, type Shape, shapes } from './synthetic-repository';

/** What is looked at are commits and files, not what changed in them: writing that would take an hour. */
const largest: Shape = { ...shapes.large, changing: 20 };
/** As it is read without `--large`: a tenth of the commits, all of the files. */
const usual: Shape = { ...largest, commits: 100_000 };
const refs = 30_000;

/**
 * A repository with a working tree of 100,000 files, 30,000 branches of a
 * remote, and 100,000 commits (`isLarge`: a million). Packed as git's import
 * leaves it, refs packed, the index with the files' times.
 */
export async function makeReadingRepository(directory: string, isLarge: boolean): Promise<Shape> {
  const shape = isLarge ? largest : usual;
  mkdirSync(directory);
  await importSyntheticHistory(path.join(directory, '.git'), shape);
  await git(directory, 'config', 'core.bare', 'false');
  await git(directory, 'remote', 'add', 'origin', 'https://git.example.test/team/large.git');
  const tips = (await git(directory, 'rev-list', `--max-count=${refs}`, 'main')).split('\n');
  const updates = tips.map((oid, at) => `create refs/remotes/origin/team${at % 40}/work-${at} ${oid}\n`);
  await fed(directory, ['update-ref', '--stdin'], updates.join(''));
  await git(directory, 'pack-refs', '--all');
  await git(directory, 'config', 'branch.main.remote', 'origin');
  await git(directory, 'config', 'branch.main.merge', 'refs/heads/team10/work-10');
  await git(directory, 'reset', '--quiet', '--hard');
  // Files as young as the index itself would be read at every look, until it is written again.
  await git(directory, 'status', '--porcelain');
  return shape;
}

/** A line more in a hundred files, all over the tree. */
export async function changeHundredFiles(directory: string): Promise<void> {
  const names = (await git(directory, 'ls-files', '-z')).split('\0').filter((name) => name !== '');
  const step = Math.floor(names.length / 100);
  for (let at = 0; at < 100; at += 1) appendFileSync(path.join(directory, names[at * step] ?? ''), 'more\n');
}

async function fed(directory: string, args: string[], input: string): Promise<void> {
  const child = spawn('git', ['-C', directory, ...args], {
    env: gitEnvironment,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`);
}
