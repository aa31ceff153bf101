// Whether the desktop app can run here. Used by the start command and by the tests of the desktop app.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './build.mjs';

/** The Electron binary by its files. Requiring the package would start a download. */
export function electronBinary() {
  const folder = path.join(root, 'node_modules/electron');
  try {
    const executable = existsSync(path.join(folder, 'path.txt'))
      ? readFileSync(path.join(folder, 'path.txt'), 'utf8')
      : 'electron';
    const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
    if (override) {
      const file = path.join(override, executable);
      return existsSync(file) ? file : null;
    }
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const installed = readFileSync(path.join(folder, 'dist/version'), 'utf8').trim().replace(/^v/, '');
    const file = path.join(folder, 'dist', executable);
    return installed === version && existsSync(file) ? file : null;
  } catch {
    return null;
  }
}

/** Why a window cannot be shown here at all, or null. */
export function noWindowReason() {
  if (process.platform !== 'linux') return null;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'There is no display here';
  // Chromium's sandbox cannot be set up for root, and Polyforge does not run without it.
  if (process.getuid?.() === 0) return 'The desktop app does not run as root';
  return null;
}
