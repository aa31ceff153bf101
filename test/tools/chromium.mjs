// Finds a Chromium for the end-to-end tests and the bench, or gets one.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from '@playwright/test';

/** Without the last three it keeps trying to reach its maker. No sandbox: tests run as root in containers, on pages of ours. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** First program of that name on PATH, or null. */
export function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

const places = {
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter(Boolean)
    .flatMap((folder) => [
      path.join(folder, 'Google/Chrome/Application/chrome.exe'),
      path.join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ]),
};

/** A Chromium that is already here: named by CHROMIUM, on PATH, in its usual place, or Playwright's. */
export function findChromium() {
  const named = process.env.CHROMIUM;
  if (named && existsSync(named)) return named;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const found = onPath(name);
    if (found) return found;
  }
  const usual = (places[process.platform] ?? []).find((place) => existsSync(place));
  if (usual) return usual;
  const own = chromium.executablePath();
  return own && existsSync(own) ? own : null;
}

/** True where packages can be installed without asking: root on Debian and its kin. */
export function canInstallPackages() {
  return process.platform === 'linux' && process.getuid?.() === 0 && onPath('apt-get') !== null;
}

export function installPackages(names, extra = []) {
  const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const updated = spawnSync('apt-get', ['update', '-qq'], options);
  if (updated.status !== 0) return false;
  return spawnSync('apt-get', ['install', '-y', '-qq', ...extra, ...names], options).status === 0;
}

/** The path of a Chromium; gets one where it can. Throws with what to do. */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  if (canInstallPackages()) {
    console.log('No Chromium here; installing it (apt-get install chromium)…');
    installPackages(['chromium', 'fonts-liberation']);
  }
  if (!findChromium()) {
    console.log('No Chromium here; asking Playwright for its own (five minutes at most)…');
    const cli = path.join(
      path.dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')),
      'cli.js',
    );
    spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'inherit', timeout: 300_000 });
  }
  const gotten = findChromium();
  if (gotten) return gotten;
  throw new Error(
    'The end-to-end tests need Chromium and none could be installed. Install one (Debian, Ubuntu: sudo apt-get install chromium) or name it: CHROMIUM=/path/to/chromium npm test',
  );
}
