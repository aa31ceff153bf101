import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { expect, type RunningHost, test } from './fixtures';
import { searchDirectory, searchFor } from './leaks';
import { pasteAddress, startClone } from './steps';
import { answerInTerminalsFor, type Ended, mustWork, openTerminal } from './terminal';

const canary = (start: string) => `${start}${randomBytes(16).toString('hex')}`;
const signIn = (page: Page) => page.getByRole('dialog', { name: 'Sign in', exact: true });

async function type(page: Page, password: string, save = false): Promise<void> {
  const question = signIn(page);
  await question.getByLabel('User name').fill('mira');
  await question.getByLabel('Password or token', { exact: true }).fill(password);
  if (save) await question.getByRole('checkbox', { name: /Save for this repository/ }).check();
  await question.getByRole('button', { name: 'Sign in' }).click();
}

async function mustBeRefused(ending: Promise<Ended>): Promise<void> {
  const { exitCode, stderr } = await ending;
  expect(stderr).toContain('Authentication failed');
  expect(exitCode).toBe(128);
}

async function startWithAServer(host: RunningHost, closing: { close(): Promise<void> }[]) {
  const server = await startGitHub();
  closing.push(server);
  const secrets = { right: canary('right '), wrong: canary('wrong '), token: canary('ghp_') };
  for (const secret of [secrets.right, secrets.token])
    server.tokens.push({ secret, login: 'mira', scopes: ['repo', 'read:org'] });
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  const leaked = () => {
    const search = searchFor(secrets);
    return [
      ...searchDirectory(search, host.directory).found,
      ...search('what Polyforge printed', host.output()),
    ];
  };
  return { server, secrets, leaked, terminal: openTerminal(host) };
}

// A recording of the page would itself keep what is typed.
test.use({ trace: 'off', screenshot: 'off' });

test('a wrong password is refused, the right one is approved and used again without a question', async ({
  page,
  host,
  closing,
}) => {
  const { server, secrets, leaked, terminal } = await startWithAServer(host, closing);

  // In Polyforge itself.
  const address = `${server.url}/northwind/warehouse.git`;
  await pasteAddress(page, address);
  await startClone(page, host.clones, 'first');
  await type(page, secrets.wrong);
  await expect(signIn(page)).toContainText('refused the user name or password');
  await type(page, secrets.right, true);
  await expect(page.getByRole('heading', { level: 1, name: 'first' })).toBeVisible();
  await pasteAddress(page, address);
  await startClone(page, host.clones, 'second');
  await expect(page.getByRole('heading', { level: 1, name: 'second' })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  // In a terminal: the host is known by now, the repository is not. The helper is set by hand.
  const helper = path.join(host.dataDirectory, 'bin/git-credential-polyforge');
  for (const [key, value] of [
    ['helper', `!'${helper}'`],
    ['useHttpPath', 'true'],
  ] as const)
    await mustWork(terminal.git(['config', '--global', `credential.${server.origin}.${key}`, value]));
  const storefront = `${server.url}/northwind/storefront.git`;
  const first = terminal.git(['ls-remote', storefront]);
  await expect(signIn(page)).toContainText('northwind/storefront');
  await expect(signIn(page)).toContainText('No account fits this repository');
  await type(page, secrets.wrong);
  await mustBeRefused(first);
  const second = terminal.git(['ls-remote', storefront]);
  await expect(signIn(page)).toContainText('refused the user name or password');
  await type(page, secrets.right, true);
  expect(await mustWork(second)).toContain('refs/heads/main');
  for (let again = 0; again < 2; again += 1)
    expect(await mustWork(terminal.git(['ls-remote', storefront]))).toContain('refs/heads/main');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const saved = await host.core.savedCredentials.list();
  expect(saved.map((one) => `${one.path} ${one.state}`).sort()).toEqual([
    'northwind/storefront.git working',
    'northwind/warehouse.git working',
  ]);
  expect(leaked()).toEqual([]);
});

test('a refused token of an account is told of at the next try in a terminal', async ({
  page,
  host,
  closing,
}) => {
  const { server, secrets, leaked, terminal } = await startWithAServer(host, closing);
  await host.core.accounts.save({
    draft: {
      kind: 'github-enterprise',
      authenticationType: 'personal',
      alias: 'Northwind',
      url: server.url,
      token: secrets.token,
    },
  });
  await answerInTerminalsFor(host.core);
  const list = () => terminal.git(['ls-remote', `${server.url}/northwind/warehouse.git`]);
  await mustWork(list());
  for (const token of server.tokens) token.refused = token.secret === secrets.token;

  await mustBeRefused(list());
  // The refusal starts a check of the account.
  await expect
    .poll(async () => (await host.core.accounts.list()).map(({ state }) => state.status))
    .toEqual(['refused']);
  const asked = list();
  await expect(signIn(page)).toContainText('The account “Northwind” was refused');
  await type(page, secrets.right, true);
  await mustWork(asked);
  await mustWork(list());
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(leaked()).toEqual([]);
});

test('git in a terminal ends with a clear error when Polyforge is killed while it asks', async ({
  page,
  host,
  closing,
}) => {
  const { server, secrets, terminal } = await startWithAServer(host, closing);
  for (const [alias, token] of [
    ['Northwind', secrets.token],
    ['Consulting', githubTokens.second],
  ] as const)
    await host.core.accounts.save({
      draft: { kind: 'github-enterprise', authenticationType: 'personal', alias, url: server.url, token },
    });
  await answerInTerminalsFor(host.core);
  const { process: child, ended } = terminal.start([
    'clone',
    '--quiet',
    `${server.url}/northwind/warehouse.git`,
    path.join(host.clones, 'never'),
  ]);
  await expect(page.getByRole('dialog', { name: 'Which account?' })).toBeVisible();
  expect(child.exitCode).toBeNull();
  host.process.kill('SIGKILL');
  const { exitCode, stderr } = await ended;
  expect(exitCode).toBe(128);
  expect(stderr).toContain('Polyforge ended before it had answered. Try again.');
});
