/** Arguments every Chromium of the tests and the bench starts with. */
export const chromiumArgs: string[];
/** First program of that name on PATH, or null. */
export function onPath(name: string): string | null;
/** A Chromium that is already here, or null. */
export function findChromium(): string | null;
/** The path of a Chromium; installs one where it can. Throws with what to do. */
export function ensureChromium(): string;
export function canInstallPackages(): boolean;
/** Debian packages, as root. False: it failed; apt has said why. */
export function installPackages(names: string[], extra?: string[]): boolean;
