import type { StatusPart } from '../../shared/contract/working-tree';
import { fail } from '../../shared/errors';
import type { Engines } from '../git/choose';
import type { Storage } from '../storage/storage';
import { os } from './procedure';
import { produce } from './stream';

export function workingTreeService({
  storage,
  engines,
}: {
  storage: Pick<Storage, 'repositories'>;
  engines: Engines;
}) {
  return os.workingTree.router({
    status: os.workingTree.status.handler(async function* ({ input, signal }) {
      const stored =
        storage.repositories.find(input.repositoryId) ?? fail({ kind: 'gone', what: 'repository' });
      yield* produce<StatusPart>(signal, async (part, stop) => {
        const engine = await engines.forReading(stored.path);
        const status = await engine.status(
          stored.path,
          { untracked: input.untracked, entries: (entries) => part({ type: 'entries', entries }) },
          { signal: stop },
        );
        part({ type: 'status', status });
      });
    }),
  });
}
