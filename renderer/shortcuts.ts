import { useEffect, useRef } from 'react';

export type Command = 'preferences' | 'open' | 'clone' | 'repositories' | 'browse' | 'pull-requests';

export const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.userAgent);

/** Ctrl, or Cmd on a Mac, with the key; null: not ours. */
export function commandOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
  mac: boolean,
): Command | null {
  const modifier = mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (!modifier || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (event.shiftKey) return key === 'o' ? 'clone' : null;
  switch (key) {
    case ',':
      return 'preferences';
    case 'o':
      return 'open';
    case '1':
      return 'repositories';
    case '2':
      return 'browse';
    case '3':
      return 'pull-requests';
    default:
      return null;
  }
}

/** As shown to the user: `⌘O` or `Ctrl+O`. */
export function shortcutLabel(keys: string, mac = isMac): string {
  return mac ? keys.replace('Mod+', '⌘').replace('Shift+', '⇧') : keys.replace('Mod+', 'Ctrl+');
}

export function useShortcuts(run: (command: Command) => void): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const command = commandOf(event, isMac);
      if (!command) return;
      event.preventDefault();
      latest.current(command);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
