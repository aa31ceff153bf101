// `npm test`: types, lint, format, boundaries, build, unit, end-to-end. Stops at the first that fails.
// Then the table of requirements. The last line counts the unit and end-to-end tests: `N passed, N failed`.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt, root, run } from '../../electron/build.mjs';
import { canInstallPackages, ensureChromium, installPackages, onPath } from './chromium.mjs';
import {
  KINDS_TO_SHOW,
  judgeEntries,
  judgeRows,
  parseRequirements,
  report,
  resultsOfPlaywright,
  resultsOfVitest,
} from './requirements.mjs';

const bin = (name) => path.join(root, 'node_modules', name);
const results = (name) => path.join(root, 'test-results', name);
const node = (file, ...args) => run(process.execPath, [file, ...args]);
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
const count = { passed: 0, failed: 0 };
/** Of every test that ran. */
const shown = [];

/** The table of ARCHITECTURE.md: a test holds it to what the engines are offered for. */
function abilities() {
  const text = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');
  const lines = (text.split(/^## \d+\. Which engine does what$/m)[1] ?? '').split('\n');
  return lines.filter((line) => line.startsWith('|')).join('\n');
}

/** What the tests use beside Node; the keyring only for the test of the real keyring. */
function prepare() {
  const wanted = [
    { program: 'git', packages: ['git'], needed: true },
    { program: 'openssl', packages: ['openssl'], needed: false },
    { program: 'git-lfs', packages: ['git-lfs'], needed: false },
    { program: 'dbus-run-session', packages: ['dbus'], needed: false },
    { program: 'gnome-keyring-daemon', packages: ['gnome-keyring'], needed: false },
    { program: 'ssh', packages: ['openssh-client'], needed: false },
    { program: 'ssh-keygen', packages: ['openssh-client'], needed: false },
    // Where services are managed the package would start a server for the whole network.
    ...(existsSync('/run/systemd/system')
      ? []
      : [{ program: 'sshd', packages: ['openssh-server'], needed: false }]),
  ];
  // sshd stands where only root's search path leads.
  const isThere = (program) => onPath(program) !== null || existsSync(`/usr/sbin/${program}`);
  const missing = wanted.filter(({ program }) => !isThere(program));
  if (missing.length > 0 && process.platform === 'linux') {
    if (canInstallPackages()) {
      console.log(`Installing what the tests use: ${missing.map(({ program }) => program).join(', ')}`);
      installPackages(
        missing.flatMap(({ packages }) => packages),
        ['--no-install-recommends'],
      );
    } else
      console.log(`Not installed, their tests say so: ${missing.map(({ program }) => program).join(', ')}`);
  }
  const absent = wanted.find(({ program, needed }) => needed && onPath(program) === null);
  if (absent) {
    console.error(`The tests need ${absent.program}. Install it and start again.`);
    return false;
  }
  try {
    ensureChromium();
    return true;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}

async function unit() {
  rmSync(results('unit.json'), { force: true });
  const code = await node(
    bin('vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results('unit.json')}`,
  );
  const json = readJson(results('unit.json'));
  count.passed += json.numPassedTests;
  count.failed += json.numFailedTests;
  shown.push(...resultsOfVitest(json));
  return code === 0;
}

async function endToEnd() {
  rmSync(results('e2e.json'), { force: true });
  const code = await node(path.join(root, 'test/tools/e2e.mjs'));
  const json = readJson(results('e2e.json'));
  count.passed += json.stats.expected;
  count.failed += json.stats.unexpected + json.stats.flaky;
  shown.push(...resultsOfPlaywright(json));
  return code === 0;
}

/** False: a row is neither shown nor waived, or one of its tests failed. */
function requirements() {
  const known = parseRequirements(readFileSync(path.join(root, 'test/requirements.md'), 'utf8'));
  const entries = readJson(path.join(root, 'test/security/data/hostile-inputs.json')).filter(({ kind }) =>
    KINDS_TO_SHOW.has(kind),
  );
  const { lines, isGood } = report(judgeRows(known, shown), judgeEntries(known, entries, shown));
  console.log(lines.join('\n'));
  return isGood;
}

/** @type {[string, () => boolean | Promise<boolean>][]} */
const steps = [
  ['preparation', prepare],
  [
    'types, lint, format, boundaries',
    async () => (await node(path.join(root, 'test/tools/check.mjs'))) === 0,
  ],
  ['build', () => ensureBuilt()],
  ['unit', unit],
  ['end-to-end', endToEnd],
];

let isGood = true;
for (const [name, step] of steps) {
  console.log(`\n== ${name}`);
  const before = count.failed;
  let passed = false;
  try {
    passed = await step();
  } catch (error) {
    console.error(error);
  }
  if (passed) continue;
  isGood = false;
  if (count.failed === before) count.failed += 1;
  console.error(`\nFailed: ${name}. The steps after it were not run.`);
  break;
}
console.log(`\n== requirements${isGood ? '' : ' (not every test ran)'}`);
if (!requirements() && isGood) {
  isGood = false;
  count.failed += 1;
}
console.log(`\n== which engine does what\n${abilities()}\n`);
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exit(isGood ? 0 : 1);
