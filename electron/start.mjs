// `npm start`: the Electron app where its binary is or can be had, the browser host otherwise.
import { existsSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildState, dist, ensureBuilt, root, run } from './build.mjs';
import { electronBinary, noWindowReason } from './electron-binary.mjs';

// Newer Node keeps the compiled bundle, in a folder of ours: the usual one is open to every user of the machine.
module.enableCompileCache?.(path.join(dist, 'compiled'));
// A closed terminal is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const say = (line) => process.stdout.write(`${line}\n`);
const complain = (line) => process.stderr.write(`${line}\n`);

const help = `Usage: npm start -- [options]
  --browser     show Polyforge in your browser even where the desktop app can run
  --data DIR    keep settings and accounts in DIR
  --port N      serve on port N of 127.0.0.1 (browser only)
  --no-open     print the address, open nothing (browser only)
  --agent       answer git in a terminal only; ends when git asks nothing for ten minutes
  --help        show this`;

function options() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        browser: { type: 'boolean', default: false },
        data: { type: 'string' },
        port: { type: 'string' },
        'no-open': { type: 'boolean', default: false },
        agent: { type: 'boolean', default: false },
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
  if (values.port !== undefined && (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65535)) {
    complain(`--port takes a number from 0 to 65535, not "${values.port}".`);
    process.exit(2);
  }
  if (values.data === '') {
    complain('--data takes a directory.');
    process.exit(2);
  }
  return values;
}

/** A path as the user meant it: npm runs us in the project's folder. */
function fromUser(directory) {
  return directory === undefined ? undefined : path.resolve(process.env.INIT_CWD ?? process.cwd(), directory);
}

async function build() {
  if (await ensureBuilt(say)) return;
  complain('The build failed; the messages above say why.');
  process.exit(1);
}

const probeTime = 3_000;
const downloadTime = 180_000;

/** Whether the place Electron is downloaded from answers. Behind a proxy only the attempt can tell. */
async function isReachable() {
  if (process.env.HTTPS_PROXY || process.env.https_proxy) return true;
  const mirror =
    process.env.ELECTRON_MIRROR || process.env.npm_config_electron_mirror || 'https://github.com/';
  try {
    await fetch(mirror, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(probeTime) });
    return true;
  } catch {
    return false;
  }
}

async function installElectron() {
  const installer = path.join(root, 'node_modules/electron/install.js');
  if (!existsSync(installer)) return null;
  if (!(await isReachable())) {
    say('The Electron binary is not installed and cannot be downloaded from here.');
    return null;
  }
  say('Downloading the Electron binary (about 120 MB, once, three minutes at most)…');
  const code = await run(process.execPath, [installer], {
    timeout: downloadTime,
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, ELECTRON_GET_USE_PROXY: '1' },
  });
  const binary = code === 0 ? electronBinary() : null;
  if (!binary) say('The download did not finish. Try again later with: npx install-electron');
  return binary;
}

/** Runs the desktop app to its end. False: it never got as far as a window. */
async function runElectron(binary, values) {
  const started = Date.now();
  const args = [root, ...(values.data === undefined ? [] : ['--data', fromUser(values.data)])];
  const code = await run(binary, args, { stdio: 'inherit' });
  if (code === 0) return true;
  if (Date.now() - started > 15_000) process.exit(code ?? 1);
  return false;
}

const longestGoodbye = 5_000;

/** git waits for us: what is built is used as it is. */
async function runAgent(values) {
  if (buildState() === 'never') await build();
  const { startBrowserAgent } = await import(pathToFileURL(path.join(dist, 'browser/main.js')).href);
  let agent;
  try {
    agent = await startBrowserAgent({ dataDirectory: fromUser(values.data), dist });
  } catch (error) {
    complain(error.message);
    process.exit(1);
  }
  // Whoever was first answers.
  if (!agent.running) process.exit(0);
  const survive = (error) => complain(`unexpected: ${error instanceof Error ? error.stack : String(error)}`);
  process.on('uncaughtException', survive);
  process.on('unhandledRejection', survive);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      setTimeout(() => process.exit(1), longestGoodbye).unref();
      void agent.close();
    });
  await agent.ended;
  process.exit(0);
}

async function runBrowser(values) {
  await build();
  const { startBrowserHost, openOwnPage } = await import(
    pathToFileURL(path.join(dist, 'browser/main.js')).href
  );
  const mayOpen = !values['no-open'] && !process.env.CI;
  const show = async (url) => {
    if (mayOpen) await openOwnPage(url);
  };
  let host;
  try {
    host = await startBrowserHost({
      dataDirectory: fromUser(values.data),
      port: values.port === undefined ? undefined : Number(values.port),
      dist,
    });
  } catch (error) {
    complain(
      error.code === 'EADDRINUSE'
        ? `Port ${values.port} is taken by another program. Choose another, or leave --port out.`
        : error.code === 'EACCES' && error.syscall === 'listen'
          ? `Port ${values.port} may not be used by your user. Choose one above 1023.`
          : error.message,
    );
    process.exit(1);
  }
  if (!host.running) {
    const { first, dataDirectory } = host;
    if (first.url) {
      say(
        `Polyforge already runs with the data directory ${dataDirectory}. Its address:\n\n  ${first.url}\n`,
      );
      await show(first.url);
      process.exit(0);
    }
    complain(
      first.shell === 'desktop'
        ? `The Polyforge app already runs with the data directory ${dataDirectory} (process ${first.pid}). Use its window, or quit it first.`
        : `Another Polyforge is just starting with the data directory ${dataDirectory} (process ${first.pid}). Try again in a moment.`,
    );
    process.exit(1);
  }
  // One request that goes wrong must not take repositories under way with it.
  const survive = (error) => complain(`unexpected: ${error instanceof Error ? error.stack : String(error)}`);
  process.on('uncaughtException', survive);
  process.on('unhandledRejection', survive);

  let endingSince = 0;
  const end = async () => {
    // A library under conf repeats the first signal at once; a second Ctrl+C of the user comes later.
    if (endingSince > 0) {
      if (Date.now() - endingSince > 300) process.exit(130);
      return;
    }
    endingSince = Date.now();
    setTimeout(() => process.exit(1), longestGoodbye).unref();
    await host.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end());
  say(`Polyforge is ready. Its address, for this computer and user only:\n\n  ${host.url}\n`);
  say('Ctrl+C ends it.');
  await show(host.url);
}

const values = options();
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  complain(`Polyforge needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
if (values.agent) await runAgent(values);
process.on('SIGINT', () => process.exit(130));
const reason = values.browser ? null : noWindowReason();
if (reason) say(`${reason}; showing Polyforge in the browser.`);
if (!values.browser && !reason) {
  const binary = electronBinary() ?? (await installElectron());
  if (binary) {
    await build();
    if (await runElectron(binary, values)) process.exit(0);
    say('The desktop app could not start; showing Polyforge in the browser.');
  } else say('Showing Polyforge in the browser.');
}
process.removeAllListeners('SIGINT');
await runBrowser(values);
