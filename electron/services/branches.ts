import { fail } from '../../shared/errors';
import type { Engines } from '../git/choose';
import type { Storage } from '../storage/storage';
import { os } from './procedure';

export function branchesService({ storage, engines }: { storage: Storage; engines: Engines }) {
  return os.branches.router({
    list: os.branches.list.handler(({ input }) => {
      const stored =
        storage.repositories.find(input.repositoryId) ?? fail({ kind: 'gone', what: 'repository' });
      return engines.forReading().branches(stored.path);
    }),
  });
}
