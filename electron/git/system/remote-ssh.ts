import { stat } from 'node:fs/promises';
import { type AppError, AppFailure, fail } from '../../../shared/errors';
import { hostWithPort } from '../../../shared/remote-url';
import type { Lease } from '../../credentials/channel';
import { recognize } from './errors';
import type { RemoteCall, RemoteParts } from './remote';
import { environmentOf, ownSshCommand } from './repository-environment';
import { type Outcome, run } from './run';
import { askingCommand, sshAbility, sshCommand, writeAskpass } from './ssh';
import { recognizeSsh } from './ssh-errors';

/** Failures of ssh that the user's own answer may have led to. */
const afterAnswers = new Set<AppError['kind']>(['ssh-host-key-unknown', 'ssh-key-refused']);

async function checkedKey(call: RemoteCall, host: string): Promise<string | null> {
  const key = (await call.credentials.ssh?.key()) ?? null;
  if (key === null) return null;
  const isThere = await stat(key).then(
    (found) => found.isFile(),
    () => false,
  );
  // ssh would go on with its usual keys, perhaps with another account's.
  if (!isThere)
    fail({
      kind: 'ssh-key-refused',
      host,
      path: call.url.path,
      keyPath: key,
      detail: 'The file is not there.',
    });
  return key;
}

/** Runs one git command against a remote over ssh. ssh asks its questions itself, so that one run is all there is. */
export async function runOverSsh(parts: RemoteParts, call: RemoteCall): Promise<Outcome> {
  const { url, credentials, running } = call;
  const host = hostWithPort(url);
  const program = parts.ssh ?? fail({ kind: 'ssh-missing', host });
  const { asks, marksQuestions } = await sshAbility(program);
  const key = await checkedKey(call, host);
  const lease = asks && credentials.ssh?.interactive ? parts.channel.open(credentials, url.origin) : null;
  let outcome: Outcome;
  try {
    const askpass = lease && (await writeAskpass(parts.channel.folder, parts.helper, lease));
    try {
      const start = { program, askpass: askpass?.file ?? null, key, marksQuestions };
      const own = await ownSshCommand(parts, call.cwd);
      outcome = await run({
        program: parts.program,
        args: call.args,
        cwd: call.cwd,
        env: await environmentOf(parts, call.cwd, {
          configuration: call.configuration,
          more: {
            ...call.more,
            GIT_ALLOW_PROTOCOL: 'ssh',
            // Which key it takes, and what kind of ssh it is, the user has said in there.
            ...(own === null
              ? { GIT_SSH_COMMAND: sshCommand(start, { host, path: url.path }), GIT_SSH_VARIANT: 'ssh' }
              : { GIT_SSH_COMMAND: askingCommand(own, start.askpass) }),
          },
          isOnline: true,
        }),
        input: call.input,
        signal: running.signal,
        onLine: call.onLine,
        maximumOutput: call.maximumOutput,
      });
    } finally {
      await askpass?.remove();
    }
  } finally {
    lease?.close();
  }
  if (outcome.exitCode === 0 || call.answers?.(outcome)) {
    await credentials.ssh?.approve();
    return outcome;
  }
  throw new AppFailure(failureOf(outcome, call, host, key, lease));
}

function failureOf(
  outcome: Outcome,
  call: RemoteCall,
  host: string,
  keyPath: string | null,
  lease: Lease | null,
): AppError {
  if (lease?.failure) throw lease.failure;
  if (outcome.overflow)
    return { kind: 'unexpected-answer', host, detail: 'The server sent more than can be read.' };
  const { path } = call.url;
  const ofSsh = recognizeSsh(outcome.stderr, { host, path, keyPath });
  const answered = call.credentials.ssh?.failure;
  if (answered && ofSsh && afterAnswers.has(ofSsh.kind)) return answered;
  const context = { command: call.command, host, path, directory: call.directory, branch: call.branch };
  const ofGit = recognize(outcome.stderr, outcome.exitCode, context);
  // What git says of the disk or the repository is nearer to the cause than ssh's end that follows.
  return ofSsh && !isOfDisk(ofGit) ? ofSsh : ofGit;
}

function isOfDisk({ kind }: AppError): boolean {
  return kind === 'disk-full' || kind === 'directory-not-writable' || kind === 'directory-not-empty';
}
