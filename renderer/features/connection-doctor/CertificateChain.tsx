import type { Certificate } from '../../../shared/contract/network';
import { visibleText } from '../../components/visible-text';
import { Fingerprint } from './Fingerprint';
import styles from './connection-doctor.module.css';

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

function day(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : dates.format(time);
}

/** What a certificate is in its chain. */
function roleOf(certificate: Certificate, index: number): string {
  if (index === 0) return certificate.selfSigned ? 'The server’s, signed by itself' : 'The server’s';
  return certificate.selfSigned ? 'Authority at the top' : 'Authority in between';
}

/** The certificates a server shows, so that a person can compare them with what the administrator says. */
export function CertificateChain({ certificates }: { certificates: readonly Certificate[] }) {
  return (
    <div className={styles.chain} role="region" aria-label="Certificates" tabIndex={0}>
      {certificates.map((certificate, index) => (
        <dl key={certificate.fingerprint}>
          <dt>{roleOf(certificate, index)}</dt>
          <dd>{visibleText(certificate.subject)}</dd>
          <dt>Issued by</dt>
          <dd>{visibleText(certificate.issuer)}</dd>
          <dt>Valid</dt>
          <dd>
            {day(certificate.validFrom)} to {day(certificate.validTo)}
          </dd>
          <dt>SHA-256</dt>
          <dd className={styles.fingerprint}>
            <Fingerprint text={certificate.fingerprint} />
          </dd>
        </dl>
      ))}
    </div>
  );
}
