import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type KeyringEntry, keyringSealer } from '../../electron/browser/keyring';
import { AppFailure } from '../../shared/errors';
import { onPath } from '../tools/chromium.mjs';

/** A keyring that holds one key in memory. */
function memoryEntry(secret: number[] | null = null): KeyringEntry & { secret: number[] | null } {
  return {
    secret,
    async getSecret() {
      return this.secret;
    },
    async setSecret(given) {
      this.secret = [...given];
    },
  };
}

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof AppFailure && error.error.kind === 'secret-unavailable'
    ? error.error.reason
    : `unexpected: ${String(error)}`;
}

describe('secrets sealed with a key of the keyring', () => {
  it('open only under the name they were sealed for', async () => {
    const { sealer } = await keyringSealer(async () => memoryEntry())();
    const sealed = await sealer?.seal('account:1', 'tökén');
    expect(await sealer?.open('account:1', sealed ?? '')).toBe('tökén');
    expect(await reasonOf(sealer?.open('account:2', sealed ?? '') ?? Promise.resolve())).toBe('damaged');
    expect(sealed).not.toContain('tökén');
    expect(sealed).not.toBe(await sealer?.seal('account:1', 'tökén'));
  });

  it('never open to a wrong text, whichever byte is damaged', async () => {
    const { sealer } = await keyringSealer(async () => memoryEntry())();
    const sealed = (await sealer?.seal('account:1', 'secret')) ?? '';
    for (let position = 0; position < sealed.length; position += 1) {
      const character = sealed[position] === 'A' ? 'B' : 'A';
      const damaged = sealed.slice(0, position) + character + sealed.slice(position + 1);
      const outcome = await sealer?.open('account:1', damaged).catch((error: unknown) => error);
      // The last character of base64 may hold bits that belong to no byte.
      if (outcome !== 'secret') expect(outcome).toBeInstanceOf(AppFailure);
      else expect(position).toBe(sealed.length - 1);
    }
    for (const text of ['', 'k1', 'k1..', 'k2.x.y', sealed.slice(0, 30)])
      expect(await reasonOf(sealer?.open('account:1', text) ?? Promise.resolve())).toMatch(/damaged|missing/);
  });

  it('say that the key is missing, not that they are damaged, when the keyring was replaced', async () => {
    const { sealer: before } = await keyringSealer(async () => memoryEntry())();
    const { sealer: after } = await keyringSealer(async () => memoryEntry())();
    const sealed = (await before?.seal('account:1', 'secret')) ?? '';
    expect(await reasonOf(after?.open('account:1', sealed) ?? Promise.resolve())).toBe('missing');
  });

  it('stay readable after a restart, with the key of the first start', async () => {
    const entry = memoryEntry();
    const { sealer: first } = await keyringSealer(async () => entry)();
    const sealed = (await first?.seal('account:1', 'secret')) ?? '';
    const { sealer: second } = await keyringSealer(async () => entry)();
    expect(await second?.open('account:1', sealed)).toBe('secret');
    expect(entry.secret).toHaveLength(32);
  });

  it('are not sealed at all by a keyring that fails or forgets; the next question asks again', async () => {
    let isLocked = true;
    const entry = memoryEntry();
    const ask = keyringSealer(async () => {
      if (isLocked) throw new Error('locked');
      return entry;
    });
    const refused = await ask();
    expect(refused.sealer).toBeNull();
    expect(refused.why).toMatch(/\.$/);
    isLocked = false;
    expect((await ask()).sealer?.backend).toBe('keyring');

    const forgetful: KeyringEntry = { getSecret: async () => null, setSecret: async () => undefined };
    expect((await keyringSealer(async () => forgetful)()).sealer).toBeNull();
  });
});

const missing = ['dbus-daemon', 'gnome-keyring-daemon'].filter((name) => onPath(name) === null);
if (missing.length > 0) console.log(`The real keyring is not tested: ${missing.join(', ')} not installed.`);

describe.skipIf(missing.length > 0)('the Secret Service of a real keyring', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'polyforge-keyring-'));
  const children: ChildProcess[] = [];
  const before = process.env['DBUS_SESSION_BUS_ADDRESS'];

  afterAll(() => {
    for (const child of children) child.kill();
    if (before === undefined) delete process.env['DBUS_SESSION_BUS_ADDRESS'];
    else process.env['DBUS_SESSION_BUS_ADDRESS'] = before;
    rmSync(home, { recursive: true, force: true });
  });

  it('keeps the key, so that secrets sealed before a restart open after it', async () => {
    const bus = spawn('dbus-daemon', ['--session', '--print-address', '--nofork', '--nopidfile'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(bus);
    const address = await new Promise<string>((resolve) => {
      bus.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
    });
    process.env['DBUS_SESSION_BUS_ADDRESS'] = address;
    const keyring = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        DBUS_SESSION_BUS_ADDRESS: address,
        XDG_DATA_HOME: home,
        XDG_RUNTIME_DIR: home,
        HOME: home,
      },
    });
    children.push(keyring);
    keyring.stdin.end('a passphrase for this test');
    // Asked before it is unlocked it would want to prompt, and stay locked; unlocked, it has written its keyring.
    await expect
      .poll(() => existsSync(path.join(home, 'keyrings/login.keyring')), { timeout: 20_000, interval: 50 })
      .toBe(true);
    await expect
      .poll(async () => (await keyringSealer()()).why, { timeout: 20_000, interval: 100 })
      .toBeNull();

    const { sealer: first } = await keyringSealer()();
    const sealed = (await first?.seal('account:1', 'canary')) ?? '';
    const { sealer: second } = await keyringSealer()();
    expect(second?.backend).toBe('keyring');
    expect(await second?.open('account:1', sealed)).toBe('canary');
  });

  it('is no key store once nobody answers, and says so in one sentence', async () => {
    const [bus] = children;
    const ended = new Promise((resolve) => {
      bus?.once('close', resolve);
    });
    bus?.kill();
    await ended;
    const { sealer, why } = await keyringSealer()();
    expect(sealer).toBeNull();
    expect(why).toContain('Secret Service');
  });
});
