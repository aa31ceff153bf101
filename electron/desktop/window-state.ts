import { type BrowserWindow, type Rectangle, screen } from 'electron';
import { z } from 'zod';
import type { SettingsFile } from '../platform';

const stateSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(640).max(20_000),
  height: z.number().int().min(480).max(20_000),
  maximized: z.boolean(),
});
type WindowState = z.infer<typeof stateSchema>;

/** Enough of the title bar to take hold of. */
const grip = { width: 120, height: 40 };

function isReachable(bounds: Rectangle, area: Rectangle): boolean {
  const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  const isTopInside = bounds.y >= area.y && bounds.y + grip.height <= area.y + area.height;
  return width >= grip.width && isTopInside;
}

/** Where a window that was at `bounds` goes now: there, or in the middle of the main display if that is gone; never larger than its display. */
export function placed(
  bounds: Rectangle,
  displays: Rectangle[],
  main: Rectangle,
): Partial<Rectangle> & { width: number; height: number } {
  const area = displays.find((display) => isReachable(bounds, display));
  const size = {
    width: Math.min(bounds.width, (area ?? main).width),
    height: Math.min(bounds.height, (area ?? main).height),
  };
  return area ? { x: bounds.x, y: bounds.y, ...size } : size;
}

export function restoredBounds(file: Pick<SettingsFile, 'get'>): {
  bounds: Partial<Rectangle> & { width: number; height: number };
  maximized: boolean;
} {
  const state = stateSchema.safeParse(file.get('main'));
  if (!state.success) return { bounds: { width: 1280, height: 820 }, maximized: false };
  const { maximized, ...bounds } = state.data;
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  return { bounds: placed(bounds, areas, screen.getPrimaryDisplay().workArea), maximized };
}

/** Keeps the window's place: soon after it was moved, and when it closes. */
export function keepBounds(window: BrowserWindow, file: Pick<SettingsFile, 'set'>): void {
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    if (window.isDestroyed() || window.isMinimized()) return;
    const state: WindowState = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    try {
      file.set('main', state);
    } catch {
      // A full disk: the place of a window is not worth a word.
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, 500);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('close', save);
}
