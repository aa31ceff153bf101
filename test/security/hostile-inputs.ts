import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface HostileEntry {
  id: string;
  kind: string;
  input: unknown;
  /** `REFUSE`, `ERROR`, `NOCRED`, `ACCEPT`, `TEXT` or `KEEP`, a colon, and what that means here. */
  must: string;
}

export interface HostileInput extends HostileEntry {
  input: string;
}

/** The entries of one kind as they stand in the file. */
export function hostileEntries(kind: string): HostileEntry[] {
  const all = JSON.parse(
    readFileSync(path.join(import.meta.dirname, 'data/hostile-inputs.json'), 'utf8'),
  ) as HostileEntry[];
  const found = all.filter((entry) => entry.kind === kind);
  if (found.length === 0) throw new Error(`No hostile input of kind ${kind}`);
  return found;
}

/** The first word of `must`. */
export function verdict(entry: HostileEntry): string {
  return entry.must.split(':', 1)[0] ?? '';
}

/** Text with the placeholders filled in; `{prefix, repeat, times, suffix}` is written out. */
export function hostileText(input: unknown): string {
  const values: Record<string, string> = {
    GOOD: 'good.test',
    GOODHOST: 'good.test',
    EVIL: 'evil.test',
    EVILHOST: 'evil.test',
    CANARY: 'canary',
    MARK: 'mark',
  };
  const long = input as { prefix?: string; repeat: string; times: number; suffix?: string };
  const text =
    typeof input === 'string'
      ? input
      : `${long.prefix ?? ''}${long.repeat.repeat(long.times)}${long.suffix ?? ''}`;
  return text.replaceAll(/\{\{([A-Z]+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}

/** The entries of one kind whose input is text, with the attacker's and the good host filled in. */
export function hostileInputs(kind: string): HostileInput[] {
  return hostileEntries(kind).map((entry) => ({ ...entry, input: hostileText(entry.input) }));
}
