import type { Finding, Remedy } from '../../../shared/contract/doctor';
import type { Certificate } from '../../../shared/contract/network';
import { placeOf, shownHost, type Target } from '../../network/connect';
import type { Handshake } from '../../network/handshake';
import { examineTls } from '../../network/probe';
import { errorOfObstacle, ofObstacle } from '../obstacles';
import { outcome, type Step } from '../examination';
import { targetsOf, urlOf } from '../targets';

/** The one certificate of a chain that can be trusted for this host: the highest authority in it, or the one that signed itself. */
function trustable(certificates: readonly Certificate[]): Certificate | null {
  const last = certificates.at(-1);
  return last && (last.isAuthority || last.selfSigned) ? last : null;
}

function remedyFor(target: Target, handshake: Handshake, general: Remedy): Remedy {
  const cause = handshake.problem?.cause;
  if (cause !== 'certificate-self-signed' && cause !== 'certificate-unknown-issuer') return general;
  const certificate = trustable(handshake.certificates);
  return certificate
    ? { kind: 'trust-certificate', host: shownHost(target), fingerprint: certificate.fingerprint }
    : general;
}

/** Which certificate do the servers show, and does it hold? */
export const certificate: Step = async (examination) => {
  const { parts, signal } = examination;
  const encrypted = targetsOf(examination).filter(({ protocol }) => protocol === 'https');
  if (encrypted.length === 0) return outcome.skipped('The connection is not encrypted');
  const notes: string[] = [];
  const shown: Certificate[] = [];
  for (const target of encrypted) {
    const found = await examineTls(target, await parts.network.route(urlOf(target)), signal, parts.patience);
    if (!found.ok) return outcome.failed(ofObstacle(found), errorOfObstacle(found), ...notes);
    notes.push(`${placeOf(target)}: ${found.protocol}`);
    if (found.problem) {
      const general = ofObstacle(found.problem);
      const finding: Finding = { ...general, remedy: remedyFor(target, found, general.remedy) };
      return {
        ...outcome.failed(finding, errorOfObstacle(found.problem), ...notes),
        certificates: found.certificates,
      };
    }
    if (shown.length === 0) shown.push(...found.certificates);
  }
  return { ...outcome.passed(...notes), certificates: shown };
};
