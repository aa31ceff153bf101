import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startGitHttpServer } from '../fakes/git-http-server';
import { git, makeBareRepository, smallHistory } from '../fakes/repositories';
import { expect, test } from './fixtures';
import { pasteAddress, startClone } from './steps';

/** As somebody with a name of their own, in a clone of theirs. */
async function commit(clone: string, file: string, text: string): Promise<string> {
  await writeFile(path.join(clone, file), text);
  await git(clone, 'add', '--', file);
  await git(clone, 'commit', '-q', '-m', `Change ${file}`);
  return git(clone, 'rev-parse', 'HEAD');
}

test('a colleague pushes first: fetching, pulling, a push that is refused, merging, and pushing again', async ({
  page,
  host,
  closing,
}) => {
  const server = await startGitHttpServer();
  closing.push(server);
  const shared = path.join(host.directory, 'shared.git');
  await makeBareRepository(shared, smallHistory);
  const url = server.serve('team/shared', { directory: shared });
  await pasteAddress(page, url);
  await startClone(page, host.clones, 'ours');
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  const ours = path.join(host.clones, 'ours');
  await git(ours, 'config', 'user.name', 'Mira Example');
  await git(ours, 'config', 'user.email', 'mira@example.test');
  const theirs = path.join(host.directory, 'theirs');
  await git(host.directory, 'clone', '-q', shared, theirs);

  const remotes = page.getByRole('group', { name: 'Remotes' });
  const first = await commit(theirs, 'theirs.txt', 'one\n');
  await git(theirs, 'push', '-q', 'origin', 'main');
  await remotes.getByRole('button', { name: 'Fetch', exact: true }).click();
  await expect(remotes).toContainText('Fetched: 1 branch updated.');
  await expect(remotes.getByRole('button', { name: 'Pull 1' })).toBeVisible();
  await remotes.getByRole('button', { name: 'Pull 1' }).click();
  await expect(remotes).toContainText(`Moved forward to origin/main (${first.slice(0, 8)}).`);
  expect(await git(ours, 'rev-parse', 'HEAD')).toBe(first);
  expect(await git(ours, 'status', '--porcelain')).toBe('');

  const mine = await commit(ours, 'ours.txt', 'mine\n');
  await writeFile(path.join(ours, 'notes.txt'), 'not for anybody yet\n');
  const second = await commit(theirs, 'theirs.txt', 'two\n');
  await git(theirs, 'push', '-q', 'origin', 'main');

  await page.getByRole('button', { name: 'Changes', exact: true }).click();
  await expect(page.getByRole('listbox', { name: 'Changed files' })).toContainText('notes.txt');

  await remotes.getByRole('button', { name: /^Push/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Push main' });
  await dialog.getByRole('button', { name: 'Push', exact: true }).click();
  await expect(dialog).toContainText('The server has commits you do not have.');
  expect(await git(shared, 'rev-parse', 'main')).toBe(second);
  await dialog.getByRole('button', { name: 'Pull and merge' }).click();
  await expect(remotes).toContainText('Merged origin/main.');
  expect((await git(ours, 'log', '-1', '--format=%P')).split(' ')).toEqual([mine, second]);

  await remotes.getByRole('button', { name: /^Push/ }).click();
  await dialog.getByRole('button', { name: 'Push', exact: true }).click();
  await expect(dialog).toContainText('Pushed to origin/main.');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  expect(await git(shared, 'rev-parse', 'main')).toBe(await git(ours, 'rev-parse', 'HEAD'));
  expect(await git(ours, 'status', '--porcelain')).toBe('?? notes.txt');
  await expect(remotes).toContainText('main follows origin/main, level with it');
});
