import { hostileEntries, hostileText } from '../security/hostile-inputs';

/** One `credential-request` of the hostile inputs, ready to be written to a helper. */
export interface HostileRequest {
  id: string;
  /** The verdict as the file states it. */
  must: string;
  action: 'get' | 'store' | 'erase';
  /** What git would write to the helper. The good host is `good.test`, the other one `evil.test`. */
  bytes: Buffer;
  /**
   * `credential`: answered. `nothing`: no user name and no secret. `either`: one
   * of the two, but an end. `kept`: nothing is answered, forgotten or added.
   */
  expects: 'credential' | 'nothing' | 'either' | 'kept';
  /** `other-user`: asked by another user of the computer. `other-remote`: git works on a repository of `evil.test`. */
  situation: 'plain' | 'other-user' | 'other-remote';
}

const expected: Record<string, HostileRequest['expects']> = {
  ACCEPT: 'credential',
  NOCRED: 'nothing',
  REFUSE: 'nothing',
  ERROR: 'nothing',
  KEEP: 'kept',
};

/** All `credential-request` entries with their stated verdicts, for every helper of ours. */
export const hostileRequests: readonly HostileRequest[] = hostileEntries('credential-request').map(
  (entry) => {
    const input = entry.input as {
      stdin?: string;
      action?: HostileRequest['action'];
      from?: string;
      repo?: string;
    };
    const verdict = entry.must.split(':', 1)[0] ?? '';
    // Input that ends without its blank line is the same request: the end of file ends it.
    const expects = entry.must.includes('end of file ends the request, or refuse')
      ? 'either'
      : expected[verdict];
    if (!expects) throw new Error(`${entry.id}: no verdict ${verdict}`);
    return {
      id: entry.id,
      must: entry.must,
      action: input.action ?? 'get',
      bytes: Buffer.from(hostileText(input.stdin ?? entry.input)),
      expects,
      situation: input.from ? 'other-user' : input.repo ? 'other-remote' : 'plain',
    };
  },
);
