// `npm run demo`: stand-ins of all four providers, and Polyforge with an account of each already added.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';
import { dist, ensureBuilt, root, run } from '../../electron/build.mjs';
import { electronBinary, noWindowReason } from './electron-present.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
const complain = (line) => process.stderr.write(`${line}\n`);

const help = `Usage: npm run demo -- [options]
  --headless    do the main job with every provider without a page; exit 0 only if all of it worked
  --browser     show the demo in your browser even where the desktop app can run
  --data DIR    keep the demo's data in DIR (default: a temporary directory, removed at the end)
  --load N      add N more repositories to the first account
  --no-open     print the address, open nothing
  --help        show this`;

/** The desktop app is another process, so its demo accounts must lie on disk: sealed with this. */
const passphrase = 'polyforge demo';

let values;
try {
  ({ values } = parseArgs({
    options: {
      headless: { type: 'boolean', default: false },
      browser: { type: 'boolean', default: false },
      data: { type: 'string' },
      load: { type: 'string', default: '0' },
      'no-open': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }));
} catch (error) {
  complain(`${error.message.split('\n')[0]}\n\n${help}`);
  process.exit(2);
}
if (values.help) {
  say(help);
  process.exit(0);
}
if (!/^\d{1,6}$/.test(values.load)) {
  complain(`--load takes a number, not "${values.load}".`);
  process.exit(2);
}

const temporary = values.data ? null : mkdtempSync(path.join(tmpdir(), 'polyforge-demo-'));
const directory = temporary ?? path.resolve(process.env.INIT_CWD ?? process.cwd(), values.data);
/** What must be ended, newest first. */
const ends = [];
if (temporary) ends.push(() => rmSync(temporary, { recursive: true, force: true, maxRetries: 5 }));
let ending = false;
async function end(code) {
  if (ending) return;
  ending = true;
  for (const one of ends.toReversed()) await Promise.resolve(one()).catch((error) => complain(String(error)));
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => void end(values.headless ? 130 : 0));

async function imported(name) {
  const file = path.join(root, 'test/demo', name);
  const { module } = await runnerImport(file, { root, configFile: false, logLevel: 'error' });
  return module;
}

function describe(providers) {
  say('Stand-in servers, with everything made up:\n');
  for (const { label, server, second } of providers)
    say(
      `  ${label.padEnd(26)}${server.url}\n${' '.repeat(28)}second account: ${second.user}, token ${second.token}`,
    );
}

async function startHost(port) {
  const { startBrowserHost, openOwnPage } = await import(
    pathToFileURL(path.join(dist, 'browser/main.js')).href
  );
  const host = await startBrowserHost({ dataDirectory: directory, dist, port });
  if (!host.running)
    throw new Error(
      `Polyforge already runs with the data directory ${directory}. End it first, or choose another.`,
    );
  const closeHost = () => host.close();
  ends.push(closeHost);
  return { host, openOwnPage, closeHost };
}

try {
  if (!(await ensureBuilt(say))) throw new Error('The build failed; the messages above say why.');
  const [{ startStandIns }, { connectCore, addAccount }] = await Promise.all([
    imported('stand-ins.ts'),
    imported('core.ts'),
  ]);
  const standIns = await startStandIns(Number(values.load));
  ends.push(() => standIns.close());
  const { providers } = standIns;

  if (values.headless) {
    const { headless } = await imported('headless.ts');
    const { host } = await startHost(0);
    const { core, close } = await connectCore(host.url);
    const isGood = await headless(core, providers, directory, say);
    close();
    say(isGood ? '\nAll of it worked.' : '\nNot all of it worked.');
    await end(isGood ? 0 : 1);
  }

  describe(providers);
  const binary = values.browser || noWindowReason() ? null : electronBinary();
  const { host, openOwnPage, closeHost } = await startHost(binary ? 0 : undefined);
  const { core, close } = await connectCore(host.url);
  await core.preferences.chooseSecretStore(
    binary ? { choice: 'passphrase', passphrase } : { choice: 'session' },
  );
  for (const provider of providers) await addAccount(core, provider);
  close();
  say(`\nData directory: ${directory}${temporary ? ' (removed at the end)' : ''}`);
  if (binary) {
    ends.splice(ends.indexOf(closeHost), 1);
    await closeHost();
    say(`The tokens are sealed with the passphrase: ${passphrase}`);
    say('Quitting the app, or Ctrl+C here, ends the demo.');
    await end((await run(binary, [root, '--data', directory], { stdio: 'inherit' })) ?? 1);
  }
  say('The tokens are kept for this session only; nothing of them is written to disk.');
  say(`\nPolyforge is ready. Its address, for this computer and user only:\n\n  ${host.url}\n`);
  say('Ctrl+C ends Polyforge and the stand-ins.');
  if (!values['no-open'] && !process.env.CI) await openOwnPage(host.url);
} catch (error) {
  complain(error instanceof Error ? error.message : String(error));
  await end(1);
}
