import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createVault } from '../../electron/credentials/vault';
import { fakeSealer, temporaryDirectory } from '../fakes/platform';

let directory: string;
const file = () => path.join(directory, 'vault.json');
const without = { systemSealer: () => Promise.resolve({ sealer: null, why: 'No key store answers.' }) };
const withKeyring = { systemSealer: () => Promise.resolve({ sealer: fakeSealer('keyring'), why: null }) };
const canary = 'canary-secret-0451';

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('vault', () => {
  it('keeps nothing before the user chose when the machine has no key store, and says why', async () => {
    const vault = createVault(file(), without);
    expect(await vault.status()).toEqual({
      backend: 'undecided',
      locked: false,
      choices: ['passphrase', 'session'],
      why: 'No key store answers.',
    });
    await expect(vault.set('account:a', canary)).rejects.toMatchObject({
      error: { kind: 'secret-unavailable', reason: 'no-store' },
    });
    expect(existsSync(file())).toBe(false);
  });

  it('seals with a passphrase, is locked after a restart, and opens with that passphrase only', async () => {
    const vault = createVault(file(), without);
    await vault.choose({ choice: 'passphrase', passphrase: 'correct horse' });
    await vault.set('account:a', canary);
    expect(readFileSync(file(), 'utf8')).not.toContain(canary);
    expect(statSync(file()).mode & 0o777).toBe(0o600);

    const again = createVault(file(), without);
    expect(await again.status()).toMatchObject({ backend: 'passphrase', locked: true });
    await expect(again.get('account:a')).rejects.toMatchObject({ error: { reason: 'locked' } });
    await expect(again.unlock('wrong horse')).rejects.toMatchObject({ error: { kind: 'wrong-passphrase' } });
    await again.unlock('correct horse');
    expect(await again.get('account:a')).toBe(canary);
  });

  it('never yields a wrong secret when a byte of a sealed entry is flipped', async () => {
    const vault = createVault(file(), without);
    await vault.choose({ choice: 'passphrase', passphrase: 'correct horse' });
    await vault.set('account:a', canary);
    const whole = readFileSync(file());
    rmSync(path.join(directory, 'vault.last-good.json'));
    const entries = (JSON.parse(whole.toString()) as { entries: Record<string, { sealed: string }> }).entries;
    const sealed = entries['account:a']?.sealed ?? '';
    const start = whole.indexOf(sealed);
    expect(sealed.length).toBeGreaterThan(40);
    // One key derivation a position: every fourth byte covers nonce, tag and text alike.
    for (let at = start; at < start + sealed.length; at += 4) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(file(), damaged);
      const reopened = createVault(file(), without);
      const outcome = await reopened
        .unlock('correct horse')
        .then(() => reopened.get('account:a'))
        .catch(() => 'refused');
      expect(outcome, `byte ${at - start}`).toBe('refused');
    }
  });

  it('does not open an entry under another name', async () => {
    const vault = createVault(file(), without);
    await vault.choose({ choice: 'passphrase', passphrase: 'correct horse' });
    await vault.set('account:a', canary);
    const content = JSON.parse(readFileSync(file(), 'utf8')) as { entries: Record<string, unknown> };
    content.entries['account:b'] = content.entries['account:a'];
    writeFileSync(file(), JSON.stringify(content));
    const swapped = createVault(file(), without);
    await swapped.unlock('correct horse');
    await expect(swapped.get('account:b')).rejects.toMatchObject({ error: { reason: 'damaged' } });
    expect(await swapped.get('account:a')).toBe(canary);
  });

  it('writes no secret anywhere in session mode, and forgets it with the session', async () => {
    const vault = createVault(file(), without);
    await vault.choose({ choice: 'session' });
    await vault.set('account:a', canary);
    expect(await vault.get('account:a')).toBe(canary);
    expect(readFileSync(file(), 'utf8')).not.toContain('account:a');
    expect(await createVault(file(), without).get('account:a')).toBeUndefined();
  });

  it('moves every secret when the user chooses another place', async () => {
    const vault = createVault(file(), withKeyring);
    await vault.set('account:a', canary);
    expect((await vault.status()).backend).toBe('keyring');
    await vault.choose({ choice: 'passphrase', passphrase: 'correct horse' });
    const again = createVault(file(), without);
    await again.unlock('correct horse');
    expect(await again.get('account:a')).toBe(canary);
  });

  it('keeps what a keyring sealed when the keyring is away, and reads it when it is back', async () => {
    await createVault(file(), withKeyring).set('account:a', canary);
    const before = readFileSync(file(), 'utf8');
    const away = createVault(file(), without);
    expect(await away.status()).toMatchObject({ backend: 'keyring', locked: true });
    await expect(away.get('account:a')).rejects.toMatchObject({ error: { reason: 'no-store' } });
    expect(readFileSync(file(), 'utf8')).toBe(before);
    expect(await createVault(file(), withKeyring).get('account:a')).toBe(canary);
  });

  it('loads the last good copy when its file is cut', async () => {
    await createVault(file(), withKeyring).set('account:a', canary);
    writeFileSync(file(), readFileSync(file()).subarray(0, 20));
    const vault = createVault(file(), withKeyring);
    expect(await vault.get('account:a')).toBe(canary);
    expect(vault.notices).toHaveLength(1);
  });

  it('says that a secret was kept when only its safety copy could not be written', async () => {
    const vault = createVault(file(), withKeyring);
    await vault.set('account:a', 'before');
    const copy = file().replace('.json', '.last-good.json');
    rmSync(copy);
    mkdirSync(copy);
    await vault.set('account:a', canary);
    expect(await vault.get('account:a')).toBe(canary);
    expect(vault.notices.map((notice) => notice.id)).toEqual(['no-vault-copy']);
    expect(await createVault(file(), withKeyring).get('account:a')).toBe(canary);
  });

  it('keeps all of many secrets written at the same time', async () => {
    const vault = createVault(file(), withKeyring);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => vault.set(`account:${index}`, `secret ${index}`)),
    );
    const again = createVault(file(), withKeyring);
    for (let index = 0; index < 20; index += 1)
      expect(await again.get(`account:${index}`)).toBe(`secret ${index}`);
  });

  it('refuses to write through a symbolic link', async () => {
    const victim = path.join(directory, 'victim.json');
    writeFileSync(victim, '{"entries":{}}', { mode: 0o600 });
    symlinkSync(victim, file());
    await expect(createVault(file(), withKeyring).set('account:a', canary)).rejects.toMatchObject({
      error: { kind: 'directory-not-writable' },
    });
    expect(readFileSync(victim, 'utf8')).toBe('{"entries":{}}');
  });

  it('tightens a mode that lets others read', async () => {
    await createVault(file(), withKeyring).set('account:a', canary);
    chmodSync(file(), 0o644);
    createVault(file(), withKeyring);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });
});
