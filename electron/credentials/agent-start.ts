import { closeSync, constants, existsSync, openSync, realpathSync, watch } from 'node:fs';
import path from 'node:path';
import { type AgentAnswer, callAgent } from '../data/agent-call';
import { type AgentFile, agentFile, readAgentFile, type Start } from '../data/agent-file';
import { DataDirectoryError, prepareDataDirectory } from '../data/directory';

/** `sentence`: why none could be asked. */
export type StartedAnswer = AgentAnswer | { sentence: string };

/** Milliseconds a core may take to be there: a desktop app on a slow disk. */
const patience = 20_000;
/** Milliseconds between looks where the file system reports no change. */
const pause = 250;

/** Of git's environment the core gets what says where things are: no GIT_*, no options of Node, nothing of Electron's modes. */
const handedOn =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|XDG_.*|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS|SSH_AUTH_SOCK|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|(https?|all|no)_proxy|POLYFORGE_PASSPHRASE_FILE|USERNAME|USERPROFILE|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES.*|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|APPIMAGE)$/i;

function handedOnEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && handedOn.test(name)) env[name] = value;
  // git puts its own programs first for what it starts; ours looks for git as the user does.
  if (env['PATH'] !== undefined)
    env['PATH'] = env['PATH']
      .split(path.delimiter)
      .filter((folder) => path.basename(folder) !== 'git-core')
      .join(path.delimiter);
  return env;
}

/** What the core of the last start left word of, else what belongs to this file's own place. */
function whatToStart(file: AgentFile | null, dataDirectory: string): Start | null {
  if (file?.start && existsSync(file.start.program)) return file.start;
  const own = path.dirname(realpathSync(process.argv[1] ?? ''));
  const args = ['--agent', '--data', dataDirectory];
  const project = path.resolve(own, '../..');
  const starter = path.join(project, 'electron/start.mjs');
  if (process.versions['electron'] !== undefined) {
    const program = process.env['APPIMAGE'] || process.execPath;
    return { program, args: existsSync(starter) ? [project, ...args] : args, env: {} };
  }
  return existsSync(starter) ? { program: process.execPath, args: [starter, ...args], env: {} } : null;
}

/** Where a core without a window and terminal says what it has to say. */
function openLog(dataDirectory: string): number | 'ignore' {
  try {
    const noLink = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | noLink;
    return openSync(path.join(dataDirectory, 'agent.log'), flags, 0o600);
  } catch {
    return 'ignore';
  }
}

/** Starts a core without a window and asks it, once it listens. Calls back once. */
export function startAgent(
  dataDirectory: string,
  file: AgentFile | null,
  words: readonly string[],
  done: (answer: StartedAnswer) => void,
): void {
  try {
    prepareDataDirectory(dataDirectory);
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    done({ sentence: error.message });
    return;
  }
  const start = whatToStart(file, dataDirectory);
  if (start === null) {
    done({ sentence: 'Polyforge does not run and is not found. Start it once; git then knows where it is.' });
    return;
  }
  let isDone = false;
  let isAsking = false;
  const finish = (answer: StartedAnswer) => {
    if (isDone) return;
    isDone = true;
    watcher.close();
    clearInterval(interval);
    clearTimeout(deadline);
    done(answer);
  };
  let isLate = false;
  const late = () => {
    isLate = true;
    // Once it is asked, the answer may have to wait for the user.
    if (!isAsking)
      finish({ sentence: `Polyforge did not answer within ${patience / 1000} seconds. ${seeLog}` });
  };
  const look = () => {
    if (isDone || isAsking) return;
    const found = readAgentFile(dataDirectory);
    if (!found?.address) return;
    isAsking = true;
    callAgent(found, words, (answer) => {
      isAsking = false;
      if ('answer' in answer || answer.none === 'broken') finish(answer);
      else if (isLate) late();
    });
  };
  const seeLog = `What it said stands in ${path.join(dataDirectory, 'agent.log')}.`;
  const name = path.basename(agentFile(dataDirectory));
  const watcher = watch(dataDirectory, (_event, changed) => {
    if (changed === null || changed === name) look();
  });
  watcher.on('error', () => undefined);
  const interval = setInterval(look, pause);
  const deadline = setTimeout(late, patience);
  const begin = async () => {
    // Loaded only now: an answer of a core that runs must not wait for it.
    const { spawn } = await import('node:child_process');
    const log = openLog(dataDirectory);
    const child = spawn(start.program, start.args, {
      cwd: dataDirectory,
      env: { ...handedOnEnvironment(), ...start.env, POLYFORGE_DATA: dataDirectory },
      detached: true,
      stdio: ['ignore', 'ignore', log],
      windowsHide: true,
    });
    if (log !== 'ignore') closeSync(log);
    child.on('error', (error) => finish({ sentence: `Polyforge could not be started: ${error.message}.` }));
    // One that ends well leaves the work to another that was faster.
    child.on('exit', (code) => {
      if (code !== 0 && !isAsking) finish({ sentence: `Polyforge could not be started. ${seeLog}` });
    });
    child.unref();
  };
  begin().catch((error: unknown) => finish({ sentence: `Polyforge could not be started: ${String(error)}` }));
}
