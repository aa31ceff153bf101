import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import type { Session } from '../provider';
import { createClient } from './client';
import { hostedRepository, installationRepositoriesSchema, repositoriesSchema } from './wire';

/** Everything a person owns, collaborates on or sees through an organization; for an app what it was granted. */
export async function* listRepositories(session: Session): AsyncGenerator<HostedRepository[]> {
  const { account } = session;
  const client = createClient(session);
  if (account.authenticationType === 'app') {
    const list = client.pages('GET /installation/repositories', {}, installationRepositoriesSchema);
    for await (const page of list) yield page.repositories.map((one) => hostedRepository(account, one));
    return;
  }
  const list = client.pages(
    'GET /user/repos',
    { affiliation: 'owner,collaborator,organization_member', sort: 'pushed' },
    repositoriesSchema,
  );
  for await (const page of list) yield page.map((one) => hostedRepository(account, one));
}
