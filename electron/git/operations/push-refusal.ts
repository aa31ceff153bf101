import type { PushResult } from '../../../shared/contract/remotes';

type Reason = Extract<PushResult, { result: 'rejected' }>['reason'];

/** What a server says of a branch it did not take: the reason behind its name (`ng`, or git's own), and its lines of text. */
interface Refusal {
  reason: string;
  /** Without `remote: `. */
  words: string;
  /** A lease was asked for. */
  lease: boolean;
}

/** Of servers whose reason is the same for everything: `pre-receive hook declined` (GitLab, Bitbucket), Azure's TF numbers. */
const rows: [RegExp, Reason][] = [
  [/shallow update not allowed/i, 'shallow'],
  [
    /protected (?:branch|ref)|GH006|GH013|TF402455|branch permission|ref is protected|pull request|is restricted|not allowed to force[- ]push|cannot force[- ]push/i,
    'protected',
  ],
  [
    /TF401027|GenericContribute|permission|not authori[sz]ed|denied to|not allowed to (?:push|upload)|write access|read[- ]only/i,
    'no-permission',
  ],
];

/** Somebody else was faster, between the server's list and its lock (refs.c; Azure's numbers). */
const faster =
  /is at [0-9a-f]{7,} but expected|incorrect old value provided|reference already exists|failed to lock|TF401035|TF402468/;

/**
 * Why a push was refused, for both engines. git's own reasons (builtin/push.c,
 * transport.c, receive-pack.c) first, then what the providers say in words.
 */
export function pushRefusal({ reason, words, lease }: Refusal): Reason {
  const all = `${reason}\n${words}`;
  if (/^(?:stale info|remote ref updated since checkout)$/.test(reason)) return 'stale-lease';
  if (/^(?:non-fast-forward|fetch first|needs force|already exists)$/.test(reason) && !/denying/.test(words))
    return 'behind';
  for (const [pattern, told] of rows) if (pattern.test(all)) return told;
  // receive.denyNonFastForwards: no lease helps.
  if (/^non-fast-forward$/.test(reason)) return 'protected';
  if (faster.test(all)) return lease ? 'stale-lease' : 'behind';
  return /hook declined/.test(reason) ? 'hook' : 'other';
}
