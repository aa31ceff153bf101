import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { expect, test } from './fixtures';
import { findRepository, startClone } from './steps';

test('a token an organization shuts out for want of single sign-on is explained, and the report holds no secret', async ({
  page,
  host,
  closing,
}) => {
  const server = await startGitHub();
  closing.push(server);
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  await host.core.accounts.save({
    draft: {
      kind: 'github-enterprise',
      authenticationType: 'personal',
      alias: 'Work',
      url: server.url,
      token: githubTokens.first,
    },
  });
  const row = await findRepository(page, 'northwind/storefront');
  await row.getByRole('button', { name: 'Clone…' }).click();
  await startClone(page, host.clones);
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();

  for (const token of server.tokens)
    if (token.secret === githubTokens.first) token.singleSignOn = ['northwind'];
  await page.getByRole('button', { name: 'Check connection…' }).click();

  const check = page.getByRole('dialog', { name: /^Connection check/ });
  await expect(check.getByRole('status')).toContainText('The token must be authorized for single sign-on');
  await check.getByText('Report', { exact: true }).click();
  const report = check.getByLabel('Report');
  await expect(report).toContainText('northwind');
  await expect(report).not.toContainText(githubTokens.first);
  // Once it is authorized there, the same check finds nothing.
  for (const token of server.tokens) delete token.singleSignOn;
  await check.getByRole('button', { name: 'Check again' }).click();
  await expect(check.getByRole('status')).toContainText('Everything works');
  // Nothing was made of the account's token meanwhile.
  expect((await host.core.accounts.list()).map((account) => account.state.status)).toEqual(['working']);
});
