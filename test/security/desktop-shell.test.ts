import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ensureBuilt, root } from '../../electron/build.mjs';
import type { Contract } from '../../shared/contract/index';
import { app, type BrowserWindow, ipcMain, recorded, session, type WebContents } from '../fakes/electron';
import { hostileInputs } from './hostile-inputs';

/** The main process as it ships: dist/main/main.js, with the stand-in where Electron would be. */
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'polyforge-desktop-'));
const pageAddress = 'app://polyforge/';
let window: BrowserWindow;

interface Frame {
  url: string;
  parent: unknown;
  postMessage(channel: string, message: unknown, ports: MessagePort[]): void;
}

/** Asks for the core as a page would; the ports that came back. */
function askForCore(frame: { url: string; parent?: unknown } | null, sender: WebContents): MessagePort[] {
  const ports: MessagePort[] = [];
  const senderFrame: Frame | null = frame && {
    parent: null,
    ...frame,
    postMessage: (channel, _message, given) => {
      expect(channel).toBe('polyforge:port');
      ports.push(...given);
    },
  };
  ipcMain.emit('polyforge:connect', { senderFrame, sender });
  return ports;
}

function navigate(contents: WebContents, event: string, url: string, isMainFrame = true): boolean {
  let isPrevented = false;
  contents.emit(event, {
    url,
    isMainFrame,
    preventDefault: () => {
      isPrevented = true;
    },
  });
  return isPrevented;
}

beforeAll(async () => {
  expect(await ensureBuilt()).toBe(true);
  process.argv.push('--data', dataDirectory);
  await import(path.join(root, 'dist/main/main.js'));
  await vi.waitFor(() => expect(recorded.windows).toHaveLength(1), 20_000);
  [window] = recorded.windows as [BrowserWindow];
});

afterAll(async () => {
  app.quit();
  await vi.waitFor(() => expect(recorded.exits).toContain('quit'), 20_000);
  rmSync(dataDirectory, { recursive: true, force: true });
});

describe('the desktop shell as it ships', () => {
  it('opens its window sandboxed, isolated and without Node', () => {
    expect(recorded.sandboxed).toBe(true);
    expect(window.options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      experimentalFeatures: false,
    });
    expect(statSync(String(window.options.webPreferences['preload'])).isFile()).toBe(true);
    expect(window.webContents.url).toBe(pageAddress);
  });

  it('shows the window only when there is something to see', () => {
    expect(window.options.show).toBe(false);
    expect(window.isShown).toBe(false);
    window.emit('ready-to-show');
    expect(window.isShown).toBe(true);
  });

  it('serves its page from a scheme of its own under a strict policy', async () => {
    expect(recorded.schemes).toMatchObject([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
    const answer = recorded.protocols.get('app');
    expect(answer).toBeDefined();
    const response = await answer?.({ url: pageAddress, method: 'GET' });
    expect(response?.status).toBe(200);
    expect(await response?.text()).toContain('<div id="root">');
    const policy = response?.headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy).not.toMatch(/script-src[^;]*(unsafe|\*|data:|blob:)/);
    expect(response?.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response?.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it.each([
    'app://polyforge/../../../package.json',
    'app://polyforge/%2e%2e/main/main.js',
    'app://polyforge/..%2fmain%2fmain.js',
    'app://polyforge/..\\main\\main.js',
    'app://polyforge/assets/../../main/main.js',
    'app://polyforge//etc/passwd',
    'app://polyforge/.git/config',
    'app://polyforge/index.html%00.js',
    'app://other/index.html',
    'app://polyforge.evil.test/index.html',
    'app://polyforge/missing.js',
    'file:///etc/passwd',
  ])('serves nothing for %s', async (url) => {
    const response = await recorded.protocols.get('app')?.({ url, method: 'GET' });
    expect(response?.status).toBe(404);
  });

  it('serves only reading', async () => {
    const response = await recorded.protocols.get('app')?.({ url: pageAddress, method: 'POST' });
    expect(response?.status).toBe(404);
  });

  it('hands our page a port that answers the contract', async () => {
    const [port] = askForCore({ url: pageAddress }, window.webContents);
    expect(port).toBeDefined();
    if (!port) return;
    const link = new RPCLink({ port: port });
    port.start();
    const client: ContractRouterClient<Contract> = createORPCClient(link);
    const info = await client.application.info();
    expect(info).toMatchObject({ shell: 'desktop', version: '0.1.0', dataDirectory });
    port.close();
  });

  it('tells the page what the menu was used for', async () => {
    const [port] = askForCore({ url: `${pageAddress}#/anywhere` }, window.webContents);
    if (!port) throw new Error('No port was handed out.');
    const link = new RPCLink({ port: port });
    port.start();
    const client: ContractRouterClient<Contract> = createORPCClient(link);
    const events = await client.application.events();
    const items = recorded.menu.flatMap((menu) => menu.submenu ?? []);
    for (const command of ['preferences', 'clone', 'open', 'pull-requests', 'repositories']) {
      items.find(({ id }) => id === command)?.click?.();
      expect((await events.next()).value).toEqual({ type: 'command', command });
    }
    expect(items.find(({ id }) => id === 'preferences')?.accelerator).toBe('CmdOrCtrl+,');
    await events.return?.();
    port.close();
  });

  it('hands the port to nobody else', () => {
    const stranger = { url: pageAddress } as WebContents;
    expect(askForCore({ url: 'https://evil.test/' }, window.webContents)).toEqual([]);
    expect(askForCore({ url: 'app://polyforge.evil.test/' }, window.webContents)).toEqual([]);
    expect(askForCore({ url: 'app://polyforge/index.html' }, window.webContents)).toEqual([]);
    expect(askForCore({ url: 'app://polyforge/?x=1' }, window.webContents)).toEqual([]);
    expect(askForCore({ url: 'file:///app/index.html' }, window.webContents)).toEqual([]);
    expect(askForCore({ url: 'about:blank' }, window.webContents)).toEqual([]);
    // A frame inside our page, whatever it shows; a frame that is gone; contents that are no window of ours.
    expect(askForCore({ url: pageAddress, parent: {} }, window.webContents)).toEqual([]);
    expect(askForCore(null, window.webContents)).toEqual([]);
    expect(askForCore({ url: pageAddress }, stranger)).toEqual([]);
  });

  it('has no other channel', () => {
    expect(ipcMain.eventNames()).toEqual(['polyforge:connect']);
  });

  it('ends a connection over a message too large, or none of the protocol', async () => {
    for (const message of ['x'.repeat(100 * 1024 * 1024), { i: '1', p: { u: '/application/info' } }, 7]) {
      const [port] = askForCore({ url: pageAddress }, window.webContents);
      if (!port) throw new Error('No port was handed out.');
      const closed = new Promise((resolve) => {
        port.once('close', resolve);
      });
      port.postMessage(message);
      await closed;
    }
  });

  it('outlives nonsense on the port', async () => {
    const [port] = askForCore({ url: pageAddress }, window.webContents);
    if (!port) throw new Error('No port was handed out.');
    const link = new RPCLink({ port: port });
    port.start();
    for (const message of [
      '{}',
      '{"i":"x","p":{"u":"/application/none"}}',
      '{"i":"y","p":{"u":"/__proto__/x"}}',
    ])
      port.postMessage(message);
    const client: ContractRouterClient<Contract> = createORPCClient(link);
    expect((await client.application.info()).shell).toBe('desktop');
    port.close();
  });

  it('answers only calls of the contract, and judges their content (IPC-004, IPC-006)', async () => {
    recorded.opened = [];
    const [port] = askForCore({ url: pageAddress }, window.webContents);
    if (!port) throw new Error('No port was handed out.');
    const link = new RPCLink({ port });
    port.start();
    await expect(link.call(['fs', 'read'], '/etc/passwd', { context: {} })).rejects.toThrow('Not Found');
    const client: ContractRouterClient<Contract> = createORPCClient(link);
    await expect(client.application.openExternal({ url: 'file:///etc/passwd' })).rejects.toMatchObject({
      data: { kind: 'address-invalid' },
    });
    await expect(client.application.openExternal({ url: 'https:\\\\evil.test' })).rejects.toMatchObject({
      data: { kind: 'address-invalid' },
    });
    await client.application.openExternal({ url: 'https://example.com/pr/1' });
    expect(recorded.opened).toEqual(['https://example.com/pr/1']);
    port.close();
  });

  it('stays on its page; links go to the browser, https only', async () => {
    recorded.opened = [];
    const contents = window.webContents;
    expect(navigate(contents, 'will-navigate', pageAddress)).toBe(false);
    expect(navigate(contents, 'will-navigate', 'https://example.com/docs')).toBe(true);
    expect(navigate(contents, 'will-navigate', 'file:///etc/passwd')).toBe(true);
    expect(navigate(contents, 'will-navigate', 'app://polyforge.evil.test/')).toBe(true);
    expect(navigate(contents, 'will-frame-navigate', 'https://evil.test/', false)).toBe(true);
    expect(navigate(contents, 'will-frame-navigate', pageAddress, false)).toBe(true);
    expect(navigate(contents, 'will-redirect', 'https://evil.test/')).toBe(true);
    expect(navigate(contents, 'will-attach-webview', '')).toBe(true);
    expect(contents.windowOpen?.({ url: 'https://example.com/new' })).toEqual({ action: 'deny' });
    expect(contents.windowOpen?.({ url: 'javascript:alert(1)' })).toEqual({ action: 'deny' });
    await expect.poll(() => recorded.opened).toEqual(['https://example.com/docs', 'https://example.com/new']);
  });

  it.each(hostileInputs('open-external'))('opens a link or not: $id', async ({ input, must }) => {
    recorded.opened = [];
    window.webContents.windowOpen?.({ url: input });
    // The next link is opened after the one in question was judged.
    window.webContents.windowOpen?.({ url: 'https://control.example/' });
    await expect.poll(() => recorded.opened).toContain('https://control.example/');
    const opened = recorded.opened.slice(0, -1);
    if (must.startsWith('ACCEPT')) expect(opened).toEqual([input.replaceAll('"', '%22')]);
    else expect(opened).toEqual([]);
  });

  it('permits nothing but writing text to the clipboard from its own page', () => {
    const { request, check, device, displayMedia } = session.defaultSession;
    const ask = (permission: string, isMainFrame = true) => {
      let answer: boolean | undefined;
      request?.(window.webContents, permission, (granted) => (answer = granted), { isMainFrame });
      expect(check?.(window.webContents, permission, 'app://polyforge', { isMainFrame })).toBe(answer);
      return answer;
    };
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'midi',
      'midiSysex',
      'pointerLock',
      'fullscreen',
      'openExternal',
      'clipboard-read',
      'display-capture',
      'usb',
      'serial',
      'hid',
      'fileSystem',
      'storage-access',
      'window-management',
      'unknown',
    ])
      expect(ask(permission)).toBe(false);
    expect(ask('clipboard-sanitized-write')).toBe(true);
    expect(ask('clipboard-sanitized-write', false)).toBe(false);
    expect(check?.(null, 'clipboard-sanitized-write', 'https://evil.test', { isMainFrame: true })).toBe(
      false,
    );
    expect(device?.()).toBe(false);
    const streams: unknown[] = [];
    displayMedia?.({}, (given) => streams.push(given));
    expect(streams).toEqual([{}]);
  });

  it('shows the page again when its process died, but not for ever', () => {
    const before = window.webContents.reloads;
    for (let time = 0; time < 5; time += 1)
      window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
    expect(window.webContents.reloads - before).toBe(3);
  });

  it('comes to the front when it is started again', () => {
    window.isFocused = false;
    app.emit('second-instance', {}, ['polyforge']);
    expect(window.isFocused).toBe(true);
    expect(recorded.windows).toHaveLength(1);
  });

  it('remembers where the window was, for its owner alone', () => {
    window.bounds = { x: 30, y: 40, width: 900, height: 600 };
    window.emit('close');
    const file = path.join(dataDirectory, 'window.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      main: { x: 30, y: 40, width: 900, height: 600, maximized: false },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('holds the data directory, which only its owner can enter', () => {
    expect(statSync(dataDirectory).mode & 0o777).toBe(0o700);
    const holder = JSON.parse(readFileSync(path.join(dataDirectory, 'instance.json'), 'utf8'));
    expect(holder).toMatchObject({ pid: process.pid, shell: 'desktop', url: null });
    mkdirSync(path.join(dataDirectory, 'chromium'), { recursive: true });
    expect(recorded.paths.get('userData')).toBe(path.join(dataDirectory, 'chromium'));
  });
});
