import type { Progress } from '../../shared/contract/procedure';
import type { FetchResult, PullResult, PushResult } from '../../shared/contract/remotes';
import { fail } from '../../shared/errors';
import type { BackgroundFetch } from './background-fetch';
import { os } from './procedure';
import type { RemoteWork } from './remote-work';
import { produce } from './stream';

export function remotesService({ work, background }: { work: RemoteWork; background: BackgroundFetch }) {
  const never = new AbortController().signal;
  return os.remotes.router({
    state: os.remotes.state.handler(async ({ input }) => ({
      ...(await work.state(input.repositoryId)),
      nextFetch: background.next(input.repositoryId),
    })),
    fetch: os.remotes.fetch.handler(async function* ({ input, signal }) {
      const result = yield* produce<Progress, FetchResult>(signal, (progress, stop) =>
        work.fetch({ ...input, background: false }, { signal: stop, progress }),
      );
      return result ?? fail({ kind: 'cancelled' });
    }),
    pull: os.remotes.pull.handler(async function* ({ input, signal }) {
      const result = yield* produce<Progress, PullResult>(signal, (progress, stop) =>
        work.pull(input, { signal: stop, progress }),
      );
      return result ?? fail({ kind: 'cancelled' });
    }),
    pushPlan: os.remotes.pushPlan.handler(({ input }) => work.pushPlan(input)),
    push: os.remotes.push.handler(async function* ({ input, signal }) {
      const result = yield* produce<Progress, PushResult>(signal, (progress, stop) =>
        work.push(input, { signal: stop, progress }),
      );
      return result ?? fail({ kind: 'cancelled' });
    }),
    checkPush: os.remotes.checkPush.handler(({ input, signal }) => work.checkPush(input, signal ?? never)),
  });
}
