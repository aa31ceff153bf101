import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { listenForCancel } from '../../electron/git/isomorphic/cancellation';
import { switchTo } from '../../electron/git/isomorphic/switch';
import { workJobs } from '../../electron/git/isomorphic/work-jobs';
import { git, makeRepository, temporaryDirectory } from '../fakes/repositories';
import { failureOf } from './twins';

it('takes its locks with it when it is told to end in the middle', async () => {
  const temporary = await temporaryDirectory();
  try {
    const files = (text: string) =>
      Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`many/file-${at}`, `${text} ${at}\n`]));
    const directory = await makeRepository(path.join(temporary.path, 'many'), {
      commits: [
        { message: 'One', files: files('one') },
        { message: 'Two', branch: 'two', from: 'main', files: files('two') },
      ],
    });
    const input = { directory, target: { kind: 'branch', branch: 'two' } as const };
    const flag = new SharedArrayBuffer(4);
    listenForCancel(flag);
    const progress = () => void Atomics.store(new Int32Array(flag), 0, 1);
    expect(await failureOf(workJobs.switchTo(input, { progress }))).toEqual({ kind: 'cancelled' });
    expect(existsSync(path.join(directory, '.git/index.lock'))).toBe(false);
    expect(await git(directory, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect((await git(directory, 'status', '--porcelain')).split('\n').length).toBeLessThan(4);
    await git(directory, 'reset', '--quiet', '--hard');
    listenForCancel(undefined);
    expect(await switchTo(input)).toMatchObject({ branch: 'two' });
    expect(await git(directory, 'status', '--porcelain')).toBe('');
  } finally {
    listenForCancel(undefined);
    await temporary.remove();
  }
});
