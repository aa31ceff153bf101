import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CredentialChannel, createCredentialChannel } from '../../electron/credentials/channel';
import { createEngines } from '../../electron/git/choose';
import { trustNothing } from '../../electron/git/trust';
import type { GitEngine } from '../../electron/git/engine';
import { findProgram } from '../../electron/git/system/program';
import { programFacts } from '../../electron/git/system/programs';
import { fixedNetwork } from '../fakes/network';
import { temporaryDirectory } from '../fakes/repositories';

let channel: CredentialChannel;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
const at = (...parts: string[]) => path.join(temporary.path, ...parts);

beforeAll(async () => {
  temporary = await temporaryDirectory();
  channel = await createCredentialChannel();
});
afterAll(async () => {
  await channel.close();
  await temporary.remove();
});

/** A folder with programs that are these shell scripts. */
async function folder(name: string, programs: Record<string, string>): Promise<string> {
  await mkdir(at(name), { recursive: true });
  for (const [program, script] of Object.entries(programs)) {
    await writeFile(at(name, program), `#!/bin/sh\n${script}\n`);
    await chmod(at(name, program), 0o755);
  }
  return at(name);
}

async function enginesOf(searchPath: string, gitPath = '') {
  const log: string[] = [];
  const engines = await createEngines({
    trust: trustNothing,
    preferences: { engine: 'auto', gitPath },
    isomorphic: { id: 'isomorphic' } as GitEngine,
    channel,
    network: fixedNetwork(),
    helper: { program: '/helper', args: [], env: {} },
    searchPath,
    log: (line) => log.push(line),
  });
  return { engines, log };
}

describe.runIf(process.platform !== 'win32')('the programs git’s work is done by', () => {
  it('are told with path, version and what they lack', async () => {
    const ssh = (version: string) => `echo '${version}' >&2`;
    const bin = await folder('bin', { ssh: ssh('OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19') });
    const old = await folder('old', { ssh: ssh('OpenSSH_8.3p1, OpenSSL 1.1.1') });
    const windows = await folder('windows', { ssh: ssh('OpenSSH_for_Windows_9.5p2, LibreSSL 3.8.2') });
    const other = await folder('other', { ssh: ssh('Dropbear v2022.83') });
    const broken = await folder('broken', { ssh: 'exit 3' });
    const facts = async (from: string) => (await programFacts(null, path.join(from, 'ssh'))).ssh;
    expect(await facts(bin)).toEqual({ path: path.join(bin, 'ssh'), version: '9.2', lacks: [] });
    expect(await facts(old)).toMatchObject({ version: '8.3', lacks: ['server-questions'] });
    expect(await facts(windows)).toMatchObject({ version: '9.5', lacks: [] });
    expect(await facts(other)).toMatchObject({ version: null, lacks: ['server-questions'] });
    expect(await facts(broken)).toMatchObject({ version: null, lacks: ['server-questions'] });
    expect(await programFacts(null, null)).toEqual({ git: null, ssh: null, lfs: null, shell: null });

    const git = await folder('git', { git: 'exit 1' });
    const lacks = async (version: string) =>
      (await programFacts({ path: path.join(git, 'git'), version }, null)).git?.lacks;
    expect(await lacks('2.31.1')).toEqual(['owner-check', 'bare-check']);
    expect(await lacks('2.35.2')).toEqual(['bare-check']);
    expect(await lacks('2.34.1')).toEqual(['owner-check', 'bare-check']);
    expect(await lacks('2.37.0')).toEqual(['bare-check']);
    expect(await lacks('2.38.0')).toEqual([]);
  });

  it('include the shell git says it uses, as old and new versions say it', async () => {
    const shell = async (name: string, script: string) => {
      const from = await folder(name, { git: script });
      return (await programFacts({ path: path.join(from, 'git'), version: '2.40.0' }, null)).shell;
    };
    expect(await shell('new', 'test "$1 $2" = "var GIT_SHELL_PATH" && echo /opt/sh')).toBe('/opt/sh');
    const build =
      'test "$2" = --build-options || exit 129; echo git version 2.40.0; echo shell-path: /usr/xpg4/sh';
    expect(await shell('before', build)).toBe('/usr/xpg4/sh');
    expect(await shell('silent', 'exit 129')).toBeNull();
    const real = await findProgram('git', process.env['PATH'] ?? '');
    const own = await programFacts(real === null ? null : { path: real, version: '2.39.0' }, null);
    expect(path.isAbsolute(own.shell ?? '')).toBe(true);
    expect(existsSync(own.shell ?? '')).toBe(true);
  });

  it('are found once by absolute path, which the log names, and no start waits for ssh', async () => {
    const mark = at('ssh-ran');
    const bin = await folder('chosen', {
      git: 'echo git version 2.51.0',
      ssh: `echo x >> ${mark}; echo OpenSSH_9.9p1 >&2`,
    });
    const { engines, log } = await enginesOf(bin);
    expect(existsSync(mark)).toBe(false);
    expect(log.join('\n')).toContain(`git: ${path.join(bin, 'git')}, ssh: ${path.join(bin, 'ssh')}`);
    const told = await engines.programs();
    expect(told).toMatchObject({ git: { version: '2.51.0' }, ssh: { path: path.join(bin, 'ssh') } });
    expect(await engines.programs()).toBe(told);
  });

  it('are not those of a relative entry, of the folder worked in, or of a name without rights to run', async () => {
    const bin = await folder('worked-in', { git: 'echo git version 9.9.9', ssh: 'exit 0' });
    const relative = path.relative(process.cwd(), bin);
    const searchPath = ['.', '', relative, './', 'worked-in'].join(path.delimiter);
    const { engines, log } = await enginesOf(searchPath);
    expect(engines.describe()).toMatchObject({ engine: 'isomorphic', git: { found: false } });
    expect(engines.describe().engineReason).toContain('No Git was found');
    expect(log.join('\n')).toContain('git: none found, ssh: none found');
    await chmod(path.join(bin, 'git'), 0o644);
    await mkdir(at('folders/git'), { recursive: true });
    expect(await findProgram('git', [bin, at('folders')].join(path.delimiter))).toBeNull();
  });

  it('that say no version are not used, and named', async () => {
    const bin = await folder('unknown', { git: 'echo hello' });
    const { engines } = await enginesOf(bin);
    expect(engines.describe().git).toEqual({ found: false });
    expect(engines.describe().engineReason).toContain(path.join(bin, 'git'));
    const absent = await enginesOf(bin, at('nowhere/git'));
    expect(absent.engines.describe().engineReason).toContain(at('nowhere/git'));
    const relative = await enginesOf(bin, 'bin/git');
    expect(relative.engines.describe().engineReason).toContain('no complete path');
  });

  it('that do not read their configuration from the environment are not used', async () => {
    const old = await enginesOf(await folder('too-old', { git: 'echo git version 2.30.9' }));
    expect(old.engines.describe()).toMatchObject({
      engine: 'isomorphic',
      git: { found: true, usable: false, version: '2.30.9' },
    });
    const first = await enginesOf(await folder('first', { git: 'echo git version 2.31.0' }));
    expect(first.engines.describe()).toMatchObject({ engine: 'system', git: { usable: true } });
  });
});
