import { fail } from '../../shared/errors';
import type { Engines } from '../git/choose';
import type { Storage } from '../storage/storage';
import { os } from './procedure';

export function branchesService({ storage, engines }: { storage: Storage; engines: Engines }) {
  return os.branches.router({
    list: os.branches.list.handler(async ({ input }) => {
      const stored =
        storage.repositories.find(input.repositoryId) ?? fail({ kind: 'gone', what: 'repository' });
      return (await engines.forReading(stored.path)).branches(stored.path);
    }),
  });
}
