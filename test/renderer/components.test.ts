import { describe, expect, it } from 'vitest';
import { initialsOf } from '../../renderer/components/Avatar';
import { relativeTime } from '../../renderer/components/RelativeTime';
import { commandOf } from '../../renderer/shortcuts';

describe('initials', () => {
  it('come from the first and last word, or from one word', () => {
    expect(initialsOf('Ada King Lovelace')).toBe('AL');
    expect(initialsOf('octocat')).toBe('OC');
    expect(initialsOf('jane.doe@example.com')).toBe('JC');
    expect(initialsOf('')).toBe('?');
    expect(initialsOf('😀 Émile')).toBe('😀É');
  });
});

describe('relative times', () => {
  const now = Date.UTC(2026, 10, 21, 12);
  it('are words a person would use, in the past and in the future', () => {
    expect(relativeTime(now - 5_000, now)).toBe('just now');
    expect(relativeTime(now - 5 * 60_000, now)).toBe('5 minutes ago');
    expect(relativeTime(now - 3 * 3_600_000, now)).toBe('3 hours ago');
    expect(relativeTime(now - 26 * 3_600_000, now)).toBe('yesterday');
    expect(relativeTime(now - 45 * 86_400_000, now)).toBe('last month');
    expect(relativeTime(now - 800 * 86_400_000, now)).toBe('2 years ago');
    expect(relativeTime(now + 3 * 86_400_000, now)).toBe('in 3 days');
  });
});

describe('shortcuts', () => {
  const keys = { ctrlKey: true, metaKey: false, shiftKey: false, altKey: false };
  it('need the platform’s own modifier and nothing else', () => {
    expect(commandOf({ ...keys, key: ',' }, false)).toBe('preferences');
    expect(commandOf({ ...keys, key: 'O', shiftKey: true }, false)).toBe('clone');
    expect(commandOf({ ...keys, key: 'o' }, false)).toBe('open');
    expect(commandOf({ ...keys, key: 'o' }, true)).toBeNull();
    expect(commandOf({ ...keys, key: 'o', ctrlKey: false, metaKey: true }, true)).toBe('open');
    expect(commandOf({ ...keys, key: '1', altKey: true }, false)).toBeNull();
    expect(commandOf({ ...keys, key: 'x' }, false)).toBeNull();
  });
});
