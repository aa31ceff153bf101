import { outcome, type Step } from '../examination';
import { refused } from '../refused';

/** May it list, read and clone: scopes, approvals, single sign-on? */
export const permissions: Step = async (examination) => {
  const { patient } = examination;
  if (!patient?.session || !patient.signedIn) return outcome.skipped();
  const { diagnosis } = patient.provider;
  const { missingScopes } = patient.signedIn;
  if (!diagnosis)
    return outcome.noted(
      missingScopes.length === 0
        ? []
        : [
            {
              cause: 'scope-missing',
              remedy: { kind: 'replace-token' },
              facts: { host: new URL(patient.account.url).host, scopes: missingScopes.join(', ') },
            },
          ],
    );
  try {
    const { finding, warnings } = await diagnosis.examineAccess(patient.session);
    return finding ? { ...outcome.failed(finding, null), warnings } : outcome.noted(warnings);
  } catch (error) {
    return refused(examination, error, 'permissions');
  }
};
