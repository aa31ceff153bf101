import { BrowserWindow, Notification } from 'electron';
import type { MachineNotification } from '../platform';

/** A notification that is collected as garbage loses its click. */
const shown = new Set<Notification>();

/**
 * The system's notification. Nothing where the user looks at the window: the
 * page says the same there. `show` brings the window to the front.
 */
export function notify({ title, text, opened }: MachineNotification, show: () => void): void {
  if (!Notification.isSupported() || BrowserWindow.getFocusedWindow() !== null) return;
  const notification = new Notification({ title, body: text });
  const forget = () => shown.delete(notification);
  notification.on('click', () => {
    forget();
    show();
    opened();
  });
  notification.on('close', forget);
  notification.on('failed', forget);
  shown.add(notification);
  notification.show();
}
