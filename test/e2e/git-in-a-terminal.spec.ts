import { randomBytes } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type GitHubStandIn, startGitHub } from '../fakes/hosting/github';
import { expect, launch, test } from './fixtures';
import { type Secrets, searchDirectory, searchFor, watchProcesses } from './leaks';
import { answerInTerminals, coreOf, endCore, leaveTerminalsAlone, mustWork, openTerminal } from './terminal';

const canary = (start: string) => `${start}${randomBytes(24).toString('hex')}`;

/** Passwords git sent for a repository. */
function passwords(server: GitHubStandIn, fullName: string): Set<string | undefined> {
  return new Set(
    server.seen
      .filter((call) => call.kind === 'git' && call.path.includes(fullName) && call.authorization)
      .map(
        (call) =>
          Buffer.from(call.authorization?.split(' ')[1] ?? '', 'base64')
            .toString('utf8')
            .split(':')[1],
      ),
  );
}

// A recording of the page would itself keep what is typed.
test.use({ trace: 'off', screenshot: 'off' });

test('git in a terminal works for two accounts on one host, told apart by path, with Polyforge running and closed', async ({
  page,
  closing,
}) => {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'polyforge-e2e-')));
  const dataDirectory = path.join(directory, 'data');
  closing.push({
    async close() {
      await endCore(dataDirectory);
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  });
  const server = await startGitHub();
  closing.push(server);
  const secrets = {
    first: canary('ghp_'),
    second: canary('github_pat_'),
    passphrase: canary('correct horse '),
  } satisfies Secrets;
  const search = searchFor(secrets);
  server.tokens.push(
    { secret: secrets.first, login: 'mira', scopes: ['repo', 'read:org'] },
    { secret: secrets.second, login: 'mira-work', scopes: ['repo', 'read:org'] },
  );
  const repositories = [
    ['northwind/warehouse', secrets.first, 'Northwind'],
    ['keller-consulting/clients', secrets.second, 'Consulting'],
  ] as const;
  const addressOf = (fullName: string) => `${server.url}/${fullName}.git`;

  const first = await launch(directory);
  const { host } = first;
  // Kept outside Polyforge's own directories, which are searched for it.
  const outside = await realpath(await mkdtemp(path.join(tmpdir(), 'polyforge-e2e-')));
  closing.push({ close: () => rm(outside, { recursive: true, force: true }) });
  const passphraseFile = path.join(outside, 'passphrase');
  writeFileSync(passphraseFile, `${secrets.passphrase}\n`, { mode: 0o600 });
  const terminal = openTerminal(host, { POLYFORGE_PASSPHRASE_FILE: passphraseFile });
  const watch = process.platform === 'linux' ? watchProcesses(search, host.process.pid ?? 0) : null;
  if (!watch) console.log('Arguments and environments of processes are looked at on Linux only.');
  closing.push({ close: async () => watch?.stop() });

  // As a user has it: own lines, and no line end after the last.
  const own = '# mine\n[user]\n\tname = Mira Keller\n[pull]\n\trebase = true';
  writeFileSync(terminal.configuration, own);
  try {
    await host.core.preferences.chooseSecretStore({
      choice: 'passphrase',
      passphrase: secrets.passphrase,
    });
    for (const [, token, alias] of repositories)
      await host.core.accounts.save({
        draft: { kind: 'github-enterprise', authenticationType: 'personal', alias, url: server.url, token },
      });
    await page.goto(host.url);
    const shown = await answerInTerminals(page, terminal.configuration);
    const added = shown.filter((line) => line.startsWith('+ ')).map((line) => line.slice(2).trim());
    const written = readFileSync(terminal.configuration, 'utf8');
    expect(written.startsWith(own)).toBe(true);
    expect(
      written
        .slice(own.length)
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    ).toEqual(added.filter((line) => !own.includes(line)));

    // Polyforge runs. Clone, fetch and push.
    for (const [index, [fullName, token, account]] of repositories.entries()) {
      const clone = path.join(host.clones, `open-${index}`);
      const cloning = terminal.git(['clone', '--quiet', addressOf(fullName), clone]);
      // Both accounts fit the host: which of them is asked once for all of an organization.
      const question = page.getByRole('dialog', { name: 'Which account?' });
      await expect(question).toContainText(fullName);
      await question.getByRole('radio', { name: new RegExp(`^${account}`) }).click();
      await question.getByRole('radio', { name: /^Everything below/ }).check();
      await question.getByRole('button', { name: 'Use this account' }).click();
      await mustWork(cloning);
      expect(await mustWork(terminal.git(['-C', clone, 'log', '-1', '--format=%s']))).toBe(
        'Describe how it is released\n',
      );
      await mustWork(terminal.git(['-C', clone, 'fetch', '--quiet']));
      await mustWork(
        terminal.git(['-C', clone, 'commit', '--quiet', '--allow-empty', '-m', 'From a terminal']),
      );
      await mustWork(
        terminal.git(['-C', clone, 'push', '--quiet', 'origin', `HEAD:refs/heads/terminal-${index}`]),
      );
      expect(passwords(server, fullName)).toEqual(new Set([token]));
      expect(readFileSync(path.join(clone, '.git/config'), 'utf8')).not.toContain(token);
    }
    await expect(page.getByRole('dialog')).toHaveCount(0);
  } finally {
    await page.goto('about:blank');
    await first.stop();
  }

  // Polyforge is closed: git's helper starts a core without a window, which opens the vault by itself.
  server.seen.length = 0;
  for (const [index, [fullName, token]] of repositories.entries()) {
    const clone = path.join(host.clones, `closed-${index}`);
    await mustWork(terminal.git(['clone', '--quiet', addressOf(fullName), clone]));
    expect(passwords(server, fullName)).toEqual(new Set([token]));
  }
  expect(coreOf(dataDirectory)).not.toBeNull();

  // The next start with a page takes its place, and takes the lines back to the byte.
  const again = await launch(directory);
  try {
    expect(coreOf(dataDirectory)).toBe(again.host.process.pid);
    await page.goto(again.host.url);
    await leaveTerminalsAlone(page);
    expect(readFileSync(terminal.configuration, 'utf8')).toBe(own);
    const refused = await terminal.git(['ls-remote', addressOf('northwind/warehouse')]);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('terminal prompts disabled');
  } finally {
    await page.goto('about:blank');
    await again.stop();
  }

  watch?.stop();
  expect([...(watch?.found ?? [])]).toEqual([]);
  const everything = searchDirectory(search, directory);
  expect(everything.files).toBeGreaterThan(50);
  expect(everything.found).toEqual([]);
  expect(search('what Polyforge printed', first.host.output() + again.host.output())).toEqual([]);
});
