import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface HostileInput {
  id: string;
  kind: string;
  input: string;
  /** `REFUSE`, `ERROR`, `NOCRED` or `ACCEPT`, a colon, and what that means here. */
  must: string;
}

/** The entries of one kind, with the attacker's and the good host filled in. */
export function hostileInputs(kind: string): HostileInput[] {
  const all = JSON.parse(
    readFileSync(path.join(import.meta.dirname, 'data/hostile-inputs.json'), 'utf8'),
  ) as HostileInput[];
  return all
    .filter((entry) => entry.kind === kind)
    .map((entry) => ({
      ...entry,
      input: entry.input.replaceAll('{{EVIL}}', 'evil.test').replaceAll('{{GOOD}}', 'good.test'),
    }));
}
