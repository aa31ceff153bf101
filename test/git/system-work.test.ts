import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commit } from '../../electron/git/system/commit';
import { findGit } from '../../electron/git/system/program';
import { stage } from '../../electron/git/system/stage';
import { switchTo } from '../../electron/git/system/switch';
import { git, makeRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import { failureOf, oracle, put, running, setIdentity, withoutOwnConfiguration } from './twins';

// The programs stood in for here are scripts of a shell.
describe.runIf(process.platform !== 'win32')("work with the system's git", () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let program: string;
  let restore: () => void;
  const at = (name: string) => path.join(temporary.path, name);

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    restore = withoutOwnConfiguration(temporary.path);
    process.env['GIT_CONFIG_GLOBAL'] = at('own.config');
    program = (await findGit(process.env['PATH'] ?? '')) ?? '';
  });
  afterAll(async () => {
    restore();
    await temporary.remove();
  });

  async function script(name: string, text: string): Promise<string> {
    await writeFile(at(name), `#!/bin/sh\n${text}\n`);
    await chmod(at(name), 0o755);
    return at(name);
  }
  const request = { amend: false, signOff: false, sign: 'yes', allowEmpty: true } as const;

  it("signs with the user's own program, whichever the repository names", async () => {
    const directory = await makeRepository(at('signed'), smallHistory);
    await setIdentity(directory);
    const mark = at('mark-signed');
    const own = await script(
      'own-gpg',
      'cat >/dev/null; echo "[GNUPG:] SIG_CREATED " >&2; echo "-----BEGIN PGP SIGNATURE-----"; echo own; echo "-----END PGP SIGNATURE-----"',
    );
    const other = await script('other-gpg', `touch ${mark}; cat`);
    await writeFile(at('own.config'), `[gpg]\n\tprogram = ${own}\n`);
    await git(directory, 'config', 'gpg.program', other);
    await git(directory, 'config', 'gpg.openpgp.program', other);
    const oid = await commit({ program }, { directory, message: 'Signed', ...request }, running());
    expect((await oracle(directory, ['cat-file', 'commit', oid])).stdout.toString()).toContain('own');
    expect(existsSync(mark)).toBe(false);
    await writeFile(at('own.config'), `[gpg]\n\tprogram = ${await script('no-gpg', 'exit 2')}\n`);
    expect(
      await failureOf(commit({ program }, { directory, message: 'x', ...request }, running())),
    ).toMatchObject({ kind: 'unsupported', what: 'Signing' });
    expect(await git(directory, 'rev-parse', 'HEAD')).toBe(oid);
  });

  it('runs no hook and no filter of the repository', async () => {
    await writeFile(at('own.config'), '');
    const directory = await makeRepository(at('hooked'), smallHistory);
    await setIdentity(directory);
    const mark = at('mark-hooked');
    for (const name of [
      'pre-commit',
      'commit-msg',
      'post-checkout',
      'post-commit',
      'reference-transaction',
    ]) {
      await git(directory, 'config', `filter.${name}.clean`, `touch ${mark}; cat`);
      const hooks = path.join(directory, '.git/hooks');
      await mkdir(hooks, { recursive: true });
      await writeFile(path.join(hooks, name), `#!/bin/sh\ntouch ${mark}\n`);
      await chmod(path.join(hooks, name), 0o755);
    }
    await put(directory, '.gitattributes', '* filter=pre-commit\n');
    await put(directory, 'new.txt', 'new\n');
    await stage({ program }, directory, ['new.txt', '.gitattributes']);
    await commit({ program }, { directory, message: 'x', ...request, sign: 'no' }, running());
    await switchTo({ program }, directory, { kind: 'branch', branch: 'feature/side' }, running());
    expect(existsSync(mark)).toBe(false);
  });

  it('ends within its work when cancelled, gives its locks back, and loses nothing', async () => {
    const directory = await makeRepository(at('stalled'), {
      commits: [
        { message: 'Start', files: { 'mine.txt': 'mine\n', 'a.txt': 'a\n' } },
        {
          message: 'Other',
          branch: 'other',
          from: 'main',
          files: { 'a.txt': 'other\n', 'z.slow': 'slow\n' },
        },
      ],
    });
    await setIdentity(directory);
    const started = at('started');
    const slow = await script('slow', `echo $$ > ${started}; exec sleep 1000`);
    await writeFile(
      at('own.config'),
      `[filter "slow"]\n\tsmudge = ${slow}\n[core]\n\tattributesFile = ${at('own.attributes')}\n`,
    );
    await writeFile(at('own.attributes'), '*.slow filter=slow\n');
    await put(directory, 'mine.txt', 'not committed\n');
    const controller = new AbortController();
    const work = failureOf(
      switchTo({ program }, directory, { kind: 'branch', branch: 'other' }, { signal: controller.signal }),
    );
    await expect.poll(() => existsSync(started) && readFile(started, 'utf8')).toMatch(/\d+\n/);
    const sleeper = Number(await readFile(started, 'utf8'));
    controller.abort();
    expect(await work).toEqual({ kind: 'cancelled' });
    // Ended with git, and buried a moment later.
    const isGone = () => {
      try {
        return !process.kill(sleeper, 0);
      } catch {
        return true;
      }
    };
    await expect.poll(isGone).toBe(true);
    expect(readdirSync(path.join(directory, '.git')).filter((name) => name.endsWith('.lock'))).toEqual([]);
    expect(await git(directory, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect(await git(directory, 'fsck', '--strict')).toBe('');
    expect(await readFile(path.join(directory, 'mine.txt'), 'utf8')).toBe('not committed\n');
    // Once more, without the filter: it goes on from there.
    await writeFile(at('own.config'), '');
    await git(directory, 'checkout', '--quiet', '--force', 'HEAD', '--', 'a.txt');
    await git(directory, 'clean', '--quiet', '--force', '--', 'z.slow');
    await switchTo({ program }, directory, { kind: 'branch', branch: 'other' }, running());
    expect(await readFile(path.join(directory, 'mine.txt'), 'utf8')).toBe('not committed\n');
  });
});
