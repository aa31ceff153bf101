import { fail } from '../../shared/errors';
import type { Engines } from '../git/choose';
import type { Storage } from '../storage/storage';
import { os } from './procedure';

export function historyService({ storage, engines }: { storage: Storage; engines: Engines }) {
  return os.history.router({
    log: os.history.log.handler(async ({ input }) => {
      const stored =
        storage.repositories.find(input.repositoryId) ?? fail({ kind: 'gone', what: 'repository' });
      const { ref, skip, limit } = input;
      return (await engines.forReading(stored.path)).log(stored.path, { ref, skip, limit });
    }),
  });
}
