import { mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Conf from 'conf';
import type { Platform, SecretSealer, SettingsFile } from '../../electron/platform';

/** A directory of its own for one test. */
export function temporaryDirectory(name = 'polyforge-test-'): string {
  return mkdtempSync(path.join(os.tmpdir(), name));
}

/** The settings file as the browser host opens it. */
function openConf(directory: string): SettingsFile {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const conf = new Conf<Record<string, unknown>>({
    cwd: directory,
    configName: 'config',
    configFileMode: 0o600,
  });
  return { path: conf.path, get: (key) => conf.get(key), set: (key, value) => conf.set(key, value) };
}

/** Stand-in for a key store, for tests that are not about it: reversible, bound to the name. */
export function fakeSealer(backend: SecretSealer['backend'] = 'keyring'): SecretSealer {
  return {
    backend,
    seal: (name, plaintext) =>
      Promise.resolve(Buffer.from(JSON.stringify([name, plaintext])).toString('base64')),
    open(name, sealed) {
      const [sealedName, plaintext] = JSON.parse(Buffer.from(sealed, 'base64').toString()) as [
        string,
        string,
      ];
      return sealedName === name ? Promise.resolve(plaintext) : Promise.reject(new Error('another name'));
    },
  };
}

/** A platform for services under test: real files, stand-in key store, recorded links and log. */
export function fakePlatform(
  dataDirectory: string,
  more: Partial<Platform> = {},
): Platform & { opened: string[]; logged: string[] } {
  const opened: string[] = [];
  const logged: string[] = [];
  return {
    shell: 'browser',
    version: '0.0.0',
    dataDirectory,
    systemSealer: () => Promise.resolve({ sealer: fakeSealer(), why: null }),
    openExternal(url) {
      opened.push(url);
      return Promise.resolve();
    },
    pickDirectory: () => Promise.resolve(undefined),
    openSettings: ({ directory }) => openConf(directory),
    log: (line) => logged.push(line),
    credentialHelper: { program: process.execPath, args: [], env: {} },
    gitWorker: '',
    ...more,
    opened,
    logged,
  };
}
