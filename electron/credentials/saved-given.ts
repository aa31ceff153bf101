import { AppFailure } from '../../shared/errors';
import type { SavedCredential } from '../storage/storage';
import type { CredentialContext } from './broker';
import type { Given } from './given';
import { type SavedCredentials, savedName } from './saved';
import type { SecretReader } from './unlock';

export interface SavedGivenParts {
  saved: Pick<SavedCredentials, 'password' | 'refreshToken' | 'mark' | 'refuse'>;
  /** Absent: a locked vault stays locked. */
  secrets?: SecretReader;
  log: (line: string) => void;
}

function unlessUnavailable(error: unknown): null {
  if (error instanceof AppFailure && error.error.kind === 'secret-unavailable') return null;
  throw error;
}

/** Its password; where the vault is locked and the user may be asked, its passphrase is. Null: it cannot be had. */
async function passwordOf(
  { saved, secrets }: SavedGivenParts,
  { interactive, signal }: CredentialContext,
  record: SavedCredential,
): Promise<string | null> {
  const read = () => saved.password(record).catch(unlessUnavailable);
  const found = await read();
  if (found !== null || !interactive || !secrets) return found;
  // Asks for nothing where the vault is open: the password is missing then.
  await secrets.read(savedName(record), { interactive, signal }).catch(unlessUnavailable);
  return await read();
}

/** A saved credential handed out; null: the vault does not have its password, or stays locked. */
export async function givenFromSaved(
  parts: SavedGivenParts,
  context: CredentialContext,
  record: SavedCredential,
  refused: () => void,
): Promise<Given | null> {
  const { id, username, expiresAt } = record;
  const password = await passwordOf(parts, context, record);
  if (password === null) return null;
  // It came from git in a terminal, and goes back only there.
  const refreshToken = context.asker === 'terminal' ? await parts.saved.refreshToken(record) : null;
  return {
    credential: {
      kind: 'password',
      username,
      password,
      ...(expiresAt === null ? {} : { expiresAt }),
      ...(refreshToken === null ? {} : { refreshToken }),
    },
    async approved() {
      try {
        parts.saved.mark(id, 'working');
      } catch (error) {
        if (!(error instanceof AppFailure)) throw error;
        // That it was used is not worth the work it was used for.
        parts.log(`a saved credential could not be marked as working (${error.error.kind})`);
      }
    },
    async refused() {
      refused();
      await parts.saved.refuse(record, password);
    },
  };
}
