export interface Requirement {
  /** `0.1`, `4.13`, `A`. */
  id: string;
  text: string;
}
export interface Requirements {
  rows: Requirement[];
  /** Row to reason. */
  waivers: Map<string, string>;
  /** Id of a hostile input to reason. */
  entryWaivers: Map<string, string>;
}
export interface TestResult {
  /** With the names of all it stands in. */
  name: string;
  outcome: 'passed' | 'failed' | 'skipped';
}
/** Kinds of hostile inputs each of whose entries a test has to name. */
export const KINDS_TO_SHOW: ReadonlySet<string>;
export interface Judged {
  id: string;
  state: 'passed' | 'failed' | 'waived' | 'missing';
  note: string;
}
/** `unknown`: ids that tests or waivers name and nothing has. */
export interface Judgement<Item> {
  judged: (Item & Judged)[];
  unknown: string[];
}
export function parseRequirements(markdown: string): Requirements;
/** Rows in the name of a test: `(row 4.13)`, `(rows 0.8, A)` at the end, `rows 0.8 A:` or bare numbers in front. */
export function rowsNamed(name: string): string[];
/** Ids of hostile inputs in the name of a test. */
export function entriesNamed(name: string): string[];
export function resultsOfVitest(report: unknown): TestResult[];
export function resultsOfPlaywright(report: unknown): TestResult[];
/** A waiver beside a test, and a row of which every test was skipped, are no good. */
export function judgeRows(requirements: Requirements, results: TestResult[]): Judgement<Requirement>;
export function judgeEntries(
  requirements: Requirements,
  entries: { id: string }[],
  results: TestResult[],
): Judgement<{ id: string }>;
export function report(
  rows: Judgement<Requirement>,
  entries: Judgement<{ id: string }>,
): { lines: string[]; isGood: boolean };
