import type { Account, SignInResult } from '../../../shared/contract/accounts';
import type { Finding } from '../../../shared/contract/doctor';
import { AppFailure } from '../../../shared/errors';
import { ofError } from '../causes';
import { outcome, type Step } from '../examination';
import { errorOf, explained } from '../refused';
import { clockDifference, endedOn, toldBy } from '../../providers/diagnosis';

/** A sign-in made on the provider's page has no token to replace. */
function asSignIn(account: Account, found: Finding): Finding {
  return account.authenticationType === 'oauth' && found.remedy.kind === 'replace-token'
    ? { ...found, cause: 'sign-in-needed-again', remedy: { kind: 'sign-in-again' } }
    : found;
}

/** A bare refusal read with what is known of the account: the clock of a signed token, the date of the others. */
function closer(account: Account, error: unknown, found: Finding): Finding {
  if (found.cause !== 'token-refused') return asSignIn(account, found);
  const off = error instanceof AppFailure ? clockDifference(toldBy(error)) : null;
  // Only requests that are signed with the time depend on it; others are refused for other reasons.
  if (account.authenticationType === 'app' && off)
    return { cause: 'clock-wrong', remedy: { kind: 'try-again' }, facts: { ...found.facts, ...off } };
  if (endedOn(account))
    return {
      ...found,
      cause: 'token-expired',
      facts: { ...found.facts, date: account.expiresOn?.slice(0, 10) ?? '' },
    };
  return asSignIn(account, found);
}

function notesOf({ user, expiresOn, scopes, serverVersion, installation, notes }: SignInResult): string[] {
  return [
    `Signed in as ${user.login || user.name || user.id}`,
    ...(installation ? [`Installation ${installation.name || installation.id}`] : []),
    ...(expiresOn ? [`The token ends on ${expiresOn.slice(0, 10)}`] : []),
    ...(scopes ? [`Scopes: ${scopes.join(', ') || 'none'}`] : []),
    ...(serverVersion ? [`Server version ${serverVersion}`] : []),
    ...notes,
  ];
}

/** Does the provider take the secret? */
export const signIn: Step = async (examination) => {
  const { patient, parts, signal, mask } = examination;
  if (!patient || patient.secret === null) return outcome.skipped();
  try {
    // A sign-in made on a provider's page is renewed first where that is due; a form's token is not stored yet.
    const opened =
      patient.source.kind === 'stored'
        ? await parts.sessions.open(patient.account, { interactive: false, signal })
        : parts.sessions.openWith(patient.account, patient.secret, signal);
    patient.secret = opened.secret;
    mask.learn(opened.secret);
    const result = await opened.provider.signIn(opened.session);
    patient.session = opened.session;
    patient.signedIn = result;
    const warnings = result.warnings.flatMap(
      (error) => ofError(error, { step: 'sign-in', address: patient.account.url, hasOthers: false }) ?? [],
    );
    return outcome.noted(warnings, ...notesOf(result));
  } catch (error) {
    return outcome.failed(
      closer(patient.account, error, explained(examination, error, 'sign-in')),
      errorOf(error),
    );
  }
};
