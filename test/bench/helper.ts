import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { OperationCredentials } from '../../electron/credentials/broker';
import { createCredentialChannel } from '../../electron/credentials/channel';
import type { GitHttpServer } from '../fakes/git-http-server';
import { makeBareRepository, smallHistory } from '../fakes/repositories';
import { onPath } from '../tools/chromium.mjs';
import { type CloningPage, credential, openCloningPage } from './clone';
import { alternate, type Figure } from './figure';
import type { RunningHost } from './host';
import { startedBelow, startedBy } from './processes';

const bundle = path.resolve(import.meta.dirname, '../../dist/helper/git-credential-polyforge.cjs');
const answers = 40;

/** Milliseconds from the start of a program to its end, as git waits for it. Throws when its answer is not the one. */
async function timed(
  command: string[],
  env: Record<string, string>,
  input: string,
  expected: RegExp,
): Promise<number> {
  const [program = '', ...args] = command;
  const started = performance.now();
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString('utf8');
  });
  // An empty script ends without having read.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  await once(child, 'close');
  const took = performance.now() - started;
  if (!expected.test(output)) throw new Error(`${command.join(' ')} answered ${JSON.stringify(output)}`);
  return took;
}

/**
 * One answer of the helper against Node on an empty script, which any program
 * of ours costs at least, and for the record against git's own store. Then the
 * processes of a clone through the app.
 */
export async function benchHelper(host: RunningHost, server: GitHttpServer): Promise<Figure[]> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'polyforge-bench-'));
  const page = await openCloningPage(host);
  const channel = await createCredentialChannel();
  try {
    const directory = await makeBareRepository(path.join(work, 'small.git'), smallHistory);
    const address = server.serve('bench/small', { directory, accepts: [credential] });
    const url = new URL(address);
    const input = `protocol=http\nhost=${url.host}\npath=${url.pathname.slice(1)}\n\n`;
    const env = { PATH: process.env['PATH'] ?? '', HOME: work };
    const given = new RegExp(`^password=${credential.password}$`, 'm');
    const empty = path.join(work, 'empty.cjs');
    writeFileSync(empty, '');
    const onEmpty = () => timed([process.execPath, empty], env, input, /^$/);
    const against = async (
      name: string,
      ours: () => Promise<number>,
      yardstick: () => Promise<number>,
      goal: string,
    ): Promise<Figure> => {
      const { ours: value, ratio, spread } = await alternate(answers, ours, yardstick);
      return { name, value, unit: 'ms', ratio, spread, goal };
    };
    const ofNode = 'ratio <= 1.3 of Node on an empty script';

    const { username, password } = credential;
    const answering: OperationCredentials = {
      fill: async () => ({ kind: 'password', username, password }),
      approve: async () => undefined,
      reject: async () => undefined,
      refused: false,
    };
    const lease = channel.open(answering, url.origin);
    const inOperation = () =>
      timed([process.execPath, bundle, 'get'], { ...env, ...lease.env }, input, given);
    const figures = [await against('helper answers the application', inOperation, onEmpty, ofNode)];
    lease.close();

    // The clone leaves a password that is answered without a question.
    await page.clone(address, work, 'first');
    const launcher = path.join(host.dataDirectory, 'bin/git-credential-polyforge');
    const inTerminal = () => timed([launcher, 'get'], env, input, given);
    figures.push(await against('helper answers a terminal', inTerminal, onEmpty, ofNode));
    const kept = path.join(work, 'kept');
    writeFileSync(kept, `http://${username}:${password}@${url.host}${url.pathname}\n`);
    const gitStore = () => timed(['git', 'credential-store', `--file=${kept}`, 'get'], env, input, given);
    figures.push(
      await against('the same, against git credential-store', inTerminal, gitStore, 'for the record'),
    );
    figures.push(...(await countProcesses(host, page, address, work)));
    return figures;
  } finally {
    await page.close();
    await channel.close();
    rmSync(work, { recursive: true, force: true });
  }
}

/** What a clone through the app starts beside what git starts by itself. */
async function countProcesses(
  host: RunningHost,
  page: CloningPage,
  address: string,
  work: string,
): Promise<Figure[]> {
  if (!onPath('strace')) {
    process.stderr.write('Without strace the processes of a clone are not counted.\n');
    return [];
  }
  const trace = path.join(work, 'trace');
  const ours = await startedBelow(host.pid, trace, () => page.clone(address, work, 'counted'));
  if (!ours) {
    process.stderr.write(
      'strace may not look at our own process: the processes of a clone are not counted.\n',
    );
    return [];
  }
  const authorized = address.replace('://', `://${credential.username}:${credential.password}@`);
  const own = await startedBy(['git', 'clone', '--quiet', authorized, path.join(work, 'plain')], trace);
  const helpers = ours.programs.filter((program) => program.includes(JSON.stringify(bundle)));
  return [
    {
      name: 'helper processes for one credential of a clone through the app',
      value: helpers.length,
      unit: 'processes',
      ratio: null,
      goal: 'value <= 1',
    },
    {
      name: "processes of a clone through the app beside git's own",
      // git itself is ours, too: strace counts only what it starts.
      value: ours.processes - 1 - own.processes,
      unit: 'processes',
      ratio: null,
      goal: "value <= 2: the helper, and the shell git's own `store` ends in",
    },
  ];
}
