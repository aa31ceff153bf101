import { randomBytes } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeBareRepository, smallHistory } from '../fakes/repositories';
import { isolatedSsh } from '../fakes/ssh-client';
import { makeSshKey, startSshServer, whyNoSshServer } from '../fakes/ssh-server';
import { expect, launch, test } from './fixtures';
import { type Secrets, searchDirectory, searchFor, watchProcesses } from './leaks';
import { pasteAddress, startClone } from './steps';

const why = whyNoSshServer();
if (why !== null) console.log(`The story of a locked ssh key is not told: ${why}`);
const canary = (start: string) => `${start}${randomBytes(16).toString('hex')}`;

// A recording of the page would itself keep what is typed.
test.use({ trace: 'off', screenshot: 'off' });

test('an unknown server and a locked key are asked about in the page, and the passphrase is nowhere but in the vault', async ({
  page,
  closing,
}) => {
  test.skip(why !== null, why ?? undefined);
  test.setTimeout(240_000);
  const temporary = async () => {
    const made = await realpath(await mkdtemp(path.join(tmpdir(), 'polyforge-e2e-')));
    closing.push({ close: () => rm(made, { recursive: true, force: true, maxRetries: 5 }) });
    return made;
  };
  const [directory, outside] = [await temporary(), await temporary()];
  const secrets = {
    wrong: canary('wrong '),
    right: canary('open sesame '),
    vault: canary('correct horse '),
  } satisfies Secrets;
  const search = searchFor(secrets);
  const served = path.join(outside, 'served');
  await makeBareRepository(path.join(served, 'team/one.git'), smallHistory);
  const server = await startSshServer(path.join(outside, 'sshd'), served);
  closing.push(server);
  const key = await makeSshKey(path.join(outside, 'keys/locked'), secrets.right);
  await server.allow(key);
  await isolatedSsh(outside, [`IdentityFile ${key.path}`]);

  const launched = await launch(directory, outside);
  const { host } = launched;
  const watch = process.platform === 'linux' ? watchProcesses(search, host.process.pid ?? 0, 'git') : null;
  if (!watch) console.log('Arguments and environments of processes are looked at on Linux only.');
  closing.push({ close: async () => watch?.stop() });
  const frames: string[] = [];
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => frames.push(payload.toString()));
  });
  try {
    await host.core.preferences.chooseSecretStore({ choice: 'passphrase', passphrase: secrets.vault });
    await page.goto(host.url);
    const cloned = (name: string) => expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await pasteAddress(page, server.url('team/one.git'));
    await startClone(page, host.clones, 'first');

    const unknown = page.getByRole('dialog', { name: 'Unknown SSH server' });
    await expect(unknown).toContainText(`127.0.0.1:${server.port}`);
    await expect(unknown).toContainText(server.hostKey.fingerprint);
    await unknown.getByRole('button', { name: 'Trust this server' }).click();

    const locked = page.getByRole('dialog', { name: 'Passphrase of an SSH key' });
    const type = async (passphrase: string) => {
      await locked.getByLabel('Passphrase of this key', { exact: true }).fill(passphrase);
      await locked.getByRole('button', { name: 'Unlock key' }).click();
    };
    await expect(locked).toContainText(key.path);
    await type(secrets.wrong);
    await expect(locked).toContainText('This did not open the key');
    await locked.getByRole('checkbox', { name: 'Keep it for this key' }).check();
    await type(secrets.right);
    await cloned('first');

    // Neither is asked about again.
    await pasteAddress(page, server.url('team/one.git'));
    await startClone(page, host.clones, 'second');
    await cloned('second');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    expect(await host.core.ssh.savedPassphrases()).toMatchObject([{ keyPath: key.path, state: 'working' }]);

    watch?.stop();
    if (watch) expect([...watch.started].join('\n')).toContain('git-credential-polyforge');
    expect([...(watch?.found ?? [])]).toEqual([]);
    expect(search('messages to the page', frames.join('\n'))).toEqual([]);
    expect(search('what Polyforge printed', host.output())).toEqual([]);
    expect(searchDirectory(search, directory).found).toEqual([]);
  } finally {
    await page.goto('about:blank');
    await launched.stop();
  }
});
