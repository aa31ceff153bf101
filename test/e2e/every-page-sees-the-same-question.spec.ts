import { startGitHub } from '../fakes/hosting/github';
import { expect, test } from './fixtures';
import { pasteAddress, startClone } from './steps';

test('a question stands in every page, goes everywhere with its first answer, and with its operation', async ({
  page,
  context,
  host,
  closing,
}) => {
  const server = await startGitHub();
  closing.push(server);
  const url = `${server.url}/northwind/warehouse.git`;
  const second = await context.newPage();
  await second.goto(host.url);
  await expect(second.getByRole('navigation', { name: 'Main' })).toBeVisible();
  const pages = [page, second];
  const questions = pages.map((each) => each.getByRole('dialog', { name: 'Sign in' }));

  await pasteAddress(page, url);
  await startClone(page, host.clones, 'never');
  for (const question of questions) await expect(question).toContainText('northwind/warehouse');
  for (const each of pages) await expect(each).toHaveTitle('(1) Git asks – Polyforge');
  await second.getByRole('button', { name: 'Cancel' }).click();
  for (const question of questions) await expect(question).toBeHidden();
  for (const each of pages) await expect(each).toHaveTitle('Polyforge');
  await expect(page.getByRole('dialog', { name: 'Clone a repository' })).toContainText(
    'Nothing was left behind.',
  );

  // What is typed is lost with the operation, and nothing is sent.
  const ending = new AbortController();
  const cloning = (async () => {
    const input = { url, parent: host.clones, name: 'again', accountId: null, branch: null, hostedKey: null };
    const progress = await host.core.repositories.clone(input, { signal: ending.signal });
    for await (const _ of progress);
  })();
  const ended = expect(cloning).rejects.toThrow();
  for (const question of questions) await expect(question).toContainText('northwind/warehouse');
  await second.getByLabel('Password or token', { exact: true }).fill('half a pass');
  ending.abort();
  await ended;
  for (const question of questions) await expect(question).toBeHidden();
  expect(await host.core.prompts.open()).toEqual([]);
});
