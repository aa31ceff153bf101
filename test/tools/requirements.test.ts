import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostileEntries } from '../security/hostile-inputs';
import {
  KINDS_TO_SHOW,
  entriesNamed,
  judgeEntries,
  judgeRows,
  parseRequirements,
  report,
  resultsOfPlaywright,
  resultsOfVitest,
  rowsNamed,
} from './requirements.mjs';

const tests = path.resolve(import.meta.dirname, '..');
const requirements = parseRequirements(readFileSync(path.join(tests, 'requirements.md'), 'utf8'));
const small = {
  rows: [
    { id: '0.1', text: 'one' },
    { id: '4.13', text: 'two' },
    { id: 'A', text: 'three' },
  ],
  waivers: new Map<string, string>(),
  entryWaivers: new Map<string, string>(),
};

describe('the rows of the requirements', () => {
  it('are all there, each once', () => {
    const ids = requirements.rows.map(({ id }) => id);
    const upTo = (document: number, last: number) =>
      Array.from({ length: last }, (_, index) => `${document}.${index + 1}`);
    expect(ids).toEqual([
      ...upTo(0, 16),
      ...upTo(1, 20),
      ...upTo(2, 12),
      ...upTo(3, 13),
      ...upTo(4, 13),
      'A',
      'B',
      'C',
      'D',
      'E',
      'F',
    ]);
    expect(requirements.rows.filter(({ text }) => text === '')).toEqual([]);
  });

  it('are waived only with a reason', () => {
    for (const reason of [...requirements.waivers.values(), ...requirements.entryWaivers.values()])
      expect(reason.length).toBeGreaterThan(20);
  });

  it('are the only ones that names of tests speak of', () => {
    const known = new Set(requirements.rows.map(({ id }) => id));
    const sources = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.(test|spec|suite)\.tsx?$/.test(file) && !file.startsWith('tools'),
    );
    expect(sources.length).toBeGreaterThan(40);
    const unknown = sources.flatMap((file) =>
      readFileSync(path.join(tests, file), 'utf8')
        .split(/['"`]/)
        .flatMap(rowsNamed)
        .filter((id) => !known.has(id))
        .map((id) => `${file}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });
});

describe('the table of requirements', () => {
  it('reads the names of both test programs, with those of the groups around them', () => {
    expect(rowsNamed('a group (row 4.13) › a test (rows 0.8, A)')).toEqual(['4.13', '0.8', 'A']);
    expect(rowsNamed('rows 0.12 0.14: a test')).toEqual(['0.12', '0.14']);
    expect(rowsNamed('a group › row 4.4 row 4.5: a test')).toEqual(['4.4', '4.5']);
    expect(rowsNamed('1.7 2.8 a cause')).toEqual(['1.7', '2.8']);
    expect(rowsNamed('0.5, 3.8: two accounts')).toEqual(['0.5', '3.8']);
    expect(rowsNamed('causes › GitHub Apps: 1.7 a cause')).toEqual(['1.7']);
    expect(rowsNamed('goes through a proxy (row 4.9, API-041)')).toEqual(['4.9']);
    expect(rowsNamed('rows of pixels (in a table) with REST 5.1')).toEqual([]);
    expect(rowsNamed('1.0 GB')).toEqual([]);
    expect(rowsNamed('clones 1.7 MiB › 2.5 MB and more')).toEqual([]);
    expect(entriesNamed('API-001: an answer, RED-024 and UTF-8')).toEqual(['API-001', 'RED-024']);
    expect(
      resultsOfVitest({
        testResults: [
          {
            assertionResults: [
              { ancestorTitles: ['one (row A)'], title: 'two', status: 'passed' },
              { ancestorTitles: [], title: 'three', status: 'pending' },
            ],
          },
        ],
      }),
    ).toEqual([
      { name: 'one (row A) › two', outcome: 'passed' },
      { name: 'three', outcome: 'skipped' },
    ]);
    expect(
      resultsOfPlaywright({
        suites: [
          {
            title: 'a.spec.ts',
            specs: [{ title: 'one', tests: [{ status: 'flaky' }] }],
            suites: [{ title: 'group', specs: [{ title: 'two', tests: [{ status: 'expected' }] }] }],
          },
        ],
      }),
    ).toEqual([
      { name: 'a.spec.ts › one', outcome: 'failed' },
      { name: 'a.spec.ts › group › two', outcome: 'passed' },
    ]);
  });

  it('tells passed, failed, waived and missing', () => {
    const { judged, unknown } = judgeRows({ ...small, waivers: new Map([['A', 'because']]) }, [
      { name: 'x (row 0.1)', outcome: 'passed' },
      { name: 'y (row 0.1)', outcome: 'failed' },
      { name: 'z (row 4.13)', outcome: 'skipped' },
      { name: 'w (row 9.9)', outcome: 'passed' },
    ]);
    expect(judged.map(({ id, state }) => [id, state])).toEqual([
      ['0.1', 'failed'],
      ['4.13', 'missing'],
      ['A', 'waived'],
    ]);
    expect(unknown).toEqual(['9.9']);
  });

  it('is good only when nothing is missing, failed, or waived beside a test', () => {
    const none = { judged: [], unknown: [] };
    const all = small.rows.map(({ id }) => ({ name: `t (row ${id})`, outcome: 'passed' as const }));
    expect(report(judgeRows(small, all), none).isGood).toBe(true);
    expect(report(judgeRows(small, all.slice(1)), none).isGood).toBe(false);
    const waivers = new Map([['A', 'because']]);
    expect(report(judgeRows({ ...small, waivers }, all), none).isGood).toBe(false);
    expect(report(judgeRows({ ...small, waivers }, all.slice(0, 2)), none).isGood).toBe(true);
    expect(report(judgeRows({ ...small, waivers: new Map([['A', '']]) }, all.slice(0, 2)), none).isGood).toBe(
      false,
    );
  });

  it('counts hostile inputs by the ids in names', () => {
    const entries = [...KINDS_TO_SHOW].flatMap(hostileEntries);
    const shown = entries.map(({ id }) => ({ name: `${id}: as stated`, outcome: 'passed' as const }));
    const good = judgeEntries(small, entries, [...shown, { name: 'CFG-001', outcome: 'passed' }]);
    expect(good.unknown).toEqual([]);
    expect(good.judged.every(({ state }) => state === 'passed')).toBe(true);
    const { judged } = judgeEntries(small, entries, shown.slice(1));
    expect(judged.filter(({ state }) => state === 'missing').map(({ id }) => id)).toEqual([entries[0]?.id]);
  });
});
