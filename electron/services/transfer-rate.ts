import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RemoteUrl } from '../../shared/remote-url';
import type { Storage } from '../storage/storage';

/** Smaller transfers measure how long a server thinks, not how fast it sends. */
const fewestBytes = 1_000_000;

/** How fast clones from this host came in, bytes a second; null: there was none to measure. */
export function rateOf({ transferRates }: Pick<Storage, 'transferRates'>, url: RemoteUrl): number | null {
  return transferRates.find(url.origin)?.bytesPerSecond ?? null;
}

/** Remembers how long a clone took for what it brought; the last ones count most. */
export async function noteRate(
  { transferRates }: Pick<Storage, 'transferRates'>,
  url: RemoteUrl,
  directory: string,
  milliseconds: number,
): Promise<void> {
  const packs = path.join(directory, '.git', 'objects', 'pack');
  let bytes = 0;
  for (const name of await readdir(packs).catch(() => []))
    if (name.endsWith('.pack'))
      bytes += await stat(path.join(packs, name)).then(
        ({ size }) => size,
        () => 0,
      );
  if (bytes < fewestBytes || milliseconds <= 0) return;
  const measured = bytes / (milliseconds / 1000);
  const before = transferRates.find(url.origin)?.bytesPerSecond ?? measured;
  transferRates.put({ id: url.origin, bytesPerSecond: Math.round((before + measured) / 2) });
}
