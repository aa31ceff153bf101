import path from 'node:path';
import type { RepositoryTrust, ShownTrustedFolder, TrustFinding } from '../../shared/contract/trust';
import { fail } from '../../shared/errors';
import type { Engines } from '../git/choose';
import { type Finding, realFolder, shownKey, shownValue, type Trust } from '../git/trust';
import type { EventSink } from '../platform';
import type { Storage } from '../storage/storage';
import { os } from './procedure';

interface TrustParts {
  storage: Storage;
  engines: Pick<Engines, 'reader'>;
  trust: Trust;
  events: EventSink;
}

/** More than anybody reads. */
const most = 200;
function shownFile(file: string, folder: string): string {
  const below = path.relative(folder, file);
  return below.startsWith('..') || path.isAbsolute(below) || below === '' ? file : below;
}

export function trustService({ storage, engines, trust, events }: TrustParts) {
  const directoryOf = (repositoryId: string): string =>
    (storage.repositories.find(repositoryId) ?? fail({ kind: 'gone', what: 'repository' })).path;

  const state = async (directory: string): Promise<RepositoryTrust> => {
    const [found, read] = await Promise.all([trust.of(directory), engines.reader(directory)]);
    const shown = (finding: Finding): TrustFinding => ({
      kind: finding.kind,
      key: shownKey(finding),
      file: shownFile(finding.file, directory),
      line: finding.line,
      value: shownValue(finding),
      does: finding.does,
    });
    return {
      state: found.state,
      findings: found.findings.slice(0, most).map(shown),
      total: found.findings.length,
      folder: await realFolder(directory),
      engine: read.engine.id,
      reason: read.reason,
    };
  };

  const list = (): Promise<ShownTrustedFolder[]> =>
    Promise.all(
      trust
        .list()
        .sort((a, b) => b.trustedAt - a.trustedAt)
        .map(async (one) => ({
          folder: one.id,
          trustedAt: one.trustedAt,
          stands: await trust.stands(one),
        })),
    );

  return os.trust.router({
    state: os.trust.state.handler(({ input }) => state(directoryOf(input.repositoryId))),
    grant: os.trust.grant.handler(async ({ input }) => {
      const directory = directoryOf(input.repositoryId);
      await trust.grant(directory);
      events.emit({ type: 'trust.changed' });
      return state(directory);
    }),
    revoke: os.trust.revoke.handler(({ input }) => {
      trust.revoke(input.folder);
      events.emit({ type: 'trust.changed' });
      return list();
    }),
    list: os.trust.list.handler(list),
  });
}
