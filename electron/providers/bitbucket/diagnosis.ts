import type { Account } from '../../../shared/contract/accounts';
import type { ProviderDiagnosis } from '../diagnosis';
import type { AccountAddress } from '../provider';
import { answerOf, type Case, firstOf, shared } from './answer';
import * as cloudDiagnosis from './cloud/diagnosis';
import { rules as cloudRules } from './cloud/explain';
import * as dataCenterDiagnosis from './data-center/diagnosis';
import { rules as dataCenterRules } from './data-center/explain';
import { isCloudAddress } from './address';

function isCloud(account: Account | AccountAddress): boolean {
  return 'kind' in account ? account.kind === 'bitbucket-cloud' : isCloudAddress(account);
}

const of = (account: Account | AccountAddress) => (isCloud(account) ? cloudDiagnosis : dataCenterDiagnosis);

export const diagnosis: ProviderDiagnosis = {
  probe: (account, rawFetch, signal) => of(account).probe(account, rawFetch, signal),
  examineSecret: (account, secret) => of(account).examineSecret(account, secret),
  examineAccess: (session) => of(session.account).examineAccess(session),
  readRepository: (session, repository) => of(session.account).readRepository(session, repository),
  explain(account, failure, at) {
    if (failure.error.kind === 'cancelled') return null;
    const whole: Case = { ...at, account, host: new URL(account.url).host, now: Date.now() };
    const rules = isCloud(account) ? cloudRules : dataCenterRules;
    return firstOf([...rules, ...shared], answerOf(failure), whole);
  },
};
