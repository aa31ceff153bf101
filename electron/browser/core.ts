import path from 'node:path';
import { compose, type Core } from '../compose';
import type { TerminalRole } from '../platform';
import { browserPlatform } from './platform';

declare const __POLYFORGE_VERSION__: string;

export const toStandardError = (line: string) => void process.stderr.write(`${line}\n`);

export interface CoreOptions {
  /** Directory of all bundles. */
  dist: string;
  log?: (line: string) => void;
}

/** The core over a data directory that is ours. `role`: how it serves git in a terminal besides what its place says. */
export function openCore(
  options: CoreOptions,
  dataDirectory: string,
  role: Omit<TerminalRole, 'start'> = {},
): Promise<Core> {
  const passphraseFile = process.env['POLYFORGE_PASSPHRASE_FILE'];
  const starter = path.resolve(options.dist, '../electron/start.mjs');
  return compose(
    browserPlatform({
      dataDirectory,
      log: options.log ?? toStandardError,
      version: __POLYFORGE_VERSION__,
      credentialHelper: path.join(options.dist, 'helper/git-credential-polyforge.cjs'),
      gitWorker: path.join(options.dist, 'worker/git-worker.js'),
      terminal: {
        start: { program: process.execPath, args: [starter, '--agent', '--data', dataDirectory], env: {} },
        ...(passphraseFile ? { passphraseFile: path.resolve(passphraseFile) } : {}),
        ...role,
      },
    }),
  );
}
