import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeSelfSigned } from '../fakes/authority';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { makeBareRepository, smallHistory } from '../fakes/repositories';
import { expect, test } from './fixtures';
import { pasteAddress, startClone } from './steps';

test('a self-signed server is trusted from its failure, after a look at what it shows, and for that host only', async ({
  page,
  host,
  closing,
}) => {
  const tls = await makeSelfSigned(path.join(host.directory, 'certificate'), ['127.0.0.1']);
  const directory = await makeBareRepository(path.join(host.directory, 'small.git'), smallHistory);
  const start = async (): Promise<GitHttpServer> => {
    const server = await startGitHttpServer({ tls });
    closing.push(server);
    server.serve('team/small', { directory });
    return server;
  };
  const trusted = await start();
  const other = await start();
  const shownHost = new URL(trusted.origin).host;

  await pasteAddress(page, trusted.urlOf('team/small'));
  const dialog = page.getByRole('dialog', { name: /^Clone / });
  const failure = dialog.getByRole('alert').filter({ hasText: 'is not safe' }).first();
  await startClone(page, host.clones, 'first');
  await expect(failure).toContainText(shownHost);
  expect(trusted.requests).toEqual([]);

  await failure.getByRole('button', { name: 'Look at the certificate' }).click();
  const look = page.getByRole('dialog', { name: 'Trust a certificate for one server' });
  await expect(look.getByRole('textbox', { name: 'Server' })).toHaveValue(shownHost);
  await expect(
    look.getByRole('radiogroup', { name: 'Certificates it shows' }).getByRole('radio'),
  ).toHaveCount(1);
  await expect(look).toContainText('Signed by itself');
  await expect(look).toContainText(/([0-9A-F]{2}:){31}[0-9A-F]{2}/);
  await look.getByRole('button', { name: 'Trust it for this server' }).click();
  await expect(look).toBeHidden();

  const preferences = page.getByRole('dialog', { name: 'Preferences' });
  const row = preferences.getByRole('row').filter({ hasText: shownHost });
  await expect(row).toContainText('signed by itself');
  await preferences.getByRole('button', { name: /close/i }).first().click();
  await expect(preferences).toBeHidden();

  // What failed is still there and goes on from here.
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  expect(await readFile(path.join(host.clones, 'first/.git/config'), 'utf8')).not.toMatch(/ssl|CAInfo/i);

  // The same certificate at another port is another server.
  await pasteAddress(page, other.urlOf('team/small'));
  await startClone(page, host.clones, 'second');
  await expect(failure).toContainText(new URL(other.origin).host);
  expect(other.requests).toEqual([]);
});
