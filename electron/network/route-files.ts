import { createHash, createPrivateKey, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFailure, writePrivateFile } from '../storage/atomic-file';
import type { Route, RouteFiles } from './network';
import { rootCertificates } from './roots';

/**
 * Writes routes down under `directory` (0700). Files of authorities are named
 * after their content, so one that is there is whole and right; those of
 * client keys are for one operation. What an earlier run left is removed.
 */
export function createRouteFiles(directory: string): (route: Route) => Promise<RouteFiles> {
  let ready = false;
  const prepare = () => {
    if (ready) return;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(directory))
      rmSync(path.join(directory, name), { recursive: true, force: true });
    ready = true;
  };

  const authorityFile = (extra: readonly string[]): string | null => {
    if (extra.length === 0) return null;
    const text = [...rootCertificates(), ...extra].join('');
    const file = path.join(directory, `authorities-${createHash('sha256').update(text).digest('hex')}.pem`);
    if (!holds(file, text)) writePrivateFile(file, text);
    return file;
  };

  const clientFiles = async (client: NonNullable<Route['client']>) => {
    const folder = await mkdtemp(path.join(directory, 'client-'));
    try {
      // No more than a random secret in memory opens the file, should a power cut leave it behind.
      const passphrase = randomBytes(24).toString('base64url');
      const key = createPrivateKey({
        key: client.key,
        ...(client.passphrase === null ? {} : { passphrase: client.passphrase }),
      }).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
      const files = { certificate: path.join(folder, 'certificate.pem'), key: path.join(folder, 'key.pem') };
      await writeFile(files.certificate, client.certificate, { mode: 0o600 });
      await writeFile(files.key, key, { mode: 0o600 });
      return { folder, files: { ...files, passphrase } };
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  };

  return async (route) => {
    const proxyExtra = route.proxy?.authorities ?? [];
    const nothing = route.client === null && route.authorities.length === 0 && proxyExtra.length === 0;
    try {
      if (!nothing) prepare();
      const made = route.client === null ? null : await clientFiles(route.client);
      return {
        authorities: authorityFile(route.authorities),
        proxyAuthorities: authorityFile(proxyExtra),
        client: made?.files ?? null,
        async remove() {
          if (made) await rm(made.folder, { recursive: true, force: true }).catch(() => undefined);
        },
      };
    } catch (error) {
      throw writeFailure(error, directory);
    }
  };
}

function holds(file: string, text: string): boolean {
  try {
    return readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
}
