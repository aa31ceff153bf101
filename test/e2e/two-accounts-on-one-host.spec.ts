import { execFileSync } from 'node:child_process';
import { githubTokens, startGitHub } from '../fakes/hosting/github';
import { expect, test } from './fixtures';
import { findRepository, startClone } from './steps';

test('two accounts on one host clone two private repositories, each with its own token (rows 2.9, 3.8)', async ({
  page,
  host,
  closing,
}) => {
  const server = await startGitHub();
  closing.push(server);
  await host.core.preferences.chooseSecretStore({ choice: 'session' });
  for (const [alias, token] of [
    ['Northwind', githubTokens.first],
    ['Consulting', githubTokens.second],
  ] as const)
    await host.core.accounts.save({
      draft: { kind: 'github-enterprise', authenticationType: 'personal', alias, url: server.url, token },
    });

  for (const [fullName, token] of [
    ['northwind/warehouse', githubTokens.first],
    ['keller-consulting/clients', githubTokens.second],
  ] as const) {
    const row = await findRepository(page, fullName);
    await row.getByRole('button', { name: 'Clone…' }).click();
    const directory = await startClone(page, host.clones);
    await expect(page.getByRole('region', { name: 'Commits' })).toBeVisible();
    const log = execFileSync('git', ['-C', directory, 'log', '-1', '--format=%s'], { encoding: 'utf8' });
    expect(log).toBe('Describe how it is released\n');
    const given = server.seen
      .filter((call) => call.kind === 'git' && call.path.includes(fullName) && call.authorization)
      .map(
        (call) =>
          Buffer.from(call.authorization?.split(' ')[1] ?? '', 'base64')
            .toString('utf8')
            .split(':')[1],
      );
    expect(new Set(given)).toEqual(new Set([token]));
  }
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
