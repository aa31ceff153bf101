import { accountDraftSchema } from '../../../shared/contract/accounts';
import { AppFailure } from '../../../shared/errors';
import { hostWithPort } from '../../../shared/remote-url';
import { shownHost, targetOf } from '../../network/connect';
import { ofError } from '../causes';
import { type Examination, outcome, type Step } from '../examination';
import type { KindDescriptor } from '../../../shared/contract/accounts';

/**
 * The kind whose own, fixed host this is: the one that names it without being
 * told an address (github.com, gitlab.com, bitbucket.org, dev.azure.com).
 */
function kindAtHome(examination: Examination, host: string): KindDescriptor | null {
  const { registry } = examination.parts;
  for (const kind of registry.kinds) {
    const draft = accountDraftSchema.parse({
      kind: kind.kind,
      alias: '',
      authenticationType: 'personal',
      organization: 'any',
    });
    try {
      const { url, origins } = registry.of(kind.kind).address(draft);
      const hosts = [url, ...origins.api, ...origins.git].map((one) => new URL(one).hostname);
      if (hosts.includes(host)) return kind;
    } catch (error) {
      // A kind for servers of one's own: it has no address without being told.
      if (!(error instanceof AppFailure)) throw error;
    }
  }
  return null;
}

/** Is it an address, and one of the product it is for? */
export const address: Step = async (examination) => {
  const { addressError, candidates, patient, remote } = examination;
  if (addressError) {
    const found = ofError(addressError, { step: 'address', address: null, hasOthers: false });
    if (found) return outcome.failed(found, addressError);
    throw new AppFailure(addressError);
  }
  if (remote && candidates.length > 1)
    return outcome.failed(
      {
        cause: 'several-accounts-one-host',
        remedy: { kind: 'choose-account' },
        facts: { host: hostWithPort(remote), path: remote.path, count: String(candidates.length) },
      },
      null,
    );
  if (!patient) return outcome.passed(...(remote ? [`${remote.origin}/${remote.path}`] : []));
  const { account, kind } = patient;
  const target = targetOf(account.url);
  const home = kindAtHome(examination, target.host);
  if (home && home.provider !== account.provider)
    return outcome.failed(
      {
        cause: 'address-of-another-product',
        remedy: { kind: 'edit-account', field: 'url' },
        facts: { host: shownHost(target), product: home.label, expected: kind.label },
      },
      null,
    );
  // A remote on another server than the account's gets no credential of it.
  if (remote && remote.protocol !== 'ssh' && !account.origins.git.includes(remote.origin))
    return outcome.failed(
      {
        cause: 'git-server-differs',
        remedy: { kind: 'choose-account' },
        facts: { host: hostWithPort(remote), accountHost: shownHost(target), account: account.alias },
      },
      null,
    );
  return outcome.passed(account.url, ...(remote ? [`${remote.origin}/${remote.path}`] : []));
};
