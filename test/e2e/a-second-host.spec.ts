import { Buffer } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { type GitHubStandIn, githubTokens, startGitHub } from '../fakes/hosting/github';
import type { CommitSpec } from '../fakes/repositories';
import { createLfsHandler, type LfsHandler, lfsPointer, oidOf } from '../fakes/lfs-server';
import { onPath } from '../tools/chromium.mjs';
import { expect, type RunningHost, test } from './fixtures';
import { pasteAddress, startClone } from './steps';
import { answerInTerminalsFor, mustWork, openTerminal, type Terminal } from './terminal';

const large = Buffer.from('what no repository should hold itself\n'.repeat(3000));
const tokens = { near: githubTokens.first, far: githubTokens.second };
const library = 'media/library';

const withLfs = onPath('git-lfs') !== null;
if (!withLfs) console.log('git-lfs is not installed: the stories of large files are not told.');

/** Two hosts with an account on each. */
interface Hosts {
  near: GitHubStandIn;
  far: GitHubStandIn;
  nearFiles: LfsHandler;
  farFiles: LfsHandler;
  terminal: Terminal;
}

/** Adds a private repository of the first account. Its submodule is added as git would write it. */
function addRepository(
  { near }: Pick<Hosts, 'near'>,
  name: string,
  files: Record<string, string>,
  submodule?: { url: string; oid: string },
): string {
  const links: Pick<CommitSpec, 'links'> = submodule ? { links: { 'parts/one': submodule.oid } } : {};
  near.world.addRepository({
    namespace: 'northwind',
    name,
    readers: ['mira'],
    story(history) {
      history.commit('mira', 5, 'Start', (tree) => {
        for (const [file, content] of Object.entries(files)) tree.write(file, content);
        if (submodule)
          tree.write(
            '.gitmodules',
            `[submodule "parts/one"]\n\tpath = parts/one\n\turl = ${submodule.url}\n`,
          );
      });
      Object.assign(history.commits.at(-1) ?? {}, links);
    },
  });
  return `${near.url}/northwind/${name}.git`;
}

const pointers = {
  '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
  'large.bin': lfsPointer(large),
};

async function headOf(server: GitHubStandIn, fullName: string): Promise<string> {
  const { branches } = await server.world.materialize(server.world.repository(fullName));
  return branches.get('main') ?? '';
}

/** What was sent to a host, of git and for large files: the passwords, and nothing where there were none. */
function sentTo(server: GitHubStandIn, files: LfsHandler): string[] {
  const headers = [...server.seen.filter(({ kind }) => kind === 'git'), ...files.requests].flatMap(
    ({ authorization }) => authorization ?? [],
  );
  const given = headers.map((header) => Buffer.from(header.split(' ')[1] ?? '', 'base64').toString('utf8'));
  return [...new Set(given.map((text) => text.slice(text.indexOf(':') + 1)))];
}

async function prepare(host: RunningHost, closing: { close(): Promise<void> }[]): Promise<Hosts> {
  const near = await startGitHub();
  const far = await startGitHub();
  closing.push(near, far);
  const nearFiles = createLfsHandler();
  const farFiles = createLfsHandler();
  near.gate = (request, response) => nearFiles.handle(request, response);
  far.gate = (request, response) => farFiles.handle(request, response);
  farFiles.repositories.set(library, {
    accepts: [{ kind: 'basic', password: tokens.far }],
    objects: new Map([[oidOf(large), large]]),
  });
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  for (const [alias, url, token] of [
    ['Northwind', near.url, tokens.near],
    ['Media', far.url, tokens.far],
  ] as const)
    await host.core.accounts.save({
      draft: { kind: 'github-enterprise', authenticationType: 'personal', alias, url, token },
    });
  const terminal = openTerminal(host);
  if (withLfs) await mustWork(terminal.git(['lfs', 'install', '--skip-repo']));
  await answerInTerminalsFor(host.core);
  return { near, far, nearFiles, farFiles, terminal };
}

const question = (page: Page) => page.getByRole('dialog', { name: 'Sign in to another host?' });

test('large files and a submodule on the same host need no question', async ({ page, host, closing }) => {
  const hosts = await prepare(host, closing);
  const { near, far, nearFiles, farFiles, terminal } = hosts;
  const submodule = {
    url: `${near.url}/northwind/warehouse.git`,
    oid: await headOf(near, 'northwind/warehouse'),
  };
  const address = addRepository(hosts, 'assets', withLfs ? pointers : { 'README.md': 'assets\n' }, submodule);
  nearFiles.repositories.set('northwind/assets', {
    accepts: [{ kind: 'basic', password: tokens.near }],
    objects: new Map([[oidOf(large), large]]),
  });
  const clone = path.join(host.clones, 'assets');
  await mustWork(terminal.git(['clone', '--quiet', '--recurse-submodules', address, clone]));
  expect(existsSync(path.join(clone, 'parts/one/README.md'))).toBe(true);
  if (withLfs) expect(readFileSync(path.join(clone, 'large.bin')).equals(large)).toBe(true);
  expect(sentTo(near, nearFiles)).toEqual([tokens.near]);
  expect(sentTo(far, farFiles)).toEqual([]);

  await pasteAddress(page, address);
  await startClone(page, host.clones, 'assets-again');
  await expect(page.getByRole('region', { name: 'Commits' }).getByText('Start')).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  if (withLfs)
    expect(readFileSync(path.join(host.clones, 'assets-again', 'large.bin')).equals(large)).toBe(true);
});

test('a submodule on another host is signed in to after a yes for that host, and not after a no', async ({
  page,
  host,
  closing,
}) => {
  const hosts = await prepare(host, closing);
  const { near, far, nearFiles, farFiles, terminal } = hosts;
  const fullName = 'keller-consulting/clients';
  const submodule = { url: `${far.url}/${fullName}.git`, oid: await headOf(far, fullName) };
  const address = addRepository(hosts, 'whole', { 'README.md': 'whole\n' }, submodule);
  const farHost = new URL(far.url).host;
  const clone = (name: string) =>
    terminal.git(['clone', '--quiet', '--recurse-submodules', address, path.join(host.clones, name)]);

  const refused = clone('no');
  await expect(question(page)).toContainText(farHost);
  await expect(question(page)).toContainText(fullName);
  await expect(question(page)).toContainText('northwind/whole');
  await question(page).getByRole('button', { name: 'Do not sign in' }).click();
  expect((await refused).exitCode).not.toBe(0);
  expect(sentTo(far, farFiles)).toEqual([]);

  const allowed = clone('yes');
  await question(page).getByRole('button', { name: 'Always for this repository' }).click();
  await mustWork(allowed);
  expect(existsSync(path.join(host.clones, 'yes/parts/one/README.md'))).toBe(true);
  await mustWork(clone('again'));
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(sentTo(far, farFiles)).toEqual([tokens.far]);
  expect(sentTo(near, nearFiles)).toEqual([tokens.near]);
});

test('large files on another host are fetched after a yes for that host, and not after a no', async ({
  page,
  host,
  closing,
}) => {
  test.skip(!withLfs, 'git-lfs is not installed');
  const hosts = await prepare(host, closing);
  const { near, far, nearFiles, farFiles, terminal } = hosts;
  const config = `[lfs]\n\turl = ${far.url}/${library}.git/info/lfs\n`;
  const address = addRepository(hosts, 'films', { ...pointers, '.lfsconfig': config });
  const farHost = new URL(far.url).host;
  const clone = (name: string) => terminal.git(['clone', '--quiet', address, path.join(host.clones, name)]);
  const contentOf = (name: string) => readFileSync(path.join(host.clones, name, 'large.bin'));

  // In a terminal.
  const refused = clone('no');
  await expect(question(page)).toContainText(farHost);
  await expect(question(page)).toContainText('northwind/films');
  await question(page).getByRole('button', { name: 'Do not sign in' }).click();
  expect((await refused).exitCode).not.toBe(0);
  expect(sentTo(far, farFiles)).toEqual([]);
  const allowed = clone('yes');
  await question(page).getByRole('button', { name: 'Only this time' }).click();
  await mustWork(allowed);
  expect(contentOf('yes').equals(large)).toBe(true);

  // In Polyforge itself, which asks again: the yes was for that time only.
  farFiles.requests.length = 0;
  const dialog = page.getByRole('dialog', { name: /^Clone / });
  await pasteAddress(page, address);
  await startClone(page, host.clones, 'own');
  await question(page).getByRole('button', { name: 'Do not sign in' }).click();
  await expect(dialog.getByText('Nothing was left behind.')).toBeVisible();
  expect(sentTo(far, farFiles)).toEqual([]);
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await question(page).getByRole('button', { name: 'Always for this repository' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => existsSync(path.join(host.clones, 'own', 'large.bin'))).toBe(true);
  expect(contentOf('own').equals(large)).toBe(true);

  // Always: in a terminal as well.
  await mustWork(clone('again'));
  expect(contentOf('again').equals(large)).toBe(true);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(sentTo(far, farFiles)).toEqual([tokens.far]);
  expect(sentTo(near, nearFiles)).toEqual([tokens.near]);
});
