import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { AccountDraftInput } from '../../shared/contract/accounts';
import { startAzureDevOps } from '../fakes/hosting/azure-devops';
import { bitbucketScopes, startBitbucketCloud } from '../fakes/hosting/bitbucket-cloud';
import { startGitHub } from '../fakes/hosting/github';
import { startGitLab } from '../fakes/hosting/gitlab';
import { expect, test } from './fixtures';
import { type Secrets, searchDirectory, searchFor, watchProcesses, writtenForms } from './leaks';
import {
  choosePullRequest,
  closePreferences,
  fillAccount,
  findRepository,
  keepBehindPassphrase,
  openHostingProviders,
  openPullRequests,
  pasteAddress,
  startClone,
} from './steps';

const canary = (length: number) => randomBytes(length).toString('hex').slice(0, length);

/** Somebody a token must never reach: remembers all that arrives. */
async function startStranger() {
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('latin1');
    });
    request.on('end', () => {
      seen.push(`${request.method} ${request.url}\n${JSON.stringify(request.rawHeaders)}\n${body}`);
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="give it to me"' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return chunks.join('');
}

// A recording of the page would itself keep what is typed.
test.use({ trace: 'off', screenshot: 'off' });

test('the search finds a secret however it is written', () => {
  const secret = 'pa/ss w%rd"?+é';
  const search = searchFor({ it: secret });
  expect(search('here', 'nothing')).toEqual([]);
  for (const { bytes } of writtenForms(secret)) expect(search('here', bytes)).not.toEqual([]);
  for (const before of ['', 'u', 'us', 'user:'])
    for (const encoding of ['base64', 'base64url'] as const)
      expect(search('here', Buffer.from(`${before}${secret}@host`).toString(encoding))).not.toEqual([]);
});

test('no secret is anywhere but in the vault, sealed, and at the server it is for (rows 0.4, 0.13, F)', async ({
  page,
  host,
  closing,
}) => {
  test.setTimeout(300_000);
  const secrets = {
    github: `ghp_${canary(36)}`,
    gitlab: `glpat-${canary(20)}`,
    bitbucket: `ATATT3x${canary(60)}=${canary(8)}`,
    azure: canary(84),
    header: canary(84),
    refused: `glpat-${canary(20)}`,
    saved: `p@ss/w%rd &+"${canary(16)}`,
    passphrase: `correct horse ${canary(12)}`,
  } satisfies Secrets;
  const [github, app, gitlab, bitbucket, azure, headerServer, unknown, stranger] = await Promise.all([
    startGitHub(),
    startGitHub(),
    startGitLab({ prefix: '/gitlab' }),
    startBitbucketCloud(),
    startAzureDevOps(),
    startAzureDevOps({ edition: 'server', prefix: '/tfs' }),
    startGitHub(),
    startStranger(),
  ]);
  closing.push(github, app, gitlab, bitbucket, azure, headerServer, unknown, stranger);
  const login = 'mira';
  github.tokens.push({ secret: secrets.github, login, scopes: ['repo', 'read:org'] });
  gitlab.tokens.push({ secret: secrets.gitlab, login, name: 'Polyforge', scopes: ['api'], expires: null });
  bitbucket.tokens.push({ secret: secrets.bitbucket, login, kind: 'api', scopes: bitbucketScopes });
  for (const [server, secret] of [
    [azure, secrets.azure],
    [headerServer, secrets.header],
  ] as const) {
    const like = server.tokens.find((token) => token.login === login);
    if (like) server.tokens.push({ ...like, secret });
  }
  unknown.tokens.push({ secret: secrets.saved, login, scopes: ['repo'] });
  // The middle of a key says as much as all of it, and has no line ends.
  const keyLine = app.app.privateKey.split('\n')[9] ?? '';
  const search = searchFor({ ...secrets, key: keyLine });

  const frames: string[] = [];
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => frames.push(payload.toString()));
  });
  await page.reload();
  const watch = process.platform === 'linux' ? watchProcesses(search, host.process.pid ?? 0) : null;
  if (!watch) console.log('Arguments and environments of processes are looked at on Linux only.');

  // Accounts.
  const personal = { authenticationType: 'personal' as const };
  const accounts: [label: string, draft: AccountDraftInput][] = [
    [
      'GitHub Enterprise Server',
      { ...personal, kind: 'github-enterprise', alias: 'Hub', url: github.url, token: secrets.github },
    ],
    [
      'GitLab Self-Managed',
      { ...personal, kind: 'gitlab-self-managed', alias: 'Lab', url: gitlab.url, token: secrets.gitlab },
    ],
    [
      'Bitbucket Cloud',
      {
        ...personal,
        kind: 'bitbucket-cloud',
        alias: 'Bucket',
        url: bitbucket.url,
        email: 'mira.keller@northwind.example',
        token: secrets.bitbucket,
        expiresOn: '2031-05-01',
      },
    ],
    [
      'Azure DevOps Services',
      {
        ...personal,
        kind: 'azure-devops-services',
        alias: 'Azure',
        url: azure.url,
        organization: azure.organization,
        token: secrets.azure,
      },
    ],
    [
      'Azure DevOps Server',
      {
        ...personal,
        kind: 'azure-devops-server',
        alias: 'Header',
        url: `${headerServer.url}/${headerServer.organization}`,
        token: secrets.header,
      },
    ],
    [
      'GitHub Enterprise Server',
      {
        authenticationType: 'app',
        kind: 'github-enterprise',
        alias: 'App',
        url: app.url,
        appId: String(app.app.id),
        privateKey: app.app.privateKey,
      },
    ],
    [
      'GitLab Self-Managed',
      { ...personal, kind: 'gitlab-self-managed', alias: 'Old', url: gitlab.url, token: secrets.refused },
    ],
  ];
  for (const [label, draft] of accounts) {
    const dialog = await fillAccount(page, label, draft);
    if (draft.alias === 'Hub') {
      await dialog.getByRole('button', { name: 'Test connection' }).click();
      await expect(dialog.getByText('Signed in as Mira Keller')).toBeVisible();
    }
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    if (draft.alias === 'Hub') await keepBehindPassphrase(page, secrets.passphrase);
    if (draft.alias === 'Old') await dialog.getByRole('button', { name: 'Save anyway' }).click();
    await expect(dialog).toBeHidden();
  }
  const ofKind = await host.core.accounts.list();
  expect(ofKind.map((account) => `${account.alias} ${account.state.status}`).sort()).toEqual([
    'App working',
    'Azure working',
    'Bucket working',
    'Header working',
    'Hub working',
    'Lab working',
    'Old refused',
  ]);
  expect(ofKind.find((account) => account.alias === 'Header')?.headerAuthentication).toBe('basic');
  await closePreferences(page);

  // Clones, each looked at while git is waiting for the rest of the repository.
  const found = new Set<string>();
  const lookAround = () => {
    watch?.look();
    for (const hit of searchDirectory(search, host.directory).found) found.add(hit);
  };
  const commits = page.getByRole('region', { name: 'Commits' });
  const clones = [
    [github, `${github.url}/northwind/storefront.git`],
    [app, `${app.url}/northwind/warehouse.git`],
    [gitlab, 'platform/tideline'],
    [bitbucket, `${bitbucket.url}/harbour/invoices.git`],
    [azure, `${azure.url}/${azure.organization}/Fleet/_git/Fleet`],
    [headerServer, `${headerServer.url}/${headerServer.organization}/Fleet/_git/Fleet`],
  ] as const;
  for (const [index, [server, address]] of clones.entries()) {
    if (address.startsWith('http')) await pasteAddress(page, address);
    else {
      const row = (await findRepository(page, address)).first();
      await row.getByRole('button', { name: 'Clone…' }).click();
    }
    server.git.fault = { stage: 'fetch', stallAfter: 300 };
    await startClone(page, host.clones, `clone-${index}`);
    await server.git.stalled();
    lookAround();
    server.git.fault = null;
    const dialog = page.getByRole('dialog', { name: /^Clone / });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await expect(dialog).toBeHidden();
    await expect(commits.getByText(/^Start /)).toBeVisible();
  }

  // A password that is asked for and kept for one repository.
  const prompt = page.getByRole('dialog').filter({ hasText: 'Save for this repository' });
  await pasteAddress(page, `${unknown.url}/northwind/warehouse.git`);
  await startClone(page, host.clones, 'asked');
  await expect(prompt).toBeVisible();
  lookAround();
  await prompt.getByLabel('User name').fill(login);
  await prompt.getByLabel('Password or token', { exact: true }).fill(secrets.saved);
  await prompt.getByRole('checkbox', { name: /Save for this repository/ }).check();
  await prompt.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await pasteAddress(page, `${unknown.url}/northwind/warehouse.git`);
  await startClone(page, host.clones, 'unasked');
  await expect(
    page
      .getByRole('heading', { name: 'unasked' })
      .or(page.getByText('unasked', { exact: true }))
      .first(),
  ).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  // Pull requests of every provider.
  await openPullRequests(page);
  for (const title of [
    'Retry payments the gateway did not answer',
    'Keep batches on disk until they have arrived',
    'Read credit notes',
    'List vans in pages',
  ]) {
    const pane = await choosePullRequest(page, title);
    await pane.getByRole('tab', { name: /^Files/ }).click();
    await expect(
      pane.getByRole('listbox', { name: 'Changed files' }).getByRole('option').first(),
    ).toBeVisible();
  }

  // Failures: a server that sends elsewhere, for git and for its API, and a token taken back.
  const failed = page.getByRole('dialog', { name: /^Clone / }).getByText('Nothing was left behind.');
  github.git.fault = { redirect: { status: 302, location: `${stranger.origin}$path` } };
  await pasteAddress(page, `${github.url}/northwind/storefront.git`);
  await startClone(page, host.clones, 'redirected');
  // The stranger's demand for a password may be passed on to the user, not answered from the vault.
  await expect(prompt.or(failed)).toBeVisible();
  if (await prompt.isVisible()) await prompt.getByRole('button', { name: 'Cancel' }).click();
  await expect(failed).toBeVisible();
  expect(stranger.seen.join('\n')).toContain('northwind/storefront');
  github.git.fault = null;
  await page.keyboard.press('Escape');
  const restore = gitlab.inject({
    as: 'reply',
    reply: { status: 302, headers: { Location: `${stranger.origin}/api/v4/user` } },
  });
  for (const token of github.tokens) token.refused = true;
  const preferences = await openHostingProviders(page);
  for (const alias of ['Hub', 'Lab'])
    await preferences.getByRole('button', { name: `Test ${alias}` }).click();
  const rowOf = (alias: string) =>
    preferences.getByRole('row').filter({ has: page.getByRole('button', { name: `Test ${alias}` }) });
  await expect(rowOf('Hub')).toContainText(/refused/i);
  await expect(rowOf('Lab')).not.toContainText(/working/i);
  restore();
  await closePreferences(page);
  await pasteAddress(page, `${github.url}/northwind/storefront.git`);
  await startClone(page, host.clones, 'refused');
  await expect(prompt).toContainText(/refused/);
  lookAround();
  await prompt.getByRole('button', { name: 'Cancel' }).click();
  await expect(failed).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  // The page keeps nothing of what was typed into it.
  const kept = await page.evaluate(() =>
    JSON.stringify([
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      document.cookie,
      document.documentElement.outerHTML,
      [...document.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value),
    ]),
  );
  expect(search('what the page keeps', kept)).toEqual([]);
  const heap = await heapOf(page);
  expect(heap).toContain('northwind/storefront');
  expect(search('the memory of the page', heap)).toEqual([]);
  expect(frames.join('')).toContain('Mira Keller');
  for (const frame of frames) for (const hit of search('a message to the page', frame)) found.add(hit);

  watch?.stop();
  if (watch) {
    const started = [...watch.started].join('\n');
    for (const program of ['git clone', 'remote-http', 'git-credential-polyforge'])
      expect(started).toContain(program);
    expect([...watch.found]).toEqual([]);
  }
  const everything = searchDirectory(search, host.directory);
  expect(everything.files).toBeGreaterThan(150);
  expect([...found, ...everything.found]).toEqual([]);
  expect(search('what Polyforge printed', host.output())).toEqual([]);
  const vault = JSON.parse(readFileSync(path.join(host.dataDirectory, 'vault.json'), 'utf8'));
  expect(Object.keys(vault.entries)).toHaveLength(accounts.length + 1);

  // Each server has seen its own secret and no other.
  expect(search('what the stranger was sent', stranger.seen.join('\n'))).toEqual([]);
  const own = new Map<{ seen: object[] }, (keyof typeof secrets)[]>([
    [github, ['github']],
    [app, []],
    [gitlab, ['gitlab', 'refused']],
    [bitbucket, ['bitbucket']],
    [azure, ['azure']],
    [headerServer, ['header']],
    [unknown, ['saved']],
  ]);
  for (const [server, names] of own) {
    const hits = search('a request', JSON.stringify(server.seen)).map((hit) => hit.split(' ')[0] ?? '');
    expect(new Set(hits)).toEqual(new Set(names));
  }
});
