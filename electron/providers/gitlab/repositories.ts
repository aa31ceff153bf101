import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import type { Session } from '../provider';
import { createClient } from './client';
import { hostedRepository, projectsSchema } from './wire';

/** The projects the person is a member of, of all nested groups. Ordered by id: pages do not shift while they are read. */
export async function* listRepositories(session: Session): AsyncGenerator<HostedRepository[]> {
  const list = createClient(session).pages(
    '/projects',
    { membership: true, order_by: 'id', sort: 'desc' },
    projectsSchema,
  );
  for await (const page of list) yield page.map((one) => hostedRepository(session.account, one));
}
