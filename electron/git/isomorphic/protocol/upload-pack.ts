import type { GitHttp } from '../http';
import { type Advertisement, readAdvertisement } from './advertisement';
import { type PackAnswer, readPackAnswer } from './pack-answer';
import { type Offers, offersOf, packRequest, type PackRequest } from './pack-request';
import { createPacketReader } from './packets';
import { listingOf, listRequest, readListing, type RemoteListing } from './remote-refs';
import type { BandEvents } from './side-band';

/** Ten million refs or a bomb: refused before they fill the memory. */
export const listingLimit = 64 * 1024 ** 2;
/** Of an answer with a pack: more than any repository there is. */
export const packLimit = 64 * 1024 ** 3;
export const agent = 'git/isomorphic-git';

/** A server that was asked what it can do. Every call is a request of its own, except for lists of servers without version 2. */
export interface UploadPack {
  readonly offers: Offers;
  /** It answers `have` lines before `done`: more than one request finds what is common. */
  readonly inRounds: boolean;
  /** Refs whose names begin with one of the prefixes (`refs/heads/`, `HEAD`). */
  list(prefixes: readonly string[]): Promise<RemoteListing>;
  /**
   * Asks for a pack and hands it over as it arrives, through `events.data`,
   * which may be waited for. Resolves when the answer is whole: then
   * `pack` is the checksum of what was handed over. `limit`: most bytes of the
   * answer. Rejects `unsupported`, `transfer-incomplete`, or what the server
   * or the line did.
   */
  fetch(request: PackRequest, events: BandEvents & { limit: number }): Promise<PackAnswer>;
}

/** git-upload-pack behind an address: version 2, or what older servers have. */
export async function openUploadPack(http: GitHttp): Promise<UploadPack> {
  const reading = (answer: AsyncIterable<Buffer>) => createPacketReader(answer, http.host, 'fetch');
  const service = 'git-upload-pack';
  const server: Advertisement = await http.exchange(
    { service, version: 2, body: null, limit: listingLimit },
    (answer) => readAdvertisement(reading(answer), service),
  );
  const version = server.version === 2 ? 2 : 0;
  return {
    offers: offersOf(server),
    inRounds: version === 2 || server.capabilities.has('multi_ack_detailed'),
    async list(prefixes) {
      if (server.version === 0) {
        const asked = server.refs.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
        return listingOf(asked, null);
      }
      const body = listRequest(server.capabilities, agent, prefixes);
      return http.exchange({ service, version, body, limit: listingLimit }, (answer) =>
        readListing(reading(answer), prefixes),
      );
    },
    fetch(request, { limit, ...events }) {
      const body = packRequest(server, agent, request);
      return http.exchange({ service, version, body, limit }, (answer) =>
        readPackAnswer(reading(answer), server, request, events),
      );
    },
  };
}
