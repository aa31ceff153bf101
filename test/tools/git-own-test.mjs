// `npm run test:git-helper`: git's own test of credential helpers, t0303 of the installed git's source
// package, against what we ship. The source is fetched into a temporary folder, with an apt state of its
// own: nothing of the system changes and nobody needs to be root. Nothing of it is compiled or kept.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { dist, ensureBuilt, root } from '../../electron/build.mjs';
import { onPath } from './chromium.mjs';

const script = 't0303-credential-external.sh';

/** A child to its end, with all it said. */
function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (text) => {
        said[name] += text;
      });
    child.once('error', (error) => resolve({ ...said, status: null, stderr: error.message }));
    child.once('close', (status) => resolve({ ...said, status }));
  });
}

/** Entries for sources out of those for programs: one-line (sources.list(5)) and deb822 files. */
function sourceEntries(folder) {
  const list = [];
  const stanzas = [];
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync('/etc/apt/sources.list.d')
      ? readdirSync('/etc/apt/sources.list.d').map((name) => `/etc/apt/sources.list.d/${name}`)
      : []),
  ].filter((file) => existsSync(file));
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('.list'))
      for (const line of text.split('\n'))
        if (/^\s*deb\s/.test(line))
          list.push(line.replace(/^\s*deb\s/, 'deb-src ').replaceAll(/\barch=[^\s\]]+/g, ''));
    if (file.endsWith('.sources'))
      for (const stanza of text.split(/\n\s*\n/))
        if (/^Types:.*\bdeb\b/im.test(stanza) && !/^Enabled:\s*no/im.test(stanza))
          stanzas.push(stanza.replace(/^Types:.*$/im, 'Types: deb-src').trim());
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'ours.list'), `${list.join('\n')}\n`);
  writeFileSync(path.join(folder, 'ours.sources'), `${stanzas.join('\n\n')}\n`);
}

/** The original archive of the installed git's source package, or null. */
async function fetchSource(directory) {
  const apt = path.join(directory, 'apt');
  for (const folder of ['lists/partial', 'cache/archives/partial', 'parts', 'source'])
    mkdirSync(path.join(apt, folder), { recursive: true });
  sourceEntries(path.join(apt, 'parts'));
  const options = [
    ['Dir::Etc::sourcelist', '/dev/null'],
    ['Dir::Etc::sourceparts', path.join(apt, 'parts')],
    ['Dir::State::lists', path.join(apt, 'lists')],
    ['Dir::Cache', path.join(apt, 'cache')],
    ['Debug::NoLocking', '1'],
    // Where the system's user of apt may not enter, the download is ours.
    ['APT::Sandbox::User', ''],
    ['Acquire::Retries', '1'],
    ['Acquire::http::Timeout', '20'],
    ['Acquire::Languages', 'none'],
  ].flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const cwd = path.join(apt, 'source');
  const get = (...args) => run('apt-get', [...options, '-q', ...args], { cwd });
  // One source of several may be out of reach; what counts is the package.
  const said = [await get('update')];
  const version = (await run('dpkg-query', ['-W', '-f=${source:Version}', 'git'])).stdout.trim();
  for (const wanted of [...(version ? [`git=${version}`] : []), 'git']) {
    said.push(await get('source', '--download-only', wanted));
    const archive = readdirSync(cwd).find((name) => /^git_.*\.orig\.tar\./.test(name));
    if (archive) return { archive: path.join(cwd, archive) };
  }
  const last = said
    .map((each) => each.stderr.trim().split('\n').at(-1))
    .filter(Boolean)
    .at(-1);
  return { why: last ?? 'apt-get offers no source package of git.' };
}

/**
 * In the place of git's own, which is compiled. Since git 2.41 the scripts read
 * yes and no out of variables with it: t/helper/test-env-helper.c.
 */
const testTool = `#!/bin/sh
test "$1" = env-helper || exit 0
for word; do
  case $word in
  --default=*) default=\${word#*=} ;;
  --*) ;;
  *) name=$word ;;
  esac
done
case $(printenv "$name" || echo "$default") in
[Tt]rue | [Yy]es | [Oo]n | 1) exit 0 ;;
*) exit 1 ;;
esac
`;

/** t/ as the script wants it beside an installed git. */
async function prepareTests(directory, archive) {
  const unpacked = await run('tar', [
    '-xf',
    archive,
    '-C',
    directory,
    '--strip-components=1',
    '--wildcards',
    '*/t/*.sh',
    '*/t/chainlint*',
    '*/t/oid-info/*',
    '*/templates/*',
  ]);
  const t = path.join(directory, 't');
  if (!existsSync(path.join(t, script))) throw new Error(`The archive has no ${script}: ${unpacked.stderr}`);
  const tool = (name) => onPath(name) ?? name;
  writeFileSync(
    path.join(directory, 'GIT-BUILD-OPTIONS'),
    [
      "SHELL_PATH='/bin/sh'",
      "TEST_SHELL_PATH='/bin/sh'",
      `PERL_PATH='${tool('perl')}'`,
      `DIFF='${tool('diff')}'`,
      `TAR='${tool('tar')}'`,
      "NO_GETTEXT='1'",
      "X=''",
      '',
    ].join('\n'),
  );
  mkdirSync(path.join(directory, 'templates/blt'), { recursive: true });
  mkdirSync(path.join(t, 'helper'), { recursive: true });
  writeFileSync(path.join(t, 'helper/test-tool'), testTool);
  chmodSync(path.join(t, 'helper/test-tool'), 0o755);
  return t;
}

/** A data directory whose user wants to keep what is typed, and whose vault opens with a file. */
function prepareData(directory) {
  const data = path.join(directory, 'data');
  const passphrase = path.join(directory, 'passphrase');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(
    path.join(data, 'config.json'),
    JSON.stringify({ preferences: { saveFromTerminal: 'always' } }),
    { mode: 0o600 },
  );
  writeFileSync(passphrase, 'only for this test\n', { mode: 0o600 });
  return { data, passphrase };
}

/** Ends the agent the helper started. */
async function endAgent(data) {
  const file = path.join(data, 'instance.json');
  const pid = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).pid : null;
  if (pid === null) return;
  try {
    process.kill(pid, 'SIGTERM');
    for (let look = 0; look < 100 && existsSync(file); look += 1) await wait(50);
    if (existsSync(file)) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function testsOf(output) {
  return [...output.matchAll(/^(not )?ok \d+ - (.*)$/gm)].map(([, not, name]) => ({
    name: name.trim(),
    passed: not === undefined,
  }));
}

export async function runGitOwnTest() {
  const skip = (skipped) => ({ skipped, tests: [], exitCode: null, output: '' });
  for (const program of ['git', 'apt-get', 'dpkg-query', 'tar', 'perl'])
    if (onPath(program) === null) return skip(`there is no ${program} on this system.`);
  if (!(await ensureBuilt())) throw new Error('The build failed.');
  const directory = mkdtempSync(path.join(tmpdir(), 'polyforge-git-'));
  const { data, passphrase } = prepareData(directory);
  try {
    const source = await fetchSource(directory);
    if (source.why) return skip(`the source of git cannot be had: ${source.why}`);
    const tests = path.join(directory, 'source');
    mkdirSync(tests);
    const t = await prepareTests(tests, source.archive);
    const home = path.join(directory, 'home');
    mkdirSync(home);
    const helper = path.join(dist, 'helper/git-credential-polyforge.cjs');
    const ran = await run('/bin/sh', [script], {
      cwd: t,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        XDG_DATA_HOME: home,
        TMPDIR: directory,
        GIT_TEST_INSTALLED: path.dirname(onPath('git')),
        GIT_TEST_CREDENTIAL_HELPER: helper,
        POLYFORGE_DATA: data,
        POLYFORGE_PASSPHRASE_FILE: passphrase,
      },
    });
    const output = `${ran.stdout}${ran.stderr}`;
    const log = path.join(data, 'agent.log');
    return {
      skipped: null,
      tests: testsOf(output),
      exitCode: ran.status,
      output: existsSync(log) ? `${output}\nThe agent said:\n${readFileSync(log, 'utf8')}` : output,
    };
  } finally {
    await endAgent(data);
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** git 2.39.5 has twelve; none has fewer. */
export const leastTests = 12;

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.chdir(root);
  const { skipped, tests, exitCode, output } = await runGitOwnTest();
  if (skipped !== null) console.log(`Not run: ${skipped}`);
  else {
    const failed = tests.filter(({ passed }) => !passed);
    const isGood = exitCode === 0 && failed.length === 0 && tests.length >= leastTests;
    console.log(isGood ? tests.map(({ name }) => `ok ${name}`).join('\n') : output);
    console.log(`${tests.length - failed.length} of ${tests.length} of git's own tests passed`);
    process.exitCode = isGood ? 0 : 1;
  }
}
