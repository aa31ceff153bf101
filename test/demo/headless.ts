import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { HostedRepository } from '../../shared/contract/hosted-repositories';
import type { PullRequest } from '../../shared/contract/pull-requests';
import { addAccount, appErrorOf, type Core } from './core';
import type { DemoProvider } from './stand-ins';

const run = promisify(execFile);
const git = async (directory: string, ...args: string[]) =>
  (await run('git', ['-C', directory, ...args])).stdout.trim();

function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(what);
  return value;
}

async function listed(core: Core, accountId: string): Promise<HostedRepository[]> {
  const found: HostedRepository[] = [];
  for await (const part of await core.hostedRepositories.list({ refresh: true, accountId })) {
    if (part.kind === 'failed') throw new Error(`the list failed: ${JSON.stringify(part.error)}`);
    if (part.kind === 'items' && part.source === 'provider') found.push(...part.items);
  }
  return found;
}

async function open(core: Core, accountId: string): Promise<PullRequest[]> {
  const found: PullRequest[] = [];
  for await (const part of await core.pullRequests.list({ accountId, state: 'open' })) {
    if (part.kind === 'failed') throw new Error(`the pull requests failed: ${JSON.stringify(part.error)}`);
    if (part.kind === 'items') found.push(...part.items);
  }
  return found;
}

/** Signs in, lists, clones, reads pull requests: all of it over the services a page would call. */
async function mainJob(core: Core, provider: DemoProvider, parent: string): Promise<string[]> {
  const accountId = await addAccount(core, provider);
  const account = must(
    (await core.accounts.list()).find((one) => one.id === accountId),
    'the account is not listed',
  );
  if (account.state.status !== 'working') throw new Error(`the account is ${JSON.stringify(account.state)}`);
  const lines = [`signed in as ${account.user?.name ?? '?'}`];

  const repositories = await listed(core, accountId);
  const spaces = new Set(repositories.map((one) => one.namespace)).size;
  lines.push(`listed ${repositories.length} repositories in ${spaces} places`);

  const chosen = must(
    repositories.find((one) => one.fullName === provider.repository),
    `${provider.repository} is not in the list`,
  );
  const name = `${provider.draft.kind}-${chosen.name}`;
  await core.repositories
    .clone({ url: chosen.httpsUrl, parent, name, accountId, branch: null, hostedKey: chosen.key })
    .then(async (progress) => {
      for await (const step of progress) void step;
    });
  const directory = path.join(parent, name);
  const head = await git(directory, 'rev-parse', 'HEAD');
  const { world } = provider.server;
  const served = world.repositories.find(
    (one) => one.name === chosen.name && chosen.namespace.endsWith(one.namespace),
  );
  const expected = (await world.materialize(must(served, 'the server has no such repository'))).branches.get(
    'main',
  );
  if (head !== expected) throw new Error(`HEAD is ${head}, the server has ${expected}`);
  if ((await git(directory, 'status', '--porcelain')) !== '') throw new Error('the clone is not clean');
  await git(directory, 'fsck', '--full', '--strict');
  const config = await git(directory, 'config', '--list', '--local');
  if (config.includes(provider.draft.token ?? '\0')) throw new Error('the token is in .git/config');
  const files = (await git(directory, 'ls-files')).split('\n').length;
  lines.push(`cloned ${chosen.fullName}: ${files} files, HEAD ${head.slice(0, 10)} as on the server`);

  const pulls = await open(core, accountId);
  const pull = must(
    pulls.find((one) => one.number === provider.pullRequest),
    `pull request ${provider.pullRequest} is not in the list`,
  );
  lines.push(`listed ${pulls.length} open pull requests`);
  const id = { accountId, repository: pull.repository, number: pull.number };
  const [detail, changed, threads] = await Promise.all([
    core.pullRequests.get(id),
    core.pullRequests.files(id),
    core.pullRequests.threads(id),
  ]);
  if (detail.failures.length > 0) throw new Error(`parts are missing: ${JSON.stringify(detail.failures)}`);
  const file = must(
    changed.files.find((one) => /\.(ts|go|py|cs)$/.test(one.path)),
    'no file to compare',
  );
  const diff = await core.pullRequests.fileDiff({ ...id, path: file.path, previousPath: file.previousPath });
  if (diff.kind !== 'patch' && diff.kind !== 'contents')
    throw new Error(`${file.path} has no diff but ${diff.kind}`);
  const placed = threads.filter((thread) => thread.position !== null).length;
  if (
    detail.commits.length === 0 ||
    detail.reviewers.length === 0 ||
    detail.checks.length === 0 ||
    placed === 0
  )
    throw new Error('the pull request lacks commits, reviewers, checks or threads at lines');
  lines.push(
    `read ${pull.number} "${pull.title}": ${detail.commits.length} commits, ${changed.files.length} files, ` +
      `${detail.reviewers.length} reviewers, ${detail.checks.length} checks, ${placed} threads at lines`,
  );
  return lines;
}

/** Resolves whether everything worked with every provider; says what it does. */
export async function headless(
  core: Core,
  providers: readonly DemoProvider[],
  directory: string,
  say: (line: string) => void,
): Promise<boolean> {
  const parent = path.join(directory, 'clones', String(Date.now()));
  await mkdir(parent, { recursive: true });
  await core.preferences.chooseSecretStore({ choice: 'session' });
  let isGood = true;
  for (const provider of providers) {
    say(`\n${provider.label} (${provider.server.url})`);
    try {
      for (const line of await mainJob(core, provider, parent)) say(`  ${line}`);
    } catch (error) {
      isGood = false;
      const known = appErrorOf(error);
      say(
        `  FAILED: ${known ? JSON.stringify(known) : error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  return isGood;
}
