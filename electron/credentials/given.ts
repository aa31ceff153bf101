import type { Answer, Question } from '../../shared/contract/prompts';
import { AppFailure } from '../../shared/errors';
import { hostWithPort, type RemoteUrl } from '../../shared/remote-url';
import type { GitCredential } from '../providers/provider';
import type { SavedCredential } from '../storage/storage';
import type { SavedCredentials } from './saved';

/** Why the user is asked. */
export type Reason = Extract<Question, { kind: 'credentials' }>['reason'];

/** A credential handed out, and what its fate changes. */
export interface Given {
  credential: GitCredential;
  approved(): Promise<void>;
  refused(): Promise<void> | void;
}

/** What the user typed; kept for the repository once it is accepted, where that was wanted. */
export function typedByUser(
  parts: { saved: Pick<SavedCredentials, 'keep'>; log: (line: string) => void },
  url: RemoteUrl,
  source: SavedCredential['source'],
  answer: Extract<Answer, { kind: 'credentials' }>,
  refused: () => void,
): Given {
  const { username, password } = answer;
  return {
    credential: { kind: 'password', username, password },
    refused,
    async approved() {
      if (answer.save !== 'repository') return;
      try {
        await parts.saved.keep(url, { username, password, source });
      } catch (error) {
        // The clone worked; that it will ask again is said in the log.
        const kind = error instanceof AppFailure ? error.error.kind : 'internal';
        parts.log(`credentials for ${hostWithPort(url)}/${url.path} could not be saved (${kind})`);
      }
    },
  };
}
