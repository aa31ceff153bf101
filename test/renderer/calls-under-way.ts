import type { ClientContext, ClientLink } from '@orpc/client';

/** The same link; `window.callsUnderWay` tells how many calls have no answer yet. A stream counts until it begins. */
export function counted(link: ClientLink<ClientContext>): ClientLink<ClientContext> {
  window.callsUnderWay = 0;
  return {
    async call(...given) {
      window.callsUnderWay = (window.callsUnderWay ?? 0) + 1;
      try {
        return await link.call(...given);
      } finally {
        window.callsUnderWay -= 1;
      }
    },
  };
}
