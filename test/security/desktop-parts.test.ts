import { beforeEach, describe, expect, it } from 'vitest';
import { menuTemplate } from '../../electron/desktop/menu';
import { notify } from '../../electron/desktop/notify';
import { systemSealer } from '../../electron/desktop/sealer';
import { desktopPlatform } from '../../electron/desktop/platform';
import { placed, restoredBounds } from '../../electron/desktop/window-state';
import { type BrowserWindow, type MenuItem, recorded, session } from '../fakes/electron';
import { temporaryDirectory } from '../fakes/platform';

describe('the place of the window', () => {
  const left = { x: 0, y: 0, width: 1920, height: 1040 };
  const right = { x: 1920, y: 0, width: 1280, height: 1024 };

  it('is the one it had, while that can be seen', () => {
    const bounds = { x: 2000, y: 50, width: 900, height: 700 };
    expect(placed(bounds, [left, right], left)).toEqual(bounds);
  });

  it('is chosen anew when its display is gone or its title bar cannot be reached', () => {
    for (const bounds of [
      { x: 2000, y: 50, width: 900, height: 700 },
      { x: 100, y: -300, width: 900, height: 700 },
      { x: 100, y: 1030, width: 900, height: 700 },
      { x: -850, y: 100, width: 900, height: 700 },
    ])
      expect(placed(bounds, [left], left)).toEqual({ width: 900, height: 700 });
  });

  it('is never larger than the display', () => {
    expect(placed({ x: 0, y: 0, width: 4000, height: 3000 }, [left], left)).toEqual({
      x: 0,
      y: 0,
      width: 1920,
      height: 1040,
    });
  });

  it('is the usual one when what was kept makes no sense', () => {
    for (const kept of [undefined, null, 'x', { x: 1 }, { x: 0, y: 0, width: 1, height: 1, maximized: true }])
      expect(restoredBounds({ get: () => kept })).toEqual({
        bounds: { width: 1280, height: 820 },
        maximized: false,
      });
  });
});

describe('a notification of the system', () => {
  const told = { title: 'An account needs you', text: '“Work”: expires tomorrow.' };
  beforeEach(() => {
    recorded.notifications = [];
    recorded.windows = [{} as BrowserWindow];
    recorded.isLookedAt = false;
  });

  it('says what the page says, and leads to the window (row 0.16)', () => {
    const done: string[] = [];
    notify({ ...told, opened: () => done.push('opened') }, () => done.push('shown'));
    const [notification] = recorded.notifications;
    expect(notification?.options).toEqual({ title: told.title, body: told.text });
    expect(notification?.isShown).toBe(true);
    expect(done).toEqual([]);
    notification?.emit('click');
    expect(done).toEqual(['shown', 'opened']);
  });

  it('is not shown to a user who looks at the window', () => {
    recorded.isLookedAt = true;
    notify({ ...told, opened: () => undefined }, () => undefined);
    expect(recorded.notifications).toEqual([]);
  });
});

describe('the menu', () => {
  const flat = (system: NodeJS.Platform, isPackaged = true) =>
    (menuTemplate(system, isPackaged, () => undefined) as MenuItem[]).map((menu) => ({
      menu: menu.role ?? menu.label,
      items: (menu.submenu ?? []).map((item) => item.id ?? item.role).filter(Boolean),
    }));

  it('keeps preferences where each system has them', () => {
    const home = (system: NodeJS.Platform) =>
      flat(system).find(({ items }) => items.includes('preferences'))?.menu;
    expect(home('darwin')).toBe('appMenu');
    expect(home('win32')).toBe('&File');
    expect(home('linux')).toBe('&Edit');
  });

  it('has no developer tools in the product', () => {
    for (const system of ['darwin', 'win32', 'linux'] as const) {
      expect(flat(system).flatMap(({ items }) => items)).not.toContain('toggleDevTools');
      expect(flat(system, false).flatMap(({ items }) => items)).toContain('toggleDevTools');
      expect(flat(system).flatMap(({ items }) => items)).toEqual(
        expect.arrayContaining(['clone', 'open', 'copy', 'paste', 'togglefullscreen']),
      );
    }
  });
});

describe('secrets sealed by safeStorage', () => {
  beforeEach(() => {
    recorded.storageBackend = 'gnome_libsecret';
    recorded.rotated.clear();
  });

  it.runIf(process.platform === 'linux')('are refused where the key is publicly known', async () => {
    for (const backend of ['basic_text', 'unknown']) {
      recorded.storageBackend = backend;
      const { sealer, why } = await systemSealer()();
      expect(sealer).toBeNull();
      expect(why).toContain('keyring');
    }
  });

  it('open only under the name they were sealed for', async () => {
    const { sealer } = await systemSealer()();
    const sealed = (await sealer?.seal('account:1', 'secret')) ?? '';
    expect(sealer?.backend).toBe('os');
    expect(await sealer?.open('account:1', sealed)).toBe('secret');
    await expect(sealer?.open('account:2', sealed)).rejects.toThrow('secret-unavailable');
    await expect(sealer?.open('account:1', 'AAAA')).rejects.toThrow('secret-unavailable');
  });

  it('are reported when their key was rotated, so that they are sealed again', async () => {
    const { sealer } = await systemSealer()();
    const sealed = (await sealer?.seal('account:1', 'secret')) ?? '';
    await sealer?.open('account:1', sealed);
    expect(sealer?.isOutdated?.(sealed)).toBe(false);
    recorded.rotated.add(sealed);
    await sealer?.open('account:1', sealed);
    expect(sealer?.isOutdated?.(sealed)).toBe(true);
  });
});

describe('the system’s proxy', () => {
  it('is what the session resolves, PAC files included', async () => {
    const platform = desktopPlatform({
      dataDirectory: temporaryDirectory(),
      credentialHelper: '',
      gitWorker: '',
      log: () => undefined,
      show: () => undefined,
    });
    session.defaultSession.proxies.set('https://git.example.com/', 'PROXY proxy.test:3128; DIRECT');
    expect(await platform.systemProxy?.('https://git.example.com/')).toBe('PROXY proxy.test:3128; DIRECT');
    expect(await platform.systemProxy?.('https://other.example.com/')).toBe('DIRECT');
  });
});
