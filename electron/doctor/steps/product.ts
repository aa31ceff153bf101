import { AppFailure } from '../../../shared/errors';
import { outcome, type Step } from '../examination';
import { refused } from '../refused';

/** Is this the product it is said to be, in a version that is served? Asked as a stranger. */
export const product: Step = async (examination) => {
  const { patient, parts, signal } = examination;
  const diagnosis = patient?.provider.diagnosis;
  if (!patient || !diagnosis) return outcome.skipped();
  const { account } = patient;
  try {
    // Not by the account's name: what strangers have to wait for is not to be remembered against it.
    const stranger = parts.http.bind({ origins: account.origins }, null, signal);
    const found = await diagnosis.probe(account, stranger, signal);
    return outcome.noted(found.warnings, found.version ? `${found.product} ${found.version}` : found.product);
  } catch (error) {
    // A server may tell strangers nothing at all; signing in shows the rest.
    if (error instanceof AppFailure && error.error.kind === 'token-refused')
      return outcome.passed('It tells nothing to somebody who is not signed in');
    return refused(examination, error, 'product');
  }
};
