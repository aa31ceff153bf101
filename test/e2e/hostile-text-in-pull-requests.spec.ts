import { appendFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { AccountDraftInput } from '../../shared/contract/accounts';
import { azureTokens, startAzureDevOps } from '../fakes/hosting/azure-devops';
import { bitbucketCloudTokens, startBitbucketCloud } from '../fakes/hosting/bitbucket-cloud';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { gitlabTokens, startGitLab } from '../fakes/hosting/gitlab';
import { addPull } from '../fakes/hosting/seeds';
import { makeRepository } from '../fakes/repositories';
import { hostileEntries, hostileText } from '../security/hostile-inputs';
import { expect, test } from './fixtures';
import { choosePullRequest, openPullRequests, pasteAddress, startClone } from './steps';

/** The attacker's server: counts who connects, whatever they speak, and who asks for something. */
async function startAttacker() {
  let connections = 0;
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.end();
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    connections: () => connections,
    requests,
    aimed: (text: string) =>
      text.replaceAll('https://evil.test', `http://${host}`).replaceAll('evil.test', host),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Fields of the hostile inputs that no screen shows: Polyforge reads no milestones, tags or label colours. */
const shownNowhere = ['milestone.title', 'tag.message', 'label.color'];

test('hostile text in pull requests runs nothing, sends nothing, and shows as text', async ({
  page,
  host,
  closing,
}) => {
  test.setTimeout(300_000);
  const [attacker, github, gitlab, bitbucket, azure] = await Promise.all([
    startAttacker(),
    startGitHub(),
    startGitLab(),
    startBitbucketCloud(),
    startAzureDevOps(),
  ]);
  closing.push(attacker, github, gitlab, bitbucket, azure);
  const places = [
    { server: github, repository: 'northwind/storefront' },
    { server: gitlab, repository: 'platform/tideline' },
    { server: bitbucket, repository: 'harbour/invoices' },
    { server: azure, repository: 'Fleet/Fleet' },
  ].map(({ server, repository }) => {
    const pull = server.world.pullRequests.find(
      (one) =>
        `${one.repository.namespace}/${one.repository.slug}` === repository &&
        one.state === 'open' &&
        one.fork === null,
    );
    if (!pull) throw new Error(`${repository} has no open pull request`);
    return { world: server.world, repository: pull.repository, source: pull.source };
  });

  const bodies = hostileEntries('pr-body').map(({ id, input }) => ({
    id,
    text: attacker.aimed(hostileText(input)),
  }));
  for (const [index, { id, text }] of bodies.entries()) {
    // Long texts go where they are sent whole.
    const place = text.length > 10_000 ? places[0] : places[index % places.length];
    if (!place) continue;
    addPull(place.world, place.repository, {
      number: 9000 + index,
      title: `About ${id}`,
      author: 'jonas',
      source: place.source,
      description: text,
      comments: [
        ['priya', text, 2],
        ['priya', `That was ${id}`, 1],
      ],
      created: 3,
      updated: 1,
    });
  }

  const fields = new Map(
    hostileEntries('text-field').map(({ input }) => {
      const { field, value } = input as { field: string; value: string };
      return [field, attacker.aimed(hostileText(value))] as const;
    }),
  );
  const take = (field: string) => {
    const value = fields.get(field);
    if (value === undefined) throw new Error(`no hostile input for ${field}`);
    fields.delete(field);
    return value;
  };
  const login = take('user.login');
  const name = take('user.name');
  const label = take('label.name');
  const branch = take('branch');
  const author = take('commit.author');
  for (const { world, repository, source } of places) {
    world.addUser(login, name, 'somebody@northwind.example');
    const pull = addPull(world, repository, {
      number: 9999,
      title: `Titled ${name}`,
      author: login,
      source,
      description: 'Nothing special.',
      reviewers: [[login, 'approved']],
      labels: [label],
      comments: [[login, 'Nothing special either.', 2]],
      created: 3,
      updated: 1,
    });
    // Git would not take such names; a server may send them all the same.
    const facts = await world.pull(pull);
    for (const commit of facts.commits) {
      commit.author = { ...commit.author, name: author };
      commit.subject = author;
      commit.message = author;
    }
    pull.source = branch;
  }

  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  const personal = { authenticationType: 'personal' as const };
  const drafts: AccountDraftInput[] = [
    { ...personal, kind: 'github-enterprise', alias: 'Hub', url: github.url, token: githubTokens.first },
    { ...personal, kind: 'gitlab-self-managed', alias: 'Lab', url: gitlab.url, token: gitlabTokens.first },
    {
      ...personal,
      kind: 'bitbucket-cloud',
      alias: 'Bucket',
      url: bitbucket.url,
      email: 'mira.keller@northwind.example',
      token: bitbucketCloudTokens.first,
    },
    {
      ...personal,
      kind: 'azure-devops-services',
      alias: 'Azure',
      url: azure.url,
      organization: azure.organization,
      token: azureTokens.first,
    },
  ];
  const kinds: string[] = [];
  for (const draft of drafts) {
    const { account } = await host.core.accounts.save({ draft });
    if (account) kinds.push(account.alias);
  }
  expect(kinds).toHaveLength(4);

  const foreign: string[] = [];
  const own = new URL(host.url).origin;
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== own)
      foreign.push(request.url());
  });
  page.on('popup', () => foreign.push('a window'));
  page.on('dialog', (dialog) => {
    foreign.push('a message');
    void dialog.dismiss();
  });
  const harmed = async () => ({
    foreign,
    connections: attacker.connections(),
    ran: await page.evaluate(() => '__xss' in window),
    origin: new URL(page.url()).origin,
  });
  const unharmed = { foreign: [], connections: 0, ran: false, origin: own };

  await openPullRequests(page);
  const search = page.getByRole('searchbox', { name: 'Search' });
  for (const { id } of bodies) {
    await search.fill(`About ${id}`);
    const pane = await choosePullRequest(page, `About ${id}`);
    await expect(pane.getByText(`That was ${id}`)).toBeVisible();
    await expect(pane.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
    expect({ id, ...(await harmed()) }).toEqual({ id, ...unharmed });
  }

  await search.fill('Titled');
  const lines = page.getByRole('option').filter({ hasText: 'Titled' });
  await expect(lines).toHaveCount(places.length);
  for (const place of places) {
    const fullName = `${place.repository.namespace}/${place.repository.slug}`;
    const line = lines.filter({ hasText: fullName });
    await expect(line).toContainText(`Titled ${name}`);
    await expect(line).toContainText(branch);
    await line.click();
    const pane = page.getByRole('region', { name: 'Detail' });
    await expect(pane.locator('header')).toContainText(fullName);
    await expect(pane.getByRole('heading', { level: 2 })).toContainText(`Titled ${name}`);
    await expect(pane.getByText('Nothing special either.')).toBeVisible();
    const aside = pane.getByRole('complementary', { name: 'Reviewers and labels' });
    await expect(aside).toContainText(name);
    await pane.getByRole('tab', { name: /^Commits/ }).click();
    await expect(pane.getByRole('tabpanel')).toContainText(author);
    expect(await harmed()).toEqual(unharmed);
  }

  // A remote's name, in a folder that was opened.
  const folder = await makeRepository(path.join(host.home, 'opened'));
  const remote = take('remote.name');
  await appendFile(
    path.join(folder, '.git/config'),
    `[remote "${remote.replaceAll(/["\\]/g, String.raw`\$&`)}"]\n\turl = ${github.url}/northwind/storefront.git\n`,
  );
  await host.core.repositories.open({ path: folder });
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'opened' }).click();
  await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText(remote);
  expect(await harmed()).toEqual(unharmed);

  // What a server says while a clone fails.
  const stderr = hostileEntries('text-field')
    .map(({ input }) => input as { field: string; value: string })
    .filter(({ field }) => field === 'git.stderr')
    .map(({ value }) => attacker.aimed(hostileText(value)));
  fields.delete('git.stderr');
  github.git.fault = { status: 403, body: `${stderr.join('\n')}\n<img src=x onerror=window.__xss=1>\n` };
  await pasteAddress(page, `${github.url}/northwind/storefront.git`);
  await startClone(page, host.clones, 'failing');
  const prompt = page.getByRole('dialog').filter({ hasText: 'Save for this repository' });
  const dialog = page.getByRole('dialog', { name: /^Clone / });
  await expect(prompt.or(dialog.getByText('Nothing was left behind.'))).toBeVisible();
  if (await prompt.isVisible()) await prompt.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog.getByText('Nothing was left behind.')).toBeVisible();
  // oxlint-disable-next-line no-control-regex
  expect(await dialog.innerText()).not.toMatch(/[\u0007\u001b]|u:canary@/);
  expect(host.output()).not.toMatch(/u:canary@/);
  expect(await harmed()).toEqual(unharmed);

  expect([...fields.keys()].sort()).toEqual([...shownNowhere].sort());
});

/** Puts markup into the page as a defect of the sanitiser would, and does what it invites to. */
async function plant(page: Page, bodies: string[]): Promise<void> {
  await page.evaluate((all) => {
    for (const html of all) {
      const box = document.createElement('div');
      document.body.append(box);
      // Unlike innerHTML, this runs scripts where it may.
      box.append(document.createRange().createContextualFragment(html));
      // A link to elsewhere is followed where the user sees it; one that runs must not run.
      for (const element of box.querySelectorAll('a, button, summary, [onclick], [tabindex]'))
        if (!(element instanceof HTMLAnchorElement) || element.protocol === 'javascript:')
          element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
      for (const element of box.querySelectorAll<HTMLElement>('input')) element.focus();
    }
  }, bodies);
}

test('should the sanitiser ever fail, the policy of the page alone still holds', async ({
  page,
  host,
  browser,
  closing,
}) => {
  const [attacker, bystander] = await Promise.all([startAttacker(), startAttacker()]);
  closing.push(attacker, bystander);
  const bodiesFor = (server: typeof attacker) =>
    [
      ...hostileEntries('pr-body')
        .map(({ input }) => hostileText(input))
        .filter((text) => text.includes('<') && text.length < 10_000),
      '<img src="https://evil.test/pixel"><video poster="https://evil.test/poster"></video>',
      '<link rel="stylesheet" href="https://evil.test/style"><style>@import "https://evil.test/import";</style>',
      '<div style="background-image: url(https://evil.test/background)">.</div>',
      '<script src="https://evil.test/script"></script><script>fetch("https://evil.test/fetch")</script>',
      '<iframe src="https://evil.test/frame"></iframe><object data="https://evil.test/object"></object>',
    ].map((text) => server.aimed(text));

  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await page.evaluate(() => {
    const directives = new Set<string>();
    Object.assign(window, { directives });
    addEventListener('securitypolicyviolation', (event) => directives.add(event.effectiveDirective));
  });
  await plant(page, bodiesFor(attacker));
  await plant(page, [
    attacker.aimed('<form action="https://evil.test/form"><button>Sign in</button></form>'),
  ]);
  await expect
    .poll(() =>
      page.evaluate(() => [...(window as unknown as { directives: Set<string> }).directives].sort()),
    )
    .toEqual(
      expect.arrayContaining([
        'base-uri',
        'form-action',
        'frame-src',
        'img-src',
        'object-src',
        'script-src-attr',
        'script-src-elem',
        'style-src-elem',
      ]),
    );
  expect(await page.evaluate(() => '__xss' in window)).toBe(false);
  expect(new URL(page.url()).origin).toBe(new URL(host.url).origin);
  // Chromium opens a connection for a frame before it looks at the policy, and sends nothing.
  expect(attacker.requests).toEqual([]);

  // The same without the policy does run and send: this story can fail.
  const context = await browser.newContext({ bypassCSP: true });
  const unprotected = await context.newPage();
  await unprotected.goto(host.url);
  await expect(unprotected.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await plant(unprotected, bodiesFor(bystander));
  await expect
    .poll(() => bystander.requests)
    .toEqual(expect.arrayContaining(['GET /pixel', 'GET /style', 'GET /script', 'GET /fetch', 'GET /frame']));
  await expect.poll(() => unprotected.evaluate(() => '__xss' in window)).toBe(true);
  await context.close();
});
