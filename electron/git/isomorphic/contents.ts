import { requireRemote } from './fetch-map';
import { type Ask, createGitHttp } from './http';
import type { Jobs } from './messages';
import { openIncomingPack } from './objects/incoming-pack';
import type { ProgressReport } from './progress';
import { openUploadPack, packLimit } from './protocol/upload-pack';
import { wantedOids } from './wanted-contents';
import { inRepository } from './workplace';

/** See `RemoteTransfer.fetchContents`. */
export function fetchContents(
  { id, remote, route, url, directory, wanted }: Jobs['fetchContents']['in'],
  ask: Ask,
  progress: ProgressReport,
): Promise<Jobs['fetchContents']['out']> {
  return inRepository(directory, async (place) => {
    const { config, gitdir, store } = place;
    requireRemote(config, remote);
    if (config.flag(['remote', remote, 'promisor']) !== true) return { objects: 0 };
    const missing = [...new Set(wantedOids(place, wanted))].filter((oid) => !store.has(oid));
    if (missing.length === 0) return { objects: 0 };
    const http = createGitHttp({ url, route, ask });
    const pack = openIncomingPack({ gitdir, host: http.host, store, beside: null, id });
    try {
      progress('Connecting');
      const server = await openUploadPack(http);
      // What is asked for comes whatever the filter says; what that leads to does not.
      const request = {
        wants: missing,
        haves: [],
        done: true,
        shallow: [],
        deepen: null,
        filter: server.offers.filter ? 'blob:none' : null,
        includeTag: false,
        thin: false,
        progress: true,
      };
      let bytes = 0;
      const answer = await server.fetch(request, {
        limit: packLimit,
        data: (data) => {
          bytes += data.length;
          progress('Receiving objects', bytes / (bytes + 1024 ** 2));
          pack.write(data);
        },
      });
      const expected = { tips: missing, checksum: answer.pack ?? '', shallow: [] };
      await pack.finish({ ...expected, promised: 'everything' });
    } finally {
      pack.abandon();
      await http.close();
    }
    return { objects: missing.length };
  });
}
