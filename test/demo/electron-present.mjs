// Whether the desktop app can be shown here, told from files: requiring the package would start a download.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../electron/build.mjs';

/** Path of the Electron binary, or null. */
export function electronBinary() {
  const folder = path.join(root, 'node_modules/electron');
  try {
    const executable = readFileSync(path.join(folder, 'path.txt'), 'utf8');
    const file = path.join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(folder, 'dist'), executable);
    return existsSync(file) ? file : null;
  } catch {
    return null;
  }
}

/** Why a window cannot be shown here at all, or null. */
export function noWindowReason() {
  if (process.platform !== 'linux') return null;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'There is no display here';
  return process.getuid?.() === 0 ? 'The desktop app does not run as root' : null;
}
