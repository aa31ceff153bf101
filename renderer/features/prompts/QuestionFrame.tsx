import { type ReactNode, type SyntheticEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import classes from './prompts.module.css';

/** Milliseconds a question is on screen before it takes an answer: whoever was typing or clicking did not mean it. */
const settleTime = 400;

function swallow(event: SyntheticEvent) {
  event.preventDefault();
  event.stopPropagation();
}

/**
 * One question on screen; keyed by it. Until it has been seen for a moment,
 * keys and clicks do nothing in it, and `onSettled` was not called yet.
 */
export function QuestionFrame({ onSettled, children }: { onSettled: () => void; children: ReactNode }) {
  const [isSettled, setSettled] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const settled = useRef(onSettled);
  useEffect(() => {
    settled.current = onSettled;
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Nobody has seen it while the page is hidden.
    const start = () => {
      clearTimeout(timer);
      if (document.visibilityState !== 'visible') return;
      timer = setTimeout(() => {
        document.removeEventListener('visibilitychange', start);
        setSettled(true);
        settled.current();
      }, settleTime);
    };
    start();
    document.addEventListener('visibilitychange', start);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', start);
    };
  }, []);
  useLayoutEffect(() => {
    // The question before had the focus, and took it along.
    const focused = document.activeElement;
    if (focused === null || focused.contains(frame.current))
      frame.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
  }, []);
  const early = isSettled ? undefined : swallow;
  return (
    <div
      ref={frame}
      className={classes.question}
      role="group"
      aria-disabled={isSettled ? undefined : true}
      data-unsettled={isSettled ? undefined : ''}
      onMouseDownCapture={early}
      onClickCapture={early}
      onKeyDownCapture={early}
      onPasteCapture={early}
      onSubmitCapture={early}
    >
      {children}
    </div>
  );
}
