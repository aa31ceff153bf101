/** `program`: something is started. `connection`: where git connects, and what it checks there. `place`: what lies elsewhere is read or written. */
export type FindingKind = 'program' | 'connection' | 'place';

export interface Rule {
  kind: FindingKind;
  /** What the key makes git do: a whole sentence in plain words. */
  does: string;
  /** Whether this value is worth telling; absent: every one is. */
  counts?: (value: string | null) => boolean;
  /**
   * What git is told instead, `%` for the subsection. Absent: `neutral` of
   * system/environment.ts sees to it, or nothing we start looks at it. Null:
   * there is no value that means "as if it were not set".
   */
  off?: readonly (readonly [key: string, value: string])[] | null;
}
