import { useEffect, useState } from 'react';

/** Milliseconds without a key after which somebody has stopped typing. */
const pauseInTyping = 1000;

let lastTyped = Number.NEGATIVE_INFINITY;

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLElement && target.isContentEditable) ||
    (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type))
  );
}

/** Enter and Escape end what was typed; a single character and the keys that take one away go on with it. */
function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || !isField(event.target)) return false;
  return event.isComposing || event.key.length === 1 || event.key === 'Backspace' || event.key === 'Delete';
}

/**
 * `quiet` once something that is wanted may appear and take the keyboard: at
 * once, but never while somebody is typing. Stays so until it is not wanted any more.
 */
export function useQuietMoment(isWanted: boolean): 'typing' | 'quiet' | null {
  const [moment, setMoment] = useState<'typing' | 'quiet' | null>(null);
  useEffect(() => {
    const note = (event: KeyboardEvent) => {
      if (isTyping(event)) lastTyped = performance.now();
    };
    window.addEventListener('keydown', note, { capture: true });
    return () => window.removeEventListener('keydown', note, { capture: true });
  }, []);
  useEffect(() => {
    if (!isWanted) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      const left = lastTyped + pauseInTyping - performance.now();
      setMoment(left > 0 ? 'typing' : 'quiet');
      if (left > 0) timer = setTimeout(look, left);
    };
    look();
    return () => {
      clearTimeout(timer);
      setMoment(null);
    };
  }, [isWanted]);
  return moment;
}
