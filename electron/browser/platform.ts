import type { Platform, TerminalRole } from '../platform';
import { keyringSealer } from './keyring';
import { openExternal } from './open-external';
import { openSettings } from './settings';

export interface BrowserPlatformOptions {
  /** Absolute and prepared. */
  dataDirectory: string;
  version: string;
  log: (line: string) => void;
  /** Absolute path of the bundle git starts. */
  credentialHelper: string;
  gitWorker: string;
  terminal: TerminalRole;
}

/** The machine as a Node program sees it. */
export function browserPlatform(options: BrowserPlatformOptions): Platform {
  return {
    shell: 'browser',
    version: options.version,
    log: options.log,
    dataDirectory: options.dataDirectory,
    systemSealer: keyringSealer(),
    openExternal,
    // A page may not see the disk; it completes a typed path instead.
    pickDirectory: async () => undefined,
    openSettings,
    credentialHelper: { program: process.execPath, args: [options.credentialHelper], env: {} },
    gitWorker: options.gitWorker,
    terminal: options.terminal,
  };
}
