import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, root } from '../../electron/build.mjs';

const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const { validateConfiguration } = builder('app-builder-lib/out/util/config/config.js') as {
  validateConfiguration: (config: unknown, debug: unknown) => Promise<void>;
};
const { load } = createRequire(builder.resolve('app-builder-lib'))('js-yaml') as {
  load: (text: string) => Record<string, unknown>;
};
const { listPackage, statFile } = createRequire(builder.resolve('app-builder-lib'))('@electron/asar') as {
  listPackage: (archive: string) => string[];
  statFile: (archive: string, file: string) => { unpacked?: boolean; size?: number };
};

const directory = mkdtempSync(path.join(tmpdir(), 'polyforge-package-'));
const config = load(readFileSync(path.join(root, 'electron-builder.yml'), 'utf8'));
const resources = path.join(directory, 'out/linux-unpacked/resources');
const archive = path.join(resources, 'app.asar');

beforeAll(async () => {
  expect(await ensureBuilt()).toBe(true);
  // A directory in the shape of Electron's. Its fuses cannot be set: it is no Electron.
  const electronDist = path.join(directory, 'electron');
  mkdirSync(path.join(electronDist, 'resources'), { recursive: true });
  mkdirSync(path.join(electronDist, 'locales'));
  writeFileSync(path.join(electronDist, 'locales/en-US.pak'), '');
  writeFileSync(path.join(electronDist, 'version'), '45.4.1');
  writeFileSync(path.join(electronDist, 'electron'), '#!/bin/sh\n');
  chmodSync(path.join(electronDist, 'electron'), 0o755);
  const { electronFuses: _fuses, ...rest } = config;
  const file = path.join(directory, 'config.json');
  writeFileSync(file, JSON.stringify({ ...rest, electronDist, directories: { output: `${directory}/out` } }));
  const run = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules/electron-builder/cli.js'), '--dir', '--linux', '--x64', '--config', file],
    { cwd: root, encoding: 'utf8' },
  );
  expect(run.status, run.stdout + run.stderr).toBe(0);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the packaged app', () => {
  it('is described in the packager’s own terms', async () => {
    const debug = { isEnabled: false, add: () => undefined };
    await validateConfiguration(config, debug);
    await expect(validateConfiguration({ ...config, nonsense: true }, debug)).rejects.toThrow('nonsense');
  });

  it('keeps every fuse closed but the one git’s helper needs', () => {
    expect(config['electronFuses']).toEqual({
      runAsNode: true,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('holds the bundles and nothing else', () => {
    const files = listPackage(archive).map((file) => file.replaceAll('\\', '/'));
    for (const needed of [
      '/package.json',
      '/dist/main/main.js',
      '/dist/preload/preload.cjs',
      '/dist/renderer/index.html',
    ])
      expect(files).toContain(needed);
    const foreign = files.filter(
      (file) =>
        !/^\/(package\.json|LICENSE|dist|dist\/(main|preload|renderer|helper|worker)(\/.*)?)$/.test(file) ||
        /\.(map|gz|ts|tsx)$/.test(file),
    );
    expect(foreign).toEqual([]);
  });

  it('has what other programs open outside the archive', () => {
    for (const file of ['dist/helper/git-credential-polyforge.cjs', 'dist/worker/git-worker.js']) {
      expect(statFile(archive, file).unpacked).toBe(true);
      expect(existsSync(path.join(resources, 'app.asar.unpacked', file))).toBe(true);
    }
    const program = path.join(resources, 'app.asar.unpacked/dist/helper/git-credential-polyforge.cjs');
    if (process.platform !== 'win32') accessSync(program, constants.X_OK);
    expect(readFileSync(program, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
  });

  it('needs no package at run time: each bundle imports only Electron and Node', () => {
    const known = new Set(['electron', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);
    for (const folder of ['main', 'preload', 'helper', 'worker'])
      for (const file of readdirSync(path.join(root, 'dist', folder)).filter((name) =>
        /\.c?js$/.test(name),
      )) {
        const text = readFileSync(path.join(root, 'dist', folder, file), 'utf8');
        const imported = [...text.matchAll(/^import\b[^'"\n]*['"]([^'"]+)['"];?$/gm)].map(
          (match) => match[1],
        );
        expect(imported.filter((name) => name !== undefined && !known.has(name))).toEqual([]);
      }
  });
});
