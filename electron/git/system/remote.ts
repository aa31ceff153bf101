import { type AppError, AppFailure } from '../../../shared/errors';
import { hostWithPort, type RemoteUrl } from '../../../shared/remote-url';
import type { OperationCredentials } from '../../credentials/broker';
import type { CredentialChannel, GivenToGit, Lease, WaySecrets } from '../../credentials/channel';
import type { NetworkWithFiles } from '../../network/network';
import { clearerFailure } from '../../network/second-look';
import type { Running } from '../engine';
import { type Configuration, helperCommand, networkAccess } from './environment';
import { recognize } from './errors';
import { atLeast } from './program';
import { environmentOf, type LocalGit } from './repository-environment';
import { runOverSsh } from './remote-ssh';
import { type Outcome, run } from './run';
import { gitProxy, type Way } from './way';

/** How git reaches us, and which git. */
export interface RemoteParts extends LocalGit {
  /** Of `program`. Absent: so old that it takes no header from a helper. */
  version?: string;
  /** Absolute path of the ssh git runs; null or absent: there is none. */
  ssh?: string | null;
  channel: CredentialChannel;
  network: NetworkWithFiles;
  /** The program git starts to ask us. */
  helper: { program: string; args: string[]; env: Record<string, string> };
}

export interface RemoteCall {
  command: string;
  args: string[];
  cwd: string;
  url: RemoteUrl;
  credentials: OperationCredentials;
  running: Running;
  directory: string;
  branch: string | null;
  onLine?: (line: string) => void;
  maximumOutput?: number;
  /** Of this command alone; it comes first, what is needed to reach the remote outranks it. */
  configuration?: Configuration;
  /** Variables of this command alone. */
  more?: Record<string, string>;
  /** Written to standard input. */
  input?: string;
  /** Whether a run that failed by its exit code is an answer all the same. */
  answers?: (outcome: Outcome) => boolean;
  /** Called before another attempt, to clear what the one before left. */
  again?: () => Promise<void>;
}

/** Failures git only comes to once the server has let it in. */
const afterAcceptance = new Set<AppError['kind']>([
  'branch-not-found',
  'disk-full',
  'directory-not-writable',
]);

/** The first attempt, one after a refused account or saved password, one after a mistyped answer, each of them twice (see `follow`), one after a move (see `ahead`), and the end. */
const maximumAttempts = 8;

/**
 * Runs one git command against a remote. git ends at the first refusal, so
 * each further answer of the broker is another run of it.
 */
export async function runRemote(parts: RemoteParts, call: RemoteCall): Promise<Outcome> {
  // ssh knows nothing of proxies and certificates of the web.
  if (call.url.protocol === 'ssh') return runOverSsh(parts, call);
  const route = await parts.network.route(new URL(call.url.origin));
  const files = await parts.network.files(route);
  try {
    return await attempts(parts, call, { route, files });
  } finally {
    await files.remove();
  }
}

/** From here on a helper may answer with a header (`capability[]=authtype`), and git asks it before its first request if told to. */
const takesHeaders = '2.46.0';

async function attempts(parts: RemoteParts, call: RemoteCall, way: Way): Promise<Outcome> {
  const { url, credentials } = call;
  const first = { origin: url.origin, path: url.path, preemptive: true };
  const fromHelper = atLeast(parts.version ?? '', takesHeaders);
  let follow = true;
  let ahead = fromHelper;
  let offers: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    // Later attempts get a header only where a refused one was renewed.
    const early = await credentials.fill(first);
    const known = early?.kind === 'header' ? early : null;
    const header = fromHelper ? null : known;
    // With a header in the configuration the helper answers for the way alone.
    const lease = parts.channel.open(header === null ? credentials : null, url.origin, secretsOf(way));
    const sent = { header: header?.header ?? null, proactive: known !== null && ahead, follow };
    let outcome: Outcome;
    try {
      outcome = await attemptOnce(parts, call, way, sent, lease);
    } finally {
      lease.close();
    }
    if (outcome.exitCode === 0 || call.answers?.(outcome)) {
      if (header) await credentials.approve(header);
      await accepted(call, lease);
      return outcome;
    }
    const told = failureOf(outcome, call, lease, way);
    const error = await clearerFailure(told, serviceOf(url), way.route, call.running.signal);
    if (afterAcceptance.has(error.kind)) await accepted(call, lease);
    if (error.kind === 'moved' && sent.proactive) {
      // Sent ahead, a header follows nowhere. git asks again at the place it is led to, if it comes there without.
      ahead = false;
      await call.again?.();
      continue;
    }
    if (error.kind !== 'authentication-failed') throw new AppFailure(error);
    if (lease.refused && follow && !sent.proactive) {
      // git blames the credential also for what another host said after a redirect: once more, staying here.
      follow = false;
      await call.again?.();
      continue;
    }
    if (header) await credentials.reject(header);
    for (const one of blamed(call, lease)) await credentials.reject(one.credential);
    follow = true;
    // Told of what was refused; the last attempt may have had nothing to send.
    if (lease.answered) offers = withoutPasswords(lease, url.origin);
    const mayHelp = header !== null || lease.answered;
    if (!mayHelp || attempt === maximumAttempts)
      throw new AppFailure(offers.length > 0 ? { ...error, offers } : error);
    await call.again?.();
  }
}

/** The servers let git in, but for those of other hosts whose credential it wants forgotten. */
async function accepted({ url, credentials }: RemoteCall, lease: Lease): Promise<void> {
  for (const { origin, credential, refused } of lease.given)
    if (refused && origin !== url.origin) await credentials.reject(credential);
    else await credentials.approve(credential);
}

/** What git wants forgotten; where the server said no in words git does not know, what it was given for it. */
function blamed({ url }: RemoteCall, lease: Lease): GivenToGit[] {
  const given = lease.given;
  const refused = given.filter((one) => one.refused);
  return refused.length > 0 ? refused : given.filter((one) => one.origin === url.origin);
}

function secretsOf({ route, files }: Way): WaySecrets {
  const { proxy } = route;
  return {
    proxy: proxy?.credential ? { url: gitProxy(proxy), password: proxy.credential.password } : null,
    certificate: files.client && { path: files.client.certificate, passphrase: files.client.passphrase },
  };
}

async function attemptOnce(
  parts: RemoteParts,
  call: RemoteCall,
  way: Way,
  sent: { header: string | null; proactive: boolean; follow: boolean },
  lease: Lease,
): Promise<Outcome> {
  const helper = { command: helperCommand(parts.helper), env: lease.env ?? {} };
  const access = networkAccess(call.url, { helper, ...sent }, way);
  return run({
    program: parts.program,
    args: call.args,
    cwd: call.cwd,
    env: await environmentOf(parts, call.cwd, {
      configuration: [...(call.configuration ?? []), ...access.configuration],
      more: { ...call.more, ...access.env },
      without: access.without,
      isOnline: true,
    }),
    input: call.input,
    signal: call.running.signal,
    onLine: call.onLine,
    maximumOutput: call.maximumOutput,
  });
}

function failureOf(outcome: Outcome, call: RemoteCall, lease: Lease, way: Way): AppError {
  // What stopped the broker (a locked vault, an unreachable token service) explains git's complaint.
  if (lease.failure) throw lease.failure;
  const host = hostWithPort(call.url);
  if (outcome.overflow)
    return { kind: 'unexpected-answer', host, detail: 'The server sent more than can be read.' };
  const error = recognize(outcome.stderr, outcome.exitCode, {
    command: call.command,
    host,
    path: call.url.path,
    directory: call.directory,
    branch: call.branch,
  });
  // A proxy of git's own settings wants a password nobody gave us.
  if (error.kind === 'authentication-failed' && lease.unknownProxy)
    return { kind: 'host-unreachable', host, cause: 'proxy', proxy: 'wants-sign-in' };
  if (
    error.kind === 'host-unreachable' &&
    way.route.proxy &&
    isAboutProxy(outcome.stderr, way.route.proxy.url)
  )
    return { ...error, cause: 'proxy', proxy: 'unreachable' };
  // Another origin asked for credentials and got none: a redirect led there.
  if (error.kind === 'authentication-failed' && lease.foreignOrigin)
    return { kind: 'moved', host, to: lease.foreignOrigin };
  if (error.kind === 'moved' && error.to === '') return { ...error, to: redirectTarget(outcome.stderr) };
  return error;
}

/** What the server offers instead of the user name and password it was sent; empty: it takes them, or nothing is known. */
function withoutPasswords({ given, challenges }: Lease, origin: string): string[] {
  const sent = given.filter((one) => one.origin === origin);
  const isPassword = sent.length > 0 && sent.every((one) => one.credential.kind === 'password');
  // One header may hold several challenges.
  if (!isPassword || challenges.some((challenge) => /\bbasic\b/i.test(challenge))) return [];
  return [...new Set(challenges.flatMap((challenge) => /^[\w-]+/.exec(challenge)?.[0] ?? []))];
}

/** What git asks for first. */
function serviceOf(url: RemoteUrl): URL {
  return new URL(`${url.href}/info/refs?service=git-upload-pack`);
}

/** curl names the machine it could not connect to. */
function isAboutProxy(stderr: string, proxy: string): boolean {
  const { hostname, port, protocol } = new URL(proxy);
  const usual = protocol === 'https:' ? '443' : '80';
  const named = /Failed to connect to (\S+) port (\d+)/i.exec(stderr);
  const host = hostname.replaceAll(/[[\]]/g, '');
  return (
    (named?.[1]?.replaceAll(/[[\]]/g, '') === host && named[2] === (port || usual)) ||
    stderr.includes(`Could not resolve proxy: ${host}`)
  );
}

function redirectTarget(stderr: string): string {
  const text = /redirecting to (\S+)/.exec(stderr)?.[1];
  try {
    return new URL(text ?? '').origin;
  } catch {
    return 'another address';
  }
}
