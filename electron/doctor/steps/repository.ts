import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import { parseRemoteUrl } from '../../../shared/remote-url';
import { outcome, type Patient, type Step } from '../examination';
import { refused } from '../refused';
import type { Session } from '../../providers/provider';

/** Any repository of the account will do to show whether it can be read and cloned. */
async function anyRepository({ provider }: Patient, session: Session): Promise<HostedRepository | null> {
  for await (const page of provider.listRepositories(session)) {
    const found = page.find((one) => one.httpsUrl !== '');
    if (found) return found;
  }
  return null;
}

/** Can the repository be read through the API? */
export const repository: Step = async (examination) => {
  const { patient } = examination;
  if (!patient?.session) return outcome.skipped();
  const { account, provider, session } = patient;
  try {
    if (!examination.remote) {
      const found = await anyRepository(patient, session);
      const parsed = found && parseRemoteUrl(found.httpsUrl);
      if (!found || !parsed?.ok) return outcome.skipped('This account reaches no repository to try with');
      examination.remote = parsed.url;
      examination.repository = { id: found.id, fullName: found.fullName };
    }
    examination.repository ??= provider.locate(account, examination.remote);
    const { repository: ref } = examination;
    if (!ref) return outcome.skipped('Its address is not one of this account’s repositories');
    if (!provider.diagnosis) return outcome.skipped();
    const warning = await provider.diagnosis.readRepository(session, ref);
    return outcome.noted(warning ? [warning] : [], `${ref.fullName} can be read`);
  } catch (error) {
    return refused(examination, error, 'repository');
  }
};
