import type { Cause } from '../../../shared/contract/doctor';
import { AppFailure, fail } from '../../../shared/errors';
import { secretName } from '../../credentials/sessions';
import { draftOf } from '../../credentials/account-draft';
import type { Examination, Patient } from '../examination';
import { outcome, type Step } from '../examination';
import { refused } from '../refused';

/** Wrong with the form, and yet it works today. */
const lasting: readonly Cause[] = ['all-organizations-token-ending'];

function secretOf({ parts, signal }: Examination, { account, provider, source }: Patient): Promise<string> {
  if (source.kind === 'stored')
    return parts.secrets.read(secretName(account), { interactive: false, signal, accountId: account.id });
  const isApp = account.authenticationType === 'app';
  if (source.typed.trim() === '')
    return fail({ kind: 'invalid-input', field: isApp ? 'privateKey' : 'token', reason: 'required' });
  return Promise.resolve(provider.normalizeSecret(draftOf(account, source.typed), source.typed));
}

/** Is there a secret, and does it look like one of this provider? Nothing is sent yet. */
export const tokenForm: Step = async (examination) => {
  const { patient, mask, isDraft } = examination;
  if (!patient) return outcome.skipped('No account is concerned');
  const { account, provider, source } = patient;
  if (source.kind === 'typed') mask.learn(source.typed);
  let secret: string;
  try {
    secret = await secretOf(examination, patient);
  } catch (error) {
    if (error instanceof AppFailure) return refused(examination, error, 'token-form');
    throw error;
  }
  mask.learn(
    secret,
    [account.username, account.email, account.tokenName, account.user?.login ?? '', ''].filter(
      (name, index, all) => all.indexOf(name) === index,
    ),
  );
  patient.secret = secret;
  const finding = provider.diagnosis?.examineSecret(account, secret) ?? null;
  if (finding && lasting.includes(finding.cause)) return outcome.noted([finding]);
  if (finding) return outcome.failed(finding, null);
  return outcome.passed(
    isDraft && source.kind === 'typed' ? 'As typed in the form' : 'From the secret store',
  );
};
