import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { execaSync } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeUnfinished } from '../../electron/git/guard';
import { createStorage } from '../../electron/storage/create';
import { AppFailure } from '../../shared/errors';
import { anAccount } from '../fakes/account';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';

let directory: string;
const config = () => path.join(directory, 'config.json');
const open = () => createStorage(fakePlatform(directory));

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => {
  chmodSync(directory, 0o700);
  rmSync(directory, { recursive: true, force: true });
});

function aRepository(id: string, at = '/nowhere') {
  return { id, name: id, path: at, accountId: null, lastOpened: 1, hostedKey: null };
}

describe('storage', () => {
  it('finds accounts, repositories, favourites and preferences again after a restart', () => {
    const first = open();
    first.accounts.put(anAccount());
    first.repositories.put(aRepository('r1'));
    first.favourites.set('a1:42', true);
    first.recentlyCloned.add('a1:42');
    first.preferences.set({ theme: 'dark' });
    const second = open();
    expect(second.accounts.list()).toEqual([anAccount()]);
    expect(second.repositories.find('r1')).toEqual(aRepository('r1'));
    expect(second.favourites.list()).toEqual(['a1:42']);
    expect(second.recentlyCloned.list()).toEqual(['a1:42']);
    expect(second.preferences.get().theme).toBe('dark');
    expect(second.notices.list()).toEqual([]);
    expect(statSync(config()).mode & 0o777).toBe(0o600);
  });

  it('loads the last good copy of a settings file cut at any byte, and keeps the cut one', () => {
    open().accounts.put(anAccount());
    const whole = readFileSync(config());
    for (let length = 0; length < whole.length - 2; length += 97) {
      writeFileSync(config(), whole.subarray(0, length));
      const storage = open();
      expect(storage.accounts.list(), `cut after ${length} bytes`).toEqual([anAccount()]);
      expect(storage.notices.list()[0]?.title).toBe('config.json was damaged');
    }
    const aside = readdirSync(directory).filter((name) => name.includes('.damaged-'));
    expect(aside.length).toBeGreaterThan(0);
  });

  it.each(['null', '[]', '"text"', '{"accounts":', '\u0000\u0000'])(
    'starts with defaults and keeps the file when it holds %j and there is no copy',
    (content) => {
      writeFileSync(config(), content);
      const storage = open();
      expect(storage.accounts.list()).toEqual([]);
      expect(storage.notices.list()).toHaveLength(1);
      const aside = readdirSync(directory).find((name) => name.includes('.damaged-'));
      expect(readFileSync(path.join(directory, aside ?? ''), 'utf8')).toBe(content);
    },
  );

  it('reads past a byte order mark', () => {
    writeFileSync(config(), `\uFEFF{"version":1,"preferences":{"theme":"light"}}`);
    const storage = open();
    expect(storage.preferences.get().theme).toBe('light');
    expect(storage.notices.list()).toEqual([]);
  });

  it('takes the last of a key that stands twice', () => {
    writeFileSync(config(), '{"version":1,"favourites":["a"],"favourites":["b"]}');
    expect(open().favourites.list()).toEqual(['b']);
  });

  it('keeps the rest when one field has a wrong type', () => {
    writeFileSync(
      config(),
      '{"version":1,"repositories":"no","favourites":["k"],"preferences":{"theme":7,"diffStyle":"unified"}}',
    );
    const storage = open();
    expect(storage.repositories.list()).toEqual([]);
    expect(storage.favourites.list()).toEqual(['k']);
    expect(storage.preferences.get()).toMatchObject({ theme: 'system', diffStyle: 'unified' });
    expect(storage.notices.list().map((notice) => notice.id)).toEqual(['wrong-type:repositories']);
  });

  it('keeps a damaged record in the file, untouched, when other records are written', () => {
    const broken = { id: 'x', alias: 'from the future', surprise: true };
    writeFileSync(config(), JSON.stringify({ version: 1, accounts: [broken, anAccount()] }));
    const storage = open();
    expect(storage.accounts.list()).toEqual([anAccount()]);
    storage.accounts.put(anAccount({ id: 'a2' }));
    const written = JSON.parse(readFileSync(config(), 'utf8')) as { accounts: unknown[] };
    expect(written.accounts).toContainEqual(broken);
    expect(
      open()
        .accounts.list()
        .map((account) => account.id),
    ).toEqual(['a1', 'a2']);
  });

  it('shows the settings of a newer version and never overwrites them', () => {
    const content = JSON.stringify({ version: 9999, accounts: [anAccount()] });
    writeFileSync(config(), content, { mode: 0o600 });
    const storage = open();
    expect(storage.accounts.list()).toEqual([anAccount()]);
    expect(() => storage.accounts.put(anAccount({ id: 'a2' }))).toThrow(AppFailure);
    expect(storage.accounts.list()).toHaveLength(1);
    expect(readFileSync(config(), 'utf8')).toBe(content);
  });

  it('says which directory cannot be written, and keeps memory as the file is', () => {
    const storage = open();
    storage.accounts.put(anAccount());
    const before = readFileSync(config(), 'utf8');
    if (process.getuid?.() === 0) execaSync('chattr', ['+i', config()], { reject: false });
    chmodSync(directory, 0o500);
    let failure: unknown;
    try {
      storage.accounts.put(anAccount({ id: 'a2' }));
    } catch (error) {
      failure = error;
    } finally {
      chmodSync(directory, 0o700);
      if (process.getuid?.() === 0) execaSync('chattr', ['-i', config()], { reject: false });
    }
    if (failure === undefined) {
      console.log('root writes everywhere and this file system has no immutable flag: nothing was refused');
      return;
    }
    expect(failure).toMatchObject({ error: { kind: 'directory-not-writable' } });
    expect(storage.accounts.list()).toHaveLength(1);
    expect(readFileSync(config(), 'utf8')).toBe(before);
  });

  it('keeps the old file byte for byte on a full disk, and says so', () => {
    const small = path.join(directory, 'small');
    mkdirSync(small);
    const mounted = execaSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small], { reject: false });
    if (mounted.failed) {
      console.log('a full disk needs a small file system, which only root can mount: not run');
      return;
    }
    try {
      const storage = createStorage(fakePlatform(small));
      storage.accounts.put(anAccount());
      const file = path.join(small, 'config.json');
      const before = readFileSync(file, 'utf8');
      const large = anAccount({ id: 'a2', alias: 'x'.repeat(100_000) });
      expect(() => storage.accounts.put(large)).toThrow(AppFailure);
      try {
        storage.accounts.put(large);
      } catch (error) {
        expect(error).toMatchObject({ error: { kind: 'disk-full' } });
      }
      expect(readFileSync(file, 'utf8')).toBe(before);
      expect(storage.accounts.list()).toEqual([anAccount()]);
    } finally {
      execaSync('umount', [small], { reject: false });
    }
  });

  it('loads as before or as after when the process is killed while it writes', async () => {
    open().accounts.put(anAccount({ alias: 'start' }));
    const script = path.join(directory, 'write.mjs');
    // The writer is conf itself, as the settings file uses it, in a process of its own.
    writeFileSync(
      script,
      `import Conf from ${JSON.stringify(import.meta.resolve('conf'))};
       const conf = new Conf({ cwd: ${JSON.stringify(directory)}, configName: 'config', configFileMode: 0o600 });
       const [account] = conf.get('accounts');
       process.stdout.write('ready');
       for (let n = 0; ; n += 1) conf.set('accounts', [{ ...account, alias: 'n' + n + 'x'.repeat(50000) }]);`,
    );
    for (let round = 0; round < 12; round += 1) {
      const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      // A little work of our own moves the moment of the kill from round to round.
      for (let turn = 0; turn < round * 3; turn += 1) await new Promise(setImmediate);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const [account] = open().accounts.list();
      expect(account?.alias).toMatch(/^(start|n\d+x{50000})$/);
      expect(readdirSync(directory).filter((name) => name.includes('.damaged-'))).toEqual([]);
    }
  });

  it('treats a damaged list of hosted repositories as absent', async () => {
    const storage = open();
    await storage.repositoryCache.write('a1', 5, []);
    expect(await storage.repositoryCache.read('a1')).toEqual({ fetchedAt: 5, items: [] });
    writeFileSync(path.join(directory, 'cache/repositories/a1.json'), '{"fetchedAt":5,"items":[{}]}');
    expect(await storage.repositoryCache.read('a1')).toBeNull();
  });

  it('does not write through a symbolic link in place of its safety copy', () => {
    const victim = path.join(directory, 'victim.txt');
    writeFileSync(victim, 'mine');
    symlinkSync(victim, path.join(directory, 'config.last-good.json'));
    open().accounts.put(anAccount());
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });
});

describe('the list of unfinished clones', () => {
  it('is there after a kill, and loses what has ended', () => {
    const first = open();
    first.unfinishedClones.add('/a/.polyforge-clone-1');
    first.unfinishedClones.add('/a/.polyforge-clone-2');
    first.unfinishedClones.remove('/a/.polyforge-clone-1');
    expect(open().unfinishedClones.list()).toEqual(['/a/.polyforge-clone-2']);
    writeFileSync(path.join(directory, 'unfinished-clones.json'), '["/a');
    expect(open().unfinishedClones.list()).toEqual([]);
  });

  it('lets the next start remove what a killed clone left, and nothing else', async () => {
    const left = path.join(directory, '.polyforge-clone-0123');
    const mine = path.join(directory, 'mine');
    for (const folder of [left, mine]) mkdirSync(path.join(folder, '.git'), { recursive: true });
    const unplugged = path.join(directory, 'drive/.polyforge-clone-4567');
    expect(await removeUnfinished([left, mine, unplugged, '.polyforge-clone-relative'])).toEqual([left]);
    expect(readdirSync(directory)).toContain('mine');
    expect(readdirSync(directory)).not.toContain('.polyforge-clone-0123');
  });
});
