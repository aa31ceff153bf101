import os from 'node:os';
import type { RemoteUrl } from '../../../shared/remote-url';
import { absoluteSearchPath } from './program';
import { type Way, wayConfiguration } from './way';

export type Configuration = [key: string, value: string][];

/** What git's children may see of our own environment: where things are, how to reach the network, nothing else. */
const allowed = [
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'XDG_CONFIG_HOME',
  'XDG_RUNTIME_DIR',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'SYSTEMROOT',
  'WINDIR',
  'COMSPEC',
  'PATHEXT',
  'SSH_AUTH_SOCK',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
];

const nullDevice = process.platform === 'win32' ? 'NUL' : '/dev/null';

/** Keys by which a repository's configuration could name a program, and those of its hooks: off unless it is trusted. */
const unlessTrusted: Configuration = [
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', nullDevice],
  // git would run itself in submodules, by settings that may have come with the very command.
  ['diff.ignoreSubmodules', 'dirty'],
];

/** Off for every call: git has nobody to ask but us, and does only what it was started for. */
const neutral: Configuration = [
  ['core.askPass', ''],
  ['core.pager', 'cat'],
  ['core.editor', 'false'],
  ['sequence.editor', 'false'],
  ['log.showSignature', 'false'],
  ['protocol.ext.allow', 'never'],
  ['transfer.bundleURI', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['status.submoduleSummary', 'false'],
  ['safe.bareRepository', 'explicit'],
  // Names that other file systems read as `.git` are refused everywhere.
  ['core.protectNTFS', 'true'],
  ['core.protectHFS', 'true'],
  // Background maintenance would outlive its operation.
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['advice.detachedHead', 'false'],
];

/** Environment of a git process. Configuration travels here because arguments are visible to every user of the machine. `without`: what it must not get of ours. In a repository: `environmentOf`. */
export function environment(
  configuration: Configuration,
  more: Record<string, string>,
  without: readonly string[] = [],
  trust: 'trusted' | 'not-trusted' = 'not-trusted',
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of allowed) {
    const value = process.env[name];
    if (value !== undefined && !without.includes(name)) env[name] = value;
  }
  env['PATH'] = absoluteSearchPath(process.env['PATH'] ?? '').join(process.platform === 'win32' ? ';' : ':');
  Object.assign(env, {
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    // No transport at all unless the call names one: a partial clone would otherwise fetch while it is read.
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_LAZY_FETCH: '1',
    // A few bytes of a pack can say that they unfold to more than the machine has (wrapper.c, memory_limit_check).
    GIT_ALLOC_LIMIT: '3g',
    ...more,
  });
  const all = [...(trust === 'trusted' ? [] : unlessTrusted), ...neutral, ...configuration];
  env['GIT_CONFIG_COUNT'] = String(all.length);
  for (const [index, [key, value]] of all.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return env;
}

/** Quotes for the shell git hands helper commands to. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * The value of credential.helper. Variables of the helper stand inside the
 * command, so that nothing else git starts inherits them. `store` ends in the
 * shell: starting our program costs a fifth of a small clone, and git's own
 * end says as well that the server accepted. Our program takes the shell's
 * place, so that one credential is one process.
 */
export function helperCommand(helper: {
  program: string;
  args: string[];
  env: Record<string, string>;
}): string {
  const variables = Object.entries(helper.env).map(([name, value]) => `${name}=${quoted(value)}`);
  const start = [...variables, 'exec', ...[helper.program, ...helper.args].map(quoted)].join(' ');
  return `!f() { test "$1" = store || ${start} "$1"; }; f`;
}

export interface NetworkAccess {
  configuration: Configuration;
  env: Record<string, string>;
  /** Variables of ours that would outrank the configuration. */
  without: readonly string[];
}

/**
 * Access to one remote of the web, by our helper or by a header.
 * Redirects: a helper's answer is bound to the origin that asks, so git may
 * follow the first redirect as usual; a header of the configuration would be
 * sent along by git even to another host, and one the helper gave ahead is
 * forgotten by git on the way (git 2.47, remote-curl.c), so with these it
 * follows none.
 */
export function networkAccess(
  url: RemoteUrl,
  by: {
    helper: { command: string; env: Record<string, string> };
    /** Put into the configuration, for a git that takes none from a helper. */
    header: string | null;
    /** The helper has a header and is asked before the first request (git 2.46). */
    proactive: boolean;
    follow: boolean;
  },
  way: Way,
): NetworkAccess {
  const env: Record<string, string> = { GIT_ALLOW_PROTOCOL: url.protocol };
  // A public address may have moved from http to https; the way back stays shut.
  if (url.protocol === 'http') env['GIT_ALLOW_PROTOCOL'] = 'http:https';
  // Of settings for several URLs git takes the longest: none of the user's own can be longer than this one.
  const own = `http.${url.href}`;
  const configuration: Configuration = [
    ['http.sslVerify', 'true'],
    [`${own}.sslVerify`, 'true'],
    ['http.emptyAuth', 'false'],
    // Set by the user, it would make us ask for what anybody may read.
    ['http.proactiveAuth', 'none'],
    [`${own}.proactiveAuth`, by.proactive ? 'auto' : 'none'],
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', '30'],
    ['credential.helper', ''],
    ['credential.useHttpPath', 'true'],
    // A user name set in the user's own configuration would ask for an account that is not the chosen one.
    ['credential.username', ''],
  ];
  const reached = wayConfiguration(own, way);
  configuration.push(...reached.configuration);
  // Of a redirect's target git asks with the same certificates as of the host they are meant for.
  const stays =
    by.header !== null ||
    by.proactive ||
    !by.follow ||
    way.route.client !== null ||
    way.route.authorities.length > 0;
  configuration.push(
    ['http.followRedirects', stays ? 'false' : 'initial'],
    [`${own}.followRedirects`, stays ? 'false' : 'initial'],
    ['credential.helper', by.helper.command],
  );
  // One of the user's own could be a second Authorization.
  if (by.header !== null || by.proactive) configuration.push([`${own}.extraHeader`, '']);
  if (by.header !== null) configuration.push([`${own}.extraHeader`, `Authorization: ${by.header}`]);
  return { configuration, env: { ...env, ...by.helper.env }, without: reached.without };
}

/** A folder that is in no repository, for calls that must not read any repository's configuration. */
export function neutralDirectory(): string {
  return process.platform === 'win32' ? os.homedir() : '/';
}
