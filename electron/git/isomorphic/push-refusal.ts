import type { PushResult } from '../../../shared/contract/remotes';

type Rejected = Extract<PushResult, { result: 'rejected' }>;

/** What git and the providers say when they keep their branch. The first row that fits counts. */
const rows: readonly [RegExp, Rejected['reason']][] = [
  [/shallow update not allowed/i, 'shallow'],
  [
    /protected branch|protected ref|GH006|GH013|not allowed to (?:force )?push|TF402455|pull request/i,
    'protected',
  ],
  [/non-fast-forward|fetch first|denying non-fast-forward/i, 'behind'],
  [
    /stale info|is at [0-9a-f]{7,} but expected|reference already exists|failed to update ref|failed to lock|cannot lock ref|TF401035|TF402468/i,
    'stale-lease',
  ],
  [/permission|not authori[sz]ed|TF401027|denied to|GenericContribute/i, 'no-permission'],
  [/hook declined|pre-receive|update hook|hook/i, 'hook'],
];

/** A server's refusal of one branch. `reason`: its report's; `words`: what it said besides. */
export function refusal(reason: string, words: readonly string[]): Rejected {
  const detail = [...words, reason].filter((text) => text !== '').join('\n');
  const found =
    rows.find(([pattern]) => pattern.test(reason)) ?? rows.find(([pattern]) => pattern.test(detail));
  // A hook's own words say more than that there is one.
  const better =
    found?.[1] === 'hook'
      ? rows.find(([pattern, kind]) => kind !== 'stale-lease' && pattern.test(detail))
      : found;
  return { result: 'rejected', reason: better?.[1] ?? 'other', detail };
}
