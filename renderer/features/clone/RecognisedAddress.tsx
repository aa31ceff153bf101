import type { RemoteInspection } from '../../../shared/contract/repositories';
import { Note } from '../../components/Note';
import { isThisMachine } from '../../components/this-machine';
import { ProviderIcon } from '../../components/ProviderIcon';
import { visibleText } from '../../components/visible-text';
import styles from './CloneDialog.module.css';

type Recognised = Extract<RemoteInspection, { ok: true }>;

/** What Polyforge read out of the address, and what the user should know about it. */
export function RecognisedAddress({ inspection }: { inspection: Recognised }) {
  return (
    <>
      <div className={styles.recognised} aria-live="polite">
        <ProviderIcon provider={inspection.provider} />
        <span className={styles.quiet}>
          {visibleText(`${inspection.path} on ${inspection.host}`)}
          {inspection.accountIds.length === 0 && inspection.protocol !== 'ssh'
            ? '; no account of yours fits'
            : ''}
        </span>
      </div>
      {inspection.protocol === 'http' && !isThisMachine(inspection.host) && (
        <Note tone="warn">
          This address is not encrypted: others on the way can read what is sent, the password too. Use https
          where the server offers it.
        </Note>
      )}
      {inspection.droppedCredentials && (
        <Note tone="info">
          The address held a user name or password; it is not used and not stored. Choose an account, or you
          are asked.
        </Note>
      )}
    </>
  );
}
