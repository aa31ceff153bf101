import { spawn } from 'node:child_process';
import { externalUrl } from '../../shared/external-url';

/** Program and arguments that open an address in the user's browser. No shell sees the address. */
export function opener(url: string, system: NodeJS.Platform = process.platform): [string, string[]] {
  if (system === 'darwin') return ['open', [url]];
  // `start` is a word of cmd.exe, which would take the address apart at every &.
  if (system === 'win32') return ['rundll32.exe', ['url.dll,FileProtocolHandler', url]];
  return ['xdg-open', [url]];
}

function start(url: string): Promise<boolean> {
  const [program, args] = opener(url);
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true, shell: false, windowsHide: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

/** Opens an https address; rejects every other, and where no browser can be started. */
export async function openExternal(text: string): Promise<void> {
  const url = externalUrl(text);
  if (url === null) throw new Error('Only plain https addresses are opened.');
  if (!(await start(url))) throw new Error('No program to open web addresses was found.');
}

/** Opens our own page, without its token on a command line. False: no browser could be started; the user has the printed address. */
export async function openOwnPage(url: string): Promise<boolean> {
  const [, address, token] = /^(http:\/\/127\.0\.0\.1:\d+\/)#token=([\w-]+)$/.exec(url) ?? [];
  if (address === undefined || token === undefined) return false;
  const word = await fetch(`${address}opening`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(5_000),
  }).then(
    (answer) => (answer.ok ? answer.text() : ''),
    () => '',
  );
  return /^[\w-]{43}$/.test(word) && (await start(`${address}#open=${word}`));
}
