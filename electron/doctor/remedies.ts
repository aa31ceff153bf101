import type { Finding, Remedy } from '../../shared/contract/doctor';
import { externalUrl } from '../../shared/external-url';
import type { Examination } from './examination';

/** What the user can do here, for a remedy that was named without knowing where the user is. */
function fitting(remedy: Remedy, where: Pick<Examination, 'isDraft' | 'patient'>): Remedy {
  const { isDraft, patient } = where;
  switch (remedy.kind) {
    case 'open-page': {
      // Only https pages can be opened; on a server without it, the user finds the page by hand.
      const url = externalUrl(remedy.url);
      if (url !== null) return { ...remedy, url };
      return fitting(
        remedy.page === 'token' ? { kind: 'replace-token' } : { kind: 'tell-administrator' },
        where,
      );
    }
    case 'replace-token':
    case 'sign-in-again': {
      if (!patient) return { kind: 'choose-account' };
      const field = patient.account.authenticationType === 'app' ? 'privateKey' : 'token';
      return isDraft && remedy.kind === 'replace-token' ? { kind: 'edit-account', field } : remedy;
    }
    case 'edit-account':
    case 'use-header':
    case 'use-for-repositories':
      // Without an account there is no form; the address stands where the user typed it.
      return patient || isDraft ? remedy : { kind: 'try-again' };
    default:
      return remedy;
  }
}

export function fitted(finding: Finding, examination: Examination): Finding {
  return { ...finding, remedy: fitting(finding.remedy, examination) };
}
