import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeRepository, smallHistory } from '../fakes/repositories';
import { expect, test } from './fixtures';

test('a repository that names programs is opened without running them, asked about, and trusted until that is taken back', async ({
  page,
  host,
}) => {
  const directory = await makeRepository(path.join(host.home, 'from-a-zip'), smallHistory);
  const mark = path.join(host.home, 'mark');
  await appendFile(
    path.join(directory, '.git/config'),
    `[core]\n\tfsmonitor = "touch '${mark}'"\n[filter "x"]\n\tclean = "touch '${mark}'"\n[alias]\n\tx = !true\n`,
  );
  await writeFile(path.join(directory, '.gitattributes'), '* filter=x\n');
  const hook = path.join(directory, '.git/hooks/post-index-change');
  await mkdir(path.dirname(hook), { recursive: true });
  await writeFile(hook, `#!/bin/sh\ntouch '${mark}'\n`);
  await chmod(hook, 0o755);
  await host.core.repositories.open({ path: directory });

  const main = page.getByRole('navigation', { name: 'Main' });
  await main.getByRole('button', { name: 'from-a-zip' }).click();
  const banner = page.getByRole('region', { name: 'This repository names programs that Git would run' });
  const found = banner.getByRole('list', { name: 'What was found' }).getByRole('listitem');
  await expect(found).toHaveCount(3);
  await expect(found.first()).toContainText('core.fsmonitor');
  await banner.getByRole('button', { name: 'and 1 more' }).click();
  await expect(found).toHaveCount(4);
  await expect(found.last()).toContainText('hooks/post-index-change');
  await expect(page.getByRole('option').first()).toBeVisible();
  await expect(page.getByText('Built-in engine', { exact: true })).toBeVisible();
  expect(existsSync(mark)).toBe(false);

  await banner.getByRole('button', { name: 'Trust this repository' }).click();
  await expect(banner).toBeHidden();
  await expect(page.getByText('System git')).toBeVisible();

  await main.getByRole('button', { name: 'Preferences' }).click();
  const preferences = page.getByRole('dialog', { name: 'Preferences' });
  await preferences.getByRole('tab', { name: 'Git', exact: true }).click();
  await preferences.getByRole('button', { name: `Stop trusting ${directory}` }).click();
  await expect(preferences.getByText('You have not trusted any repository')).toBeVisible();
  await preferences.getByRole('button', { name: /close/i }).first().click();
  await expect(banner).toBeVisible();
  await expect(page.getByText('Built-in engine', { exact: true })).toBeVisible();
});
