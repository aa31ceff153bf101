import { shell } from 'electron';
import { externalUrl } from '../../shared/external-url';

/** The only way out to the user's browser. Rejects everything but a plain https address. */
export async function openExternal(text: string): Promise<void> {
  const url = externalUrl(text);
  if (url === null) throw new Error('Only plain https addresses are opened.');
  await shell.openExternal(url);
}
