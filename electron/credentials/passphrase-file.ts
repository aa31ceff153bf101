import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { AppFailure } from '../../shared/errors';
import type { Vault } from './vault';

const windows = process.platform === 'win32';
const longest = 4096;
/** As the form for a new passphrase has it. */
const shortest = 8;

/** The passphrase in a file, or why it is not read. */
async function readPassphrase(file: string): Promise<{ passphrase: string } | { why: string }> {
  const flags = constants.O_RDONLY | (windows ? 0 : constants.O_NONBLOCK);
  const handle = await open(file, flags).catch((error: NodeJS.ErrnoException) => error);
  if (handle instanceof Error)
    return { why: handle.code === 'ENOENT' ? 'it is not there' : `it cannot be read (${handle.code})` };
  try {
    const status = await handle.stat();
    if (!status.isFile()) return { why: 'it is not a file' };
    if (!windows && status.uid !== process.getuid?.()) return { why: 'it belongs to another user' };
    if (!windows && (status.mode & 0o077) !== 0) return { why: 'other users may read it (chmod 600 it)' };
    if (status.size > longest) return { why: 'it is too long' };
    const passphrase = (await handle.readFile('utf8')).replace(/\r?\n$/, '');
    return passphrase.length < shortest
      ? { why: `it holds less than ${shortest} characters` }
      : { passphrase };
  } finally {
    await handle.close();
  }
}

/**
 * Opens a vault that is sealed with a passphrase by the one in `file`; where no
 * place for secrets is chosen and the system offers none, the vault is made
 * with it: whoever names the file has chosen. Never rejects; says in the log
 * why the vault stays closed.
 */
export async function unlockByFile(
  vault: Pick<Vault, 'status' | 'unlock' | 'choose'>,
  file: string,
  log: (line: string) => void,
): Promise<void> {
  try {
    const { backend, locked } = await vault.status();
    const isMissing = backend === 'undecided';
    if (!isMissing && !(backend === 'passphrase' && locked)) return;
    const read = await readPassphrase(file);
    if ('why' in read) {
      log(`The passphrase file ${file} is not used: ${read.why}.`);
      return;
    }
    const { passphrase } = read;
    await (isMissing ? vault.choose({ choice: 'passphrase', passphrase }) : vault.unlock(passphrase));
  } catch (error) {
    const isWrong = error instanceof AppFailure && error.error.kind === 'wrong-passphrase';
    log(
      isWrong
        ? `The passphrase in ${file} does not open the vault.`
        : `The passphrase file ${file} was of no use: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
