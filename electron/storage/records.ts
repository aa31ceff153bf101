import type { z } from 'zod';
import type { Settings } from './settings';
import type { Collection } from './storage';

/**
 * A list under one key of the settings. Records that do not parse (damage, or
 * a newer version's) are not shown, but stay in the file as they are.
 */
export function createCollection<T extends { id: string }>(
  settings: Settings,
  key: string,
  schema: z.ZodType<T>,
): Collection<T> {
  const raw = settings.list(key);
  let records: T[] = [];
  const kept: unknown[] = [];
  for (const entry of raw) {
    const parsed = schema.safeParse(entry);
    if (parsed.success && !records.some((record) => record.id === parsed.data.id)) records.push(parsed.data);
    else kept.push(entry);
  }
  if (kept.length > 0)
    settings.notice(
      `unreadable:${key}`,
      'Some settings could not be read',
      `${kept.length} of ${raw.length} entries under "${key}" are damaged. They stay in the settings file untouched.`,
    );

  // Memory changes only after the file did, so both always agree.
  const save = (next: T[]) => {
    settings.write(key, [...next, ...kept]);
    records = next;
  };
  return {
    list: () => [...records],
    find: (id) => records.find((record) => record.id === id),
    put(record) {
      const known = records.some((existing) => existing.id === record.id);
      save(
        known
          ? records.map((existing) => (existing.id === record.id ? record : existing))
          : [...records, record],
      );
    },
    remove(id) {
      if (records.some((record) => record.id === id)) save(records.filter((record) => record.id !== id));
    },
  };
}
