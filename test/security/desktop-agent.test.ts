import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ensureBuilt, root } from '../../electron/build.mjs';
import { callAgent } from '../../electron/data/agent-call';
import { readAgentFile } from '../../electron/data/agent-file';
import { app, recorded } from '../fakes/electron';

/** The main process as it ships, started as git's helper starts it, with the stand-in where Electron would be. */
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'polyforge-desktop-agent-'));

function ask(...words: string[]): Promise<unknown> {
  return new Promise((resolve) => {
    callAgent(readAgentFile(dataDirectory) ?? { address: null, token: null }, words, resolve);
  });
}

beforeAll(async () => {
  expect(await ensureBuilt()).toBe(true);
  process.argv.push('--agent', '--data', dataDirectory);
  await import(path.join(root, 'dist/main/main.js'));
  await vi.waitFor(() => expect(readAgentFile(dataDirectory)?.address).toBeTruthy(), 20_000);
});

afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));

describe('the desktop app started by git’s helper', () => {
  it('shows no window and answers git', async () => {
    const input = Buffer.from('protocol=https\nhost=good.test\n\n').toString('base64');
    const folder = Buffer.from(dataDirectory).toString('base64');
    expect(await ask('get', input, folder, '', 'yes')).toEqual({ answer: '' });
    expect(recorded.windows).toHaveLength(0);
  });

  it('says how it is started again', () => {
    expect(readAgentFile(dataDirectory)?.start).toEqual({
      program: process.execPath,
      args: ['/project', '--agent', '--data', dataDirectory],
      env: {},
    });
  });

  it('leaves another start for git to itself, and opens its window for the user’s', () => {
    app.emit('second-instance', {}, ['polyforge', '--agent']);
    expect(recorded.windows).toHaveLength(0);
    app.emit('second-instance', {}, ['polyforge']);
    expect(recorded.windows).toHaveLength(1);
  });

  it('does not give way while its window is open, stays when it is closed, and then gives way', async () => {
    expect(await ask('end')).toEqual({ answer: 'no' });
    const [window] = recorded.windows;
    if (window) window.isDestroyedNow = true;
    app.emit('window-all-closed');
    expect(recorded.exits).not.toContain('quit');
    expect(await ask('end')).toEqual({ answer: 'yes' });
    await vi.waitFor(() => expect(recorded.exits).toContain('quit'), 20_000);
    expect(existsSync(path.join(dataDirectory, 'agent.sock'))).toBe(false);
    expect(readAgentFile(dataDirectory)).toMatchObject({ address: null, token: null });
  });
});
