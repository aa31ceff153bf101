import type { Finding } from '../../../shared/contract/doctor';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import { type AppError, AppFailure, fail } from '../../../shared/errors';
import type { ProviderDiagnosis } from '../diagnosis';
import type { Session } from '../provider';
import { checked, gitApi } from './client';
import { allOrganizationsEnding, isForAllOrganizations } from './ending';
import { explain } from './explain';
import { placeOf } from './location';
import { probe } from './probe';
import { organizations, repositoriesOf } from './repositories';
import { examineSecret } from './secret-form';
import * as wire from './wire';

/** Problems with single organizations that do not stop the others from working. */
const passing = new Set<AppError['kind']>([
  'token-refused',
  'missing-permission',
  'sign-in-page',
  'not-found',
]);

async function examineAccess(session: Session): Promise<{ finding: Finding | null; warnings: Finding[] }> {
  const { account } = session;
  const warnings: Finding[] = [];
  if (isForAllOrganizations(account)) {
    warnings.push(allOrganizationsEnding(Date.now()));
    const finding = await readableOrganization(session, warnings);
    return { finding, warnings };
  }
  // Signing in has read the repositories of the one organization or collection, and looked at the addresses it names.
  return { finding: null, warnings };
}

/** The reason why no organization lets the token in, or null as soon as one does. */
async function readableOrganization(session: Session, warnings: Finding[]): Promise<Finding | null> {
  const refused: Finding[] = [];
  const found = await organizations(session);
  for (const organization of found)
    try {
      await repositoriesOf(session, organization);
    } catch (error) {
      if (!(error instanceof AppFailure) || !passing.has(error.error.kind)) throw error;
      const told = explain({ ...session.account, organization }, error, {
        step: 'permissions',
        repository: null,
        git: null,
      });
      if (told) refused.push(told);
    }
  const [first] = refused;
  if (first && refused.length === found.length) return first;
  warnings.push(...refused);
  return null;
}

/** Says the repository's own state too: Azure DevOps shows a disabled repository to everybody and serves it to nobody. */
async function readRepository(session: Session, repository: RepositoryRef): Promise<void> {
  const place = placeOf(repository.id);
  const found = await checked(
    session,
    gitApi(session, place.organization).getRepository(place.repository, place.project),
    wire.repository,
  );
  if (found.isDisabled)
    fail({
      kind: 'unexpected-answer',
      host: new URL(session.account.url).host,
      detail: `the repository ${repository.fullName} is disabled`,
    });
}

export const diagnosis: ProviderDiagnosis = {
  probe,
  examineSecret: (account, secret) => examineSecret(account, secret),
  examineAccess,
  readRepository,
  explain: (account, failure, at) => explain(account, failure, at),
};
