// The table of requirements at the end of `npm test`: which rows of test/requirements.md the tests showed.
const AT_THE_END = /\((?:row|rows) ([^()]+)\)/g;
const IN_FRONT = /^rows? ([^:]{1,60}):/;
/** The rows of a table of causes have no more than the numbers in front. A size is no row. */
const BARE = /^(?:\d\.\d+[,:]? )+(?![kKMGT]i?B\b)/;
const ID = /\d\.\d+|\b[A-F]\b/g;
const ENTRY = /\b[A-Z]{2,4}-\d{3}\b/g;
/** Kinds of hostile inputs each of whose entries a test has to name. */
export const KINDS_TO_SHOW = new Set([
  'api-response',
  'askpass-prompt',
  'clone-url',
  'credential-request',
  'git-transport',
  'gitmodules',
  'redirect',
  'ref-name',
  'repo-config',
  'tree-entry',
]);

/** Cells of the tables below one heading that starts with `title`, header lines left out. */
function tableBelow(markdown, title) {
  const part = markdown.split(/^## /m).find((section) => section.startsWith(title)) ?? '';
  return part
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|-]+\|$/.test(line))
    .slice(1)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

export function parseRequirements(markdown) {
  const rows = [];
  for (const [, heading] of markdown.matchAll(/^## (\d\. .*|Contradictions .*)$/gm))
    for (const [id, text] of tableBelow(markdown, heading))
      rows.push({ id: id.replace(/ [●○]$/, ''), text: text.replaceAll(/[*`]/g, '') });
  const waivers = (title) => new Map(tableBelow(markdown, title).map(([id, reason]) => [id, reason]));
  return { rows, waivers: waivers('Waivers'), entryWaivers: waivers('Hostile inputs') };
}

export const rowsNamed = (name) => [
  ...[...name.matchAll(AT_THE_END)].flatMap(([, ids]) =>
    ids
      .split(',')
      .map((id) => id.trim())
      .filter((id) => !/^[A-Z]{2,4}-\d{3}$/.test(id)),
  ),
  ...name
    .split(/ › |(?<=\w): (?=\d\.\d)/)
    .flatMap((title) => (IN_FRONT.exec(title)?.[1] ?? BARE.exec(title)?.[0] ?? '').match(ID) ?? []),
];

export const entriesNamed = (name) => name.match(ENTRY) ?? [];

export function resultsOfVitest(report) {
  return report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({
      name: [...test.ancestorTitles, test.title].join(' › '),
      outcome: test.status === 'passed' || test.status === 'failed' ? test.status : 'skipped',
    })),
  );
}

const OF_PLAYWRIGHT = { expected: 'passed', unexpected: 'failed', flaky: 'failed', skipped: 'skipped' };

export function resultsOfPlaywright(report) {
  const ofSuite = (suite, before) => {
    const titles = [...before, suite.title];
    return [
      ...(suite.specs ?? []).flatMap((spec) =>
        spec.tests.map((test) => ({
          name: [...titles, spec.title].join(' › '),
          outcome: OF_PLAYWRIGHT[test.status] ?? 'failed',
        })),
      ),
      ...(suite.suites ?? []).flatMap((child) => ofSuite(child, titles)),
    ];
  };
  return report.suites.flatMap((suite) => ofSuite(suite, []));
}

function stateOf(tests, waiver) {
  const count = (outcome) => tests.filter((test) => test.outcome === outcome).length;
  if (count('failed') > 0) return { state: 'failed', note: `${count('failed')} of ${tests.length} tests` };
  if (waiver !== undefined && tests.length > 0)
    return { state: 'failed', note: `waived, but ${tests.length} tests name it: take the waiver away` };
  if (waiver !== undefined) return { state: waiver === '' ? 'missing' : 'waived', note: waiver };
  if (count('passed') === 0)
    return { state: 'missing', note: tests.length > 0 ? 'its tests were skipped here' : 'no test names it' };
  return { state: 'passed', note: `${count('passed')} ${count('passed') === 1 ? 'test' : 'tests'}` };
}

function judge(items, waivers, results, named) {
  const byId = new Map(items.map(({ id }) => [id, []]));
  const unknown = new Set();
  for (const result of results)
    for (const id of new Set(named(result.name)))
      if (byId.has(id)) byId.get(id).push(result);
      else unknown.add(id);
  for (const id of waivers.keys()) if (!byId.has(id)) unknown.add(id);
  const judged = items.map((item) => ({ ...item, ...stateOf(byId.get(item.id), waivers.get(item.id)) }));
  return { judged, unknown: [...unknown] };
}

export const judgeRows = ({ rows, waivers }, results) => judge(rows, waivers, results, rowsNamed);

/** Ids of other kinds stand in names too; only those of `entries` count here. */
export function judgeEntries({ entryWaivers }, entries, results) {
  const known = new Set(entries.map(({ id }) => id));
  return judge(entries, entryWaivers, results, (name) => entriesNamed(name).filter((id) => known.has(id)));
}

const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

const counted = (judged) =>
  ['passed', 'failed', 'waived', 'missing']
    .map((state) => `${judged.filter((item) => item.state === state).length} ${state}`)
    .join(', ');

const isGood = ({ judged, unknown }) =>
  unknown.length === 0 && judged.every(({ state }) => state === 'passed' || state === 'waived');

/** Every row, then of the hostile inputs those that were not simply shown. */
export function report(rows, entries) {
  const lines = rows.judged.map(
    ({ id, text, state, note }) => `${id.padEnd(5)} ${cut(text, 64).padEnd(64)}  ${state.padEnd(7)} ${note}`,
  );
  lines.push(`Requirements: ${counted(rows.judged)}`);
  for (const id of rows.unknown) lines.push(`No requirement is called ${id}`);
  lines.push('');
  for (const { id, state, note } of entries.judged)
    if (state !== 'passed') lines.push(`${id.padEnd(8)} ${state.padEnd(7)} ${note}`);
  lines.push(`Hostile inputs: ${counted(entries.judged)}`);
  for (const id of entries.unknown) lines.push(`No such hostile input is called ${id}`);
  return { lines, isGood: isGood(rows) && isGood(entries) };
}
